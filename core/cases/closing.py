"""Conclusion (办结) of a case: the decision, its document and its disclosure (A14.4a, A14.5, A17.1). Extranet."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from core.cases import clocks as case_clocks
from core.cases import notices, sign_off
from core.cases.completing import complete_if_due
from core.cases.facts import guide_of, proposal_of
from core.cases.messages import CaseConcluded
from core.cases.moves import move_case
from core.cases.tables import Case, Notice
from core.clocks import business_date
from core.consultations.asking import lapse_of_case
from core.copies.copying import Decided, copy_decision
from core.disclosure import publishing
from core.domain.case_states import CaseState, Outcome
from core.domain.policy import Actor
from core.domain.publicity import is_public_item
from core.engagements.lapsing import lapse_services
from core.errors import RuleRefusal
from core.exchange.outbox import send
from core.projects.tables import Project


@dataclass(frozen=True)
class _Document:
    """What a case is concluded with: a decision's approval document, or the certificate of a filing."""

    outcome: str
    number: str
    title: str
    on: date
    digest: str
    size: int
    conditions: str = ""
    reasons: str = ""


def approve(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Sign off the proposal: it is the decision now, the clock stops, the result is in the platform at once.

    Refuses while a level of review is open, and the signature of the proposer or a reviewer. A14.4a, A14.5.
    """
    proposal = proposal_of(session, case)
    if proposal is None and case.state == CaseState.AWAITING_SIGN_OFF:
        raise RuleRefusal("没有待签批的拟办意见", article="A14.4a")
    move = move_case(session, case, "approve", by=by, at=at, seen=seen, reason=proposal.opinion if proposal else "")
    if proposal is None:
        return
    sign_off.note(session, case, sign_off.AGREED, "", by=by, at=at)
    proposal.state = "decided"
    proposal.approved_by, proposal.approver_name, proposal.approved_at = by.id, by.name, at
    session.add(proposal)
    document = _Document(
        proposal.outcome,
        proposal.document_number,
        proposal.document_title,
        proposal.document_on,
        proposal.scan_digest,
        proposal.scan_size,
        proposal.conditions,
        proposal.reasons,
    )
    notices.issue_for_case(session, move.notice, case, at=at, by=by, decision=proposal)
    _conclude(session, case, document, at=at)


def conclude_filing(session: Session, case: Case, certificate: Notice, *, at: datetime) -> None:
    """What follows a recorded filing: the certificate is its result, disclosed like any other (A14.3, A17.1)."""
    document = _Document(
        Outcome.FILED,
        certificate.number,
        f"{case.item_name}证明",
        business_date(at),
        certificate.digest,
        certificate.size,
    )
    _conclude(session, case, document, at=at)


def _conclude(session: Session, case: Case, document: _Document, *, at: datetime) -> None:
    """The clock stops, the result goes to the unit and to the public, and the project may be complete by it."""
    case.outcome = document.outcome
    case.concluded_at = at
    case.end_reason = document.reasons
    case_clocks.stop(session, case, "preliminary", "acceptance", "handling", on=business_date(at))
    send(session, _told(session, case, document, at=at), at=at)
    project = session.get_one(Project, case.project_code)
    publishing.publish_result(session, project, _result(case, document), at=at)
    lapse_of_case(session, case.id or 0, at=at)
    lapse_services(session, case.id or 0, at=at)
    copy_decision(session, project, guide_of(session, case), _decided(case, document), at=at)
    complete_if_due(session, case.project_code, at=at)


def _decided(case: Case, document: _Document) -> Decided:
    return Decided(
        case_id=case.id or 0,
        org_unit=case.org_unit,
        item_name=case.item_name,
        outcome=document.outcome,
        document_number=document.number,
        document_title=document.title,
        document_on=document.on,
        digest=document.digest,
        size=document.size,
    )


def _told(session: Session, case: Case, document: _Document, *, at: datetime) -> CaseConcluded:
    return CaseConcluded(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        outcome=document.outcome,
        conditions=document.conditions,
        reasons=document.reasons,
        document_number=document.number,
        document_title=document.title,
        document_on=document.on,
        document_digest=document.digest,
        document_size=document.size,
        is_public=is_public_item(case.item_code),
        clock=case_clocks.told_current(session, case),
    )


def _result(case: Case, document: _Document) -> publishing.Result:
    return publishing.Result(
        case_id=case.id or 0,
        org_unit=case.org_unit,
        item_code=case.item_code,
        item_name=case.item_name,
        item_kind=case.item_kind,
        outcome=document.outcome,
        document_number=document.number,
        document_title=document.title,
        document_on=document.on,
    )
