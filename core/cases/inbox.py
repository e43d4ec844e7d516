"""The officers' inbox (我的办件): views, filters, groups by urgency, and how many there are of each. Extranet.

Statements are built once for each combination of filters and read as tuples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session

from core.cases import inbox_statements as statements
from core.cases.inbox_conditions import ENDED, Asked, Narrow
from core.cases.inbox_statements import CaseRow as CaseRow
from core.cases.needing import reader_of, reader_values
from core.cases.queries import own_units
from core.cases.tally import Tally, counts_statement
from core.database import like_pattern
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


@dataclass(frozen=True)
class InboxFilter:
    """What the inbox shows; every part is in the page's address.

    `view` is one of `VIEWS`; `who` one of `WHO`, the id of an officer with whom cases lie, or empty; `due` one of
    `GROUPS` or empty; `since` the first day of receipt.
    """

    view: str = "open"
    who: str = ""
    words: str = ""
    item: str = ""
    light: str = ""
    due: str = ""
    since: date | None = None
    region: str = ""
    sort: str = "due"
    page: int = 1
    codes: tuple[str, ...] = ()
    """The codes of the project that `words` name, if they name one (`core.projects.links.codes_meant`)."""
    regions: tuple[str, ...] = ()
    """`region` with all regions below it."""

    @property
    def whose(self) -> str:
        """`who` as statements and figures know it: of an officer only that one is asked for."""
        return self.who if self.who in ("", *WHO) else "officer"

    @property
    def is_narrow(self) -> bool:
        """Whether every figure of the page is about a part of the cases."""
        return bool(self.words or self.item or self.since or self.region)


WHO = {"me": "需要我办", "mine": "由我经办", "nobody": "未分办"}
"""Whose cases: those whose next step is the reader's, those that lie with the reader, those that lie with nobody."""


def inbox(session: Session, actor: Actor, chosen: InboxFilter, *, today: date) -> Sequence[CaseRow]:
    """One page of the actor's units' cases, soonest due first (or first received), one row more if there is a next."""
    statement = statements.inbox_statement(_asked(session, actor, chosen), chosen.sort == "received")
    offset = (max(chosen.page, 1) - 1) * PAGE
    here = {"limit": PAGE + 1, "offset": offset, "reach": offset + PAGE + 1}
    return statement.all(session, _values(session, actor, chosen, today) | here)


def ids_in_order(session: Session, actor: Actor, chosen: InboxFilter, *, today: date) -> Sequence[int]:
    """The ids of a list in its order, over all its pages, as far as one walks from case to case."""
    statement = statements.ids_statement(_asked(session, actor, chosen), chosen.sort == "received")
    values = _values(session, actor, chosen, today) | {"limit": WALKED, "offset": 0}
    return list(session.connection().execute(statement, values).scalars())


def next_due(session: Session, actor: Actor, *, today: date) -> date | None:
    """The soonest due date among the open cases of the actor's units, from today on."""
    statement = statements.next_due_statement(len(own_units(actor)))
    return session.connection().execute(statement, reader_values(actor, today=today)).scalar()


class Choices(NamedTuple):
    """What one may choose: items of which the units have cases, officers who work or worked there, own views.

    Each as its value in an address and its name; of views the value is the whole query.
    """

    items: Sequence[tuple[str, str]]
    officers: Sequence[tuple[str, str]]
    views: Sequence[tuple[str, str]]


def choices(session: Session, actor: Actor) -> Choices:
    """Items and officers of the actor's units, and their own views, in the order they were made."""
    units = own_units(actor)
    values = {**reader_values(actor, today=date.min), "me": actor.id}
    rows = statements.choices_statement(len(units)).all(session, values)
    found = {kind: [(value, name) for one, value, name, _ in rows if one == kind] for kind in ("item", "officer")}
    views = [(query, name) for kind, query, name, _ in sorted(rows, key=lambda row: row[3]) if kind == "view"]
    others = sorted((one for one in found["officer"] if one[0] != actor.id), key=lambda one: (one[1], one[0]))
    return Choices(sorted(found["item"]), others, views)


def counts(
    session: Session, actor: Actor, chosen: InboxFilter = InboxFilter(), *, today: date, since: date | None = None
) -> Tally:
    """How the cases of the actor's units stand, counted, those alone that a narrow filter leaves.

    `since` is the day from which a case is fresh. What has ended is not searched through unless the filter shows it.
    """
    narrow = _narrow(session, chosen)
    is_past = chosen.view in ENDED
    ended = "" if chosen.is_narrow and not is_past else "whose" if is_past and chosen.who else "states"
    values = _values(session, actor, chosen, today) | {"fresh_since": since or today}
    return Tally(counts_statement(reader_of(actor), narrow, ended).all(session, values), ended)


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
    reader, narrow = reader_of(actor), _narrow(session, chosen)
    return Asked(reader, chosen.view, chosen.whose, bool(chosen.light), bool(chosen.due), narrow)


def _narrow(session: Session, chosen: InboxFilter) -> Narrow:
    sought = seek(session, chosen.words).shape if chosen.words else None
    return Narrow(sought, len(chosen.codes), bool(chosen.item), len(chosen.regions), chosen.since is not None)


def _values(session: Session, actor: Actor, chosen: InboxFilter, today: date) -> dict[str, Any]:
    sought = seek(session, chosen.words).values if chosen.words else {}
    given = {name: getattr(chosen, name) for name in ("item", "light", "due", "since")}
    given |= {"words": like_pattern(chosen.words), "officer": chosen.who}
    placed = {f"code_{place}": code for place, code in enumerate(chosen.codes)}
    placed |= {f"region_{place}": code for place, code in enumerate(chosen.regions)}
    sunday = today + timedelta(days=6 - today.weekday())
    days = {"tomorrow": today + timedelta(days=1), "sunday": sunday}
    return {**reader_values(actor, today=today), **days, **given, **placed, **sought}
