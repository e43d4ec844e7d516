"""Messages a second from the internet zone to the extranet, beside the bare copy of the very same rows (A2.1).

Sealer, relay and verifier are three processes, as the zones' workers and the relay are. The yardstick moves the sealed
rows into the far zone's own table, with its indexes and triggers, in one statement: ATTACH and INSERT … SELECT on
SQLite, binary COPY on PostgreSQL; and once more into a table that has nothing but a key. All commit fully
synchronously. A round counts only when the far side verified the whole chain and every seal.
"""

import multiprocessing
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import psycopg
import sqlalchemy as sa

from benchmarks.exchange_messages import applications, lay
from benchmarks.ground import ENGINES, Ground, psycopg_address, sqlite_path
from benchmarks.report import Line, compare, progress
from core.database import Database, Zone, open_database, utc_now
from core.documents.blobs import LocalStore
from core.exchange.carrying import Exchangeable, far_place
from core.exchange.channels import head_of
from core.exchange.inbox import receive
from core.exchange.message import Direction
from core.exchange.relay import RelaySettings, run_relay
from core.exchange.sealing import seal
from core.exchange.signing import load_signer, load_verifier, make_key, public_path
from core.exchange.tables import ChannelState
from core.exchange.worker import Step, run_worker

MESSAGES, BATCH = 20_000, 200
ROLES = ("sealer", "relay", "verifier")
IDLE, LOOK_SECONDS, PATIENCE = 0.01, 0.02, 300.0
TO_EXTRANET = Direction.TO_EXTRANET
ROUNDS = 5
GOALS = {"sqlite": 0.15, "postgresql": 0.25}
YARDSTICKS = {"sqlite": "ATTACH + INSERT SELECT", "postgresql": "binary COPY"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Round:
    """Messages a second in one round: at the far side, verified there as well, and by both bare copies."""

    carried: float
    verified: float
    bare: float
    plain: float


def measure(ground: Ground) -> list[Line]:
    """Both engines, one after the other."""
    return [line for engine in ENGINES for line in _measure(ground, engine)]


def _measure(ground: Ground, engine: str) -> Iterator[Line]:
    rounds = [_round(ground, engine) for _ in range(ROUNDS)]
    name, bare = NAMES[engine], YARDSTICKS[engine]
    for what, rates, goal in (
        (f"sealed and carried by {BATCH}, {name} / {bare}", [(one.carried, one.bare) for one in rounds], GOALS[engine]),
        (f"sealed, carried and verified, {name} / {bare}", [(one.verified, one.bare) for one in rounds], GOALS[engine]),
        (f"the same, {name} / {bare}, no index", [(one.verified, one.plain) for one in rounds], None),
    ):
        yield compare(what, rates, unit="messages/s", goal=goal)


def _round(ground: Ground, engine: str) -> Round:
    with ExitStack() as kept:
        public_url = kept.enter_context(ground.database(engine, Zone.PUBLIC))
        extranet_url, plain, same = (kept.enter_context(ground.database(engine, Zone.EXTRANET)) for _ in range(3))
        public = kept.enter_context(closing(open_database(public_url, Zone.PUBLIC)))
        extranet = kept.enter_context(closing(open_database(extranet_url, Zone.EXTRANET)))
        lay(public, applications(MESSAGES))
        keys = Path(kept.enter_context(TemporaryDirectory(dir=ground.folder)))
        make_key(keys / "key")
        carried, verified = _through_the_exchange(public_url, extranet, keys)
        _make_plain(plain)
        copy = _attach_and_insert if engine == "sqlite" else _copy
        bare = _seconds(lambda: copy(public_url, same, "exchange_message"))
        bare_plain = _seconds(lambda: copy(public_url, plain, "plain"))
    done = Round(*(MESSAGES / seconds for seconds in (carried, verified, bare, bare_plain)))
    progress(f"exchange {engine}: {done}")
    return done


def _through_the_exchange(public_url: str, extranet: Database, keys: Path) -> tuple[float, float]:
    """Seconds until all messages lay at the far side, and until all were verified there."""
    extranet_url = extranet.engine.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")
    start, stop = context.Barrier(len(ROLES) + 1), context.Event()
    told = (public_url, extranet_url, keys, start, stop)
    crew = [context.Process(target=_work, args=(role, *told)) for role in ROLES]
    for one in crew:
        one.start()
    start.wait(120)
    begun = perf_counter()
    carried = _until(lambda: far_place(Exchangeable(extranet, LocalStore(keys)), TO_EXTRANET).number, crew)
    verified = _until(lambda: _verified(extranet), crew)
    stop.set()
    for one in crew:
        one.join()
    return carried - begun, verified - begun


def _work(role: str, public_url: str, extranet_url: str, keys: Path, start: Barrier, stop: Event) -> None:
    """One process: it seals, or carries, or verifies, as the zones' workers and the relay do."""
    store = LocalStore(keys)
    if role == "relay":
        start.wait(120)
        run_relay(RelaySettings(public_url, extranet_url, store, store, idle_seconds=IDLE, batch=BATCH), stop=stop)
        return
    zone = Zone.PUBLIC if role == "sealer" else Zone.EXTRANET
    database = open_database(public_url if role == "sealer" else extranet_url, zone)
    signer, verifier = load_signer(keys / "key"), load_verifier(public_path(keys / "key"))
    steps: dict[str, Step] = {
        "sealer": lambda db: seal(db, signer, now=utc_now(), limit=BATCH),
        "verifier": lambda db: receive(db, verifier),
    }
    start.wait(120)
    run_worker(database, [steps[role]], stop=stop, idle_seconds=IDLE)


def _until(reached: Callable[[], int], crew: Sequence[SpawnProcess]) -> float:
    """The moment at which all messages were there; fails when a process left or nothing more comes."""
    begun = perf_counter()
    while (number := reached()) < MESSAGES:
        if not all(one.is_alive() for one in crew) or perf_counter() > begun + PATIENCE:
            raise RuntimeError(f"only {number:,} of {MESSAGES:,} arrived")
        time.sleep(LOOK_SECONDS)
    return perf_counter()


def _verified(extranet: Database) -> int:
    with extranet.reading() as session:
        head = head_of(session, TO_EXTRANET)
    if head.state is not ChannelState.OPEN:
        raise RuntimeError(f"the channel doesn't flow: {head.reason}")
    return head.number


def _attach_and_insert(source: str, target: str, table: str) -> None:
    with closing(sqlite3.connect(sqlite_path(target), isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32768", "mmap_size=268435456"):
            connection.execute("PRAGMA " + pragma)
        connection.execute("ATTACH ? AS source", [sqlite_path(source)])
        connection.execute(f"INSERT INTO main.{table} {_ROWS.format(table='source.exchange_message')}")


def _copy(source: str, target: str, table: str) -> None:
    out = f"COPY ({_ROWS.format(table='exchange_message')}) TO STDOUT (FORMAT BINARY)"
    into = f"COPY {table} FROM STDIN (FORMAT BINARY)"
    with psycopg.connect(psycopg_address(source)) as here, psycopg.connect(psycopg_address(target)) as there:
        with here.cursor().copy(out) as reading, there.cursor().copy(into) as writing:
            for block in reading:
                writing.write(block)
        there.commit()


_ROWS = (
    "SELECT * FROM {table} WHERE direction = 'to_extranet' AND number IS NOT NULL AND state != 'refused'"
    " ORDER BY epoch, number"
)


def _make_plain(url: str) -> None:
    """A table of the same columns with a primary key and nothing else."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE plain AS SELECT * FROM exchange_message WHERE false")
        connection.exec_driver_sql("CREATE UNIQUE INDEX uq_plain ON plain (direction, epoch, number)")
    engine.dispose()


def _seconds(act: Callable[[], None]) -> float:
    started = perf_counter()
    act()
    return perf_counter() - started
