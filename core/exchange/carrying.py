"""Carrying: sealed rows, their seals and their files go from one zone's exchange tables to the far side (A2.1).

The far side is the other zone's tables (`Exchangeable`) or a folder of bundles (`core.exchange.bundling`). What is
carried is read from where it stands, so nothing is remembered in between and a crash at any point is made good by the
next round. Files go first, so that no row arrives before the file it names unless that is broken.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, Zone, zone_of
from core.exchange.archived import archived_up_to
from core.exchange.chain import Link, SealNote
from core.exchange.channels import head_of
from core.exchange.files import FileStore, copy_files
from core.exchange.message import Direction
from core.exchange.receipts import UNANSWERED
from core.exchange.rows import AlreadyThere, as_stored, copy_arrived, insert_arrived, link_in
from core.exchange.tables import ChannelState, SealState, State, in_states, insert_into, standing, tables_of

BATCH_BYTES = 8 * 1024 * 1024
PORTION = 250
"""Rows that are read in one go: of the largest bodies, 64 MB."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """A place in a direction's chain."""

    epoch: int
    number: int


@dataclass(frozen=True)
class Batch:
    """Consecutive messages of one direction and the seals that came with them."""

    links: list[Link]
    seals: list[SealNote]


@dataclass(frozen=True)
class Exchangeable:
    """One end of the exchange as a carrier sees it: the zone's database (its exchange tables only) and its files."""

    database: Database
    files: FileStore

    def stands_at(self, source: "Exchangeable", direction: Direction) -> Place:
        """The highest number that lies here."""
        return far_place(self, direction)

    def put(self, source: "Exchangeable", batch: Batch) -> int:
        """Copy the files, then insert the rows; how many messages were new."""
        for link in batch.links:
            copy_files(source.files, self.files, link.files)
        return write_batch(self, batch)

    def make_up(self, source: "Exchangeable", direction: Direction) -> None:
        """Look again for the files that messages wait for."""
        for files in _files_waited_for(self, direction):
            copy_files(source.files, self.files, files)


class FarSide(Protocol):
    """Where a carrier puts down what the source zone tells: one interface for every way between the zones."""

    def stands_at(self, source: Exchangeable, direction: Direction) -> Place:
        """The place after which it wants what was sealed."""

    def put(self, source: Exchangeable, batch: Batch) -> int:
        """Put a batch down durably, files first; returns how many messages are new there. Again, it changes nothing."""

    def make_up(self, source: Exchangeable, direction: Direction) -> None:
        """Bring what is still missing of earlier batches, where the far side can say so."""


def carry(source: Exchangeable, far: FarSide, *, limit: int = 500) -> int:
    """Carry one batch of what the source zone sealed, at most `limit` messages and 8 MiB of bodies, and mark it there.

    Returns how many messages are new at the far side. Carrying again, or by two carriers at once, changes nothing.
    """
    last, new = _put_next(source, far, limit)
    _mark_carried(source, Direction.out_of(source.database.zone), last)
    return new


def bring(source: Exchangeable, far: FarSide, *, limit: int = 500) -> int:
    """Carry one batch and leave the marks to `mark_brought`: most messages are answered before anyone would look."""
    _, new = _put_next(source, far, limit)
    return new


def mark_brought(source: Exchangeable, far: FarSide) -> None:
    """Mark at the source what stands at the far side and isn't answered yet: for those who look, nothing needs it."""
    direction = Direction.out_of(source.database.zone)
    _mark_carried(source, direction, far.stands_at(source, direction))


def _put_next(source: Exchangeable, far: FarSide, limit: int) -> tuple[Place, int]:
    direction = Direction.out_of(source.database.zone)
    after = far.stands_at(source, direction)
    batch = read_batch(source, after, limit=limit)
    new = far.put(source, batch)
    far.make_up(source, direction)
    return Place(batch.links[-1].epoch, batch.links[-1].number) if batch.links else after, new


def far_place(target: Exchangeable, direction: Direction) -> Place:
    """Where the target stands: its highest number, or the last verified one when a number before that is missing."""
    with target.database.reading() as session:
        head = head_of(session, direction)
        if head.state is not ChannelState.GAP:
            row = session.connection().execute(_highest(target.database.zone), {"direction": direction}).first()
            if row is not None:
                return Place(row.epoch, row.number)
        return Place(head.epoch, head.number)


def read_batch(source: Exchangeable, after: Place, *, limit: int) -> Batch:
    """What comes after a place, with the seals up to its end, and the newest seal, which shows a fork behind it."""
    links: list[Link] = []
    size = 0
    with source.database.reading() as session:
        for row in _rows_after(session, after, limit):
            size += len(row.body)
            if links and size > BATCH_BYTES:
                break
            links.append(link_in(row))
        return Batch(links, _seals_up_to(session, after, links))


def _rows_after(session: Session, after: Place, limit: int) -> Iterator[sa.Row[Any]]:
    """The next sealed rows, a portion at a time: bodies may be large, and a cursor on the server takes longer."""
    zone = zone_of(session)
    while limit > 0:
        here = {"direction": Direction.out_of(zone), "epoch": after.epoch, "number": after.number}
        rows = session.connection().execute(_links_after(zone), {**here, "limit": min(limit, PORTION)}).all()
        yield from rows
        if len(rows) < PORTION:
            return
        after, limit = Place(rows[-1].epoch, rows[-1].number), limit - len(rows)


def _seals_up_to(session: Session, after: Place, links: Sequence[Link]) -> list[SealNote]:
    """The seals over these links; without any the newest seal of all, if it stands no further."""
    zone = zone_of(session)
    direction = Direction.out_of(zone)
    if not links:
        newest = session.connection().execute(_newest_seal(zone), {"direction": direction}).first()
        is_behind = newest is not None and (newest.epoch, newest.number) <= (after.epoch, after.number)
        return [SealNote(*newest)] if newest is not None and is_behind else []
    here = {"direction": direction, "epoch": after.epoch, "number": after.number}
    there = {"to_epoch": links[-1].epoch, "to_number": links[-1].number}
    return [SealNote(*row) for row in session.connection().execute(_seals_between(zone), here | there)]


def write_batch(target: Exchangeable, batch: Batch) -> int:
    """Insert a batch in one transaction; what is there already, or archived there, stays. Returns how many were new."""
    batch = _not_archived(target, batch)
    if not batch.links and not _has_new_seal(target, batch.seals):
        return 0
    try:
        new = _insert(target.database, batch, copy_arrived)
    except AlreadyThere:
        new = _insert(target.database, batch, insert_arrived)
    if new < len(batch.links):
        log.info("exchange duplicates dropped", extra={"count": len(batch.links) - new})
    return new


def _insert(
    database: Database, batch: Batch, insert_links: Callable[[sa.Connection, sa.Table, list[Link]], int]
) -> int:
    tables = tables_of(database.zone)
    seals = [{**seal._asdict(), "state": SealState.ARRIVED} for seal in batch.seals]
    with database.writing() as session:
        connection = session.connection()
        new = insert_links(connection, tables.message, batch.links) if batch.links else 0
        if seals:
            insert = insert_into(tables.seal, connection.dialect.name).on_conflict_do_nothing()
            connection.execute(insert, seals)
    return new


def _not_archived(target: Exchangeable, batch: Batch) -> Batch:
    """Leave out what the target moved into an archive: it was settled there long ago, whoever brings it again."""
    if not batch.links:
        return batch
    first = batch.links[0]
    with target.database.reading() as session:
        last = archived_up_to(session, Direction(first.direction), first.epoch)
    if first.number > last:
        return batch
    return Batch([link for link in batch.links if (link.epoch, link.number) > (first.epoch, last)], batch.seals)


def _has_new_seal(target: Exchangeable, seals: list[SealNote]) -> bool:
    table = tables_of(target.database.zone).seal
    with target.database.reading() as session:
        for seal in seals:
            same = [table.c[name] == value for name, value in seal._asdict().items() if name != "sealed_at"]
            found = sa.select(table.c.position).where(*same, standing(table.c.state))
            if session.connection().execute(found).first() is None:
                return True
    return False


def _mark_carried(source: Exchangeable, direction: Direction, place: Place) -> None:
    zone = source.database.zone
    here = {"of": direction, "to_epoch": place.epoch, "to_number": place.number}
    with source.database.reading() as session:
        if session.connection().execute(_sealed_up_to(zone), here).first() is None:
            return
    with source.database.writing() as session:
        session.connection().execute(_marking_carried(zone), here)


def _files_waited_for(target: Exchangeable, direction: Direction) -> list[str]:
    with target.database.reading() as session:
        return list(session.connection().scalars(_waiting_files(target.database.zone), {"direction": direction}))


@cache
def _highest(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).message
    return (
        sa.select(table.c.epoch, table.c.number)
        .where(table.c.direction == sa.bindparam("direction"), table.c.number.is_not(None), standing(table.c.state))
        .order_by(table.c.epoch.desc(), table.c.number.desc())
        .limit(1)
    )


def _after(table: sa.Table) -> sa.ColumnElement[bool]:
    place = sa.tuple_(sa.bindparam("epoch", type_=sa.Integer), sa.bindparam("number", type_=sa.BigInteger))
    return sa.tuple_(table.c.epoch, table.c.number) > place


def _up_to(table: sa.Table) -> sa.ColumnElement[bool]:
    place = sa.tuple_(sa.bindparam("to_epoch", type_=sa.Integer), sa.bindparam("to_number", type_=sa.BigInteger))
    return sa.tuple_(table.c.epoch, table.c.number) <= place


@cache
def _links_after(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).message
    return (
        sa.select(*as_stored(table, Link._fields))
        .where(table.c.direction == sa.bindparam("direction"), standing(table.c.state), _after(table))
        .order_by(table.c.epoch, table.c.number)
        .limit(sa.bindparam("limit"))
    )


def _seals(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).seal
    given = in_states(table.c.state, SealState.GIVEN)
    return sa.select(*(table.c[name] for name in SealNote._fields)).where(
        table.c.direction == sa.bindparam("direction"), standing(table.c.state), given
    )


@cache
def _seals_between(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).seal
    return _seals(zone).where(_after(table), _up_to(table)).order_by(table.c.epoch, table.c.number)


@cache
def _newest_seal(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).seal
    return _seals(zone).order_by(table.c.epoch.desc(), table.c.number.desc()).limit(1)


@cache
def _sealed_up_to(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).message
    sealed = in_states(table.c.state, State.SEALED)
    return sa.select(table.c.position).where(table.c.direction == sa.bindparam("of"), sealed, _up_to(table)).limit(1)


@cache
def _marking_carried(zone: Zone) -> sa.Update:
    table = tables_of(zone).message
    sealed = in_states(table.c.state, State.SEALED)
    after = sa.case((table.c.kind.in_(UNANSWERED), State.SETTLED), else_=State.CARRIED)
    return sa.update(table).where(table.c.direction == sa.bindparam("of"), sealed, _up_to(table)).values(state=after)


@cache
def _waiting_files(zone: Zone) -> sa.Select[Any]:
    """What waits for its files holds its subject back: the few held subjects lead to it, however much is received."""
    tables = tables_of(zone)
    table, block = tables.message, tables.block
    of_held = sa.and_(table.c.id == block.c.message_id, standing(table.c.state))
    waiting = (block.c.direction == sa.bindparam("direction"), in_states(table.c.state, State.WAITING))
    return sa.select(table.c.files).select_from(block.join(table, of_held)).where(*waiting).limit(100)
