"""From application to acceptance (初审、受理): every row of the case machine up to handling (A14.2, A14.3). Extranet."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from core.cases import clocks as case_clocks
from core.cases import closing, notices
from core.cases.facts import facts_of, guide_of
from core.cases.moves import move_case
from core.cases.messages import (
    ApplicationMade,
    ApplicationRejected,
    ApplicationWithdrawn,
    CaseAccepted,
    CaseDeclined,
    CaseOpened,
    CaseRefused,
    CaseWithdrawn,
    ItemsApplied,
    MaterialHandedIn,
    PreliminaryPassed,
    SupplementGiven,
    SupplementReceived,
    SupplementRequested,
)
from core.cases.tables import Case, CaseMaterial, Supplement
from core.clocks import business_date
from core.domain.case_states import DECLINE_GROUNDS, OPEN_STATES, REFUSAL_GROUNDS
from core.domain.policy import PLATFORM, Actor, Role
from core.domain.project_states import PROJECT, ProjectState
from core.errors import NotAllowed, RuleRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.guides.guide import Guide
from core.guides.publishing import guide_version
from core.projects.tables import DueItem, Project
from core.serials import take
from core.trace import record, step


@applies(ItemsApplied)
def open_cases(session: Session, told: ItemsApplied, envelope: Envelope) -> None:
    """Open a case for each application; one that can't become a case is answered with its reason (A14.1d).

    Refuses the whole message when its sender does not own the project (T11).
    """
    del envelope
    project = _project_of_sender(session, told.project_code, told.credit_code)
    for made in told.applications:
        if fault := _why_no_case(session, project, made):
            rejected = ApplicationRejected(
                project_code=project.code, application_id=made.application_id, at=told.applied_at, reason=fault
            )
            send(session, rejected, at=told.applied_at)
        else:
            _open_case(session, project, made, at=told.applied_at)


def verify_code(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Note that the officer verified the project code: the precondition of everything that follows (A13.2)."""
    if case.code_verified_at is not None:
        return
    project = session.get_one(Project, case.project_code)
    if project.verified_at is None:
        raise RuleRefusal("这个项目代码未通过核验，不能受理。请作初审不予通过处理", article="A13.2")
    case.code_verified_at = at
    session.add(case)
    record(
        session, "case.verify_code", "case", case.application_id, "核验项目代码：与申报信息一致",
        by=by, at=at, project_code=case.project_code,
    )  # fmt: skip


def pass_preliminary(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """The code is genuine and the matter in our remit: on to acceptance (A14.2)."""
    verify_code(session, case, by=by, at=at)
    move_case(session, case, "pass_preliminary", by=by, at=at, seen=seen)
    case.preliminary_passed_at = at
    case_clocks.stop(session, case, "preliminary", on=business_date(at))
    told = PreliminaryPassed(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        clock=case_clocks.told_current(session, case),
    )
    send(session, told, at=at)


def refuse_preliminary(
    session: Session, case: Case, *, ground: str, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Not passed: on one of four grounds, with the reason, told at once by notice (A14.2)."""
    words = _ground_words(ground, reason, REFUSAL_GROUNDS)
    move = move_case(session, case, "refuse_preliminary", by=by, at=at, seen=seen, reason=words)
    _end(session, case, words, at=at)
    told = CaseRefused(
        project_code=case.project_code, application_id=case.application_id, at=at, ground=ground, reason=words
    )
    send(session, told, at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=by, reason=words, ground=REFUSAL_GROUNDS[ground])


def accept(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Accept the application: issue the 受理通知书, start the handling clock, tell the unit (A14.3, A15.1).

    Refuses when the code is not verified, a required material is missing or a prerequisite not granted.
    """
    move = move_case(session, case, "accept", by=by, at=at, seen=seen)
    _begin_handling(session, case, accepted_on=business_date(at), at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=by)


def request_supplement(
    session: Session, case: Case, items: Sequence[dict[str, str]], *, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Ask once for everything that is missing or wrong, material by material; the clock stops (A14.3).

    `items` hold `material_code`, `name`, `fault` and `cure`. Refuses a second request and an empty one.
    """
    if not items:
        raise RuleRefusal("请至少选择一份材料，写明问题和补正要求", field="items", article="A14.3")
    for item in items:
        if not item.get("fault", "").strip():
            raise RuleRefusal(f"请写明“{item['name']}”存在的问题", field="items", article="A14.3")
    move = move_case(session, case, "request_supplement", by=by, at=at, seen=seen)
    case.supplements += 1
    session.add(
        Supplement(case_id=case.id or 0, requested_at=at, requested_by=by.name, items=[dict(item) for item in items])
    )
    case_clocks.stop(session, case, "acceptance", on=business_date(at))
    told = SupplementRequested(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        items=tuple(dict(item) for item in items),
    )
    send(session, told, at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=by, supplement=items)


def decline(
    session: Session, case: Case, *, ground: str, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Turn the application down before handling, on a ground of the law, with reason and remedy (A14.3)."""
    words = _ground_words(ground, reason, DECLINE_GROUNDS)
    move = move_case(session, case, "decline", by=by, at=at, seen=seen, reason=words, ground=ground)
    _end(session, case, words, at=at)
    told = CaseDeclined(
        project_code=case.project_code, application_id=case.application_id, at=at, ground=ground, reason=words
    )
    send(session, told, at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=by, reason=words, ground=DECLINE_GROUNDS[ground])


def record_filing(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """A filing is no decision: complete information received is filed, without sign-off (A14.3)."""
    move = move_case(session, case, "record_filing", by=by, at=at, seen=seen)
    case_clocks.stop(session, case, "acceptance", "preliminary", on=business_date(at))
    notice = notices.issue_for_case(session, move.notice, case, at=at, by=by)
    closing.conclude_filing(session, case, notice, at=at)


def deem_accepted(session: Session, case: Case, *, at: datetime) -> None:
    """Silence beyond the limit is acceptance from the day of receipt: the handling clock runs from that day (A14.3)."""
    move = move_case(session, case, "deem_accepted", by=PLATFORM, at=at)
    case.is_deemed = True
    case_clocks.stop(session, case, "preliminary", on=business_date(at))
    _begin_handling(session, case, accepted_on=case.received_on, at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=PLATFORM)


def silent_cases(session: Session, today: date, *, limit: int = 100) -> Sequence[Case]:
    """Applications that the department left unanswered beyond the acceptance limit (A14.3)."""
    return session.exec(
        select(Case)
        .where(
            col(Case.concluded_at).is_(None),
            col(Case.acceptance_due_on) < today,
            col(Case.item_kind) != "filing",
            col(Case.state).in_(("submitted", "under_acceptance")),
        )
        .order_by(col(Case.id))
        .limit(limit)
    ).all()


@applies(SupplementGiven)
def receive_supplement(session: Session, told: SupplementGiven, envelope: Envelope) -> None:
    """The supplement arrived: earlier versions are kept, the acceptance clock begins again in full (A14.3)."""
    del envelope
    _project_of_sender(session, told.project_code, told.credit_code)
    case = _case_of_application(session, told.project_code, told.application_id)
    unit = Actor(Role.PROJECT_UNIT, id=told.credit_code, name="项目单位", credit_code=told.credit_code)
    move_case(session, case, "supplement", by=unit, at=told.given_at)
    asked = session.exec(select(Supplement).where(col(Supplement.case_id) == case.id)).first()
    if asked:
        asked.answered_at = told.given_at
        session.add(asked)
    codes = {material.material_code for material in told.materials}
    for earlier in session.exec(
        select(CaseMaterial).where(col(CaseMaterial.case_id) == case.id, col(CaseMaterial.material_code).in_(codes))
    ).all():
        earlier.is_current = False
        session.add(earlier)
    _keep_materials(session, case, told.materials)
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
    _project_of_sender(session, told.project_code, told.credit_code)
    case = _case_of_application(session, told.project_code, told.application_id)
    unit = Actor(Role.PROJECT_UNIT, id=told.credit_code, name="项目单位", credit_code=told.credit_code)
    move_case(session, case, "withdraw", by=unit, at=told.withdrawn_at, reason=told.reason)
    _end(session, case, told.reason, at=told.withdrawn_at)
    answer = CaseWithdrawn(project_code=case.project_code, application_id=case.application_id, at=told.withdrawn_at)
    send(session, answer, at=told.withdrawn_at)


def _why_no_case(session: Session, project: Project, made: ApplicationMade) -> str:
    due = session.get(DueItem, (project.code, made.item_code))
    if project.state in (ProjectState.DECLARED, ProjectState.RETURNED):
        return "项目代码未通过核验"
    if due is None or due.dropped_on is not None:
        return "所申请的事项不在本项目的应办事项之内"
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
    if project.state in (ProjectState.VERIFIED, ProjectState.APPROVED, ProjectState.NOT_APPROVED):
        event = "begin_approval" if project.state == ProjectState.VERIFIED else "reopen"
        unit = Actor(Role.PROJECT_UNIT, id=project.credit_code, name=project.unit_name, credit_code=project.credit_code)
        step(session, PROJECT, project, event, by=unit, held=frozenset({Role.PROJECT_UNIT}), at=at)
    case = _case(due, guide, made, at=at, received_on=received_on)
    case.number = _number(session, due, received_on)
    session.add(case)
    session.flush()
    _keep_materials(session, case, made.materials)
    case_clocks.start_receipt_clocks(session, case)
    unit = Actor(Role.PROJECT_UNIT, id=project.credit_code, name=project.unit_name, credit_code=project.credit_code)
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
    region = due.org_unit.partition("-")[0]
    series = f"{region}-{due.item_code}-{on.year}"
    return f"{series}-{take(session, f'case:{series}'):04d}"


def _keep_materials(session: Session, case: Case, materials: Sequence[MaterialHandedIn]) -> None:
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
            )
        )
    session.flush()


def _begin_handling(session: Session, case: Case, *, accepted_on: date, at: datetime) -> None:
    case.accepted_at = at
    case.accepted_on = accepted_on
    case_clocks.stop(session, case, "acceptance", on=business_date(at))
    case_clocks.start_handling(session, case, guide_of(session, case), on=accepted_on)
    told = CaseAccepted(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        accepted_on=accepted_on,
        is_deemed=case.is_deemed,
        due_on=case.due_on,
        clock=case_clocks.told_current(session, case),
    )
    send(session, told, at=at)


def _end(session: Session, case: Case, words: str, *, at: datetime) -> None:
    case.concluded_at = at
    case.end_reason = words
    case_clocks.stop(session, case, "preliminary", "acceptance", "handling", on=business_date(at))


def _ground_words(ground: str, reason: str, grounds: dict[str, str]) -> str:
    if ground not in grounds:
        raise RuleRefusal("请选择理由", field="ground")
    if len(reason.strip()) < 5:
        raise RuleRefusal("请写明具体情况，项目单位会看到", field="reason")
    return f"{grounds[ground]}：{reason.strip()}"


def _project_of_sender(session: Session, project_code: str, credit_code: str) -> Project:
    project = session.get(Project, project_code)
    if project is None or project.credit_code != credit_code:
        raise NotAllowed("not_owner：发送单位不是这个项目的申报单位", article="A14.1d")
    return project


def _case_of_application(session: Session, project_code: str, application_id: str) -> Case:
    case = session.exec(select(Case).where(col(Case.application_id) == application_id)).first()
    if case is None or case.project_code != project_code:
        raise RuleRefusal("没有找到这个申请")
    return case

