"""Waiting for work without asking all the questions again: both engines say cheaply whether anybody committed.

An idle relay or worker looks many times a second, so that nobody waits for it, and each look is ten statements. On
SQLite `PRAGMA data_version` answers in microseconds whether another connection has committed since; on PostgreSQL one
statement shows the snapshot, which is another as soon as a transaction that wrote anything ends. The full look is then
taken once a second, for what only time brings.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Protocol

import sqlalchemy as sa

from core.database import Database
from core.exchange.channels import Head, head_of
from core.exchange.message import Direction

LONGEST_REST = 1.0
"""Seconds after which a full look is due although nothing was committed."""

EAGERNESS = 0.1
"""The part of a rest after which a process that has just worked looks first."""


class _Eye(Protocol):
    """What tells one database's moments apart."""

    def has_changed(self) -> bool:
        """Whether anything was committed since it was asked before; also when nobody can say."""

    def close(self) -> None:
        """Let go of the database."""


class Watch:
    """Eyes on some databases, for one thread."""

    def __init__(self, eyes: list[_Eye]) -> None:
        self._eyes = eyes
        self._has_worked = False

    def note_work(self) -> None:
        """There was something to do, so that more may follow at once: the next rest begins with a short look."""
        self._has_worked = True

    def rest(self, stop: threading.Event, seconds: float) -> None:
        """Wait for these seconds, and on until something may have changed since the rest before this one, or `stop`."""
        until = monotonic() + LONGEST_REST
        pause = seconds * EAGERNESS if self._has_worked else seconds
        self._has_worked = False
        while not stop.wait(pause) and not self._has_changed() and monotonic() < until:
            pause = seconds

    def _has_changed(self) -> bool:
        return any([eye.has_changed() for eye in self._eyes])  # all are asked, or one would be asked too late


@contextmanager
def watching(*databases: Database, direction: Direction | None = None) -> Iterator[Watch]:
    """Watch these databases; what is committed from here on is seen by the first rest.

    With a direction, on PostgreSQL only its channels are looked at: whatever is sealed or verified moves one.
    """
    with ExitStack() as kept:
        eyes = [kept.enter_context(closing(_eye(database, direction))) for database in databases]
        for eye in eyes:
            eye.has_changed()
        yield Watch(eyes)


def _eye(database: Database, direction: Direction | None) -> _Eye:
    path = sqlite_path(database)
    if path:
        return _Version(path)
    return _Channel(database, direction) if direction else _Snapshot(database)


def sqlite_path(database: Database) -> Path | None:
    """The file of a SQLite database; None on another engine."""
    url = database.engine.url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


class _Version:
    """What SQLite says of a file: a number that differs when another connection has committed."""

    def __init__(self, path: Path) -> None:
        self._address = f"{path.absolute().as_uri()}?mode=rw"  # never makes a file in a zone that isn't ours
        self._connection: sqlite3.Connection | None = None
        self._last: int | None = None

    def has_changed(self) -> bool:
        """Whether the number differs from the last one; also when the file can't be read, for others to find out."""
        before = self._last
        try:
            if self._connection is None:
                self._connection = sqlite3.connect(self._address, uri=True, isolation_level=None)
            (self._last,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            self.close()
            return True
        return self._last != before

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
        self._connection, self._last = None, None


class _Snapshot:
    """What PostgreSQL says of the cluster: which transactions are done, of those that wrote."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._last: str | None = None

    def has_changed(self) -> bool:
        """Whether the snapshot differs from the last one; also when the server can't be asked, for others to find."""
        before = self._last
        try:
            with self._database.reader.connect() as connection:
                self._last = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar()
        except sa.exc.SQLAlchemyError:
            self._last = None
            return True
        return self._last != before

    def close(self) -> None:
        """Nothing is held: the connection went back to its pool."""


class _Channel:
    """How a direction stands in a zone on PostgreSQL: commits that are none of its business change nothing here."""

    def __init__(self, database: Database, direction: Direction) -> None:
        self._database, self._direction = database, direction
        self._last: Head | None = None

    def has_changed(self) -> bool:
        """Whether it stands elsewhere than the last time; also when the server can't be asked, for others to find."""
        before = self._last
        try:
            with self._database.reading() as session:
                self._last = head_of(session, self._direction)
        except sa.exc.SQLAlchemyError:
            self._last = None
            return True
        return self._last != before

    def close(self) -> None:
        """Nothing is held: the connection went back to its pool."""
