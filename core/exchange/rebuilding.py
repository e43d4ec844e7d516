"""Rebuilding a mirror: the other zone's messages, verified from the first on, applied anew to an empty database (A2.1).

What a zone enters itself is in no message it was told: `core.mirrors` says which tables and columns can be rebuilt.
"""

import hashlib
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from core.canonical import canonical_bytes
from core.database import Database
from core.errors import Refusal, RuleRefusal
from core.exchange.archive_file import contents_of
from core.exchange.batches import Batch, read_batch, write_batch
from core.exchange.carrying import far_end
from core.exchange.chain import instant
from core.exchange.channels import head_of
from core.exchange.inbox import receive
from core.exchange.message import Direction, Envelope, applier_of, kind_of
from core.exchange.signing import Verifier
from core.exchange.tables import ChannelState, State, in_states, tables_of


@dataclass(frozen=True)
class Rebuilt:
    """What was received, verified, and applied."""

    received: int
    applied: int
    refused: int


def rebuild(
    source: Database, target: Database, verifier: Verifier, kinds: Collection[str], archives: Iterable[Path] = ()
) -> Rebuilt:
    """Take everything the source zone told into the empty target, verify the chain, apply these kinds in order.

    `archives` are the source's files of what it moved out of its table, the oldest first. Refuses a target that isn't
    empty, and a log with a gap or a break: a mirror is rebuilt whole or not at all.
    """
    direction = Direction.out_of(source.zone)
    if far_end(target, direction).place.number:
        raise RuleRefusal("目标数据库里已有报文，请用新建的空数据库")
    for path in archives:
        for links, seals in contents_of(path, portion=500):
            write_batch(target, Batch(links, seals))
    while write_batch(target, batch := read_batch(source, far_end(target, direction).place, limit=500)) or batch.links:
        continue
    received = 0
    while count := receive(target, verifier):
        received += count
    _must_be_whole(source, target, direction)
    stand_alone(target)
    applied = refused = 0
    for row in _told(target, direction, kinds):
        if _apply(target, row, direction):
            applied += 1
        else:
            refused += 1
    return Rebuilt(received, applied, refused)


def _must_be_whole(source: Database, target: Database, direction: Direction) -> None:
    with source.reading() as there, target.reading() as here:
        far, own = head_of(there, direction), head_of(here, direction)
    if own.state is not ChannelState.OPEN:
        raise RuleRefusal(f"报文不完整或不可信：{own.reason}")
    if (own.number, own.digest) != (far.number, far.digest):
        raise RuleRefusal(f"只验证到第 {own.number} 号，对方已封签到第 {far.number} 号；缺少的请用归档文件补齐")


def stand_alone(target: Database) -> None:
    """Let mirrored rows stand without the zone's own rows that they point at: the database holds nothing else."""
    if target.engine.dialect.name == "sqlite":
        sa.event.listen(target.engine, "checkout", _ask_no_foreign_keys)
        return
    with target.engine.begin() as connection:
        found = sa.inspect(connection)
        for table in found.get_table_names():
            for key in found.get_foreign_keys(table):
                connection.exec_driver_sql(f'ALTER TABLE "{table}" DROP CONSTRAINT "{key["name"]}"')


def _ask_no_foreign_keys(connection: Any, *_: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _told(target: Database, direction: Direction, kinds: Collection[str]) -> list[Any]:
    table = tables_of(target.zone).message
    with target.reading() as session:
        found = sa.select(table).where(
            table.c.direction == direction, in_states(table.c.state, State.RECEIVED), table.c.kind.in_(kinds)
        )
        return list(session.connection().execute(found.order_by(table.c.epoch, table.c.number)))


def _apply(target: Database, row: Any, direction: Direction) -> bool:
    """Apply one message as its zone did; a rule that refused it then refuses it again."""
    model = kind_of(row.kind, direction)
    applier = applier_of(model) if model else None
    if model is None or applier is None:
        raise RuleRefusal(f"本版本不能办理 {row.kind}")
    envelope = Envelope(row.id, row.kind, row.subject, row.number, row.happened_at, row.cause, direction)
    with suppress(Refusal), target.writing() as session:
        session.info["now"] = row.happened_at
        applier(session, model.model_validate_json(row.body), envelope)
        return True
    return False


def table_digest(db: Database, *columns: sa.Column[Any]) -> tuple[int, str]:
    """How many rows a table has, and a digest of these columns of it, whatever the order of rows and the engine."""
    leaves = []
    with db.reading() as session:
        for row in session.connection().execute(sa.select(*columns)):
            told = {name: _plain(value) for name, value in row._asdict().items()}
            leaves.append(hashlib.sha256(canonical_bytes(told)).digest())
    return len(leaves), hashlib.sha256(b"".join(sorted(leaves))).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, Enum):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
