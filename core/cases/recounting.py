"""Counting due dates anew after the calendar changed: what would move, and moving it in batches (A15.1). Extranet.

Only rows whose dates differ are written; each case of which a last day moves has an entry in its trace.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.calendar_rows import Calendars
from core.calendar_rows import calendars as calendars_now
from core.cases import clocks as case_clocks
from core.cases.clock_messages import CaseRecounted
from core.cases.moving_dates import STATUTE, WHOLE, Counter, Moved, MovedClock, MovedDate, lock, moved_of, next_cases
from core.cases.tables import Case
from core.clocks import CaseClock, running
from core.consultations.replies import recount as recount_replies
from core.database import table_of
from core.domain.policy import PLATFORM
from core.exchange.outbox import send
from core.guides.calendar_revisions import being_counted, calendars_before, finish_counting, words_of
from core.guides.tables import CalendarRevision
from core.organisations import organisations
from core.trace import record

BATCH = 500
_K, _C = table_of(CaseClock), table_of(Case)


@dataclass(frozen=True)
class MovedCase:
    """One line of the preview: a case and every last day of it that moves."""

    case: Case
    dates: tuple[MovedDate, ...]


def preview(
    session: Session, calendars: Calendars, *, first: date, page: int, size: int = 50
) -> tuple[int, list[MovedCase]]:
    """How many open cases these calendars would give another last day; one page of them, old days and new (A15.1)."""
    start, total = (page - 1) * size, 0
    wanted: list[Moved] = []
    for one in _moved(session, calendars, first=first):
        if one.dates:
            if start <= total < start + size:
                wanted.append(one)
            total += 1
    rows = session.exec(select(Case).where(col(Case.id).in_([one.case_id for one in wanted]))).all()
    cases = {case.id: case for case in rows}
    return total, [MovedCase(cases[one.case_id], one.dates) for one in wanted]


def recount(session: Session, *, at: datetime, limit: int = BATCH) -> bool:
    """Count the next cases anew after a revision of the calendar, then replies; returns whether any are left (A15.1).

    Each case of which a last day moves gets an entry in its trace, and its unit is told.
    """
    revision = being_counted(session)
    if revision is None:
        return False
    case_ids = next_cases(session, first=revision.first_change, after=revision.counted_to, limit=limit)
    lock(session, case_ids)
    tree = organisations(session)
    old, new = Counter(calendars_before(session, revision), tree), Counter(calendars_now(session), tree)
    moved = list(moved_of(session, case_ids, old=old, new=new))
    _write_dates(session, [row for one in moved for row in one.clocks])
    session.expire_all()
    told = [one for one in moved if one.dates]
    for one in told:
        _tell(session, one, revision, at)
    revision.moved += len(told)
    if case_ids:
        revision.counted_to = case_ids[-1]
    session.add(revision)
    is_left = len(case_ids) == limit or recount_replies(session, reason=_reason(session, revision), at=at, limit=limit)
    if not is_left:
        finish_counting(session, revision, at=at)
    session.flush()
    return is_left


def _moved(session: Session, calendars: Calendars, *, first: date) -> Iterator[Moved]:
    tree, after = organisations(session), 0
    old, new = Counter(calendars_now(session), tree), Counter(calendars, tree)
    while case_ids := next_cases(session, first=first, after=after, limit=BATCH):
        yield from moved_of(session, case_ids, old=old, new=new)
        after = case_ids[-1]


def _write_dates(session: Session, moved: Sequence[MovedClock]) -> None:
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
    """Trace and message; where only statute or whole case move, the message names no day of the clock it shows."""
    case = session.get_one(Case, moved.case_id)
    shown = case_clocks.current(session, case)
    change = {
        "due_on" if shown and one.what == shown.kind else f"{one.what}_due_on": [_day(one.before), _day(one.after)]
        for one in moved.dates
    }
    record(
        session, "case.recount", "case", case.application_id, "重新计算到期日", by=PLATFORM, at=at,
        project_code=case.project_code, reason=_reason(session, revision), change=change,
    )  # fmt: skip
    first = next((one for one in moved.dates if one.what not in (STATUTE, WHOLE)), None)
    row = running(session, moved.case_id, first.what) if first else shown
    if row is None:
        return
    told = CaseRecounted(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        year=revision.year,
        due_before=first.before if first else None,
        due_on=first.after if first else None,
        clock=case_clocks.told(session, row),
    )
    send(session, told, at=at)


def _reason(session: Session, revision: CalendarRevision) -> str:
    return f"{words_of(session, revision)}工作日历调整"


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
