"""What the internet zone is told of a commissioned service when it ends, and what everybody may read of it (A16.1)."""

from datetime import datetime

from sqlmodel import Session

from core.clocks import business_date
from core.engagements.messages import ServiceDisclosed, ServiceEnded
from core.engagements.tables import Engagement
from core.exchange.outbox import send


def tell_ended(session: Session, row: Engagement, *, at: datetime) -> None:
    """The service was delivered, given up, or ended with its case."""
    told = ServiceEnded(
        project_code=row.project_code,
        engagement_id=row.id,
        application_id=row.application_id,
        state=row.state,
        finding=row.finding,
        ended_on=row.ended_on or business_date(at),
        at=at,
    )
    send(session, told, at=at)
    tell_disclosed(session, row, at=at)


def tell_disclosed(session: Session, row: Engagement, *, at: datetime) -> None:
    """What the public page shows of it beside agency and dates: fee, payer, and of a delivered one what it found."""
    told = ServiceDisclosed(
        project_code=row.project_code,
        engagement_id=row.id,
        fee=row.fee,
        payer=row.payer,
        finding=row.finding,
        report=row.report,
        at=at,
    )
    send(session, told, at=at)
