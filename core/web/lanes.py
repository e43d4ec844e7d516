"""The picture of a plan: lanes of departments over weeks, as `components/lanes.html` prints it (A2.3)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

_WEEKS_BACK = 4
_MOST_WEEKS = 12


@dataclass(frozen=True)
class Bar:
    """One item on a lane, from a day to a day; `tone` is green (done), blue (runs), still (rests) or later."""

    who: str
    words: str
    tone: str
    href: str
    critical: bool
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class WeekShown:
    """One head of two columns; `today` says that its left edge is today."""

    label: str
    today: bool


@dataclass(frozen=True)
class LaneCell:
    """A stretch of columns with a bar or without; `today` says that its left edge is today."""

    span: int
    today: bool = False
    bar: Bar | None = None


@dataclass(frozen=True)
class LaneRow:
    """One lane of a department."""

    who: str
    cells: tuple[LaneCell, ...]


@dataclass(frozen=True)
class Lanes:
    """The whole picture and what it is called for those who don't see it."""

    weeks: tuple[WeekShown, ...]
    rows: tuple[LaneRow, ...]
    caption: str


@dataclass(frozen=True)
class _Placed:
    bar: Bar
    first: int
    end: int


def lanes(bars: Sequence[Bar], today: date) -> Lanes:
    """Lay bars out, from at most four weeks ago to the last end; a long plan has columns of several weeks each."""
    ends = max((bar.ends_on for bar in bars), default=today)
    begins = min((bar.starts_on for bar in bars), default=today)
    back = min(_WEEKS_BACK, max(0, -(-(today - begins).days // 7)))
    ahead = max(1, -(-(ends - today).days // 7))
    weeks_each = -(-(back + ahead) // _MOST_WEEKS)
    heads_back = -(-back // weeks_each)
    heads = heads_back + -(-ahead // weeks_each)
    start = today - timedelta(weeks=heads_back * weeks_each)
    grid = _Grid(start, weeks_each, heads * 2, heads_back * 2)
    shown = [bar for bar in bars if bar.ends_on >= start]
    each = "半周" if weeks_each == 1 else f"{weeks_each * 7 / 2:g} 天"
    return Lanes(tuple(grid.weeks(today)), tuple(grid.rows(shown)), f"各部门并联办理计划，每列{each}")


@dataclass(frozen=True)
class _Grid:
    start: date
    weeks_each: int
    columns: int
    today: int

    def weeks(self, today: date) -> Iterator[WeekShown]:
        for head in range(self.columns // 2):
            day = self.start + timedelta(weeks=head * self.weeks_each)
            yield WeekShown(f"{day.month}/{day.day}", day == today)

    def rows(self, bars: Sequence[Bar]) -> Iterator[LaneRow]:
        """A department has as many lanes as it needs for what overlaps."""
        for who in dict.fromkeys(bar.who for bar in sorted(bars, key=lambda bar: bar.starts_on)):
            lanes: list[list[_Placed]] = []
            for bar in sorted((bar for bar in bars if bar.who == who), key=lambda bar: (bar.starts_on, bar.ends_on)):
                self._place(bar, lanes)
            for placed in lanes:
                yield LaneRow(who, tuple(self._cells(placed)))

    def _place(self, bar: Bar, lanes: list[list[_Placed]]) -> None:
        first = min(max(0, self._column(bar.starts_on)), self.columns - 1)
        for place in count():
            if place == len(lanes):
                lanes.append([])
            free = lanes[place][-1].end if lanes[place] else 0
            if free <= first + 1 and free < self.columns:  # one column of grace: short items are drawn wider
                first = max(first, free)
                lanes[place].append(_Placed(bar, first, min(max(first + 1, self._column(bar.ends_on)), self.columns)))
                return

    def _column(self, day: date) -> int:
        return round((day - self.start).days / (3.5 * self.weeks_each))

    def _cells(self, placed: Sequence[_Placed]) -> Iterator[LaneCell]:
        at = 0
        for one in placed:
            yield from self._gap(at, one.first)
            yield LaneCell(one.end - one.first, one.first == self.today, one.bar)
            at = one.end
        yield from self._gap(at, self.columns)

    def _gap(self, first: int, end: int) -> Iterator[LaneCell]:
        if first < self.today < end:
            yield LaneCell(self.today - first)
            first = self.today
        if first < end:
            yield LaneCell(end - first, first == self.today)
