"""What a filter of the inbox asks for, as conditions and an order of statements. Extranet."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.cases.needing import Reader, is_mine, is_needed, is_of, is_turn_of
from core.cases.tables import Case
from core.database import ESCAPE, Zone, table_of
from core.domain.assignment import TURNS
from core.domain.case_states import CaseState
from core.domain.policy import CASE_ROLES
from core.projects.tables import Project
from core.search import Shape, is_sought

_C, _P = table_of(Case), table_of(Project)

VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("全部待办", tuple(sorted({state for state, _ in TURNS}))),
    "submitted": ("待初审", (CaseState.SUBMITTED,)),
    "under_acceptance": ("待受理", (CaseState.UNDER_ACCEPTANCE,)),
    "in_handling": ("办理中", (CaseState.IN_HANDLING,)),
    "awaiting_sign_off": ("待签批", (CaseState.AWAITING_SIGN_OFF,)),
    "waiting": ("等补正或恢复计时", (CaseState.AWAITING_SUPPLEMENT, CaseState.IN_HANDLING)),
    "awaiting_supplement": ("待补正", (CaseState.AWAITING_SUPPLEMENT,)),
    "paused": ("暂停计时", (CaseState.IN_HANDLING,)),
    "overrun": ("暂停超期", (CaseState.IN_HANDLING,)),
    "concluded": ("已办结", (CaseState.CONCLUDED,)),
    "ended": (
        "未予办理",
        (CaseState.REFUSED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN, CaseState.VOIDED, CaseState.REVOKED),
    ),
}
"""The views: title, and the states of its cases. `open` is all that somebody of the unit has to go on with."""

ENDED = ("concluded", "ended")
"""Views of what has ended: nothing in them is urgent."""


class Narrow(NamedTuple):
    """What of a filter holds for every figure of the page alike: words, item, region, day of receipt."""

    sought: Shape | None = None
    codes: int = 0
    by_item: bool = False
    regions: int = 0
    by_receipt: bool = False


class Asked(NamedTuple):
    """What a statement is built for: everything in a filter that changes its text."""

    reader: Reader
    view: str
    who: str
    by_light: bool
    by_due: bool
    narrow: Narrow = Narrow()


def within(asked: Asked) -> sa.ColumnElement[bool]:
    """The part of the units' cases that a view looks through, each alternative as an index has it."""
    units = is_of(range(asked.reader.units))
    if asked.view in ENDED:
        return units
    is_open = sa.and_(units, _C.c.concluded_at.is_(None))
    return sa.or_(is_open, sa.and_(units, IS_AMENDED)) if asked.view == "open" else is_open


def wanted(asked: Asked, state: sa.ColumnElement[str] = _C.c.state) -> list[sa.ColumnElement[bool]]:
    """The conditions of everything that is asked for; `state` is given where no index of it must be used."""
    conditions = [_in_view(asked.view, state), *_of_whom(asked, state), *narrowed(asked.narrow)]
    if asked.by_light:
        conditions.append(sa.bindparam("light", type_=sa.String()) == LIGHT)
    if asked.by_due:
        conditions.append(sa.bindparam("due", type_=sa.String()) == URGENCY)
    return conditions


def _in_view(view: str, state: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    if view == "open":
        return is_turn_of(CASE_ROLES, state)
    further: dict[str, sa.ColumnElement[bool]] = {"paused": _C.c.is_paused, "overrun": IS_OVERRUN}
    further["waiting"] = sa.or_(_C.c.is_paused, state == sa.literal_column(f"'{CaseState.AWAITING_SUPPLEMENT}'"))
    return sa.and_(state_is(VIEWS[view][1], state), further.get(view, sa.true()))


def _of_whom(asked: Asked, state: sa.ColumnElement[str]) -> list[sa.ColumnElement[bool]]:
    if not asked.who:
        return []
    return [
        {
            "me": is_needed(asked.reader, state),
            "mine": is_mine(asked.reader),
            "nobody": _C.c.assigned_to == sa.literal_column("''"),
            "officer": _C.c.assigned_to == OFFICER,
        }[asked.who]
    ]


def narrowed(narrow: Narrow) -> list[sa.ColumnElement[bool]]:
    """The conditions of what holds for every figure of the page."""
    conditions: list[sa.ColumnElement[bool]] = []
    if narrow.sought:
        found = [is_sought(Zone.EXTRANET, _C.c.project_code, narrow.sought)]
        found.append(_C.c.number.like(sa.bindparam("words", type_=sa.String()), escape=ESCAPE))
        found += [
            _C.c.project_code == sa.bindparam(f"code_{place}", type_=sa.String()) for place in range(narrow.codes)
        ]
        conditions.append(sa.or_(*found))
    if narrow.by_item:
        conditions.append(_C.c.item_code == sa.bindparam("item"))
    if narrow.by_receipt:
        conditions.append(_C.c.received_on >= sa.bindparam("since", type_=sa.Date()))
    if narrow.regions:
        placed = _P.alias("placed")
        regions = [sa.bindparam(f"region_{place}", type_=sa.String()) for place in range(narrow.regions)]
        there = sa.select(placed.c.code).where(placed.c.code == _C.c.project_code, placed.c.region_code.in_(regions))
        conditions.append(there.correlate(_C).exists())
    return conditions


def order(view: str, by_received: bool) -> tuple[sa.ColumnElement[Any], ...]:
    """The one order of a list: what ended last first, what was received first, or what is due soonest first."""
    if view in ENDED:
        return (_C.c.concluded_at.desc(), _C.c.id.desc())
    if by_received:
        return (_C.c.applied_at, _C.c.id)
    return (PLACE, _C.c.due_on, _C.c.id)


TODAY = sa.bindparam("today", type_=sa.Date())
OFFICER = sa.bindparam("officer", type_=sa.String())
IS_AMENDED = sa.and_(_C.c.amendment != sa.literal_column("''"), _C.c.concluded_at.is_not(None))
IS_OVERRUN = sa.and_(_C.c.is_paused, _C.c.paused_until < TODAY)

PLACE = sa.case((IS_AMENDED, 3), (_C.c.due_on.is_not(None), 0), (_C.c.is_paused, 1), else_=2)
"""Where a case stands in a list: the dated first, then the paused, the undated, and what has ended and is amended."""

LIGHT = sa.case(
    (_C.c.red_on <= TODAY, "red"),
    (_C.c.is_paused, "paused"),
    (_C.c.due_on.is_(None), "none"),
    (_C.c.warn_on <= TODAY, "yellow"),
    else_="green",
)
"""How an open case stands today, from its stored dates: a red once earned outlasts a pause (A14.4d)."""


URGENCY = sa.case(
    (_C.c.red_on <= TODAY, "overdue"),
    (sa.and_(_C.c.due_on.is_(None), _C.c.is_paused), "paused"),
    (_C.c.due_on.is_(None), "none"),
    (_C.c.due_on <= sa.bindparam("tomorrow", type_=sa.Date()), "tomorrow"),
    (_C.c.due_on <= sa.bindparam("sunday", type_=sa.Date()), "week"),
    else_="later",
)
"""The same groups as `urgency`, counted by the database."""


def flag(condition: sa.ColumnElement[bool]) -> sa.Case[int]:
    """1 or 0: what both engines group by alike."""
    return sa.case((condition, sa.literal_column("1")), else_=sa.literal_column("0"))


def state_is(states: Sequence[str], state: sa.ColumnElement[str] = _C.c.state) -> sa.ColumnElement[bool]:
    """Whether a case is in one of these states."""
    return state.in_([sa.literal_column(f"'{state}'") for state in states])
