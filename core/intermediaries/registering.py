"""The register of agencies (中介机构名录): listed and removed by coordinators, told at once (A16.1). Extranet."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.domain import credit_code as codes
from core.domain.engagement_states import AGENCY, SERVICES
from core.domain.policy import Actor, Role, reach
from core.engagements.messages import AgencyRegistered
from core.engagements.tables import Agency
from core.errors import Absent, FormRefusal, NotAllowed, RuleRefusal
from core.exchange.outbox import send
from core.organisations import organisations, reaches
from core.trace import record, step


def list_agency(
    session: Session, *, name: str, credit_code: str, services: Sequence[str], qualification: str, by: Actor,
    at: datetime,
) -> Agency:  # fmt: skip
    """Put an agency into the register and tell the internet zone (A16.1).

    Refuses, each beside its field: no name, a wrong credit code or one that is listed, no service of the list.
    """
    faults: dict[str, str] = {}
    if len(name.strip()) < 2:
        faults["name"] = "请填写机构名称"
    try:
        credit_code = codes.parse(credit_code)
    except RuleRefusal as refusal:
        faults["credit_code"] = refusal.words
    if session.exec(select(Agency.id).where(col(Agency.credit_code) == credit_code)).first():
        faults["credit_code"] = "这家机构已在名录中"
    if not services or not set(services) <= set(SERVICES):
        faults["services"] = "请选择这家机构能提供的服务"
    if faults:
        raise FormRefusal(faults, article="A16.1")
    agency = Agency(
        name=name.strip(),
        credit_code=credit_code,
        services=[one for one in SERVICES if one in set(services)],
        qualification=qualification.strip(),
        org_unit=next(grant.org_unit for grant in by.grants if grant.role is Role.COORDINATOR),
        listed_at=at,
    )
    session.add(agency)
    session.flush()
    record(session, "agency.list", "agency", agency.id, "列入中介机构名录", by=by, at=at, reason=agency.name)
    _tell(session, agency, at=at)
    return agency


def delist(session: Session, agency: Agency, *, reason: str, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Remove an agency: it can't be commissioned any more; what it does already goes on (A16.1)."""
    if len(reason.strip()) < 2:
        raise RuleRefusal("请写明移出名录的原因", field="reason", article="A16.1")
    step(session, AGENCY, agency, "delist", by=by, held=_held(session, by, agency), at=at, seen=seen,
         reason=f"{agency.name}：{reason.strip()}")  # fmt: skip
    agency.delisted_reason = reason.strip()
    _tell(session, agency, at=at)


def relist(session: Session, agency: Agency, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """List an agency again (A16.1)."""
    step(session, AGENCY, agency, "relist", by=by, held=_held(session, by, agency), at=at, seen=seen,
         reason=agency.name)  # fmt: skip
    agency.delisted_reason = ""
    _tell(session, agency, at=at)


def agencies(session: Session) -> Sequence[Agency]:
    """The whole register, those listed first, by name."""
    return session.exec(select(Agency).order_by(col(Agency.state).desc(), col(Agency.name))).all()


def agency_to_keep(session: Session, actor: Actor, agency_id: str) -> Agency:
    """An agency that this coordinator keeps: listed by a unit of their region (A9.1)."""
    agency = session.get(Agency, agency_id)
    if agency is None:
        raise Absent("没有找到这家机构")
    if not reaches(session, reach(actor, "agency.keep"), agency.org_unit):
        name = organisations(session).unit_name(agency.org_unit)
        raise NotAllowed(f"这家机构由{name}列入名录，由其管理", article="A16.1")
    return agency


def _held(session: Session, by: Actor, agency: Agency) -> frozenset[Role]:
    """The coordinator's role counts for agencies that their region's units listed."""
    keeps = reaches(session, reach(by, "agency.keep"), agency.org_unit)
    return frozenset({by.role, Role.COORDINATOR}) if keeps else frozenset({by.role})


def _tell(session: Session, agency: Agency, *, at: datetime) -> None:
    session.add(agency)
    told = AgencyRegistered(
        agency_id=agency.id,
        name=agency.name,
        credit_code=agency.credit_code,
        services=tuple(agency.services),
        qualification=agency.qualification,
        state=agency.state,
    )
    send(session, told, at=at)
