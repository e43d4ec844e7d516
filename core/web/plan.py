"""A project's plan and the proof of its completion as pages of both portals print them (A2.3, A14.1c, A14.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.cases.proof import concluded_on
from core.domain.due_items import Due
from core.domain.publicity import is_public_item
from core.domain.schedule import Planned, Progress, Schedule
from core.projects.tables import DueListVersionRow
from core.web.graph import Graph, Item, Tie, graph
from core.web.lanes import Bar, Lanes, lanes

_WORDS = {
    Progress.DONE: ("已办结", "green"),
    Progress.RUNNING: ("办理中", "blue"),
    Progress.READY: ("可以申请", "later"),
    Progress.WAITING: ("不能开始", "later"),
}


@dataclass(frozen=True)
class ItemNamed:
    """What a page calls one item of the plan, and where it leads; `rests` while its time does not count."""

    name: str
    org: str
    href: str
    rests: bool = False


@dataclass(frozen=True)
class PlanLine:
    """One item: how far, its earliest dates, whether it decides the end, and why it cannot start yet."""

    name: str
    org: str
    href: str
    progress: str
    starts_on: date
    finishes_on: date
    is_done: bool
    critical: bool
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class PlanShown:
    """The plan: when everything can be over, by which chain, lanes, what waits for what, a line for each item."""

    finishes_on: date | None
    left: int
    critical: tuple[str, ...]
    lanes: Lanes
    graph: Graph
    lines: tuple[PlanLine, ...]


@dataclass(frozen=True)
class ProvedRow:
    """One item of a frozen list."""

    item: str
    department: str
    result: str
    document_number: str
    concluded_on: date
    digest: str


@dataclass(frozen=True)
class ProofShown:
    """One frozen list: its number, when it was frozen, its rows and its digest; `counts` while nothing came after."""

    number: int
    frozen_at: datetime
    digest: str
    counts: bool
    rows: tuple[ProvedRow, ...]
    dropped: tuple[tuple[str, str], ...]


def plan_shown(found: Schedule, named: Mapping[str, ItemNamed], *, today: date) -> PlanShown:
    """The plan in words and as a picture."""
    lines = tuple(_line(one, named, today) for one in found.items)
    bars = [_bar(one, named[one.item_code]) for one in found.items]
    return PlanShown(
        finishes_on=found.finishes_on,
        left=sum(not line.is_done for line in lines),
        critical=tuple(named[code].name for code in found.critical),
        lanes=lanes(bars, today),
        graph=graph([_card(one, named[one.item_code]) for one in found.items]),
        lines=lines,
    )


def proofs_shown(frozen: Sequence[DueListVersionRow], *, is_concluded: bool) -> tuple[ProofShown, ...]:
    """Every frozen list, the newest first; only the newest counts, and only while the project is concluded."""
    return tuple(
        ProofShown(
            number=one.number,
            frozen_at=one.frozen_at,
            digest=one.digest,
            counts=is_concluded and place == 0,
            rows=tuple(_proved(row) for row in one.items),
            dropped=tuple((str(row["item"]), str(row["reason"])) for row in one.dropped),
        )
        for place, one in enumerate(frozen)
    )


def public_rows(frozen: DueListVersionRow) -> tuple[ProvedRow, ...]:
    """The rows of a frozen list that anybody may read: nothing of items that are not public (A13.2, A17.1)."""
    return tuple(_proved(row) for row in frozen.items if is_public_item(str(row["item_code"])))


def ties_of(due: Due) -> tuple[Tie, ...]:
    """What an item comes after, for the picture: by law, by law one of several, or by custom."""
    law = [
        Tie(code, "law" if len(one.item_codes) == 1 else "choice") for one in due.blockers for code in one.item_codes
    ]
    known = {tie.before for tie in law}
    return (*law, *(Tie(code, "usual") for code in due.follows if code not in known))


def _proved(row: Mapping[str, Any]) -> ProvedRow:
    return ProvedRow(
        str(row["item"]),
        str(row["department"]),
        str(row["result"]),
        str(row["document_number"]),
        concluded_on(row),
        str(row["digest"]),
    )


def _line(one: Planned, items: Mapping[str, ItemNamed], today: date) -> PlanLine:
    named = items[one.item_code]
    waits_for = tuple(blocker.legal_basis for blocker in one.waits_for)
    comes_later = one.progress is Progress.READY and one.starts_on > today
    if comes_later and one.behind:
        waits_for = (f"通常在“{items[one.behind].name}”之后办理",)
    return PlanLine(
        name=named.name,
        org=named.org,
        href=named.href,
        progress=_progress(one, named),
        starts_on=one.starts_on,
        finishes_on=one.finishes_on,
        is_done=one.progress is Progress.DONE,
        critical=one.is_critical,
        waits_for=waits_for,
    )


def _progress(one: Planned, named: ItemNamed) -> str:
    rests = named.rests and one.progress is Progress.RUNNING
    return "暂停计时" if rests else _WORDS[one.progress][0]


def _card(one: Planned, named: ItemNamed) -> Item:
    words = _progress(one, named)
    return Item(
        code=one.item_code,
        name=named.name,
        words=f"{named.name}（{named.org}）{words}{'，关键路径' if one.is_critical else ''}",
        tone="still" if words == "暂停计时" else _WORDS[one.progress][1],
        href=named.href,
        tier=one.due.tier if one.due else 0,
        ties=ties_of(one.due) if one.due else (),
        critical=one.is_critical,
        behind=one.behind or "",
    )


def _bar(one: Planned, named: ItemNamed) -> Bar:
    words = _progress(one, named)
    return Bar(
        who=named.org,
        words=f"{named.name}　{words}",
        tone="still" if words == "暂停计时" else _WORDS[one.progress][1],
        href=named.href,
        critical=one.is_critical,
        starts_on=one.starts_on,
        ends_on=one.finishes_on,
    )
