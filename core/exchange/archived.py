"""How far a direction's rows were moved into archive files in this zone."""

import uuid
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Zone, zone_of
from core.exchange.desk_tables import archive_of
from core.exchange.message import Direction


def archived_up_to(session: Session, direction: Direction, epoch: int) -> int:
    """The last archived number of a direction and epoch; 0 when nothing was archived."""
    here = {"direction": direction, "epoch": epoch}
    last: int | None = session.connection().execute(_last_archived(zone_of(session)), here).scalar()
    return last or 0


@cache
def _last_archived(zone: Zone) -> sa.Select[Any]:
    table = archive_of(zone)
    here = (table.c.direction == sa.bindparam("direction"), table.c.epoch == sa.bindparam("epoch"))
    return sa.select(sa.func.max(table.c.last)).where(*here)


def archived_digest(session: Session, direction: Direction, epoch: int, number: int) -> str:
    """The digest of the last message of an archived range that ends with this number; "" when none does."""
    table = archive_of(zone_of(session))
    found = sa.select(table.c.last_digest).where(
        table.c.direction == direction, table.c.epoch == epoch, table.c.last == number
    )
    return session.connection().execute(found).scalar() or ""


def was_archived(session: Session, message_id: str) -> bool:
    """Whether an outgoing message that is no longer here was told before the newest archive's limit.

    Only answered messages are archived. The time is in the identifier itself (RFC 9562); what is none was never told.
    """
    table = archive_of(zone_of(session))
    direction = Direction.out_of(zone_of(session))
    before: datetime | None = (
        session.connection()
        .execute(sa.select(sa.func.max(table.c.before)).where(table.c.direction == direction))
        .scalar()
    )
    if before is None:
        return False
    try:
        born = uuid.UUID(message_id).int >> 80
    except ValueError:
        return False
    return datetime.fromtimestamp(born / 1000, UTC) < before
