"""One batch on its way into the chain: linked from the rows, then written as one transaction under the lease (A2.1).

On PostgreSQL one statement takes the lease, moves the channel, gives the rows their places and lays down the seal: each
further statement would cost a round trip, during which the next batch waits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Session

from core.database import Database, Zone, zone_of
from core.exchange import leases
from core.exchange.chain import SealNote, Told, instant, place_digest, sealed_words
from core.exchange.channels import Head, Overtaken, advance, advancing, head_of
from core.exchange.message import Direction
from core.exchange.placed import places_of
from core.exchange.rows import (
    LINKED,
    PLACED,
    TAKEN,
    Places,
    as_digested,
    as_stored,
    instant_in,
    place_sealed,
    placing_values,
)
from core.exchange.signing import Signer
from core.exchange.tables import ChannelState, SealState, tables_of
from core.prepared import Prepared

LEASE_SECONDS = 2.0


@dataclass(frozen=True)
class SealedBatch:
    """Rows linked behind a head of the chain, and the seal over the last of them."""

    seen: Head
    places: Places
    note: SealNote

    @property
    def head(self) -> Head:
        """Where the chain stands once the batch is written."""
        return replace(self.seen, number=self.note.number, digest=self.note.digest, changed_at=self.note.sealed_at)

    def __len__(self) -> int:
        return len(self.places.positions)


@cache
def oldest_unsealed(zone: Zone, dialect: str) -> Prepared[Told]:
    """The rows to be sealed next, at most `limit`, but for those whose positions `known` lists with commas between.

    PostgreSQL writes the instants itself: as much time as the driver, Python and its calendar take for one is half of
    that for a digest. SQLite holds them as text that anybody may have written, so they are read before.
    """
    table, waiting = tables_of(zone).message, places_of(zone).unsealed
    is_next = waiting.c.position.not_in(_listed("known", dialect))
    oldest = sa.select(waiting.c.position).where(is_next).order_by(waiting.c.position)
    following = oldest.limit(sa.bindparam("limit")).subquery("following")
    is_server = dialect == "postgresql"
    happened = as_digested(table.c.happened_at) if is_server else as_stored(table, ["happened_at"])[0]
    told = [happened.label(name) if name == "happened" else table.c[name] for name in Told._fields]
    here = table.c.position == following.c.position
    if not is_server:
        return Prepared(sa.select(*told).join_from(following, table, here).order_by(table.c.position), _with_instant)
    each = sa.select(*told).where(here).limit(1).lateral("told")  # or the planner may read the whole table for them
    return Prepared(sa.select(*each.c).join_from(following, each, sa.true()).order_by(each.c.position), Told._make)


def _listed(name: str, dialect: str) -> sa.Select[Any]:
    """The whole numbers in a parameter, with commas between, as rows."""
    listed = sa.bindparam(name, type_=sa.Text)
    if dialect == "sqlite":
        return sa.select(sa.column("value")).select_from(sa.func.json_each(sa.literal("[") + listed + "]"))
    return sa.select(sa.func.unnest(sa.cast(sa.func.string_to_array(listed, ","), postgresql.ARRAY(sa.BigInteger))))


def _with_instant(row: Sequence[Any]) -> Told:
    told = Told._make(row)
    return told._replace(happened=instant(instant_in(told.happened)))


def link_up(rows: Sequence[Told], head: Head, key: Signer, now: datetime) -> SealedBatch:
    """Link rows behind a head of the chain, and sign the last digest."""
    digests: list[str] = []
    digest, hash_of, epoch = head.digest, key.hash_of, head.epoch
    for number, row in enumerate(rows, head.number + 1):
        digest = place_digest(row, row.happened or "", (epoch, number), digest, hash_of)
        digests.append(digest)
    places = Places(epoch, head.number, head.digest, [row.position for row in rows], digests, now)
    note = SealNote(head.direction, epoch, places.numbers[-1], digest, key.key_id, "", now)
    return SealedBatch(head, places, note._replace(signature=key.sign(sealed_words(note))))


def write_ahead(db: Database, batch: SealedBatch, at_work: Callable[[], None]) -> int:
    """Write a batch, unless another sealer is at work or the chain isn't where it was seen; returns how many.

    `at_work` is called just before the database has something to do.
    """
    with db.writing() as session:
        session.connection()
        at_work()
        if session.connection().dialect.name == "postgresql" and batch.seen.changed_at is not None:
            return _write_at_once(session, batch)
        fence = leases.take(session, lease_name(batch.seen.direction), now=batch.note.sealed_at, seconds=LEASE_SECONDS)
        head = head_of(session, batch.seen.direction)
        stands = (head.state, head.epoch, head.number, head.digest)
        if fence is None or stands != (ChannelState.OPEN, batch.seen.epoch, batch.seen.number, batch.seen.digest):
            return 0
        write(session, batch, fence)
    return len(batch)


def write(session: Session, batch: SealedBatch, fence: int) -> None:
    """Give the rows their places, lay down the seal, move the channel; raises Overtaken when any was done already."""
    _must_be_all(batch, place_sealed(session.connection(), batch.places))
    session.connection().execute(_sealing(zone_of(session)), {**batch.note._asdict(), "state": SealState.GIVEN})
    last = batch.note
    advance(session, batch.seen, number=last.number, digest=last.digest, at=last.sealed_at, fence=fence)


def lease_name(direction: Direction) -> str:
    """The lease that only one sealer of a direction holds."""
    return f"seal:{direction}"


def _must_be_all(batch: SealedBatch, taken: int) -> None:
    if taken != len(batch):
        raise Overtaken(f"{batch.seen.direction} was sealed from number {batch.seen.number} on")


@cache
def _sealing(zone: Zone) -> sa.Insert:
    return sa.insert(tables_of(zone).seal)


def _write_at_once(session: Session, batch: SealedBatch) -> int:
    seen, note = batch.seen, batch.note
    values = {
        **leases.wishing(lease_name(seen.direction), now=note.sealed_at, seconds=LEASE_SECONDS),
        **{"of": seen.direction, "in_epoch": seen.epoch, "from_number": seen.number, "from_digest": seen.digest},
        **{"to_number": note.number, "to_digest": note.digest, "at": note.sealed_at},
        **placing_values(batch.places),
        **{"of_key_id": note.key_id, "of_signature": note.signature},
    }
    moved, taken = _all_in_one(zone_of(session)).one(session, values)
    if moved:
        _must_be_all(batch, taken)
    return len(batch) if moved else 0


@cache
def _all_in_one(zone: Zone) -> Prepared[tuple[int, int]]:
    """Whether the channel moved, and how many rows waited for their places still.

    Each part hangs on the one before: without the lease no channel moves, and without that nothing else is written.
    """
    tables = tables_of(zone)
    held = leases.taking(zone, "postgresql").cte("held")
    channel = tables.channel.c
    stands = (channel.digest == sa.bindparam("from_digest"), channel.state == ChannelState.OPEN)
    moved = advancing(zone, held.c.fence).where(*stands).returning(*channel).cte("moved")
    linked = sa.text(f"{LINKED} WHERE EXISTS (SELECT 1 FROM moved)")
    linking = linked.columns(*(sa.column(name) for name in ("position", "previous", "digest", "place"))).cte("linked")
    placing = sa.text(PLACED).columns(sa.column("position")).cte("placed")
    taken = sa.text(f"{TAKEN} RETURNING waiting.position").columns(sa.column("position")).cte("taken")
    seal: dict[str, sa.ColumnElement[Any]] = {
        **{name: moved.c[name] for name in ("direction", "epoch", "number", "digest")},
        **{name: sa.bindparam(f"of_{name}", type_=tables.seal.c[name].type) for name in ("key_id", "signature")},
        "sealed_at": moved.c.changed_at,
        "state": sa.literal(SealState.GIVEN.value),
    }
    given = sa.insert(tables.seal).from_select(list(seal), sa.select(*seal.values())).cte("given")
    counts = [sa.select(sa.func.count()).select_from(part).scalar_subquery() for part in (moved, taken)]
    return Prepared(sa.select(*counts).add_cte(moved, linking, placing, given), tuple)
