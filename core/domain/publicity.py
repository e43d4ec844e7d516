"""What is disclosed, as what, and what is masked or withheld on which ground (A17.1).

Results are disclosed by default and without anybody's doing; what the law protects is withheld by an approver, with a
ground. Items of state security never appear on any public page, not even as a line of the list.
"""

from enum import StrEnum

from core.domain.case_states import Outcome
from core.errors import RuleRefusal

NEVER_DISCLOSED = frozenset({"NSS-01"})
"""Items whose existence in a project is itself not public (note of the item in `items.csv`)."""

CONCLUDING_OUTCOMES = frozenset(Outcome)

_COMPOUND_SURNAMES = frozenset(
    {"欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"}
)


class DisclosureKind(StrEnum):
    """What a disclosure tells; the codes of the list `disclosure_kind`."""

    APPROVAL_RESULT = "approval_result"
    FILING_RESULT = "filing_result"
    SUPERVISION_RESULT = "supervision_result"
    PENALTY_RESULT = "penalty_result"


class WithholdingGround(StrEnum):
    """Why something is kept back; the codes of the list `withholding_ground` (政府信息公开条例 第十四条、第十五条)."""

    STATE_SECRET = "state_secret"
    TRADE_SECRET = "trade_secret"
    PERSONAL_DATA = "personal_data"
    STATUTORY_PROHIBITION = "statutory_prohibition"
    PUBLIC_SAFETY = "public_safety"


def disclosable(item_code: str, outcome: str, ground: WithholdingGround | None = None) -> bool:
    """Whether a case concluded with this outcome goes to the public by itself.

    Refusals to grant are results as well and are disclosed. `ground` is a standing decision to withhold. A17.1.
    """
    return is_public_item(item_code) and outcome in CONCLUDING_OUTCOMES and ground is None


def is_public_item(item_code: str) -> bool:
    """Whether the public may learn that a project needs this item at all."""
    return item_code not in NEVER_DISCLOSED


def disclosure_kind(item_kind: str) -> DisclosureKind:
    """A filed item is disclosed as a filing result, every other as an approval result."""
    return DisclosureKind.FILING_RESULT if item_kind == "filing" else DisclosureKind.APPROVAL_RESULT


def check_withholding(ground: str, reason: str) -> WithholdingGround:
    """The ground on which an approver keeps something back.

    Refuses an unknown ground and an empty reason: by default everything is public (A17.1).
    """
    if ground not in set(WithholdingGround):
        raise RuleRefusal("请选择不公开的依据", field="ground", article="A17.1")
    if not reason.strip():
        raise RuleRefusal("请写明不公开的理由；没有法定理由的结果应当公开", field="reason", article="A17.1")
    return WithholdingGround(ground)


def mask_mobile(mobile: str) -> str:
    """13812345678 → 138****5678; anything shorter than a mobile number is masked whole."""
    return f"{mobile[:3]}****{mobile[-4:]}" if len(mobile) == 11 else "*" * len(mobile)


def mask_name(name: str) -> str:
    """孙岩 → 孙*, 欧阳明 → 欧阳*: the surname stays, and at least one character is always masked."""
    kept = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    return name[:kept] + "*" * (len(name) - kept) if len(name) > kept else "*" * len(name)


def mask_id(number: str) -> str:
    """220102199003070013 → 220***********0013: enough to tell two apart; short numbers vanish whole."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) >= 15 else "*" * len(number)


def mask_email(address: str) -> str:
    """sunyan@example.cn → s***@example.cn."""
    local, at, host = address.partition("@")
    return f"{local[:1]}***{at}{host}" if at else "*" * len(address)
