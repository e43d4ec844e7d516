"""Lights earned for good: one event for each clock and colour, however often or late the sweep runs (A14.4d)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from core.accounts.actors import table_of
from core.cases.tables import Case
from core.clocks import CaseClock
from core.supervision.tables import LightEvent

_K, _C, _L = table_of(CaseClock), table_of(Case), table_of(LightEvent)


def _crossed(
    light: str, earned_on: sa.ColumnElement[date], *conditions: sa.ColumnElement[bool]
) -> sa.Select[tuple[object, ...]]:
    seen = sa.exists().where(_L.c.clock_id == _K.c.id, _L.c.light == light)
    return (
        sa.select(_K.c.id, _K.c.case_id, _C.c.project_code, _C.c.org_unit, earned_on.label("earned_on"))
        .select_from(_K.join(_C, _C.c.id == _K.c.case_id))
        .where(*conditions, ~seen)
        .limit(sa.bindparam("limit"))
    )


_TODAY = sa.bindparam("today", type_=sa.Date())
_RUNS = _K.c.stopped_on.is_(None)
# A case decided late, or deemed accepted, before the sweep came by has earned its light all the same.
_ENDED_LATE = (_K.c.stopped_on.is_not(None), _K.c.warn_on <= _K.c.stopped_on)
_SWEEPS = (
    ("yellow", _crossed("yellow", _K.c.warn_on, _RUNS, _K.c.warn_on <= _TODAY)),
    ("yellow", _crossed("yellow", _K.c.warn_on, *_ENDED_LATE)),
    ("red", _crossed("red", _K.c.red_on, _RUNS, _K.c.red_on <= _TODAY)),
    ("red", _crossed("red", _K.c.red_on, *_ENDED_LATE, _K.c.red_on <= _K.c.stopped_on)),
)


def sweep(session: Session, *, today: date, at: datetime, limit: int = 500) -> int:
    """Record the yellow and red lights that clocks have earned by today, also those stopped since (A14.4d).

    Returns how many were new, at most four times `limit`.
    """
    found = 0
    for light, statement in _SWEEPS:
        rows = session.connection().execute(statement, {"today": today, "limit": limit}).all()
        events = [
            {
                "clock_id": row.id,
                "case_id": row.case_id,
                "project_code": row.project_code,
                "org_unit": row.org_unit,
                "light": light,
                "earned_on": row.earned_on,
                "recorded_at": at,
            }
            for row in rows
        ]
        if events:
            session.connection().execute(sa.insert(_L), events)
        found += len(events)
    return found
