"""The picture of what waits for what: items in columns by tier, an arrow from each prerequisite (A2.3, A14.1c).

Laid out in pixels for an inline SVG, as `components/graph.html` prints it; the list beside it says the same in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from statistics import fmean

WIDTH, HEIGHT = 172, 50
_ACROSS, _DOWN, _EDGE = 44, 14, 4
_FEW = 2
_LINE = 12
"""Characters of a name that fit into one line of a card; there are two lines."""


@dataclass(frozen=True)
class Tie:
    """What one item comes after: by law, by law one of several, or by custom."""

    before: str
    kind: str


@dataclass(frozen=True)
class Item:
    """One item to draw; `behind` is the item that decides its start on the critical path, empty when none does."""

    code: str
    name: str
    words: str
    tone: str
    href: str
    tier: int
    ties: tuple[Tie, ...]
    critical: bool = False
    behind: str = ""


@dataclass(frozen=True)
class CardShown:
    """An item as a card with its upper left corner; `words` tell it to who can't see it."""

    x: int
    y: int
    lines: tuple[str, ...]
    words: str
    tone: str
    href: str
    critical: bool


@dataclass(frozen=True)
class ArrowShown:
    """A curve from card to card; `kind` is law, choice or usual."""

    path: str
    kind: str
    critical: bool


@dataclass(frozen=True)
class Graph:
    """The whole picture. Without an arrow nothing waits for anything, and there is nothing to draw."""

    width: int
    height: int
    cards: tuple[CardShown, ...]
    arrows: tuple[ArrowShown, ...]
    card_width: int = WIDTH
    card_height: int = HEIGHT


def graph(items: Sequence[Item]) -> Graph:
    """Lay items out by tier, in each column near what they come after; an order that others imply is left out."""
    ties = {one.code: _needed(one, items) for one in items}
    places = _places(items, ties)
    corner = {code: (_EDGE + x * (WIDTH + _ACROSS), _EDGE + y * (HEIGHT + _DOWN)) for code, (x, y) in places.items()}
    cards = tuple(
        CardShown(*corner[one.code], _lines(one.name), one.words, one.tone, one.href, one.critical) for one in items
    )
    arrows = tuple(
        ArrowShown(_curve(corner[tie.before], corner[one.code]), tie.kind, one.critical and one.behind == tie.before)
        for one in items
        for tie in ties[one.code]
    )
    across = max((x for x, _ in corner.values()), default=0) + WIDTH + _EDGE
    down = max((y for _, y in corner.values()), default=0) + HEIGHT + _EDGE
    return Graph(across, down, cards, arrows)


def _needed(one: Item, items: Sequence[Item]) -> tuple[Tie, ...]:
    """The ties of an item without those that follow from others: a law only from laws, a custom from whatever."""
    law = {other.code: [tie.before for tie in other.ties if tie.kind == "law"] for other in items}
    every = {other.code: [tie.before for tie in other.ties] for other in items}

    def is_implied(tie: Tie) -> bool:
        ways = law if tie.kind == "law" else every
        others = [before for before in ways[one.code] if before != tie.before]
        return tie.kind != "choice" and any(tie.before in _all_before(before, ways) for before in others)

    found = tuple(tie for tie in one.ties if tie.before in every and not is_implied(tie))
    usual = [tie for tie in found if tie.kind == "usual"]
    # Acceptance comes after whatever builds: its place in the last column says so, a dozen dotted lines don't.
    return found if len(usual) <= _FEW else tuple(tie for tie in found if tie.kind != "usual")


def _all_before(code: str, ways: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    frontier = [code]
    while frontier:
        for before in ways.get(frontier.pop(), ()):
            if before not in found:
                found.add(before)
                frontier.append(before)
    return found


def _places(items: Sequence[Item], ties: Mapping[str, Sequence[Tie]]) -> dict[str, tuple[int, int]]:
    """Column and row of each item: a column for each tier that occurs; no card lies where an arrow passes."""
    places: dict[str, tuple[int, int]] = {}
    for column, tier in enumerate(sorted({one.tier for one in items})):
        passing = {tie.before for one in items if one.tier > tier for tie in ties[one.code]} & places.keys()
        taken = {places[code][1] for code in passing}
        free = (row for row in count() if row not in taken)
        for one in sorted((one for one in items if one.tier == tier), key=lambda one: _middle(one, ties, places)):
            places[one.code] = (column, next(free))
    return places


def _middle(one: Item, ties: Mapping[str, Sequence[Tie]], places: Mapping[str, tuple[int, int]]) -> float:
    """The mean row of what an item comes after; what comes after nothing stands below."""
    return fmean([places[tie.before][1] for tie in ties[one.code]] or [len(places)])


def _curve(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Along the row of the first card, and over to the second only in the gap before it."""
    x1, y1, x2, y2 = start[0] + WIDTH, start[1] + HEIGHT // 2, end[0], end[1] + HEIGHT // 2
    turn, bend = x2 - _ACROSS, x2 - _ACROSS // 2
    return f"M{x1} {y1}H{turn}C{bend} {y1} {bend} {y2} {x2} {y2}"


def _lines(name: str) -> tuple[str, ...]:
    if len(name) <= _LINE:
        return (name,)
    rest = name[_LINE:]
    return name[:_LINE], rest if len(rest) <= _LINE else f"{rest[: _LINE - 1]}…"
