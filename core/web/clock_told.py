"""A clock as both portals tell it: in one sentence and day by day, pauses by their grounds (A15.1, A15.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.domain.calendar import Calendar
from core.domain.clock import Clock, Reading, reading
from core.domain.clock_account import Day, explain, sentence
from core.domain.clock_words import ClockWords
from core.reference import loader


@dataclass(frozen=True)
class ClockTold:
    """How a clock stands on a day, and why."""

    reading: Reading
    sentence: str
    days: tuple[Day, ...]


def tell(clock: Clock, words: ClockWords, *, on: date, calendar: Calendar) -> ClockTold:
    """Tell a clock as it stands on a day; never the reasons of its pauses or who recorded them."""
    grounds, start, stop = pause_words(), words.start, words.stop
    return ClockTold(
        reading(clock, on, calendar),
        sentence(clock, on, calendar, pause_words=grounds, start_words=start, stop_words=stop),
        explain(clock, on, calendar, pause_words=grounds, start_words=start, stop_words=stop),
    )


def pause_words() -> Mapping[str, str]:
    """Grounds on which time isn't counted: code → name (A15.2)."""
    return {one.code: one.name for one in loader.load().pause_grounds}
