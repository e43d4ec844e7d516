"""Voiding a notice (作废) and issuing it anew (重新签发): the bytes stay, the notice says what became of it (A14.3).

A notice is what a case's state is proved by; as long as the case rests on it, it is voided only for a new one. The
new one says the same under a new number and date, with the unit, project, phone and handler as they are now.
"""

import dataclasses
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from core.cases import notices
from core.cases.messages import NoticeVoided
from core.cases.moves import held_by
from core.cases.tables import Application, Case, Message, Notice, ProjectEvent, ReceivedNotice
from core.documents.notice_facts import KINDS, TITLES, Desk, Facts, NoticeKind
from core.domain.case_states import CaseState
from core.domain.policy import PLATFORM, Actor, Role
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.tables import DeclaredProject
from core.trace import record

_RESTS_NO_MORE = frozenset({CaseState.WITHDRAWN, CaseState.REVOKED, CaseState.VOIDED})
"""States in which a case rests on none of its notices any more."""


def why_not_void(notice: Notice, case: Case, *, reissue: bool) -> str:
    """Why a notice can't be voided now, in words; empty when it can (A14.3)."""
    if notice.voided_at is not None:
        return "这份通知书已经作废"
    if notice.kind == NoticeKind.FILING and reissue:
        return "备案证明就是办理结果，需要改动的，请撤销备案后重新备案"
    if not reissue and case.state not in _RESTS_NO_MORE:
        return "这件仍以这份通知书为据，作废须同时重新签发"
    return ""


def void(
    session: Session, case: Case, notice: Notice, *, reason: str, reissue: bool, by: Actor, at: datetime,
    handler: str = "",
) -> Notice | None:  # fmt: skip
    """Void a notice of a case, and issue it anew if asked; the new notice, or None.

    Only an approver of the unit does so, with a reason. Refuses a notice that is void already. A14.3.
    """
    if Role.APPROVER not in held_by(by, case):
        raise NotAllowed("通知书由签批人作废和重新签发", article="A14.3")
    if len(reason.strip()) < 5:
        raise FormRefusal({"reason": "请写明作废的原因，项目单位会看到"}, article="A14.3")
    locked = session.get_one(Notice, notice.id, with_for_update=True, populate_existing=True)
    if words := why_not_void(locked, case, reissue=reissue):
        raise RuleRefusal(words, field="reissue", article="A14.3")
    successor = _anew(session, case, locked, handler=handler.strip(), at=at) if reissue else None
    mark_void(session, locked, reason=reason.strip(), successor=successor, by=by, at=at)
    return successor


def mark_void(
    session: Session, notice: Notice, *, reason: str, by: Actor, at: datetime, successor: Notice | None = None
) -> None:
    """Note that a notice is void, and tell the internet zone; also for what the platform itself issued."""
    notice.voided_at, notice.voided_by, notice.void_reason = at, by.name, reason
    notice.successor_id = successor.id if successor else None
    session.add(notice)
    session.flush()
    words = f"作废《{TITLES[NoticeKind(notice.kind)]}》{notice.number}"
    record(
        session, "notice.void", "notice", notice.token, words,
        by=by, at=at, project_code=notice.project_code, reason=reason,
    )  # fmt: skip
    case = session.get(Case, notice.case_id) if notice.case_id else None
    told = NoticeVoided(
        project_code=notice.project_code,
        token=notice.token,
        application_id=case.application_id if case else "",
        reason=reason,
        voided_at=at,
        successor_token=successor.token if successor else "",
        successor_number=successor.number if successor else "",
    )
    send(session, told, at=at)


def void_by_platform(session: Session, found: Notice | None, *, reason: str, at: datetime) -> None:
    """What the platform voids because the decision behind it was revoked; nothing where it is void already."""
    if found is not None and found.voided_at is None:
        mark_void(session, found, reason=reason, by=PLATFORM, at=at)


def last_of_kind(session: Session, kind: NoticeKind, *, project_code: str, case: Case | None) -> Notice | None:
    """The last notice of a kind that stands, of a case or (without one) of its project."""
    found = (
        select(Notice)
        .where(
            col(Notice.project_code) == project_code,
            col(Notice.kind) == kind,
            col(Notice.voided_at).is_(None),
            col(Notice.case_id) == case.id if case else col(Notice.case_id).is_(None),
        )
        .order_by(col(Notice.id).desc())
    )
    return session.exec(found).first()


def _anew(session: Session, case: Case, notice: Notice, *, handler: str, at: datetime) -> Notice:
    kind = NoticeKind(notice.kind)
    shape = next(one for one, its_kind in KINDS.items() if its_kind is kind)
    before: Facts = TypeAdapter(shape).validate_python(notice.facts)
    changed: dict[str, object] = {"head": notices.head_of(session, kind, case, at=at)}
    desk = getattr(before, "desk", None)
    if isinstance(desk, Desk):
        unit = organisations(session).org_units.get(case.org_unit)
        changed["desk"] = Desk(desk.office, handler or desk.handler, unit.phone if unit else desk.phone)
    content: Facts = dataclasses.replace(before, **changed)  # type: ignore[arg-type]
    return notices.issue_again(session, kind, content, case, at=at)


@applies(NoticeVoided)
def show_void(session: Session, told: NoticeVoided, envelope: Envelope) -> None:
    """Internet zone: the verification page and the unit read that the notice is void, and which one stands instead.

    A project whose 办结通知书 is void without another is complete no more (A14.5).
    """
    found = session.get_one(ReceivedNotice, told.token)
    found.voided_at, found.void_reason, found.successor_token = told.voided_at, told.reason, told.successor_token
    session.add(found)
    one = session.get(Application, told.application_id) if told.application_id else None
    code = one.project_code if one else told.project_code  # the notice keeps its code, the application may have another
    instead = f"，由{told.successor_number}代替" if told.successor_number else ""
    words = f"《{TITLES[NoticeKind(found.kind)]}》{found.number}已作废{instead}"
    session.merge(
        ProjectEvent(
            id=envelope.id,
            project_code=code,
            application_id=told.application_id,
            at=told.voided_at,
            words=words,
            who=found.org_unit_name,
            is_public=one is None or one.is_public,
        )
    )
    project = session.get_one(DeclaredProject, code)
    if found.kind == NoticeKind.COMPLETION and not told.successor_token:
        project.completed_at = None  # nothing says any more that everything is concluded
        session.add(project)
    session.merge(
        Message(
            id=envelope.id,
            credit_code=project.credit_code,
            project_code=project.code,
            at=told.voided_at,
            words=f"{words}。原因：{told.reason}"[:1000],
            href=f"/projects/{project.code}" + (f"/applications/{one.id}" if one else ""),
        )
    )
