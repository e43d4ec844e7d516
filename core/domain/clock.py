"""The one clock of the platform: elapsed, due date, light (A14.4d, A15.1, A15.2).

Preliminary review, acceptance, handling, consultation, enquiry and rectification all count by these rules. A clock that
starts on s has counted W(s, t] on date t, less the same count over its pauses (p, r]: the day a pause begins still
counts, the day it ends does not. It is due on the first date at which the limit is reached, and overtime from the
next day that is not paused. After a pause that restarts, s is the day on which that pause ended; a limit that had run
out before does not begin again. The calendar and the date asked about are arguments; no function reads the time.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.domain.calendar import Calendar
from core.domain.ledger import Clock, Light, Pause, Unit

__all__ = [
    "Clock", "Light", "Pause", "Reading", "Unit",
    "as_listed", "due_on", "elapsed", "is_paused", "judged_on", "limit_words", "overtime_from", "paused_days",
    "reached_on", "reading", "restarts_on", "unit_words", "warn_on", "warned_on", "words",
]  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """How a clock stands on a date; numbers are in `unit`. `was_red` says that a red was earned, also if paused since.

    `provisional`: a year it reaches into has no announced calendar, so the dates may still move. `overrun` are the
    calendar days by which the pause that rests it now outlasts its expected end.
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
    overrun: int = 0

    @property
    def words(self) -> str:
        """The light in words and numbers, as every page shows it."""
        return words(self)

    def words_ended(self, how: str) -> str:
        """The same of a clock that ended otherwise than by a decision that stands: `how` says it in place of 已办结."""
        return words(self, ended=how)


def elapsed(clock: Clock, on: date, calendar: Calendar) -> int:
    """Days counted up to and including `on`; a stopped clock counts no further (A15.1)."""
    until = judged_on(clock, on)
    counted = _counted_anew(clock, until, calendar)
    return _span(clock, counted.started_on, until, calendar) - paused_days(counted, on, calendar)


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
    due = reached_on(clock, clock.allowed, calendar)
    return None if _hides_dates(clock, _overtime_after(clock, due)) else due


def warn_on(clock: Clock, calendar: Calendar) -> date | None:
    """The first date at which the days remaining are within the threshold; None whenever there is no due date."""
    return None if _hides_dates(clock, overtime_from(clock, calendar)) else warned_on(clock, calendar)


def overtime_from(clock: Clock, calendar: Calendar) -> date | None:
    """The first red day: the day after the due date, or after the pauses that follow it at once (A14.4d)."""
    return _overtime_after(clock, reached_on(clock, clock.allowed, calendar))


def restarts_on(clock: Clock, calendar: Calendar) -> tuple[date, ...]:
    """The days from which the limit is counted anew, each the end of a pause of that policy (A15.2)."""
    return tuple(one.started_on for one in _runs(clock, date.max, calendar)[1:])


def warned_on(clock: Clock, calendar: Calendar) -> date | None:
    """The date the light turned or will turn yellow, also when an open pause has hidden it since (A14.4d)."""
    return None if clock.allowed is None else reached_on(clock, max(0, clock.allowed - clock.threshold), calendar)


def reached_on(clock: Clock, days: int | None, calendar: Calendar) -> date | None:
    """The first date at which so many days are counted; None when an open pause comes first, or `days` is None."""
    if days is None:
        return None
    return _reached(_counted_anew(clock, date.max, calendar), days, calendar)


def _reached(clock: Clock, days: int, calendar: Calendar) -> date | None:
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
    reached = reached_on(clock, clock.allowed, calendar)
    red_from = _overtime_after(clock, reached)
    hidden = _hides_dates(clock, red_from)
    due = None if hidden else reached
    was_red = red_from is not None and red_from <= judged
    left = None if clock.allowed is None else clock.allowed - counted
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
        overrun=_overrun(clock, on),
    )


def as_listed(reading: Reading, *, is_paused: bool, on: date) -> Reading:
    """The reading as pages and lists show it: a pause begun today shows at once, one that ended today shows no more.

    The day itself is counted, or not, by the rules of the clock all the same (A15.2).
    """
    if is_paused and reading.light in (Light.GREEN, Light.YELLOW):
        return replace(reading, light=Light.PAUSED)
    if not is_paused and reading.light is Light.PAUSED:
        is_near = reading.warn_on is not None and reading.warn_on <= on
        return replace(reading, light=Light.YELLOW if is_near else Light.GREEN)
    return reading


def words(reading: Reading, *, ended: str = "已办结") -> str:
    """A light's word and number: 绿灯 剩 17 个工作日, 红灯 超时 2 天, 已办结 超时 1 个工作日. Calendar days are 天."""
    unit = unit_words(reading.unit)
    late = f"超时 {reading.overtime} {unit}" if reading.overtime else f"超时不足 1 {unit}"
    left = f"剩 {reading.remaining} {unit}" if reading.remaining else "今天到期"
    return {
        Light.NONE: "不设时限" if reading.remaining is None else "未开始",
        Light.GREEN: f"绿灯 {left}",
        Light.YELLOW: f"黄灯 {left}",
        Light.RED: f"红灯 {late}",
        Light.PAUSED: f"暂停超期 {reading.overrun} 天" if reading.overrun else f"暂停计时 已计 {reading.elapsed} 天",
        Light.CLOSED: f"{ended} {late}" if reading.was_red else ended,
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


def _counted_anew(clock: Clock, until: date, calendar: Calendar) -> Clock:
    """The clock since its last restart before `until`; itself without one."""
    return _runs(clock, until, calendar)[-1]


def _runs(clock: Clock, until: date, calendar: Calendar) -> list[Clock]:
    runs = [clock]
    for place, pause in enumerate(clock.pauses):
        end = pause.ends_on
        if not pause.restarts or end is None or end >= min(until, clock.stopped_on or until):
            continue
        red_from = (
            None if clock.allowed is None else _overtime_after(runs[-1], _reached(runs[-1], clock.allowed, calendar))
        )
        if red_from is not None and red_from <= pause.begins_on:
            break  # what had run out does not begin again
        runs.append(replace(clock, started_on=end, pauses=clock.pauses[place + 1 :]))
    return runs


def _overrun(clock: Clock, on: date) -> int:
    if clock.has_stopped(on):
        return 0
    resting = next((pause for pause in clock.pauses if pause.covers(on)), None)
    return max(0, (on - resting.expected_on).days) if resting and resting.expected_on else 0


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
