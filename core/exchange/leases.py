"""Leases: work that only one process of a zone does at a time, with a fencing number against a holder that slept.

A lease under a holder's name that is used once is a pause that all processes keep, over their restarts.

The sealer takes it in the transaction of the batch: a second process waits for that transaction, then finds the lease
held and stands by. A step of the worker (`core.zone_worker.alone`) takes it in one of its own before its work, which is
therefore such that doing it twice does no harm. A holder that was killed is followed when its lease runs out.
"""

import os
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Zone, zone_of
from core.exchange.tables import insert_into, tables_of
from core.uuids import uuid7

_DRAWN = uuid7()


def this_process() -> str:
    """The holder's name unless a caller has a reason for another: new at every start, and for every forked child."""
    return f"{_DRAWN}-{os.getpid()}"


def take(session: Session, name: str, *, now: datetime, seconds: float, holder: str = "") -> int | None:
    """Take or renew the lease for some seconds: its fencing number, or None while another holder has it."""
    connection = session.connection()
    wish = wishing(name, now=now, seconds=seconds, holder=holder)
    fence: int | None = connection.execute(taking(zone_of(session), connection.dialect.name), wish).scalar()
    return fence


def wishing(name: str, *, now: datetime, seconds: float, holder: str = "") -> dict[str, Any]:
    """The values that `taking` is given."""
    until = now + timedelta(seconds=seconds)
    return {"name": name, "holder": holder or this_process(), "fence": 1, "expires_at": until, "now": now}


@cache
def taking(zone: Zone, dialect: str) -> sa.Insert:
    """The statement behind `take`, which another statement may hold: it returns the fencing number or nothing."""
    table = tables_of(zone).lease
    insert = insert_into(table, dialect).values({column: sa.bindparam(column.name) for column in table.c})
    own = table.c.holder == insert.excluded.holder
    return insert.on_conflict_do_update(
        index_elements=[table.c.name],
        set_={
            "holder": insert.excluded.holder,
            "fence": table.c.fence + sa.case((own, 0), else_=1),
            "expires_at": insert.excluded.expires_at,
        },
        where=sa.or_(own, table.c.expires_at <= sa.bindparam("now", type_=table.c.expires_at.type)),
    ).returning(table.c.fence)


def release(session: Session, name: str, *, now: datetime, holder: str = "") -> None:
    """Give the lease back before it runs out, so that the next process need not wait; the fencing number stays."""
    holder = holder or this_process()
    table = tables_of(zone_of(session)).lease
    ended = sa.update(table).where(table.c.name == name, table.c.holder == holder).values(expires_at=now)
    session.connection().execute(ended)
