"""Changes of one process share a commit on SQLite while they wait for each other anyway.

SQLite has one writer at a time, and a commit waits for the disk. Threads of a process therefore take turns (SQLite's
own wait is a poll that sleeps up to 100 ms), and whoever has the turn makes the changes of all who wait, one after the
other in one transaction, and commits for all. Nobody's change is told as done before. A change that fails goes back to
its own savepoint and takes nobody along; who is alone waits for nobody.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Lock, get_ident
from time import monotonic
from typing import Any, Literal, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

OPEN_AT_MOST = 0.02
"""Seconds after which a shared transaction takes nobody in any more: so long may the first wait for the others."""

Result = TypeVar("Result")
Act = Callable[[Session], Any]


class GroupCommit:
    """The turns of one process on one SQLite file."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._turn = Lock()
        self._holder = 0
        self._waiting: deque[_Change] = deque()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The turn for a transaction of one's own."""
        self._refuse_nested()
        self._turn.acquire()
        self._holder = get_ident()
        try:
            yield
        finally:
            self._pass_turn()

    def change(self, act: Callable[[Session], Result], info: dict[str, Any]) -> Result:
        """What `act` gives, when what it wrote is durable; raises what it raises, when that is undone.

        `act` gets a session that knows `info`, and may run in the thread of another one who changes something.
        """
        self._refuse_nested()
        change = _Change(act, info)
        self._await(change)
        try:
            if change.error is not None:
                raise change.error
            if not change.is_kept:  # the one who led was stopped before it knew
                raise _failed(RuntimeError("stopped before the commit"))
            result: Result = change.result
            return result
        finally:
            # an error holds the frames it came through, and they the change: no circle, or all of it would stay
            change.error = None
            del change

    def _await(self, change: "_Change") -> None:
        self._waiting.append(change)
        try:
            if self._turn.acquire(blocking=False):
                self._lead()
            while not change.is_done:
                change.calls.get()
                if not change.is_done:
                    self._turn.acquire()
                    self._lead()
        except BaseException:  # a signal: nobody asks for this change any more
            with suppress(ValueError, IndexError):
                self._waiting.remove(change)
            raise

    def _refuse_nested(self) -> None:
        if self._holder == get_ident():
            raise RuntimeError("a change within a change would wait for itself")

    def _lead(self) -> None:
        """Make the changes that wait, until there are none or their transaction is old; ends the turn."""
        self._holder = get_ident()
        made: list[_Change] = []
        try:
            self._make(made)
        finally:
            self._pass_turn()
            for change in made:
                change.is_done = True
                change.calls.put(None)

    def _make(self, made: "list[_Change]") -> None:
        group: _Group | None = None
        try:
            while self._waiting and (group is None or group.takes_more):
                change = self._waiting.popleft()
                made.append(change)
                try:
                    group = group or _begun(self._engine)
                except Exception as error:
                    change.error = error
                    break
                group.make(change)
                if not group.is_open:
                    group.end()
                    group = None
            if group is not None:
                group.end()
        except BaseException as error:
            if group is not None:
                group.give_up(error)
            if not isinstance(error, Exception):
                raise

    def _pass_turn(self) -> None:
        self._holder = 0
        self._turn.release()
        with suppress(
            IndexError
        ):  # who began to wait during this turn found it taken: they are called to take the next
            self._waiting[0].calls.put(None)


@dataclass(eq=False)
class _Change:
    """What one thread waits for. It is called when its change is made, or when it may lead."""

    act: Act
    info: dict[str, Any]
    calls: "SimpleQueue[None]" = field(default_factory=SimpleQueue)
    is_done: bool = False
    is_kept: bool = False
    result: Any = None
    error: BaseException | None = None


@dataclass
class _Group:
    """One transaction and the changes that it holds."""

    connection: sa.Connection
    transaction: sa.RootTransaction
    driver: Any
    begun: float = field(default_factory=monotonic)
    held: list[_Change] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether there is something to commit; SQLite itself gives a transaction up when the disk is full."""
        return self.transaction.is_active and bool(self.driver.in_transaction)

    @property
    def takes_more(self) -> bool:
        return monotonic() - self.begun < OPEN_AT_MOST

    def make(self, change: _Change) -> None:
        """Make one more change, or take it back whole."""
        # the first one needs no savepoint: what it takes back is everything there is
        mode: Literal["rollback_only", "create_savepoint"] = "create_savepoint" if self.held else "rollback_only"
        info = {**change.info, "shared": bool(self.held)}
        with Session(self.connection, join_transaction_mode=mode, info=info, expire_on_commit=False) as session:
            try:
                change.result = change.act(session)
                if session.in_transaction():
                    session.commit()
            except BaseException as error:
                change.error = error
                session.rollback()
                return
        if self.transaction.is_active:
            self.held.append(change)
        else:  # the first one went back by itself, and that was meant; what it did after is committed already
            change.is_kept = True

    def end(self) -> None:
        """Commit and give the connection back. An error of the commit is everybody's."""
        with self.connection:
            try:
                if self.is_open:
                    self.transaction.commit()
                elif self.held:
                    raise _failed(sqlite3.OperationalError("given up by SQLite"))
                for change in self.held:
                    change.is_kept = True
            except BaseException as error:
                self.give_up(error)

    def give_up(self, error: BaseException) -> None:
        """Undo everything, and tell everybody; the connection does not go back to its pool."""
        if not self.connection.closed:
            self.connection.invalidate()
            self.connection.close()
        for change in self.held:
            if not change.is_kept:
                change.error = _failed(getattr(error, "orig", None) or error)


class Savepoint:
    """Where one change among several began: as much of a transaction of SQLAlchemy's as its session asks for.

    Its own goes through four layers for each word, which took a fourth of a short change. Savepoints end in the order
    opposite to their beginning, so that one name serves all of them.
    """

    def __init__(self, driver: Any) -> None:
        self.is_active = True
        self._driver = driver
        say(driver, "SAVEPOINT change")

    def commit(self) -> None:
        """Keep what was written since."""
        self.is_active = False
        say(self._driver, "RELEASE change")

    def rollback(self) -> None:
        """Undo what was written since; nothing is left to undo when SQLite gave the whole transaction up."""
        if self.is_active and self._driver.in_transaction:
            say(self._driver, "ROLLBACK TO change")
            say(self._driver, "RELEASE change")
        self.is_active = False

    close = rollback


def say(driver: Any, words: str) -> None:
    """Begin or end something with these words, as Python's driver would not by itself."""
    try:
        driver.execute(words)
    except sqlite3.Error as error:
        raise sa.exc.OperationalError(words, None, error) from error


def _failed(error: BaseException) -> sa.exc.OperationalError:
    """A failure of the commit, for one of those it meets."""
    return sa.exc.OperationalError("COMMIT", None, error)


def _begun(engine: sa.Engine) -> _Group:
    connection = engine.connect()
    try:
        driver = connection.connection.driver_connection
        connection.begin_nested = lambda: Savepoint(driver)  # type: ignore[method-assign, assignment, return-value]
        return _Group(connection, connection.begin(), driver)
    except BaseException:
        connection.close()
        raise
