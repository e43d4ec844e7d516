"""Counting due dates anew after the calendar changed: what would move, and moving it in batches (A15.1). Extranet.

Only a clock that still runs when the first changed day comes can move, and only rows whose dates differ are written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clocks
from core.calendar_rows import Calendars
from core.calendar_rows import calendars as calendars_now
from core.cases import clocks as case_clocks
from core.cases.clock_messages import CaseRecounted
from core.cases.tables import Case
from core.clocks import CaseClock, CasePause
from core.consultations.replies import recount as recount_replies
from core.database import table_of
from core.domain import clock as rules
from core.domain.calendar import Calendar
from core.domain.policy import PLATFORM
from core.exchange.outbox import send
from core.guides.calendar_revisions import being_counted, finish_counting, words_of
from core.guides.tables import CalendarRevision
from core.organisations import Organisations, organisations
from core.trace import record

BATCH = 500
_K, _P, _C = table_of(CaseClock), table_of(CasePause), table_of(Case)


@dataclass(frozen=True)
class Dates:
    """The three stored dates of a clock."""

    due_on: date | None
    warn_on: date | None
    red_on: date | None


@dataclass(frozen=True)
class Moved:
    """A running clock whose dates change; `is_shown`: it is the one that lists and pages of its case show."""

    case_id: int
    clock_id: int
    kind: str
    is_shown: bool
    before: Dates
    after: Dates

    @property
    def due_moves(self) -> bool:
        """Whether the due date itself changes, not only a light's date."""
        return self.before.due_on != self.after.due_on


@dataclass(frozen=True)
class MovedCase:
    """One line of the preview."""

    case: Case
    due_before: date | None
    due_on: date | None


@dataclass
class _Counter:
    """Counts clocks by the calendars of their places; what began on one day under one limit is counted once."""

    calendars: Calendars
    tree: Organisations
    known: dict[tuple[rules.Clock, Calendar], Dates] = field(default_factory=dict)

    def dates(self, clock: rules.Clock, place: str) -> Dates:
        calendar = self.calendars.along(self.tree.above.get(place, frozenset({place})))
        found = self.known.get((clock, calendar))
        if found is None:
            found = self.known[clock, calendar] = Dates(
                rules.due_on(clock, calendar),
                rules.warned_on(clock, calendar),
                rules.overtime_from(clock, calendar),
            )
        return found


def preview(
    session: Session, calendars: Calendars, *, first: date, page: int, size: int = 50
) -> tuple[int, list[MovedCase]]:
    """How many open cases these calendars would give another due date; one page of them, old date and new (A15.1)."""
    start, total = (page - 1) * size, 0
    wanted: list[Moved] = []
    for one in _moved(session, calendars, first=first):
        if one.is_shown and one.due_moves:
            if start <= total < start + size:
                wanted.append(one)
            total += 1
    rows = session.exec(select(Case).where(col(Case.id).in_([one.case_id for one in wanted]))).all()
    cases = {case.id: case for case in rows}
    return total, [MovedCase(cases[one.case_id], one.before.due_on, one.after.due_on) for one in wanted]


def recount(session: Session, *, at: datetime, limit: int = BATCH) -> bool:
    """Count the next cases anew after a revision of the calendar; returns whether any are left (A15.1).

    Each case whose due date moves gets an entry in its trace, and its unit is told.
    """
    revision = being_counted(session)
    if revision is None:
        return False
    case_ids = _next_cases(session, revision.first_change, revision.counted_to, limit)
    moved = list(_moved_of(session, case_ids, _Counter(calendars_now(session), organisations(session))))
    _write_dates(session, moved)
    session.expire_all()
    for one in moved:
        if one.is_shown and one.due_moves:
            _tell(session, one, revision, at)
    revision.moved += sum(one.is_shown and one.due_moves for one in moved)
    if case_ids:
        revision.counted_to = case_ids[-1]
    session.add(revision)
    if len(case_ids) < limit:
        recount_replies(session)
        finish_counting(session, revision, at=at)
    session.flush()
    return len(case_ids) == limit


def _moved(session: Session, calendars: Calendars, *, first: date) -> Iterator[Moved]:
    counter, after = _Counter(calendars, organisations(session)), 0
    while case_ids := _next_cases(session, first, after, BATCH):
        yield from _moved_of(session, case_ids, counter)
        after = case_ids[-1]


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
_RUNNING = (
    sa.select(
        _K.c.id, _K.c.case_id, _K.c.kind, _K.c.place, _K.c.started_on, _K.c.limit_days, _K.c.unit, _K.c.warn_days,
        _K.c.stopped_on, _K.c.extension_days, _K.c.due_on, _K.c.warn_on, _K.c.red_on,
    )
    .where(_K.c.case_id.in_(sa.bindparam("cases", expanding=True)), _K.c.stopped_on.is_(None))
    .order_by(_K.c.case_id, _K.c.id)
)  # fmt: skip
_PAUSES = (
    sa.select(_P.c.clock_id, _P.c.begins_on, _P.c.ends_on, _P.c.ground, _P.c.restarts, _P.c.expected_on)
    .where(_P.c.clock_id.in_(sa.bindparam("clocks", expanding=True)))
    .order_by(_P.c.clock_id, _P.c.id)
)


def _next_cases(session: Session, first: date, after: int, limit: int) -> list[int]:
    values = {"first": first, "after": after, "limit": limit}
    return list(session.connection().execute(_NEXT, values).scalars())


def _moved_of(session: Session, case_ids: Sequence[int], counter: _Counter) -> Iterator[Moved]:
    connection = session.connection()
    rows: Sequence[Any] = connection.execute(_RUNNING, {"cases": case_ids}).all() if case_ids else ()
    paused: dict[int, list[Any]] = {}
    for pause in connection.execute(_PAUSES, {"clocks": [row.id for row in rows]}).all() if rows else ():
        paused.setdefault(pause.clock_id, []).append(pause)
    for case_id, running in groupby(rows, key=lambda row: row.case_id):
        of_case = list(running)
        shown = min(of_case, key=lambda row: case_clocks.CURRENT.index(row.kind))
        for row in of_case:
            before = Dates(row.due_on, row.warn_on, row.red_on)
            after = counter.dates(clocks.as_rule(row, paused.get(row.id, ())), row.place)
            if before != after:
                yield Moved(case_id, row.id, row.kind, row is shown, before, after)


def _write_dates(session: Session, moved: Sequence[Moved]) -> None:
    by_clock = [{"key": one.clock_id, **vars(one.after)} for one in moved]
    by_case = [{"key": one.case_id, **vars(one.after)} for one in moved if one.is_shown]
    silent = [{"key": one.case_id, "silent_until": one.after.due_on} for one in moved if one.kind == "acceptance"]
    key: sa.BindParameter[int] = sa.bindparam("key")
    until = sa.bindparam("silent_until", type_=sa.Date())
    for statement, rows in (
        (sa.update(_K).where(_K.c.id == key), by_clock),
        (sa.update(_C).where(_C.c.id == key), by_case),
        (sa.update(_C).where(_C.c.id == key).values(acceptance_due_on=until), silent),
    ):
        if rows:
            session.connection().execute(statement, rows)


def _tell(session: Session, moved: Moved, revision: CalendarRevision, at: datetime) -> None:
    case = session.get_one(Case, moved.case_id)
    row = session.get_one(CaseClock, moved.clock_id)
    before, after = moved.before.due_on, moved.after.due_on
    change = {"due_on": [before.isoformat() if before else None, after.isoformat() if after else None]}
    record(
        session, "case.recount", "case", case.application_id, "重新计算到期日", by=PLATFORM, at=at,
        project_code=case.project_code, reason=f"{words_of(session, revision)}工作日历调整", change=change,
    )  # fmt: skip
    told = CaseRecounted(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        year=revision.year,
        due_before=before,
        due_on=after,
        clock=case_clocks.told(session, row),
    )
    send(session, told, at=at)
