"""Messages a second from the internet zone to the extranet, beside the bare copy of the very same rows (A2.1).

Sealer and relay are two processes that work at once, as a zone's worker and the relay do, connected and warm, for those
run for weeks; then a third verifies all, as the far zone's worker does on a machine of its own. The yardstick moves the
rows that arrived into another such table, with its indexes and triggers, in one statement, connected before as well:
ATTACH and INSERT … SELECT on SQLite, binary COPY on PostgreSQL. All commit fully synchronously. A round counts only
when the far side verified the whole chain and every seal. Applying is measured by real declarations: each makes a
project with its due items, leaves its trace and is answered.
"""

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psycopg
import sqlalchemy as sa

from benchmarks.exchange_messages import UNIT, UNIT_NAME, applications, declarations, lay, registration
from benchmarks.ground import ENGINES, Ground, psycopg_address, sqlite_path
from benchmarks.report import Line, compare, progress
from core.database import Database, Zone, open_database, utc_now
from core.documents.blobs import LocalStore
from core.domain.policy import PLATFORM
from core.exchange.carrying import Exchangeable, carry, far_end
from core.exchange.chain import Link
from core.exchange.channels import head_of
from core.exchange.inbox import apply_next, receive
from core.exchange.message import Direction
from core.exchange.pump import fresh_post
from core.exchange.relay import CROWD, RelaySettings, run_relay
from core.exchange.sealing import seal, seal_all
from core.exchange.signing import load_signer, load_verifier, make_key, public_path
from core.exchange.status import status
from core.exchange.tables import ChannelState, State, in_states, tables_of
from core.exchange.worker import AT_ONCE, Step, run_worker
from core.guides.from_reference import publish_everything
from core.loaded import keep_what_is_loaded
from core.vault import add_key, open_vault

MESSAGES, BATCH = CROWD, 200
AHEAD = 3
"""Messages that go ahead: as many as two looks of the sealer find, if it seals them one by one."""
IDLE, GLANCE_SECONDS, LOOK_SECONDS, PATIENCE = 0.1, 0.1, 0.01, 120.0
TO_EXTRANET = Direction.TO_EXTRANET
ROUNDS = 15
DECLARED = 1_000
GOALS = {"sqlite": 0.15, "postgresql": 0.25}
YARDSTICKS = {"sqlite": "ATTACH + INSERT SELECT", "postgresql": "binary COPY"}
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Round:
    """Messages a second in one round: at the far side, verified there afterwards, and by the bare copy."""

    carried: float
    verified: float
    bare: float


def measure(ground: Ground) -> list[Line]:
    """Both engines, one after the other."""
    return [line for engine in ENGINES for line in _measure(ground, engine)]


def _measure(ground: Ground, engine: str) -> Iterator[Line]:
    rounds = [_round(ground, engine) for _ in range(ROUNDS)]
    name, bare = NAMES[engine], YARDSTICKS[engine]
    carried = [(one.carried, one.bare) for one in rounds]
    yield compare(f"sealed and carried by {BATCH}, {name} / {bare}", carried, unit="messages/s", goal=GOALS[engine])
    verified = [(one.verified, one.bare) for one in rounds]
    yield compare(f"verified at the far side, {name} / {bare}", verified, unit="messages/s")
    (alone, answers), (both, _) = (_apply(ground, engine, workers) for workers in (1, 2))
    yield compare(
        f"declarations applied, {name} / {bare}",
        [(alone, one.bare) for one in rounds],
        unit="messages/s",
        remark=f"one worker; {answers:,} receipts and answers for {DECLARED:,}",
    )
    yield compare(f"declarations applied, {name}, two workers / one", [(both, alone)], unit="messages/s")


def _round(ground: Ground, engine: str) -> Round:
    with ExitStack() as kept:
        public_url = kept.enter_context(ground.database(engine, Zone.PUBLIC))
        extranet_url, same = (kept.enter_context(ground.database(engine, Zone.EXTRANET)) for _ in range(2))
        public = kept.enter_context(closing(open_database(public_url, Zone.PUBLIC)))
        extranet = kept.enter_context(closing(open_database(extranet_url, Zone.EXTRANET)))
        lay(public, applications(MESSAGES))
        keys = Path(kept.enter_context(TemporaryDirectory(dir=ground.folder)))
        make_key(keys / "key")
        told = (public_url, extranet_url, keys)
        carried = _at_work(("sealer", "relay"), told, lambda: MESSAGES - _arrived(extranet), ahead=AHEAD)
        verified = _at_work(("verifier",), told, lambda: MESSAGES - _verified(extranet))
        copy = _attach_and_insert if engine == "sqlite" else _copy
        bare = copy(extranet_url, same)
    done = Round((MESSAGES - AHEAD) / carried, MESSAGES / verified, MESSAGES / bare)
    progress(f"exchange {engine}: {done}")
    return done


def _apply(ground: Ground, engine: str, workers: int) -> tuple[float, int]:
    """Declarations applied a second by so many workers, and the receipts and answers that lie ready then."""
    with ExitStack() as kept:
        public_url, extranet_url = (kept.enter_context(ground.database(engine, zone)) for zone in Zone)
        public = kept.enter_context(closing(open_database(public_url, Zone.PUBLIC)))
        folder = Path(kept.enter_context(TemporaryDirectory(dir=ground.folder)))
        make_key(folder / "key")
        add_key(folder / "field-keys")
        extranet = kept.enter_context(closing(open_database(extranet_url, Zone.EXTRANET)))
        store = LocalStore(folder)
        post = fresh_post(public, extranet, store, store)
        with extranet.writing() as session:
            publish_everything(session, by=PLATFORM, at=utc_now(), in_force_from=date(2017, 8, 16))
        lay(public, [registration(UNIT, UNIT_NAME), *declarations(DECLARED)])
        while seal(public, post.signers[Zone.PUBLIC], now=utc_now(), limit=BATCH):
            carry(Exchangeable(public, store), Exchangeable(extranet, store), limit=BATCH)
            receive(extranet, post.verifiers[Zone.PUBLIC])
        apply_next(extranet, store, limit=1)  # the unit itself
        crew, told = ("applier",) * workers, (public_url, extranet_url, folder)
        seconds = _at_work(crew, told, lambda: _received(extranet))
        waiting = status(extranet)
    if waiting.unsealed.count < DECLARED or waiting.quarantined.count or waiting.received.count:
        raise RuntimeError(f"not all were applied: {waiting}")
    progress(f"exchange {engine}: {DECLARED / seconds:,.0f} declarations applied a second by {workers}")
    return DECLARED / seconds, waiting.unsealed.count


def _at_work(roles: Sequence[str], told: tuple[str, str, Path], left: Callable[[], int], *, ahead: int = 0) -> float:
    """Seconds until these processes, working at once, have left nothing to do.

    So many messages go ahead of the others: what runs for weeks is measured once it is connected and has worked.
    """
    context = multiprocessing.get_context("spawn")
    start, stop = context.Barrier(len(roles) + 1), context.Event()
    crew = [context.Process(target=_work, args=(role, *told, start, stop)) for role in roles]
    for one in crew:
        one.start()
    try:
        if ahead:
            before = left() - ahead
            _until_none(lambda: left() - before, crew)
        start.wait(120)
        begun = perf_counter()
        return _until_none(left, crew) - begun
    finally:
        stop.set()
        for one in crew:
            one.join()


def _work(role: str, public_url: str, extranet_url: str, keys: Path, start: Barrier, stop: Event) -> None:
    """One process: it seals, carries, verifies or applies, as the zones' workers and the relay do."""
    keep_what_is_loaded()
    store = LocalStore(keys)
    if role == "relay":
        settings = RelaySettings(public_url, extranet_url, store, store, idle_seconds=IDLE, batch=BATCH)
        relay = threading.Thread(target=run_relay, args=(settings,), kwargs={"stop": stop})
        relay.start()
        start.wait(120)
        relay.join()
        return
    zone = Zone.PUBLIC if role == "sealer" else Zone.EXTRANET
    vault = open_vault(keys / "field-keys") if role == "applier" else None
    database = open_database(public_url if role == "sealer" else extranet_url, zone, vault=vault)
    signer, verifier = load_signer(keys / "key"), load_verifier(public_path(keys / "key"))
    steps: dict[str, Step] = {
        "sealer": lambda db: seal_all(db, signer, now=utc_now, limit=BATCH, at_most=4 * AT_ONCE),
        "verifier": lambda db: receive(db, verifier),
        "applier": lambda db: apply_next(db, store, limit=AT_ONCE),
    }
    if role == "sealer":
        seal_all(database, signer, now=utc_now, limit=1, at_most=2)  # the others wait for the start
    start.wait(120)
    run_worker(database, [steps[role]], stop=stop, idle_seconds=IDLE)


def _until_none(left: Callable[[], int], crew: Sequence[SpawnProcess]) -> float:
    """The moment at which nothing was left to do; fails when a process left or took too long.

    It looks often only towards the end, for each look takes from those at work.
    """
    begun = perf_counter()
    before = left()
    while (number := left()) > 0:
        taken = perf_counter() - begun
        if not all(one.is_alive() for one in crew) or taken > PATIENCE:
            raise RuntimeError(f"{number:,} messages were left")
        rest = taken * number / (before - number) if number < before else 0.0
        time.sleep(GLANCE_SECONDS if rest > 3 * GLANCE_SECONDS else LOOK_SECONDS)
    return perf_counter()


def _arrived(extranet: Database) -> int:
    return far_end(extranet, TO_EXTRANET).place.number


def _verified(extranet: Database) -> int:
    with extranet.reading() as session:
        head = head_of(session, TO_EXTRANET)
    if head.state is not ChannelState.OPEN:
        raise RuntimeError(f"the channel doesn't flow: {head.reason}")
    return head.number


def _received(extranet: Database) -> int:
    message = tables_of(Zone.EXTRANET).message
    due = in_states(message.c.state, State.RECEIVED, State.WAITING)
    with extranet.reading() as session:
        return session.connection().scalar(sa.select(sa.func.count()).where(due)) or 0


def _attach_and_insert(source: str, target: str) -> float:
    """Seconds; like the processes, it is measured once it is connected."""
    with closing(sqlite3.connect(sqlite_path(target), isolation_level=None)) as connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-32768", "mmap_size=268435456"):
            connection.execute("PRAGMA " + pragma)
        connection.execute("ATTACH ? AS source", [sqlite_path(source)])
        insert = f"INSERT INTO main.exchange_message ({_COLUMNS}) {_ROWS.format(table='source.exchange_message')}"
        return _seconds(lambda: connection.execute(insert))


def _copy(source: str, target: str) -> float:
    """Seconds; like the processes, it is measured once it is connected."""
    with psycopg.connect(psycopg_address(source)) as here, psycopg.connect(psycopg_address(target)) as there:
        return _seconds(lambda: _pipe(here, there))


def _pipe(here: psycopg.Connection[Any], there: psycopg.Connection[Any]) -> None:
    out = f"COPY ({_ROWS.format(table='exchange_message')}) TO STDOUT (FORMAT BINARY)"
    into = f"COPY exchange_message ({_COLUMNS}) FROM STDIN (FORMAT BINARY)"
    with here.cursor().copy(out) as reading, there.cursor().copy(into) as writing:
        for block in reading:
            writing.write(block)
    there.commit()


_COLUMNS = ", ".join((*Link._fields, "state", "attempts"))
_ROWS = (
    f"SELECT {', '.join(Link._fields)}, CAST('arrived' AS varchar), 0 FROM {{table}} WHERE direction = 'to_extranet'"
    " ORDER BY epoch, number"
)


def _seconds(act: Callable[[], object]) -> float:
    started = perf_counter()
    act()
    return perf_counter() - started
