"""Carrying: sealed rows, their seals and their files go from one zone's exchange tables to the far side (A2.1).

The far side is the other zone's tables (`Exchangeable`) or a folder of bundles (`core.exchange.bundling`). What is
carried is read from where it stands, so nothing is remembered in between and a crash at any point is made good by the
next round. Files go first, so that no row arrives before the file it names unless that is broken.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa

from core.database import Database, Zone
from core.exchange.batches import (
    Batch,
    Outline,
    read_batch,
    read_outline,
    read_unread,
    write_batch,
    write_unread,
)
from core.exchange.channels import Head, head_of
from core.exchange.files import FileStore, copy_files
from core.exchange.message import Direction
from core.exchange.placed import Place, carried_up_to, note_carried
from core.exchange.receipts import settle_unanswered
from core.exchange.rows import AlreadyThere, Unread
from core.exchange.tables import ChannelState, State, in_states, standing, tables_of
from core.prepared import Prepared


@dataclass(frozen=True)
class Brought:
    """How far one batch reached, how many messages it has, and how many of them were new at the far side."""

    end: Place
    count: int
    new: int


@dataclass(frozen=True)
class Exchangeable:
    """One end of the exchange as a carrier sees it: the zone's database (its exchange tables only) and its files."""

    database: Database
    files: FileStore

    def stands_at(self, source: "Exchangeable", direction: Direction) -> Place:
        """The highest number that lies here."""
        return far_end(self.database, direction).place

    def fetch(self, source: "Exchangeable", after: Place, *, limit: int) -> Brought:
        """Copy the files, then the rows."""
        parcel = self.read(source, after, limit=limit)
        return Brought(parcel.end, parcel.outline.count, self.put(source, parcel))

    def read(self, source: "Exchangeable", after: Place, *, limit: int, goes_on: bool = False) -> "Parcel":
        """What comes after a place: where both ends are of one engine with its rows, which nobody looks into."""
        outline = read_outline(source.database, after, limit=limit, goes_on=goes_on)
        is_alike = outline.count and _engine(source.database) == _engine(self.database)
        return Parcel(after, outline, read_unread(source.database, outline) if is_alike else None)

    def put(self, source: "Exchangeable", parcel: "Parcel") -> int:
        """Put down what was read, files first; returns how many messages were new."""
        outline = parcel.outline
        for files in outline.files:
            copy_files(source.files, self.files, files)
        if parcel.rows is not None:
            with suppress(AlreadyThere):  # another relay brought some of them: one by one, below
                return write_unread(self.database, outline, parcel.rows)
        if not outline.count:
            return write_batch(self.database, Batch([], outline.seals))
        return write_batch(self.database, read_batch(source.database, parcel.after, limit=outline.count))

    def make_up(self, source: "Exchangeable", direction: Direction) -> None:
        """Look again for the files that messages wait for."""
        for files in _files_waited_for(self, direction):
            copy_files(source.files, self.files, files)


@dataclass(frozen=True)
class Parcel:
    """A batch that was read after a place and isn't written yet; `rows` where they go on unread."""

    after: Place
    outline: Outline
    rows: Unread | None

    @property
    def end(self) -> Place:
        """How far it reaches."""
        return Place(self.outline.epoch, self.outline.last) if self.outline.count else self.after


class FarSide(Protocol):
    """Where a carrier puts down what the source zone tells: one interface for every way between the zones."""

    def stands_at(self, source: Exchangeable, direction: Direction) -> Place:
        """The place after which it wants what was sealed."""

    def fetch(self, source: Exchangeable, after: Place, *, limit: int) -> Brought:
        """Put down durably what comes after a place, at most `limit` messages, files first; again changes nothing."""

    def make_up(self, source: Exchangeable, direction: Direction) -> None:
        """Bring what is still missing of earlier batches, where the far side can say so."""


def carry(source: Exchangeable, far: FarSide, *, limit: int = 500) -> int:
    """Carry one batch of what the source zone sealed, at most `limit` messages and 8 MiB of bodies, and mark it there.

    Returns how many messages are new at the far side. Carrying again, or by two carriers at once, changes nothing.
    """
    direction = Direction.out_of(source.database.zone)
    brought = far.fetch(source, far.stands_at(source, direction), limit=limit)
    far.make_up(source, direction)
    _mark_carried(source, brought.end)
    return brought.new


def bring(source: Exchangeable, far: Exchangeable, *, after: Place, limit: int, at_most: int) -> int:
    """Carry batch after batch from a place on, until one isn't full or `at_most` are there; returns how many are new.

    While one batch is written at the far side, the next one is read here. The marks are left to `mark_brought`: most
    messages are answered before anyone would look.
    """
    new = count = 0
    parcel = far.read(source, after, limit=limit)
    with ThreadPoolExecutor(max_workers=1) as hand:
        while True:
            count += parcel.outline.count
            is_last = parcel.outline.count < limit or count >= at_most
            following = None if is_last else hand.submit(far.read, source, parcel.end, limit=limit, goes_on=True)
            new += far.put(source, parcel)
            if following is None:
                return new
            parcel = following.result()


def mark_brought(source: Exchangeable, far: FarSide) -> None:
    """Note at the source how far the far side has come; bundles begin there, and what nobody answers is settled."""
    _mark_carried(source, far.stands_at(source, Direction.out_of(source.database.zone)))


@dataclass(frozen=True)
class FarEnd:
    """Where a direction stands at the receiving end: what is verified, and the place after which it wants more."""

    head: Head
    place: Place

    @property
    def unverified(self) -> int:
        """How many messages lie there that nobody verified yet."""
        return self.place.number - self.head.number if self.place.epoch == self.head.epoch else 0


def far_end(target: Database, direction: Direction) -> FarEnd:
    """Where the target stands: it wants what follows its highest number, or the last verified one before a gap."""
    with target.reading() as session:
        head = head_of(session, direction)
        place = Place(head.epoch, head.number)
        if head.state is ChannelState.GAP:
            return FarEnd(head, place)
        highest = _highest(target.zone).first(session, {"direction": direction}) or (0, 0)
    return FarEnd(head, Place(*max(highest, (head.epoch, head.number))))


def _engine(database: Database) -> str:
    return str(database.engine.dialect.name)


def _mark_carried(source: Exchangeable, place: Place) -> None:
    """Never beyond what was sealed here: what is sealed later isn't carried yet, whatever a far side says."""
    with source.database.reading() as session:
        if place <= carried_up_to(session):
            return
    with source.database.writing() as session:
        before = carried_up_to(session, keep=True)
        head = head_of(session, Direction.out_of(source.database.zone))  # after that: taking back moves both
        up_to = min(place, Place(head.epoch, head.number))
        if up_to > before:
            settle_unanswered(session, before, up_to)
            note_carried(session, up_to)


def _files_waited_for(target: Exchangeable, direction: Direction) -> list[str]:
    with target.database.reading() as session:
        return list(session.connection().scalars(_waiting_files(target.database.zone), {"direction": direction}))


@cache
def _highest(zone: Zone) -> Prepared[tuple[int, int]]:
    table = tables_of(zone).message
    numbered = (table.c.direction == sa.bindparam("direction"), table.c.number.is_not(None), standing(table.c.state))
    order = (table.c.epoch.desc(), table.c.number.desc())
    return Prepared(sa.select(table.c.epoch, table.c.number).where(*numbered).order_by(*order).limit(1), tuple)


@cache
def _waiting_files(zone: Zone) -> sa.Select[Any]:
    """What waits for its files holds its subject back: the few held subjects lead to it, however much is received."""
    tables = tables_of(zone)
    table, block = tables.message, tables.block
    of_held = sa.and_(table.c.id == block.c.message_id, standing(table.c.state))
    waiting = (block.c.direction == sa.bindparam("direction"), in_states(table.c.state, State.WAITING))
    return sa.select(table.c.files).select_from(block.join(table, of_held)).where(*waiting).limit(100)
