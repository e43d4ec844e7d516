"""Channels: how far each direction has come in this zone, and its stop when transport is broken or attacked (A2.1)."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Zone, zone_of
from core.exchange.message import Direction
from core.exchange.tables import GENESIS, ChannelState, SealState, State, in_states, insert_into, tables_of
from core.prepared import Prepared

log = logging.getLogger(__name__)


class Overtaken(Exception):
    """Another process moved the channel in the meantime; the transaction must not commit, its work is done already."""


@dataclass(frozen=True)
class Head:
    """The last number of a direction that this zone sealed (outgoing) or verified (incoming), with its digest."""

    direction: Direction
    epoch: int
    number: int
    digest: str
    state: ChannelState
    reason: str | None = None
    changed_at: datetime | None = None


def head_of(session: Session, direction: Direction) -> Head:
    """Where the direction stands in this zone; before its first message, epoch 1 and number 0."""
    head = _channel(zone_of(session)).first(session, {"direction": direction})
    return head or Head(direction, 1, 0, GENESIS, ChannelState.OPEN)


@cache
def _channel(zone: Zone) -> Prepared[Head]:
    table = tables_of(zone).channel
    columns = ("direction", "epoch", "number", "digest", "state", "reason", "changed_at")
    found = sa.select(*(table.c[name] for name in columns)).where(table.c.direction == sa.bindparam("direction"))
    return Prepared(found, _head)


def _head(row: Sequence[Any]) -> Head:
    direction, epoch, number, digest, state, reason, changed_at = row
    return Head(Direction(direction), epoch, number, digest, ChannelState(state), reason, changed_at)


def advance(session: Session, head: Head, *, number: int, digest: str, at: datetime, fence: int = 0) -> None:
    """Move a direction from the head that was read to a new one.

    Raises `Overtaken` when it no longer stands there or a later holder of the lease has been here.
    """
    if head.changed_at is None:  # never moved: its row may not be there yet
        _ensure(session, head.direction)
    here = {"of": head.direction, "in_epoch": head.epoch, "from_number": head.number, "to_fence": fence}
    there = {"to_number": number, "to_digest": digest, "at": at}
    moved = session.connection().execute(_advancing(zone_of(session)), here | there)
    if moved.rowcount != 1:
        raise Overtaken(f"{head.direction} left number {head.number}")


@cache
def _advancing(zone: Zone) -> sa.Update:
    return advancing(zone, sa.bindparam("to_fence", type_=tables_of(zone).channel.c.fence.type))


def advancing(zone: Zone, fence: sa.ColumnElement[int]) -> sa.Update:
    """The statement behind `advance`, under a fencing number that is a value or comes out of the same statement."""
    table = tables_of(zone).channel
    return (
        sa.update(table)
        .where(
            table.c.direction == sa.bindparam("of"),
            table.c.epoch == sa.bindparam("in_epoch"),
            table.c.number == sa.bindparam("from_number"),
            table.c.fence <= fence,
            table.c.state != ChannelState.STOPPED,
        )
        .values(
            number=sa.bindparam("to_number"),
            digest=sa.bindparam("to_digest"),
            fence=fence,
            state=ChannelState.OPEN,
            reason=None,
            changed_at=sa.bindparam("at", type_=table.c.changed_at.type),
        )
    )


def stop(session: Session, direction: Direction, reason: str, *, at: datetime) -> None:
    """Stop a direction until an operator reopens it; the first reason stays. `reason` is shown to operators."""
    log.error("exchange stopped", extra={"direction": str(direction), "reason": reason})
    _mark(session, direction, ChannelState.STOPPED, reason, at)


def mark_gap(session: Session, direction: Direction, reason: str, *, at: datetime) -> None:
    """Say that a number is missing; the relay then carries again from the last verified one, and the gap closes."""
    log.warning("exchange gap", extra={"direction": str(direction), "reason": reason})
    _mark(session, direction, ChannelState.GAP, reason, at)


def close_gap(session: Session, direction: Direction, *, at: datetime) -> None:
    """Let a direction go on that waited for what was missing; a stopped one stays stopped."""
    table = tables_of(zone_of(session)).channel
    waiting = sa.and_(table.c.direction == direction, table.c.state == ChannelState.GAP)
    opened = {"state": ChannelState.OPEN, "reason": None, "changed_at": at}
    session.connection().execute(sa.update(table).where(waiting).values(opened))


def reopen(session: Session, direction: Direction, *, at: datetime) -> None:
    """Let a stopped direction flow again: what arrived unverified is refused, kept as evidence, and carried anew."""
    tables = tables_of(zone_of(session))
    connection = session.connection()
    for table, refused, arrived in (
        (tables.message, State.REFUSED, State.ARRIVED),
        (tables.seal, SealState.REFUSED, SealState.ARRIVED),
    ):
        here = sa.and_(table.c.direction == direction, in_states(table.c.state, arrived))
        connection.execute(sa.update(table).where(here).values(state=refused))
    opened = {"state": ChannelState.OPEN, "reason": None, "changed_at": at}
    connection.execute(sa.update(tables.channel).where(tables.channel.c.direction == direction).values(opened))


def acknowledge(session: Session, direction: Direction, number: int) -> None:
    """Remember that the other zone verified this direction up to a number."""
    session.connection().execute(_acknowledging(zone_of(session)), {"of": direction, "to": number})


@cache
def _acknowledging(zone: Zone) -> sa.Update:
    table = tables_of(zone).channel
    to = sa.bindparam("to", type_=table.c.acknowledged.type)
    return (
        sa.update(table)
        .where(table.c.direction == sa.bindparam("of"), table.c.acknowledged < to)
        .values(acknowledged=to)
    )


def _mark(session: Session, direction: Direction, state: ChannelState, reason: str, at: datetime) -> None:
    _ensure(session, direction)
    table = tables_of(zone_of(session)).channel
    session.connection().execute(
        sa.update(table)
        .where(table.c.direction == direction, table.c.state != ChannelState.STOPPED)
        .values(state=state, reason=reason, changed_at=at)
    )


def _ensure(session: Session, direction: Direction) -> None:
    connection = session.connection()
    first = {"direction": direction, "epoch": 1, "number": 0, "digest": GENESIS, "acknowledged": 0, "fence": 0}
    connection.execute(_opening(zone_of(session), connection.dialect.name), {**first, "state": ChannelState.OPEN})


@cache
def _opening(zone: Zone, dialect: str) -> sa.Insert:
    return insert_into(tables_of(zone).channel, dialect).on_conflict_do_nothing()
