"""Somebody registers what is registered already: slowed down, traced, and told to the owner (T4). Internet zone.

A credit code is public, so whoever types one first might be an impostor, and the second the true owner; and each answer
"taken" tells something. Nobody is let in: the owner sees the attempt, and who guesses on waits longer each time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.accounts.registering import is_registered, is_taken
from core.accounts.signing_in import count_failures, refuse_while_delayed
from core.domain import credit_code as credit_codes
from core.domain.policy import Actor, Role
from core.errors import Refusal, RuleRefusal
from core.trace import PublicAuditEntry, record

TOLD_FOR = timedelta(days=30)
"""How long the owner is told of an attempt."""

_ACTION = "enterprise.contest"


def refuse_while_guessing(session: Session, address: str, *, at: datetime) -> None:
    """Refuse to say more to an address that was told "taken" too often (ASVS 6.3.8)."""
    refuse_while_delayed(session, (_key(address),), at=at)


def note_attempt(session: Session, refusal: Refusal, *, credit_code: str, address: str, at: datetime) -> None:
    """Count an attempt at what is taken; one at an enterprise's code is written down for its owner."""
    if not is_taken(refusal):
        return
    count_failures(session, (_key(address),), at=at)
    try:
        code = credit_codes.parse(credit_code)
    except RuleRefusal:
        return
    if is_registered(session, code):
        by = Actor(Role.CITIZEN, id="", name="未登录者")
        words = "有人用本单位的统一社会信用代码申请注册，未获准"
        record(session, _ACTION, "enterprise", code, words, by=by, at=at, outcome="refused")


def attempts_on(session: Session, credit_code: str, *, now: datetime) -> Sequence[datetime]:
    """When others tried to register under an enterprise's code lately, the newest first."""
    found = (
        select(PublicAuditEntry.at)
        .where(col(PublicAuditEntry.object_kind) == "enterprise", col(PublicAuditEntry.object_id) == credit_code)
        .where(col(PublicAuditEntry.at) > now - TOLD_FOR, col(PublicAuditEntry.action) == _ACTION)
    )
    return session.exec(found.order_by(col(PublicAuditEntry.at).desc()).limit(20)).all()


def _key(address: str) -> str:
    return f"register:{address}"
