"""Which dates of open cases another calendar moves: of each clock, of the statute, of the whole case (A15.1). Extranet.

Only dates of clocks are stored; statute and whole case are counted whenever they are shown, and so by both calendars.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core import clocks
from core.calendar_rows import Calendars
from core.cases import clocks as case_clocks
from core.cases.tables import Case
from core.clocks import CaseClock, CasePause
from core.database import table_of
from core.domain import clock as rules
from core.domain.calendar import Calendar
from core.organisations import Organisations

STATUTE, WHOLE = "statute", "whole"
REACH = timedelta(days=366)
"""How far beyond the clock of the step the statute and the whole case may reach."""

_K, _P, _C = table_of(CaseClock), table_of(CasePause), table_of(Case)


@dataclass(frozen=True)
class Dates:
    """The three stored dates of a clock."""

    due_on: date | None
    warn_on: date | None
    red_on: date | None


@dataclass(frozen=True)
class MovedClock:
    """A running clock whose stored dates change; `is_shown`: it is the one that lists and pages of its case show."""

    case_id: int
    clock_id: int
    kind: str
    is_shown: bool
    after: Dates


@dataclass(frozen=True)
class MovedDate:
    """A last day that changes; `what` is the kind of the clock, STATUTE or WHOLE."""

    what: str
    before: date | None
    after: date | None


@dataclass(frozen=True)
class Moved:
    """What moves of one open case: rows to write, and last days to tell of, that of the shown clock first."""

    case_id: int
    clocks: tuple[MovedClock, ...]
    dates: tuple[MovedDate, ...]


@dataclass
class Counter:
    """Counts clocks by the calendars of their places; what began on one day under one limit is counted once."""

    calendars: Calendars
    tree: Organisations
    known: dict[tuple[rules.Clock, Calendar], Dates] = field(default_factory=dict)

    def dates(self, clock: rules.Clock, place: str) -> Dates:
        """The dates of a clock in a region."""
        calendar = self.calendars.along(self.tree.above.get(place, frozenset({place})))
        found = self.known.get((clock, calendar))
        if found is None:
            found = self.known[clock, calendar] = Dates(
                rules.due_on(clock, calendar),
                rules.warned_on(clock, calendar),
                rules.overtime_from(clock, calendar),
            )
        return found


_NEXT = (
    sa.select(_K.c.case_id)
    .where(
        _K.c.stopped_on.is_(None),
        _K.c.case_id > sa.bindparam("after"),
        _K.c.red_on >= sa.bindparam("first", type_=sa.Date()),
    )
    .distinct()
    .order_by(_K.c.case_id)
    .limit(sa.bindparam("limit"))
)
_CASES = sa.select(_C).where(_C.c.id.in_(sa.bindparam("cases", expanding=True))).order_by(_C.c.id)
_LOCKED = _CASES.with_only_columns(_C.c.id).with_for_update(key_share=True)
_CLOCKS = sa.select(_K).where(_K.c.case_id.in_(sa.bindparam("cases", expanding=True))).order_by(_K.c.case_id, _K.c.id)
_PAUSES = (
    sa.select(_P).where(_P.c.clock_id.in_(sa.bindparam("clocks", expanding=True))).order_by(_P.c.clock_id, _P.c.id)
)


def next_cases(session: Session, *, first: date, after: int, limit: int) -> list[int]:
    """Open cases with a date that a calendar may move whose first changed day is `first`, by id, behind `after`."""
    values = {"first": first - REACH, "after": after, "limit": limit}
    return list(session.connection().execute(_NEXT, values).scalars())


def lock(session: Session, case_ids: Sequence[int]) -> None:
    """Let nobody act on these cases until this transaction ends: whoever pauses one meanwhile would be written over."""
    session.connection().execute(_LOCKED, {"cases": case_ids})


def moved_of(session: Session, case_ids: Sequence[int], *, old: Counter, new: Counter) -> Iterator[Moved]:
    """The cases among these of which something moves, by id."""
    connection = session.connection()
    rows: Sequence[Any] = connection.execute(_CLOCKS, {"cases": case_ids}).all() if case_ids else ()
    paused: dict[int, list[Any]] = {}
    for pause in connection.execute(_PAUSES, {"clocks": [row.id for row in rows]}).all() if rows else ():
        paused.setdefault(pause.clock_id, []).append(pause)
    of_case = {case_id: list(group) for case_id, group in groupby(rows, key=lambda row: row.case_id)}
    for case in connection.execute(_CASES, {"cases": case_ids}).all() if rows else ():
        found = _moved(session, case, of_case[case.id], paused, old=old, new=new)
        if found.clocks or found.dates:
            yield found


def _moved(
    session: Session, case: Any, rows: Sequence[Any], paused: dict[int, list[Any]], *, old: Counter, new: Counter
) -> Moved:
    running = sorted(
        (row for row in rows if row.stopped_on is None), key=lambda row: case_clocks.CURRENT.index(row.kind)
    )
    written: list[MovedClock] = []
    dates: list[MovedDate] = []
    for row in running:
        pauses = paused.get(row.id, [])
        before, after = Dates(row.due_on, row.warn_on, row.red_on), new.dates(clocks.as_rule(row, pauses), row.place)
        if before != after:
            written.append(MovedClock(case.id, row.id, row.kind, row is running[0], after))
        dates.append(MovedDate(row.kind, before.due_on, after.due_on))
        if (statute := case_clocks.statute_of(row, pauses)) is not None:
            dates.append(_counted(STATUTE, statute, row.place, old, new))
    if running:
        whole = case_clocks.whole_of(session, case, rows, paused)
        dates.append(_counted(WHOLE, whole, case_clocks.place_of(case), old, new))
    return Moved(case.id, tuple(written), tuple(one for one in dates if one.before != one.after))


def _counted(what: str, clock: rules.Clock, place: str, old: Counter, new: Counter) -> MovedDate:
    return MovedDate(what, old.dates(clock, place).due_on, new.dates(clock, place).due_on)
