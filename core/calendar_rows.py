"""The official calendar as rows of each zone, and as the value that clocks count by (A15.1)."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable, Zone, zone_of
from core.domain.calendar import Calendar
from core.publications import Kept


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
