"""The two zones' databases: table bases with separate metadata, engines with their pragmas, read and write sessions.

A foreign key across the zones can't even be written, because each base has its own registry (A2.1). Every write
transaction on SQLite begins IMMEDIATE (a deferred one that read first is refused at once when another commits), every
read runs on a read-only facade of the same pool, and commits are fully synchronous: a citizen who was told "received"
must not lose it to a power cut, and a row applied on the far side must still exist here.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel

from core.columns import JSONDoc as JSONDoc
from core.errors import Conflict
from core.group_commit import GroupCommit, Result, say
from core.new_rows import NewRow
from core.prepared import PreparedChange
from core.vault import Vault

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Zone(StrEnum):
    """Which of the two networks a process lives in."""

    PUBLIC = "public"
    EXTRANET = "extranet"

    @property
    def other(self) -> "Zone":
        """The zone at the far end of the exchange."""
        return Zone.EXTRANET if self is Zone.PUBLIC else Zone.PUBLIC


class PublicTable(NewRow, registry=registry(metadata=sa.MetaData(naming_convention=NAMING))):
    """Base of every table of the internet zone."""


class ExtranetTable(NewRow, registry=registry(metadata=sa.MetaData(naming_convention=NAMING))):
    """Base of every table of the government extranet zone."""


class Versioned(SQLModel):
    """Mixin of every row that changes: `version` counts its changes, so that a stale write is seen."""

    version: int = Field(default=1, nullable=False)


@dataclass(frozen=True)
class Database:
    """One zone's database: `writing()` for a change, `reading()` for everything else."""

    zone: Zone
    engine: sa.Engine
    reader: sa.Engine
    workplace: Mapping[str, Any] = field(default_factory=dict)
    turns: GroupCommit | None = None
    vault: Vault | None = None
    prepared: dict[Any, Any] = field(default_factory=dict, repr=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        turn = self.turns.turn() if self.turns is not None else nullcontext()
        with turn, Session(self.engine, info=self._info(), expire_on_commit=False) as session, session.begin():
            yield session

    def change(self, act: Callable[[Session], Result]) -> Result:
        """Like `writing`, with what is done in it: on SQLite those who wait for each other commit together."""
        if self.turns is not None:
            return self.turns.change(act, self._info())
        with self.writing() as session:
            return act(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Statements that only read and never wait for a writer; on SQLite they see one moment, as committed then."""
        info = {**self._info(), "reading": True}
        with Session(self.reader, info=info, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def streaming(self) -> Iterator[Session]:
        """Like `reading`, in one transaction on both engines: for rows that are fetched in portions."""
        streamer = self.engine.execution_options(readonly=True, postgresql_readonly=True)
        with Session(streamer, info=self._info(), autoflush=False, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()
        self.reader.dispose()

    def _info(self) -> dict[str, Any]:
        return {"zone": self.zone, "prepared": self.prepared, **self.workplace}


def open_database(
    url: str,
    zone: Zone,
    *,
    pool_size: int = 8,
    workplace: Mapping[str, Any] | None = None,
    vault: Vault | None = None,
) -> Database:
    """Open the database at a SQLAlchemy URL (`sqlite:///path` or `postgresql+psycopg://…`) for one zone.

    `workplace` is what every session of this process carries in `session.info`: the zone's file store as `store`, the
    address of the internet portal as `public_url`. `vault` opens the sealed columns; without it they can't be read.
    """
    compact = {"json_serializer": json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode}
    if url.startswith("sqlite"):
        engine = sa.create_engine(
            url, pool_size=pool_size, max_overflow=0, pool_timeout=60, connect_args={"timeout": 30}, **compact
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        engine.dialect.vault = vault  # type: ignore[attr-defined]
        facade = engine.execution_options(readonly=True)
        return Database(zone, engine, facade, dict(workplace or {}), turns=GroupCommit(engine), vault=vault)
    settings = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": 60, **compact}
    # READ COMMITTED sees each statement's own moment in any case: without a transaction a page saves two round trips
    reader = sa.create_engine(url, isolation_level="AUTOCOMMIT", **settings)
    sa.event.listen(reader, "connect", _refuse_writing)
    engine = sa.create_engine(url, **settings)
    engine.dialect.vault = reader.dialect.vault = vault  # type: ignore[attr-defined]
    return Database(zone, engine, reader, dict(workplace or {}), vault=vault)


def zone_of(session: Session) -> Zone:
    """The zone whose database this session writes to."""
    zone: Zone = session.info["zone"]
    return zone


def table_of(model: type[Any]) -> sa.Table:
    """The Core table of a row class."""
    table: sa.Table = sa.inspect(model).local_table
    return table


Row = TypeVar("Row", bound=Versioned)


def bump(session: Session, row: Row, *, seen: int | None = None) -> Row:
    """Raise the row's version by one in the database, or raise Conflict when someone else did first.

    `seen` is the version the reader's page showed; without it the version that was loaded counts.
    """
    loaded = row.version
    if seen is not None and seen != loaded:
        raise Conflict("这一页打开之后，其他人已作了改动，请看最新情况")
    raised, key = _raised(type(row))
    values = {f"of_{name}": getattr(row, name) for name in key}
    if raised.count(session, {**values, "loaded": loaded, "next": loaded + 1}) != 1:
        raise Conflict("其他人刚刚作了改动，请看最新情况")
    sa.orm.attributes.set_committed_value(row, "version", loaded + 1)
    return row


@cache
def _raised(model: type[Versioned]) -> tuple[PreparedChange, tuple[str, ...]]:
    table = table_of(model)
    key = tuple(table.primary_key.columns)
    found = [column == sa.bindparam(f"of_{column.key}", type_=column.type) for column in key]
    is_loaded = table.c.version == sa.bindparam("loaded", type_=table.c.version.type)
    raised = sa.update(table).where(*found, is_loaded).values(version=sa.bindparam("next", type_=table.c.version.type))
    return PreparedChange(raised), tuple(column.key for column in key)


ESCAPE = "\\"
"""What makes a sign of `LIKE` an ordinary letter."""


def like_pattern(words: str) -> str:
    """The pattern by which `LIKE … ESCAPE` finds these words anywhere in a text, whatever signs they hold."""
    for sign in (ESCAPE, "%", "_"):
        words = words.replace(sign, ESCAPE + sign)
    return f"%{words}%"


def utc_now() -> datetime:
    """The present instant, aware, in UTC: the one place that reads the clock outside tests."""
    return datetime.now(UTC)


def _refuse_writing(connection: Any, _record: Any) -> None:
    connection.autocommit = True
    connection.execute("SET default_transaction_read_only = on")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not emit BEGIN itself
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "cache_size=-32768",
        "mmap_size=268435456",
        "temp_store=MEMORY",
    ):
        connection.execute("PRAGMA " + pragma)


def _begin_sqlite(connection: sa.Connection) -> None:
    # a reader locks nothing yet, so that no error can come of it
    words = "BEGIN" if connection.get_execution_options().get("readonly") else "BEGIN IMMEDIATE"
    say(connection.connection.driver_connection, words)
