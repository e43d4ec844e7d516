"""Sealing: committed messages get their number, their link in the chain and, batch by batch, one signature (A2.1).

Numbers given inside concurrent transactions would become visible out of order, and a reader that remembers the last
one seen would skip the late one. The sealer sees committed rows only, so the numbers are free of gaps.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from datetime import datetime
from threading import Event

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database
from core.exchange import leases
from core.exchange.chain import Told, unfit
from core.exchange.channels import Head, head_of
from core.exchange.message import Direction
from core.exchange.placed import places_of
from core.exchange.sealed_batch import (
    LEASE_SECONDS,
    SealedBatch,
    lease_name,
    link_up,
    oldest_unsealed,
    write,
    write_ahead,
)
from core.exchange.signing import Signer
from core.exchange.tables import ChannelState, State, tables_of

log = logging.getLogger(__name__)

BATCHES_SEEN = 2
"""Batches that one look reads while another is written: with the largest bodies there are, 150 MB."""


def seal(db: Database, signer: Signer, *, now: datetime, limit: int = 200, holder: str = "") -> int:
    """Seal the oldest committed messages of this zone, at most `limit`, in one transaction; returns how many.

    Does nothing while another process holds the lease, or the channel is stopped or waits for what was lost.
    """
    return _seal_batch(db, signer, now, limit, holder) if _has_unsealed(db) else 0


def seal_all(db: Database, signer: Signer, *, now: Callable[[], datetime], at_most: int, limit: int = 200) -> int:
    """Seal batch after batch, until there is nothing more or `at_most` are sealed; returns how many.

    `now` tells the time, `limit` is the size of a batch.
    """
    direction, asked = Direction.out_of(db.zone), limit  # the first look is short: nothing is written meanwhile
    with ThreadPoolExecutor(max_workers=1) as hand:
        ahead = _Ahead(db, hand)
        while ahead.begun < at_most:
            rows = ahead.look(asked)
            for batch in (rows[start : start + limit] for start in range(0, len(rows), limit)):
                if any(_unfit(row, direction) for row in batch):
                    return ahead.sealed + _seal_batch(db, signer, now(), limit) if ahead.settle() else ahead.sealed
                if not ahead.seal(batch, signer.present(), now()):
                    return ahead.sealed
            if len(rows) < asked:
                break
            asked = BATCHES_SEEN * limit
        ahead.settle()
        return ahead.sealed


def _has_unsealed(db: Database) -> bool:
    with db.reading() as session:
        return bool(_unsealed(session, db, 1))


class _Ahead:
    """Batches under way: while one is written by `hand`, the next one is linked.

    What one look sees is in order, for what was told of the same subject before is seen too; so a look always begins
    with the oldest row and leaves out those that are being written. Each batch is a transaction of its own, and written
    only while the chain still stands where the one before it ends.
    """

    def __init__(self, db: Database, hand: Executor) -> None:
        self.sealed = self.begun = 0
        self._db, self._hand = db, hand
        self._head: Head | None = None
        self._written: Future[int] | None = None
        self._in_hand: Sequence[int] = ()

    def look(self, limit: int) -> list[Told]:
        """The oldest rows that nobody seals yet, at most so many; none where the direction doesn't flow."""
        with self._db.reading() as session:
            if self._head is None:
                self._head = head_of(session, Direction.out_of(self._db.zone))
            rows = _unsealed(session, self._db, limit, self._in_hand)
        return rows if self._head.state is ChannelState.OPEN else []

    def seal(self, rows: Sequence[Told], key: Signer, now: datetime) -> bool:
        """Link a batch, and hand it over once the one before is written; False when that one was overtaken."""
        assert self._head
        batch = link_up(rows, self._head, key, now)
        if not self.settle():
            return False
        self._hand_over(batch)
        self._in_hand = batch.places.positions
        self._head = batch.head
        self.begun += len(batch)
        return True

    def _hand_over(self, batch: SealedBatch) -> None:
        """Go on once the batch is on its way to the server: linking the next one now would keep it from being sent."""
        sent = Event()

        def write() -> int:
            try:
                return write_ahead(self._db, batch, sent.set)
            finally:
                sent.set()

        self._written = self._hand.submit(write)
        sent.wait()

    def settle(self) -> bool:
        """Wait until what was handed over is written; False when it was overtaken."""
        count = self._written.result() if self._written is not None else 0
        is_overtaken = self._written is not None and not count
        self._written, self._in_hand = None, ()
        self.sealed += count
        return not is_overtaken


def _seal_batch(db: Database, signer: Signer, now: datetime, limit: int, holder: str = "") -> int:
    direction = Direction.out_of(db.zone)
    with db.writing() as session:
        fence = leases.take(session, lease_name(direction), now=now, seconds=LEASE_SECONDS, holder=holder)
        head = head_of(session, direction)
        if fence is None or head.state is not ChannelState.OPEN:
            return 0
        rows = _fit_rows(session, db, limit)
        if not rows:
            return 0
        batch = link_up(rows, head, signer.present(), now)
        write(session, batch, fence)
    return len(batch)


def _unsealed(session: Session, db: Database, limit: int, known: Sequence[int] = ()) -> list[Told]:
    values = {"limit": limit, "known": ",".join(map(str, known))}
    return oldest_unsealed(db.zone, db.engine.dialect.name).all(session, values)


def _unfit(row: Told, direction: Direction) -> str | None:
    return unfit(row, direction) or (None if row.happened else "报文所记的时刻不在历法之内")


def _fit_rows(session: Session, db: Database, limit: int) -> list[Told]:
    """The next rows to seal; what may not travel gets no number and stays behind, rejected."""
    direction, table, waiting = Direction.out_of(db.zone), tables_of(db.zone).message, places_of(db.zone).unsealed
    fit = []
    for row in _unsealed(session, db, limit):
        words = _unfit(row, direction)
        if words is None:
            fit.append(row)
            continue
        log.error("exchange message refused a seal", extra={"message_id": row.id, "reason": words})
        rejected = sa.update(table).where(table.c.position == row.position)
        session.connection().execute(rejected.values(state=State.REJECTED, reason=words))
        session.connection().execute(sa.delete(waiting).where(waiting.c.position == row.position))
    return fit
