"""The relay: the one process between the zones. It holds no key and keeps no state, so it can delay but never forge.

One relay carries each direction, under an advisory lock (PostgreSQL) or a lock file (SQLite) at the target; others
stand by. Either database may be absent or unreachable at any time: the relay pauses, tries again, and never ends.
"""

import fcntl
import logging
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

import sqlalchemy as sa

from core.database import Database, Zone, open_database, utc_now
from core.exchange.carrying import Exchangeable, FarEnd, bring, carry, far_end, mark_brought
from core.exchange.faults import Backoff
from core.exchange.files import FileStore
from core.exchange.giving_back import give_back, is_behind
from core.exchange.message import Direction
from core.exchange.pulses import RelayBeat
from core.exchange.watching import sqlite_path, watching

__all__ = ["Exchangeable", "RelaySettings", "carry", "run_relay"]

CROWD = 10_000
"""Messages that may lie unverified at the receiving end; the others wait where they are durable already."""

AT_ONCE = 1000
"""Messages that are carried before both ends are compared again."""

FILES_SECONDS = TURN_SECONDS = 1.0
"""How often it looks for files that were missing, and whether the turn is still its own."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RelaySettings:
    """Where both zones' exchange tables and files are. Database URLs as SQLAlchemy writes them; times in seconds."""

    public_url: str
    extranet_url: str
    public_files: FileStore
    extranet_files: FileStore
    idle_seconds: float = 0.15
    standby_seconds: float = 1.0
    mark_seconds: float = 5.0
    batch: int = 500


def run_relay(settings: RelaySettings, *, stop: threading.Event) -> None:
    """Carry both directions until `stop` is set; returns when the last batch is done."""
    public = Exchangeable(open_database(settings.public_url, Zone.PUBLIC), settings.public_files)
    extranet = Exchangeable(open_database(settings.extranet_url, Zone.EXTRANET), settings.extranet_files)
    threads = [
        threading.Thread(
            target=_keep_carrying, args=(source, target, settings, stop), name=f"relay-{source.database.zone}"
        )
        for source, target in ((public, extranet), (extranet, public))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    public.database.close()
    extranet.database.close()


def _keep_carrying(source: Exchangeable, target: Exchangeable, settings: RelaySettings, stop: threading.Event) -> None:
    backoff = Backoff()
    direction = Direction.out_of(source.database.zone)
    sign = RelayBeat(direction, source.database, target.database)
    chores = _Chores(settings.mark_seconds)
    while not stop.is_set():
        try:
            _must_exist(source.database)
            _must_exist(target.database)
            both = (source.database, target.database)
            with turn(target.database, direction) as still_ours, watching(*both, direction=direction) as watch:
                if still_ours is None:
                    stop.wait(settings.standby_seconds)
                    continue
                while not stop.is_set() and still_ours():
                    moved = _round(source, target, sign, chores, settings.batch)
                    backoff.reset()
                    if moved:
                        watch.note_work()
                    else:
                        watch.rest(stop, settings.idle_seconds)
        except Exception as error:
            pause = backoff.next()
            log.warning("relay pauses", extra={"direction": str(direction), "seconds": pause, "error": repr(error)})
            stop.wait(pause)


class _Pace:
    """Something that is due once in so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.due_at = monotonic() + seconds

    def is_due(self) -> bool:
        """Whether it is time; then it is due again only after another pause."""
        now = monotonic()
        if now < self.due_at:
            return False
        self.due_at = now + self.seconds
        return True


class _Chores:
    """What a round does only now and then: marks at the source (what is answered sooner needs none), missing files."""

    def __init__(self, mark_seconds: float, file_seconds: float = FILES_SECONDS) -> None:
        self.marks, self.files = _Pace(mark_seconds), _Pace(file_seconds)

    def do(self, source: Exchangeable, target: Exchangeable) -> None:
        """Do what is due."""
        if self.files.is_due():
            target.make_up(source, Direction.out_of(source.database.zone))
        if self.marks.is_due():
            mark_brought(source, target)


def _round(source: Exchangeable, target: Exchangeable, sign: RelayBeat, chores: _Chores, batch: int) -> int:
    """Carry what was sealed; to a source that lost rows of its own give them back, and carry nothing before that.

    Returns how many messages moved.
    """
    began = utc_now()
    end = far_end(target.database, Direction.out_of(source.database.zone))
    if is_behind(source, end.head):
        given = give_back(source, target)
        sign.owe()
        return given
    carried = 0 if is_crowded(end) else bring(source, target, after=end.place, limit=batch, at_most=AT_ONCE)
    chores.do(source, target)
    sign.carried(carried, began)
    return carried


def is_crowded(end: FarEnd) -> bool:
    """Whether the receiving end has more before it than it verifies: then the relay waits (back-pressure)."""
    return end.unverified > CROWD


def _must_exist(database: Database) -> None:
    """Refuse to go on without the SQLite file: opening it would create an empty one in a zone that isn't ours."""
    path = sqlite_path(database)
    if path is not None and not path.exists():
        raise FileNotFoundError(path)


@contextmanager
def turn(target: Database, direction: Direction) -> Iterator[Callable[[], bool] | None]:
    """The right to carry a direction: a question whether it is still ours, or None while another relay has it."""
    path = sqlite_path(target)
    if path is None:
        with _advisory_lock(target, direction) as still_ours:
            yield still_ours
        return
    with path.with_name(f"{path.name}.relay-{direction}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
            return
        yield path.exists


@contextmanager
def _advisory_lock(target: Database, direction: Direction) -> Iterator[Callable[[], bool] | None]:
    key = zlib.crc32(f"exchange-relay:{direction}".encode())
    with target.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(key))):
            yield None
            return

        asked = _Pace(TURN_SECONDS)

        def still_ours() -> bool:
            return not asked.is_due() or bool(connection.scalar(sa.text("SELECT 1")) == 1)

        try:
            yield still_ours
        finally:
            _unlock(connection, key)


def _unlock(connection: sa.Connection, key: int) -> None:
    """Give the lock back; a connection that is lost has given it back already."""
    with suppress(sa.exc.DBAPIError):
        connection.scalar(sa.select(sa.func.pg_advisory_unlock(key)))
