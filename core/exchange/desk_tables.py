"""What is known about the exchange beside its messages: pulses, the far zone's own account, skips, archived ranges."""

from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.database import ExtranetTable, JSONDoc, PublicTable, Versioned, Zone
from core.uuids import uuid7

_LONG = cast(type[Any], sa.BigInteger())


class PulseColumns(SQLModel):
    """The last sign of life of a process: `worker`, `relay:to_extranet`, `relay:to_internet`."""

    name: str = Field(primary_key=True, max_length=40)
    at: datetime
    carried_at: datetime | None = None


class ArchiveColumns(SQLModel):
    """A range of one direction whose rows were moved into a file: the only rows that may be deleted."""

    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    direction: str = Field(max_length=16)
    epoch: int
    first: int = Field(sa_type=_LONG)
    last: int = Field(sa_type=_LONG)
    previous_digest: str = Field(max_length=64)
    last_digest: str = Field(max_length=64)
    before: datetime
    file_name: str = Field(max_length=120)
    file_digest: str = Field(max_length=64)
    archived_at: datetime


class PublicExchangePulse(PulseColumns, PublicTable, table=True):
    """Signs of life in the internet zone."""

    __tablename__ = "exchange_pulse"


class ExtranetExchangePulse(PulseColumns, ExtranetTable, table=True):
    """Signs of life in the extranet zone."""

    __tablename__ = "exchange_pulse"


class PublicExchangeArchive(ArchiveColumns, PublicTable, table=True):
    """What the internet zone has archived of its messages."""

    __tablename__ = "exchange_archive"
    __table_args__ = (sa.Index("uq_exchange_archive_first", "direction", "epoch", "first", unique=True),)


class ExtranetExchangeArchive(ArchiveColumns, ExtranetTable, table=True):
    """What the extranet zone has archived of its messages."""

    __tablename__ = "exchange_archive"
    __table_args__ = (sa.Index("uq_exchange_archive_first", "direction", "epoch", "first", unique=True),)


class FarStanding(ExtranetTable, table=True):
    """How the exchange stands in the internet zone, as its worker told last; one row, replaced by the next."""

    __tablename__ = "exchange_far_standing"
    zone: str = Field(primary_key=True, max_length=16)
    told_at: datetime
    counts: dict[str, Any] = Field(sa_type=JSONDoc, nullable=False)
    oldest_at: datetime | None = None
    channel: str = Field(max_length=16)
    channel_reason: str = Field(default="", sa_type=sa.Text)
    held: list[dict[str, Any]] = Field(sa_type=JSONDoc, nullable=False)


class Skip(Versioned, ExtranetTable, table=True):
    """An operator's request to give a quarantined message up, and what the second person decided."""

    __tablename__ = "exchange_skip"
    __table_args__ = (
        sa.Index(
            "uq_exchange_skip_open",
            "message_id",
            unique=True,
            sqlite_where=sa.text("state = 'proposed'"),
            postgresql_where=sa.text("state = 'proposed'"),
        ),
    )
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    message_id: str = Field(max_length=36, index=True)
    state: str = Field(max_length=16)
    reason: str = Field(sa_type=sa.Text)
    proposed_by: str = Field(max_length=40)
    proposed_name: str = Field(max_length=100)
    proposed_at: datetime
    decided_by: str = Field(default="", max_length=40)
    decided_name: str = Field(default="", max_length=100)
    decided_at: datetime | None = None

    def trace_name(self) -> tuple[str, str, str]:
        """A skip is traced as an act upon its message."""
        return "exchange_message", self.message_id, ""


def pulse_of(zone: Zone) -> sa.Table:
    """The table of pulses of a zone."""
    return _metadata(zone).tables["exchange_pulse"]


def archive_of(zone: Zone) -> sa.Table:
    """The table of archived ranges of a zone."""
    return _metadata(zone).tables["exchange_archive"]


def _metadata(zone: Zone) -> sa.MetaData:
    return (PublicTable if zone is Zone.PUBLIC else ExtranetTable).metadata
