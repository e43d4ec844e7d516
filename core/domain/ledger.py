"""What a clock is made of: start, limit, extension, pauses, stop; and what such a ledger can't be (A15.1, A15.2).

`core.domain.clock` counts with it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise

from core.domain.calendar import full_date
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
    """Time not counted, (begins_on, ends_on], still open without an end; `ground` is a code of the list (A15.2).

    `restarts`: after it the limit is counted anew in full, unless it had run out before. `expected_on` is the day on
    which it should end at the latest; it is not counted with, but a pause that goes on beyond it is lit itself.
    """

    begins_on: date
    ends_on: date | None
    ground: str
    restarts: bool = False
    expected_on: date | None = None

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
    `extension` are the days granted on top of the limit, in the same unit; they don't change the threshold.
    Refuses numbers below 0, a stop or a pause before the start, and pauses that overlap or follow an open one.
    A15.1, A15.2.
    """

    started_on: date
    limit: int | None
    unit: Unit = Unit.WORKING_DAY
    warn_at: int | None = None
    pauses: tuple[Pause, ...] = ()
    stopped_on: date | None = None
    extension: int = 0

    def __post_init__(self) -> None:
        """Refuses what no clock can be."""
        if self.limit is not None and self.limit < 0:
            raise RuleRefusal("办理时限不能小于 0 天", field="limit", article="A15.1")
        if self.extension < 0 or (self.extension and self.limit is None):
            raise RuleRefusal("只有设了办理时限的才能延期，延期不能小于 0 天", field="extension", article="A15.2")
        if self.warn_at is not None and self.warn_at < 0:
            raise RuleRefusal("黄灯预警天数不能小于 0 天", field="warn_at", article="A14.4d")
        if self.stopped_on is not None and self.stopped_on < self.started_on:
            words = f"停止计时的日期不能早于起算日期（{full_date(self.started_on)}）"
            raise RuleRefusal(words, field="stopped_on", article="A15.1")
        self._refuse_disordered_pauses()

    @property
    def allowed(self) -> int | None:
        """The limit with its extension; None where there is no limit."""
        return None if self.limit is None else self.limit + self.extension

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
