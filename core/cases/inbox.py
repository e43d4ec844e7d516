"""The officers' inbox (我的办件): views, filters, groups by urgency, and how many there are of each. Extranet.

Statements are built once for each combination of filters and read as tuples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from core.accounts.actors import table_of
from core.cases.queries import own_units
from core.cases.tables import Case
from core.database import ESCAPE, like_pattern
from core.domain.case_states import OPEN_STATES, CaseState
from core.domain.policy import Actor
from core.projects.tables import Project

_C, _P = table_of(Case), table_of(Project)
PAGE = 20

GROUPS = (
    ("overdue", "已超时"),
    ("tomorrow", "今明两天到期"),
    ("week", "本周到期"),
    ("later", "以后到期"),
    ("paused", "暂停计时"),
    ("none", "没有到期日"),
)
"""How the inbox groups its rows by urgency: code and Chinese title."""


class CaseRow(NamedTuple):
    """One row of a list of cases."""

    id: int
    number: str
    state: str
    item_code: str
    item_name: str
    org_unit: str
    due_on: date | None
    warn_on: date | None
    red_on: date | None
    is_paused: bool
    handler_name: str
    applied_at: datetime
    concluded_at: datetime | None
    outcome: str
    project_code: str
    project_name: str
    unit_name: str


@dataclass(frozen=True)
class InboxFilter:
    """What the inbox shows; every part is in the page's address. `view` is one of `VIEWS`."""

    view: str = "open"
    words: str = ""
    item: str = ""
    light: str = ""
    sort: str = "due"
    page: int = 1


VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("全部待办", tuple(sorted(OPEN_STATES - {CaseState.AWAITING_SUPPLEMENT}))),
    "submitted": ("待初审", (CaseState.SUBMITTED,)),
    "under_acceptance": ("待受理", (CaseState.UNDER_ACCEPTANCE,)),
    "in_handling": ("办理中", (CaseState.IN_HANDLING,)),
    "awaiting_sign_off": ("待签批", (CaseState.AWAITING_SIGN_OFF,)),
    "awaiting_supplement": ("待补正", (CaseState.AWAITING_SUPPLEMENT,)),
    "paused": ("暂停计时", (CaseState.IN_HANDLING,)),
    "concluded": ("已办结", (CaseState.CONCLUDED,)),
    "ended": ("未予办理", (CaseState.REFUSED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN)),
}
_ENDED = ("concluded", "ended")


@dataclass(frozen=True)
class Tally:
    """How many cases of the actor's units lie in each view, show each light, and are how urgent in each view."""

    views: Mapping[str, int]
    lights: Mapping[str, int]
    groups: Mapping[str, Mapping[str, int]]


def inbox(session: Session, actor: Actor, chosen: InboxFilter, *, today: date) -> Sequence[CaseRow]:
    """One page of the actor's units' cases, soonest due first (or first received), one row more if there is a next."""
    units = own_units(actor)
    statement = _inbox_statement(
        len(units), chosen.view, bool(chosen.words), bool(chosen.item), chosen.light, chosen.sort == "received"
    )
    values = {
        **_named(units),
        **_days(today),
        "words": like_pattern(chosen.words),
        "item": chosen.item,
        "limit": PAGE + 1,
        "offset": (max(chosen.page, 1) - 1) * PAGE,
    }
    return [CaseRow._make(row) for row in session.connection().execute(statement, values).all()]


def inbox_sizes(session: Session, actor: Actor, chosen: InboxFilter, known: Tally, *, today: date) -> Mapping[str, int]:
    """How many cases the inbox holds under these filters, over all its pages, by group of urgency.

    A view without further filters was counted with all others: `known`.
    """
    if not (chosen.words or chosen.item or chosen.light):
        return known.groups[chosen.view]
    units = own_units(actor)
    statement = _sizes_statement(len(units), chosen.view, bool(chosen.words), bool(chosen.item), chosen.light)
    values = {**_named(units), **_days(today), "words": like_pattern(chosen.words), "item": chosen.item}
    return {group: number for group, number in session.connection().execute(statement, values).all()}


def next_due(session: Session, actor: Actor, *, today: date) -> date | None:
    """The soonest due date among the open cases of the actor's units, from today on."""
    units = own_units(actor)
    values = {**_named(units), **_days(today)}
    return session.connection().execute(_next_due_statement(len(units)), values).scalar()


def items_of_units(session: Session, actor: Actor) -> Sequence[tuple[str, str]]:
    """The items of which the actor's units have cases: code and name."""
    units = own_units(actor)
    rows = session.connection().execute(_items_statement(len(units)), _named(units)).all()
    return [(code, name) for code, name in rows]


def counts(session: Session, actor: Actor, *, today: date) -> Tally:
    """How many cases of the actor's units lie in each view, show each light (open ones), and are how urgent."""
    units = own_units(actor)
    values = {**_named(units), **_days(today)}
    rows = session.connection().execute(_counts_statement(len(units)), values).all()
    views, lights = dict.fromkeys(VIEWS, 0), dict.fromkeys(("red", "yellow", "green", "paused", "none"), 0)
    groups: dict[str, dict[str, int]] = {view: {} for view in VIEWS}
    for state, is_paused, light, group, number in rows:
        for view, (_, states) in VIEWS.items():
            if state in states and (view != "paused" or is_paused):
                views[view] += number
                groups[view][group] = groups[view].get(group, 0) + number
        if state in VIEWS["open"][1]:
            lights[light] += number
    return Tally(views, lights, groups)


def urgency(row: CaseRow, today: date) -> str:
    """The group of a row: overdue, due today or tomorrow, this week, later, paused, or without a date."""
    if row.red_on is not None and row.red_on <= today:
        return "overdue"
    if row.due_on is None:
        return "paused" if row.is_paused else "none"
    if row.due_on <= today + timedelta(days=1):
        return "tomorrow"
    return "week" if row.due_on <= today + timedelta(days=6 - today.weekday()) else "later"


@lru_cache(maxsize=256)
def _inbox_statement(
    units: int, view: str, by_words: bool, by_item: bool, light: str, by_received: bool
) -> sa.Select[Any]:
    found = (
        sa.select(
            _C.c.id, _C.c.number, _C.c.state, _C.c.item_code, _C.c.item_name, _C.c.org_unit, _C.c.due_on, _C.c.warn_on,
            _C.c.red_on, _C.c.is_paused, _C.c.handler_name, _C.c.applied_at, _C.c.concluded_at, _C.c.outcome,
            _C.c.project_code, _P.c.name, _P.c.unit_name,
        )
        .select_from(_C.join(_P, _P.c.code == _C.c.project_code))
        .where(*_conditions(units, view, by_words, by_item, light))
    )  # fmt: skip
    return found.order_by(*_order(view, by_received)).limit(sa.bindparam("limit")).offset(sa.bindparam("offset"))


@lru_cache(maxsize=256)
def _sizes_statement(units: int, view: str, by_words: bool, by_item: bool, light: str) -> sa.Select[Any]:
    source = _C.join(_P, _P.c.code == _C.c.project_code) if by_words else _C
    conditions = _conditions(units, view, by_words, by_item, light)
    if view in _ENDED:  # nothing is urgent any more: the index alone answers
        none: sa.ColumnElement[Any] = sa.literal_column("'none'")
        return sa.select(none, sa.func.count()).select_from(source).where(*conditions)
    urgency = _URGENCY.label("urgency")
    return sa.select(urgency, sa.func.count()).select_from(source).where(*conditions).group_by(sa.text("urgency"))


def _conditions(units: int, view: str, by_words: bool, by_item: bool, light: str) -> list[sa.ColumnElement[bool]]:
    states = VIEWS.get(view, VIEWS["open"])[1]
    conditions: list[sa.ColumnElement[bool]] = [_is_of(units), _state_is(states)]
    if view not in _ENDED:
        conditions.append(_C.c.concluded_at.is_(None))
    if view == "paused":
        conditions.append(_C.c.is_paused)
    if by_words:
        words = sa.bindparam("words", type_=sa.String())
        searched = (_P.c.name, _C.c.project_code, _P.c.unit_name, _C.c.number)
        conditions.append(sa.or_(*(column.like(words, escape=ESCAPE) for column in searched)))
    if by_item:
        conditions.append(_C.c.item_code == sa.bindparam("item"))
    if light:
        conditions.append(_light_is(light))
    return conditions


def _order(view: str, by_received: bool) -> tuple[sa.ColumnElement[Any], ...]:
    if view in _ENDED:
        return (_C.c.concluded_at.desc(), _C.c.id.desc())
    if by_received:
        return (_C.c.applied_at, _C.c.id)
    return (_C.c.due_on.is_(None), _C.c.due_on, _C.c.is_paused.is_(False), _C.c.id)


_TODAY = sa.bindparam("today", type_=sa.Date())
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


def _light_is(light: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"'{light}'") == _LIGHT if light in ("red", "paused", "yellow", "green") else sa.true()


@lru_cache(maxsize=32)
def _next_due_statement(units: int) -> sa.Select[Any]:
    return sa.select(sa.func.min(_C.c.due_on)).where(_is_of(units), _C.c.concluded_at.is_(None), _C.c.due_on >= _TODAY)


@lru_cache(maxsize=32)
def _items_statement(units: int) -> sa.Select[Any]:
    found = sa.select(_C.c.item_code, sa.func.max(_C.c.item_name)).where(_is_of(units))
    return found.group_by(_C.c.item_code).order_by(_C.c.item_code)


@lru_cache(maxsize=32)
def _counts_statement(units: int) -> sa.CompoundSelect[Any]:
    """Open cases by state, light and urgency; ended ones, of which there are many, by state from the index alone."""
    none: sa.ColumnElement[str] = sa.literal_column("'none'")
    light, group = _LIGHT.label("light"), _URGENCY.label("urgency")
    return sa.union_all(
        sa.select(_C.c.state, _C.c.is_paused, light, group, sa.func.count())
        .where(_is_of(units), _C.c.concluded_at.is_(None))
        .group_by(_C.c.state, _C.c.is_paused, sa.text("light"), sa.text("urgency")),
        sa.select(_C.c.state, sa.false(), none, none, sa.func.count())
        .where(_is_of(units), _state_is([state for view in _ENDED for state in VIEWS[view][1]]))
        .group_by(_C.c.state),
    )


def _is_of(units: int) -> sa.ColumnElement[bool]:
    # a parameter for each unit: an expanding one is written into the statement anew at every execution
    return _C.c.org_unit.in_([sa.bindparam(f"unit_{place}", type_=sa.String()) for place in range(units)])


def _named(units: Sequence[str]) -> dict[str, str]:
    return {f"unit_{place}": unit for place, unit in enumerate(units)}


def _state_is(states: Sequence[str]) -> sa.ColumnElement[bool]:
    return _C.c.state.in_([sa.literal_column(f"'{state}'") for state in states])


def _days(today: date) -> dict[str, date]:
    sunday = today + timedelta(days=6 - today.weekday())
    return {"today": today, "tomorrow": today + timedelta(days=1), "sunday": sunday}
