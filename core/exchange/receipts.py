"""Receipts: the zone that was told says what became of a message, and the zone that told it settles its row (A2.1).

A receipt is never answered by another. It carries the digest of what it answers: a digest that this zone never sealed
is a fork, and stops the direction.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Literal

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import Session

from core.database import Zone, zone_of
from core.exchange import channels, outbox
from core.exchange.fields import Digest, Id, Readers, Size
from core.exchange.message import Direction, Envelope, Message, applies, kind_of, mender_of
from core.exchange.placed import Place, at_place, place_given, places_of, rows_with_places
from core.exchange.standing import refuse_to_guess
from core.exchange.tables import State, in_states, standing, tables_of

RECEIPT = "receipt.v1"
HEARTBEAT = "heartbeat.v1"
UNANSWERED = (RECEIPT, HEARTBEAT)
"""The kinds that are not themselves answered."""

REASON_LIMIT = 1000


class ReceiptToExtranet(Message):
    """Internet zone → extranet: what became of a message."""

    kind: ClassVar[str] = RECEIPT
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    message_id: Id
    number: Size
    digest: Digest
    outcome: Literal["applied", "rejected"]
    reason: str = Field(default="", max_length=REASON_LIMIT)

    def subject(self) -> str:
        """Each receipt stands alone, so that none waits for another."""
        return f"receipt:{self.message_id}"


class ReceiptToInternet(ReceiptToExtranet):
    """Extranet → internet zone: what became of a message."""

    kind: ClassVar[str] = RECEIPT
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.ENTERPRISE


def give_receipt(session: Session, told: Envelope, *, digest: str, reason: str | None, at: datetime) -> None:
    """Answer an incoming message: applied when there is no reason, else rejected with the reason for its sender."""
    if told.kind in UNANSWERED:
        return
    model = ReceiptToExtranet if told.direction is Direction.TO_INTERNET else ReceiptToInternet
    receipt = model(
        message_id=told.id,
        number=told.number,
        digest=digest,
        outcome="applied" if reason is None else "rejected",
        reason=(reason or "")[:REASON_LIMIT],
    )
    outbox.send(session, receipt, at=at, cause=told.id)


def receipt_in(body: str) -> ReceiptToExtranet:
    """The receipt in a stored body, whichever way it came; raises pydantic's ValidationError when it is none."""
    return ReceiptToExtranet.model_validate_json(body)


@applies(ReceiptToExtranet)
@applies(ReceiptToInternet)
def settle(session: Session, told: ReceiptToExtranet, envelope: Envelope) -> None:
    """Settle the outgoing message that the receipt answers; stop the direction when it names another digest.

    A number that this zone hasn't sealed yet is no fork: its database is older than what it told (`Behind`).
    """
    refused = _open_row(session, told) if told.outcome == "rejected" else None
    if settle_all(session, [told]):
        if refused is not None:
            _mend(session, refused, told.reason)
        return
    refuse_to_guess(session, envelope, told.number, f"对方回执所称第 {told.number} 号报文，本区尚未封签")
    words = f"对方回执所称第 {told.number} 号报文与本方所发不符（分叉）"
    channels.stop(session, Direction.out_of(zone_of(session)), words, at=envelope.happened_at)


def _open_row(session: Session, told: ReceiptToExtranet) -> sa.Row[Any] | None:
    """The message that a receipt answers, unless it was answered before."""
    table = rows_with_places(zone_of(session))
    unanswered = in_states(table.c.state, State.TOLD)
    own = (table.c.id == told.message_id, table.c.direction == Direction.out_of(zone_of(session)))
    return session.connection().execute(sa.select(table).where(*own, unanswered)).first()


def _mend(session: Session, row: sa.Row[Any], reason: str) -> None:
    """Set this zone right after a refusal, so that its pages don't go on saying that the message is under way."""
    direction = Direction(row.direction)
    model = kind_of(row.kind, direction)
    mender = mender_of(model) if model else None
    if model is not None and mender is not None:
        own = Envelope(row.id, row.kind, row.subject, row.number, row.happened_at, row.cause, direction)
        mender(session, model.model_validate_json(row.body), own, reason)


def settle_all(session: Session, receipts: Sequence[ReceiptToExtranet]) -> bool:
    """Settle what the receipts answer, if all of them name what this zone sealed; otherwise nothing, and False."""
    zone = zone_of(session)
    connection = session.connection()
    asked = {"ids": [told.message_id for told in receipts], "direction": Direction.out_of(zone)}
    own = {row.id: row for row in connection.execute(_answered(zone), asked)}
    if any(told.message_id not in own or not _names(told, own[told.message_id]) for told in receipts):
        return False
    settled = [
        {"at_position": own[told.message_id].position, "why": told.reason or None}
        for told in receipts
        if own[told.message_id].state == State.TOLD
    ]
    if settled:
        connection.execute(_settling(zone), settled)
    channels.acknowledge(session, Direction.out_of(zone), max(told.number for told in receipts))
    return True


def _names(told: ReceiptToExtranet, own: sa.Row[Any]) -> bool:
    return bool((own.number, own.digest) == (told.number, told.digest))


@cache
def _answered(zone: Zone) -> sa.Select[Any]:
    table = rows_with_places(zone)
    here = (table.c.id.in_(sa.bindparam("ids", expanding=True)), table.c.direction == sa.bindparam("direction"))
    wanted = (table.c.id, table.c.position, table.c.number, table.c.digest, table.c.state)
    return sa.select(*wanted).where(*here, standing(table.c.state))


@cache
def _settling(zone: Zone) -> sa.Update:
    table = tables_of(zone).message
    here = table.c.position == sa.bindparam("at_position")
    return sa.update(table).where(here).values(state=State.SETTLED, reason=sa.bindparam("why"))


def settle_unanswered(session: Session, after: Place, up_to: Place) -> None:
    """Settle what nobody answers, receipts and heartbeats, once it was carried: between two places of the chain."""
    between = {"after_epoch": after.epoch, "after_number": after.number}
    to = {"to_epoch": up_to.epoch, "to_number": up_to.number}
    session.connection().execute(_settling_unanswered(zone_of(session)), between | to)


@cache
def _settling_unanswered(zone: Zone) -> sa.Update:
    message, place = tables_of(zone).message, places_of(zone).place
    between = (at_place(place) > place_given("after_"), at_place(place) <= place_given("to_"))
    carried = message.c.position.in_(sa.select(place.c.position).where(*between))
    here = (carried, in_states(message.c.state, State.TOLD), message.c.kind.in_(UNANSWERED))
    return sa.update(message).where(*here).values(state=State.SETTLED)
