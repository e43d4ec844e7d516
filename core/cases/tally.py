"""How the cases of an officer's units stand, counted once for everything the inbox says of them. Extranet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.cases.inbox_conditions import (
    ENDED,
    IS_AMENDED,
    IS_OVERRUN,
    LIGHT,
    OFFICER,
    URGENCY,
    VIEWS,
    Narrow,
    flag,
    narrowed,
    state_is,
)
from core.cases.needing import Reader, is_mine, is_needed, is_of, is_turn_of
from core.cases.tables import Case
from core.database import table_of
from core.domain.case_states import CaseState
from core.domain.policy import CASE_ROLES
from core.prepared import Prepared

_C = table_of(Case)


class Heap(NamedTuple):
    """So many cases that stand alike.

    `is_turn`: somebody of the unit has to go on with them; `lies` is mine, nobody or other, `is_theirs` that it is the
    officer asked for; `is_needed`: the next step is the reader's; `fresh`: how many came since a day.
    """

    state: str
    is_paused: bool
    is_overrun: bool
    is_turn: bool
    light: str
    urgency: str
    lies: str
    is_theirs: bool
    is_needed: bool
    number: int
    fresh: int


@dataclass(frozen=True)
class Tally:
    """All cases of the actor's units, counted once; what lists, views and lights say is added up from here.

    `ended` says how what has ended was counted: see `counts_statement`.
    """

    heaps: Sequence[Heap]
    ended: str = "states"

    def has(self, view: str, who: str) -> bool:
        """Whether the cases of a view, of whom, were counted."""
        return view not in ENDED or self.ended == "whose" or (bool(self.ended) and not who)

    def groups(self, view: str, who: str = "", light: str = "", due: str = "") -> Mapping[str, int]:
        """How many cases there are by urgency in a view, of whom, of one light, of one urgency."""
        found: dict[str, int] = {}
        for heap in self.heaps:
            if _counts(heap, view, who, light, due):
                found[heap.urgency] = found.get(heap.urgency, 0) + heap.number
        return found

    def number(self, view: str, who: str = "", light: str = "", due: str = "") -> int:
        """How many cases a view holds, of whom, of one light, of one urgency."""
        return sum(self.groups(view, who, light, due).values())

    @property
    def lights(self) -> Mapping[str, int]:
        """How many of all that is to be done show each light."""
        return {light: self.number("open", light=light) for light in ("red", "yellow", "green", "paused", "none")}

    def fresh(self, view: str, who: str = "") -> int:
        """How many of them came since the day that was asked for."""
        return sum(heap.fresh for heap in self.heaps if _counts(heap, view, who, "", ""))


def _counts(heap: Heap, view: str, who: str, light: str, due: str) -> bool:
    is_wanted = light in ("", heap.light) and due in ("", heap.urgency) and _lies(heap, who)
    return is_wanted and heap.state in VIEWS[view][1] and _in_view(heap, view)


def _lies(heap: Heap, who: str) -> bool:
    if who == "me":
        return bool(heap.is_needed)
    return bool(heap.is_theirs) if who == "officer" else who in ("", heap.lies)


def _in_view(heap: Heap, view: str) -> bool:
    """What of a view its states don't say; what has ended and is amended is counted a second time, as a turn."""
    if view in ENDED:
        return not heap.is_turn
    rests = heap.is_paused or heap.state == CaseState.AWAITING_SUPPLEMENT
    further = {"open": heap.is_turn, "paused": heap.is_paused, "overrun": heap.is_overrun, "waiting": rests}
    return bool(further.get(view, True))


@lru_cache(maxsize=128)
def counts_statement(reader: Reader, narrow: Narrow, ended: str) -> Prepared[Heap]:
    """How cases stand, counted: the open ones, those that have ended and are amended, and the other ended ones.

    Of these there are many: `ended` says whether they are counted by state from the index alone (`states`), by whose
    they are too (`whose`), or not at all.
    """
    units = is_of(range(reader.units))
    parts = [
        _heaps(reader, units, _C.c.concluded_at.is_(None), *narrowed(narrow)),
        _heaps(reader, units, IS_AMENDED, *narrowed(narrow)),
    ]
    if ended:
        parts.append(_gone(_whose(reader) if ended == "whose" else (), units, *narrowed(narrow)))
    return Prepared(sa.union_all(*parts), Heap._make)


def _gone(whose: Sequence[sa.ColumnElement[Any]], *within: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """What has ended, by state from the index alone; where `whose` is given, with whom it lay too."""
    none: sa.ColumnElement[str] = sa.literal_column("'none'")
    other: sa.ColumnElement[str] = sa.literal_column("'other'")
    zero: sa.ColumnElement[int] = sa.literal_column("0")
    states = state_is([state for view in ENDED for state in VIEWS[view][1]])
    known = sa.select(_C.c.state, *(one.label(f"whose_{place}") for place, one in enumerate(whose)))
    state, *further = known.where(*within, states).subquery("gone").c
    lies, theirs = further or (other, zero)
    row = (state, sa.false(), zero, zero, none, none, lies, theirs, zero, sa.func.count(), zero)
    return sa.select(*row).group_by(state, *further)


def _heaps(reader: Reader, *within: sa.ColumnElement[bool]) -> sa.Select[Any]:
    lies, theirs = _whose(reader)
    known = (
        sa.select(
            _C.c.state, _C.c.is_paused, flag(IS_OVERRUN).label("overrun"),
            flag(is_turn_of(CASE_ROLES)).label("turn"), LIGHT.label("light"), URGENCY.label("urgency"),
            lies.label("lies"), theirs.label("theirs"), flag(is_needed(reader)).label("needed"),
            flag(_C.c.received_on >= sa.bindparam("fresh_since", type_=sa.Date())).label("fresh"),
        )
        .where(*within)
        .subquery("known")
    )  # fmt: skip
    *alike, fresh = known.c
    return sa.select(*alike, sa.func.count(), sa.func.sum(fresh)).group_by(*alike)


def _whose(reader: Reader) -> tuple[sa.ColumnElement[str], sa.ColumnElement[int]]:
    """With whom a case lies, for the reader; and whether it is the officer asked for."""
    nobody = _C.c.assigned_to == sa.literal_column("''")
    return sa.case((nobody, "nobody"), (is_mine(reader), "mine"), else_="other"), flag(_C.c.assigned_to == OFFICER)
