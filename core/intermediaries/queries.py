"""Commissioned services as officers and supervisors list them (A9.1, A16.1). Extranet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.database import table_of
from core.domain.engagement_states import EngagementState
from core.domain.policy import Actor, reach
from core.engagements.tables import Engagement
from core.organisations import units_within
from core.projects.links import bears
from core.projects.tables import Project

_E, _P = table_of(Engagement), table_of(Project)
PAGE = 20
OVERDUE = "overdue"


class EngagementRow(NamedTuple):
    """One commissioned service in a list; the fee is in yuan."""

    case_id: int
    service: str
    agency_name: str
    org_unit: str
    item_name: str
    state: str
    selection: str
    fee: int
    payer: str
    begins_on: date
    expected_on: date
    ended_on: date | None
    ground: str
    finding: str
    project_code: str
    project_name: str


@dataclass(frozen=True)
class EngagementFilter:
    """What the list shows; `state` is one of the machine or "overdue": still running after it was expected."""

    words: str = ""
    state: str = ""
    service: str = ""
    page: int = 1


def engagements_page(
    session: Session, actor: Actor, chosen: EngagementFilter, *, today: date
) -> Sequence[EngagementRow]:
    """The services that units within reach commissioned, the newest first; one row more if there is a next page."""
    wanted = (
        sa.select(
            _E.c.case_id, _E.c.service, _E.c.agency_name, _E.c.org_unit, _E.c.item_name, _E.c.state, _E.c.selection,
            _E.c.fee, _E.c.payer, _E.c.begins_on, _E.c.expected_on, _E.c.ended_on, _E.c.ground, _E.c.finding,
            _P.c.code, _P.c.name,
        )
        .select_from(_E.join(_P, _P.c.code == _E.c.project_code))
        .where(_E.c.org_unit.in_(units_within(session, reach(actor, "engagement.see"))))
        .order_by(_E.c.commissioned_at.desc(), _E.c.id.desc())
        .limit(PAGE + 1)
        .offset((max(chosen.page, 1) - 1) * PAGE)
    )  # fmt: skip
    if chosen.words:
        columns = (_E.c.agency_name, _E.c.item_name)
        wanted = wanted.where(bears(session, chosen.words, columns, _P.c.code))
    if chosen.service:
        wanted = wanted.where(_E.c.service == chosen.service)
    if chosen.state == OVERDUE:
        wanted = wanted.where(_E.c.state == EngagementState.RUNNING, _E.c.expected_on < today)
    elif chosen.state:
        wanted = wanted.where(_E.c.state == chosen.state)
    return [EngagementRow._make(row) for row in session.connection().execute(wanted).all()]


def engagements_of_case(session: Session, case_id: int) -> Sequence[Engagement]:
    """What was commissioned in a case, the newest first."""
    wanted = select(Engagement).where(col(Engagement.case_id) == case_id)
    return session.exec(wanted.order_by(col(Engagement.commissioned_at).desc(), col(Engagement.id).desc())).all()
