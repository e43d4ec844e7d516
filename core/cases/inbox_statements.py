"""The statements of the inbox, each built once for everything in a filter that changes its text. Extranet."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.cases.desk_tables import SavedView
from core.cases.tables import Case
from core.database import ESCAPE, Zone, table_of
from core.domain.assignment import Needed
from core.domain.case_states import OPEN_STATES, CaseState
from core.projects.tables import Project
from core.search import Shape, is_sought

_C, _P, _V = table_of(Case), table_of(Project), table_of(SavedView)

VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("全部待办", tuple(sorted(OPEN_STATES - {CaseState.AWAITING_SUPPLEMENT}))),
    "submitted": ("待初审", (CaseState.SUBMITTED,)),
    "under_acceptance": ("待受理", (CaseState.UNDER_ACCEPTANCE,)),
    "in_handling": ("办理中", (CaseState.IN_HANDLING,)),
    "awaiting_sign_off": ("待签批", (CaseState.AWAITING_SIGN_OFF,)),
    "awaiting_supplement": ("待补正", (CaseState.AWAITING_SUPPLEMENT,)),
    "paused": ("暂停计时", (CaseState.IN_HANDLING,)),
    "concluded": ("已办结", (CaseState.CONCLUDED,)),
    "ended": ("未予办理", (CaseState.REFUSED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN, CaseState.VOIDED)),
}
_ENDED = ("concluded", "ended")


class Asked(NamedTuple):
    """What a statement is built for: everything in a filter that changes its text."""

    units: int
    view: str
    who: str
    needed: Needed
    sought: Shape | None
    by_item: bool
    light: str
    codes: int = 0


@lru_cache(maxsize=256)
def inbox_statement(asked: Asked, by_received: bool) -> sa.Select[Any]:
    """One page of a list with what its rows print."""
    found = sa.select(
        _C.c.id, _C.c.number, _C.c.state, _C.c.item_code, _C.c.item_name, _C.c.org_unit, _C.c.due_on, _C.c.warn_on,
        _C.c.red_on, _C.c.is_paused, _C.c.handler_name, _C.c.assigned_name, _C.c.unread, _C.c.applied_at,
        _C.c.concluded_at, _C.c.outcome, _C.c.project_code, _P.c.name, _P.c.unit_name,
    )  # fmt: skip
    source = _C.join(_P, _P.c.code == _C.c.project_code)
    if asked.units == 1 and not by_received and asked.view not in _ENDED:
        soonest = _soonest(asked)
        found = found.select_from(source.join(soonest, soonest.c.id == _C.c.id))
        ordered = found.order_by(soonest.c.place, soonest.c.due_on, soonest.c.id)
        return ordered.limit(_LIMIT).offset(_OFFSET)
    found = found.select_from(source).where(*_conditions(asked))
    return found.order_by(*_order(asked.view, by_received)).limit(_LIMIT).offset(_OFFSET)


def _soonest(asked: Asked) -> sa.Subquery:
    """The ids of a unit's cases as far as the page reaches: the dated by the index alone, then those without a date.

    One order over both can't be read from an index, and would sort every open case of the unit for twenty rows.
    """
    conditions = _conditions(asked, state=sa.func.coalesce(_C.c.state, ""))  # no index but that of the dates
    paused_first = (_C.c.is_paused.is_(False), _C.c.id)
    dated = sa.select(_C.c.id, _C.c.due_on, sa.literal_column("0").label("place")).where(_C.c.due_on.is_not(None))
    undated = sa.select(_C.c.id, _C.c.due_on, sa.case((_C.c.is_paused, 1), else_=2).label("place"))
    parts = (
        dated.where(*conditions).order_by(_C.c.due_on, _C.c.id).limit(_REACH).subquery("dated"),
        undated.where(_C.c.due_on.is_(None), *conditions).order_by(*paused_first).limit(_REACH).subquery("undated"),
    )
    return sa.union_all(*(sa.select(part) for part in parts)).subquery("soonest")


@lru_cache(maxsize=64)
def ids_statement(asked: Asked, by_received: bool) -> sa.Select[Any]:
    """The ids of a list in its order."""
    found = sa.select(_C.c.id).where(*_conditions(asked))
    return found.order_by(*_order(asked.view, by_received)).limit(_LIMIT).offset(_OFFSET)


@lru_cache(maxsize=256)
def sizes_statement(asked: Asked) -> sa.Select[Any]:
    """How many cases a list holds by urgency."""
    conditions = _conditions(asked)
    if asked.view in _ENDED:  # nothing is urgent any more: the index alone answers
        none: sa.ColumnElement[Any] = sa.literal_column("'none'")
        return sa.select(none, sa.func.count()).select_from(_C).where(*conditions)
    urgency = _URGENCY.label("urgency")
    return sa.select(urgency, sa.func.count()).select_from(_C).where(*conditions).group_by(sa.text("urgency"))


def _conditions(asked: Asked, state: sa.ColumnElement[str] = _C.c.state) -> list[sa.ColumnElement[bool]]:
    states = VIEWS.get(asked.view, VIEWS["open"])[1]
    conditions: list[sa.ColumnElement[bool]] = [_is_of(asked.units), _state_is(states, state), *_of_whom(asked)]
    if asked.view not in _ENDED:
        conditions.append(_C.c.concluded_at.is_(None))
    if asked.view == "paused":
        conditions.append(_C.c.is_paused)
    if asked.sought:
        found = [is_sought(Zone.EXTRANET, _C.c.project_code, asked.sought)]
        found.append(_C.c.number.like(sa.bindparam("words", type_=sa.String()), escape=ESCAPE))
        found += [_C.c.project_code == sa.bindparam(f"code_{place}", type_=sa.String()) for place in range(asked.codes)]
        conditions.append(sa.or_(*found))
    if asked.by_item:
        conditions.append(_C.c.item_code == sa.bindparam("item"))
    if asked.light:
        conditions.append(_light_is(asked.light))
    return conditions


def _of_whom(asked: Asked) -> list[sa.ColumnElement[bool]]:
    nobody = _C.c.assigned_to == sa.literal_column("''")
    if asked.who == "mine":
        return [_C.c.assigned_to == _ME]
    if asked.who == "nobody":
        return [nobody]
    if asked.who == "me":
        own = sa.and_(_state_is(asked.needed.own), sa.or_(nobody, _C.c.assigned_to == _ME))
        return [sa.or_(_state_is(asked.needed.whoever), own)]
    return []


def _order(view: str, by_received: bool) -> tuple[sa.ColumnElement[Any], ...]:
    if view in _ENDED:
        return (_C.c.concluded_at.desc(), _C.c.id.desc())
    if by_received:
        return (_C.c.applied_at, _C.c.id)
    return (_C.c.due_on.is_(None), _C.c.due_on, _C.c.is_paused.is_(False), _C.c.id)


_TODAY = sa.bindparam("today", type_=sa.Date())
_ME = sa.bindparam("me", type_=sa.String())
_REACH = sa.bindparam("reach", type_=sa.Integer())
_LIMIT, _OFFSET = sa.bindparam("limit", type_=sa.Integer()), sa.bindparam("offset", type_=sa.Integer())
_LIGHT = sa.case(
    (_C.c.red_on <= _TODAY, "red"),
    (_C.c.is_paused, "paused"),
    (_C.c.due_on.is_(None), "none"),
    (_C.c.warn_on <= _TODAY, "yellow"),
    else_="green",
)
"""How an open case stands today, from its stored dates: a red once earned outlasts a pause (A14.4d)."""


_URGENCY = sa.case(
    (_C.c.red_on <= _TODAY, "overdue"),
    (sa.and_(_C.c.due_on.is_(None), _C.c.is_paused), "paused"),
    (_C.c.due_on.is_(None), "none"),
    (_C.c.due_on <= sa.bindparam("tomorrow", type_=sa.Date()), "tomorrow"),
    (_C.c.due_on <= sa.bindparam("sunday", type_=sa.Date()), "week"),
    else_="later",
)
"""The same groups as `urgency`, counted by the database."""


_LIES = sa.case(
    (_C.c.assigned_to == sa.literal_column("''"), "nobody"), (_C.c.assigned_to == _ME, "mine"), else_="other"
)
"""With whom a case lies, for the reader."""


def _light_is(light: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"'{light}'") == _LIGHT if light in ("red", "paused", "yellow", "green") else sa.true()


@lru_cache(maxsize=32)
def next_due_statement(units: int) -> sa.Select[Any]:
    """The soonest due date from today on."""
    return sa.select(sa.func.min(_C.c.due_on)).where(_is_of(units), _C.c.concluded_at.is_(None), _C.c.due_on >= _TODAY)


@lru_cache(maxsize=32)
def choices_statement(units: int) -> sa.CompoundSelect[Any]:
    """Items and own views by one statement: the page asks for both each time."""
    kind: sa.ColumnElement[str] = sa.literal_column("'item'")
    items = sa.select(kind, _C.c.item_code, sa.func.max(_C.c.item_name), sa.literal_column("0"))
    views = sa.select(sa.literal_column("'view'"), _V.c.query, _V.c.name, _V.c.id).where(_V.c.officer_id == _ME)
    return sa.union_all(items.where(_is_of(units)).group_by(_C.c.item_code), views)


@lru_cache(maxsize=32)
def counts_statement(units: int) -> sa.CompoundSelect[Any]:
    """Open cases by how they stand; ended ones, of which there are many, by state from the index alone."""
    none: sa.ColumnElement[str] = sa.literal_column("'none'")
    light, group, lies = _LIGHT.label("light"), _URGENCY.label("urgency"), _LIES.label("lies")
    fresh = sa.func.sum(sa.case((_C.c.received_on >= sa.bindparam("since", type_=sa.Date()), 1), else_=0))
    return sa.union_all(
        sa.select(_C.c.state, _C.c.is_paused, light, group, lies, sa.func.count(), fresh)
        .where(_is_of(units), _C.c.concluded_at.is_(None))
        .group_by(_C.c.state, _C.c.is_paused, sa.text("light"), sa.text("urgency"), sa.text("lies")),
        sa.select(
            _C.c.state, sa.false(), none, none, sa.literal_column("'other'"), sa.func.count(), sa.literal_column("0")
        )
        .where(_is_of(units), _state_is([state for view in _ENDED for state in VIEWS[view][1]]))
        .group_by(_C.c.state),
    )


def _is_of(units: int) -> sa.ColumnElement[bool]:
    # a parameter for each unit: an expanding one is written into the statement anew at every execution
    return _C.c.org_unit.in_([sa.bindparam(f"unit_{place}", type_=sa.String()) for place in range(units)])


def _state_is(states: Sequence[str], state: sa.ColumnElement[str] = _C.c.state) -> sa.ColumnElement[bool]:
    return state.in_([sa.literal_column(f"'{state}'") for state in states])
