"""The thread of messages (留言) between the department that handles a case and the project unit. Both zones.

Each side keeps the whole thread; what one writes crosses by the exchange. Only what is written here crosses: internal
notes have a table and a module of their own (`core.cases.notes`).
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases.arriving import case_of_application, project_of_sender
from core.cases.desk_tables import ApplicationLetter, CaseLetter
from core.cases.messages import LetterFromUnit, LetterToUnit
from core.cases.notes import words_of
from core.cases.tables import Application, Case, Message
from core.domain.case_states import OPEN_STATES
from core.domain.policy import Actor, Role
from core.errors import RuleRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.tables import DeclaredProject
from core.trace import record
from core.uuids import uuid7

_ENDED = "这件已经办结，不能再留言"


def write_to_unit(session: Session, case: Case, words: str, *, by: Actor, at: datetime) -> CaseLetter:
    """The department writes to the unit; answering counts as having read. Refuses what may be classified (A3.2)."""
    if case.state not in OPEN_STATES:
        raise RuleRefusal(_ENDED, field="letter")
    letter = CaseLetter(
        id=uuid7(), case_id=case.id or 0, at=at, is_from_unit=False, writer_name=by.name,
        words=words_of(words, field="letter", what="留言"),
    )  # fmt: skip
    session.add(letter)
    mark_read(session, case, at=at)
    record(
        session, "case.write", "case", case.application_id, "给项目单位留言",
        by=by, at=at, project_code=case.project_code,
    )  # fmt: skip
    told = LetterToUnit(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        letter_id=letter.id,
        org_unit_name=organisations(session).unit_name(case.org_unit),
        words=letter.words,
    )
    send(session, told, at=at)
    return letter


def mark_read(session: Session, case: Case, *, at: datetime) -> None:
    """The department has read what the unit wrote."""
    if not case.unread:
        return
    unread = sa.and_(
        col(CaseLetter.case_id) == case.id, col(CaseLetter.read_at).is_(None), col(CaseLetter.is_from_unit)
    )
    session.execute(sa.update(CaseLetter).where(unread).values(read_at=at))
    case.unread = 0
    session.add(case)


def letters_of_case(session: Session, case: Case) -> Sequence[CaseLetter]:
    """The thread of a case, the first message first. Extranet."""
    found = select(CaseLetter).where(col(CaseLetter.case_id) == case.id)
    return session.exec(found.order_by(col(CaseLetter.at), col(CaseLetter.id))).all()


def write_to_department(
    session: Session, application: Application, project: DeclaredProject, words: str, *, by: Actor, at: datetime
) -> ApplicationLetter:
    """The unit writes to the department that handles its application; answering counts as having read. Internet."""
    if application.state not in OPEN_STATES:
        raise RuleRefusal("申请送达后可以留言" if application.state == "sent" else _ENDED, field="letter")
    text = words_of(words, field="letter", what="留言")
    letter = ApplicationLetter(
        id=uuid7(), application_id=application.id, at=at, is_from_unit=True, writer_name=by.org_name, words=text
    )
    told = LetterFromUnit(
        project_code=project.code,
        credit_code=project.credit_code,
        application_id=application.id,
        letter_id=letter.id,
        words=text,
        at=at,
    )
    letter.message_id = send(session, told, at=at)
    session.add(letter)
    mark_read_by_unit(session, application, at=at)
    record(
        session, "application.write", "application", application.id, f"给承办部门留言：{application.item_name}",
        by=by, at=at, project_code=project.code,
    )  # fmt: skip
    return letter


def mark_read_by_unit(session: Session, application: Application, *, at: datetime) -> None:
    """The unit has read what the department wrote."""
    of_department = sa.and_(
        col(ApplicationLetter.application_id) == application.id,
        col(ApplicationLetter.read_at).is_(None),
        col(ApplicationLetter.is_from_unit).is_(False),
    )
    session.execute(sa.update(ApplicationLetter).where(of_department).values(read_at=at))


def letters_of_application(session: Session, application_id: str) -> Sequence[ApplicationLetter]:
    """The thread of an application, the first message first. Internet."""
    found = select(ApplicationLetter).where(col(ApplicationLetter.application_id) == application_id)
    return session.exec(found.order_by(col(ApplicationLetter.at), col(ApplicationLetter.id))).all()


@applies(LetterToUnit)
def show_letter(session: Session, told: LetterToUnit, envelope: Envelope) -> None:
    """What the department wrote arrives with the unit, and word of it among the unit's messages."""
    one = session.get_one(Application, told.application_id)
    letter = ApplicationLetter(
        id=told.letter_id, application_id=one.id, at=told.at, is_from_unit=False, writer_name=told.org_unit_name,
        words=told.words,
    )  # fmt: skip
    session.merge(letter)
    project = session.get_one(DeclaredProject, one.project_code)
    word = Message(
        id=envelope.id, credit_code=project.credit_code, project_code=project.code, at=told.at,
        words=f"{one.item_name}：{told.org_unit_name}给你单位留言，请查看",
        href=f"/projects/{project.code}/applications/{one.id}#letters",
    )  # fmt: skip
    session.merge(word)


@applies(LetterFromUnit)
def receive_letter(session: Session, told: LetterFromUnit, envelope: Envelope) -> None:
    """What the unit wrote arrives with the department; refuses a sender who doesn't own the project (T11)."""
    del envelope
    project = project_of_sender(session, told.project_code, told.credit_code)
    case = case_of_application(session, told.project_code, told.application_id)
    text = words_of(told.words, field="letter", what="留言")
    letter = CaseLetter(
        id=told.letter_id,
        case_id=case.id or 0,
        at=told.at,
        is_from_unit=True,
        writer_name=project.unit_name,
        words=text,
    )
    session.add(letter)
    case.unread += 1
    session.add(case)
    unit = Actor(Role.PROJECT_UNIT, id=told.credit_code, name=project.unit_name, credit_code=told.credit_code)
    record(
        session, "case.receive_letter", "case", case.application_id, "项目单位留言",
        by=unit, at=told.at, project_code=case.project_code,
    )  # fmt: skip
