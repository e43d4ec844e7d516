"""The calendar of a year as a coordinator pastes it (A15.1)."""

from datetime import date

import pytest

from core.domain.calendar_text import ExceptionDay, read_calendar, write_calendar
from core.errors import RuleRefusal

SPRING = [ExceptionDay(date(2027, 2, day), False, "春节") for day in range(6, 9)]


@pytest.mark.parametrize(
    "text",
    [
        "2月6日至8日 放假 春节",
        "2月6日至2月8日 放假 春节",
        "2027-02-06 至 2027-02-08 放假 春节",
        "2027年2月6日至8日，放假，春节",
        "2027/2/6～2/8 休息 春节",
        "\n2月6日 放假 春节\n\n2月7日到8日 放假 春节\n",
    ],
)
def test_a15_1_a_span_is_read_however_the_announcement_writes_it(text):
    assert list(read_calendar(text, 2027)) == SPRING


def test_a15_1_a_make_up_day_is_read_and_days_come_in_order():
    found = read_calendar("2月20日 上班 春节调休\n1月1日 放假 元旦", 2027)
    assert [(one.day, one.is_working) for one in found] == [(date(2027, 1, 1), False), (date(2027, 2, 20), True)]


def test_what_is_written_is_read_back():
    days = read_calendar("1月1日至3日 放假 元旦\n2月6日至12日 放假 春节\n2月14日 上班 春节调休", 2027)
    text = write_calendar(days)
    assert text.splitlines()[0] == "2027-01-01 至 2027-01-03 放假 元旦"
    assert read_calendar(text, 2027) == days


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("春节放假", "第 1 行：请写作"),
        ("2月30日 放假 春节", "没有 2027 年 2 月 30 日这一天"),
        ("2026-02-06 放假 春节", "只能写 2027 年的日期"),
        ("2月8日至6日 放假 春节", "起止日期颠倒"),
        ("1月1日至3月8日 放假 元旦", "超过一个月"),
        ("2月15日 上班 春节调休", "只能是周六、周日"),
        ("2月6日 放假", "请写明节日名称"),
        ("2月6日 放假 春节\n2月6日至7日 放假 春节", "第 2 行：2027 年 2 月 6 日写了两次"),
        ("6日 放假 春节", "缺少月份"),
        ("\n".join(["乱"] * 7), "另有 2 处"),
    ],
)
def test_a15_1_a_line_that_can_not_be_read_is_named_with_what_is_wrong(text, says):
    with pytest.raises(RuleRefusal) as refused:
        read_calendar(text, 2027)
    assert says in refused.value.words
    assert refused.value.field == "days"
