"""How the exchange stands in one zone: for the operators' page, and for a submission that waits to be delivered."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, zone_of
from core.exchange.archived import was_archived
from core.exchange.channels import Head, head_of
from core.exchange.inbox import AHEAD
from core.exchange.message import Direction
from core.exchange.placed import Step, carried_up_to, places_of, rows_with_places, step_of
from core.exchange.tables import ChannelState, SealState, State, in_states, standing, tables_of

_HELD = (State.RECEIVED, State.WAITING, State.QUARANTINED)


@dataclass(frozen=True)
class Backlog:
    """Messages in one state: how many, and the instant of the oldest fact among them."""

    count: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True)
class Channel:
    """One direction: whether it flows, up to which number, and the words for operators when it doesn't.

    `ahead`: by how much the other zone's clock was before ours at its last seal, when that is too much.
    """

    state: ChannelState
    number: int
    reason: str | None
    ahead: timedelta | None = None

    @property
    def clock_words(self) -> str:
        """That the clocks differ, in words for operators; empty when they agree."""
        return f"对方时钟比本区快 {self.ahead // timedelta(minutes=1)} 分钟，请核对两区时间" if self.ahead else ""


@dataclass(frozen=True)
class ExchangeStatus:
    """The exchange as one zone sees it."""

    unsealed: Backlog = field(default_factory=Backlog)
    sealed: Backlog = field(default_factory=Backlog)
    carried: Backlog = field(default_factory=Backlog)
    arrived: Backlog = field(default_factory=Backlog)
    received: Backlog = field(default_factory=Backlog)
    waiting: Backlog = field(default_factory=Backlog)
    quarantined: Backlog = field(default_factory=Backlog)
    channels: dict[Direction, Channel] = field(default_factory=dict)

    @property
    def oldest_outgoing_at(self) -> datetime | None:
        """The oldest fact that the other zone hasn't answered; None when all were."""
        instants = [each.oldest_at for each in (self.unsealed, self.sealed, self.carried) if each.oldest_at]
        return min(instants, default=None)


def status(db: Database) -> ExchangeStatus:
    """Count what is on its way in this zone; settled messages cost nothing."""
    with db.reading() as session:
        return standing_of(session)


def standing_of(session: Session) -> ExchangeStatus:
    """`status`, as this session sees it."""
    found = {str(step): backlog for step, backlog in _told(session).items()}
    found |= {str(state): _in_state(session, state) for state in _HELD}
    channels = {}
    for direction in Direction:
        head = head_of(session, direction)
        ahead = _ahead(session, head) if direction is Direction.into(zone_of(session)) else None
        channels[direction] = Channel(head.state, head.number, head.reason, ahead)
    return ExchangeStatus(**found, arrived=_arrived(session), channels=channels)


class Delivery(StrEnum):
    """How far a message has come: under way, there but not dealt with yet, taken, or refused."""

    ON_ITS_WAY = "on_its_way"
    ARRIVED = "arrived"
    TAKEN = "taken"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """How far a message has come, and why it was refused."""

    delivery: Delivery
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the other zone hasn't answered yet."""
        return self.delivery in (Delivery.ON_ITS_WAY, Delivery.ARRIVED)


def answer_to(session: Session, message_id: str) -> Answer:
    """What the other zone made of a message: taken or refused once its receipt is here, until then under way.

    A later message's receipt shows that this one has arrived; whether it was taken only its own receipt says.
    """
    message, channel = rows_with_places(zone_of(session)), tables_of(zone_of(session)).channel
    found = (
        session.connection()
        .execute(
            sa.select(message.c.state, message.c.number, message.c.reason, channel.c.acknowledged)
            .join_from(message, channel, channel.c.direction == message.c.direction, isouter=True)
            .where(message.c.id == message_id, standing(message.c.state))
        )
        .first()
    )
    if found is None:
        return Answer(Delivery.TAKEN if was_archived(session, message_id) else Delivery.ON_ITS_WAY)
    if found.state in (State.SETTLED, State.REJECTED):
        return Answer(Delivery.REFUSED, found.reason) if found.reason else Answer(Delivery.TAKEN)
    has_arrived = found.number is not None and found.number <= (found.acknowledged or 0)
    return Answer(Delivery.ARRIVED if has_arrived else Delivery.ON_ITS_WAY)


def held_messages(session: Session, *, limit: int, offset: int = 0) -> Sequence[sa.Row[Any]]:
    """The messages told to this zone that are held back, quarantined ones first, the oldest first."""
    table = tables_of(zone_of(session)).message
    here = (table.c.direction == Direction.into(zone_of(session)), in_states(table.c.state, *_HELD))
    wanted = (table.c.position, table.c.id, table.c.kind, table.c.subject, table.c.state, table.c.reason)
    more = (table.c.received_at, table.c.happened_at, table.c.attempts, table.c.direction)
    found: sa.Select[Any] = sa.select(*wanted, *more).where(
        *here, sa.or_(in_states(table.c.state, State.QUARANTINED, State.WAITING), table.c.attempts > 0)
    )
    first = sa.case((table.c.state == State.QUARANTINED, 0), else_=1)
    return (
        session.connection()
        .execute(found.order_by(first, table.c.epoch, table.c.number).limit(limit).offset(offset))
        .all()
    )


def _in_state(session: Session, state: State) -> Backlog:
    """Count by the partial index of the state, whose condition must stand here word for word."""
    table = tables_of(zone_of(session)).message
    of_index = in_states(table.c.state, *_HELD)
    own = table.c.direction == Direction.into(zone_of(session))
    return _counted(session, own, in_states(table.c.state, state), of_index)


def _told(session: Session) -> dict[Step, Backlog]:
    """What was told and isn't answered, by the step that it waits for."""
    message, place = tables_of(zone_of(session)).message, places_of(zone_of(session)).place
    step = step_of(place, carried_up_to(session)).label("step")
    found = (
        sa.select(step, sa.func.count(), sa.func.min(message.c.happened_at))
        .join_from(message, place, place.c.position == message.c.position, isouter=True)
        .where(in_states(message.c.state, State.TOLD))
        .group_by(step)
    )
    return {Step(name): Backlog(*counted) for name, *counted in session.connection().execute(found)}


def _ahead(session: Session, head: Head) -> timedelta | None:
    """How long before the time of its seal the last verified message was received, when that is too long."""
    message, seal = tables_of(zone_of(session)).message, tables_of(zone_of(session)).seal
    same = sa.and_(*(seal.c[name] == message.c[name] for name in ("direction", "epoch", "number")))
    here = (message.c.direction == head.direction, message.c.epoch == head.epoch, message.c.number == head.number)
    last = (
        sa.select(message.c.received_at, seal.c.sealed_at)
        .join_from(message, seal, same)
        .where(*here, standing(message.c.state), standing(seal.c.state), in_states(seal.c.state, SealState.VERIFIED))
    )
    row = session.connection().execute(last.order_by(seal.c.position.desc()).limit(1)).first()
    if row is None or row.received_at is None:
        return None
    ahead: timedelta = row.sealed_at - row.received_at
    return ahead if ahead > AHEAD else None


def _arrived(session: Session) -> Backlog:
    """What was brought and isn't verified lies beyond the verified number."""
    table = tables_of(zone_of(session)).message
    head = head_of(session, Direction.into(zone_of(session)))
    place = (table.c.direction == head.direction, table.c.epoch == head.epoch, table.c.number > head.number)
    return _counted(session, *place, standing(table.c.state), in_states(table.c.state, State.ARRIVED))


def _counted(session: Session, *conditions: sa.ColumnElement[bool]) -> Backlog:
    table = tables_of(zone_of(session)).message
    found = sa.select(sa.func.count(), sa.func.min(table.c.happened_at)).where(*conditions)
    return Backlog(*session.connection().execute(found).one())
