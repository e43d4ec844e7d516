"""Lights that replies earn (A14.4b, A14.4d): written down once each, for good, by the sweep or when the clock stops."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, or_, select

from core.consultations.tables import ConsultationReply, ReplyLight
from core.database import table_of
from core.exchange.tables import insert_into

_R, _L = table_of(ConsultationReply), table_of(ReplyLight)


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
    session.flush()
    noted = 0
    for place, light, day in ((1, "yellow", one.warn_on), (2, "red", one.red_on)):
        if day is None or day > on or one.lit >= place or not _claim(session, one, place):
            continue
        earned = {
            "reply_id": one.id,
            "project_code": one.project_code,
            "org_unit": one.org_unit,
            "started_on": one.started_on or day,
            "light": light,
            "earned_on": day,
            "recorded_at": at,
        }
        connection = session.connection()
        # asked anew on the day it was asked, it earns the light of that day once
        connection.execute(insert_into(_L, connection.dialect.name).values(earned).on_conflict_do_nothing())
        noted += 1
    return noted


def _claim(session: Session, one: ConsultationReply, lit: int) -> bool:
    """Take it upon this transaction to write a light down; False where another did, or the reply was asked anew."""
    as_read = _R.c.id == one.id, _R.c.lit == one.lit, _R.c.started_on == one.started_on
    if session.connection().execute(sa.update(_R).where(*as_read).values(lit=lit)).rowcount != 1:
        return False
    sa.orm.attributes.set_committed_value(one, "lit", lit)
    return True
