"""The official calendar as rows of each zone, and as the value that clocks count by (A15.1)."""

from collections.abc import Collection, Mapping
from datetime import date

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable, Zone, zone_of
from core.domain.calendar import Calendar, with_local_days_off
from core.domain.remit import region_of
from core.organisations import organisations
from core.publications import Kept


class CalendarDayRow(SQLModel):
    """An exception of the calendar: a public holiday, or a weekend day on which people work.

    `region_code` is empty for the whole province; else the day is off in that region and all that lies in it.
    """

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


class Calendars:
    """The official calendar, and those of the places that have days off of their own (Yanbian, 3 September; A15.1)."""

    def __init__(self, official: Calendar, local: Mapping[str, Mapping[date, str]]) -> None:
        """`local` are the days off by the code of the region that has them."""
        self.official = official
        self.local = local
        self._known: dict[frozenset[str], Calendar] = {frozenset(): official}

    def along(self, line: Collection[str]) -> Calendar:
        """What counts where these regions hold: a place and all it lies in; the official one where none has its own."""
        own = frozenset(code for code in line if code in self.local)
        if own not in self._known:
            days = {day: name for code in sorted(own) for day, name in self.local[code].items()}
            self._known[own] = with_local_days_off(self.official, days)
        return self._known[own]


def calendar(session: Session) -> Calendar:
    """The official calendar as this zone knows it; kept in memory until a year is announced or revised."""
    return _CALENDARS.of(session).official


def calendar_at(session: Session, place: str) -> Calendar:
    """The calendar by which an office counts: the official one with the days off of its region and those above it.

    `place` is a region's code or that of an organisational unit (A15.1).
    """
    region = region_of(place)
    return _CALENDARS.of(session).along(organisations(session).above.get(region, frozenset({region})))


def calendars(session: Session) -> Calendars:
    """All of them, for what compares calendars."""
    return _CALENDARS.of(session)


def _read_calendars(session: Session) -> Calendars:
    zone = zone_of(session)
    days = sa.inspect(DAYS[zone]).local_table
    years = sa.inspect(YEARS[zone]).local_table
    found = session.connection().execute(sa.select(days)).all()
    local: dict[str, dict[date, str]] = {}
    for row in found:
        if row.region_code and not row.is_working:
            local.setdefault(row.region_code, {})[row.day] = row.name
    official = Calendar(
        holidays={row.day: row.name for row in found if not row.region_code and not row.is_working},
        make_up_days={row.day: row.name for row in found if not row.region_code and row.is_working},
        announced_years=set(session.connection().execute(sa.select(years.c.year)).scalars()),
    )
    return Calendars(official, local)


_CALENDARS = Kept("calendar", _read_calendars)
