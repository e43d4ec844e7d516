"""Extension (延期) of a limit: once, by the approver, for at most what the law of the item gives (A15.2).

The maximum is the guide's, written as in `items.csv`: `+10 working days`, `+40 working days, approved by the principal
of the authority`. The 10 working days are those of 行政许可法 42; an item without this entry has no extension.
"""

import re
from dataclasses import dataclass

from core.domain.clock import Unit
from core.errors import RuleRefusal

LICENCE_LAW = "《中华人民共和国行政许可法》第四十二条"
_UNITS = {"working": Unit.WORKING_DAY, "calendar": Unit.CALENDAR_DAY}
_RULE = re.compile(r"\+(\d{1,3}) (working|calendar) days?\b")
_GENERAL_DAYS = 10


@dataclass(frozen=True)
class ExtensionRule:
    """How far an item's limit may be extended; `basis` is the law to name to the project unit."""

    days: int
    unit: Unit
    basis: str


def extension_rule(words: str, legal_basis: str) -> ExtensionRule | None:
    """The rule as a guide writes it; None where its law gives no extension. Refuses what it can't read."""
    if not words.strip():
        return None
    found = _RULE.match(words)
    if found is None or int(found[1]) == 0:
        raise RuleRefusal("延期的规定应写作“+10 working days”", field="extension", article="A15.2")
    days, unit = int(found[1]), _UNITS[found[2]]
    is_general = (days, unit) == (_GENERAL_DAYS, Unit.WORKING_DAY)
    return ExtensionRule(days, unit, LICENCE_LAW if is_general else legal_basis)


def days_fault(days: int | None, rule: ExtensionRule) -> str:
    """Why so many days can't be granted; empty when they can (A15.2)."""
    if days is None or not 1 <= days <= rule.days:
        return f"请填写 1 至 {rule.days} 之间的整数，本事项最多延期 {rule.days} 天"
    return ""
