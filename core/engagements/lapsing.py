"""Commissioned services as their case sees them: what still runs, and that it ends with the case (A16.1). Extranet."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.clocks import business_date
from core.domain.engagement_states import ENGAGEMENT, SERVICES, EngagementState
from core.domain.policy import PLATFORM, Role
from core.engagements.tables import Engagement
from core.engagements.telling import tell_ended
from core.trace import step


def running_of_case(session: Session, case_id: int) -> Sequence[Engagement]:
    """The services commissioned in a case that are neither delivered nor given up."""
    of_case = col(Engagement.case_id) == case_id, col(Engagement.state) == EngagementState.RUNNING
    return session.exec(select(Engagement).where(*of_case).order_by(col(Engagement.id))).all()


def lapse_services(session: Session, case_id: int, *, at: datetime) -> None:
    """The case has ended: nobody waits for its services any more, and both zones learn that they are over (A16.1)."""
    for row in running_of_case(session, case_id):
        words = f"{row.agency_name}，{SERVICES[row.service]}：办件已结束"
        step(session, ENGAGEMENT, row, "lapse", by=PLATFORM, held=frozenset({Role.PLATFORM}), at=at, reason=words)
        row.ended_on, row.result = business_date(at), "办件已结束，委托随之终止"
        session.add(row)
        tell_ended(session, row, at=at)
