"""Messages by the hundred, in and out of the exchange's table with no more work than the driver needs (A2.1).

SQLAlchemy names, types and binds each value of each row; for a batch that takes longer than the database itself. Here
values go to the driver as they are: `executemany` on SQLite, COPY and arrays on PostgreSQL.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa

from core.exchange.chain import Link
from core.exchange.placed import PLACE
from core.exchange.tables import State

_INSTANTS = ("happened_at", "sealed_at")
_WORDS = [name for name in Link._fields if name not in PLACE]
_ARRIVING = ", ".join((*Link._fields, "state", "attempts"))
_AS_ARRIVED = ", ".join((*Link._fields, f"CAST('{State.ARRIVED}' AS varchar)", "0"))
_UNREAD = (
    f"SELECT {_AS_ARRIVED} FROM exchange_place AS place JOIN (SELECT position, {', '.join(_WORDS)}"
    " FROM exchange_message) AS told ON told.position = place.position"
    " WHERE epoch = {mark} AND number BETWEEN {mark} AND {mark} ORDER BY number"
)

Unread = bytes | list[tuple[Any, ...]]
"""Rows in the form that the driver of one engine gives and takes: nobody in between looks into them."""


@dataclass(frozen=True)
class Places:
    """Consecutive places of one epoch behind a number and its digest, and the rows, by position, that get them."""

    epoch: int
    before: int
    digest_before: str
    positions: Sequence[int]
    digests: Sequence[str]
    sealed_at: datetime

    @property
    def numbers(self) -> range:
        """The number of each row."""
        return range(self.before + 1, self.before + 1 + len(self.positions))

    @property
    def previous(self) -> list[str]:
        """The digest before that of each row."""
        return [self.digest_before, *self.digests[:-1]]


class Stretch(NamedTuple):
    """Consecutive numbers of one epoch."""

    epoch: int
    first: int
    last: int


def as_stored(table: sa.FromClause, names: Iterable[str]) -> list[sa.ColumnElement[Any]]:
    """Columns to select whose instants come as the driver gives them, for `link_in` and `instant_in`."""
    return [
        sa.type_coerce(table.c[name], sa.types.NullType()).label(name) if name in _INSTANTS else table.c[name]
        for name in names
    ]


def as_digested(instant: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """An instant as PostgreSQL writes it in the form of `chain.instant`; nothing where Python's calendar ends."""
    text = sa.func.to_char(sa.func.timezone("UTC", instant), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    return sa.case((instant.between(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)), text))


def instant_in(stored: Any) -> datetime:
    """An instant as the driver gave it: text in UTC from SQLite, an aware one from PostgreSQL."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored + "+00:00")
    aware: datetime = stored
    return aware.astimezone(UTC)


def link_in(row: Sequence[Any]) -> Link:
    """The link in a row of its fields, selected by `as_stored`."""
    return Link._make([*row[:6], instant_in(row[6]), *row[7:12], instant_in(row[12])])  # the fields of an instant


class AlreadyThere(Exception):
    """Some of the rows are here already: the transaction must not commit, and `insert_arrived` is the way."""


def copy_arrived(connection: sa.Connection, table: sa.Table, links: Sequence[Link]) -> int:
    """Insert what a relay brought and nobody brought before, the fastest way; raises AlreadyThere when somebody did."""
    if connection.dialect.name == "sqlite":
        return insert_arrived(connection, table, links)
    try:
        _copy(connection, table, links)
    except psycopg.errors.UniqueViolation as violation:
        raise AlreadyThere from violation
    return len(links)


def insert_arrived(connection: sa.Connection, table: sa.Table, links: Sequence[Link]) -> int:
    """Insert what a relay brought; what is here already changes nothing. Returns how many were new."""
    if connection.dialect.name == "sqlite":
        rows = ((*link[:6], _text(link.happened_at), *link[7:12], _text(link.sealed_at)) for link in links)
        return _insert_what_is_new(connection, table, rows, "?")
    return _insert_what_is_new(connection, table, links, "%s")


def unread_rows(connection: sa.Connection, stretch: Stretch) -> Unread:
    """Rows that were sealed here, as another database of this engine takes them with `insert_unread`."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(_UNREAD.format(mark="?"), tuple(stretch))
        return list(found.cursor.fetchall())
    out = f"COPY ({_UNREAD.format(mark='%s')}) TO STDOUT (FORMAT BINARY)"
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(out, tuple(stretch)) as copy:
        return b"".join(copy)


def insert_unread(connection: sa.Connection, table: sa.Table, rows: Unread) -> int:
    """Insert what `unread_rows` gave; how many were new. On PostgreSQL raises AlreadyThere when any was not."""
    if not isinstance(rows, bytes):
        return _insert_whole(connection, table, rows, "?")
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            with cursor.copy(f"COPY {table.name} ({_ARRIVING}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.write(rows)
            return int(cursor.rowcount)
    except psycopg.errors.UniqueViolation as violation:
        raise AlreadyThere from violation


def place_sealed(connection: sa.Connection, places: Places) -> int:
    """Give what waits for a seal its places in the chain; returns how many of the rows were waiting still."""
    if connection.dialect.name == "sqlite":
        at = _text(places.sealed_at)
        links = zip(places.positions, places.numbers, places.previous, places.digests, strict=True)
        rows = [(position, places.epoch, number, previous, digest, at) for position, number, previous, digest in links]
        connection.exec_driver_sql(_PLACE_EACH, rows)
        return connection.exec_driver_sql(_NO_MORE_UNSEALED, [(one,) for one in places.positions]).rowcount
    placed: int = connection.execute(_PLACING, placing_values(places)).scalar_one()
    return placed


def placing_values(places: Places) -> dict[str, Any]:
    """What `PLACED` is given: lists go as texts, which neither SQLAlchemy nor the driver takes apart.

    No name is that of a column: SQLAlchemy would set that column where the statement stands within another.
    """
    lists = {"positions": places.positions, "previous": places.previous, "digests": places.digests}
    return {
        "of_epoch": places.epoch,
        "before": places.before,
        "moment": places.sealed_at,
        "lowest": min(places.positions),
        "highest": max(places.positions),
        **{name: ",".join(map(str, values)) for name, values in lists.items()},
    }


_PLACE_EACH = f"INSERT INTO exchange_place (position, {', '.join(PLACE)}) VALUES (?, ?, ?, ?, ?, ?)"
_NO_MORE_UNSEALED = "DELETE FROM exchange_unsealed WHERE position = ?"
LINKED = (
    "SELECT * FROM unnest(CAST(string_to_array(:positions, ',') AS bigint[]), string_to_array(:previous, ','),"
    " string_to_array(:digests, ',')) WITH ORDINALITY AS link (position, previous, digest, place)"
)
"""The places of a batch as rows, on PostgreSQL."""
TAKEN = (
    "DELETE FROM exchange_unsealed AS waiting USING linked WHERE waiting.position = linked.position"
    " AND waiting.position BETWEEN :lowest AND :highest"  # or the planner reads all that waits, however much that is
)
"""The rows of `LINKED` that waited still, and wait no longer."""
PLACED = (
    f"INSERT INTO exchange_place (position, {', '.join(PLACE)}) SELECT position, CAST(:of_epoch AS integer),"
    " CAST(:before AS bigint) + place, previous, digest, CAST(:moment AS timestamptz) FROM linked"
)
"""Each row of `LINKED` in its place."""
_PLACING = sa.text(
    f"WITH linked AS ({LINKED}), placed AS ({PLACED}), taken AS ({TAKEN} RETURNING waiting.position)"
    " SELECT count(*) FROM taken"
)


def _insert_what_is_new(connection: sa.Connection, table: sa.Table, links: Iterable[Sequence[Any]], mark: str) -> int:
    return _insert_whole(connection, table, [(*link, State.ARRIVED.value, 0) for link in links], mark)


def _insert_whole(connection: sa.Connection, table: sa.Table, rows: list[tuple[Any, ...]], mark: str) -> int:
    marks = ", ".join([mark] * len(rows[0]))
    insert = f"INSERT INTO {table.name} ({_ARRIVING}) VALUES ({marks}) ON CONFLICT DO NOTHING"
    return connection.exec_driver_sql(insert, rows).rowcount


def _copy(connection: sa.Connection, table: sa.Table, links: Iterable[Link]) -> None:
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({_ARRIVING}) FROM STDIN") as copy:
        for link in links:
            copy.write_row((*link, State.ARRIVED.value, 0))


@lru_cache(maxsize=8)
def _text(instant: datetime) -> str:
    """An instant as SQLAlchemy writes it on SQLite; a whole batch was sealed in one."""
    return instant.astimezone(UTC).isoformat(" ", "microseconds")[:-6]
