"""Relay and workers as they run: absent databases, a second relay, failing steps."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.database import Database, Zone
from core.exchange import faults
from core.exchange.message import Direction
from core.exchange.relay import RelaySettings, run_relay
from core.exchange.worker import run_worker
from tests.core.exchange.crossing import (
    Crossing,
    MemoryFiles,
    lay_out,
    rows_of,
)

PATIENCE_SECONDS = 60


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses a hundred times shorter, so that a test sees many of them."""
    longer = faults.Backoff.next
    monkeypatch.setattr(faults.Backoff, "next", lambda self: longer(self) / 100)


@contextmanager
def running(*works: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    threads = [threading.Thread(target=work, args=(stop,)) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        assert not any(thread.is_alive() for thread in threads)


def relay(public_url: str, extranet_url: str, files: MemoryFiles) -> Callable[[threading.Event], None]:
    settings = RelaySettings(public_url, extranet_url, files, files, idle_seconds=0.01, standby_seconds=0.05)
    return lambda stop: run_relay(settings, stop=stop)


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.02)


def arrived(crossing: Crossing) -> int:
    return len(rows_of(crossing.extranet, Direction.TO_EXTRANET))


@pytest.mark.usefixtures("hasty")
def test_the_relay_starts_and_waits_while_a_database_is_absent(crossing: Crossing, exchange_urls, engine_kind):
    crossing.tell(1, 2)
    crossing.seal()
    there = exchange_urls[0]
    with_absent = absent_url(exchange_urls[1], engine_kind)
    with running(relay(there, with_absent, MemoryFiles())):
        time.sleep(0.3)
    if engine_kind == "sqlite":
        assert not Path(with_absent.removeprefix("sqlite:///")).exists()
    with running(relay(*exchange_urls, MemoryFiles())):
        wait_until(lambda: arrived(crossing) == 2)


def absent_url(url: str, engine_kind: str) -> str:
    return url + ".absent" if engine_kind == "sqlite" else url.replace("/t", "/absent_", 1)


@pytest.mark.usefixtures("hasty")
def test_the_relay_goes_on_by_itself_when_a_database_comes_back(tmp_path: Path, crossing: Crossing, exchange_urls):
    late = f"sqlite:///{tmp_path / 'late.db'}"
    crossing.tell(1)
    crossing.seal()
    with running(relay(exchange_urls[0], late, MemoryFiles())):
        time.sleep(0.2)
        lay_out(f"sqlite:///{tmp_path / 'made.db'}", Zone.EXTRANET)
        Path(tmp_path, "made.db").rename(tmp_path / "late.db")
        engine = sa.create_engine(late)
        wait_until(lambda: _count(engine) == 1)
        engine.dispose()


def _count(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM exchange_message").scalar_one()


def test_a_second_relay_stands_by_and_takes_over(crossing: Crossing, exchange_urls):
    files = MemoryFiles()
    with running(relay(*exchange_urls, files)):
        crossing.tell(1)
        crossing.seal()
        wait_until(lambda: arrived(crossing) == 1)
        with running(relay(*exchange_urls, files)):
            crossing.tell(2)
            crossing.seal()
            wait_until(lambda: arrived(crossing) == 2)
    with running(relay(*exchange_urls, files)):
        crossing.tell(3)
        crossing.seal()
        wait_until(lambda: arrived(crossing) == 3)


def test_a_worker_outlives_its_steps_and_none_slows_another(crossing: Crossing, caplog: pytest.LogCaptureFixture):
    calls: list[str] = []

    def failing(db: Database) -> int:
        calls.append("failing")
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection lost"))

    def working(db: Database) -> int:
        calls.append("working")
        return 1

    with running(lambda stop: run_worker(crossing.public, [failing, working], stop=stop, idle_seconds=0.01)):
        wait_until(lambda: calls.count("working") > 5)
    assert 1 <= calls.count("failing") <= 2
    assert "worker step failed" in caplog.text


def test_pauses_grow_and_stay_below_a_minute():
    backoff = faults.Backoff()
    pauses = [backoff.next() for _ in range(12)]
    assert all(0.5 * 2**n <= pause <= 2**n for n, pause in enumerate(pauses[:6]))
    assert max(pauses) <= 60
    backoff.reset()
    assert backoff.next() <= 1
