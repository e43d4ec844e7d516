"""Giving back: a zone restored from an older backup gets its own messages back from the zone that was told (A2.1).

The relay reads both ends. When the telling zone stands behind what the told zone has verified, or bears another content
under one of its numbers, the relay carries nothing more; it lays the copies beside the zone's rows, as `refused` rows
with a reason, where they take up neither a number nor an id. `core.exchange.taking_back` verifies and takes them in.
"""

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Zone, zone_of
from core.exchange.archived import archived_up_to
from core.exchange.carrying import Exchangeable
from core.exchange.chain import Link, SealNote
from core.exchange.channels import Head, head_of
from core.exchange.files import copy_files
from core.exchange.message import Direction
from core.exchange.placed import places_of, sealed_rows
from core.exchange.tables import SealState, State, in_states, insert_into, standing, tables_of
from core.prepared import Prepared

RETURNED = "对方交回，待核验"
"""The reason of a copy that lies beside the zone's own rows and wasn't looked at yet."""

_STRIDE = 1000

log = logging.getLogger(__name__)


def is_behind(source: Exchangeable, far: Head) -> bool:
    """Whether the far end verified something that the source doesn't hold: the source was restored from a backup."""
    if not far.number:
        return False
    with source.database.reading() as session:
        here = {"direction": far.direction, "number": far.number}
        own = _own(source.database.zone).first(session, here)
        if own is None:
            return far.epoch == head_of(session, far.direction).epoch
        epoch, number, digest = own
        if epoch != far.epoch:
            return False
        if far.number > number:
            return True
        return digest != far.digest and archived_up_to(session, far.direction, far.epoch) < far.number


@cache
def _own(zone: Zone) -> Prepared[tuple[int, int, str | None]]:
    """Where the zone stands itself, and the digest it holds under the number that the far end verified last."""
    channel, place = tables_of(zone).channel, places_of(zone).place
    same = sa.and_(place.c.epoch == channel.c.epoch, place.c.number == sa.bindparam("number"))
    own = sa.select(channel.c.epoch, channel.c.number, place.c.digest)
    of_direction = channel.c.direction == sa.bindparam("direction")
    return Prepared(own.join_from(channel, place, same, isouter=True).where(of_direction), tuple)


def give_back(source: Exchangeable, target: Exchangeable, *, limit: int = 500) -> int:
    """Lay the next copies beside the source's rows, files first; returns how many. Again, it changes nothing."""
    direction = Direction.out_of(source.database.zone)
    with source.database.reading() as there, target.database.reading() as here:
        own, far = head_of(there, direction), head_of(here, direction)
        after = max(_last_common(there, here, own, far), _last_returned(there, far))
        links = _links(here, far, after, limit)
        seals = _seals(here, far, links)
    if not links:
        return 0
    if links[0].number != after + 1:
        log.error("exchange messages to give back are archived", extra={"first": after + 1, "found": links[0].number})
        return 0
    for link in links:
        copy_files(target.files, source.files, link.files)
    _lay_down(source, links, seals)
    return len(links)


def _last_common(there: Session, here: Session, own: Head, far: Head) -> int:
    """The last number under which both hold the same; what comes before it is the same too, for it is a chain."""
    archived = archived_up_to(there, own.direction, own.epoch)
    last = min(own.number, far.number)
    while last > archived:
        first = max(archived + 1, last - _STRIDE + 1)
        own_digests, far_digests = (_digests(session, far, first, last) for session in (there, here))
        same = [number for number, digest in own_digests.items() if far_digests.get(number) == digest]
        if same:
            return max(same)
        last = first - 1
    return archived


def _digests(session: Session, head: Head, first: int, last: int) -> dict[int, str]:
    table = sealed_rows(zone_of(session), head.direction)
    found = sa.select(table.c.number, table.c.digest).where(
        table.c.direction == head.direction,
        table.c.epoch == head.epoch,
        table.c.number.between(first, last),
        standing(table.c.state),
    )
    return {row.number: row.digest for row in session.connection().execute(found)}


def _last_returned(session: Session, far: Head) -> int:
    newest = sa.select(sa.func.max(tables_of(zone_of(session)).message.c.number)).where(
        *returned(zone_of(session)), tables_of(zone_of(session)).message.c.direction == far.direction
    )
    return session.connection().scalar(newest) or 0


@cache
def returned(zone: Zone) -> tuple[sa.ColumnElement[bool], ...]:
    """The condition on copies that wait to be looked at; the first part names the partial index as it is spelled."""
    table = tables_of(zone).message
    indexed = in_states(table.c.state, State.REJECTED, State.REFUSED)
    return indexed, in_states(table.c.state, State.REFUSED), table.c.reason == RETURNED


def _links(session: Session, far: Head, after: int, limit: int) -> list[Link]:
    table = tables_of(zone_of(session)).message
    found = sa.select(*(table.c[name] for name in Link._fields)).where(
        table.c.direction == far.direction,
        table.c.epoch == far.epoch,
        table.c.number.between(after + 1, far.number),
        standing(table.c.state),
    )
    return [Link(*row) for row in session.connection().execute(found.order_by(table.c.number).limit(limit))]


def _seals(session: Session, far: Head, links: Sequence[Link]) -> list[SealNote]:
    if not links:
        return []
    table = tables_of(zone_of(session)).seal
    found = sa.select(*(table.c[name] for name in SealNote._fields)).where(
        table.c.direction == far.direction,
        table.c.epoch == far.epoch,
        table.c.number.between(links[0].number, links[-1].number),
        in_states(table.c.state, SealState.VERIFIED),
    )
    return [SealNote(*row) for row in session.connection().execute(found.order_by(table.c.number, table.c.position))]


def _lay_down(source: Exchangeable, links: Sequence[Link], seals: Sequence[SealNote]) -> None:
    tables = tables_of(source.database.zone)
    copies: list[dict[str, Any]] = [
        {**link._asdict(), "state": State.REFUSED, "reason": RETURNED, "attempts": 0} for link in links
    ]
    with source.database.writing() as session:
        connection = session.connection()
        connection.execute(sa.insert(tables.message), copies)
        if seals:
            given = [{**seal._asdict(), "state": SealState.ARRIVED} for seal in seals]
            connection.execute(insert_into(tables.seal, connection.dialect.name).on_conflict_do_nothing(), given)
