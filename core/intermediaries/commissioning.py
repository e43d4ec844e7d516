"""Commissioning (委托中介服务) in a case: service, agency, dates, fee, result, and the clock with it (A15.2, A16.1)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from core import clocks
from core.cases import handling
from core.cases.moves import held_by
from core.cases.tables import Case
from core.clocks import CasePause, business_date
from core.domain.case_states import CaseState
from core.domain.engagement_states import (
    COMMISSION_GROUNDS,
    ENGAGEMENT,
    FINDING_WORDS,
    SERVICES,
    AgencyState,
    EngagementFacts,
    Finding,
    faults_of_commission,
    faults_of_result,
)
from core.domain.policy import Actor, Role
from core.domain.secrecy import refuse_classified
from core.engagements.messages import ServiceCommissioned
from core.engagements.tables import Agency, Engagement
from core.engagements.telling import tell_disclosed, tell_ended
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from core.exchange.outbox import send
from core.organisations import organisations
from core.trace import record, step


@dataclass(frozen=True)
class Commission:
    """What is commissioned, as the form gives it: the fee in yuan, `payer` of PAYERS; without `ground` time counts."""

    service: str
    agency_id: str
    selection: str
    fee: int | None
    begins_on: date | None
    expected_on: date | None
    ground: str = ""
    payer: str = "department"


def commission(
    session: Session, case: Case, wanted: Commission, *, by: Actor, at: datetime, seen: int | None = None
) -> Engagement:
    """Commission a service from a listed agency and, on a ground the guide allows, pause the clock with it.

    The pause is the handler's ordinary act and happens in the same transaction. Refuses every gap at once, a case that
    is not being handled, and everybody but its handlers. A15.2, A16.1.
    """
    if Role.HANDLER not in held_by(by, case):
        raise NotAllowed("委托中介服务由本件承办人办理", article="A16.1")
    if case.state != CaseState.IN_HANDLING:
        raise RuleRefusal("办理中的办件才能委托中介服务", article="A16.1")
    agency = _checked(session, case, wanted, today=business_date(at))
    if wanted.begins_on is None or wanted.expected_on is None:
        raise RuleRefusal("请填写委托日期和预计完成日期", article="A16.1")
    row = Engagement(
        case_id=case.id or 0,
        application_id=case.application_id,
        project_code=case.project_code,
        item_name=case.item_name,
        org_unit=case.org_unit,
        service=wanted.service,
        agency_id=agency.id,
        agency_name=agency.name,
        selection=wanted.selection,
        fee=wanted.fee or 0,
        payer=wanted.payer,
        begins_on=wanted.begins_on,
        expected_on=wanted.expected_on,
        ground=wanted.ground,
        commissioned_by=by.name,
        commissioned_at=at,
    )
    words = f"委托{agency.name}，{SERVICES[wanted.service]}"
    if wanted.ground:
        handling.pause(
            session, case, ground=wanted.ground, expected_on=wanted.expected_on, reason=words, by=by, at=at, seen=seen
        )
        row.pause_id = _open_pause(session, case)
    session.add(row)
    session.flush()
    record(
        session, "engagement.commission", *row.trace_name()[:2], "委托中介服务",
        by=by, at=at, project_code=row.project_code, reason=words,
    )  # fmt: skip
    told = ServiceCommissioned(
        project_code=row.project_code,
        engagement_id=row.id,
        application_id=row.application_id,
        org_unit_name=organisations(session).unit_name(row.org_unit),
        service=row.service,
        agency_name=row.agency_name,
        begins_on=row.begins_on,
        expected_on=row.expected_on,
        at=at,
    )
    send(session, told, at=at)
    tell_disclosed(session, row, at=at)
    return row


def deliver(
    session: Session, case: Case, row: Engagement, *, finding: str, result: str, report: str, by: Actor, at: datetime,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Enter what the service found; the pause it opened ends with it, if nobody ended it before (A15.2, A16.1).

    `report` is the title of what was delivered, public like the finding; `result` is for the department.
    """
    if faults := faults_of_result(finding=finding, result=result, report=report):
        raise FormRefusal(faults, article="A16.1")
    refuse_classified({"report": report})
    words = f"{row.agency_name}，{SERVICES[row.service]}：{FINDING_WORDS[Finding(finding)]}"
    facts = EngagementFacts(finding, result.strip())
    step(session, ENGAGEMENT, row, "deliver", facts, by=by, held=held_by(by, case), at=at, seen=seen, reason=words)
    row.finding, row.result, row.report = finding, result.strip(), report.strip()
    _end(session, case, row, by=by, at=at)


def cancel(
    session: Session, case: Case, row: Engagement, *, result: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Give a commission up, with the reason; its pause ends with it (A15.2, A16.1)."""
    if len(result.strip()) < 2:
        raise RuleRefusal("请写明终止委托的原因", field="result", article="A16.1")
    words = f"{row.agency_name}，{SERVICES[row.service]}：{result.strip()}"
    step(session, ENGAGEMENT, row, "cancel", by=by, held=held_by(by, case), at=at, seen=seen, reason=words)
    row.result = result.strip()
    _end(session, case, row, by=by, at=at)


def grounds_of_commission(session: Session, case: Case) -> dict[str, str]:
    """The grounds on which a commission may pause this clock, by its guide; none while it rests (A15.2)."""
    if case.is_paused:
        return {}
    allowed = handling.allowed_grounds(session, case)
    return {code: name for code, name in allowed.items() if code in COMMISSION_GROUNDS}


def _checked(session: Session, case: Case, wanted: Commission, *, today: date) -> Agency:
    agency = session.get(Agency, wanted.agency_id) if wanted.agency_id else None
    listed = agency is not None and agency.state == AgencyState.LISTED
    faults = faults_of_commission(
        service=wanted.service,
        services=agency.services if agency and listed else (),
        selection=wanted.selection,
        fee=wanted.fee,
        payer=wanted.payer,
        begins_on=wanted.begins_on,
        expected_on=wanted.expected_on,
        today=today,
    )
    if not listed:
        faults["agency_id"] = "请选择名录中的中介机构"
    if wanted.ground and wanted.ground not in grounds_of_commission(session, case):
        faults["ground"] = "本事项办事指南没有列明这个理由，或已在暂停计时"
    if faults or agency is None:
        raise FormRefusal(faults, article="A16.1")
    return agency


def _end(session: Session, case: Case, row: Engagement, *, by: Actor, at: datetime) -> None:
    row.ended_on = business_date(at)
    session.add(row)
    if row.pause_id is not None and row.pause_id == _open_pause(session, case):
        handling.resume(session, case, by=by, at=at)
    tell_ended(session, row, at=at)


def _open_pause(session: Session, case: Case) -> int | None:
    """The pause of the handling clock that has not ended, if there is one."""
    clock = clocks.running(session, case.id or 0, "handling")
    pauses: list[CasePause] = [one for one in clocks.pauses_of(session, clock) if one.ends_on is None] if clock else []
    return pauses[-1].id if pauses else None
