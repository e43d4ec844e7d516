"""Changes of one process on SQLite share a commit; each is durable, undone or refused as if it were alone (A4.4)."""

import gc
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any
from weakref import WeakSet

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, Zone, open_database
from core.exchange.faults import is_passing
from core.group_commit import Savepoint
from core.publications import Kept, renew
from core.serials import take
from tests.databases import Templates


@pytest.fixture
def database(database_urls: Callable[[Zone], str]) -> Iterator[Database]:
    with closing(open_database(database_urls(Zone.PUBLIC), Zone.PUBLIC)) as opened:
        yield opened


@pytest.fixture
def on_sqlite(database_templates: Templates) -> Iterator[Database]:
    with database_templates.copy("sqlite", Zone.PUBLIC) as url, closing(open_database(url, Zone.PUBLIC)) as opened:
        yield opened


def serials(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {row.series: row.last for row in session.connection().execute(sa.text("SELECT * FROM serial"))}


def waiting_in(database: Database) -> int:
    return len(database.turns._waiting) if database.turns else 0


def wait_until(is_so: Callable[[], bool]) -> None:
    until = monotonic() + 20
    while not is_so():
        assert monotonic() < until
        sleep(0.001)


class Crowd:
    """Threads that all wait while the first change is being made, so that one transaction must serve them."""

    def __init__(self, database: Database, *acts: Callable[[Session], Any]) -> None:
        self.ends: list[object] = [None] * len(acts)
        self.commits = 0
        self._database = database
        begun, go = Event(), Event()

        def first(session: Session) -> Any:
            begun.set()
            assert go.wait(10)
            return acts[0](session)

        threads = [Thread(target=self._run, args=(place, act)) for place, act in enumerate((first, *acts[1:]))]
        sa.event.listen(database.engine, "commit", self._count)
        threads[0].start()
        assert begun.wait(10)
        for thread in threads[1:]:
            thread.start()
        wait_until(lambda: waiting_in(database) >= len(acts) - 1 or database.turns is None)
        go.set()
        for thread in threads:
            thread.join(20)
        sa.event.remove(database.engine, "commit", self._count)

    def _run(self, place: int, act: Callable[[Session], Any]) -> None:
        try:
            self.ends[place] = self._database.change(act)
        except Exception as error:
            self.ends[place] = error

    def _count(self, _connection: sa.Connection) -> None:
        self.commits += 1


def taking(series: str) -> Callable[[Session], int]:
    return lambda session: take(session, series)


def failing(series: str) -> Callable[[Session], None]:
    def fail(session: Session) -> None:
        take(session, series)
        raise LookupError(series)

    return fail


def test_who_waits_shares_the_commit_and_nobody_shares_a_number(on_sqlite: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.group_commit.OPEN_AT_MOST", 10)
    crowd = Crowd(on_sqlite, *[taking("one")] * 8)
    assert sorted(crowd.ends) == list(range(1, 9))
    assert crowd.commits == 1
    assert serials(on_sqlite) == {"one": 8}


def test_a_long_transaction_takes_nobody_in_any_more(on_sqlite: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.group_commit.OPEN_AT_MOST", 0)
    crowd = Crowd(on_sqlite, *[taking("one")] * 4)
    assert sorted(crowd.ends) == [1, 2, 3, 4]
    assert crowd.commits == 4


@pytest.mark.parametrize("place", [0, 1, 3], ids=["first", "between", "last"])
def test_a_change_that_fails_takes_nobody_along(database: Database, monkeypatch: pytest.MonkeyPatch, place: int):
    monkeypatch.setattr("core.group_commit.OPEN_AT_MOST", 10)
    acts: list[Callable[[Session], Any]] = [taking("one") for _ in range(4)]
    acts[place] = failing("one")
    crowd = Crowd(database, *acts)
    errors = [end for end in crowd.ends if isinstance(end, LookupError)]
    assert len(errors) == 1
    assert sorted(end for end in crowd.ends if isinstance(end, int)) == [1, 2, 3]
    assert serials(database) == {"one": 3}


def test_a_change_that_goes_back_by_itself_leaves_the_others_alone(on_sqlite: Database):
    def back(session: Session) -> str:
        take(session, "two")
        session.rollback()
        return "gone back"

    crowd = Crowd(on_sqlite, taking("one"), back, taking("one"), back)
    assert [end for end in crowd.ends if isinstance(end, str)] == ["gone back"] * 2
    assert serials(on_sqlite) == {"one": 2}


def test_a_savepoint_within_a_change_goes_back_alone(database: Database):
    def careful(session: Session) -> int:
        with pytest.raises(LookupError), session.begin_nested():
            failing("two")(session)
        return take(session, "one")

    crowd = Crowd(database, taking("one"), careful, careful)
    assert sorted(crowd.ends) == [1, 2, 3]
    assert serials(database) == {"one": 3}


@pytest.mark.parametrize("place", [0, 1], ids=["first", "later"])
def test_what_is_written_after_a_change_went_back_by_itself_counts(on_sqlite: Database, place: int):
    def again(session: Session) -> str:
        take(session, "gone")
        session.rollback()
        take(session, "after")
        return "again"

    acts: list[Callable[[Session], Any]] = [taking("one"), taking("one")]
    acts.insert(place, again)
    crowd = Crowd(on_sqlite, *acts)
    assert sorted(map(str, crowd.ends)) == ["1", "2", "again"]
    assert serials(on_sqlite) == {"one": 2, "after": 1}


def test_an_error_of_the_savepoint_itself_ends_the_transaction_for_all(
    on_sqlite: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.group_commit.OPEN_AT_MOST", 10)

    def broken(_savepoint: Savepoint) -> None:
        raise sa.exc.OperationalError("ROLLBACK TO change", None, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(Savepoint, "rollback", broken)
    crowd = Crowd(on_sqlite, taking("one"), failing("one"))
    assert [type(end) for end in crowd.ends] == [sa.exc.OperationalError, LookupError]
    monkeypatch.undo()
    assert on_sqlite.change(taking("one")) == 1
    with closing(sqlite3.connect(on_sqlite.engine.url.database or "", timeout=0.1)) as other:
        other.execute("BEGIN IMMEDIATE")


def test_a_refused_change_leaves_nothing_in_memory(on_sqlite: Database):
    class Form:
        pass

    forms: WeakSet[Form] = WeakSet()

    def refuse(_session: Session, form: Form) -> None:
        raise LookupError(form)

    gc.disable()
    try:
        for _ in range(10):
            form = Form()
            forms.add(form)
            with suppress(LookupError):
                on_sqlite.change(partial(refuse, form=form))
        del form
        assert len(forms) == 0
    finally:
        gc.enable()


def test_a_change_that_shares_its_transaction_keeps_nothing_it_read(
    on_sqlite: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.group_commit.OPEN_AT_MOST", 10)
    kept: Kept[int] = Kept("calendar", lambda session: take(session, "read"))

    def publish(session: Session) -> None:
        renew(session, "calendar")
        take(session, "published")

    def full(_connection: Any) -> None:
        raise sa.exc.OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))

    sa.event.listen(on_sqlite.engine, "commit", full)
    crowd = Crowd(on_sqlite, publish, kept.of)
    sa.event.remove(on_sqlite.engine, "commit", full)
    assert all(isinstance(end, sa.exc.OperationalError) for end in crowd.ends)
    assert not kept._values


def test_nobody_is_told_done_when_the_commit_fails(on_sqlite: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("core.group_commit.OPEN_AT_MOST", 10)

    def full(_connection: Any) -> None:
        raise sa.exc.OperationalError("COMMIT", None, sqlite3.OperationalError("disk I/O error"))

    sa.event.listen(on_sqlite.engine, "commit", full)
    crowd = Crowd(on_sqlite, *[taking("one")] * 3)
    sa.event.remove(on_sqlite.engine, "commit", full)
    assert all(isinstance(end, sa.exc.OperationalError) and "disk I/O" in str(end) for end in crowd.ends)
    assert serials(on_sqlite) == {}
    with on_sqlite.writing() as session:
        assert take(session, "one") == 1


def test_when_sqlite_gives_the_transaction_up_everybody_in_it_is_told(
    on_sqlite: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("core.group_commit.OPEN_AT_MOST", 10)

    def give_up(session: Session) -> None:
        session.connection().connection.driver_connection.execute("ROLLBACK")
        raise sa.exc.OperationalError("INSERT", None, sqlite3.OperationalError("database or disk is full"))

    crowd = Crowd(on_sqlite, taking("one"), give_up, taking("one"))
    told = [end for end in crowd.ends if isinstance(end, sa.exc.OperationalError)]
    done = [end for end in crowd.ends if isinstance(end, int)]
    assert len(told) + len(done) == 3
    assert len(told) >= 2
    assert all(is_passing(end) for end in told)
    assert serials(on_sqlite) == ({"one": len(done)} if done else {})


def test_a_change_within_a_change_is_refused_at_once(on_sqlite: Database):
    def nested(_session: Session) -> None:
        with on_sqlite.writing():
            pass

    with pytest.raises(RuntimeError, match="within a change"):
        on_sqlite.change(nested)
    with on_sqlite.writing(), pytest.raises(RuntimeError, match="within a change"), on_sqlite.writing():
        pass
    with on_sqlite.writing(), pytest.raises(RuntimeError, match="within a change"):
        on_sqlite.change(taking("one"))
    assert on_sqlite.change(taking("one")) == 1


def _take_one(database: Database, into: list[int]) -> None:
    into.append(database.change(taking("one")))


def test_who_waits_behind_a_transaction_of_one_own_is_called_when_it_ends(on_sqlite: Database):
    for fails in (False, True):
        ends: list[int] = []
        waiting = [Thread(target=_take_one, args=(on_sqlite, ends)) for _ in range(3)]
        with suppress(LookupError), on_sqlite.writing() as session:
            take(session, "two")
            for thread in waiting:
                thread.start()
            wait_until(lambda: waiting_in(on_sqlite) == 3)
            if fails:
                raise LookupError
        for thread in waiting:
            thread.join(10)
        assert len(ends) == 3
    assert serials(on_sqlite) == {"one": 6, "two": 1}


def test_who_cannot_begin_leaves_the_turn_to_the_next(on_sqlite: Database):
    other = sqlite3.connect(on_sqlite.engine.url.database or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    def hurry(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute("PRAGMA busy_timeout=1")

    sa.event.listen(on_sqlite.engine, "checkout", hurry)
    with pytest.raises(sa.exc.OperationalError, match="locked"):
        on_sqlite.change(taking("one"))
    other.execute("ROLLBACK")
    other.close()
    with on_sqlite.writing() as session:
        assert take(session, "one") == 1
