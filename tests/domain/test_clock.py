"""The clock: examples worked by hand, around holidays, worked Saturdays and pauses (A14.4d, A15.1, A15.2)."""

from dataclasses import replace
from datetime import date

import pytest

from core.domain.calendar import with_local_days_off
from core.domain.clock import (
    Clock,
    Light,
    Pause,
    Unit,
    due_on,
    is_paused,
    limit_words,
    overtime_from,
    paused_days,
    reading,
    warn_on,
    words,
)
from core.errors import RuleRefusal
from tests.domain.official import OFFICIAL


def day(text):
    return date.fromisoformat(text)


def clock(start, limit, *pauses, **more):
    ledger = tuple(Pause(day(p), day(r) if r else None, "technical_assessment") for p, r in pauses)
    return Clock(day(start), limit, pauses=ledger, **more)


# The case of the design: accepted Fri 13 Nov 2026, 20 working days, technical assessment on 18, 19 and 20 November.
DESIGN = clock("2026-11-13", 20, ("2026-11-17", "2026-11-20"))


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2017-09-22", 20, "2017-10-26"),  # Sat 30 Sep worked, 1-8 Oct off
        ("2017-08-16", 20, "2017-09-13"),
        ("2020-01-20", 5, "2020-02-04"),  # the holiday that was lengthened by decree
        ("2025-01-24", 1, "2025-01-26"),  # a Sunday made up for Spring Festival
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-01-24", 6, "2025-02-08"),  # a Saturday made up afterwards
        ("2025-01-24", 7, "2025-02-10"),
        ("2025-04-25", 4, "2025-04-30"),
        ("2025-04-25", 5, "2025-05-06"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2025-09-26", 6, "2025-10-11"),
        ("2025-12-31", 1, "2026-01-04"),  # the first working day of the year is a Sunday
        ("2025-12-31", 3, "2026-01-06"),
        ("2026-01-26", 20, "2026-02-28"),
        ("2026-02-10", 5, "2026-02-24"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-02-13", 6, "2026-02-28"),
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-02-17", 3, "2026-02-26"),  # received on a day off
        ("2026-04-03", 1, "2026-04-07"),
        ("2026-04-30", 1, "2026-05-06"),
        ("2026-04-30", 4, "2026-05-09"),
        ("2026-06-18", 2, "2026-06-23"),
        ("2026-09-18", 20, "2026-10-22"),
        ("2026-09-19", 1, "2026-09-20"),
        ("2026-09-24", 3, "2026-09-30"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-09-30", 4, "2026-10-12"),
        ("2026-11-13", 20, "2026-12-11"),
        ("2026-11-21", 3, "2026-11-25"),
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-12-31", 3, "2027-01-05"),  # not announced yet: Monday to Friday
    ],
)
def test_a15_1_due_dates_worked_by_hand(start, limit, due):
    assert due_on(clock(start, limit), OFFICIAL) == day(due)


@pytest.mark.parametrize(
    ("start", "limit", "pauses", "due"),
    [
        ("2026-11-13", 20, [("2026-11-17", "2026-11-20")], "2026-12-16"),
        ("2026-11-13", 20, [("2026-11-17", "2026-11-20"), ("2026-11-25", "2026-11-27")], "2026-12-18"),
        ("2026-11-13", 20, [("2026-11-17", "2026-11-18"), ("2026-11-18", "2026-11-20")], "2026-12-16"),
        ("2026-11-13", 3, [("2026-11-13", "2026-11-16")], "2026-11-19"),  # from the very start
        ("2026-11-13", 3, [("2026-11-16", "2026-11-16")], "2026-11-18"),  # begun and ended on one day
        ("2026-09-28", 5, [], "2026-10-10"),
        ("2026-09-28", 5, [("2026-09-30", "2026-10-07")], "2026-10-10"),  # a pause of days off alone
        ("2026-09-28", 5, [("2026-09-30", "2026-10-09")], "2026-10-13"),
        ("2026-09-28", 5, [("2026-09-19", "2026-09-19")], None),
        ("2026-02-13", 2, [("2026-02-13", "2026-02-14")], "2026-02-25"),  # a worked Saturday taken out
        ("2026-11-13", 3, [("2026-11-18", "2026-11-30")], "2026-11-18"),  # due on the day the pause begins
        ("2026-11-13", 3, [("2026-11-20", "2026-11-30")], "2026-11-18"),  # paused when it was too late
        ("2026-11-13", 20, [("2026-11-17", None)], None),
        ("2026-11-13", 3, [("2026-11-18", None)], None),
        ("2026-11-13", 3, [("2026-11-19", None)], "2026-11-18"),  # a missed due date stays
    ],
)
def test_a15_2_time_not_counted_moves_the_due_date(start, limit, pauses, due):
    if pauses and pauses[0][0] < start:
        with pytest.raises(RuleRefusal, match="不能早于起算日期"):
            clock(start, limit, *pauses)
    else:
        assert due_on(clock(start, limit, *pauses), OFFICIAL) == (day(due) if due else None)


@pytest.mark.parametrize(
    ("start", "limit", "pauses", "due"),
    [
        ("2026-09-25", 7, [], "2026-10-02"),
        ("2026-01-31", 30, [], "2026-03-02"),
        ("2026-09-25", 7, [("2026-09-30", "2026-10-08")], "2026-10-10"),
    ],
)
def test_a15_1_calendar_days_take_no_notice_of_holidays(start, limit, pauses, due):
    assert due_on(clock(start, limit, *pauses, unit=Unit.CALENDAR_DAY), OFFICIAL) == day(due)


@pytest.mark.parametrize(
    ("limit", "warn_at", "warned"),
    [
        (20, None, "2026-12-07"),  # a fifth: 4 days remain
        (20, 1, "2026-12-10"),
        (20, 0, "2026-12-11"),
        (20, 30, "2026-11-13"),
        (21, None, "2026-12-07"),  # 21 / 5 rounded up: 5
        (5, None, "2026-11-19"),
        (3, None, "2026-11-17"),
        (1, None, "2026-11-13"),
        (0, None, "2026-11-13"),
        (None, 3, None),
    ],
)
def test_a14_4d_yellow_begins_within_the_threshold(limit, warn_at, warned):
    assert warn_on(clock("2026-11-13", limit, warn_at=warn_at), OFFICIAL) == (day(warned) if warned else None)


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-11-12", "未开始"),
        ("2026-11-13", "绿灯 剩 20 个工作日"),
        ("2026-11-17", "绿灯 剩 18 个工作日"),  # the day the pause begins still counts
        ("2026-11-18", "暂停计时 已计 2 天"),
        ("2026-11-20", "暂停计时 已计 2 天"),  # the day it ends does not
        ("2026-11-21", "绿灯 剩 18 个工作日"),
        ("2026-11-23", "绿灯 剩 17 个工作日"),
        ("2026-12-09", "绿灯 剩 5 个工作日"),
        ("2026-12-10", "黄灯 剩 4 个工作日"),
        ("2026-12-16", "黄灯 今天到期"),
        ("2026-12-17", "红灯 超时 1 个工作日"),
        ("2026-12-21", "红灯 超时 3 个工作日"),
    ],
)
def test_a14_4d_the_light_says_its_number(on, said):
    assert words(reading(DESIGN, day(on), OFFICIAL)) == said
    assert reading(DESIGN, day(on), OFFICIAL).words == said


def test_a14_4d_it_is_red_the_day_after_even_when_that_is_a_saturday():
    found = reading(clock("2026-11-13", 20), day("2026-12-12"), OFFICIAL)
    assert (found.light, found.overtime, found.words) == (Light.RED, 0, "红灯 超时不足 1 个工作日")


def test_calendar_days_are_called_days():
    running = clock("2026-09-25", 7, unit=Unit.CALENDAR_DAY)
    assert reading(running, day("2026-09-26"), OFFICIAL).words == "绿灯 剩 6 天"
    assert reading(running, day("2026-10-04"), OFFICIAL).words == "红灯 超时 2 天"


def test_a14_4d_a_red_earned_before_a_pause_is_kept():
    paused = clock("2026-11-13", 3, ("2026-11-19", None))
    found = reading(paused, day("2026-12-01"), OFFICIAL)
    assert (found.light, found.overtime, found.due_on) == (Light.RED, 1, day("2026-11-18"))
    assert is_paused(paused, day("2026-12-01"))


def test_a14_4d_a_pause_begun_on_the_due_date_shows_no_red_until_it_ends():
    held = clock("2026-11-13", 3, ("2026-11-18", "2026-11-20"))
    assert reading(held, day("2026-11-20"), OFFICIAL).light is Light.PAUSED
    assert overtime_from(held, OFFICIAL) == day("2026-11-21")
    assert reading(held, day("2026-11-21"), OFFICIAL).light is Light.RED


def test_a15_1_no_limit_and_limit_zero_are_different_things():
    endless = reading(clock("2026-11-13", None), day("2027-11-13"), OFFICIAL)
    assert (endless.light, endless.due_on, endless.warn_on, endless.remaining) == (Light.NONE, None, None, None)
    assert endless.words == "不设时限"
    at_once = clock("2026-11-13", 0)
    assert reading(at_once, day("2026-11-13"), OFFICIAL).words == "黄灯 今天到期"
    assert reading(at_once, day("2026-11-14"), OFFICIAL).light is Light.RED


def test_a_concluded_case_is_judged_at_its_stop_and_never_at_today():
    in_time = replace(DESIGN, stopped_on=day("2026-12-16"))
    found = reading(in_time, day("2028-01-03"), OFFICIAL)
    assert (found.light, found.elapsed, found.remaining, found.was_red) == (Light.CLOSED, 20, 0, False)
    assert (found.words, found.provisional) == ("已办结", False)


def test_a14_4d_a_red_is_kept_when_the_case_is_decided_later():
    late = replace(DESIGN, stopped_on=day("2026-12-18"))
    found = reading(late, day("2026-12-31"), OFFICIAL)
    assert (found.light, found.was_red, found.overtime) == (Light.CLOSED, True, 2)
    assert found.words == "已办结 超时 2 个工作日"


def test_a_date_before_the_stop_is_read_as_it_was_then():
    found = reading(replace(DESIGN, stopped_on=day("2026-12-18")), day("2026-12-10"), OFFICIAL)
    assert found.light is Light.YELLOW


def test_a_stopped_clock_is_not_paused():
    stopped = replace(clock("2026-11-13", 20, ("2026-11-17", None)), stopped_on=day("2026-11-19"))
    assert is_paused(stopped, day("2026-11-18"))
    assert not is_paused(stopped, day("2026-11-19"))
    assert paused_days(stopped, day("2026-12-31"), OFFICIAL) == 2


@pytest.mark.parametrize(
    ("running", "on", "provisional"),
    [
        (clock("2026-12-25", 3), "2026-12-28", False),
        (clock("2026-12-25", 20), "2026-12-28", True),
        (clock("2026-12-25", 20, unit=Unit.CALENDAR_DAY), "2026-12-28", False),
        (clock("2026-12-25", 20, ("2026-12-28", None)), "2026-12-30", False),
        (clock("2026-12-25", 3), "2027-01-04", True),
    ],
)
def test_a_date_in_a_year_not_announced_is_provisional(running, on, provisional):
    assert reading(running, day(on), OFFICIAL).provisional is provisional


def test_an_announced_year_moves_the_dates_counted_provisionally():
    new_year = with_local_days_off(OFFICIAL, {day("2027-01-01"): "元旦"})
    assert due_on(clock("2026-12-31", 3), new_year) == day("2027-01-06")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: clock("2026-11-13", -1), "办理时限不能小于 0 天"),
        (lambda: clock("2026-11-13", 5, warn_at=-1), "黄灯预警天数不能小于 0 天"),
        (lambda: clock("2026-11-13", 5, stopped_on=day("2026-11-12")), "停止计时的日期不能早于起算日期"),
        (lambda: clock("2026-11-13", 5, ("2026-11-12", "2026-11-16")), "暂停的开始日期不能早于起算日期"),
        (lambda: clock("2026-11-13", 5, ("2026-11-17", "2026-11-16")), "结束日期（2026 年 11 月 16 日）不能早于"),
        (lambda: clock("2026-11-13", 5, ("2026-11-16", "2026-11-18"), ("2026-11-17", None)), "不能重叠"),
        (lambda: clock("2026-11-13", 5, ("2026-11-16", None), ("2026-11-17", None)), "尚未结束，不能再次暂停"),
    ],
)
def test_what_no_clock_can_be_is_refused(wrong, said):
    with pytest.raises(RuleRefusal, match=said):
        wrong()


@pytest.mark.parametrize(
    ("days", "unit", "words"),
    [
        (20, "working_day", "20 个工作日"),
        (30, "calendar_day", "30 日"),
        (None, "working_day", ""),
        (0, "working_day", ""),
    ],
)
def test_a_limit_is_said_in_its_unit(days, unit, words):
    assert limit_words(days, unit) == words
