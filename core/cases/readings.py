"""How the clocks of many cases stand, by three statements however long the list (A14.4d). Extranet."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session, col, select

from core import clocks
from core.cases.clocks import CURRENT
from core.clocks import CaseClock, CasePause
from core.domain import clock as rules
from core.domain.clock import Reading


def readings_of(session: Session, case_ids: Sequence[int], *, on: date) -> Mapping[int, Reading]:
    """The clock that matters now of each case, read on a date: what `core.cases.clocks.current` finds for one."""
    rows: dict[int, list[CaseClock]] = {}
    for row in session.exec(
        select(CaseClock).where(col(CaseClock.case_id).in_(case_ids)).order_by(col(CaseClock.id))
    ).all():
        rows.setdefault(row.case_id, []).append(row)
    current = {case_id: _current(found) for case_id, found in rows.items()}
    pauses: dict[int, list[CasePause]] = {}
    wanted = [row.id for row in current.values()]
    for pause in session.exec(
        select(CasePause).where(col(CasePause.clock_id).in_(wanted)).order_by(col(CasePause.id))
    ).all():
        pauses.setdefault(pause.clock_id, []).append(pause)
    days = clocks.calendar(session)
    return {
        case_id: rules.reading(clocks.as_rule(row, pauses.get(row.id or 0, ())), on, days)
        for case_id, row in current.items()
    }


def _current(rows: Sequence[CaseClock]) -> CaseClock:
    running = {row.kind: row for row in rows if row.stopped_on is None}
    return next((running[kind] for kind in CURRENT if kind in running), rows[-1])
