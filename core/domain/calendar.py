"""The official calendar: working days between two dates, counted by look-up and never by walking (A15.1).

`W(a, b]` is the number of working days after date a up to and including date b. Monday to Friday is a formula; decreed
days off and make-up working days are corrections to it, kept as running totals. Nothing has an end: a year that was not
announced yet counts Monday to Friday and is provisional.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from datetime import date
from itertools import accumulate
from types import MappingProxyType

from core.errors import RuleRefusal

_SATURDAY = 5


class Calendar:
    """Days off and make-up days, each with its name, and the years announced so far. Never changes once built."""

    __slots__ = ("_corrections", "_exceptions", "_totals", "announced_years", "holidays", "make_up_days")

    def __init__(
        self, holidays: Mapping[date, str], make_up_days: Mapping[date, str], announced_years: Collection[int]
    ) -> None:
        """Refuses a day that is both off and worked. Weekends need not be listed (A15.1)."""
        for day in holidays.keys() & make_up_days.keys():
            raise RuleRefusal(f"{full_date(day)}既列为放假又列为上班，请核对", field="day", article="A15.1")
        self.holidays: Mapping[date, str] = MappingProxyType(dict(holidays))
        self.make_up_days: Mapping[date, str] = MappingProxyType(dict(make_up_days))
        self.announced_years = frozenset(announced_years)
        shifts = {day.toordinal(): -1 for day in holidays if day.weekday() < _SATURDAY}
        shifts |= {day.toordinal(): 1 for day in make_up_days if day.weekday() >= _SATURDAY}
        self._exceptions = sorted(shifts)
        self._corrections = list(accumulate((shifts[day] for day in self._exceptions), initial=0))
        self._totals = [
            _weekdays_until(day) + correction
            for day, correction in zip(self._exceptions, self._corrections[1:], strict=True)
        ]

    def is_working(self, day: date) -> bool:
        """Whether offices work on this day (A15.1)."""
        return day in self.make_up_days or (day.weekday() < _SATURDAY and day not in self.holidays)

    def working_days(self, after: date, until: date) -> int:
        """W(after, until]: working days after one date up to and including the other; 0 when `until` is earlier."""
        return self._total(until.toordinal()) - self._total(after.toordinal()) if after < until else 0

    def nth_working_day(self, after: date, n: int) -> date:
        """The first date d with W(after, d] = n; `after` itself for n = 0."""
        if n < 0:
            raise ValueError(f"working days are counted forwards, not {n}")
        if n == 0:
            return after
        wanted = self._total(after.toordinal()) + n
        place = bisect_left(self._totals, wanted)
        found = _nth_weekday(wanted - self._corrections[place])
        if place < len(self._exceptions):
            found = min(found, self._exceptions[place])  # a make-up day reaches the number before the next weekday
        return date.fromordinal(found)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.nth_working_day(day, 1)

    def is_provisional(self, day: date) -> bool:
        """Whether the year of this day is not announced yet, so that dates in it may still move."""
        return day.year not in self.announced_years

    def day_off_name(self, day: date) -> str | None:
        """Why offices rest on this day (春节, 周末); None for a working day."""
        if self.is_working(day):
            return None
        return self.holidays.get(day, "周末")

    def _total(self, ordinal: int) -> int:
        return _weekdays_until(ordinal) + self._corrections[bisect_right(self._exceptions, ordinal)]


def with_local_days_off(calendar: Calendar, days_off: Mapping[date, str]) -> Calendar:
    """The calendar of a region with days off of its own (Yanbian, 3 September), which win over a make-up day."""
    return Calendar(
        holidays={**calendar.holidays, **days_off},
        make_up_days={day: name for day, name in calendar.make_up_days.items() if day not in days_off},
        announced_years=calendar.announced_years,
    )


def full_date(day: date) -> str:
    """2026 年 11 月 23 日."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _weekdays_until(ordinal: int) -> int:
    # Ordinal 1 is a Monday: every seventh day from 6 is a Saturday, from 7 a Sunday.
    return ordinal - (ordinal + 1) // 7 - ordinal // 7


def _nth_weekday(n: int) -> int:
    weeks, days = divmod(n - 1, 5)
    return weeks * 7 + days + 1
