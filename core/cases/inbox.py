"""The officers' inbox (我的办件): views, filters, groups by urgency, and how many there are of each. Extranet.

Statements are built once for each combination of filters and read as tuples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session

from core.cases import inbox_statements as statements
from core.cases.inbox_statements import VIEWS, Asked
from core.cases.queries import own_units
from core.database import like_pattern
from core.domain.assignment import Needed, needed_by
from core.domain.policy import Actor
from core.search import seek

PAGE = 20
WALKED = 1000
"""Cases of a list that 上一件 and 下一件 know of."""

GROUPS = (
    ("overdue", "已超时"),
    ("tomorrow", "今明两天到期"),
    ("week", "本周到期"),
    ("later", "以后到期"),
    ("paused", "暂停计时"),
    ("none", "没有到期日"),
)
"""How the inbox groups its rows by urgency: code and Chinese title."""


class CaseRow(NamedTuple):
    """One row of a list of cases."""

    id: int
    number: str
    state: str
    item_code: str
    item_name: str
    org_unit: str
    due_on: date | None
    warn_on: date | None
    red_on: date | None
    is_paused: bool
    handler_name: str
    assigned_name: str
    unread: int
    applied_at: datetime
    concluded_at: datetime | None
    outcome: str
    project_code: str
    project_name: str
    unit_name: str


@dataclass(frozen=True)
class InboxFilter:
    """What the inbox shows; every part is in the page's address. `view` is one of `VIEWS`, `who` of `WHO` or empty."""

    view: str = "open"
    who: str = ""
    words: str = ""
    item: str = ""
    light: str = ""
    sort: str = "due"
    page: int = 1
    codes: tuple[str, ...] = ()
    """The codes of the project that `words` name, if they name one (`core.projects.links.codes_meant`)."""


WHO = {"me": "需要我办", "mine": "由我经办", "nobody": "未分办"}
"""Whose cases: those whose next step is the reader's, those that lie with the reader, those that lie with nobody."""


class Heap(NamedTuple):
    """So many cases that stand alike; `lies` is mine, nobody or other, `fresh` how many came since a day."""

    state: str
    is_paused: bool
    light: str
    urgency: str
    lies: str
    number: int
    fresh: int


@dataclass(frozen=True)
class Tally:
    """All cases of the actor's units, counted once; what lists, views and lights say is added up from here."""

    heaps: Sequence[Heap]
    needed: Needed

    def groups(self, view: str, who: str = "", light: str = "") -> Mapping[str, int]:
        """How many cases there are by urgency in a view, of one light, of whom."""
        found: dict[str, int] = {}
        for heap in self.heaps:
            if self._counts(heap, view, who, light):
                found[heap.urgency] = found.get(heap.urgency, 0) + heap.number
        return found

    def number(self, view: str, who: str = "", light: str = "") -> int:
        """How many cases a view holds, of one light, of whom."""
        return sum(heap.number for heap in self.heaps if self._counts(heap, view, who, light))

    @property
    def lights(self) -> Mapping[str, int]:
        """How many of all that is to be done show each light."""
        return {light: self.number("open", light=light) for light in ("red", "yellow", "green", "paused", "none")}

    def fresh(self, view: str, who: str = "") -> int:
        """How many of them came since the day that was asked for."""
        return sum(heap.fresh for heap in self.heaps if self._counts(heap, view, who, ""))

    def _counts(self, heap: Heap, view: str, who: str, light: str) -> bool:
        in_view = heap.state in VIEWS[view][1] and (view != "paused" or heap.is_paused)
        return in_view and light in ("", heap.light) and self._lies(heap, who)

    def _lies(self, heap: Heap, who: str) -> bool:
        if who == "me":
            return heap.state in self.needed.whoever or (heap.state in self.needed.own and heap.lies != "other")
        return who in ("", heap.lies)


def inbox(session: Session, actor: Actor, chosen: InboxFilter, *, today: date) -> Sequence[CaseRow]:
    """One page of the actor's units' cases, soonest due first (or first received), one row more if there is a next."""
    statement = statements.inbox_statement(_asked(session, actor, chosen), chosen.sort == "received")
    offset = (max(chosen.page, 1) - 1) * PAGE
    here = {"limit": PAGE + 1, "offset": offset, "reach": offset + PAGE + 1}
    values = _values(session, actor, chosen, today) | here
    return [CaseRow._make(row) for row in session.connection().execute(statement, values).all()]


def inbox_sizes(session: Session, actor: Actor, chosen: InboxFilter, known: Tally, *, today: date) -> Mapping[str, int]:
    """How many cases the inbox holds under these filters, over all its pages, by group of urgency.

    Without words and item it was counted with everything else: `known`.
    """
    if not (chosen.words or chosen.item):
        return known.groups(chosen.view, chosen.who, chosen.light)
    statement = statements.sizes_statement(_asked(session, actor, chosen))
    rows = session.connection().execute(statement, _values(session, actor, chosen, today)).all()
    return {group: number for group, number in rows}


def ids_in_order(session: Session, actor: Actor, chosen: InboxFilter, *, today: date) -> Sequence[int]:
    """The ids of a list in its order, over all its pages, as far as one walks from case to case."""
    statement = statements.ids_statement(_asked(session, actor, chosen), chosen.sort == "received")
    values = _values(session, actor, chosen, today) | {"limit": WALKED, "offset": 0}
    return list(session.connection().execute(statement, values).scalars())


def next_due(session: Session, actor: Actor, *, today: date) -> date | None:
    """The soonest due date among the open cases of the actor's units, from today on."""
    units = own_units(actor)
    values = {**_named(units), **_days(today)}
    return session.connection().execute(statements.next_due_statement(len(units)), values).scalar()


def choices(session: Session, actor: Actor) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    """What one may choose: items of which the actor's units have cases (code, name); own views (filters, name)."""
    units = own_units(actor)
    rows = (
        session.connection().execute(statements.choices_statement(len(units)), {**_named(units), "me": actor.id}).all()
    )
    items = sorted((code, name) for kind, code, name, _ in rows if kind == "item")
    views = [(query, name) for kind, query, name, _ in sorted(rows, key=lambda row: row[3]) if kind == "view"]
    return items, views


def counts(session: Session, actor: Actor, *, today: date, since: date | None = None) -> Tally:
    """How the cases of the actor's units stand, counted; `since` is the day from which a case is fresh."""
    units = own_units(actor)
    values = {**_named(units), **_days(today), "me": actor.id, "since": since or today}
    rows = session.connection().execute(statements.counts_statement(len(units)), values).all()
    return Tally([Heap._make(row) for row in rows], needed_by(actor.roles))


def urgency(row: CaseRow, today: date) -> str:
    """The group of a row: overdue, due today or tomorrow, this week, later, paused, or without a date."""
    if row.red_on is not None and row.red_on <= today:
        return "overdue"
    if row.due_on is None:
        return "paused" if row.is_paused else "none"
    if row.due_on <= today + timedelta(days=1):
        return "tomorrow"
    return "week" if row.due_on <= today + timedelta(days=6 - today.weekday()) else "later"


def _asked(session: Session, actor: Actor, chosen: InboxFilter) -> Asked:
    needed = needed_by(actor.roles)
    sought = seek(session, chosen.words).shape if chosen.words else None
    return Asked(
        len(own_units(actor)), chosen.view, chosen.who, needed, sought, bool(chosen.item), chosen.light,
        len(chosen.codes),
    )  # fmt: skip


def _values(session: Session, actor: Actor, chosen: InboxFilter, today: date) -> dict[str, Any]:
    sought = seek(session, chosen.words).values if chosen.words else {}
    words = {"words": like_pattern(chosen.words), "item": chosen.item, "me": actor.id, **sought}
    words |= {f"code_{place}": code for place, code in enumerate(chosen.codes)}
    return {**_named(own_units(actor)), **_days(today), **words}


def _named(units: Sequence[str]) -> dict[str, str]:
    return {f"unit_{place}": unit for place, unit in enumerate(units)}


def _days(today: date) -> dict[str, date]:
    sunday = today + timedelta(days=6 - today.weekday())
    return {"today": today, "tomorrow": today + timedelta(days=1), "sunday": sunday}
