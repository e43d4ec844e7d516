"""The cast of the exchange tests: two zones, a post between them, two kinds of message and what they change."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import Session

from core.database import Database, ExtranetTable, PublicTable, Zone, open_database
from core.exchange import outbox
from core.exchange.batches import Batch, read_batch, write_batch
from core.exchange.carrying import Exchangeable, far_end
from core.exchange.desk_tables import archive_of, pulse_of
from core.exchange.fields import Readers
from core.exchange.inbox import apply_next, receive
from core.exchange.message import Direction, Envelope, FileRef, Message, applies
from core.exchange.placed import places_of, rows_with_places
from core.exchange.pump import Post, fresh_post
from core.exchange.sealing import seal
from core.exchange.status import status
from core.exchange.tables import tables_of
from core.exchange.triggers import trigger_ddl

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LATER = timedelta(minutes=5)
CODE = "2026-220102-78-01-000001"
OTHER_CODE = "2026-220102-78-01-000002"

_notes = sa.MetaData()
note = sa.Table(
    "note",
    _notes,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("message_id", sa.String(36)),
    sa.Column("subject", sa.String(120)),
    sa.Column("step", sa.Integer),
)


class Noted(Message):
    """Internet zone → extranet, in tests alone."""

    kind: ClassVar[str] = "test.noted.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    code: str = Field(max_length=120)
    step: int
    words: str = ""
    file: str | None = None

    def subject(self) -> str:
        return self.code

    def files(self) -> tuple[FileRef, ...]:
        return (FileRef(self.file, 0),) if self.file else ()


class Answered(Message):
    """Extranet → internet zone, in tests alone."""

    kind: ClassVar[str] = "test.answered.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    code: str = Field(max_length=120)
    step: int

    def subject(self) -> str:
        return self.code


class Echoed(Message):
    """Internet zone → extranet: asks for an answer, in tests alone."""

    kind: ClassVar[str] = "test.echoed.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    code: str = Field(max_length=120)
    step: int

    def subject(self) -> str:
        return self.code


class Many(Message):
    kind: ClassVar[str] = "test.many.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    digests: list[str]

    def subject(self) -> str:
        return CODE

    def files(self) -> tuple[FileRef, ...]:
        return tuple(FileRef(digest, 1) for digest in self.digests)


class Short(Message):
    kind: ClassVar[str] = "test.short.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    size_limit: ClassVar[int] = 50
    words: str

    def subject(self) -> str:
        return CODE


poison: dict[str, Exception] = {}
"""Subject → what applying its messages raises, after it has changed rows."""


def _write_note(session: Session, told: Noted | Answered | Echoed, envelope: Envelope) -> None:
    row = {"message_id": envelope.id, "subject": envelope.subject, "step": told.step}
    session.connection().execute(sa.insert(note), row)
    if envelope.subject in poison:
        raise poison[envelope.subject]


applies(Noted)(_write_note)
applies(Answered)(_write_note)


@applies(Echoed)
def echo(session: Session, told: Echoed, envelope: Envelope) -> None:
    _write_note(session, told, envelope)
    answer = Answered(code=told.code, step=told.step)
    outbox.send(session, answer, at=envelope.happened_at, cause=envelope.id)


@dataclass
class MemoryFiles:
    """A file store that a test can look into."""

    held: dict[str, bytes] = field(default_factory=dict)

    def put(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.held[digest] = content
        return digest

    def has(self, digest: str) -> bool:
        return digest in self.held

    def read_chunks(self, digest: str) -> Iterator[bytes]:
        yield self.held[digest]

    def write_verified(self, digest: str, chunks: Iterable[bytes]) -> None:
        content = b"".join(chunks)
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(digest)
        self.held[digest] = content


@dataclass
class Crossing:
    """Both zones, the post between them, and the words of a test."""

    post: Post
    public_files: MemoryFiles
    extranet_files: MemoryFiles

    @property
    def public(self) -> Database:
        return self.post.public

    @property
    def extranet(self) -> Database:
        return self.post.extranet

    @property
    def outward(self) -> tuple[Exchangeable, Exchangeable]:
        """From the internet zone to the extranet."""
        return (
            Exchangeable(self.public, self.public_files),
            Exchangeable(self.extranet, self.extranet_files),
        )

    def tell(self, *steps: int, code: str = CODE, at: datetime = NOW, **more: object) -> list[str]:
        """Tell the extranet each step, in one transaction each; the ids."""
        ids = []
        for step in steps:
            with self.public.writing() as session:
                ids.append(outbox.send(session, Noted(code=code, step=step, **more), at=at))
        return ids

    def seal(self, *, limit: int = 200) -> int:
        return seal(self.public, self.post.signers[Zone.PUBLIC], now=NOW, limit=limit)

    def take(self) -> Batch:
        """What the relay would carry to the extranet now."""
        return read_batch(self.public, far_end(self.extranet, Direction.TO_EXTRANET).place, limit=500)

    def bring(self, batch: Batch) -> int:
        return write_batch(self.extranet, batch)

    def receive(self) -> int:
        return receive(self.extranet, self.post.verifiers[Zone.PUBLIC], now=NOW)

    def stop_reason(self, db: Database | None = None, direction: Direction = Direction.TO_EXTRANET) -> str:
        """Why a direction is stopped, at the extranet unless said otherwise; empty when it flows."""
        channel = status(db or self.extranet).channels[direction]
        return (channel.reason or "") if channel.state == "stopped" else ""

    def apply(self, *, at: datetime = NOW) -> int:
        return apply_next(self.extranet, self.extranet_files, now=at)


def make_crossing(public_url: str, extranet_url: str) -> Crossing:
    """Two zones whose databases were laid out."""
    public, extranet = opened(public_url, Zone.PUBLIC), opened(extranet_url, Zone.EXTRANET)
    files = MemoryFiles(), MemoryFiles()
    return Crossing(fresh_post(public, extranet, *files), *files)


@lru_cache(maxsize=64)
def opened(url: str, zone: Zone) -> Database:
    """The database at an address that tests have one after the other: its engine keeps the statements it compiled."""
    return open_database(url, zone)


@contextmanager
def listening(engine: sa.Engine, event: str, hear: Callable[..., Any]) -> Iterator[None]:
    """Hear an event of an engine for as long as the block lasts."""
    sa.event.listen(engine, event, hear)
    try:
        yield
    finally:
        sa.event.remove(engine, event, hear)


def add_notes(url: str) -> None:
    """Give a migrated database the table that the tests' messages change."""
    engine = sa.create_engine(url)
    _notes.create_all(engine)
    engine.dispose()


def lay_out(url: str, zone: Zone) -> None:
    """Give an empty database the exchange's tables and triggers, and the one that the tests' messages change."""
    db = open_database(url, zone)
    metadata = (PublicTable if zone is Zone.PUBLIC else ExtranetTable).metadata
    own = tables_of(zone)
    with db.engine.begin() as connection:
        placed = places_of(zone)
        parts = [own.message, own.seal, own.channel, own.lease, own.block, archive_of(zone), pulse_of(zone)]
        parts += [placed.unsealed, placed.place, placed.carried]
        parts.append(metadata.tables["audit_entry"])
        metadata.create_all(connection, tables=parts)
        _notes.create_all(connection)
        for statement in trigger_ddl(db.engine.dialect.name):
            connection.exec_driver_sql(statement)
    db.close()


def steps_at(db: Database, code: str = CODE) -> list[int]:
    """The steps of a subject that were applied in a zone, in the order of applying."""
    with db.reading() as session:
        found = sa.select(note.c.step).where(note.c.subject == code).order_by(note.c.id)
        return list(session.connection().scalars(found))


def rows_of(db: Database, direction: Direction | None = None) -> list[sa.Row]:
    table = rows_with_places(db.zone)
    found = sa.select(table).order_by(table.c.direction, table.c.epoch, table.c.number, table.c.position)
    with db.reading() as session:
        rows = session.connection().execute(found).all()
    return [row for row in rows if direction in (None, row.direction)]


def row_of(db: Database, message_id: str) -> sa.Row:
    return next(row for row in rows_of(db) if row.id == message_id)


def check_invariants(post: Post) -> None:
    """Nothing lost, nothing twice, no gap: what must hold whenever the exchange is quiet."""
    for direction in Direction:
        there, here = (post.public, post.extranet)[:: 1 if direction is Direction.TO_EXTRANET else -1]
        sent, got = ([row for row in rows_of(db, direction) if row.state != "refused"] for db in (there, here))
        assert [row.number for row in sent] == list(range(1, len(sent) + 1))
        assert [(row.number, row.id, row.digest) for row in sent] == [(row.number, row.id, row.digest) for row in got]
        assert {row.state for row in sent} <= {"settled"}
        assert {row.state for row in got} <= {"applied", "rejected"}
        told = [row.id for row in got if row.kind != "receipt.v1" and row.state == "applied"]
        with here.reading() as session:
            applied = session.connection().scalars(sa.select(note.c.message_id)).all()
        assert Counter(applied) == Counter(told)
        for code in {row.subject for row in got if row.kind != "receipt.v1"}:
            in_order = [row.id for row in got if row.subject == code and row.state == "applied"]
            with here.reading() as session:
                own = sa.select(note.c.message_id).where(note.c.subject == code).order_by(note.c.id)
                assert list(session.connection().scalars(own)) == in_order
