"""Lights that replies earn (A14.4b, A14.4d): written down once each, for good, by the sweep or when the clock stops."""

from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from core.consultations.tables import ConsultationReply, ReplyLight


def sweep_replies(session: Session, *, today: date, at: datetime, limit: int = 500) -> int:
    """Write down the lights that awaited replies have earned by today; returns how many were new (A14.4d)."""
    crossed = or_(
        (col(ConsultationReply.lit) == 0) & (col(ConsultationReply.warn_on) <= today),
        (col(ConsultationReply.lit) == 1) & (col(ConsultationReply.red_on) <= today),
    )
    found = select(ConsultationReply).where(crossed, col(ConsultationReply.stopped_on).is_(None)).limit(limit)
    return sum(note_lights(session, one, on=today, at=at) for one in session.exec(found).all())


def note_lights(session: Session, one: ConsultationReply, *, on: date, at: datetime) -> int:
    """Write down what one reply has earned by a day and nobody wrote down yet; returns how many lights."""
    earned = [
        (place, light, day)
        for place, light, day in ((1, "yellow", one.warn_on), (2, "red", one.red_on))
        if day is not None and day <= on and one.lit < place
    ]
    for place, light, day in earned:
        one.lit = place
        session.add(
            ReplyLight(
                reply_id=one.id or 0,
                project_code=one.project_code,
                org_unit=one.org_unit,
                started_on=one.started_on or day,
                light=light,
                earned_on=day,
                recorded_at=at,
            )
        )
    session.add(one)
    session.flush()
    return len(earned)
