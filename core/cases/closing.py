"""Conclusion (办结): the decision, its disclosure, and the project's completion (A14.4a, A14.5, A17.1). Extranet."""

from datetime import datetime

from sqlmodel import Session, col, select

from core.cases import clocks as case_clocks
from core.cases import notices
from core.cases.facts import proposal_of
from core.cases.messages import CaseConcluded
from core.cases.moves import move_case
from core.cases.tables import Case, Decision, Notice
from core.clocks import business_date
from core.disclosure import publishing
from core.domain.case_states import FAVOURABLE, OPEN_STATES, CaseState, Outcome
from core.domain.policy import PLATFORM, Actor, Role
from core.domain.project_states import PROJECT, ProjectFacts, ProjectState, still_open
from core.domain.publicity import is_public_item
from core.errors import RuleRefusal
from core.exchange.outbox import send
from core.projects.messages import ProjectConcluded
from core.projects.tables import DueItem, Project
from core.trace import step


def approve(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Sign off the proposal: it is the decision now, the clock stops, the result is in the platform at once.

    Refuses the proposer's own signature. A14.4a, A14.5.
    """
    proposal = proposal_of(session, case)
    if proposal is None and case.state == CaseState.AWAITING_SIGN_OFF:
        raise RuleRefusal("没有待签批的拟办意见", article="A14.4a")
    move_case(session, case, "approve", by=by, at=at, seen=seen, reason=proposal.opinion if proposal else "")
    if proposal is None:
        return
    proposal.state = "decided"
    proposal.approved_by, proposal.approver_name, proposal.approved_at = by.id, by.name, at
    session.add(proposal)
    _conclude(session, case, proposal.outcome, at=at, reason=proposal.reasons)
    send(session, _told(session, case, proposal, at=at), at=at)
    publishing.publish_result(session, _project(session, case), _result_of(case, proposal), at=at)
    complete_if_due(session, case.project_code, at=at)


def conclude_filing(session: Session, case: Case, certificate: Notice, *, at: datetime) -> None:
    """What follows a recorded filing: the certificate is its result, disclosed like any other (A14.3, A17.1)."""
    _conclude(session, case, Outcome.FILED, at=at, reason="")
    told = CaseConcluded(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        outcome=Outcome.FILED,
        conditions="",
        reasons="",
        document_number=certificate.number,
        document_title=f"{case.item_name}证明",
        document_on=business_date(at),
        document_digest=certificate.digest,
        document_size=certificate.size,
        is_public=is_public_item(case.item_code),
        clock=case_clocks.told_current(session, case),
    )
    send(session, told, at=at)
    result = publishing.Result(
        case_id=case.id or 0,
        org_unit=case.org_unit,
        item_code=case.item_code,
        item_name=case.item_name,
        item_kind=case.item_kind,
        outcome=Outcome.FILED,
        document_number=certificate.number,
        document_title=f"{case.item_name}证明",
        document_on=business_date(at),
    )
    publishing.publish_result(session, _project(session, case), result, at=at)
    complete_if_due(session, case.project_code, at=at)


def complete_if_due(session: Session, project_code: str, *, at: datetime) -> None:
    """When the last due item is concluded the platform issues the 办结通知书 and tells the unit (A14.5).

    The project is locked first: of two departments that conclude the last two items at the same moment, the second
    sees what the first did.
    """
    session.flush()
    # NO KEY UPDATE: both already hold the share of the key that a case's foreign key takes.
    project = session.get_one(Project, project_code, with_for_update={"key_share": True}, populate_existing=True)
    facts = project_facts(session, project_code)
    if project.state != ProjectState.IN_APPROVAL or still_open(facts):
        return
    event = "complete_denied" if facts.denied else "complete"
    move = step(session, PROJECT, project, event, facts, by=PLATFORM, held=frozenset({Role.PLATFORM}), at=at)
    project.completed_at = at
    session.add(project)
    send(session, ProjectConcluded(project_code=project_code, state=project.state, concluded_at=at), at=at)
    notices.issue_completion(session, move.notice, project, at=at)


def project_facts(session: Session, project_code: str) -> ProjectFacts:
    """How many items are due, how many concluded by their latest case, how many of these denied (A14.5)."""
    due = session.exec(
        select(DueItem.item_code).where(col(DueItem.project_code) == project_code, col(DueItem.dropped_on).is_(None))
    ).all()
    outcomes: dict[str, str] = {}
    for item_code, state, outcome in session.exec(
        select(Case.item_code, Case.state, Case.outcome)
        .where(col(Case.project_code) == project_code)
        .order_by(col(Case.id))
    ).all():
        if outcomes.get(item_code) in FAVOURABLE or (state not in OPEN_STATES and not outcome):
            continue  # what ended without a decision leaves the earlier one standing
        outcomes[item_code] = outcome if state == CaseState.CONCLUDED else ""
    concluded = [outcomes[code] for code in due if outcomes.get(code)]
    return ProjectFacts(
        due=len(due),
        concluded=len(concluded),
        denied=sum(outcome not in FAVOURABLE for outcome in concluded),
    )


def _conclude(session: Session, case: Case, outcome: str, *, at: datetime, reason: str) -> None:
    case.outcome = outcome
    case.concluded_at = at
    case.end_reason = reason
    case_clocks.stop(session, case, "preliminary", "acceptance", "handling", on=business_date(at))


def _project(session: Session, case: Case) -> Project:
    return session.get_one(Project, case.project_code)


def _told(session: Session, case: Case, decision: Decision, *, at: datetime) -> CaseConcluded:
    return CaseConcluded(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        outcome=decision.outcome,
        conditions=decision.conditions,
        reasons=decision.reasons,
        document_number=decision.document_number,
        document_title=decision.document_title,
        document_on=decision.document_on,
        document_digest=decision.scan_digest,
        document_size=decision.scan_size,
        is_public=is_public_item(case.item_code),
        clock=case_clocks.told_current(session, case),
    )


def _result_of(case: Case, decision: Decision) -> publishing.Result:
    return publishing.Result(
        case_id=case.id or 0,
        org_unit=case.org_unit,
        item_code=case.item_code,
        item_name=case.item_name,
        item_kind=case.item_kind,
        outcome=decision.outcome,
        document_number=decision.document_number,
        document_title=decision.document_title,
        document_on=decision.document_on,
    )
