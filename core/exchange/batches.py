"""Batches: consecutive sealed messages with their seals, out of one zone's exchange tables into the other's (A2.1).

A batch is read as links where somebody looks into it: bundles, archives, rows that may be there already. Between two
databases of one engine only its outline is read, and the rows go on just as their driver gives them.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, Zone, zone_of
from core.exchange.archived import archived_up_to
from core.exchange.chain import Link, SealNote
from core.exchange.message import Direction
from core.exchange.placed import Place, at_place, place_given, sealed_rows
from core.exchange.rows import (
    AlreadyThere,
    Stretch,
    Unread,
    as_stored,
    copy_arrived,
    insert_arrived,
    insert_unread,
    link_in,
    unread_rows,
)
from core.exchange.tables import SealState, in_states, insert_into, standing, tables_of
from core.prepared import Prepared, PreparedChange

BATCH_BYTES = 8 * 1024 * 1024
PORTION = 250
"""Rows that are read in one go: of the largest bodies, 64 MB."""

_NO_FILES = "[]"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """Consecutive messages of one direction and the seals that came with them."""

    links: list[Link]
    seals: list[SealNote]


@dataclass(frozen=True)
class Outline:
    """A batch of one epoch without its rows: its first and last number, how many, the files they name, its seals."""

    epoch: int
    first: int
    last: int
    count: int
    files: list[str]
    seals: list[SealNote]


def read_batch(source: Database, after: Place, *, limit: int) -> Batch:
    """What comes after a place, with the seals up to its end, and the newest seal, which shows a fork behind it."""
    links: list[Link] = []
    size = 0
    with source.reading() as session:
        for row in _rows_after(session, after, limit):
            size += len(row.body)
            if links and size > BATCH_BYTES:
                break
            links.append(link_in(row))
        end = Place(links[-1].epoch, links[-1].number) if links else None
        return Batch(links, _seals_up_to(session, after, end))


def read_outline(source: Database, after: Place, *, limit: int, goes_on: bool = False) -> Outline:
    """The same, within one epoch and without the rows; where it `goes_on`, the newest seal was shown before."""
    here = {"epoch": after.epoch, "number": after.number}
    with source.reading() as session:
        span = _span(session, {**here, "limit": limit})
        if not span.rows:
            return Outline(after.epoch, 0, 0, 0, [], [] if goes_on else _seals_up_to(session, after, None))
        there = {"epoch": span.epoch, "first": span.first, "last": span.last}
        files = [named for (named,) in _files_of(source.zone).all(session, there)] if span.with_files else []
        seals = _seals_up_to(session, after, Place(span.epoch, span.last))
    return Outline(span.epoch, span.first, span.last, span.rows, files, seals)


def write_batch(target: Database, batch: Batch) -> int:
    """Insert a batch in one transaction; what is there already, or archived there, stays. Returns how many were new."""
    batch = _not_archived(target, batch)
    if not batch.links:
        return _insert(target, batch.seals, lambda *_: 0) if _has_new_seal(target, batch.seals) else 0
    try:
        new = _insert(target, batch.seals, lambda told, table: copy_arrived(told, table, batch.links))
    except AlreadyThere:
        new = _insert(target, batch.seals, lambda told, table: insert_arrived(told, table, batch.links))
    _note_duplicates(len(batch.links) - new)
    return new


def read_unread(source: Database, outline: Outline) -> Unread:
    """The rows of an outline, as another database of the same engine takes them."""
    with source.reading() as session:
        return unread_rows(session.connection(), Stretch(outline.epoch, outline.first, outline.last))


def write_unread(target: Database, outline: Outline, rows: Unread) -> int:
    """Insert the rows of an outline, which `read_unread` gave; returns how many were new.

    They must lie beyond what the target verified, so that none is archived there. Raises AlreadyThere where the engine
    can't leave out what is there already.
    """
    new = _insert(target, outline.seals, lambda told, table: insert_unread(told, table, rows))
    _note_duplicates(outline.count - new)
    return new


def _insert(target: Database, seals: list[SealNote], insert_rows: Callable[[sa.Connection, sa.Table], int]) -> int:
    tables = tables_of(target.zone)
    with target.writing() as session:
        connection = session.connection()
        new = insert_rows(connection, tables.message)
        for seal in seals:
            values = {**seal._asdict(), "state": SealState.ARRIVED.value}
            _arriving(target.zone, connection.dialect.name).count(session, values)
    return new


@cache
def _arriving(zone: Zone, dialect: str) -> PreparedChange:
    insert = insert_into(tables_of(zone).seal, dialect).on_conflict_do_nothing()
    return PreparedChange(insert, columns=[*SealNote._fields, "state"])


def _note_duplicates(count: int) -> None:
    if count > 0:
        log.info("exchange duplicates dropped", extra={"count": count})


def _not_archived(target: Database, batch: Batch) -> Batch:
    """Leave out what the target moved into an archive: it was settled there long ago, whoever brings it again."""
    if not batch.links:
        return batch
    first = batch.links[0]
    with target.reading() as session:
        last = archived_up_to(session, Direction(first.direction), first.epoch)
    if first.number > last:
        return batch
    return Batch([link for link in batch.links if (link.epoch, link.number) > (first.epoch, last)], batch.seals)


def _has_new_seal(target: Database, seals: list[SealNote]) -> bool:
    table = tables_of(target.zone).seal
    with target.reading() as session:
        for seal in seals:
            same = [table.c[name] == value for name, value in seal._asdict().items() if name != "sealed_at"]
            found = sa.select(table.c.position).where(*same, standing(table.c.state))
            if session.connection().execute(found).first() is None:
                return True
    return False


def _rows_after(session: Session, after: Place, limit: int) -> Iterator[sa.Row[Any]]:
    """The next sealed rows, a portion at a time: bodies may be large, and a cursor on the server takes longer."""
    zone = zone_of(session)
    while limit > 0:
        here = {"epoch": after.epoch, "number": after.number}
        rows = session.connection().execute(_links_after(zone), {**here, "limit": min(limit, PORTION)}).all()
        yield from rows
        if len(rows) < PORTION:
            return
        after, limit = Place(rows[-1].epoch, rows[-1].number), limit - len(rows)


def _seals_up_to(session: Session, after: Place, end: Place | None) -> list[SealNote]:
    """The seals from a place up to an end; without an end the newest seal of all, if it stands no further."""
    zone = zone_of(session)
    direction = Direction.out_of(zone)
    if end is None:
        newest = _newest_seal(zone).first(session, {"direction": direction})
        is_behind = newest is not None and (newest.epoch, newest.number) <= (after.epoch, after.number)
        return [newest] if newest is not None and is_behind else []
    here = {"direction": direction, "epoch": after.epoch, "number": after.number}
    there = {"to_epoch": end.epoch, "to_number": end.number}
    return _seals_between(zone).all(session, here | there)


@cache
def _links_after(zone: Zone) -> sa.Select[Any]:
    table = _told(zone)
    return _next_after(table, *as_stored(table, Link._fields))


class _Span(NamedTuple):
    epoch: int
    first: int
    last: int
    rows: int
    with_files: int


def _span(session: Session, here: Mapping[str, Any]) -> _Span:
    """The next rows within one epoch; of those too large to go together, the first goes alone."""
    zone, dialect = zone_of(session), session.get_bind().dialect.name
    *span, last_epoch, size = _next_in_all(zone, dialect).one(session, here)
    found = _Span._make(span)
    if found.rows and (last_epoch != found.epoch or size > BATCH_BYTES):
        return _next_that_fit(zone, dialect).one(session, {**here, "bytes": BATCH_BYTES})
    return found


@cache
def _next_in_all(zone: Zone, dialect: str) -> Prepared[tuple[int, ...]]:
    """All of the next rows as one line, which also says whether they are of one epoch, and how large."""
    row = _outline_after(zone, dialect)
    return Prepared(sa.select(*_ends(row), sa.func.max(row.epoch), sa.func.sum(row.size)), tuple)


@cache
def _next_that_fit(zone: Zone, dialect: str) -> Prepared[_Span]:
    row = _outline_after(zone, dialect)
    so_far = sa.func.sum(row.size).over(order_by=(row.epoch, row.number)).label("so_far")
    first = sa.func.first_value(row.number).over(order_by=(row.epoch, row.number)).label("first")
    epoch = sa.func.min(row.epoch).over().label("of_epoch")
    seen = sa.select(row.epoch, row.number, row.files, so_far, first, epoch).subquery("seen").c
    fits = sa.or_(seen.so_far <= sa.bindparam("bytes"), seen.number == seen.first)
    return Prepared(sa.select(*_ends(seen)).where(seen.epoch == seen.of_epoch, fits), _Span._make)


def _outline_after(zone: Zone, dialect: str) -> Any:
    """Columns of the next rows; PostgreSQL knows a text's bytes at once, but would have to count its characters."""
    table = _told(zone)
    size = sa.func.octet_length if dialect == "postgresql" else sa.func.length
    return _next_after(table, *table.c["epoch", "number", "files"], size(table.c.body).label("size")).subquery("row").c


def _ends(row: Any) -> list[sa.ColumnElement[Any]]:
    """The columns of a `_Span` over rows."""
    with_files = sa.func.count(sa.case((row.files != _NO_FILES, 1)))
    return [sa.func.min(row.epoch), sa.func.min(row.number), sa.func.max(row.number), sa.func.count(), with_files]


@cache
def _files_of(zone: Zone) -> Prepared[tuple[str]]:
    table = _told(zone)
    within = table.c.number.between(sa.bindparam("first"), sa.bindparam("last"))
    here = (table.c.epoch == sa.bindparam("epoch"), within, table.c.files != _NO_FILES)
    named = sa.select(table.c.files).where(*here)
    return Prepared(named.order_by(table.c.number), tuple)


def _told(zone: Zone) -> sa.FromClause:
    return sealed_rows(zone, Direction.out_of(zone))


def _next_after(table: sa.FromClause, *wanted: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return (
        sa.select(*wanted)
        .where(at_place(table) > place_given())
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
def _seals_between(zone: Zone) -> Prepared[SealNote]:
    table = tables_of(zone).seal
    between = _seals(zone).where(at_place(table) > place_given(), at_place(table) <= place_given("to_"))
    return Prepared(between.order_by(table.c.epoch, table.c.number), SealNote._make)


@cache
def _newest_seal(zone: Zone) -> Prepared[SealNote]:
    table = tables_of(zone).seal
    newest = _seals(zone).order_by(table.c.epoch.desc(), table.c.number.desc()).limit(1)
    return Prepared(newest, SealNote._make)
