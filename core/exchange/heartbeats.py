"""Heartbeats: a zone that has told nothing for half a minute says that it lives, and what it has verified (A2.1).

So the other zone knows up to which moment it has been told everything: the time of the newest seal it verified. A
heartbeat is not answered; a digest in it that this zone never sealed is a fork, and stops the direction.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from time import monotonic
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import Session

from core.database import Database, Zone, utc_now, zone_of
from core.exchange import channels, outbox
from core.exchange.channels import head_of
from core.exchange.fields import Digest, Number, Readers, Size
from core.exchange.message import Direction, Envelope, Message, applies
from core.exchange.placed import places_of
from core.exchange.receipts import HEARTBEAT
from core.exchange.standing import refuse_to_guess
from core.exchange.tables import SealState, State, in_states, standing, tables_of

IDLE = timedelta(seconds=30)
"""Silence after which a zone says that it lives."""

LOOK_SECONDS = 5.0
"""How long a portal trusts what it read last."""


class HeartbeatToExtranet(Message):
    """Internet zone → extranet: alive, and verified up to this number of what it was told."""

    kind: ClassVar[str] = HEARTBEAT
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.WORKER
    epoch: Number = Field(ge=1)
    verified: Size
    digest: Digest

    def subject(self) -> str:
        """Each replaces the one before."""
        return "exchange:heartbeat"


class HeartbeatToInternet(HeartbeatToExtranet):
    """Extranet → internet zone: the same for the other direction."""

    kind: ClassVar[str] = HEARTBEAT
    direction: ClassVar[Direction] = Direction.TO_INTERNET


def tell_life(db: Database, now: datetime | None = None) -> int:
    """A worker's step: a heartbeat when this zone has been silent for half a minute and has nothing left to seal."""
    at = now or utc_now()
    own = Direction.out_of(db.zone)
    with db.reading() as session:
        newest = _newest_seal(session, own, SealState.GIVEN)
        if (newest is not None and at - newest < IDLE) or _has_unsealed(session):
            return 0
        told = head_of(session, Direction.into(db.zone))
    model = HeartbeatToExtranet if own is Direction.TO_EXTRANET else HeartbeatToInternet
    with db.writing() as session:
        outbox.send(session, model(epoch=told.epoch, verified=told.number, digest=told.digest), at=at)
    return 1


@applies(HeartbeatToExtranet)
@applies(HeartbeatToInternet)
def take_heartbeat(session: Session, told: HeartbeatToExtranet, envelope: Envelope) -> None:
    """Remember what the other zone has verified of ours; another digest than ours is a fork and stops the direction.

    A number that wasn't sealed here means that this database is older than what it told (`Behind`).
    """
    if not told.verified:
        return
    direction = Direction.out_of(zone_of(session))
    if told.epoch == head_of(session, direction).epoch:
        refuse_to_guess(session, envelope, told.verified, f"对方心跳确认到第 {told.verified} 号，本区尚未封签")
    if sealed_digest(session, direction, told.epoch, told.verified) in (None, told.digest):
        channels.acknowledge(session, direction, told.verified)
        return
    words = f"对方心跳所确认的第 {told.verified} 号报文与本方所发不符（分叉）"
    channels.stop(session, direction, words, at=envelope.happened_at)


def sealed_digest(session: Session, direction: Direction, epoch: int, number: int) -> str | None:
    """The digest this zone sealed under a number; None when it was archived, "" when it never sealed one."""
    head = head_of(session, direction)
    if epoch != head.epoch or number > head.number:
        return ""
    place = places_of(zone_of(session)).place
    own = sa.select(place.c.digest).where(place.c.epoch == epoch, place.c.number == number)
    found: str | None = session.connection().scalar(own)
    return found


def told_up_to(session: Session) -> datetime | None:
    """Up to which moment this zone has been told everything; None when it was never told anything."""
    return _newest_seal(session, Direction.into(zone_of(session)), SealState.VERIFIED)


def has_heard(session: Session, subjects: Collection[str], *, until: datetime) -> bool:
    """Whether this zone has taken in everything that happened to these subjects in the other one up to a moment.

    Silence is only silence once this holds: what was told in time may still be on its way, or wait here unapplied.
    """
    told = told_up_to(session)
    return told is not None and told >= until and not _waits(session, subjects)


_LAST: WeakKeyDictionary[object, tuple[float, datetime | None]] = WeakKeyDictionary()


def told_up_to_lately(session: Session) -> datetime | None:
    """The same as a portal's process read it a few seconds ago at most: every page asks."""
    pool = session.connection().engine.pool
    last = _LAST.get(pool)
    if last is None or monotonic() - last[0] >= LOOK_SECONDS:
        last = _LAST[pool] = (monotonic(), told_up_to(session))
    return last[1]


def _newest_seal(session: Session, direction: Direction, state: SealState) -> datetime | None:
    found: datetime | None = session.connection().scalar(_newest(zone_of(session), state), {"direction": direction})
    return found


@cache
def _newest(zone: Zone, state: SealState) -> sa.Select[Any]:
    table = tables_of(zone).seal
    here = (table.c.direction == sa.bindparam("direction"), standing(table.c.state), in_states(table.c.state, state))
    return sa.select(table.c.sealed_at).where(*here).order_by(table.c.epoch.desc(), table.c.number.desc()).limit(1)


def _waits(session: Session, subjects: Collection[str]) -> bool:
    table = tables_of(zone_of(session)).message
    held = in_states(table.c.state, State.RECEIVED, State.WAITING, State.QUARANTINED)
    of_these = table.c.direction == Direction.into(zone_of(session)), table.c.subject.in_(subjects)
    return session.connection().execute(sa.select(table.c.position).where(*of_these, held).limit(1)).first() is not None


def _has_unsealed(session: Session) -> bool:
    waiting = sa.select(places_of(zone_of(session)).unsealed.c.position).limit(1)
    return session.connection().execute(waiting).first() is not None
