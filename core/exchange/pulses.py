"""Signs of life: of the processes here, by rows of their own; of the far zone's, by what it tells in a message (A2.1).

The extranet can't look into the internet zone. It knows what that zone's worker told last, when it told it, and what
receipts say; where nothing was told, the desk says so.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session, select

from core.database import Database, Zone, utc_now, zone_of
from core.exchange import outbox
from core.exchange.desk_tables import FarStanding, pulse_of
from core.exchange.fields import Size
from core.exchange.message import Direction, Envelope, Message, applies
from core.exchange.status import held_messages, status
from core.exchange.tables import State, in_states, insert_into, tables_of

WORKER = "worker"
BEAT_SECONDS = 10.0
STANDING_SECONDS = 60.0
SLOW, SILENT = timedelta(minutes=2), timedelta(minutes=10)
"""Silence after which a sign of life is yellow, and red."""

MOST_HELD = 50

log = logging.getLogger(__name__)


class HeldTold(BaseModel):
    """One message that the internet zone holds back."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_id: str = Field(max_length=36)
    kind: str = Field(max_length=80)
    subject: str = Field(max_length=120)
    state: str = Field(max_length=16)
    reason: str = Field(max_length=400)
    since: datetime


class ExchangeStanding(Message):
    """Internet zone → extranet: how the exchange stands there, so that its operators needn't guess."""

    kind: ClassVar[str] = "exchange.standing.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    unsealed: Size
    unanswered: Size
    arrived: Size
    received: Size
    waiting: Size
    quarantined: Size
    oldest_at: datetime | None
    channel: str = Field(max_length=16)
    channel_reason: str = Field(max_length=1000)
    held: tuple[HeldTold, ...] = Field(max_length=MOST_HELD)

    def subject(self) -> str:
        """One account replaces the one before."""
        return "exchange:standing"


def beat(db: Database, name: str, *, at: datetime, carried_at: datetime | None = None) -> None:
    """Leave a sign of life in this zone. `carried_at`: when the relay last carried something."""
    table = pulse_of(db.zone)
    with db.writing() as session:
        connection = session.connection()
        sign = insert_into(table, connection.dialect.name).values(name=name, at=at, carried_at=carried_at)
        later = {"at": sign.excluded.at, "carried_at": sa.func.coalesce(sign.excluded.carried_at, table.c.carried_at)}
        connection.execute(sign.on_conflict_do_update(index_elements=[table.c.name], set_=later))


def relay_name(direction: Direction) -> str:
    """The name under which the relay of a direction leaves its signs."""
    return f"relay:{direction}"


class RelayBeat:
    """The relay's signs of life, in both zones and at most every ten seconds; a sign that fails delays nothing."""

    def __init__(self, direction: Direction, *databases: Database) -> None:
        self._name = relay_name(direction)
        self._databases = databases
        self._next: datetime | None = None
        self._carried_at: datetime | None = None

    def carried(self, count: int, began: datetime) -> None:
        """Note that a round ended, how many messages it carried, and when it had compared both ends."""
        now = utc_now()
        self._carried_at = now if count else self._carried_at
        if self._next is not None and now < self._next:
            return
        self._next = now + timedelta(seconds=BEAT_SECONDS)
        for database in self._databases:
            with suppress(sa.exc.DBAPIError):
                beat(database, self._name, at=began, carried_at=self._carried_at)

    def owe(self) -> None:
        """Leave the next sign at once: a zone waits to hear that both ends were compared."""
        self._next = None


def beat_worker(db: Database, now: datetime | None = None) -> int:
    """A worker's step: its sign of life. It seals and applies, so one sign stands for both."""
    beat(db, WORKER, at=now or utc_now())
    return 0


def tell_standing(db: Database, now: datetime | None = None) -> int:
    """The internet zone's worker tells how the exchange stands here, unless its last account is still on its way."""
    if db.zone is not Zone.PUBLIC:
        raise ValueError("only the internet zone tells how it stands")
    with db.reading() as session:
        if _is_on_its_way(session):
            return 0
        held = held_messages(session, limit=MOST_HELD)
    stands = status(db)
    channel = stands.channels[Direction.into(db.zone)]
    told = ExchangeStanding(
        unsealed=stands.unsealed.count,
        unanswered=stands.sealed.count + stands.carried.count,
        arrived=stands.arrived.count,
        received=stands.received.count,
        waiting=stands.waiting.count,
        quarantined=stands.quarantined.count,
        oldest_at=stands.oldest_outgoing_at,
        channel=channel.state,
        channel_reason=(channel.reason or channel.clock_words)[:1000],
        held=tuple(
            HeldTold(
                message_id=row.id,
                kind=row.kind,
                subject=row.subject,
                state=row.state,
                reason=(row.reason or "")[:400],
                since=row.received_at,
            )
            for row in held
        ),
    )
    with db.writing() as session:
        outbox.send(session, told, at=now or utc_now())
    return 1


def _is_on_its_way(session: Session) -> bool:
    table = tables_of(zone_of(session)).message
    told = (in_states(table.c.state, State.TOLD), table.c.kind == ExchangeStanding.kind)
    return session.connection().execute(sa.select(table.c.position).where(*told).limit(1)).first() is not None


@applies(ExchangeStanding)
def keep_standing(session: Session, told: ExchangeStanding, envelope: Envelope) -> None:
    """Keep the newest account of the internet zone; an older one changes nothing."""
    known = session.get(FarStanding, Zone.PUBLIC)
    if known is not None and known.told_at >= envelope.happened_at:
        return
    counts = told.model_dump(include={"unsealed", "unanswered", "arrived", "received", "waiting", "quarantined"})
    values: dict[str, Any] = {
        "told_at": envelope.happened_at,
        "counts": counts,
        "oldest_at": told.oldest_at,
        "channel": told.channel,
        "channel_reason": told.channel_reason,
        "held": [one.model_dump(mode="json") for one in told.held],
    }
    row = known or FarStanding(zone=Zone.PUBLIC, **values)
    row.sqlmodel_update(values)
    session.add(row)


def far_standing(session: Session) -> FarStanding | None:
    """What the internet zone told last; None when it never told."""
    return session.exec(select(FarStanding)).first()


def pulses(session: Session) -> dict[str, sa.Row[tuple[str, datetime, datetime | None]]]:
    """The signs of life left in this zone, by name."""
    return {row.name: row for row in session.connection().execute(sa.select(pulse_of(zone_of(session))))}
