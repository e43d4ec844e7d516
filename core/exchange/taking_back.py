"""Taking back: a zone restored from an older backup takes in its own lost messages from the other zone (A2.1).

Only what this zone's own keys sealed is taken. What was sealed meanwhile under a number that is taken already is kept
as evidence and told again under a new one. Afterwards the numbers go on where the other zone stands, so that none is
given twice. Rows of the business are brought back where a kind has a `restores`; the rest is listed for people.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, zone_of
from core.exchange import channels, leases
from core.exchange.archived import archived_digest
from core.exchange.chain import Link, SealNote
from core.exchange.channels import Head, head_of
from core.exchange.giving_back import returned
from core.exchange.inbox import Keys, Verdict, judge
from core.exchange.message import Direction, Envelope, kind_of, restorer_of
from core.exchange.placed import PLACE, Place, carried_up_to, note_carried, places_of, sealed_rows
from core.exchange.receipts import settle_unanswered
from core.exchange.retelling import TAKEN
from core.exchange.sealed_batch import LEASE_SECONDS
from core.exchange.signing import Verifier
from core.exchange.standing import WAITING
from core.exchange.tables import GENESIS, SealState, State, in_states, standing, tables_of

FORKED = "本区恢复后误用了已用过的编号，已改用新号重发"
_AT_ONCE = 2000
_TOLD = ("id", "direction", "kind", "subject", "body", "files", "happened_at", "cause")

log = logging.getLogger(__name__)


def take_back(db: Database, own_keys: Verifier, *, now: datetime, holder: str = "") -> int:
    """Take in the copies that the other zone gave back, as far as a seal covers them; returns how many.

    `own_keys` are this zone's public keys, past ones included. Copies that they didn't seal stop the direction.
    """
    direction = Direction.out_of(db.zone)
    with db.reading() as session:
        copies = _copies(session, direction)
        if not copies:
            return 0
        head = head_of(session, direction)
        before = Head(direction, head.epoch, copies[0].number - 1, _digest_at(session, head, copies[0].number - 1),
                      head.state)  # fmt: skip
        seals = _seals(session, before)
    verdict = judge(Verdict(before.number, before.digest, Keys(None, set())), before, seals, copies, {}, own_keys)
    taken = [link for link in copies if link.number <= verdict.number]
    try:
        with db.writing() as session:
            fence = leases.take(session, f"seal:{direction}", now=now, seconds=LEASE_SECONDS, holder=holder)
            if fence is None:
                return 0
            if verdict.broken:
                _refuse(session, direction, verdict.broken, now)
                return 0
            if taken:
                _take(session, head, before, taken, verdict, now=now, fence=fence)
    except channels.Overtaken:
        return 0
    return len(taken)


def _take(
    session: Session, head: Head, before: Head, taken: Sequence[Link], verdict: Verdict, *, now: datetime, fence: int
) -> None:
    own = tables_of(zone_of(session))
    again = _set_aside(session, before, {link.id for link in taken})
    lost = [link for link in taken if not _waits_for_its_seal(session, link)]
    _tell_again(session, lost)
    _give_places(session, taken)
    given = sa.update(own.seal).where(own.seal.c.position.in_(verdict.seals)).values(state=SealState.GIVEN)
    session.connection().execute(given)
    _mark_taken(session, [link.id for link in taken])
    channels.advance(session, head, number=verdict.number, digest=verdict.digest, at=now, fence=fence)
    channels.mark_gap(session, head.direction, WAITING, at=now)
    taken_up_to = Place(head.epoch, verdict.number)
    settle_unanswered(session, carried_up_to(session, keep=True), taken_up_to)
    note_carried(session, taken_up_to)
    for row in again:
        session.connection().execute(sa.insert(own.message), row)
    session.info["now"] = now
    for link in lost:
        _restore(session, link)
    log.warning("exchange messages taken back", extra={"count": len(taken), "told_again": len(again)})


def _copies(session: Session, direction: Direction) -> list[Link]:
    """The copies from the first that wasn't looked at, without a gap."""
    table = tables_of(zone_of(session)).message
    found = sa.select(*(table.c[name] for name in Link._fields)).where(
        table.c.direction == direction, *returned(zone_of(session))
    )
    rows = session.connection().execute(found.order_by(table.c.epoch, table.c.number).limit(_AT_ONCE)).all()
    copies = [Link(*row) for row in rows]
    return [link for place, link in enumerate(copies) if link.number == copies[0].number + place]


def _seals(session: Session, before: Head) -> list[tuple[int, SealNote]]:
    table = tables_of(zone_of(session)).seal
    found = sa.select(table.c.position, *(table.c[name] for name in SealNote._fields)).where(
        table.c.direction == before.direction,
        table.c.epoch == before.epoch,
        table.c.number > before.number,
        in_states(table.c.state, SealState.ARRIVED),
    )
    rows = session.connection().execute(found.order_by(table.c.number, table.c.position).limit(_AT_ONCE))
    return [(row.position, SealNote(*row[1:])) for row in rows]


def _digest_at(session: Session, head: Head, number: int) -> str:
    if number == 0:
        return GENESIS
    place = places_of(zone_of(session)).place
    own = sa.select(place.c.digest).where(place.c.epoch == head.epoch, place.c.number == number)
    return session.connection().scalar(own) or archived_digest(session, head.direction, head.epoch, number)


def _set_aside(session: Session, before: Head, taken: set[str]) -> list[dict[str, Any]]:
    """What this zone sealed under numbers that are the other history's: kept as evidence; the rows to tell again."""
    zone = zone_of(session)
    own, place, connection = tables_of(zone), places_of(zone).place, session.connection()
    beyond = sa.and_(place.c.epoch == before.epoch, place.c.number > before.number)
    sealed = sealed_rows(zone, before.direction)
    told = sa.select(*(sealed.c[name] for name in ("position", *_TOLD, *PLACE))).order_by(sealed.c.number)
    found = told.where(sealed.c.epoch == before.epoch, sealed.c.number > before.number)
    rows = [row._asdict() for row in connection.execute(found)]
    if rows:
        as_refused: dict[str, Any] = {name: sa.bindparam(f"its_{name}") for name in PLACE}
        refusing = sa.update(own.message).where(own.message.c.position == sa.bindparam("its_position"))
        connection.execute(
            refusing.values(**as_refused, state=State.REFUSED, reason=FORKED),
            [{f"its_{name}": row[name] for name in ("position", *PLACE)} for row in rows],
        )
        connection.execute(sa.delete(place).where(beyond))
    false = sa.and_(
        own.seal.c.direction == before.direction,
        own.seal.c.epoch == before.epoch,
        own.seal.c.number > before.number,
        standing(own.seal.c.state),
        in_states(own.seal.c.state, SealState.GIVEN),
    )
    connection.execute(sa.update(own.seal).where(false).values(state=SealState.REFUSED))
    again = [{name: row[name] for name in _TOLD} for row in rows if row["id"] not in taken]
    return [row | {"state": State.TOLD, "attempts": 0} for row in again]


def _waits_for_its_seal(session: Session, link: Link) -> bool:
    """Whether the message was told here before the backup, and had no place yet."""
    message, waiting = tables_of(zone_of(session)).message, places_of(zone_of(session)).unsealed
    same = sa.select(message.c.position).join_from(waiting, message, message.c.position == waiting.c.position)
    here = (message.c.id == link.id, standing(message.c.state))
    return session.connection().scalar(same.where(*here)) is not None


def _tell_again(session: Session, lost: Sequence[Link]) -> None:
    """What the backup doesn't know becomes a row again."""
    rows = [{name: getattr(link, name) for name in _TOLD} | {"state": State.TOLD, "attempts": 0} for link in lost]
    if rows:
        session.connection().execute(sa.insert(tables_of(zone_of(session)).message), rows)


def _give_places(session: Session, taken: Sequence[Link]) -> None:
    """Each message the place that it had."""
    message, places, connection = tables_of(zone_of(session)).message, places_of(zone_of(session)), session.connection()
    own = (message.c.id == sa.bindparam("its_id"), standing(message.c.state))
    had = [sa.bindparam(f"its_{name}", type_=places.place.c[name].type) for name in PLACE]
    placing = sa.insert(places.place).from_select(["position", *PLACE], sa.select(message.c.position, *had).where(*own))
    connection.execute(placing, [{f"its_{name}": getattr(link, name) for name in ("id", *PLACE)} for link in taken])
    first, last = taken[0], taken[-1]
    between = (places.place.c.epoch == first.epoch, places.place.c.number.between(first.number, last.number))
    placed = sa.select(places.place.c.position).where(*between)
    connection.execute(sa.delete(places.unsealed).where(places.unsealed.c.position.in_(placed)))


def _mark_taken(session: Session, ids: Sequence[str]) -> None:
    table = tables_of(zone_of(session)).message
    copies = sa.and_(table.c.id.in_(ids), *returned(zone_of(session)))
    session.connection().execute(sa.update(table).where(copies).values(reason=TAKEN))


def _refuse(session: Session, direction: Direction, words: str, now: datetime) -> None:
    table = tables_of(zone_of(session)).message
    copies = sa.and_(table.c.direction == direction, *returned(zone_of(session)))
    session.connection().execute(sa.update(table).where(copies).values(reason=f"对方交回，核验不符：{words}"))
    channels.stop(session, direction, f"对方交回的本区报文不可信：{words}", at=now)


def _restore(session: Session, link: Link) -> None:
    """Bring back what the message tells of this zone's own rows; what can't be is for people to enter again."""
    model = kind_of(link.kind, Direction(link.direction))
    restorer = restorer_of(model) if model else None
    if model is None or restorer is None:
        return
    envelope = Envelope(
        link.id, link.kind, link.subject, link.number, link.happened_at, link.cause, Direction(link.direction)
    )
    try:
        with session.begin_nested():
            restorer(session, model.model_validate_json(link.body), envelope)
    except (ValueError, LookupError, sa.exc.IntegrityError, sa.exc.NoResultFound):
        log.exception("exchange message not restored", extra={"message_id": link.id, "kind": link.kind})
