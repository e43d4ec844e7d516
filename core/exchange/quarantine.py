"""Quarantine: what becomes of a message that couldn't be applied. Its bytes are never edited (A2.1).

One person may have a message tried again, giving it up takes two (decision 0019); that is for the desk which calls
them, in its own transaction with its own trace.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from core.database import zone_of
from core.errors import Conflict
from core.exchange.message import Direction, Envelope
from core.exchange.receipts import give_receipt
from core.exchange.tables import State, in_states, standing, tables_of


def release(session: Session, message_id: str) -> None:
    """Try the message again as it is, after the code or the data it met was mended; its subject waits until then."""
    _leave(session, message_id, State.RECEIVED, None)


def reject(session: Session, message_id: str, *, reason: str, at: datetime) -> None:
    """Give the message up: its sender is told the reason, and the later messages of its subject go on."""
    row = _leave(session, message_id, State.REJECTED, reason)
    tables = tables_of(zone_of(session))
    session.connection().execute(sa.delete(tables.block).where(tables.block.c.message_id == message_id))
    told = Envelope(row.id, row.kind, row.subject, row.number, row.happened_at, row.cause, Direction(row.direction))
    give_receipt(session, told, digest=row.digest, reason=reason, at=at)


def _leave(session: Session, message_id: str, state: State, reason: str | None) -> sa.Row[tuple[object, ...]]:
    table = tables_of(zone_of(session)).message
    quarantined = sa.and_(
        table.c.id == message_id, standing(table.c.state), in_states(table.c.state, State.QUARANTINED)
    )
    left = sa.update(table).where(quarantined).values(state=state, reason=reason, not_before=None).returning(*table.c)
    row = session.connection().execute(left).first()
    if row is None:
        raise Conflict("该报文已不在隔离中，请看最新情况")
    return row
