"""What the internet zone holds of agencies and commissioned services, and what its pages read of it (A4.2, A16.1)."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases.tables import Application, ProjectEvent
from core.database import table_of
from core.domain.engagement_states import SERVICES, EngagementState
from core.domain.publicity import is_public_item
from core.engagements.messages import AgencyRegistered, ServiceCommissioned, ServiceDisclosed, ServiceEnded
from core.engagements.tables import PublicAgency, ToldEngagement
from core.exchange.message import Envelope, applies
from core.prepared import Prepared


@applies(AgencyRegistered)
def show_agency(session: Session, told: AgencyRegistered, envelope: Envelope) -> None:
    """Hold the agency as the register has it now."""
    del envelope
    session.merge(
        PublicAgency(
            id=told.agency_id,
            name=told.name,
            credit_code=told.credit_code,
            services=list(told.services),
            qualification=told.qualification,
            state=told.state,
        )
    )


@applies(ServiceCommissioned)
def show_commissioned(session: Session, told: ServiceCommissioned, envelope: Envelope) -> None:
    """A department commissioned a service: a line of the timeline, and the row that both pages show."""
    one = session.get_one(Application, told.application_id)
    session.merge(
        ToldEngagement(
            id=told.engagement_id,
            project_code=told.project_code,
            application_id=told.application_id,
            item_code=one.item_code,
            item_name=one.item_name,
            org_unit_name=told.org_unit_name,
            service=told.service,
            agency_name=told.agency_name,
            begins_on=told.begins_on,
            expected_on=told.expected_on,
        )
    )
    words = f"{one.item_name}：委托{told.agency_name}办理{SERVICES.get(told.service, told.service)}"
    session.merge(_line(one, envelope, words, told.org_unit_name))


@applies(ServiceEnded)
def show_ended(session: Session, told: ServiceEnded, envelope: Envelope) -> None:
    """The service was delivered or given up."""
    row = session.get_one(ToldEngagement, told.engagement_id)
    row.state, row.finding, row.ended_on = told.state, told.finding, told.ended_on
    session.add(row)
    one = session.get_one(Application, told.application_id)
    ended = "已完成" if told.state == EngagementState.DELIVERED else "已终止"
    words = f"{one.item_name}：{SERVICES.get(row.service, row.service)}（{row.agency_name}）{ended}"
    session.merge(_line(one, envelope, words, row.org_unit_name))


@applies(ServiceDisclosed)
def show_disclosed(session: Session, told: ServiceDisclosed, envelope: Envelope) -> None:
    """What everybody may read of the service beside agency and dates."""
    del envelope
    row = session.get_one(ToldEngagement, told.engagement_id)
    row.fee, row.payer, row.finding, row.report = told.fee, told.payer, told.finding, told.report
    session.add(row)


def listed_agencies(session: Session) -> Sequence[PublicAgency]:
    """The agencies that departments may commission, by name (A4.2)."""
    wanted = select(PublicAgency).where(col(PublicAgency.state) == "listed")
    return session.exec(wanted.order_by(col(PublicAgency.name))).all()


class EngagementRow(NamedTuple):
    """One commissioned service of a project, as pages show it."""

    item_code: str
    item_name: str
    org_unit_name: str
    service: str
    agency_name: str
    begins_on: date
    expected_on: date
    ended_on: date | None
    state: str
    finding: str
    fee: int | None
    payer: str
    report: str


_T = table_of(ToldEngagement)
_OF_PROJECT = Prepared(
    sa.select(*(_T.c[name] for name in EngagementRow._fields))
    .where(_T.c.project_code == sa.bindparam("code"))
    .order_by(_T.c.begins_on, _T.c.id),
    EngagementRow._make,
)


def engagements_of_project(session: Session, project_code: str) -> Sequence[EngagementRow]:
    """What was commissioned in the cases of a project, as its unit may read it, the first begun first."""
    return _OF_PROJECT.all(session, {"code": project_code})


def public_engagements(session: Session, project_code: str) -> Sequence[EngagementRow]:
    """The same as everybody may read it: no item that is not public, no finding told to the unit alone (A17.1)."""
    found = [one for one in engagements_of_project(session, project_code) if is_public_item(one.item_code)]
    return [one if one.fee is not None else one._replace(finding="") for one in found]


def _line(one: Application, envelope: Envelope, words: str, who: str) -> ProjectEvent:
    return ProjectEvent(
        id=envelope.id,
        project_code=one.project_code,
        application_id=one.id,
        at=envelope.happened_at,
        words=words,
        who=who,
        is_public=is_public_item(one.item_code),
    )
