"""Retelling: after a restore the other zone's messages are applied anew, and what follows from them was told already.

An applier that is run again tells the same words again. They are recognised among the messages taken back
(`core.exchange.taking_back`) by kind, subject and content, and not told a second time. What nobody tells again are the
acts of people that were lost with the rows: they stay listed.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, zone_of
from core.exchange.message import Direction
from core.exchange.tables import State, in_states, tables_of

TAKEN = "对方交回，已补回；所记事项如未恢复，请重新办理"
"""The reason of a copy whose message was taken back: an act of this zone that its rows may have lost."""

RECOGNISED = "对方交回，已补回；重新办理来文时已对上"

_RETELLS = "retells"


def has_taken_back(db: Database) -> bool:
    """Whether anything that this zone tells may have been told before it was restored."""
    table = tables_of(db.zone).message
    indexed = in_states(table.c.state, State.REJECTED, State.REFUSED)  # the partial index as it is spelled
    taken = in_states(table.c.state, State.REFUSED), table.c.reason == TAKEN
    copies = sa.select(table.c.position).where(indexed, *taken)
    with db.reading() as session:
        return session.connection().execute(copies.limit(1)).first() is not None


def recognising(db: Database) -> Database:
    """The same database; what is told in its transactions may have been told before the restore."""
    return replace(db, workplace={**db.workplace, _RETELLS: True})


def recognise(session: Session, told: dict[str, Any]) -> str | None:
    """The id of the same words that were told before the restore and not told again yet; None when they are new."""
    if not session.info.get(_RETELLS):
        return None
    table = tables_of(zone_of(session)).message
    first = (
        sa.select(sa.func.min(table.c.position))
        .where(
            table.c.direction == Direction.out_of(zone_of(session)),
            in_states(table.c.state, State.REFUSED),
            table.c.reason == TAKEN,
            *(table.c[name] == told[name] for name in ("kind", "subject", "body")),
        )
        .scalar_subquery()
    )
    found = sa.update(table).where(table.c.position == first).values(reason=RECOGNISED).returning(table.c.id)
    known: str | None = session.connection().scalar(found)
    return known
