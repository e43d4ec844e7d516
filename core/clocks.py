"""Every clock of the platform: start, pause, resume, stop, and the calendar they count by (A15.1, A15.2).

The arithmetic is in `core.domain.clock`; here are the rows. `due_on` and `warn_on` are stored at each event, so that
lights are an indexed comparison with today.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from core.database import ExtranetTable, PublicTable, Versioned, Zone, bump, zone_of
from core.domain import clock as rules
from core.domain.calendar import Calendar
from core.domain.clock import Clock, Pause, Reading, Unit
from core.publications import Kept

SHANGHAI = ZoneInfo("Asia/Shanghai")


def business_date(at: datetime) -> date:
    """The date of an instant in Asia/Shanghai: the only date the rules know."""
    return at.astimezone(SHANGHAI).date()


class CalendarDayRow(SQLModel):
    """An exception of the official calendar: a public holiday, or a weekend day on which people work."""

    day: date = Field(primary_key=True)
    region_code: str = Field(default="", primary_key=True, max_length=6)
    is_working: bool
    name: str = Field(max_length=40)


class CalendarYearRow(SQLModel):
    """A year whose calendar was announced; other years are counted Monday to Friday and shown as provisional."""

    year: int = Field(primary_key=True)


class PublicCalendarDay(CalendarDayRow, PublicTable, table=True):
    """Mirror of the calendar in the internet zone."""

    __tablename__ = "calendar_day"


class ExtranetCalendarDay(CalendarDayRow, ExtranetTable, table=True):
    """The calendar."""

    __tablename__ = "calendar_day"


class PublicCalendarYear(CalendarYearRow, PublicTable, table=True):
    """Mirror of the announced years in the internet zone."""

    __tablename__ = "calendar_year"


class ExtranetCalendarYear(CalendarYearRow, ExtranetTable, table=True):
    """The announced years."""

    __tablename__ = "calendar_year"


class CaseClock(Versioned, ExtranetTable, table=True):
    """One clock of a case: *preliminary* (3), *acceptance* (5), *handling* (the guide's limit)."""

    __tablename__ = "clock"
    __table_args__ = (
        sa.Index(
            "ix_clock_warn",
            "warn_on",
            sqlite_where=sa.text("stopped_on IS NULL"),
            postgresql_where=sa.text("stopped_on IS NULL"),
        ),
        # those that ended after their warning: few, and each is looked at until its lights are written down
        sa.Index(
            "ix_clock_late",
            "stopped_on",
            sqlite_where=sa.text("warn_on <= stopped_on"),
            postgresql_where=sa.text("warn_on <= stopped_on"),
        ),
        sa.Index(
            "ix_clock_red",
            "red_on",
            sqlite_where=sa.text("stopped_on IS NULL"),
            postgresql_where=sa.text("stopped_on IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    kind: str = Field(max_length=20)
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


class CasePause(ExtranetTable, table=True):
    """Time not counted: (begins_on, ends_on], with its ground and when it is expected to end (A15.2)."""

    __tablename__ = "pause"
    id: int | None = Field(default=None, primary_key=True)
    clock_id: int = Field(foreign_key="clock.id", index=True)
    begins_on: date
    ends_on: date | None = None
    expected_on: date | None = None
    ground: str = Field(max_length=40)
    reason: str = Field(default="", max_length=1000)
    recorded_at: datetime


DAYS: Mapping[Zone, type[PublicCalendarDay] | type[ExtranetCalendarDay]] = {
    Zone.PUBLIC: PublicCalendarDay,
    Zone.EXTRANET: ExtranetCalendarDay,
}
YEARS: Mapping[Zone, type[PublicCalendarYear] | type[ExtranetCalendarYear]] = {
    Zone.PUBLIC: PublicCalendarYear,
    Zone.EXTRANET: ExtranetCalendarYear,
}


def calendar(session: Session) -> Calendar:
    """The official calendar as this zone knows it; kept in memory until a year is announced or revised."""
    return _CALENDAR.of(session)


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
) -> CaseClock:
    """Start a clock of a case on a date; the day itself does not count (A15.1)."""
    days, statutory_unit, since = statutory or (None, Unit.WORKING_DAY, None)
    row = CaseClock(
        case_id=case_id,
        kind=kind,
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
    session: Session, row: CaseClock, *, on: date, ground: str, expected_on: date | None, reason: str, at: datetime
) -> None:
    """Stop counting after `on`; while paused there is no due date (A15.2)."""
    bump(session, row)
    session.add(
        CasePause(
            clock_id=row.id or 0, begins_on=on, expected_on=expected_on, ground=ground, reason=reason, recorded_at=at
        )
    )
    session.flush()
    _store_dates(session, row, pauses_of(session, row))


def resume(session: Session, row: CaseClock, *, on: date) -> None:
    """Count again from the day after `on` (A15.2)."""
    bump(session, row)
    pauses = pauses_of(session, row)
    for found in pauses:
        if found.ends_on is None:
            found.ends_on = on
            session.add(found)
    session.flush()
    _store_dates(session, row, pauses)


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
        pauses=tuple(Pause(pause.begins_on, pause.ends_on, pause.ground) for pause in pauses),
        stopped_on=row.stopped_on,
    )


def reading(session: Session, row: CaseClock, *, on: date) -> Reading:
    """How a clock stands on a date: light, elapsed, remaining, due date (A14.4d)."""
    return rules.reading(as_rule(row, pauses_of(session, row)), on, calendar(session))


def _store_dates(session: Session, row: CaseClock, pauses: Sequence[CasePause]) -> None:
    days = calendar(session)
    value = as_rule(row, pauses)
    row.due_on = rules.due_on(value, days)
    row.warn_on = rules.warn_on(value, days)
    row.red_on = rules.overtime_from(value, days)
    session.add(row)
    session.flush()


def _read_calendar(session: Session) -> Calendar:
    zone = zone_of(session)
    days = sa.inspect(DAYS[zone]).local_table
    years = sa.inspect(YEARS[zone]).local_table
    found = session.connection().execute(sa.select(days).where(days.c.region_code == "")).all()
    return Calendar(
        holidays={row.day: row.name for row in found if not row.is_working},
        make_up_days={row.day: row.name for row in found if row.is_working},
        announced_years=set(session.connection().execute(sa.select(years.c.year)).scalars()),
    )


_CALENDAR = Kept("calendar", _read_calendar)
