"""The one clock of the platform: elapsed, due date, light (A14.4d, A15.1, A15.2).

Preliminary review, acceptance, handling, consultation, enquiry and rectification all count by these rules. A clock that
starts on s has counted W(s, t] on date t, less the same count over its pauses (p, r]: the day a pause begins still
counts, the day it ends does not. It is due on the first date at which the limit is reached, and overtime from the
next day that is not paused. The calendar and the date asked about are arguments; no function reads the time.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from core.domain.calendar import Calendar, full_date
from core.errors import RuleRefusal


class Unit(StrEnum):
    """What a limit counts: working days, or calendar days where the law of the item says so."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"


class Light(StrEnum):
    """How a clock stands. NONE: not begun, or without a limit."""

    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True)
class Pause:
    """Time not counted, (begins_on, ends_on], still open without an end; `ground` is a code of the list (A15.2)."""

    begins_on: date
    ends_on: date | None
    ground: str

    def __post_init__(self) -> None:
        """Refuses an end before the beginning."""
        if self.ends_on is not None and self.ends_on < self.begins_on:
            words = f"暂停的结束日期（{full_date(self.ends_on)}）不能早于开始日期（{full_date(self.begins_on)}）"
            raise RuleRefusal(words, field="ends_on", article="A15.2")

    def covers(self, day: date) -> bool:
        """Whether this day is not counted."""
        return self.begins_on < day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class Clock:
    """What a clock is made of. `limit` in `unit`: None never falls due, 0 is due on the start day itself.

    `warn_at` is the number of days remaining from which it is yellow; None means a fifth of the limit, at least 1.
    Refuses numbers below 0, a stop or a pause before the start, and pauses that overlap or follow an open one.
    A15.1, A15.2.
    """

    started_on: date
    limit: int | None
    unit: Unit = Unit.WORKING_DAY
    warn_at: int | None = None
    pauses: tuple[Pause, ...] = ()
    stopped_on: date | None = None

    def __post_init__(self) -> None:
        """Refuses what no clock can be."""
        if self.limit is not None and self.limit < 0:
            raise RuleRefusal("办理时限不能小于 0 天", field="limit", article="A15.1")
        if self.warn_at is not None and self.warn_at < 0:
            raise RuleRefusal("黄灯预警天数不能小于 0 天", field="warn_at", article="A14.4d")
        if self.stopped_on is not None and self.stopped_on < self.started_on:
            words = f"停止计时的日期不能早于起算日期（{full_date(self.started_on)}）"
            raise RuleRefusal(words, field="stopped_on", article="A15.1")
        self._refuse_disordered_pauses()

    @property
    def threshold(self) -> int:
        """Days remaining at or below which the light is yellow (A14.4d)."""
        return max(1, -(-(self.limit or 0) // 5)) if self.warn_at is None else self.warn_at

    def has_stopped(self, on: date) -> bool:
        """Whether the clock is over on this date."""
        return self.stopped_on is not None and self.stopped_on <= on

    def _refuse_disordered_pauses(self) -> None:
        if self.pauses and self.pauses[0].begins_on < self.started_on:
            words = f"暂停的开始日期不能早于起算日期（{full_date(self.started_on)}）"
            raise RuleRefusal(words, field="begins_on", article="A15.2")
        for earlier, later in pairwise(self.pauses):
            if earlier.ends_on is None:
                raise RuleRefusal("上一次暂停尚未结束，不能再次暂停", field="begins_on", article="A15.2")
            if later.begins_on < earlier.ends_on:
                words = f"暂停期间不能重叠：上一次暂停到 {full_date(earlier.ends_on)}为止"
                raise RuleRefusal(words, field="begins_on", article="A15.2")


@dataclass(frozen=True)
class Reading:
    """How a clock stands on a date; numbers are in `unit`. `was_red` says that a red was earned, also if paused since.

    `provisional`: a year it reaches into has no announced calendar, so the dates may still move.
    """

    light: Light
    elapsed: int
    remaining: int | None
    overtime: int
    due_on: date | None
    warn_on: date | None
    paused_days: int
    provisional: bool
    was_red: bool
    unit: Unit

    @property
    def words(self) -> str:
        """The light in words and numbers, as every page shows it."""
        return words(self)


def elapsed(clock: Clock, on: date, calendar: Calendar) -> int:
    """Days counted up to and including `on`; a stopped clock counts no further (A15.1)."""
    until = judged_on(clock, on)
    return _span(clock, clock.started_on, until, calendar) - paused_days(clock, on, calendar)


def paused_days(clock: Clock, on: date, calendar: Calendar) -> int:
    """Days of the clock's unit that its pauses took out, up to and including `on` (A15.2)."""
    until = judged_on(clock, on)
    return sum(_span(clock, pause.begins_on, min(pause.ends_on or until, until), calendar) for pause in clock.pauses)


def is_paused(clock: Clock, on: date) -> bool:
    """Whether `on` is a day that is not counted; a stopped clock is not paused (A15.2)."""
    return not clock.has_stopped(on) and any(pause.covers(on) for pause in clock.pauses)


def judged_on(clock: Clock, on: date) -> date:
    """The date a clock is judged at: a stopped one never later than its stop."""
    return on if clock.stopped_on is None else min(on, clock.stopped_on)


def due_on(clock: Clock, calendar: Calendar) -> date | None:
    """The first date at which the limit is reached; None without a limit and while paused (A15.1, A15.2).

    A due date missed before an open pause began stays: the red light it earned is kept.
    """
    due = reached_on(clock, clock.limit, calendar)
    return None if _hides_dates(clock, _overtime_after(clock, due)) else due


def warn_on(clock: Clock, calendar: Calendar) -> date | None:
    """The first date at which the days remaining are within the threshold; None whenever there is no due date."""
    return None if _hides_dates(clock, overtime_from(clock, calendar)) else warned_on(clock, calendar)


def overtime_from(clock: Clock, calendar: Calendar) -> date | None:
    """The first red day: the day after the due date, or after the pauses that follow it at once (A14.4d)."""
    return _overtime_after(clock, reached_on(clock, clock.limit, calendar))


def warned_on(clock: Clock, calendar: Calendar) -> date | None:
    """The date the light turned or will turn yellow, also when an open pause has hidden it since (A14.4d)."""
    return None if clock.limit is None else reached_on(clock, max(0, clock.limit - clock.threshold), calendar)


def reached_on(clock: Clock, days: int | None, calendar: Calendar) -> date | None:
    """The first date at which so many days are counted; None when an open pause comes first, or `days` is None."""
    if days is None:
        return None
    found = _nth(clock, days, calendar)
    for pause in clock.pauses:
        if pause.begins_on >= found:
            break
        if pause.ends_on is None:
            return None
        days += _span(clock, pause.begins_on, pause.ends_on, calendar)
        found = _nth(clock, days, calendar)
    return found


def reading(clock: Clock, on: date, calendar: Calendar) -> Reading:
    """Everything a page, an inbox or the worker needs to know about a clock on a date (A14.4d, A15.1)."""
    judged, counted = judged_on(clock, on), elapsed(clock, on, calendar)
    reached = reached_on(clock, clock.limit, calendar)
    red_from = _overtime_after(clock, reached)
    hidden = _hides_dates(clock, red_from)
    due = None if hidden else reached
    was_red = red_from is not None and red_from <= judged
    left = None if clock.limit is None else clock.limit - counted
    return Reading(
        light=_light(clock, on, left, was_red=was_red),
        elapsed=counted,
        remaining=None if left is None else max(0, left),
        overtime=max(0, -(left or 0)),
        due_on=due,
        warn_on=None if hidden else warned_on(clock, calendar),
        paused_days=paused_days(clock, on, calendar),
        provisional=_is_provisional(clock, max(judged, due or judged), calendar),
        was_red=was_red,
        unit=clock.unit,
    )


def words(reading: Reading) -> str:
    """A light's word and number: 绿灯 剩 17 个工作日, 红灯 超时 2 天. Calendar days are 天."""
    unit = unit_words(reading.unit)
    late = f"超时 {reading.overtime} {unit}" if reading.overtime else f"超时不足 1 {unit}"
    left = f"剩 {reading.remaining} {unit}" if reading.remaining else "今天到期"
    return {
        Light.NONE: "不设时限" if reading.remaining is None else "未开始",
        Light.GREEN: f"绿灯 {left}",
        Light.YELLOW: f"黄灯 {left}",
        Light.RED: f"红灯 {late}",
        Light.PAUSED: f"暂停计时 已计 {reading.elapsed} 天",
        Light.CLOSED: f"已办结 {late}" if reading.was_red else "已办结",
    }[reading.light]


def limit_words(days: int | None, unit: str) -> str:
    """A limit as the law says it: 20 个工作日, 30 日; empty where there is none."""
    if not days:
        return ""
    return f"{days} 个工作日" if unit == Unit.WORKING_DAY else f"{days} 日"


def unit_words(unit: Unit) -> str:
    """The measure word after a number of days."""
    return "个工作日" if unit is Unit.WORKING_DAY else "天"


def _light(clock: Clock, on: date, left: int | None, *, was_red: bool) -> Light:
    if clock.has_stopped(on):
        return Light.CLOSED
    if on < clock.started_on or left is None:
        return Light.NONE
    if was_red:
        return Light.RED
    if is_paused(clock, on):
        return Light.PAUSED
    return Light.YELLOW if left <= clock.threshold else Light.GREEN


def _overtime_after(clock: Clock, due: date | None) -> date | None:
    if due is None:
        return None
    day = due + timedelta(days=1)
    for pause in clock.pauses:
        if pause.covers(day):
            if pause.ends_on is None:
                return None
            day = pause.ends_on + timedelta(days=1)
    return day


def _hides_dates(clock: Clock, red_from: date | None) -> bool:
    # Behind an open pause a date only stands if the red light was earned before it.
    return red_from is None and bool(clock.pauses) and clock.pauses[-1].ends_on is None


def _is_provisional(clock: Clock, until: date, calendar: Calendar) -> bool:
    years = range(clock.started_on.year, until.year + 1)
    return clock.unit is Unit.WORKING_DAY and any(calendar.is_provisional(date(year, 1, 1)) for year in years)


def _span(clock: Clock, after: date, until: date, calendar: Calendar) -> int:
    if clock.unit is Unit.WORKING_DAY:
        return calendar.working_days(after, until)
    return max(0, (until - after).days)


def _nth(clock: Clock, days: int, calendar: Calendar) -> date:
    if clock.unit is Unit.WORKING_DAY:
        return calendar.nth_working_day(clock.started_on, days)
    return clock.started_on + timedelta(days=days)
