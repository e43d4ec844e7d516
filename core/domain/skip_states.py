"""Giving up a message of the exchange takes two persons: who asks for it and, another one, who confirms it (A2.1, A9.1)."""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role


class SkipState(StrEnum):
    """Where a request to skip a message stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class SkipFacts:
    """Who asked, and who decides now."""

    proposed_by: str
    decided_by: str


def by_another(facts: SkipFacts) -> str | None:
    """Nobody confirms what they asked for themselves."""
    if not facts.decided_by or facts.proposed_by == facts.decided_by:
        return "跳过报文须由另一人确认，不能确认自己的申请"
    return None


S, R = SkipState, Role
# fmt: off
SKIP = Machine("exchange.skip", [
    # from         event       to            by                        article  guard
    (S.PROPOSED,   "confirm",  S.CONFIRMED,  R.SECURITY_ADMINISTRATOR, "A2.1",  by_another),
    (S.PROPOSED,   "decline",  S.DECLINED,   R.SECURITY_ADMINISTRATOR, "A2.1",  by_another),
    (S.PROPOSED,   "withdraw", S.WITHDRAWN,  R.SYSTEM_ADMINISTRATOR,   "A2.1",  None),
], {
    S.PROPOSED: "待确认", S.CONFIRMED: "已跳过", S.DECLINED: "未同意", S.WITHDRAWN: "已撤回",
    "confirm": "确认跳过报文", "decline": "不同意跳过报文", "withdraw": "撤回跳过申请",
})
# fmt: on
