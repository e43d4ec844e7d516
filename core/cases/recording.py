"""Late records (迟录): acts written down later than they happened, noted for good, listed for supervision (A15.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clocks
from core.cases.tables import Case, LateRecord
from core.clocks import business_date
from core.database import table_of
from core.domain.policy import Actor, reach
from core.domain.recording import ACTS, lag
from core.organisations import organisations, units_within
from core.projects.tables import Project
from core.trace import record

PAGE = 20
_L, _C, _P = table_of(LateRecord), table_of(Case), table_of(Project)


@dataclass(frozen=True)
class LateRow:
    """One late record as it is listed."""

    case_id: int
    case_number: str
    item_name: str
    project_code: str
    project_name: str
    org_unit_name: str
    act: str
    happened_on: date
    recorded_at: datetime
    lag_days: int
    officer_name: str


def note_if_late(session: Session, case: Case, act: str, *, happened_on: date, by: Actor, at: datetime) -> None:
    """Note an act that is recorded later than it happened; one recorded in time leaves no note (A15.2)."""
    days = lag(happened_on, business_date(at), clocks.calendar_at(session, case.org_unit))
    if not days:
        return
    session.add(
        LateRecord(
            case_id=case.id or 0,
            project_code=case.project_code,
            org_unit=case.org_unit,
            act=act,
            happened_on=happened_on,
            recorded_at=at,
            lag_days=days,
            officer_name=by.name,
        )
    )
    change = {"happened_on": [happened_on.isoformat(), business_date(at).isoformat()]}
    record(
        session, "case.record_late", "case", case.application_id, f"迟录{ACTS[act]}，迟 {days} 个工作日",
        by=by, at=at, project_code=case.project_code, change=change,
    )  # fmt: skip


def late_records_of(session: Session, case: Case) -> Sequence[LateRecord]:
    """What was recorded late in a case, the first first."""
    found = select(LateRecord).where(col(LateRecord.case_id) == case.id).order_by(col(LateRecord.id))
    return session.exec(found).all()


def late_records(session: Session, actor: Actor, *, page: int) -> Sequence[LateRow]:
    """What was recorded late at the units within reach, newest first; one row more if there is a next page."""
    tree = organisations(session)
    found = (
        sa.select(
            _C.c.id, _C.c.number, _C.c.item_name, _P.c.code, _P.c.name, _L.c.org_unit, _L.c.act, _L.c.happened_on,
            _L.c.recorded_at, _L.c.lag_days, _L.c.officer_name,
        )
        .select_from(_L.join(_C, _C.c.id == _L.c.case_id).join(_P, _P.c.code == _C.c.project_code))
        .where(_L.c.org_unit.in_(units_within(session, reach(actor, "late_record.see"))))
        .order_by(_L.c.id.desc())
        .limit(PAGE + 1)
        .offset((max(page, 1) - 1) * PAGE)
    )  # fmt: skip
    return [
        LateRow(row[0], row[1], row[2], row[3], row[4], tree.unit_name(row[5]), ACTS[row[6]], *row[7:])
        for row in session.connection().execute(found).all()
    ]
