"""Small values that pages print: a light with its tone (A14.4d)."""

from datetime import date

import pytest

from core.domain.clock import Clock, Pause, reading
from core.web.shown import light_shown
from tests.domain.official import OFFICIAL

MONDAY = date(2026, 11, 23)
BEYOND = (Pause(date(2026, 11, 24), None, "hearing", expected_on=date(2026, 12, 1)),)


@pytest.mark.parametrize(
    ("clock", "on", "value", "words"),
    [
        (Clock(MONDAY, 5, stopped_on=date(2026, 11, 30)), date(2026, 12, 9), "closed", "已办结"),
        (Clock(MONDAY, 5, stopped_on=date(2026, 12, 2)), date(2026, 12, 9), "late", "已办结 超时 2 个工作日"),
        (Clock(MONDAY, 5), date(2026, 12, 2), "red", "红灯 超时 2 个工作日"),
        (Clock(MONDAY, 15, pauses=BEYOND), date(2026, 11, 30), "paused", "暂停计时 已计 1 天"),
        (Clock(MONDAY, 15, pauses=BEYOND), date(2026, 12, 3), "overrun", "暂停超期 2 天"),
    ],
)
def test_a14_4d_what_came_late_is_red_for_good_and_so_is_a_pause_beyond_its_end(clock, on, value, words):
    found = light_shown(reading(clock, on, OFFICIAL))
    assert (found.value, found.words) == (value, words)
