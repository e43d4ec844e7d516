"""What the extranet's operators decide about a message that the internet zone holds back (A2.1, A9.1).

The internet zone has no operators of its own. It reports what it holds (`core.exchange.pulses`); the decision goes back
to it as a message, sealed like any other, and it carries it out and traces it. To give a message up takes two names.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

import sqlalchemy as sa
from sqlmodel import Session

from core.database import zone_of
from core.domain.policy import Actor, Role
from core.errors import Conflict, NotAllowed, RuleRefusal
from core.exchange import outbox, quarantine
from core.exchange.fields import Code, Id, Name, Readers, Words
from core.exchange.message import Direction, Envelope, Message, applies
from core.exchange.pulses import far_standing
from core.exchange.tables import State, in_states, tables_of
from core.trace import record

OBJECT = "exchange_message"


class QuarantineDecided(Message):
    """Extranet → internet zone: try a message that you hold back again, or give it up."""

    kind: ClassVar[str] = "quarantine.decided.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.WORKER
    message_id: Id
    act: Literal["release", "reject"]
    reason: Words
    operator: Name
    operator_id: Code
    second: Name
    second_id: Code

    def subject(self) -> str:
        """In their order for one held message: a decision that is refused holds up no other message's."""
        return f"quarantine:{self.message_id}"


def held_there(session: Session, message_id: str) -> str:
    """Why the internet zone holds this message in quarantine, as it reported last; empty when it doesn't."""
    known = far_standing(session)
    held = known.held if known else []
    return next((one["reason"] for one in held if (one["message_id"], one["state"]) == (message_id, "quarantined")), "")


def is_decided(session: Session, message_id: str) -> bool:
    """Whether a decision about this message is on its way and not answered yet."""
    table = tables_of(zone_of(session)).message
    told = (in_states(table.c.state, State.TOLD), table.c.kind == QuarantineDecided.kind)
    about = sa.select(table.c.position).where(*told, table.c.cause == message_id)
    return session.connection().execute(about.limit(1)).first() is not None


@dataclass(frozen=True)
class Decider:
    """A person who decided: the name for the trace, the id by which two of one name are told apart."""

    id: str = ""
    name: str = ""


NOBODY = Decider()


def tell_decision(
    session: Session, message_id: str, act: Literal["release", "reject"], *, reason: str, by: Decider, at: datetime,
    second: Decider = NOBODY,
) -> None:  # fmt: skip
    """Tell the internet zone what becomes of a message that it holds. Refuses while a decision is on its way."""
    if is_decided(session, message_id):
        raise Conflict("对这件报文的处理意见已经发出，请等待互联网区办理")
    told = QuarantineDecided(
        message_id=message_id,
        act=act,
        reason=reason[:1000],
        operator=by.name[:300],
        operator_id=by.id,
        second=second.name[:300],
        second_id=second.id,
    )
    outbox.send(session, told, at=at, cause=message_id)


@applies(QuarantineDecided)
def carry_out(session: Session, told: QuarantineDecided, envelope: Envelope) -> None:
    """Internet zone: do as the operators decided, with their names in the trace.

    Refuses a message that is in quarantine no more; one that only one person gave up goes into quarantine itself.
    """
    at = session.info.get("now", envelope.happened_at)
    operator = Actor(Role.SYSTEM_ADMINISTRATOR, id="extranet", name=told.operator[:100])
    try:
        if told.act == "release":
            quarantine.release(session, told.message_id)
            words = "重试报文"
        else:
            if not told.second_id or told.second_id == told.operator_id:
                raise NotAllowed("跳过报文须由另一人确认", article="A2.1")
            quarantine.reject(session, told.message_id, reason=told.reason, at=at)
            words = f"跳过报文，由{told.second}确认"
    except Conflict as gone:
        raise RuleRefusal(gone.words, article="A2.1") from gone
    action = f"exchange.{told.act}"
    record(session, action, OBJECT, told.message_id, words[:400], by=operator, at=at, reason=told.reason)
