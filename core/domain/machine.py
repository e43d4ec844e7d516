"""How a state table is read: `Move` is one row, `Machine` the table, and nothing else changes a state.

The same table answers "what can be done now?" for handlers and templates, and "may this be done?" for the step itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.domain.policy import Role
from core.errors import RuleRefusal

Guard = Callable[[Any], str | None]
"""Why the move can't be made now, in the reader's words; None when it can."""


@dataclass(frozen=True)
class Move:
    """One row of a state table: in `source`, `event` by `by` leads to `target`, if the guard has nothing against it."""

    source: str
    event: str
    target: str
    by: Role
    article: str
    guard: Guard | None = None
    clock: str = ""
    notice: str = ""


class Machine:
    """A state table with its words."""

    def __init__(self, name: str, moves: Iterable[tuple[Any, ...]], words: Mapping[str, str]) -> None:
        self.name = name
        self.moves = tuple(Move(*row) for row in moves)
        self.words = dict(words)
        self._rows = {(move.source, move.event): move for move in self.moves}
        if len(self._rows) != len(self.moves):
            raise ValueError(f"{name}: a state and event occur twice")

    @property
    def states(self) -> frozenset[str]:
        """Every state the table names."""
        return frozenset({state for move in self.moves for state in (move.source, move.target) if state})

    @property
    def events(self) -> frozenset[str]:
        """Every event the table names."""
        return frozenset(move.event for move in self.moves)

    def sources(self, event: str) -> frozenset[str]:
        """The states from which an event can happen."""
        return frozenset(move.source for move in self.moves if move.event == event)

    def find(self, state: str, event: str) -> Move:
        """The row for this state and event; refuses, naming both in Chinese, when the table has none."""
        move = self._rows.get((state, event))
        if move is None:
            raise RuleRefusal(f"现在是“{self.word(state)}”，不能{self.word(event)}")
        return move

    def open_to(self, state: str, roles: Iterable[str]) -> tuple[Move, ...]:
        """The rows that someone with these roles could take from this state, in the table's order."""
        held = set(roles)
        return tuple(move for move in self.moves if move.source == state and move.by in held)

    def word(self, name: str) -> str:
        """The Chinese word of a state or event."""
        return self.words[name]
