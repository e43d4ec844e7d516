"""Every clock of the platform: start, pause, resume, extend, stop (A15.1, A15.2).

The arithmetic is in `core.domain.clock`; here are the rows. `due_on` and `warn_on` are stored at each event, so that
lights are an indexed comparison with today.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Field, Session, col, select

from core.calendar_rows import calendar as calendar
from core.calendar_rows import calendar_at as calendar_at
from core.database import ExtranetTable, Versioned, bump
from core.domain import clock as rules
from core.domain.calendar import Calendar
from core.domain.clock import Clock, Pause, Reading, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def business_date(at: datetime) -> date:
    """The date of an instant in Asia/Shanghai: the only date the rules know."""
    return at.astimezone(SHANGHAI).date()


def end_of(on: date) -> datetime:
    """The instant at which a day in Asia/Shanghai is over."""
    return datetime.combine(on + timedelta(days=1), time.min, SHANGHAI)


class CaseClock(Versioned, ExtranetTable, table=True):
    """One clock of a case: *preliminary* (3), *acceptance* (5), *handling* (the guide's limit).

    `place` is the region whose days off it counts by. `extension_days` are granted once on top of both lines, promise
    and statute. `lit` says which of its lights are written down as events already: 0 none, 1 yellow, 2 red too.
    """

    __tablename__ = "clock"
    __table_args__ = (
        sa.Index(
            "ix_clock_warn",
            "warn_on",
            sqlite_where=sa.text("lit = 0 AND stopped_on IS NULL"),
            postgresql_where=sa.text("lit = 0 AND stopped_on IS NULL"),
        ),
        sa.Index(
            "ix_clock_red",
            "red_on",
            sqlite_where=sa.text("lit = 1 AND stopped_on IS NULL"),
            postgresql_where=sa.text("lit = 1 AND stopped_on IS NULL"),
        ),
        # those that ended after a light that is not written down yet: none, as long as the worker looks
        sa.Index(
            "ix_clock_ended_yellow",
            "stopped_on",
            sqlite_where=sa.text("lit = 0 AND warn_on <= stopped_on"),
            postgresql_where=sa.text("lit = 0 AND warn_on <= stopped_on"),
        ),
        sa.Index(
            "ix_clock_ended_red",
            "stopped_on",
            sqlite_where=sa.text("lit = 1 AND red_on <= stopped_on"),
            postgresql_where=sa.text("lit = 1 AND red_on <= stopped_on"),
        ),
        # what a revised calendar looks through
        sa.Index(
            "ix_clock_open",
            "case_id",
            "red_on",
            sqlite_where=sa.text("stopped_on IS NULL"),
            postgresql_where=sa.text("stopped_on IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    kind: str = Field(max_length=20)
    place: str = Field(default="", max_length=6, sa_column_kwargs={"server_default": sa.text("''")})
    started_on: date
    limit_days: int | None = None
    unit: str = Field(default="working_day", max_length=12)
    warn_days: int | None = None
    statutory_days: int | None = None
    statutory_unit: str = Field(default="working_day", max_length=12)
    statutory_from: date | None = None
    stopped_on: date | None = None
    due_on: date | None = None
    warn_on: date | None = None
    red_on: date | None = None
    extension_days: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    extended_on: date | None = None
    extension_reason: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": sa.text("''")})
    lit: int = Field(default=0, sa_column_kwargs={"server_default": "0"})


SUSPENSION_GROUND = "applicant_request"
"""The ground on which clocks rest while their project is suspended: the unit asked for it (A14.1e)."""


class CasePause(ExtranetTable, table=True):
    """Time not counted: (begins_on, ends_on], with its ground and when it is expected to end (A15.2).

    `restarts` is the policy of its ground when it began. `is_noted`: that it outlasted its expected end
    is written down.
    """

    __tablename__ = "pause"
    __table_args__ = (
        sa.Index(
            "ix_pause_expected",
            "expected_on",
            sqlite_where=sa.text("ends_on IS NULL AND NOT is_noted"),
            postgresql_where=sa.text("ends_on IS NULL AND NOT is_noted"),
        ),
        sa.Index(
            "ix_pause_ended_late",
            "expected_on",
            sqlite_where=sa.text("ends_on > expected_on AND NOT is_noted"),
            postgresql_where=sa.text("ends_on > expected_on AND NOT is_noted"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    clock_id: int = Field(foreign_key="clock.id", index=True)
    begins_on: date
    ends_on: date | None = None
    expected_on: date | None = None
    ground: str = Field(max_length=40)
    reason: str = Field(default="", max_length=1000)
    recorded_at: datetime
    ended_at: datetime | None = None
    """When its end was recorded, which may be later than `ends_on`."""
    restarts: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    is_noted: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


def start(
    session: Session,
    case_id: int,
    kind: str,
    *,
    on: date,
    limit: int | None,
    unit: Unit = Unit.WORKING_DAY,
    warn_days: int | None = None,
    statutory: tuple[int, Unit, date] | None = None,
    place: str = "",
) -> CaseClock:
    """Start a clock of a case on a date; the day itself does not count. `place`: the region of its office (A15.1)."""
    days, statutory_unit, since = statutory or (None, Unit.WORKING_DAY, None)
    row = CaseClock(
        case_id=case_id,
        kind=kind,
        place=place,
        started_on=on,
        limit_days=limit,
        unit=unit,
        warn_days=warn_days,
        statutory_days=days,
        statutory_unit=statutory_unit,
        statutory_from=since,
    )
    session.add(row)
    session.flush()
    _store_dates(session, row, ())
    return row


def stop(session: Session, row: CaseClock, *, on: date) -> None:
    """Stop a clock for good: it is judged at this date for ever, never at a later today.

    What happened in the other zone may arrive after this clock began or rested: it never stops before that.
    """
    pauses = pauses_of(session, row)
    for pause in pauses:
        if pause.ends_on is None:
            pause.ends_on = max(on, pause.begins_on)
            session.add(pause)
    bump(session, row)
    row.stopped_on = max(on, row.started_on, *(pause.begins_on for pause in pauses))
    _store_dates(session, row, pauses)


def pause(
    session: Session, row: CaseClock, *, on: date, ground: str, expected_on: date | None, reason: str, at: datetime,
    restarts: bool = False,
) -> None:  # fmt: skip
    """Stop counting after `on`; while paused there is no due date. `restarts` is the ground's policy (A15.2)."""
    bump(session, row)
    found = CasePause(
        clock_id=row.id or 0, begins_on=on, expected_on=expected_on, ground=ground, reason=reason, recorded_at=at,
        restarts=restarts,
    )  # fmt: skip
    session.add(found)
    session.flush()
    _store_dates(session, row, pauses_of(session, row))


def extend(session: Session, row: CaseClock, *, days: int, on: date, reason: str) -> None:
    """Add days to promise and statute alike, once (A15.2)."""
    bump(session, row)
    row.extension_days, row.extended_on, row.extension_reason = days, on, reason
    _store_dates(session, row, pauses_of(session, row))


def resume(session: Session, row: CaseClock, *, on: date, at: datetime) -> None:
    """Count again from the day after `on`; recorded `at` (A15.2)."""
    bump(session, row)
    pauses = pauses_of(session, row)
    for found in pauses:
        if found.ends_on is None:
            found.ends_on, found.ended_at = on, at
            session.add(found)
    session.flush()
    _store_dates(session, row, pauses)


def move(session: Session, row: CaseClock, *, place: str) -> None:
    """Count on by the calendar of another place: the case was passed to an office there (A14.2, A15.1)."""
    bump(session, row)
    row.place = place
    _store_dates(session, row, pauses_of(session, row))


def calendar_of(session: Session, row: CaseClock) -> Calendar:
    """The calendar a clock counts by: that of its office's place (A15.1)."""
    return calendar_at(session, row.place)


def running(session: Session, case_id: int, kind: str) -> CaseClock | None:
    """The clock of this kind that still runs or rests; at most one."""
    return session.exec(
        select(CaseClock).where(
            col(CaseClock.case_id) == case_id, col(CaseClock.kind) == kind, col(CaseClock.stopped_on).is_(None)
        )
    ).first()


def clocks_of(session: Session, case_id: int) -> Sequence[CaseClock]:
    """Every clock the case ever had, in the order they began."""
    return session.exec(select(CaseClock).where(col(CaseClock.case_id) == case_id).order_by(col(CaseClock.id))).all()


def pauses_of(session: Session, row: CaseClock) -> Sequence[CasePause]:
    """The pauses of one clock, in order."""
    return session.exec(select(CasePause).where(col(CasePause.clock_id) == row.id).order_by(col(CasePause.id))).all()


def as_rule(row: CaseClock, pauses: Sequence[CasePause]) -> Clock:
    """The row as the value that `core.domain.clock` counts with."""
    return Clock(
        started_on=row.started_on,
        limit=row.limit_days,
        unit=Unit(row.unit),
        warn_at=row.warn_days,
        pauses=as_pauses(pauses),
        stopped_on=row.stopped_on,
        extension=row.extension_days,
    )


def as_pauses(rows: Sequence[CasePause]) -> tuple[Pause, ...]:
    """The rows of pauses as values of the ledger."""
    return tuple(Pause(row.begins_on, row.ends_on, row.ground, row.restarts, row.expected_on) for row in rows)


def reading(session: Session, row: CaseClock, *, on: date) -> Reading:
    """How a clock stands on a date: light, elapsed, remaining, due date (A14.4d)."""
    return rules.reading(as_rule(row, pauses_of(session, row)), on, calendar_of(session, row))


def _store_dates(session: Session, row: CaseClock, pauses: Sequence[CasePause]) -> None:
    days = calendar_of(session, row)
    value = as_rule(row, pauses)
    row.due_on = rules.due_on(value, days)
    row.warn_on = rules.warned_on(value, days)  # once earned it stands, also behind a pause
    row.red_on = rules.overtime_from(value, days)
    session.add(row)
    session.flush()
