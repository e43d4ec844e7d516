"""Sealing: committed messages get their number, their link in the chain and, batch by batch, one signature (A2.1).

Numbers given inside concurrent transactions would become visible out of order, and a reader that remembers the last
one seen would skip the late one. The sealer sees committed rows only, so the numbers are free of gaps.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, Zone, zone_of
from core.exchange import leases
from core.exchange.chain import Link, SealNote, link_digest, sealed_words, unfit
from core.exchange.channels import Head, Overtaken, advance, head_of
from core.exchange.message import Direction
from core.exchange.rows import as_stored, instant_in, number_sealed
from core.exchange.signing import Signer
from core.exchange.tables import ChannelState, SealState, State, in_states, tables_of

log = logging.getLogger(__name__)

LEASE_SECONDS = 2.0
BATCHES_SEEN = 4
"""Batches that one look reads: with the largest bodies there are, 200 MB."""

_TOLD = ("id", "direction", "kind", "subject", "body", "files", "happened_at", "cause")


def seal(db: Database, signer: Signer, *, now: datetime, limit: int = 200, holder: str = "") -> int:
    """Seal the oldest committed messages of this zone, at most `limit`, in one transaction; returns how many.

    Does nothing while another process holds the lease, or the channel is stopped or waits for what was lost.
    """
    return _seal_batch(db, signer, now, limit, holder) if _has_unsealed(db) else 0


def seal_all(db: Database, signer: Signer, *, now: Callable[[], datetime], at_most: int, limit: int = 200) -> int:
    """Seal batch after batch, until there is nothing more or `at_most` are sealed; returns how many.

    `now` tells the time, `limit` is the size of a batch.
    """
    sealed = 0
    while sealed < at_most:
        portion = _seal_portion(db, signer, now, limit)
        sealed += portion
        if portion < BATCHES_SEEN * limit:
            break
    return sealed


def _has_unsealed(db: Database) -> bool:
    with db.reading() as session:
        return session.connection().execute(_unsealed(db.zone), {"limit": 1}).first() is not None


def _seal_portion(db: Database, signer: Signer, now: Callable[[], datetime], limit: int) -> int:
    """Seal what one look sees: while a batch is being written, the next one is linked already.

    What one look sees is in order, for what was told of the same subject before is seen too. Each batch is a
    transaction of its own, and written only while the chain still stands where it was seen.
    """
    direction = Direction.out_of(db.zone)
    with db.reading() as session:
        head = head_of(session, direction)
        rows = session.connection().execute(_unsealed(db.zone), {"limit": BATCHES_SEEN * limit}).all()
    if not rows or head.state is not ChannelState.OPEN:
        return 0
    if any(unfit(row, direction) for row in rows):
        return _seal_batch(db, signer, now(), limit, "")
    sealed = 0
    with ThreadPoolExecutor(max_workers=1) as hand:
        written: Future[int] | None = None
        for batch in (rows[start : start + limit] for start in range(0, len(rows), limit)):
            key, at = signer.present(), now()
            links = _linked(batch, head, key, at)
            if written is not None:
                if not (count := written.result()):
                    return sealed
                sealed += count
            written = hand.submit(_seal_linked, db, head, _by_position(batch, links), key, at)
            head = replace(head, number=links[-1].number, digest=links[-1].digest)
        return sealed + (written.result() if written is not None else 0)


def _seal_linked(db: Database, seen: Head, links: dict[int, Link], key: Signer, now: datetime) -> int:
    """Write one batch, unless another sealer is at work or the chain isn't where it was seen; returns how many."""
    with db.writing() as session:
        fence = leases.take(session, f"seal:{seen.direction}", now=now, seconds=LEASE_SECONDS)
        head = head_of(session, seen.direction)
        stands = (head.state, head.epoch, head.number, head.digest)
        if fence is None or stands != (ChannelState.OPEN, seen.epoch, seen.number, seen.digest):
            return 0
        _write(session, head, links, key, fence)
    return len(links)


def _seal_batch(db: Database, signer: Signer, now: datetime, limit: int, holder: str) -> int:
    direction = Direction.out_of(db.zone)
    with db.writing() as session:
        fence = leases.take(session, f"seal:{direction}", now=now, seconds=LEASE_SECONDS, holder=holder)
        head = head_of(session, direction)
        if fence is None or head.state is not ChannelState.OPEN:
            return 0
        rows = _fit_rows(session, direction, limit)
        if not rows:
            return 0
        key = signer.present()
        links = _linked(rows, head, key, now)
        _write(session, head, _by_position(rows, links), key, fence)
    return len(links)


@cache
def _unsealed(zone: Zone) -> sa.Select[Any]:
    table = tables_of(zone).message
    return (
        sa.select(table.c.position, *as_stored(table, _TOLD))
        .where(in_states(table.c.state, State.UNSEALED))
        .order_by(table.c.position)
        .limit(sa.bindparam("limit"))
    )


def _fit_rows(session: Session, direction: Direction, limit: int) -> list[sa.Row[Any]]:
    """The next rows to seal; what may not travel gets no number and stays behind, rejected."""
    zone = zone_of(session)
    fit = []
    for row in session.connection().execute(_unsealed(zone), {"limit": limit}).all():
        words = unfit(row, direction)
        if words is None:
            fit.append(row)
            continue
        log.error("exchange message refused a seal", extra={"message_id": row.id, "reason": words})
        table = tables_of(zone).message
        here = table.c.position == row.position
        session.connection().execute(sa.update(table).where(here).values(state=State.REJECTED, reason=words))
    return fit


def _linked(rows: Sequence[Any], head: Head, signer: Signer, now: datetime) -> list[Link]:
    links: list[Link] = []
    digest, hash_of = head.digest, signer.hash_of
    for number, row in enumerate(rows, head.number + 1):
        told = [*row[1:7], instant_in(row[7]), row[8], head.epoch, number, digest]
        digest = link_digest(Link._make([*told, "", now]), hash_of)
        links.append(Link._make([*told, digest, now]))
    return links


def _by_position(rows: Sequence[Any], links: Sequence[Link]) -> dict[int, Link]:
    return {row[0]: link for row, link in zip(rows, links, strict=True)}


def _write(session: Session, head: Head, links: dict[int, Link], signer: Signer, fence: int) -> None:
    """Number the rows, sign their last digest, move the channel; raises Overtaken when any of it was done already."""
    zone = zone_of(session)
    if number_sealed(session.connection(), tables_of(zone).message, links) != len(links):
        raise Overtaken(f"{head.direction} was sealed from number {head.number} on")
    last = list(links.values())[-1]
    note = SealNote(last.direction, last.epoch, last.number, last.digest, signer.key_id, "", last.sealed_at)
    signed = note._replace(signature=signer.sign(sealed_words(note)))
    session.connection().execute(_sealing(zone), {**signed._asdict(), "state": SealState.GIVEN})
    advance(session, head, number=last.number, digest=last.digest, at=last.sealed_at, fence=fence)


@cache
def _sealing(zone: Zone) -> sa.Insert:
    return sa.insert(tables_of(zone).seal)
