"""Correcting (更正) and revoking (撤销) a concluded decision: a new decision that names the old one (A14.5).

Proposed with a document of its own and signed by others, level by level like the first. The old decision stays in the
file. Whether the project's completion outlives it is for `core.cases.completing` to say.
"""

from datetime import datetime

from sqlmodel import Session

from core.cases import handling, notices, sign_off
from core.cases.completing import judge_anew
from core.cases.facts import CORRECTION, REVOCATION, decision_of, guide_of, proposal_of
from core.cases.handling import Proposal
from core.cases.messages import DecisionAmended
from core.cases.moves import move_case
from core.cases.notice_voiding import last_of_kind, mark_void, void_by_platform
from core.cases.tables import Application, Case, Decision, Message, ProjectEvent
from core.clocks import business_date
from core.copies.copying import Decided, copy_decision
from core.disclosure import publishing
from core.documents.notice_facts import NoticeKind
from core.domain.case_states import FAVOURABLE, OUTCOME_WORDS, Outcome
from core.domain.policy import PLATFORM, Actor
from core.errors import FormRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.projects.tables import DeclaredProject, Project

_PROPOSES = {CORRECTION: "propose_correction", REVOCATION: "propose_revocation"}
_SIGNS = {CORRECTION: "correct", REVOCATION: "revoke"}


def propose_amendment(
    session: Session, case: Case, kind: str, proposal: Proposal, *, by: Actor, at: datetime, seen: int | None = None
) -> Decision:
    """Propose to correct or revoke the decision, with number, title, date and scan of the new document and the reason.

    Refuses every gap at once; a correction that turns yes into no or no into yes is a revocation and a new decision.
    """
    before = decision_of(session, case)
    errors = handling.document_gaps(session, case, proposal, on=business_date(at))
    if len(proposal.reasons.strip()) < 5:
        errors["reasons"] = "请写明理由，项目单位会看到"
    if kind == CORRECTION and before is not None:
        errors |= _changed_sense(before, proposal)
    if errors:
        raise FormRefusal(errors, article="A14.5")
    move_case(session, case, _PROPOSES[kind], by=by, at=at, seen=seen, reason=proposal.reasons.strip())
    made = handling.decision_from(case, proposal, by=by, at=at)
    made.kind, made.amends_id = kind, before.id if before else None
    if kind == REVOCATION:
        made.outcome, made.conditions = Outcome.REVOKED, ""
    case.amendment = kind
    session.add(made)
    sign_off.begin_levels(session, case)
    session.flush()
    return made


def sign_amendment(
    session: Session, case: Case, kind: str, *, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Sign the correction or revocation: it is the decision now, told, disclosed and copied at once (A14.5, A17.1).

    Refuses while a level of review is open, and the signature of the proposer or a reviewer.
    """
    proposal = proposal_of(session, case)
    before = decision_of(session, case)
    move = move_case(session, case, _SIGNS[kind], by=by, at=at, seen=seen, reason=proposal.reasons if proposal else "")
    if proposal is None:
        return
    sign_off.note(session, case, sign_off.AGREED, "", by=by, at=at)
    proposal.state = "decided"
    proposal.approved_by, proposal.approver_name, proposal.approved_at = by.id, by.name, at
    if before is not None:
        before.state = "corrected" if kind == CORRECTION else "revoked"
        session.add(before)
    case.outcome, case.amendment = proposal.outcome, ""
    session.add_all([proposal, case])
    session.flush()
    number = before.document_number if before else ""
    if kind == REVOCATION:
        number = _revoke_notice(session, case, proposal, number, at=at)
    done = "更正" if kind == CORRECTION else "撤销"
    why = f"{case.item_name}的决定已由{proposal.document_number}{done}"
    reopens = judge_anew(session, case.project_code, reason=why, at=at)
    send(session, _told(case, proposal, number, reopens, at=at), at=at)
    _replace_notice(session, case, move.notice, proposal, number, by=by, at=at)
    publishing.amend_result(session, case.id or 0, _amendment(proposal, number), at=at)
    copy_decision(
        session, session.get_one(Project, case.project_code), guide_of(session, case), _decided(case, proposal, number),
        at=at,
    )  # fmt: skip


def _changed_sense(before: Decision, proposal: Proposal) -> dict[str, str]:
    if (before.outcome in FAVOURABLE) == (proposal.outcome in FAVOURABLE):
        return {}
    return {"outcome": "更正不能改变准予与否。结论有误的，请撤销后由项目单位重新申请"}


def _revoke_notice(session: Session, case: Case, proposal: Decision, number: str, *, at: datetime) -> str:
    """Of a filing, the certificate is what is revoked: it becomes void. The number of what was revoked."""
    certificate = last_of_kind(session, NoticeKind.FILING, project_code=case.project_code, case=case)
    void_by_platform(session, certificate, reason=f"备案已由{proposal.document_number}撤销", at=at)
    return number or (certificate.number if certificate else "")


def _replace_notice(
    session: Session, case: Case, kind: str, proposal: Decision, number: str, *, by: Actor, at: datetime
) -> None:
    """Tell of the new decision by a notice that names the old one; the notice of the old one becomes void (A14.5)."""
    before = last_of_kind(session, NoticeKind(kind), project_code=case.project_code, case=case)
    made = notices.issue_for_case(session, kind, case, at=at, by=by, decision=proposal, amends_number=number)
    if before is not None:
        done = "更正" if proposal.kind == CORRECTION else "撤销"
        reason = f"所载决定已由{proposal.document_number}{done}"
        mark_void(session, before, reason=reason, successor=made, by=PLATFORM, at=at)


def _amendment(proposal: Decision, amends_number: str) -> publishing.Amendment:
    return publishing.Amendment(
        kind="corrected" if proposal.kind == CORRECTION else "revoked",
        amends_number=amends_number,
        outcome=proposal.outcome,
        document_number=proposal.document_number,
        document_title=proposal.document_title,
        document_on=proposal.document_on,
    )


def _decided(case: Case, proposal: Decision, amends_number: str) -> Decided:
    return Decided(
        case_id=case.id or 0,
        org_unit=case.org_unit,
        item_name=case.item_name,
        outcome=proposal.outcome,
        document_number=proposal.document_number,
        document_title=proposal.document_title,
        document_on=proposal.document_on,
        digest=proposal.scan_digest,
        size=proposal.scan_size,
        amendment="corrected" if proposal.kind == CORRECTION else "revoked",
        amends_number=amends_number,
    )


def _told(case: Case, proposal: Decision, amends_number: str, reopens: bool, *, at: datetime) -> DecisionAmended:
    return DecisionAmended(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        amendment="corrected" if proposal.kind == CORRECTION else "revoked",
        amends_number=amends_number,
        outcome=proposal.outcome,
        conditions=proposal.conditions,
        reasons=proposal.reasons,
        document_number=proposal.document_number,
        document_title=proposal.document_title,
        document_on=proposal.document_on,
        document_digest=proposal.scan_digest,
        document_size=proposal.scan_size,
        reopens_project=reopens,
    )


@applies(DecisionAmended)
def show_amended(session: Session, told: DecisionAmended, envelope: Envelope) -> None:
    """Internet zone: the unit reads the new decision and what it does to the old one (A14.5)."""
    one = session.get_one(Application, told.application_id)
    is_revoked = told.amendment == "revoked"
    one.amendment, one.amends_number = told.amendment, told.amends_number
    one.outcome = "" if is_revoked else told.outcome
    one.state = "revoked" if is_revoked else one.state
    one.reason, one.conditions = told.reasons, told.conditions
    one.document_number, one.document_title, one.document_on = (
        told.document_number,
        told.document_title,
        told.document_on,
    )
    one.document_digest, one.document_size = told.document_digest, told.document_size
    one.version += 1
    project = session.get_one(DeclaredProject, told.project_code)
    if told.reopens_project:
        project.state, project.completed_at = "in_approval", None
    session.add_all([one, project])
    done = "撤销" if is_revoked else "更正"
    words = f"{one.item_name}：{told.amends_number or OUTCOME_WORDS[Outcome.FILED]}由{told.document_number}{done}"
    session.merge(
        ProjectEvent(
            id=envelope.id,
            project_code=project.code,
            application_id=one.id,
            at=told.at,
            words=words[:400],
            who=one.org_unit_name,
            is_public=one.is_public,
        )
    )
    session.merge(
        Message(
            id=envelope.id,
            credit_code=project.credit_code,
            project_code=project.code,
            at=told.at,
            words=f"{words}。理由：{told.reasons}"[:1000],
            href=f"/projects/{project.code}/applications/{one.id}",
            wants_action=is_revoked,
        )
    )
