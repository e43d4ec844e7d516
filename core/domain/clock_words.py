"""What a clock of a case is called, with what it begins and ends: words of both portals (A14.2, A14.3, A15.1)."""

from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True)
class ClockWords:
    """The title of a clock, and what happened on the day it began and on the day it ended."""

    title: str
    start: str
    stop: str


RECEIVED, SUPPLEMENTED = "收到申请", "收到补正"

_WORDS = {
    "preliminary": ClockWords("初审时限", RECEIVED, "初审结束"),
    "acceptance": ClockWords("受理时限", RECEIVED, "受理环节结束"),
    "handling": ClockWords("办理时限", "受理", "办结"),
}

WHOLE = ClockWords("全程", RECEIVED, "结束")
"""The whole case, from receipt to the decision."""


def title_of_clock(kind: str) -> str:
    """What a clock is called: 受理时限; `whole` is the whole case."""
    return WHOLE.title if kind == "whole" else _WORDS[kind].title


def words_of_clock(
    kind: str, *, started_on: date, received_on: date, accepted_on: date | None = None, is_deemed: bool = False
) -> ClockWords:
    """The words of a clock of a step; `kind` is preliminary, acceptance or handling.

    A handling clock that the law counts from receipt begins before acceptance, and says so (A15.1).
    """
    words = _WORDS[kind]
    begins_with_receipt = kind != "handling" or (accepted_on is not None and started_on < accepted_on)
    if begins_with_receipt:
        return replace(words, start=SUPPLEMENTED if started_on > received_on else RECEIVED)
    return replace(words, start="视为受理") if is_deemed else words
