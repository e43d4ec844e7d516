"""Archiving: old, settled messages move into chained files; rows go only when the file is durable and verified (A2.1).

The file is written, synced, read back and verified seal by seal; then one transaction records the range and deletes its
rows. A crash before it leaves a file that the next run writes again, byte for byte; the triggers of both engines let
no row go that no recorded range names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, zone_of
from core.domain.policy import PLATFORM, Actor
from core.exchange.archive_file import (
    FORMAT,
    OUTCOME,
    Manifest,
    NotGenuine,
    file_digest,
    manifest_of,
    verify_archive,
    write_archive,
)
from core.exchange.archived import archived_up_to
from core.exchange.chain import Link, SealNote
from core.exchange.channels import head_of
from core.exchange.desk_tables import archive_of
from core.exchange.message import Direction
from core.exchange.placed import places_of, sealed_rows
from core.exchange.signing import Verifier
from core.exchange.tables import GENESIS, State, tables_of
from core.trace import record
from core.uuids import uuid7

MOST = 10_000
"""Messages of one file."""

FINAL = (State.SETTLED, State.APPLIED, State.REJECTED)

Verifiers = Mapping[Direction, Verifier]


@dataclass(frozen=True)
class _Range:
    direction: Direction
    epoch: int
    first: int
    last: int


def archive(
    db: Database,
    folder: Path,
    *,
    before: datetime,
    verifiers: Verifiers,
    now: datetime,
    by: Actor = PLATFORM,
    most: int = MOST,
) -> list[Path]:
    """Archive what was sealed before an instant and is settled, both directions, without gaps; returns the new files.

    Stops before the first message that isn't settled, and never takes the newest seal. Raises `NotGenuine`, and
    deletes nothing, when the rows don't verify.
    """
    made = []
    for direction in Direction:
        while (taken := _next_range(db, direction, before, most)) is not None:
            manifest, path = _write(db, folder, taken, verifiers[direction])
            _let_go(db, manifest, before, path, by, now)
            made.append(path)
    return made


def verify_folder(db: Database, folder: Path, verifiers: Verifiers) -> list[Manifest]:
    """Verify every archive that this zone recorded, and that their files follow on each other without a gap.

    Raises `NotGenuine` with the first thing wrong: a file absent, altered or exchanged for another.
    """
    with db.reading() as session:
        table = archive_of(db.zone)
        order = (table.c.direction, table.c.epoch, table.c.first)
        recorded = session.connection().execute(sa.select(table).order_by(*order)).all()
    found: list[Manifest] = []
    previous: dict[tuple[str, int], tuple[int, str, str]] = {}
    for row in recorded:
        path = folder / row.file_name
        if not path.exists():
            raise NotGenuine(f"{row.file_name}：文件不存在")
        digest = file_digest(path)
        if digest != row.file_digest:
            raise NotGenuine(f"{row.file_name}：文件与归档时不同")
        manifest = verify_archive(path, verifiers[Direction(row.direction)])
        expected = previous.get((row.direction, row.epoch), (0, GENESIS, ""))
        if (manifest.first - 1, manifest.previous_digest, manifest.previous_file) != expected:
            raise NotGenuine(f"{row.file_name}：与前一个归档文件不相衔接")
        previous[row.direction, row.epoch] = manifest.last, manifest.last_digest, digest
        found.append(manifest)
    return found


def _next_range(db: Database, direction: Direction, before: datetime, most: int) -> _Range | None:
    with db.reading() as session:
        return _range(session, direction, before, most)


def _write(db: Database, folder: Path, taken: _Range, verifier: Verifier) -> tuple[Manifest, Path]:
    """Write the file of a range and read it back: only what verifies may let rows go."""
    with db.reading() as session:
        seals = _seals(session, taken)
        earlier = _newest(session, taken)
    with db.streaming() as session:
        rows = session.connection().execute(_rows(db, taken), execution_options={"yield_per": 200})
        first = next(rows, None)
        if first is None:
            raise NotGenuine(f"第 {taken.first} 号不在本区")
        last = _digest_at(session, taken, taken.last)
        manifest = Manifest(
            FORMAT, db.zone, taken.direction, taken.epoch, taken.first, taken.last, first.previous_digest, last, earlier
        )
        path = write_archive(folder, manifest, seals, _one_after(first, rows))
        rows.close()
    if verify_archive(path, verifier) != manifest or manifest_of(path) != manifest:
        raise NotGenuine(f"{path.name}：写出的文件与所读不同")
    return manifest, path


def _range(session: Session, direction: Direction, before: datetime, most: int) -> _Range | None:
    """From the first number that isn't archived to the last old seal before anything open, at most `most` messages."""
    tables, head = tables_of(zone_of(session)), head_of(session, direction)
    connection = session.connection()
    first = archived_up_to(session, direction, head.epoch) + 1
    message, seal = sealed_rows(zone_of(session), direction), tables.seal
    here = (message.c.direction == direction, message.c.epoch == head.epoch, message.c.number >= first)
    still_open = message.c.state.not_in([*FINAL, State.REFUSED])
    unsettled = sa.select(sa.func.min(message.c.number)).where(*here, message.c.number < first + most, still_open)
    outgoing = direction is Direction.out_of(zone_of(session))
    end = min(connection.execute(unsettled).scalar() or first + most, head.number)
    if outgoing:
        end = min(end, _acknowledged(session, direction) + 1)
    last = connection.execute(
        sa.select(sa.func.max(seal.c.number)).where(
            seal.c.direction == direction,
            seal.c.epoch == head.epoch,
            seal.c.state.in_(["given", "verified"]),
            seal.c.number.between(first, end - 1),
            seal.c.sealed_at < before,
        )
    ).scalar()
    return _Range(direction, head.epoch, first, last) if last else None


def _acknowledged(session: Session, direction: Direction) -> int:
    channel = tables_of(zone_of(session)).channel
    found = sa.select(channel.c.acknowledged).where(channel.c.direction == direction)
    return session.connection().execute(found).scalar() or 0


def _seals(session: Session, taken: _Range) -> Sequence[SealNote]:
    seal = tables_of(zone_of(session)).seal
    found = sa.select(*(seal.c[name] for name in SealNote._fields)).where(
        seal.c.direction == taken.direction,
        seal.c.epoch == taken.epoch,
        seal.c.state.in_(["given", "verified"]),
        seal.c.number.between(taken.first, taken.last),
    )
    return [SealNote(*row) for row in session.connection().execute(found.order_by(seal.c.number, seal.c.position))]


def _newest(session: Session, taken: _Range) -> str:
    """The digest of the file before this one, "" when this is the first."""
    table = archive_of(zone_of(session))
    found = sa.select(table.c.file_digest).where(
        table.c.direction == taken.direction, table.c.epoch == taken.epoch, table.c.last == taken.first - 1
    )
    return session.connection().execute(found).scalar() or ""


def _rows(db: Database, taken: _Range) -> sa.Select[Any]:
    table = sealed_rows(db.zone, taken.direction)
    wanted = [table.c[name] for name in (*Link._fields, *OUTCOME)]
    return sa.select(*wanted).where(*_within(table, taken)).order_by(table.c.number)


def _within(table: sa.FromClause, taken: _Range | Manifest) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        table.c.direction == taken.direction,
        table.c.epoch == taken.epoch,
        table.c.number.between(taken.first, taken.last),
        table.c.state != State.REFUSED,
    )


def _digest_at(session: Session, taken: _Range, number: int) -> str:
    table = sealed_rows(zone_of(session), taken.direction)
    found = sa.select(table.c.digest).where(*_within(table, taken), table.c.number == number)
    return session.connection().execute(found).scalar() or ""


def _one_after(first: Any, rest: Any) -> Any:
    yield first
    yield from rest


def _let_go(db: Database, manifest: Manifest, before: datetime, path: Path, by: Actor, now: datetime) -> None:
    """Record the range, trace who archived it and delete its rows, in one transaction; all or nothing."""
    with db.writing() as session:
        row = {
            "id": uuid7(),
            "direction": manifest.direction,
            "epoch": manifest.epoch,
            "first": manifest.first,
            "last": manifest.last,
            "previous_digest": manifest.previous_digest,
            "last_digest": manifest.last_digest,
            "before": before,
            "file_name": path.name,
            "file_digest": file_digest(path),
            "archived_at": now,
        }
        session.connection().execute(sa.insert(archive_of(db.zone)).values(row))
        words = f"归档第 {manifest.first} 至 {manifest.last} 号：{path.name}"
        record(session, "exchange.archive", "exchange_channel", manifest.direction, words, by=by, at=now)
        gone = _delete(session, manifest)
        if gone != manifest.last - manifest.first + 1:
            raise NotGenuine(f"第 {manifest.first} 至 {manifest.last} 号在归档时有了变化，没有删除")


def _delete(session: Session, manifest: Manifest) -> int:
    """Delete the messages of a range, then their places; how many messages."""
    table, place = tables_of(zone_of(session)).message, places_of(zone_of(session)).place
    connection = session.connection()
    if manifest.direction is Direction.into(zone_of(session)):
        return connection.execute(sa.delete(table).where(*_within(table, manifest))).rowcount
    placed = (place.c.epoch == manifest.epoch, place.c.number.between(manifest.first, manifest.last))
    positions = sa.select(place.c.position).where(*placed)
    gone = connection.execute(sa.delete(table).where(table.c.position.in_(positions))).rowcount
    connection.execute(sa.delete(place).where(*placed))
    return gone
