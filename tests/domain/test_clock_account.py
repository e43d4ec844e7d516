"""The day-by-day account: the page of the design, and every case an officer may have to explain (A15.2)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clock import Clock, Pause, Unit, elapsed
from core.domain.clock_account import DayKind, explain, sentence
from tests.domain.official import OFFICIAL

GROUNDS = {"technical_assessment": "技术评估", "public_notice": "公示"}


def day(text):
    return date.fromisoformat(text)


def clock(start, limit, *pauses, ground="technical_assessment", **more):
    ledger = tuple(Pause(day(p), day(r) if r else None, ground) for p, r in pauses)
    return Clock(day(start), limit, pauses=ledger, **more)


def told(running, on, **more):
    return sentence(running, day(on), OFFICIAL, pause_words=GROUNDS, **more)


def cells(running, on, **more):
    found = explain(running, day(on), OFFICIAL, pause_words=GROUNDS, **more)
    return {cell.on.isoformat(): (cell.kind.value, cell.words) for cell in found}


DESIGN = clock("2026-11-13", 20, ("2026-11-17", "2026-11-20"))


def test_a15_2_the_grid_of_the_design():
    found = explain(DESIGN, day("2026-11-23"), OFFICIAL, pause_words=GROUNDS)
    weeks = [[(cell.kind.value, cell.words) for cell in found[n : n + 7]] for n in range(0, len(found), 7)]
    rest = [("rest", "休"), ("rest", "休")]
    paused = ("paused", "技术评估")
    assert weeks == [
        [("", ""), ("", ""), ("", ""), ("", ""), ("start", "受理"), *rest],
        [("counted", "第 1 天"), ("counted", "第 2 天"), paused, paused, paused, *rest],
        [("counted", "第 3 天"), *(("future", str(n)) for n in range(4, 8)), *rest],
        [*(("future", str(n)) for n in range(8, 13)), *rest],
        [*(("future", str(n)) for n in range(13, 16)), ("warn", "16 起黄灯"), ("warn", "17"), *rest],
        [("warn", "18"), ("warn", "19"), ("due", "第 20 天 到期"), ("after", "此后红灯"), ("", ""), *rest],
    ]
    assert [cell.on for cell in found if cell.today] == [day("2026-11-23")]
    assert [cell.number for cell in found if cell.number] == [*range(1, 22)]


def test_a15_2_the_sentence_of_the_design():
    assert told(DESIGN, "2026-11-23") == (
        "11 月 13 日受理，次日起计；11 月 18—20 日技术评估不计入；"
        "到期日由 12 月 11 日顺延至 12 月 16 日；12 月 10 日起亮黄灯。"
    )


def test_holidays_are_called_by_name_and_worked_saturdays_count():
    seen = cells(clock("2026-09-28", 5), "2026-09-29")
    assert seen["2026-09-29"] == ("counted", "第 1 天")
    assert seen["2026-10-01"] == ("rest", "国庆节")
    assert seen["2026-10-09"] == ("warn", "4 起黄灯")
    assert seen["2026-10-10"] == ("due", "第 5 天 到期")
    assert seen["2026-10-11"] == ("after", "此后红灯")


def test_overtime_is_told_up_to_today():
    seen = cells(clock("2026-11-13", 3), "2026-11-23")
    assert list(seen)[-1] == "2026-11-29"
    assert seen["2026-11-18"] == ("due", "第 3 天 到期")
    assert seen["2026-11-19"] == ("after", "超时 1 天 起红灯")
    assert seen["2026-11-23"] == ("after", "超时 3 天")
    assert seen["2026-11-24"] == ("", "")
    assert told(clock("2026-11-13", 3), "2026-11-23") == (
        "11 月 13 日受理，次日起计；11 月 18 日到期；11 月 19 日起亮红灯，超时 3 个工作日。"
    )


def test_a_red_that_begins_on_a_saturday_is_marked_there():
    friday = clock("2026-11-13", 5)
    assert cells(friday, "2026-11-21")["2026-11-21"] == ("after", "起红灯")
    assert told(friday, "2026-11-21").endswith("11 月 21 日起亮红灯。")


def test_while_paused_the_account_ends_today_and_names_no_due_date():
    held = clock("2026-11-13", 20, ("2026-11-17", None))
    seen = cells(held, "2026-11-25")
    assert list(seen)[-1] == "2026-11-29"
    assert seen["2026-11-25"] == ("paused", "技术评估")
    assert seen["2026-11-26"] == ("", "")
    assert told(held, "2026-11-25") == (
        "11 月 13 日受理，次日起计；11 月 18 日起技术评估，暂停计时；恢复计时后重新计算到期日。"
    )


def test_a_concluded_case_is_told_up_to_its_stop():
    done = replace(DESIGN, stopped_on=day("2026-12-02"))
    seen = cells(done, "2027-03-01")
    assert list(seen)[-1] == "2026-12-06"
    assert seen["2026-12-02"] == ("counted", "第 10 天 办结")
    assert seen["2026-12-03"] == ("", "")
    assert told(done, "2026-12-08").endswith("顺延至 12 月 16 日；12 月 2 日办结，共计 10 个工作日。")


def test_other_years_are_written_and_a_year_not_announced_is_said():
    assert told(clock("2026-12-25", 5), "2026-12-28") == (
        "12 月 25 日受理，次日起计；2027 年 1 月 1 日到期；12 月 31 日起亮黄灯。"
        "有的年份放假安排尚未公布，暂按周一至周五计算，日期可能变动。"
    )


def test_several_pauses_are_listed():
    twice = clock("2026-11-13", 20, ("2026-11-17", "2026-11-18"), ("2026-11-27", "2026-12-02"))
    assert "11 月 18 日技术评估、11 月 28 日—12 月 2 日技术评估不计入；" in told(twice, "2026-11-23")


def test_a_pause_of_days_off_alone_moves_nothing():
    assert "不计入；10 月 10 日到期；" in told(clock("2026-09-28", 5, ("2026-09-30", "2026-10-07")), "2026-09-29")


def test_a_pause_begun_and_ended_on_one_day_is_not_worth_a_word():
    assert told(clock("2026-11-13", 20, ("2026-11-17", "2026-11-17")), "2026-11-23") == told(
        clock("2026-11-13", 20), "2026-11-23"
    )


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (0, "11 月 13 日受理，当日办理；11 月 13 日到期；11 月 13 日起亮黄灯。"),
        (None, "11 月 13 日受理，次日起计；不设办理时限。"),
    ],
)
def test_no_limit_and_limit_zero(limit, said):
    assert told(clock("2026-11-13", limit), "2026-11-13") == said


def test_limit_zero_is_due_on_the_day_itself():
    assert cells(clock("2026-11-13", 0), "2026-11-13")["2026-11-13"] == ("due", "受理 到期")


def test_other_clocks_use_their_own_words():
    asked = clock("2026-11-18", 4, stopped_on=day("2026-11-20"))
    assert cells(asked, "2026-11-23", start_words="发起", stop_words="答复")["2026-11-20"][1] == "第 2 天 答复"
    assert told(asked, "2026-11-23", start_words="发起", stop_words="答复").endswith(
        "11 月 20 日答复，共计 2 个工作日。"
    )


def test_calendar_days_know_no_rest():
    seen = cells(clock("2026-09-25", 7, unit=Unit.CALENDAR_DAY), "2026-09-27")
    assert seen["2026-09-26"] == ("counted", "第 1 天")
    assert seen["2026-10-02"] == ("due", "第 7 天 到期")


def test_a_ground_without_a_name_is_called_a_pause():
    assert cells(clock("2026-11-13", 20, ("2026-11-17", "2026-11-18"), ground="new"), "2026-11-23")["2026-11-18"] == (
        "paused",
        "暂停",
    )


@given(
    start=st.dates(date(2025, 1, 1), date(2026, 6, 30)),
    limit=st.none() | st.integers(0, 25),
    gaps=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3),
    later=st.integers(-5, 80),
    unit=st.sampled_from(Unit),
    stop=st.none() | st.integers(0, 60),
)
def test_every_number_in_the_grid_is_what_the_clock_has_counted(start, limit, gaps, later, unit, stop):
    pauses, cursor = [], start
    for before, length in gaps:
        begins = cursor + timedelta(days=before)
        cursor = begins + timedelta(days=length)
        pauses.append(Pause(begins, cursor, "public_notice"))
    stopped_on = None if stop is None else start + timedelta(days=stop)
    running = Clock(start, limit, unit, pauses=tuple(pauses), stopped_on=stopped_on)
    found = explain(running, start + timedelta(days=later), OFFICIAL, pause_words=GROUNDS)
    assert (found[0].on.weekday(), found[-1].on.weekday()) == (0, 6)
    assert found[0].on <= start <= found[-1].on
    assert len(found) == (found[-1].on - found[0].on).days + 1
    for cell in found:
        if cell.number is not None:
            assert cell.number == elapsed(replace(running, stopped_on=None), cell.on, OFFICIAL)
        assert (cell.kind is DayKind.DUE) <= (limit == 0 or cell.number == limit)
        assert (cell.kind is DayKind.PAUSED) <= any(pause.covers(cell.on) for pause in pauses)
