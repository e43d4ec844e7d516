"""Replies (答复): asked, reminded, answered, asked anew, each on its own clock of working days (A14.4b, A15.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from core import clocks
from core.calendar_rows import Calendars
from core.clocks import business_date
from core.consultations.reply_lights import note_lights
from core.consultations.tables import Consultation, ConsultationAnswer, ConsultationReply
from core.domain import clock as rules
from core.domain.clock import Clock, Reading
from core.domain.consultation_states import (
    OPINION_WORDS,
    REPLY,
    Opinion,
    ReplyFacts,
    ReplyState,
    fault_of_answer,
    faults_of_letter,
)
from core.domain.policy import PLATFORM, Actor, Role
from core.domain.remit import region_of
from core.errors import FormRefusal
from core.organisations import organisations
from core.trace import record, step

BATCH = 500
"""Replies counted anew in one transaction."""

_Dates = tuple[date | None, date | None, date | None]
"""Due, warned and overtime from, as a row keeps them."""


def ask(session: Session, found: Consultation, one: ConsultationReply, *, by: Actor, at: datetime) -> None:
    """Ask an addressee: its clock starts, the day itself not counted (A14.4b, A15.1)."""
    _move_as_asker(session, found, one, "ask", by=by, at=at)
    _start(session, one, on=business_date(at))


def ask_anew(
    session: Session, found: Consultation, one: ConsultationReply, *, note: str, days: int | None, by: Actor,
    at: datetime, seen: int | None = None,
) -> None:  # fmt: skip
    """Ask an addressee once more, saying what is new; its earlier answer stays in the file (A14.4b).

    Refuses an empty note and a deadline out of bounds.
    """
    faults = {key: words for key, words in faults_of_letter("主题", "需要答复的问题", {"": days}).items()}
    if len(note.strip()) < 2:
        faults["note"] = "请写明为什么再次征求意见、补充了什么"
    if faults:
        raise FormRefusal(faults, article="A14.4b")
    _move_as_asker(session, found, one, "ask_again", by=by, at=at, seen=seen, words=note.strip())
    one.limit_days, one.asked_again = days or 0, note.strip()
    one.opinion = one.statement = one.answerer_name = one.disposition = ""
    one.answered_at = None
    _start(session, one, on=business_date(at))


def remind(
    session: Session, found: Consultation, one: ConsultationReply, *, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Remind an addressee of one's own consultation, once a day at most (A14.4b).

    Refuses everybody but handlers of the asking unit: nobody reminds another department's addressee.
    """
    reminded_today = one.reminded_at is not None and business_date(one.reminded_at) == business_date(at)
    facts = ReplyFacts(consultation=found.state, reminded_today=reminded_today)
    _move_as_asker(session, found, one, "remind", by=by, at=at, seen=seen, facts=facts)
    one.reminders += 1
    one.reminded_at = at
    session.add(one)


def answer(
    session: Session, found: Consultation, one: ConsultationReply, *, opinion: str, statement: str, by: Actor,
    at: datetime, seen: int | None = None,
) -> None:  # fmt: skip
    """Answer for the addressed unit: the clock stops, and whether it was late is kept for good (A14.4b, A14.4d).

    Refuses an unknown opinion, a missing statement, and everybody who is no handler of the addressed unit.
    """
    fault = fault_of_answer(opinion, statement)
    if fault and one.state == ReplyState.AWAITED:
        raise FormRefusal(fault, article="A14.4b")
    facts = ReplyFacts(consultation=found.state, opinion=opinion, statement=statement)
    words = OPINION_WORDS[Opinion(opinion)] if not fault else ""
    who = by.acting_as(Role.HANDLER, one.org_unit)
    step(
        session, REPLY, one, "answer", facts,
        by=who, held=frozenset({by.role}) | by.roles_at(one.org_unit), at=at, seen=seen,
        reason=f"{name_of(session, one)}：{words}",
    )  # fmt: skip
    one.opinion, one.statement = opinion, statement.strip()
    one.answerer_name, one.answered_at = who.name, at
    _stop(session, one, at=at)
    session.add(
        ConsultationAnswer(
            reply_id=one.id or 0,
            opinion=one.opinion,
            statement=one.statement,
            officer_id=by.id,
            officer_name=who.name,
            answered_at=at,
            was_late=reading_of(session, one, on=business_date(at)).was_red,
        )
    )


def release(session: Session, found: Consultation, event: str, *, by: Actor, at: datetime) -> None:
    """Wait for nobody any more; clocks that still run stop and keep the light they earned (A14.4b, A14.4d)."""
    for one in replies_of(session, found):
        if one.state == ReplyState.AWAITED:
            _move_as_asker(session, found, one, event, by=by, at=at)
            _stop(session, one, at=at)


def replies_of(session: Session, found: Consultation) -> Sequence[ConsultationReply]:
    """The addressees in the order they were chosen."""
    wanted = select(ConsultationReply).where(col(ConsultationReply.consultation_id) == found.id)
    return session.exec(wanted.order_by(col(ConsultationReply.id))).all()


def held_as_asker(by: Actor, found: Consultation) -> frozenset[Role]:
    """The roles that count for the asker's acts: those at the asking unit, never those at an addressee's (A14.4b)."""
    return frozenset({by.role}) | by.roles_at(found.org_unit)


def name_of(session: Session, one: ConsultationReply) -> str:
    """The addressed unit's name."""
    return organisations(session).unit_name(one.org_unit)


def reading_of(session: Session, one: ConsultationReply, *, on: date) -> Reading:
    """How an addressee's clock stands on a date; one not yet asked has not begun (A14.4d)."""
    return rules.reading(_clock(one, on), on, clocks.calendar_at(session, one.org_unit))


@dataclass(frozen=True)
class MovedReply:
    """An awaited reply whose due date a calendar moves."""

    reply: ConsultationReply
    before: date | None
    after: date | None


def moving(session: Session, calendars: Calendars) -> list[MovedReply]:
    """The awaited replies to which these calendars would give another due date (A15.1)."""
    tree = organisations(session)
    found = []
    for one in _awaited(session):
        region = region_of(one.org_unit)
        days = calendars.along(tree.above.get(region, frozenset({region})))
        after = rules.due_on(_clock(one, one.started_on or date.min), days)
        if after != one.due_on:
            found.append(MovedReply(one, one.due_on, after))
    return found


def recount(session: Session, *, reason: str, at: datetime, limit: int = BATCH) -> bool:
    """Count the dates of awaited replies anew after the calendar changed; returns whether any are left (A15.1).

    Nobody answers or is asked anew meanwhile: the rows are locked and looked at again. Each of which the due date moves
    has an entry in the trace of its case or project.
    """
    stale = [one.id or 0 for one in _awaited(session) if _dates(session, one) != _stored(one)]
    for one in _awaited(session, locked=stale[:limit]):
        before = one.due_on
        _store_dates(session, one)
        if one.due_on != before:
            _note_move(session, one, before, reason=reason, at=at)
    session.flush()
    return len(stale) > limit


def _note_move(session: Session, one: ConsultationReply, before: date | None, *, reason: str, at: datetime) -> None:
    kind, identity, code = one.trace_name()
    change = {"due_on": [str(day) if day else None for day in (before, one.due_on)]}
    words = f"重新计算答复期限：{name_of(session, one)}"
    record(
        session, "reply.recount", kind, identity, words, by=PLATFORM, at=at, project_code=code, reason=reason,
        change=change,
    )  # fmt: skip


def _awaited(session: Session, locked: Sequence[int] | None = None) -> Sequence[ConsultationReply]:
    """Every awaited reply; of those named in `locked` the ones that still are, held until this transaction ends."""
    found = select(ConsultationReply).where(col(ConsultationReply.state) == ReplyState.AWAITED)
    if locked is not None:
        found = found.where(col(ConsultationReply.id).in_(locked)).with_for_update(key_share=True)
        found = found.execution_options(populate_existing=True)
    return session.exec(found.order_by(col(ConsultationReply.id))).all()


def _start(session: Session, one: ConsultationReply, *, on: date) -> None:
    one.started_on, one.stopped_on, one.lit = on, None, 0
    _store_dates(session, one)
    session.flush()


def _stop(session: Session, one: ConsultationReply, *, at: datetime) -> None:
    """The clock stops; what it earned until then is written down, whether or not the sweep has come by (A14.4d)."""
    one.stopped_on = business_date(at)
    note_lights(session, one, on=one.stopped_on, at=at)


def _store_dates(session: Session, one: ConsultationReply) -> None:
    one.due_on, one.warn_on, one.red_on = _dates(session, one)
    session.add(one)


def _dates(session: Session, one: ConsultationReply) -> _Dates:
    clock, days = _clock(one, one.started_on or date.min), clocks.calendar_at(session, one.org_unit)
    return rules.due_on(clock, days), rules.warned_on(clock, days), rules.overtime_from(clock, days)


def _stored(one: ConsultationReply) -> _Dates:
    return one.due_on, one.warn_on, one.red_on


def _clock(one: ConsultationReply, on: date) -> Clock:
    return Clock(started_on=one.started_on or on, limit=one.limit_days, stopped_on=one.stopped_on)


def _move_as_asker(
    session: Session, found: Consultation, one: ConsultationReply, event: str, *, by: Actor, at: datetime,
    seen: int | None = None, facts: ReplyFacts | None = None, words: str = "",
) -> None:  # fmt: skip
    name = name_of(session, one)
    step(
        session, REPLY, one, event, facts or ReplyFacts(consultation=found.state),
        by=by.acting_as(Role.HANDLER, found.org_unit), held=held_as_asker(by, found), at=at, seen=seen,
        reason=f"{name}：{words}" if words else name,
    )  # fmt: skip
