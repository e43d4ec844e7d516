"""The exchange's tables, the same in both zones: messages, seals, channels, leases and held subjects (A2.1).

An outgoing message goes `told → settled`, an incoming one `arrived → received → applied | waiting | quarantined |
rejected`; `refused` is a row that an operator took out of a stopped channel. No row goes but one that an archive names:
`core.exchange.triggers` makes both engines refuse it.

Where in the chain an outgoing message stands is told beside its row, by `core.exchange.placed`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from core.database import ExtranetTable, PublicTable, Zone

GENESIS = "0" * 64
"""The digest before the first message of an epoch."""

POSITION = cast(type[Any], sa.BigInteger().with_variant(sa.Integer(), "sqlite"))
LONG = cast(type[Any], sa.BigInteger())


class State(StrEnum):
    """Where a message stands in this zone."""

    TOLD = "told"
    SETTLED = "settled"
    ARRIVED = "arrived"
    RECEIVED = "received"
    WAITING = "waiting"
    QUARANTINED = "quarantined"
    APPLIED = "applied"
    REJECTED = "rejected"
    REFUSED = "refused"


class SealState(StrEnum):
    """Where a seal stands in this zone: given here, or come from the other zone and checked or not."""

    GIVEN = "given"
    ARRIVED = "arrived"
    VERIFIED = "verified"
    REFUSED = "refused"


class ChannelState(StrEnum):
    """Whether a direction flows: `gap` waits for a missing number, `stopped` waits for an operator."""

    OPEN = "open"
    GAP = "gap"
    STOPPED = "stopped"


def in_states(column: sa.ColumnElement[str], *states: StrEnum) -> sa.ColumnElement[bool]:
    """The condition on a state as the partial indexes spell it: literal, or neither engine would use them."""
    if len(states) == 1:
        return column == sa.literal_column(f"'{states[0]}'")
    return column.in_([sa.literal_column(f"'{state}'") for state in states])


def standing(column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """The rows that count: all but those an operator refused, whose number and id are free again."""
    return column != sa.literal_column(f"'{State.REFUSED}'")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _message_args() -> tuple[Any, ...]:
    states = ", ".join(f"'{state}'" for state in State)
    order = ("direction", "epoch", "number")
    held = "state IN ('received', 'waiting', 'quarantined')"
    stands = "state != 'refused'"
    return (
        sa.CheckConstraint(f"state IN ({states})", name="state"),
        sa.CheckConstraint("(number IS NULL) = (digest IS NULL)", name="sealed_whole"),
        sa.Index("uq_exchange_message_id", "id", unique=True, **_where(stands)),
        sa.Index("uq_exchange_message_number", *order, unique=True, **_where(f"number IS NOT NULL AND {stands}")),
        sa.Index("ix_exchange_message_told", "position", **_where("state = 'told'")),
        sa.Index("ix_exchange_message_due", *order, **_where("state IN ('received', 'waiting')")),
        sa.Index("ix_exchange_message_held", "direction", "subject", "epoch", "number", **_where(held)),
        sa.Index("ix_exchange_message_refused", "state", "position", **_where("state IN ('rejected', 'refused')")),
        sa.Index("ix_exchange_message_returned", "position", **_where("state = 'settled' AND reason IS NOT NULL")),
        sa.Index("ix_exchange_message_report", "direction", "position", **_where("kind = 'day.report.v1'")),
    )


def _seal_args() -> tuple[Any, ...]:
    whole = ("direction", "epoch", "number", "digest", "key_id", "signature")
    return (
        sa.Index("uq_exchange_seal_number", *whole, unique=True, **_where("state != 'refused'")),
        sa.Index("ix_exchange_seal_arrived", "direction", "epoch", "number", **_where("state = 'arrived'")),
    )


class MessageColumns(SQLModel):
    """One message. `position` is the order of insertion here.

    `number` and what goes with it are the place in the chain that an incoming message came with; of an outgoing one it
    stands in `exchange_place`, and here only when the row was `refused`, for then its number belongs to another.
    """

    position: int | None = Field(default=None, primary_key=True, sa_type=POSITION)
    id: str = Field(max_length=36)
    direction: str = Field(max_length=16)
    kind: str = Field(max_length=80)
    subject: str = Field(max_length=120)
    body: str = Field(sa_type=sa.Text)
    files: str = Field(sa_type=sa.Text)
    happened_at: datetime
    cause: str | None = Field(default=None, max_length=36)
    epoch: int | None = None
    number: int | None = Field(default=None, sa_type=LONG)
    previous_digest: str | None = Field(default=None, max_length=64)
    digest: str | None = Field(default=None, max_length=64)
    sealed_at: datetime | None = None
    state: str = Field(max_length=16)
    attempts: int = 0
    not_before: datetime | None = None
    received_at: datetime | None = None
    applied_at: datetime | None = None
    reason: str | None = Field(default=None, sa_type=sa.Text)


class SealColumns(SQLModel):
    """One signature over the chain up to `number`, and so over everything before it."""

    position: int | None = Field(default=None, primary_key=True, sa_type=POSITION)
    direction: str = Field(max_length=16)
    epoch: int
    number: int = Field(sa_type=LONG)
    digest: str = Field(max_length=64)
    key_id: str = Field(max_length=80)
    signature: str = Field(sa_type=sa.Text)
    sealed_at: datetime
    state: str = Field(max_length=16)


class ChannelColumns(SQLModel):
    """One direction as this zone sees it: the last number sealed (outgoing) or verified (incoming) and its digest."""

    direction: str = Field(primary_key=True, max_length=16)
    epoch: int
    number: int = Field(sa_type=LONG)
    digest: str = Field(max_length=64)
    acknowledged: int = Field(default=0, sa_type=LONG)
    fence: int = Field(default=0, sa_type=LONG)
    state: str = Field(max_length=16)
    reason: str | None = Field(default=None, sa_type=sa.Text)
    changed_at: datetime | None = None


class LeaseColumns(SQLModel):
    """Who may do a piece of work that only one process does at a time; `fence` grows with each new holder."""

    name: str = Field(primary_key=True, max_length=80)
    holder: str = Field(max_length=80)
    fence: int = Field(sa_type=LONG)
    expires_at: datetime


class BlockColumns(SQLModel):
    """A subject whose later messages wait, because this one waits, is tried again or is in quarantine."""

    direction: str = Field(primary_key=True, max_length=16)
    subject: str = Field(primary_key=True, max_length=120)
    message_id: str = Field(max_length=36, index=True)
    since: datetime
    reason: str = Field(sa_type=sa.Text)


# fmt: off
class PublicExchangeMessage(MessageColumns, PublicTable, table=True):
    """The messages that left or reached the internet zone."""

    __tablename__ = "exchange_message"
    __table_args__ = _message_args()


class ExtranetExchangeMessage(MessageColumns, ExtranetTable, table=True):
    """The messages that left or reached the extranet zone."""

    __tablename__ = "exchange_message"
    __table_args__ = _message_args()


class PublicExchangeSeal(SealColumns, PublicTable, table=True):
    """The seals that the internet zone gave or was shown."""

    __tablename__ = "exchange_seal"
    __table_args__ = _seal_args()


class ExtranetExchangeSeal(SealColumns, ExtranetTable, table=True):
    """The seals that the extranet zone gave or was shown."""

    __tablename__ = "exchange_seal"
    __table_args__ = _seal_args()


class PublicExchangeChannel(ChannelColumns, PublicTable, table=True):
    """Both directions as the internet zone sees them."""

    __tablename__ = "exchange_channel"


class ExtranetExchangeChannel(ChannelColumns, ExtranetTable, table=True):
    """Both directions as the extranet zone sees them."""

    __tablename__ = "exchange_channel"


class PublicExchangeLease(LeaseColumns, PublicTable, table=True):
    """The leases of the internet zone's workers."""

    __tablename__ = "exchange_lease"


class ExtranetExchangeLease(LeaseColumns, ExtranetTable, table=True):
    """The leases of the extranet zone's workers."""

    __tablename__ = "exchange_lease"


class PublicExchangeBlock(BlockColumns, PublicTable, table=True):
    """The subjects held back in the internet zone."""

    __tablename__ = "exchange_block"


class ExtranetExchangeBlock(BlockColumns, ExtranetTable, table=True):
    """The subjects held back in the extranet zone."""

    __tablename__ = "exchange_block"
# fmt: on


@dataclass(frozen=True, eq=False)
class ExchangeTables:
    """The exchange tables of one zone, for Core statements."""

    message: sa.Table
    seal: sa.Table
    channel: sa.Table
    lease: sa.Table
    block: sa.Table


@cache
def tables_of(zone: Zone) -> ExchangeTables:
    """The exchange tables of a zone."""
    return ExchangeTables(*named_tables(zone, "message", "seal", "channel", "lease", "block"))


def named_tables(zone: Zone, *parts: str) -> list[sa.Table]:
    """The tables of a zone that are called `exchange_` and one of these."""
    found = (PublicTable if zone is Zone.PUBLIC else ExtranetTable).metadata.tables
    return [found[f"exchange_{part}"] for part in parts]


Insert = sqlite.Insert | postgresql.Insert


def insert_into(table: sa.Table, dialect: str) -> Insert:
    """An insert whose conflicts can be ignored or turned into an update, on either engine."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
