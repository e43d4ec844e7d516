"""What the internet zone is told of change requests, and the new code after a major change (A12.2, A14.1e)."""

from datetime import datetime

from sqlmodel import Session

from core.cases.tables import Message, ProjectEvent
from core.changes import messages as told_by
from core.changes.tables import ChangeRequest
from core.clocks import business_date
from core.documents.materials import current_materials
from core.documents.tables import Material
from core.domain.change_states import KIND_WORDS, WITH_FACTS, ChangeKind, ChangeState
from core.domain.policy import PLATFORM
from core.domain.project_states import ProjectState
from core.exchange.message import Envelope, applies, mends
from core.exchange.outbox import send
from core.projects.codes import issue_code
from core.projects.declaring import without_identity_numbers
from core.projects.link_tables import PublicProjectLink
from core.projects.messages import ProjectDeclared
from core.projects.tables import DeclaredProject
from core.trace import record


@applies(told_by.ChangeReturned)
def show_returned(session: Session, told: told_by.ChangeReturned, envelope: Envelope) -> None:
    """The request came back with what is to be amended."""
    request = _answered(session, told, ChangeState.RETURNED)
    request.withdrawn_at = None
    _tell(session, request, told, envelope, f"申请已退回修改。{told.words}", is_public=False, wants_action=True)


@applies(told_by.ChangeRefused)
def show_refused(session: Session, told: told_by.ChangeRefused, envelope: Envelope) -> None:
    """The request was not granted."""
    request = _answered(session, told, ChangeState.REFUSED)
    _tell(session, request, told, envelope, f"申请不予同意。{told.words}", is_public=False)


@applies(told_by.ChangeTakenBack)
def show_taken_back(session: Session, told: told_by.ChangeTakenBack, envelope: Envelope) -> None:
    """The request ended because the unit withdrew it."""
    request = _answered(session, told, ChangeState.WITHDRAWN)
    _tell(session, request, told, envelope, "申请已撤回", is_public=False)


@mends(told_by.ChangeSubmitted)
def show_submission_refused(session: Session, told: told_by.ChangeSubmitted, envelope: Envelope, reason: str) -> None:
    """The extranet would not take the request in; it may be amended and submitted again."""
    request = session.get_one(ChangeRequest, told.change_id)
    if request.state == ChangeState.SUBMITTED:
        back = told_by.ChangeReturned(
            project_code=told.project_code, change_id=told.change_id, decider="平台", words=reason,
            at=session.info.get("now", envelope.happened_at),
        )  # fmt: skip
        show_returned(session, back, envelope)


@mends(told_by.ChangeWithdrawn)
def show_withdrawal_refused(session: Session, told: told_by.ChangeWithdrawn, envelope: Envelope, reason: str) -> None:
    """The request goes on."""
    request = session.get_one(ChangeRequest, told.change_id)
    request.withdrawn_at = None
    request.version += 1
    session.add(request)
    at = session.info.get("now", envelope.happened_at)
    still = told_by.ChangeReturned(
        project_code=told.project_code, change_id=told.change_id, decider="平台", words=reason, at=at
    )
    _tell(session, request, still, envelope, f"申请的撤回没有生效。{reason}", is_public=False, wants_action=True)


@applies(told_by.ChangeGranted)
def show_granted(session: Session, told: told_by.ChangeGranted, envelope: Envelope) -> None:
    """The request was granted: the facts or the state of the project are others since."""
    request = _answered(session, told, ChangeState.GRANTED)
    project = session.get_one(DeclaredProject, told.project_code)
    project.state = told.project_state
    if request.kind in WITH_FACTS and request.facts is not None:
        project.facts = dict(request.facts)
        project.name = str(request.facts["project_name"])
        project.unit_name = str(request.facts["unit_name"])
    project.version += 1
    session.add(project)
    _tell(session, request, told, envelope, "申请已同意")


@applies(told_by.MajorChangeGranted)
def declare_anew(session: Session, told: told_by.MajorChangeGranted, envelope: Envelope) -> None:
    """Issue the new code, declare the altered facts under it, and link both codes (A11.1, A12.2)."""
    request = session.get_one(ChangeRequest, told.change_id)
    if request.new_code:
        return
    old = session.get_one(DeclaredProject, told.project_code)
    new = _declared_anew(session, request, old, at=told.at)
    _answered(session, told, ChangeState.SUPERSEDED)
    request.new_code = new.code
    old.state = ProjectState.SUPERSEDED
    old.version += 1
    session.add(old)
    session.add(PublicProjectLink(old_code=old.code, new_code=new.code, linked_at=told.at))
    for one in current_materials(session, old.code):
        given = one.model_dump(exclude={"id", "project_code"})
        session.add(Material(**given, project_code=new.code))
    issued = told_by.NewCodeIssued(
        project_code=new.code,
        credit_code=new.credit_code,
        change_id=request.id,
        superseded_code=old.code,
        issued_at=told.at,
    )
    send(session, issued, at=told.at)
    _tell(session, request, told, envelope, f"申请已同意，重新赋码：{new.code}")


def _declared_anew(session: Session, request: ChangeRequest, old: DeclaredProject, *, at: datetime) -> DeclaredProject:
    facts = {**(request.facts or old.facts), "supersedes_code": old.code}
    code = str(
        issue_code(
            session,
            year=business_date(at).year,
            region=str(facts["region_code"]),
            industry=str(facts["industry_division"]),
            project_type=str(facts["project_type"]),
        )
    )
    new = DeclaredProject(
        code=code,
        credit_code=old.credit_code,
        unit_name=str(facts["unit_name"]),
        name=str(facts["project_name"]),
        project_type=str(facts["project_type"]),
        region_code=str(facts["region_code"]),
        industry=str(facts["industry_division"]),
        facts=facts,
        declared_at=at,
    )
    told = ProjectDeclared(
        project_code=code,
        credit_code=new.credit_code,
        unit_name=new.unit_name,
        facts=without_identity_numbers(facts),
        declared_at=at,
    )
    new.message_id = send(session, told, at=at)
    session.add(new)
    session.flush()
    record(
        session, "project.declare", "project", code, f"重大变更，重新赋码，原代码 {old.code}", by=PLATFORM, at=at,
        project_code=code,
    )  # fmt: skip
    return new


def _answered(session: Session, told: told_by.ChangeMessage, state: ChangeState) -> ChangeRequest:
    request = session.get_one(ChangeRequest, told.change_id)
    request.state = state
    request.decider, request.decision, request.decided_at = told.decider, told.words, told.at
    request.version += 1
    session.add(request)
    return request


def _tell(
    session: Session, request: ChangeRequest, told: told_by.ChangeMessage, envelope: Envelope, words: str, *,
    is_public: bool = True, wants_action: bool = False,
) -> None:  # fmt: skip
    """A line of the project's timeline, which everybody reads when it was granted, and word to the unit."""
    project = session.get_one(DeclaredProject, told.project_code)
    said = f"项目{KIND_WORDS[ChangeKind(request.kind)]}{words}"
    line = said.partition("。")[0] if is_public else said[:400]
    session.merge(
        ProjectEvent(
            id=envelope.id, project_code=project.code, at=told.at, words=line, who=told.decider, is_public=is_public
        )
    )
    session.merge(
        Message(
            id=envelope.id,
            credit_code=project.credit_code,
            project_code=project.code,
            at=told.at,
            words=said[:1000],
            href=f"/projects/{project.code}/changes/{request.id}",
            wants_action=wants_action,
        )
    )
