"""Sessions as rows: an opaque token in the cookie, its digest as the key, ended at once when it must be (A20.1)."""

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from core.accounts.tables import SESSIONS
from core.database import Zone, zone_of

IDLE = {Zone.PUBLIC: timedelta(minutes=30), Zone.EXTRANET: timedelta(minutes=30)}
ABSOLUTE = timedelta(hours=12)
REMEMBERED = timedelta(days=14)
"""How long an ended session is still known, by its cookie and its row: who comes back to a form that was left open
overnight, or over the longest holiday, is known to have been signed in, and what they typed is kept (T20)."""
_SEEN_EVERY = timedelta(seconds=60)

STRANGER, HALF, SIGNED_IN = "stranger", "half", "signed_in"
"""Stages of a session: nobody yet; password given, second factor missing; signed in."""


@dataclass(frozen=True)
class OpenSession:
    """What a request knows of its session; `opened_at` is when its stage was reached, by the factor that opened it."""

    id: str
    actor_id: str
    stage: str
    csrf_secret: str
    opened_at: datetime
    ends_at: datetime


def open_session(session: Session, *, actor_id: str, stage: str, address: str, at: datetime) -> tuple[str, OpenSession]:
    """Begin a session and give its token, which is shown once and never stored."""
    token = secrets.token_urlsafe(32)
    secret, ends_at = secrets.token_hex(32), at + ABSOLUTE
    known = OpenSession(digest(token), actor_id, stage, secret, opened_at=at, ends_at=ends_at)
    return token, _stored(session, known, address=address, at=at)


def rotate(
    session: Session, old: str, *, actor_id: str, stage: str, address: str, at: datetime
) -> tuple[str, OpenSession]:
    """A new token at every step up, so that a token planted before signing in is worth nothing (T20)."""
    end_session(session, old)
    return open_session(session, actor_id=actor_id, stage=stage, address=address, at=at)


def confirm(session: Session, known: OpenSession, *, address: str, at: datetime) -> tuple[str, OpenSession]:
    """The session goes on under a new token, its second factor given again (T20).

    Its end stays where it was, and so does the secret of its forms: what lies open in other tabs is still good.
    """
    return renew(session, replace(known, opened_at=at), address=address, at=at)


def renew(session: Session, known: OpenSession, *, address: str, at: datetime) -> tuple[str, OpenSession]:
    """The same session under a new token: who bears the old one is out (T20)."""
    end_session(session, known.id)
    token = secrets.token_urlsafe(32)
    return token, _stored(session, replace(known, id=digest(token)), address=address, at=at)


def end_session(session: Session, session_id: str) -> None:
    """End one session at once."""
    table = SESSIONS[zone_of(session)]
    session.execute(sa.delete(table).where(col(table.id) == session_id))


def is_alive(zone: Zone, seen_at: datetime, ends_at: datetime, at: datetime) -> bool:
    """Whether a session still counts at an instant: neither idle too long nor past its end."""
    return at < ends_at and at - seen_at < IDLE[zone]


def is_due_to_be_seen(seen_at: datetime, at: datetime) -> bool:
    """Whether a use of the session is worth a write: at most one a minute."""
    return at - seen_at >= _SEEN_EVERY


def mark_seen(session: Session, session_id: str, at: datetime) -> None:
    """Push the idle limit on."""
    table = SESSIONS[zone_of(session)]
    session.execute(sa.update(table).where(col(table.id) == session_id).values(seen_at=at))


def digest(token: str) -> str:
    """The key of a session row: SHA-256 of the token, so that a read database gives no way in."""
    return hashlib.sha256(token.encode()).hexdigest()


def _stored(session: Session, known: OpenSession, *, address: str, at: datetime) -> OpenSession:
    session.add(SESSIONS[zone_of(session)](**asdict(known), address=address, seen_at=at))
    session.flush()
    return known
