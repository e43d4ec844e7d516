"""How the clocks of many cases stand, by one statement however long the list (A14.4d). Extranet."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from core import clocks
from core.cases.clocks import CURRENT
from core.clocks import CaseClock, CasePause
from core.database import table_of
from core.domain import clock as rules
from core.domain.clock import Reading
from core.prepared import Prepared

_K, _P = table_of(CaseClock), table_of(CasePause)
_STEP = 20


class ClockRow(NamedTuple):
    """A clock of a case with one of its pauses, or with none."""

    case_id: int
    id: int
    kind: str
    place: str
    started_on: date
    limit_days: int | None
    unit: str
    warn_days: int | None
    stopped_on: date | None
    extension_days: int
    begins_on: date | None
    ends_on: date | None
    ground: str | None
    restarts: bool | None
    expected_on: date | None


def readings_of(session: Session, case_ids: Sequence[int], *, on: date) -> Mapping[int, Reading]:
    """The clock that matters now of each case, read on a date: what `core.cases.clocks.current` finds for one."""
    if not case_ids:
        return {}
    found: dict[int, list[ClockRow]] = {}
    places = -(-len(case_ids) // _STEP) * _STEP
    asked = {f"case_{place}": 0 for place in range(places)}
    asked |= {f"case_{place}": case_id for place, case_id in enumerate(case_ids)}
    for row in _clocks_statement(places).all(session, asked):
        found.setdefault(row.case_id, []).append(row)
    read = {}
    for case_id, rows in found.items():
        row = _current(rows)
        read[case_id] = rules.reading(_as_rule(row, rows), on, clocks.calendar_at(session, row.place))
    return read


def _current(rows: Sequence[ClockRow]) -> ClockRow:
    running = {row.kind: row for row in rows if row.stopped_on is None}
    return next((running[kind] for kind in CURRENT if kind in running), rows[-1])


def _as_rule(chosen: Any, rows: Sequence[Any]) -> rules.Clock:
    return clocks.as_rule(chosen, [row for row in rows if row.id == chosen.id and row.begins_on is not None])


@lru_cache(maxsize=32)
def _clocks_statement(cases: int) -> Prepared[ClockRow]:
    """Every clock of so many cases, once for each of its pauses.

    A parameter for each case: an expanding one is written into the statement anew at every execution.
    """
    wanted = [sa.bindparam(f"case_{place}", type_=sa.Integer()) for place in range(cases)]
    clocks_of = (
        sa.select(
            _K.c.case_id, _K.c.id, _K.c.kind, _K.c.place, _K.c.started_on, _K.c.limit_days, _K.c.unit, _K.c.warn_days,
            _K.c.stopped_on, _K.c.extension_days, _P.c.begins_on, _P.c.ends_on, _P.c.ground, _P.c.restarts,
            _P.c.expected_on,
        )
        .select_from(_K.outerjoin(_P, _P.c.clock_id == _K.c.id))
        .where(_K.c.case_id.in_(wanted))
        .order_by(_K.c.id, _P.c.id)
    )  # fmt: skip
    return Prepared(clocks_of, ClockRow._make)
