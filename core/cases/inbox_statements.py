"""The statements of the inbox, each built once for everything in a filter that changes its text. Extranet."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from core.accounts.tables import Officer, OfficerGrant
from core.cases.desk_tables import SavedView
from core.cases.inbox_conditions import ENDED, IS_AMENDED, PLACE, TODAY, Asked, order, wanted, within
from core.cases.needing import MATTER, is_of
from core.cases.tables import Case
from core.database import table_of
from core.domain.policy import CASE_ROLES
from core.prepared import Prepared
from core.projects.tables import Project

_C, _P, _V = table_of(Case), table_of(Project), table_of(SavedView)
_G, _O = table_of(OfficerGrant), table_of(Officer)
_REACH = sa.bindparam("reach", type_=sa.Integer())
_LIMIT, _OFFSET = sa.bindparam("limit", type_=sa.Integer()), sa.bindparam("offset", type_=sa.Integer())


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
    assigned_name: str
    unread: int
    applied_at: datetime
    concluded_at: datetime | None
    outcome: str
    project_code: str
    project_name: str
    unit_name: str
    matter: str


@lru_cache(maxsize=256)
def inbox_statement(asked: Asked, by_received: bool) -> Prepared[CaseRow]:
    """One page of a list with what its rows print."""
    return Prepared(_inbox(asked, by_received), CaseRow._make)


def _inbox(asked: Asked, by_received: bool) -> sa.Select[Any]:
    found = sa.select(
        _C.c.id, _C.c.number, _C.c.state, _C.c.item_code, _C.c.item_name, _C.c.org_unit, _C.c.due_on, _C.c.warn_on,
        _C.c.red_on, _C.c.is_paused, _C.c.handler_name, _C.c.assigned_name, _C.c.unread, _C.c.applied_at,
        _C.c.concluded_at, _C.c.outcome, _C.c.project_code, _P.c.name, _P.c.unit_name, MATTER.label("matter"),
    )  # fmt: skip
    source = _C.join(_P, _P.c.code == _C.c.project_code)
    if asked.reader.units == 1 and not by_received and asked.view not in ENDED:
        soonest = _soonest(asked)
        found = found.select_from(source.join(soonest, soonest.c.id == _C.c.id))
        ordered = found.order_by(soonest.c.place, soonest.c.due_on, soonest.c.id)
        return ordered.limit(_LIMIT).offset(_OFFSET)
    found = found.select_from(source).where(within(asked), *wanted(asked))
    return found.order_by(*order(asked.view, by_received)).limit(_LIMIT).offset(_OFFSET)


def _soonest(asked: Asked) -> sa.Subquery:
    """The ids of a unit's cases as far as the page reaches: the dated by the index alone, then those without a date.

    One order over all can't be read from an index, and would sort every open case of the unit for twenty rows.
    """
    met = wanted(asked, state=sa.func.coalesce(_C.c.state, ""))  # no index but that of the dates
    is_open = (is_of(range(asked.reader.units)), _C.c.concluded_at.is_(None))
    ids = sa.select(_C.c.id, _C.c.due_on, PLACE.label("place")).where(*met)
    parts = [
        ids.where(*is_open, _C.c.due_on.is_not(None)).order_by(_C.c.due_on, _C.c.id).limit(_REACH).subquery("dated"),
        ids.where(*is_open, _C.c.due_on.is_(None)).order_by(PLACE, _C.c.id).limit(_REACH).subquery("undated"),
    ]
    if asked.view == "open":
        amended = ids.where(is_of(range(asked.reader.units)), IS_AMENDED)
        parts.append(amended.order_by(_C.c.id).limit(_REACH).subquery("amended"))
    return sa.union_all(*(sa.select(part) for part in parts)).subquery("soonest")


@lru_cache(maxsize=64)
def ids_statement(asked: Asked, by_received: bool) -> sa.Select[Any]:
    """The ids of a list in its order."""
    found = sa.select(_C.c.id).where(within(asked), *wanted(asked))
    return found.order_by(*order(asked.view, by_received)).limit(_LIMIT).offset(_OFFSET)


@lru_cache(maxsize=32)
def next_due_statement(units: int) -> sa.Select[Any]:
    """The soonest due date from today on."""
    return sa.select(sa.func.min(_C.c.due_on)).where(
        is_of(range(units)), _C.c.concluded_at.is_(None), _C.c.due_on >= TODAY
    )


@lru_cache(maxsize=32)
def choices_statement(units: int) -> Prepared[tuple[str, str, str, int]]:
    """Items, officers of the units and own views by one statement: the page asks for all each time."""
    kind: sa.ColumnElement[str] = sa.literal_column("'item'")
    items = sa.select(kind, _C.c.item_code, sa.func.max(_C.c.item_name), sa.literal_column("0"))
    views = sa.select(sa.literal_column("'view'"), _V.c.query, _V.c.name, _V.c.id).where(
        _V.c.officer_id == sa.bindparam("me", type_=sa.String())
    )
    named = [sa.bindparam(f"unit_{place}", type_=sa.String()) for place in range(units)]
    officers = (
        sa.select(sa.literal_column("'officer'"), _O.c.id, _O.c.name, sa.literal_column("0"))
        .join(_G, _G.c.officer_id == _O.c.id)
        .where(_G.c.org_unit.in_(named), _G.c.role.in_([sa.literal_column(f"'{role}'") for role in CASE_ROLES]))
        .where(_G.c.on_behalf_of == sa.literal_column("''"))
        .distinct()
    )
    return Prepared(sa.union_all(items.where(is_of(range(units))).group_by(_C.c.item_code), officers, views), tuple)
