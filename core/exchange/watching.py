"""Waiting for work without asking all the questions again: SQLite says cheaply whether anybody committed anything.

An idle relay or worker looks many times a second, so that nobody waits for it, and each look is ten statements. On
SQLite `PRAGMA data_version` answers in microseconds whether another connection has committed since; the full look is
then taken once a second, for what only time brings. PostgreSQL has nothing as cheap: there each look is a full one.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from time import monotonic

from core.database import Database

LONGEST_REST = 1.0
"""Seconds after which a full look is due although nothing was committed."""


class Watch:
    """Eyes on some databases, for one thread."""

    def __init__(self, versions: list["_Version | None"]) -> None:
        self._versions = versions

    def rest(self, stop: threading.Event, seconds: float) -> None:
        """Wait for these seconds, and on until something may have changed since the rest before this one, or `stop`."""
        until = monotonic() + LONGEST_REST
        while not stop.wait(seconds) and not self._has_changed() and monotonic() < until:
            pass

    def _has_changed(self) -> bool:
        return any([version is None or version.has_changed() for version in self._versions])


@contextmanager
def watching(*databases: Database) -> Iterator[Watch]:
    """Watch these databases; what is committed from here on is seen by the first rest."""
    with ExitStack() as kept:
        paths = [sqlite_path(database) for database in databases]
        versions = [kept.enter_context(closing(_Version(path))) if path else None for path in paths]
        for version in versions:
            if version is not None:
                version.has_changed()
        yield Watch(versions)


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
