"""Requests to give up a message that is held: one person asks, a second one decides, the first may take it back (A2.1).

They stand in the extranet alone, whichever zone holds the message.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from core.domain.policy import Actor, Role
from core.domain.skip_states import SKIP, SkipFacts, SkipState
from core.errors import NotAllowed
from core.exchange.desk_tables import Skip
from core.trace import step


def open_skips(session: Session) -> dict[str, Skip]:
    """The requests that wait for a second person, by message."""
    return {one.message_id: one for one in session.exec(select(Skip).where(col(Skip.state) == SkipState.PROPOSED))}


def open_skip(session: Session, message_id: str) -> Skip | None:
    """The request about this message that waits for a second person."""
    found = select(Skip).where(col(Skip.message_id) == message_id, col(Skip.state) == SkipState.PROPOSED)
    return session.exec(found).first()


def decide(
    session: Session, skip: Skip, event: str, *, by: Actor, at: datetime, reason: str, seen: int | None = None
) -> None:
    """Confirm, decline or withdraw a request. Nobody confirms their own, nobody withdraws another's."""
    if event == "withdraw" and by.id != skip.proposed_by:
        raise NotAllowed("跳过申请由申请人自己撤回")
    _close(session, skip, event, by=by, at=at, reason=reason, seen=seen)


def drop_request(session: Session, message_id: str, *, by: Actor, at: datetime) -> None:
    """An open request falls away, whoever made it, because the message is tried again."""
    if (skip := open_skip(session, message_id)) is not None:
        _close(session, skip, "withdraw", by=by, at=at, reason="改为重试")


def _close(
    session: Session, skip: Skip, event: str, *, by: Actor, at: datetime, reason: str, seen: int | None = None
) -> None:
    facts = SkipFacts(skip.proposed_by, by.id)
    held = by.roles & {Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR}
    skip.decided_by, skip.decided_name, skip.decided_at = by.id, by.name, at
    step(session, SKIP, skip, event, facts, by=by, held=held, at=at, reason=reason, seen=seen)
