"""How a case of the demonstration goes: which act on which working day after the application.

A story runs until the demonstration's day and is cut off there, so the states and lights of open cases come about by
themselves: the same story is under acceptance on its third day, yellow on its twelfth and red on its twentieth.
"""

import random
from dataclasses import dataclass

from core.domain.case_states import Outcome


@dataclass(frozen=True)
class Beat:
    """One act of a story: `after` days plus a `share` of the item's limit, in working days from the application."""

    act: str
    after: int
    share: float = 0.0

    def day(self, limit: int) -> int:
        """The working day after the application on which the act is done."""
        return self.after + round(self.share * limit)


def _story(*beats: tuple[str, int] | tuple[str, int, float]) -> tuple[Beat, ...]:
    return tuple(Beat(*beat) for beat in beats)


NEVER = 400
"""A day no story of the demonstration lives to see."""

_DECIDED = (("propose", 2, 0.6), ("approve", 3, 0.6))
DECISIONS = {
    "plain": _story(("pass", 1), ("accept", 2), *_DECIDED),
    "careful": _story(("pass", 2), ("accept", 4), ("propose", 4, 0.7), ("approve", 6, 0.7)),
    "conditions": _story(("pass", 1), ("accept", 2), *_DECIDED),
    "denied": _story(("pass", 1), ("accept", 3), ("propose", 3, 0.7), ("approve", 4, 0.7)),
    "slow": _story(("pass", 2), ("accept", 3), ("propose", 7, 1.0), ("approve", 9, 1.0)),
    "late_review": _story(("pass", 5), ("accept", 5), ("propose", 5, 0.6), ("approve", 6, 0.6)),
    "late_sign_off": _story(("pass", 1), ("accept", 2), ("propose", 2, 0.5), ("approve", 9, 0.8)),
    "sent_back": _story(
        ("pass", 1), ("accept", 2), ("propose", 2, 0.4), ("send_back", 3, 0.4), ("propose", 4, 0.6), ("approve", 5, 0.6)
    ),
    "paused": _story(
        ("pass", 1), ("accept", 2), ("pause", 3, 0.2), ("resume", 12, 0.2), ("propose", 12, 0.7), ("approve", 13, 0.7)
    ),
    "paused_on": _story(("pass", 1), ("accept", 2), ("pause", 3, 0.3), ("resume", NEVER)),
    "supplemented": _story(
        ("pass", 1), ("ask", 3), ("supply", 8), ("accept", 10), ("propose", 10, 0.6), ("approve", 11, 0.6)
    ),
    "unanswered": _story(("pass", 1), ("ask", 4), ("supply", NEVER)),
    "silent": _story(("propose", 7, 0.7), ("approve", 8, 0.7)),
    "half_silent": _story(("pass", 2), ("propose", 8, 0.8), ("approve", 9, 0.8)),
    "refused": _story(("refuse", 2)),
    "declined": _story(("pass", 1), ("decline", 4)),
    "withdrawn": _story(("pass", 1), ("accept", 2), ("withdraw", 5)),
}
FILINGS = {
    "filed": _story(("pass", 1), ("file", 1)),
    "filed_calmly": _story(("pass", 2), ("file", 4)),
    "filed_slowly": _story(("pass", 3), ("file", 5)),
    "filed_late": _story(("pass", 4), ("file", 9)),
    "refused": _story(("refuse", 2)),
    "prohibited": _story(("pass", 1), ("decline", 3)),
    "withdrawn": _story(("withdraw", 3)),
}
_CHANCES = {
    "plain": 34, "careful": 12, "conditions": 6, "denied": 2, "slow": 20, "late_review": 5, "late_sign_off": 8,
    "sent_back": 3, "paused": 6, "paused_on": 7, "supplemented": 6, "unanswered": 5, "silent": 2, "half_silent": 1,
    "refused": 2, "declined": 2, "withdrawn": 2,
}  # fmt: skip
_FILING_CHANCES = {
    "filed": 34, "filed_calmly": 30, "filed_slowly": 16, "filed_late": 8, "refused": 2, "prohibited": 1, "withdrawn": 1
}  # fmt: skip

OUTCOMES = {"conditions": Outcome.GRANTED_WITH_CONDITIONS, "denied": Outcome.DENIED}
"""How a story's case is decided where it isn't simply granted."""

UNIT_ACTS = frozenset({"supply", "withdraw"})
"""The acts of the project unit, done in the internet zone."""


def draw_story(drawn: random.Random, *, is_filing: bool, wanted: str = "") -> str:
    """The story wanted if this kind of item knows it, else one by chance."""
    if wanted in (FILINGS if is_filing else DECISIONS):
        return wanted
    chances = _FILING_CHANCES if is_filing else _CHANCES
    return drawn.choices(list(chances), list(chances.values()))[0]


def beats_of(story: str, *, is_filing: bool) -> tuple[Beat, ...]:
    """The acts of a story, in order."""
    return (FILINGS if is_filing else DECISIONS)[story]
