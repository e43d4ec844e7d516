"""When an act happened and when it was recorded: both are kept, and the lag between them is watched (A15.2, A4.4).

Lights are true only if what they rest on was written down when it happened. A pause may be recorded afterwards, as the
review began before anybody sat down to type; but never so that a red light already earned goes out again.
"""

from datetime import date, timedelta

from core.domain.calendar import Calendar, full_date

IN_TIME_DAYS = 1
"""Working days after the act within which recording it is in time."""

LONGEST_BACK_DAYS = 30
"""Nothing is recorded as having happened longer ago than this, in calendar days."""

ACTS = {"pause": "暂停计时", "resume": "恢复计时", "document": "批复文件"}
"""What may be recorded later than it happened, in words."""


def lag(happened_on: date, recorded_on: date, calendar: Calendar) -> int:
    """Working days by which the record came late; 0 when it came in time (A15.2)."""
    return max(0, calendar.working_days(happened_on, recorded_on) - IN_TIME_DAYS)


def day_fault(on: date, today: date, *, not_before: date, red_on: date | None, what: str) -> str:
    """Why an act can't be recorded as of this day; empty when it can. `red_on`: the first red day of the clock (A15.2).

    `not_before` is the last thing that happened to the clock: an act can't come before it.
    """
    if on > today:
        return f"{what}的日期不能晚于今天"
    if on < not_before:
        return f"{what}的日期不能早于 {full_date(not_before)}"
    if on < today - timedelta(days=LONGEST_BACK_DAYS):
        return f"只能录入 {LONGEST_BACK_DAYS} 天以内的{what}"
    if on < today and red_on is not None and red_on <= today:
        return f"已亮红灯，不能再录入以前的{what}"
    return ""
