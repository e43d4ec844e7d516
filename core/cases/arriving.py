"""What arrives from the internet zone: applications, supplements, withdrawals (A14.1d, A14.3). Extranet."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from core.cases import clocks as case_clocks
from core.cases.completing import judge_anew
from core.cases.facts import granted_items, supplement_of
from core.cases.intake import end_case
from core.cases.messages import (
    ApplicationMade,
    ApplicationRejected,
    ApplicationWithdrawn,
    CaseOpened,
    CaseWithdrawn,
    ItemsApplied,
    MaterialHandedIn,
    SupplementGiven,
    SupplementReceived,
)
from core.cases.moves import move_case
from core.cases.tables import Case, CaseMaterial, Supplement
from core.clocks import business_date
from core.domain.case_states import OPEN_STATES
from core.domain.policy import Actor, Role
from core.domain.project_states import CONCLUDED, PROJECT, ProjectState, why_no_applications
from core.domain.remit import region_of
from core.errors import NotAllowed, RuleRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.guides.guide import Guide
from core.guides.publishing import guide_version
from core.projects.links import linked
from core.projects.tables import DueItem, Project
from core.serials import take
from core.trace import record, step


@applies(ItemsApplied)
def open_cases(session: Session, told: ItemsApplied, envelope: Envelope) -> None:
    """Open a case for each application; one that can't become a case is answered with its reason (A14.1d).

    Refuses the whole message when its sender does not own the project (T11).
    """
    del envelope
    project = project_of_sender(session, told.project_code, told.credit_code)
    # as whoever changes the list does: nobody drops an item while its case is being opened
    session.refresh(project, with_for_update={"key_share": True})
    for made in told.applications:
        if fault := _why_no_case(session, project, made):
            rejected = ApplicationRejected(
                project_code=project.code, application_id=made.application_id, at=told.applied_at, reason=fault
            )
            send(session, rejected, at=told.applied_at)
        else:
            _open_case(session, project, made, at=told.applied_at)


@applies(SupplementGiven)
def receive_supplement(session: Session, told: SupplementGiven, envelope: Envelope) -> None:
    """The supplement arrived: earlier versions are kept, the acceptance clock begins again in full (A14.3)."""
    del envelope
    project_of_sender(session, told.project_code, told.credit_code)
    case = case_of_application(session, told.project_code, told.application_id)
    unit = Actor(Role.PROJECT_UNIT, id=told.credit_code, name="项目单位", credit_code=told.credit_code)
    move_case(session, case, "supplement", by=unit, at=told.given_at)
    asked = supplement_of(session, case)
    if asked:
        asked.answered_at = told.given_at
        session.add(asked)
    codes = {material.material_code for material in told.materials}
    for earlier in session.exec(
        select(CaseMaterial).where(col(CaseMaterial.case_id) == case.id, col(CaseMaterial.material_code).in_(codes))
    ).all():
        earlier.is_current = False
        session.add(earlier)
    _keep_materials(session, case, told.materials, answering=asked)
    case_clocks.restart_acceptance(session, case, on=business_date(told.given_at))
    answer = SupplementReceived(
        project_code=case.project_code,
        application_id=case.application_id,
        at=told.given_at,
        clock=case_clocks.told_current(session, case),
    )
    send(session, answer, at=told.given_at)


@applies(ApplicationWithdrawn)
def receive_withdrawal(session: Session, told: ApplicationWithdrawn, envelope: Envelope) -> None:
    """The unit took its application back; a case decided meanwhile stays decided."""
    del envelope
    project_of_sender(session, told.project_code, told.credit_code)
    case = case_of_application(session, told.project_code, told.application_id)
    unit = Actor(Role.PROJECT_UNIT, id=told.credit_code, name="项目单位", credit_code=told.credit_code)
    move_case(session, case, "withdraw", by=unit, at=told.withdrawn_at, reason=told.reason)
    end_case(session, case, told.reason, at=told.withdrawn_at)
    answer = CaseWithdrawn(project_code=case.project_code, application_id=case.application_id, at=told.withdrawn_at)
    send(session, answer, at=told.withdrawn_at)


def project_of_sender(session: Session, project_code: str, credit_code: str) -> Project:
    """The project that a message of its unit is about; refuses a sender who does not own it (T11)."""
    project = session.get(Project, project_code)
    if project is None or project.credit_code != credit_code:
        raise NotAllowed("not_owner：发送单位不是这个项目的申报单位", article="A14.1d")
    return project


def case_of_application(session: Session, project_code: str, application_id: str) -> Case:
    """The case of an application, also when it went on under a new code while the message was on its way (A12.2)."""
    case = session.exec(select(Case).where(col(Case.application_id) == application_id)).first()
    if case is None or not _is_of(session, case, project_code):
        raise RuleRefusal("没有找到这个申请")
    return case


def _why_no_case(session: Session, project: Project, made: ApplicationMade) -> str:
    due = session.get(DueItem, (project.code, made.item_code), populate_existing=True)
    if words := why_no_applications(project.state):
        return words
    if due is None or due.dropped_on is not None:
        return "所申请的事项不在本项目的应办事项之内"
    if made.item_code in granted_items(session, project.code):
        return "这个事项已办结"
    twin = session.exec(
        select(Case.number).where(
            col(Case.project_code) == project.code,
            col(Case.item_code) == made.item_code,
            col(Case.state).in_(OPEN_STATES),
        )
    ).first()
    return f"这个事项已在办理（{twin}）" if twin else ""


def _open_case(session: Session, project: Project, made: ApplicationMade, *, at: datetime) -> None:
    due = session.get_one(DueItem, (project.code, made.item_code))
    guide = guide_version(session, due.guide_version)
    received_on = business_date(at)
    unit = Actor(Role.PROJECT_UNIT, id=project.credit_code, name=project.unit_name, credit_code=project.credit_code)
    reopens = project.state in CONCLUDED
    if reopens or project.state == ProjectState.VERIFIED:
        event = "reopen" if reopens else "begin_approval"
        step(session, PROJECT, project, event, by=unit, held=frozenset({Role.PROJECT_UNIT}), at=at)
    case = _case(due, guide, made, at=at, received_on=received_on)
    case.number = _number(session, due, received_on)
    session.add(case)
    session.flush()
    _keep_materials(session, case, made.materials)
    case_clocks.start_receipt_clocks(session, case)
    record(
        session, "case.apply", "case", case.application_id, f"申请：{case.item_name}",
        by=unit, at=at, project_code=project.code, change={"state": ["", case.state]},
    )  # fmt: skip
    told = CaseOpened(
        project_code=project.code,
        application_id=case.application_id,
        at=at,
        case_number=case.number,
        received_on=received_on,
        clock=case_clocks.told_current(session, case),
    )
    send(session, told, at=at)
    if reopens:
        judge_anew(session, project.code, reason=f"再次申请{case.item_name}，项目继续审批", at=at)


def _case(due: DueItem, guide: Guide, made: ApplicationMade, *, at: datetime, received_on: date) -> Case:
    return Case(
        application_id=made.application_id,
        number="",
        project_code=due.project_code,
        item_code=due.item_code,
        item_name=guide.name,
        item_kind=guide.kind,
        org_unit=due.org_unit,
        guide_version=due.guide_version,
        applied_at=at,
        received_on=received_on,
    )


def _number(session: Session, due: DueItem, on: date) -> str:
    region = region_of(due.org_unit)
    series = f"{region}-{due.item_code}-{on.year}"
    return f"{series}-{take(session, f'case:{series}'):04d}"


def _keep_materials(
    session: Session, case: Case, materials: Sequence[MaterialHandedIn], *, answering: Supplement | None = None
) -> None:
    for one in materials:
        session.add(
            CaseMaterial(
                case_id=case.id or 0,
                material_code=one.material_code,
                name=one.name,
                file_name=one.file_name,
                media_type=one.media_type,
                digest=one.digest,
                size=one.size,
                handed_in_at=one.handed_in_at,
                supplement_id=answering.id if answering else None,
            )
        )
    session.flush()


def _is_of(session: Session, case: Case, project_code: str) -> bool:
    """Whether a case belongs to a project, or did until it went on under the project's new code (A12.2)."""
    if case.project_code == project_code:
        return True
    before = linked(session, case.project_code).before
    return before is not None and before.code == project_code
