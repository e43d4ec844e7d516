"""The official calendar: look-ups agree with walking day by day (A15.1)."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.calendar import Calendar, full_date, with_local_days_off
from core.errors import RuleRefusal
from tests.domain.official import OFFICIAL

days = st.dates(date(2004, 1, 1), date(2026, 12, 31))
some_days = st.dates(date(2024, 12, 20), date(2025, 3, 20))


@st.composite
def small_calendars(draw):
    named = draw(st.dictionaries(some_days, st.sampled_from(["off", "worked"]), max_size=40))
    return Calendar(
        {day: "假" for day, kind in named.items() if kind == "off"},
        {day: "班" for day, kind in named.items() if kind == "worked"},
        [2025],
    )


def walked(calendar, after, until):
    return sum(calendar.is_working(after + timedelta(days=n)) for n in range(1, (until - after).days + 1))


@given(days)
def test_it_agrees_with_the_official_list_on_every_day(day):
    assert OFFICIAL.is_working(day) == chinese_calendar.is_workday(day)
    assert (OFFICIAL.day_off_name(day) is None) == OFFICIAL.is_working(day)


@pytest.mark.parametrize(
    ("year", "count"),
    [
        *[(2017, 249), (2018, 250), (2019, 250), (2020, 249), (2021, 250)],
        *[(2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
    ],
)
def test_working_days_of_a_year(year, count):
    assert OFFICIAL.working_days(date(year - 1, 12, 31), date(year, 12, 31)) == count


@given(small_calendars(), some_days, some_days)
def test_counting_agrees_with_walking(calendar, after, until):
    assert calendar.working_days(after, until) == walked(calendar, after, until)


@given(small_calendars(), some_days, st.integers(1, 60))
def test_the_nth_working_day_is_the_first_that_reaches_n(calendar, after, n):
    found = calendar.nth_working_day(after, n)
    assert calendar.is_working(found)
    assert walked(calendar, after, found) == n


@given(days, days, days)
def test_counts_of_adjoining_stretches_add_up(one, two, three):
    one, two, three = sorted([one, two, three])
    assert OFFICIAL.working_days(one, three) == OFFICIAL.working_days(one, two) + OFFICIAL.working_days(two, three)


def test_nothing_is_counted_backwards():
    assert OFFICIAL.working_days(date(2026, 11, 23), date(2026, 11, 23)) == 0
    assert OFFICIAL.working_days(date(2026, 11, 23), date(2026, 11, 2)) == 0
    assert OFFICIAL.nth_working_day(date(2026, 11, 21), 0) == date(2026, 11, 21)
    with pytest.raises(ValueError, match="forwards"):
        OFFICIAL.nth_working_day(date(2026, 11, 21), -1)


@pytest.mark.parametrize("day", [date(2026, 2, 14), date(2026, 2, 28), date(2026, 9, 20), date(2026, 10, 10)])
def test_make_up_weekends_are_worked(day):
    assert day.weekday() >= 5
    assert OFFICIAL.is_working(day)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 2, 17), "春节"),
        (date(2026, 10, 1), "国庆节"),
        (date(2026, 11, 21), "周末"),
        (date(2026, 9, 20), None),
        (date(2026, 11, 23), None),
    ],
)
def test_a_day_off_says_why(day, name):
    assert OFFICIAL.day_off_name(day) == name


def test_the_next_working_day_lies_behind_a_holiday():
    assert OFFICIAL.next_working_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert OFFICIAL.next_working_day(date(2026, 11, 23)) == date(2026, 11, 24)


def test_a_year_not_announced_counts_monday_to_friday_and_is_provisional():
    assert OFFICIAL.is_provisional(date(2027, 1, 1))
    assert not OFFICIAL.is_provisional(date(2026, 12, 31))
    assert OFFICIAL.nth_working_day(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert OFFICIAL.working_days(date(2069, 12, 31), date(2070, 12, 31)) == 261


def test_a_region_may_have_days_off_of_its_own():
    founding_day = date(2026, 9, 3)
    yanbian = with_local_days_off(OFFICIAL, {founding_day: "自治州成立纪念日", date(2026, 9, 20): "调整"})
    assert OFFICIAL.is_working(founding_day)
    assert yanbian.day_off_name(founding_day) == "自治州成立纪念日"
    assert not yanbian.is_working(date(2026, 9, 20))
    assert yanbian.working_days(date(2026, 8, 31), date(2026, 9, 30)) == 20
    assert OFFICIAL.working_days(date(2026, 8, 31), date(2026, 9, 30)) == 22


def test_a_day_both_off_and_worked_is_refused():
    with pytest.raises(RuleRefusal, match="2026 年 9 月 20 日既列为放假又列为上班"):
        Calendar({date(2026, 9, 20): "中秋"}, {date(2026, 9, 20): "国庆节"}, [2026])


def test_it_keeps_its_own_copy_of_what_it_was_built_from():
    given_days = {date(2026, 11, 23): "假"}
    calendar = Calendar(given_days, {}, [2026])
    given_days.clear()
    assert not calendar.is_working(date(2026, 11, 23))
    with pytest.raises(TypeError):
        calendar.holidays[date(2026, 11, 24)] = "假"


def test_full_dates_are_written_out():
    assert full_date(date(2026, 1, 5)) == "2026 年 1 月 5 日"
