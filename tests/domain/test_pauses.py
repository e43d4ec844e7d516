"""How long a pause may last, and its own light (A15.2)."""

from datetime import date

import pytest

from core.domain.clock import Light
from core.domain.pauses import expected_end_fault, standing

TODAY = date(2026, 11, 23)
BEGUN, EXPECTED = date(2026, 11, 23), date(2026, 12, 23)  # 30 days: yellow in the last six


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        (None, "须晚于今天"),
        (TODAY, "须晚于今天"),
        (date(2026, 11, 24), ""),
        (date(2027, 11, 23), ""),
        (date(2027, 11, 24), "最晚到 2027 年 11 月 23 日"),
        (date(9999, 12, 31), "一次暂停最长一年"),
    ],
)
def test_a15_2_a_pause_is_expected_to_end_between_tomorrow_and_a_year_from_now(expected, says):
    found = expected_end_fault(expected, TODAY)
    assert says in found
    assert bool(found) == bool(says)


@pytest.mark.parametrize(
    ("on", "ends", "light", "words"),
    [
        (date(2026, 12, 16), None, Light.PAUSED, "距预计结束还有 7 天"),
        (date(2026, 12, 17), None, Light.YELLOW, "距预计结束还有 6 天"),
        (date(2026, 12, 23), None, Light.YELLOW, "预计今天结束"),
        (date(2026, 12, 24), None, Light.RED, "暂停超期 1 天"),
        (date(2027, 1, 23), None, Light.RED, "暂停超期 31 天"),
        (date(2027, 1, 23), date(2026, 12, 20), Light.CLOSED, "已恢复"),
        (date(2027, 1, 23), date(2026, 12, 26), Light.CLOSED, "已恢复，暂停超期 3 天"),
    ],
)
def test_a15_2_a_pause_is_yellow_near_its_expected_end_and_red_beyond_it(on, ends, light, words):
    found = standing(BEGUN, EXPECTED, ends, on)
    assert (found.light, found.words) == (light, words)


def test_a_pause_without_an_expected_end_is_only_a_pause():
    assert standing(BEGUN, None, None, date(2030, 1, 1)).light is Light.PAUSED
