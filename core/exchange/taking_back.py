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
from core.exchange.receipts import UNANSWERED
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
    lost = [link for link in taken if not _seal_unsealed(session, link)]
    if lost:
        session.connection().execute(
            sa.insert(own.message), [{**link._asdict(), "state": _state_of(link), "attempts": 0} for link in lost]
        )
    given = sa.update(own.seal).where(own.seal.c.position.in_(verdict.seals)).values(state=SealState.GIVEN)
    session.connection().execute(given)
    _mark_taken(session, [link.id for link in taken])
    channels.advance(session, head, number=verdict.number, digest=verdict.digest, at=now, fence=fence)
    channels.mark_gap(session, head.direction, WAITING, at=now)
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
    table = tables_of(zone_of(session)).message
    own = sa.select(table.c.digest).where(
        table.c.direction == head.direction,
        table.c.epoch == head.epoch,
        table.c.number == number,
        standing(table.c.state),
    )
    return session.connection().scalar(own) or archived_digest(session, head.direction, head.epoch, number)


def _set_aside(session: Session, before: Head, taken: set[str]) -> list[dict[str, Any]]:
    """What this zone sealed under numbers that are the other history's: kept as evidence; the rows to tell again."""
    own = tables_of(zone_of(session))
    here = (own.message.c.direction == before.direction, own.message.c.epoch == before.epoch)
    beyond = sa.and_(*here, own.message.c.number > before.number, standing(own.message.c.state))
    told = sa.select(*(own.message.c[name] for name in _TOLD)).where(beyond).order_by(own.message.c.number)
    rows = [row._asdict() for row in session.connection().execute(told)]
    session.connection().execute(sa.update(own.message).where(beyond).values(state=State.REFUSED, reason=FORKED))
    false = sa.and_(
        own.seal.c.direction == before.direction,
        own.seal.c.epoch == before.epoch,
        own.seal.c.number > before.number,
        in_states(own.seal.c.state, SealState.GIVEN),
    )
    session.connection().execute(sa.update(own.seal).where(false).values(state=SealState.REFUSED))
    return [row | {"state": State.UNSEALED, "attempts": 0} for row in rows if row["id"] not in taken]


def _seal_unsealed(session: Session, link: Link) -> bool:
    """Whether the message was told here before the backup: then it gets the place that it had."""
    table = tables_of(zone_of(session)).message
    place = {name: getattr(link, name) for name in ("epoch", "number", "previous_digest", "digest", "sealed_at")}
    same = sa.and_(table.c.id == link.id, in_states(table.c.state, State.UNSEALED))
    done = session.connection().execute(sa.update(table).where(same).values(**place, state=_state_of(link)))
    return done.rowcount == 1


def _state_of(link: Link) -> State:
    """It has been carried; a receipt or a heartbeat isn't answered."""
    return State.SETTLED if link.kind in UNANSWERED else State.CARRIED


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
