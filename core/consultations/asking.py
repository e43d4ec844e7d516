"""Asking (会商、函询): draft, send, withdraw, close, ask anew; and what becomes of it when its case ends (A14.4b)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete

from core.consultations.queries import of_case, of_project
from core.consultations.replies import ask, ask_anew, held_as_asker, name_of, release, replies_of
from core.consultations.tables import Consultation, ConsultationMaterial, ConsultationReply
from core.database import bump
from core.domain.consultation_states import (
    CONSULTATION,
    OBJECTIONS,
    ConsultationFacts,
    ConsultationState,
    ReplyState,
    faults_of_letter,
)
from core.domain.policy import PLATFORM, Actor, Role
from core.errors import FormRefusal, RuleRefusal
from core.trace import step


@dataclass(frozen=True)
class Asker:
    """About what is asked, and by which unit: one item's case, or with `case_id` None the project as a whole."""

    project_code: str
    org_unit: str
    case_id: int | None = None
    application_id: str = ""
    item_code: str = ""
    item_name: str = ""


@dataclass(frozen=True)
class Addressee:
    """A unit to ask, why it is asked, and the working days it has; None where the form held no number."""

    org_unit: str
    days: int | None
    why: str = ""


@dataclass(frozen=True)
class Enclosed:
    """A material that goes along, as it is now."""

    name: str
    file_name: str
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True)
class Letter:
    """A consultation or letter of enquiry as the form gives it; `kind` is a key of KIND_WORDS."""

    kind: str
    subject: str
    question: str
    addressees: tuple[Addressee, ...]
    materials: tuple[Enclosed, ...] = ()


def draft(session: Session, asker: Asker, letter: Letter, *, by: Actor, at: datetime) -> Consultation:
    """Keep a letter that is not sent yet; it may still lack what sending asks for (A14.4b)."""
    found = Consultation(
        kind=letter.kind,
        case_id=asker.case_id,
        application_id=asker.application_id,
        project_code=asker.project_code,
        item_code=asker.item_code,
        item_name=asker.item_name,
        org_unit=asker.org_unit,
        subject=letter.subject,
        question=letter.question,
        opened_by=by.id,
        opener_name=by.name,
        opened_at=at,
    )
    session.add(found)
    session.flush()
    _write(session, found, letter)
    return found


def redraft(session: Session, found: Consultation, letter: Letter, *, seen: int | None = None) -> None:
    """Replace what a draft says; what was sent never changes (A14.4b)."""
    if found.state != ConsultationState.DRAFTED:
        raise RuleRefusal("已发出，不能再改。需要更正的，请撤回后另发", article="A14.4b")
    bump(session, found, seen=seen)
    found.kind, found.subject, found.question = letter.kind, letter.subject, letter.question
    for table in (ConsultationReply, ConsultationMaterial):
        session.exec(delete(table).where(col(table.consultation_id) == found.id))
    _write(session, found, letter)


def send(session: Session, found: Consultation, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Send it to every addressee: each one's clock starts today, the day itself not counted (A14.4b, A15.1).

    Refuses every gap of the letter at once, and a case that has ended.
    """
    replies = replies_of(session, found)
    faults = faults_of_letter(found.subject, found.question, {one.org_unit: one.limit_days for one in replies})
    if faults:
        raise FormRefusal(faults, article="A14.4b")
    names = "、".join(name_of(session, one) for one in replies)
    _move(session, found, "send", by=by, at=at, seen=seen, reason=f"{found.subject}；致{names}")
    found.sent_at = at
    session.add(found)
    for one in replies:
        ask(session, found, one, by=by, at=at)


def discard(session: Session, found: Consultation, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Give up a draft (A14.4b)."""
    _move(session, found, "discard", by=by, at=at, seen=seen, reason=found.subject)


def withdraw(
    session: Session, found: Consultation, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Take it back with a reason: nobody need answer any more; what was answered stays (A14.4b)."""
    if len(reason.strip()) < 2:
        raise RuleRefusal("请写明撤回的原因，征求意见的单位会看到", field="reason", article="A14.4b")
    _move(session, found, "withdraw", by=by, at=at, seen=seen, reason=f"{found.subject}：{reason.strip()}")
    found.conclusion, found.closed_at = reason.strip(), at
    session.add(found)
    release(session, found, "release", by=by, at=at)


def close(
    session: Session,
    found: Consultation,
    *,
    conclusion: str,
    dispositions: Mapping[int, str],
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Close it with its conclusion, and with what becomes of each open objection; `dispositions` are by reply (A14.4b).

    Who has not answered is no longer waited for. Refuses an objection that nobody disposed of, each beside its field.
    """
    faults = {} if len(conclusion.strip()) >= 2 else {"conclusion": "请写明会商函询的结论"}
    replies = replies_of(session, found)
    for one in replies:
        if one.state == ReplyState.ANSWERED and one.opinion in OBJECTIONS:
            one.disposition = dispositions.get(one.id or 0, one.disposition).strip()
            session.add(one)
            if len(one.disposition) < 2:
                faults[f"disposition-{one.id}"] = f"请写明对{name_of(session, one)}意见的处理情况"
    if faults and found.state == ConsultationState.SENT:
        raise FormRefusal(faults, article="A14.4b")
    _move(session, found, "close", by=by, at=at, seen=seen, reason=f"{found.subject}：{conclusion.strip()}")
    found.conclusion, found.closed_at = conclusion.strip(), at
    session.add(found)
    release(session, found, "release", by=by, at=at)


def reopen(
    session: Session,
    found: Consultation,
    *,
    reason: str,
    days: int | None,
    reply_ids: Sequence[int],
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Ask the chosen addressees anew after it was closed, with the reason and a new deadline (A14.4b)."""
    chosen = [one for one in replies_of(session, found) if one.id in set(reply_ids)]
    faults = faults_of_letter(found.subject, found.question, {one.org_unit: days for one in chosen})
    if len(reason.strip()) < 2:
        faults["reason"] = "请写明重新会商函询的原因"
    if faults:
        raise FormRefusal(faults, article="A14.4b")
    _move(session, found, "reopen", by=by, at=at, seen=seen, reason=f"{found.subject}：{reason.strip()}")
    found.closed_at, found.conclusion = None, ""
    session.add(found)
    for one in chosen:
        ask_anew(session, found, one, note=reason.strip(), days=days, by=by, at=at)


def lapse_of_case(session: Session, case_id: int, *, at: datetime) -> None:
    """The case has ended: what is still being asked about it need not be answered, and is never asked anew (A14.4b)."""
    lapse_open(session, case_id, at=at)
    for found in of_case(session, case_id):
        found.case_has_ended = True
        session.add(found)


def lapse_open(session: Session, case_id: int, *, at: datetime) -> None:
    """What the unit still asks about a case lapses: the case has ended, or another unit handles it now (A14.4b)."""
    for found in of_case(session, case_id):
        _lapse(session, found, at=at, reason=found.subject)


def lapse_of_project(session: Session, project_code: str, *, reason: str, at: datetime) -> None:
    """The project is over: what was asked about it as a whole is asked no more; addressees read why (A14.4b)."""
    for found in of_project(session, project_code):
        if found.state in CONSULTATION.sources("lapse"):
            found.conclusion, found.closed_at = reason[:4000], at
        _lapse(session, found, at=at, reason=f"{found.subject}：{reason}")
        found.case_has_ended = True
        session.add(found)


def _lapse(session: Session, found: Consultation, *, at: datetime, reason: str) -> None:
    if found.state in CONSULTATION.sources("lapse"):
        _move(session, found, "lapse", by=PLATFORM, at=at, reason=reason)
        release(session, found, "lapse", by=PLATFORM, at=at)


def _write(session: Session, found: Consultation, letter: Letter) -> None:
    for one in {one.org_unit: one for one in letter.addressees if one.org_unit != found.org_unit}.values():
        session.add(
            ConsultationReply(
                consultation_id=found.id or 0,
                application_id=found.application_id,
                project_code=found.project_code,
                org_unit=one.org_unit,
                why=one.why,
                limit_days=one.days or 0,
            )
        )
    for material in letter.materials:
        session.add(
            ConsultationMaterial(
                consultation_id=found.id or 0,
                name=material.name,
                file_name=material.file_name,
                media_type=material.media_type,
                digest=material.digest,
                size=material.size,
            )
        )
    session.add(found)
    session.flush()


def _move(
    session: Session, found: Consultation, event: str, *, by: Actor, at: datetime, reason: str, seen: int | None = None
) -> None:
    replies = replies_of(session, found)
    undisposed = [one for one in replies if one.state == ReplyState.ANSWERED and one.opinion in OBJECTIONS]
    facts = ConsultationFacts(
        subject=found.subject,
        question=found.question,
        addressees=len(replies),
        undisposed=tuple(name_of(session, one) for one in undisposed if not one.disposition),
        case_is_open=not found.case_has_ended,
    )
    held = held_as_asker(by, found)
    who = by.acting_as(Role.HANDLER, found.org_unit)
    step(session, CONSULTATION, found, event, facts, by=who, held=held, at=at, seen=seen, reason=reason)
