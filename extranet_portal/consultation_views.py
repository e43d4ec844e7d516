"""What pages print of consultations: lights of replies, rows of lists, what an addressee may read (A14.4b)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from core import clocks
from core.clocks import business_date
from core.consultations.queries import ReceivedRow, SentRow, answers_of
from core.consultations.replies import reading_of, replies_of
from core.consultations.tables import Consultation, ConsultationMaterial, ConsultationReply
from core.domain import clock as rules
from core.domain.clock import Clock, Reading, unit_words
from core.domain.consultation_states import (
    CONSULTATION,
    KIND_WORDS,
    OBJECTIONS,
    OPINION_WORDS,
    ConsultationState,
    Opinion,
    ReplyState,
)
from core.organisations import organisations
from core.web.ask import Ask
from core.web.shown import LightShown, ProjectShown, light_shown
from extranet_portal.case_files import FileShown

VIEWABLE = ("application/pdf", "image/png", "image/jpeg")
TONES = {
    ConsultationState.DRAFTED: "still",
    ConsultationState.SENT: "blue",
    ConsultationState.CLOSED: "green",
    ConsultationState.WITHDRAWN: "still",
    ConsultationState.LAPSED: "still",
}
OPINION_TONES = {
    Opinion.AGREE: "green",
    Opinion.AGREE_WITH_CONDITIONS: "yellow",
    Opinion.OBJECT: "red",
    Opinion.NOT_CONCERNED: "still",
    Opinion.NEED_MORE: "yellow",
}


@dataclass(frozen=True)
class AnswerShown:
    """One answer as it was given."""

    opinion: str
    tone: str
    statement: str
    who: str
    at: datetime
    was_late: bool


@dataclass(frozen=True)
class ReplyShown:
    """One addressee as the asker sees it: why, until when, what it said before and says now."""

    identity: int
    version: int
    state: str
    name: str
    why: str
    light: LightShown
    due_on: date | None
    reminded: str
    asked_again: str
    answers: tuple[AnswerShown, ...]
    disposition: str
    is_objection: bool


@dataclass(frozen=True)
class RowShown:
    """One line of a list: received or sent."""

    light: LightShown
    kind: str
    subject: str
    href: str
    project: ProjectShown
    who: str
    when: datetime | None
    due_on: date | None
    words: str
    tone: str


def reply_light(state: str, reading: Reading) -> LightShown:
    """The light of an addressee's clock: answered replies keep how late they were, released ones say so (A14.4d)."""
    late = f" 超时 {reading.overtime} {unit_words(reading.unit)}" if reading.was_red else ""
    if state == ReplyState.ANSWERED:
        return LightShown("late" if late else "closed", f"已答复{late}")
    if state == ReplyState.RELEASED:
        return LightShown("none", f"未答复{late}")
    if state == ReplyState.CHOSEN:
        return LightShown("none", "待发出")
    return light_shown(reading)


def replies_shown(ask: Ask, found: Consultation) -> tuple[ReplyShown, ...]:
    """Every addressee with its answers, in the order they were chosen."""
    rows = replies_of(ask.session, found)
    given: dict[int, list[AnswerShown]] = {}
    for one in answers_of(ask.session, [row.id or 0 for row in rows]):
        opinion = Opinion(one.opinion)
        shown = AnswerShown(
            OPINION_WORDS[opinion],
            OPINION_TONES[opinion],
            one.statement,
            one.officer_name,
            one.answered_at,
            one.was_late,
        )
        given.setdefault(one.reply_id, []).append(shown)
    return tuple(_reply(ask, row, tuple(given.get(row.id or 0, ()))) for row in rows)


def reply_shown(ask: Ask, row: ConsultationReply) -> ReplyShown:
    """One addressee's own reply."""
    given = tuple(
        AnswerShown(
            OPINION_WORDS[Opinion(one.opinion)], OPINION_TONES[Opinion(one.opinion)], one.statement, one.officer_name,
            one.answered_at, one.was_late,
        )
        for one in answers_of(ask.session, [row.id or 0])
    )  # fmt: skip
    return _reply(ask, row, given)


def material_shown(ask: Ask, found: Consultation, one: ConsultationMaterial) -> FileShown:
    """A material that goes along with the question."""
    href = ask.url("consultation.material_file", consultation_id=found.id, enclosure_id=one.id)
    return FileShown(str(one.id), one.name, one.file_name, one.file_name, one.size, href, one.media_type in VIEWABLE)


def received_row(ask: Ask, row: ReceivedRow) -> RowShown:
    """One question that was asked."""
    clock = Clock(row.started_on or ask.today, row.limit_days, stopped_on=row.stopped_on)
    reading = rules.reading(clock, ask.today, clocks.calendar_at(ask.session, row.addressed_unit))
    tree = organisations(ask.session)
    opinion = Opinion(row.opinion) if row.opinion else None
    words = OPINION_WORDS[opinion] if opinion else (f"已催办 {row.reminders} 次" if row.reminders else "")
    return RowShown(
        light=reply_light(row.state, reading),
        kind=KIND_WORDS[row.kind],
        subject=row.subject,
        href=ask.url("consultation.see_one", consultation_id=row.consultation_id),
        project=ProjectShown(row.project_name, row.project_code),
        who=tree.unit_name(row.asking_unit),
        when=row.sent_at,
        due_on=reading.due_on if row.state == ReplyState.AWAITED else None,
        words=words,
        tone=OPINION_TONES[opinion] if opinion else "yellow",
    )


def sent_row(ask: Ask, row: SentRow) -> RowShown:
    """One consultation that was sent or drafted."""
    state = ConsultationState(row.state)
    return RowShown(
        light=LightShown("none", ""),
        kind=KIND_WORDS[row.kind],
        subject=row.subject or "（未填主题）",
        href=ask.url("consultation.see_one", consultation_id=row.consultation_id),
        project=ProjectShown(row.project_name, row.project_code),
        who=row.item_name or "项目整体",
        when=row.opened_at,
        due_on=None,
        words=f"{CONSULTATION.word(state)}　{row.answered}/{row.asked} 家已答复",
        tone=TONES[state],
    )


def head_rows(session: Session, found: Consultation) -> list[tuple[str, str]]:
    """Who asks about what."""
    tree = organisations(session)
    return [
        ("方式", KIND_WORDS[found.kind]),
        ("发起单位", f"{tree.unit_name(found.org_unit)}　{found.opener_name}"),
        ("关于事项", found.item_name or "项目整体"),
    ]


def objections(replies: Sequence[ReplyShown]) -> tuple[ReplyShown, ...]:
    """Those whose answer must be disposed of before the consultation can be closed."""
    return tuple(one for one in replies if one.is_objection)


def _reply(ask: Ask, row: ConsultationReply, answers: tuple[AnswerShown, ...]) -> ReplyShown:
    reading = reading_of(ask.session, row, on=ask.today)
    reminded = ""
    if row.reminders and row.reminded_at is not None and row.state == ReplyState.AWAITED:
        on = business_date(row.reminded_at)
        reminded = f"已催办 {row.reminders} 次，最近 {on.month} 月 {on.day} 日"
    return ReplyShown(
        identity=row.id or 0,
        version=row.version,
        state=row.state,
        name=organisations(ask.session).unit_name(row.org_unit),
        why=row.why,
        light=reply_light(row.state, reading),
        due_on=reading.due_on if row.state == ReplyState.AWAITED else None,
        reminded=reminded,
        asked_again=row.asked_again,
        answers=answers,
        disposition=row.disposition,
        is_objection=row.state == ReplyState.ANSWERED and row.opinion in OBJECTIONS,
    )
