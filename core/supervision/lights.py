"""Lights earned for good: one event for each clock and colour, however often or late the sweep runs (A14.4d, A15.2).

A clock bears in `lit` which of its lights are written down, a pause in `is_noted`. The sweep finds the others through
an index of those alone: it looks at nothing that has not crossed since it came by last.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.cases.tables import Case
from core.clocks import CaseClock, CasePause
from core.database import table_of
from core.supervision.tables import LightEvent, PauseOverrun

_K, _P, _C = table_of(CaseClock), table_of(CasePause), table_of(Case)
_TODAY = sa.bindparam("today", type_=sa.Date())
_LIMIT: sa.BindParameter[int] = sa.bindparam("limit", type_=sa.Integer())
_RUNS = _K.c.stopped_on.is_(None)


def _crossed(
    light: str, lit: int, earned_on: sa.Column[Any], by: sa.Column[Any], *conditions: sa.ColumnElement[bool]
) -> sa.Select[Any]:
    """The clocks first, in the order of their index and no more than wanted; only then the cases they belong to."""
    found = (
        sa.select(_K.c.id.label("clock_id"), _K.c.case_id, earned_on.label("earned_on"))
        .where(_K.c.lit == sa.literal_column(str(lit)), *conditions)
        .order_by(by)
        .limit(_LIMIT)
        .subquery()
    )
    colour: sa.Label[str] = sa.literal_column(f"'{light}'").label("light")
    return sa.select(*found.c, _C.c.project_code, _C.c.org_unit, colour).select_from(
        found.join(_C, _C.c.id == found.c.case_id)
    )


def _overrun(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    found = (
        sa.select(_P.c.id.label("pause_id"), _P.c.clock_id, _P.c.ground, _P.c.expected_on)
        .where(sa.text("NOT pause.is_noted"), *conditions)
        .order_by(_P.c.expected_on)
        .limit(_LIMIT)
        .subquery()
    )
    return sa.select(
        found.c.pause_id, _K.c.case_id, _C.c.project_code, _C.c.org_unit, found.c.ground, found.c.expected_on
    ).select_from(found.join(_K, _K.c.id == found.c.clock_id).join(_C, _C.c.id == _K.c.case_id))


# A case decided late, or deemed accepted, before the sweep came by has earned its light all the same.
_SWEEPS = (
    (1, _crossed("yellow", 0, _K.c.warn_on, _K.c.warn_on, _RUNS, _K.c.warn_on <= _TODAY)),
    (1, _crossed("yellow", 0, _K.c.warn_on, _K.c.stopped_on, _K.c.warn_on <= _K.c.stopped_on)),
    (2, _crossed("red", 1, _K.c.red_on, _K.c.red_on, _RUNS, _K.c.red_on <= _TODAY)),
    (2, _crossed("red", 1, _K.c.red_on, _K.c.stopped_on, _K.c.red_on <= _K.c.stopped_on)),
)
_OVERRUNS = (
    _overrun(_P.c.ends_on.is_(None), _P.c.expected_on < _TODAY),
    _overrun(_P.c.ends_on > _P.c.expected_on),
)
_LIGHT = sa.update(_K).where(_K.c.id.in_(sa.bindparam("found", expanding=True))).values(lit=sa.bindparam("new"))
_NOTE = sa.update(_P).where(_P.c.id.in_(sa.bindparam("found", expanding=True))).values(is_noted=True)


def sweep(session: Session, *, today: date, at: datetime, limit: int = 500) -> int:
    """Record the yellow and red lights that clocks have earned by today, also those stopped since, and the pauses
    that outlast what was expected (A14.4d, A15.2).

    Returns how many were new, at most six times `limit`.
    """
    wanted = {"today": today, "limit": limit}
    found = 0
    for lit, statement in _SWEEPS:
        rows = session.connection().execute(statement, wanted).mappings().all()
        _write(session, table_of(LightEvent), rows, at)
        if rows:
            session.connection().execute(_LIGHT, {"found": [row["clock_id"] for row in rows], "new": lit})
        found += len(rows)
    for statement in _OVERRUNS:
        rows = session.connection().execute(statement, wanted).mappings().all()
        _write(session, table_of(PauseOverrun), rows, at)
        if rows:
            session.connection().execute(_NOTE, {"found": [row["pause_id"] for row in rows]})
        found += len(rows)
    return found


def _write(session: Session, table: sa.Table, rows: Any, at: datetime) -> None:
    events: list[Mapping[str, Any]] = [{**row, "recorded_at": at} for row in rows]
    if events:
        session.connection().execute(sa.insert(table), events)
