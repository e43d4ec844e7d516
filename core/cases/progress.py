"""What the internet zone may see of cases: one applier for each message of the extranet (A14.2–A14.5, A17.2).

Every applier writes the state of the application, a line of the timeline and word to the unit; their keys come from
the message, so that the same message twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases import messages as told_by
from core.cases.tables import Application, Message, ProjectEvent, ReceivedNotice
from core.cases.telling import application_told as _application
from core.cases.telling import tell as _tell
from core.cases.telling import tell_event as _event
from core.cases.telling import tell_unit as _word
from core.clocks import business_date
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.calendar import full_date
from core.domain.case_states import OUTCOME_WORDS, Outcome
from core.exchange.message import Envelope, applies
from core.projects.links import codes_meant
from core.projects.messages import ProjectConcluded
from core.projects.tables import DeclaredProject


@applies(told_by.CaseOpened)
def show_opened(session: Session, told: told_by.CaseOpened, envelope: Envelope) -> None:
    """The application arrived and waits for its preliminary review."""
    one = _application(session, told)
    one.state, one.case_number, one.received_on = "submitted", told.case_number, told.received_on
    one.clock = told.clock.model_dump(mode="json")
    project = session.get_one(DeclaredProject, told.project_code)
    project.state = "in_approval"
    session.add(project)
    _tell(session, one, told, envelope, f"{one.item_name}：已送达{one.org_unit_name}，待初审")


@applies(told_by.ApplicationRejected)
def show_rejected(session: Session, told: told_by.ApplicationRejected, envelope: Envelope) -> None:
    """The application could not become a case."""
    one = _application(session, told)
    one.state, one.reason = "rejected", told.reason
    _tell(session, one, told, envelope, f"{one.item_name}：未能受理申请，{told.reason}", is_public=False)


@applies(told_by.PreliminaryPassed)
def show_preliminary_passed(session: Session, told: told_by.PreliminaryPassed, envelope: Envelope) -> None:
    """The preliminary review was passed."""
    one = _application(session, told)
    one.state, one.preliminary_on = "under_acceptance", business_date(told.at)
    one.clock = told.clock.model_dump(mode="json")
    _tell(session, one, told, envelope, f"{one.item_name}：初审通过，项目代码已核验")


@applies(told_by.CaseRefused)
def show_refused(session: Session, told: told_by.CaseRefused, envelope: Envelope) -> None:
    """The preliminary review was not passed; the reason is for the unit."""
    one = _application(session, told)
    one.state, one.reason, one.concluded_on = "refused", told.reason, business_date(told.at)
    one.clock = None
    _event(session, one, told, envelope, f"{one.item_name}：初审不予通过")
    _word(session, one, told, envelope, f"{one.item_name}：初审不予通过。{told.reason}", wants_action=True)


@applies(told_by.SupplementRequested)
def show_supplement_requested(session: Session, told: told_by.SupplementRequested, envelope: Envelope) -> None:
    """Something must be added, named once and completely."""
    one = _application(session, told)
    one.state, one.asked_for, one.clock = "awaiting_supplement", [item.model_dump() for item in told.items], None
    one.asked_at, one.answer_by = told.at, told.answer_by
    _event(session, one, told, envelope, f"{one.item_name}：一次性告知补正")
    until = f"于 {full_date(told.answer_by)}前" if told.answer_by else ""
    words = f"{one.item_name}：请{until}一次补齐 {len(told.items)} 份材料"
    _word(session, one, told, envelope, words, wants_action=True)


@applies(told_by.SupplementReceived)
def show_supplement_received(session: Session, told: told_by.SupplementReceived, envelope: Envelope) -> None:
    """The supplement arrived; the acceptance clock runs anew."""
    one = _application(session, told)
    one.state, one.clock = "under_acceptance", told.clock.model_dump(mode="json")
    _tell(session, one, told, envelope, f"{one.item_name}：补正材料已送达，重新计算受理期限")


@applies(told_by.CaseAccepted)
def show_accepted(session: Session, told: told_by.CaseAccepted, envelope: Envelope) -> None:
    """The application was accepted, or is deemed to be, and its handling clock runs."""
    one = _application(session, told)
    one.state, one.accepted_on = "in_handling", told.accepted_on
    one.clock = told.clock.model_dump(mode="json")
    words = "逾期未告知，自收到之日起视为受理" if told.is_deemed else "已受理，开始计时"
    _tell(session, one, told, envelope, f"{one.item_name}：{words}")


@applies(told_by.CaseDeclined)
def show_declined(session: Session, told: told_by.CaseDeclined, envelope: Envelope) -> None:
    """Non-acceptance; the reason is for the unit."""
    one = _application(session, told)
    one.state, one.reason, one.concluded_on, one.clock = "not_accepted", told.reason, business_date(told.at), None
    _event(session, one, told, envelope, f"{one.item_name}：不予受理")
    _word(session, one, told, envelope, f"{one.item_name}：不予受理。{told.reason}", wants_action=True)


@applies(told_by.CasePaused)
def show_paused(session: Session, told: told_by.CasePaused, envelope: Envelope) -> None:
    """Time stopped counting, and on which ground."""
    one = _application(session, told)
    one.clock = told.clock.model_dump(mode="json")
    _tell(session, one, told, envelope, f"{one.item_name}：因{told.ground}，暂停计时")


@applies(told_by.CaseResumed)
def show_resumed(session: Session, told: told_by.CaseResumed, envelope: Envelope) -> None:
    """Time counts again."""
    one = _application(session, told)
    one.clock = told.clock.model_dump(mode="json")
    _tell(session, one, told, envelope, f"{one.item_name}：恢复计时")


@applies(told_by.CaseProposed)
def show_proposed(session: Session, told: told_by.CaseProposed, envelope: Envelope) -> None:
    """The proposal lies before the approver."""
    one = _application(session, told)
    one.state, one.proposed_on = "awaiting_sign_off", business_date(told.at)
    _event(session, one, told, envelope, f"{one.item_name}：已提交签批")


@applies(told_by.CaseSentBack)
def show_sent_back(session: Session, told: told_by.CaseSentBack, envelope: Envelope) -> None:
    """The proposal went back to the handler."""
    one = _application(session, told)
    one.state, one.proposed_on = "in_handling", None
    session.add(one)


@applies(told_by.CaseConcluded)
def show_concluded(session: Session, told: told_by.CaseConcluded, envelope: Envelope) -> None:
    """The decision with its document."""
    one = _application(session, told)
    one.state, one.outcome, one.concluded_on = "concluded", told.outcome, business_date(told.at)
    one.reason, one.conditions = told.reasons, told.conditions
    one.document_number, one.document_title = told.document_number, told.document_title
    one.document_on, one.document_digest, one.document_size = (
        told.document_on,
        told.document_digest,
        told.document_size,
    )
    one.clock = told.clock.model_dump(mode="json") if told.clock else None
    outcome = OUTCOME_WORDS[Outcome(told.outcome)]
    _tell(session, one, told, envelope, f"{one.item_name}：{outcome}　{told.document_number}")


@applies(told_by.CaseWithdrawn)
def show_withdrawn(session: Session, told: told_by.CaseWithdrawn, envelope: Envelope) -> None:
    """The unit took its application back."""
    one = _application(session, told)
    one.state, one.concluded_on, one.clock = "withdrawn", business_date(told.at), None
    _tell(session, one, told, envelope, f"{one.item_name}：已撤回申请")


@applies(told_by.NoticeIssued)
def show_notice(session: Session, told: told_by.NoticeIssued, envelope: Envelope) -> None:
    """A notice arrived with its bytes; its token opens the page that says it is genuine (A13.2)."""
    name = TITLES[NoticeKind(told.notice_kind)]
    session.merge(
        ReceivedNotice(
            token=told.token,
            kind=told.notice_kind,
            number=told.number,
            project_code=told.project_code,
            application_id=told.application_id,
            org_unit_name=told.org_unit_name,
            issued_at=told.issued_at,
            check_code=told.check_code,
            digest=told.digest,
            size=told.size,
        )
    )
    one = session.get(Application, told.application_id) if told.application_id else None
    words = f"{name}　{told.number}" + (f"（{one.item_name}）" if one else "")
    session.merge(
        ProjectEvent(
            id=envelope.id,
            project_code=told.project_code,
            application_id=told.application_id,
            at=told.issued_at,
            words=words,
            who=told.org_unit_name,
            notice_token=told.token,
            is_public=one is None or one.is_public,
        )
    )
    project = session.get_one(DeclaredProject, told.project_code)
    session.merge(
        Message(
            id=envelope.id,
            credit_code=project.credit_code,
            project_code=project.code,
            at=told.issued_at,
            words=f"收到《{name}》{told.number}",
            href=f"/projects/{project.code}/notices/{told.token}",
        )
    )


@applies(ProjectConcluded)
def show_project_concluded(session: Session, told: ProjectConcluded, envelope: Envelope) -> None:
    """Every due item is concluded (A14.5)."""
    project = session.get_one(DeclaredProject, told.project_code)
    project.state, project.completed_at = told.state, told.concluded_at
    session.add(project)
    session.merge(
        ProjectEvent(
            id=envelope.id,
            project_code=project.code,
            at=told.concluded_at,
            words="应办事项全部办结，平台发出《办结通知书》",
            who="平台",
        )
    )


_EVENTS = (
    select(ProjectEvent)
    .where(col(ProjectEvent.project_code) == sa.bindparam("code"))
    .order_by(col(ProjectEvent.at).desc(), col(ProjectEvent.id).desc())
    .limit(sa.bindparam("most", type_=sa.Integer()))
)


def events_of(session: Session, project_code: str, *, limit: int = 300) -> list[ProjectEvent]:
    """The timeline of a project for its unit, newest first; `core.cases.told.public_events` is the public's (A17.2)."""
    return list(session.exec(_EVENTS, params={"code": project_code, "most": limit}).all())


def messages_of(session: Session, project_code: str, *, limit: int = 50) -> list[Message]:
    """Word sent to the unit about one project, newest first."""
    found = (
        select(Message)
        .where(col(Message.project_code) == project_code)
        .order_by(col(Message.at).desc(), col(Message.id).desc())
        .limit(limit)
    )
    return list(session.exec(found).all())


@dataclass(frozen=True)
class History:
    """What the unit was told of one application, and the notices it received, each the newest first."""

    events: Sequence[ProjectEvent]
    notices: Sequence[ReceivedNotice]


def history_of(session: Session, one: Application, *, limit: int = 300) -> History:
    """The history of an application under every code it went on under: what was issued stays under its own (A12.2)."""
    codes = codes_meant(session, one.project_code)
    events = select(ProjectEvent).where(
        col(ProjectEvent.project_code).in_(codes), col(ProjectEvent.application_id) == one.id
    )
    notices = select(ReceivedNotice).where(
        col(ReceivedNotice.project_code).in_(codes), col(ReceivedNotice.application_id) == one.id
    )
    newest = col(ProjectEvent.at).desc(), col(ProjectEvent.id).desc()
    return History(
        events=session.exec(events.order_by(*newest).limit(limit)).all(),
        notices=session.exec(notices.order_by(col(ReceivedNotice.issued_at).desc())).all(),
    )
