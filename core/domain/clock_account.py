"""Why the due date is what it is: a clock told day by day, and in one paragraph (A15.2).

`explain` fills whole weeks, Monday to Sunday, for the month grid `.days`; `sentence` stands above it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from core.domain.calendar import Calendar
from core.domain.clock import (
    Clock,
    Light,
    Pause,
    Reading,
    Unit,
    judged_on,
    overtime_from,
    reached_on,
    reading,
    restarts_on,
    unit_words,
    warned_on,
)

_ONE_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """What a day is to the clock; the values are the CSS classes of a cell of `.days`."""

    BLANK = ""
    START = "start"
    COUNTED = "counted"
    FUTURE = "future"
    REST = "rest"
    PAUSED = "paused"
    WARN = "warn"
    DUE = "due"
    AFTER = "after"


@dataclass(frozen=True)
class Day:
    """One cell of the account. `number` says which counted day it is; None when it does not count."""

    on: date
    kind: DayKind
    number: int | None
    words: str
    today: bool


@dataclass(frozen=True)
class _Account:
    clock: Clock
    on: date
    calendar: Calendar
    pause_words: Mapping[str, str]
    start_words: str
    stop_words: str
    due: date | None
    warned: date | None
    red: date | None
    restarts: tuple[date, ...]

    @property
    def last(self) -> date:
        """The last day that needs telling."""
        if self.clock.stopped_on is not None and self.clock.has_stopped(self.on):
            return self.clock.stopped_on
        return max(self.on, self.due or self.on, self.clock.started_on)

    def is_past(self, day: date) -> bool:
        return day <= judged_on(self.clock, self.on)

    def pause_over(self, day: date) -> Pause | None:
        return next((pause for pause in self.clock.pauses if pause.covers(day)), None)

    def day_off(self, day: date) -> str | None:
        name = self.calendar.day_off_name(day) if self.clock.unit is Unit.WORKING_DAY else None
        return "休" if name == "周末" else name


def explain(
    clock: Clock,
    on: date,
    calendar: Calendar,
    *,
    pause_words: Mapping[str, str],
    start_words: str = "受理",
    stop_words: str = "办结",
) -> tuple[Day, ...]:
    """The account in whole weeks, from the week of the start to that of the due date, or of today when that is later
    or there is no due date, or of the stop.

    `pause_words`: code of the ground → its Chinese name. A15.2.
    """
    account = _account(clock, on, calendar, pause_words, start_words, stop_words)
    first = clock.started_on - timedelta(days=clock.started_on.weekday())
    length = (account.last - first).days // 7 * 7 + 7
    number, days = 0, []
    for day in (first + timedelta(days=place) for place in range(length)):
        counts = day > clock.started_on and not account.day_off(day) and not account.pause_over(day)
        number = 0 if day in account.restarts else number + counts
        kind, words = _cell(account, day, number if counts else None)
        shown = number if counts and kind is not DayKind.BLANK else None
        days.append(Day(on=day, kind=kind, number=shown, words=words, today=day == on))
    return tuple(days)


def sentence(
    clock: Clock,
    on: date,
    calendar: Calendar,
    *,
    pause_words: Mapping[str, str],
    start_words: str = "受理",
    stop_words: str = "办结",
) -> str:
    """The account in one paragraph: start, time not counted, due date and what moved it, light, stop (A15.2)."""
    account = _account(clock, on, calendar, pause_words, start_words, stop_words)
    found = reading(clock, on, calendar)
    parts = [
        _start_part(account),
        _pause_part(account),
        _restart_part(account),
        _extension_part(account),
        _due_part(account, found),
        _light_part(account, found),
    ]
    if clock.stopped_on is not None and found.light is Light.CLOSED:
        unit = unit_words(clock.unit)
        parts.append(f"{_date(clock.stopped_on, on)}{stop_words}，共计 {found.elapsed} {unit}")
    told = "；".join(part for part in parts if part) + "。"
    return told + ("有的年份放假安排尚未公布，暂按周一至周五计算，日期可能变动。" if found.provisional else "")


def _account(
    clock: Clock, on: date, calendar: Calendar, pause_words: Mapping[str, str], start_words: str, stop_words: str
) -> _Account:
    return _Account(
        clock=clock,
        on=on,
        calendar=calendar,
        pause_words=pause_words,
        start_words=start_words,
        stop_words=stop_words,
        due=reached_on(clock, clock.allowed, calendar),
        warned=warned_on(clock, calendar),
        red=overtime_from(clock, calendar),
        restarts=restarts_on(clock, calendar),
    )


def _cell(account: _Account, day: date, number: int | None) -> tuple[DayKind, str]:
    clock, rest = account.clock, account.day_off(day)
    if day == clock.started_on:
        kind, words = (DayKind.DUE, f"{account.start_words} 到期") if clock.allowed == 0 else (DayKind.START, "")
        return kind, _with_stop(account, day, words or account.start_words)
    if day in account.restarts and account.is_past(day):
        return DayKind.START, _with_stop(account, day, "重新计算")
    if day < clock.started_on or (account.clock.has_stopped(account.on) and not account.is_past(day)):
        return (DayKind.REST, rest) if rest else (DayKind.BLANK, "")
    if day == account.red:
        return DayKind.AFTER, _with_stop(account, day, _first_red_words(account, day, number))
    if rest:
        return DayKind.REST, _with_stop(account, day, rest)
    if number is None:
        return _paused_cell(account, day)
    kind, words = _counted_cell(account, day, number)
    return kind, _with_stop(account, day, words)


def _paused_cell(account: _Account, day: date) -> tuple[DayKind, str]:
    pause = account.pause_over(day)
    if pause is None or (pause.ends_on is None and not account.is_past(day)):
        return DayKind.BLANK, ""
    return DayKind.PAUSED, _with_stop(account, day, account.pause_words.get(pause.ground, "暂停"))


def _counted_cell(account: _Account, day: date, number: int) -> tuple[DayKind, str]:
    past = account.is_past(day)
    words = f"第 {number} 天" if past else str(number)
    if day == account.due:
        return DayKind.DUE, f"第 {number} 天 到期"
    if account.red and day > account.red:
        return (DayKind.AFTER, f"超时 {number - (account.clock.allowed or 0)} 天") if past else (DayKind.BLANK, "")
    if account.warned and day >= account.warned:
        return DayKind.WARN, f"{words} 起黄灯" if day == account.warned else words
    return (DayKind.COUNTED if past else DayKind.FUTURE), words


def _first_red_words(account: _Account, day: date, number: int | None) -> str:
    if not account.is_past(day):
        return "此后红灯"
    return "起红灯" if number is None else "超时 1 天 起红灯"


def _with_stop(account: _Account, day: date, words: str) -> str:
    return f"{words} {account.stop_words}" if day == account.clock.stopped_on and account.is_past(day) else words


def _start_part(account: _Account) -> str:
    begun = f"{_date(account.clock.started_on, account.on)}{account.start_words}"
    return f"{begun}，当日办理" if account.clock.allowed == 0 else f"{begun}，次日起计"


def _pause_part(account: _Account) -> str:
    closed, still_open = [], ""
    # a pause begun today takes out its first day tomorrow; what rests now is told all the same
    told_until = account.last if account.clock.has_stopped(account.on) else account.last + _ONE_DAY
    for pause in account.clock.pauses:
        begins, word = pause.begins_on + _ONE_DAY, account.pause_words.get(pause.ground, "暂停")
        if begins > told_until or pause.ends_on == pause.begins_on:
            continue
        if pause.ends_on is None:
            still_open = f"{_date(begins, account.on)}起{word}，暂停计时"
        else:
            closed.append(f"{_dates(begins, pause.ends_on, account.on)}{word}")
    parts = ["、".join(closed) + "不计入" if closed else "", still_open]
    return "；".join(part for part in parts if part)


def _restart_part(account: _Account) -> str:
    past = [day for day in account.restarts if account.is_past(day)]
    return f"{_date(past[-1], account.on)}起重新计算" if past else ""


def _extension_part(account: _Account) -> str:
    granted = account.clock.extension
    return f"经批准延期 {granted} {unit_words(account.clock.unit)}" if granted else ""


def _due_part(account: _Account, found: Reading) -> str:
    clock, on = account.clock, account.on
    if clock.limit is None:
        return "不设办理时限"
    if found.due_on is None or account.due is None:
        return "" if clock.has_stopped(on) else "恢复计时后重新计算到期日"
    planned = reached_on(replace(clock, pauses=(), extension=0), clock.limit, account.calendar)
    if planned is None or planned == account.due:
        return f"{_date(account.due, on)}到期"
    return f"到期日由 {_date(planned, on)}顺延至 {_date(account.due, on)}"


def _light_part(account: _Account, found: Reading) -> str:
    if found.was_red and account.red:
        late = f"超时 {found.overtime} {unit_words(found.unit)}" if found.overtime else ""
        return f"{_date(account.red, account.on)}起亮红灯" + (f"，{late}" if late else "")
    if account.warned is None or (found.light is Light.CLOSED and not account.is_past(account.warned)):
        return ""
    return f"{_date(account.warned, account.on)}起亮黄灯"


def _date(day: date, today: date) -> str:
    year = "" if day.year == today.year else f"{day.year} 年 "
    return f"{year}{day.month} 月 {day.day} 日"


def _dates(first: date, last: date, today: date) -> str:
    if first == last:
        return _date(first, today)
    if (first.year, first.month) == (last.year, last.month):
        return _date(first, today).replace(f"{first.day} 日", f"{first.day}—{last.day} 日")
    return f"{_date(first, today)}—{_date(last, today)}"
