"""How long a pause may last, and its own light once it outlasts what was expected (A15.2).

A pause is a clock like any other: it is due on the day on which it is expected to end, yellow in the last fifth before
it, red from the day after it until it ends. It counts calendar days, since its end is told as a date.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.calendar import full_date
from core.domain.clock import Clock, Light

LONGEST_DAYS = 365
"""Nobody may expect a pause to end later than a year from today: it can be ended, and begun again with a new reason."""


@dataclass(frozen=True)
class PauseStanding:
    """The light of a pause in words; `overrun` are the days by which it outlasts, or outlasted, its expected end."""

    light: Light
    words: str
    overrun: int


def expected_end_fault(expected_on: date | None, today: date) -> str:
    """Why a pause can't be expected to end on this day; empty when it can (A15.2)."""
    if expected_on is None or expected_on <= today:
        return "请填写预计结束日期，须晚于今天"
    latest = today + timedelta(days=LONGEST_DAYS)
    return f"预计结束日期最晚到 {full_date(latest)}，一次暂停最长一年" if expected_on > latest else ""


def standing(begins_on: date, expected_on: date | None, ends_on: date | None, on: date) -> PauseStanding:
    """How a pause stands on a date: within what was expected, near its end, or beyond it (A15.2)."""
    judged = min(on, ends_on or on)
    overrun = max(0, (judged - expected_on).days) if expected_on else 0
    over = f"暂停超期 {overrun} 天" if overrun else ""
    if ends_on is not None and ends_on <= on:
        return PauseStanding(Light.CLOSED, f"已恢复，{over}" if over else "已恢复", overrun)
    if expected_on is None or overrun:
        return PauseStanding(Light.RED if over else Light.PAUSED, over or "暂停计时", overrun)
    left = (expected_on - on).days
    near = Clock(begins_on, (expected_on - begins_on).days).threshold
    words = f"距预计结束还有 {left} 天" if left else "预计今天结束"
    return PauseStanding(Light.YELLOW if left <= near else Light.PAUSED, words, 0)
