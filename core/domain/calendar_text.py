"""The calendar of a year as a coordinator pastes it: one line for one day or one span of days (A15.1).

`2027-02-06 至 2027-02-12 放假 春节`, `2月6日至12日 放假 春节`, `2月14日 上班 春节调休`. Empty lines count for nothing.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.calendar import full_date
from core.errors import RuleRefusal

_SATURDAY = 5
_LONGEST_SPAN = 31
_LONGEST_NAME = 40
_KINDS = {"放假": False, "休息": False, "上班": True}
_DAY = r"(?:(\d{4})[年\-/.])?(?:(\d{1,2})[月\-/.])?(\d{1,2})日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:至|到|—+|–|~|～)\s*{_DAY})?\s*[,，:：\s]\s*(放假|休息|上班)\s*[,，:：\s]?\s*(.*)")


@dataclass(frozen=True, order=True)
class ExceptionDay:
    """A day that is not what its weekday says: a holiday, or a weekend day on which offices work."""

    day: date
    is_working: bool
    name: str


def read_calendar(text: str, year: int) -> tuple[ExceptionDay, ...]:
    """The exceptions of a year, in order. Refuses lines it can't read and days named twice."""
    found: dict[date, ExceptionDay] = {}
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            days = _read_line(line.strip(), year)
            for one in days:
                if one.day in found:
                    raise ValueError(f"{full_date(one.day)}写了两次")
                found[one.day] = one
        except ValueError as error:
            faults.append(f"第 {number} 行：{error}")
    if faults:
        more = f"；另有 {len(faults) - 5} 处" if len(faults) > 5 else ""
        raise RuleRefusal("；".join(faults[:5]) + more, field="days", article="A15.1")
    return tuple(sorted(found.values()))


def write_calendar(days: Iterable[ExceptionDay]) -> str:
    """The exceptions as lines that `read_calendar` reads back, days in a row with one name as one span."""
    lines: list[str] = []
    spans: list[tuple[date, date, ExceptionDay]] = []
    for one in sorted(days):
        last = spans[-1] if spans else None
        follows = last and last[1] + timedelta(days=1) == one.day and _is_alike(last[2], one)
        if last and follows:
            spans[-1] = (last[0], one.day, one)
        else:
            spans.append((one.day, one.day, one))
    for first, until, one in spans:
        span = f"{first}" if first == until else f"{first} 至 {until}"
        lines.append(f"{span} {'上班' if one.is_working else '放假'} {one.name}")
    return "\n".join(lines)


def _is_alike(one: ExceptionDay, other: ExceptionDay) -> bool:
    return (one.is_working, one.name) == (other.is_working, other.name)


def _read_line(line: str, year: int) -> list[ExceptionDay]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError("请写作“2月6日至12日 放假 春节”")
    parts = [int(part) if part else None for part in found.groups()[:6]]
    first = _day(parts[0] or year, parts[1], parts[2])
    last = first if parts[5] is None else _day(parts[3] or first.year, parts[4] or first.month, parts[5])
    is_working, name = _KINDS[found[7]], found[8].strip()
    if first.year != year or last.year != year:
        raise ValueError(f"只能写 {year} 年的日期")
    if not first <= last <= first + timedelta(days=_LONGEST_SPAN):
        raise ValueError("起止日期颠倒，或者超过一个月")
    if not name or len(name) > _LONGEST_NAME:
        raise ValueError(f"请写明节日名称，最多 {_LONGEST_NAME} 个字")
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    if is_working and any(day.weekday() < _SATURDAY for day in days):
        raise ValueError("调休上班的只能是周六、周日")
    return [ExceptionDay(day, is_working, name) for day in days]


def _day(year: int, month: int | None, day: int | None) -> date:
    if month is None or day is None:
        raise ValueError("缺少月份")
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(f"没有 {year} 年 {month} 月 {day} 日这一天") from error
