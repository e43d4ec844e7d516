"""Who gets a copy (抄送) of a decision: named by the item's rule, waiting for it, consulted, coordinating (A14.4c).

The rule of an item stands in its guide (`copies`); the other three hold for every item.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.domain.addressees import HeldItem, related_items
from core.domain.due_items import Relation
from core.domain.remit import department_of

WHY_CONSULTED = "曾就本件参与会商或函询"
WHY_COORDINATING = "综合管理部门掌握并联审批情况"


@dataclass(frozen=True)
class Recipient:
    """An organisational unit that gets a copy, and why."""

    org_unit: str
    why: str


@dataclass(frozen=True)
class NamedDepartment:
    """A department that the item's guide names, and why."""

    department: str
    why: str


def recipients(
    item_code: str,
    own_unit: str,
    *,
    named: Sequence[NamedDepartment],
    due: Sequence[HeldItem],
    relations: Iterable[Relation],
    consulted: Sequence[str],
    coordinator: str,
    unit_of: Callable[[str], str],
) -> tuple[Recipient, ...]:
    """Each unit once, with the first reason that names it; the deciding unit never (A14.4c).

    `named` departments are reached where they hold a due item of the project, else where `unit_of` finds them (""
    is nowhere). `consulted` are the units asked about the case, `coordinator` is the project's coordinating unit.
    """
    holders = {department_of(one.org_unit): one.org_unit for one in due}
    reasons = [(holders.get(one.department) or unit_of(one.department), one.why) for one in named]
    words = related_items(item_code, relations)
    reasons += [(one.org_unit, f"“{one.item_name}”{words[one.item_code]}") for one in due if one.item_code in words]
    reasons += [(one, WHY_CONSULTED) for one in consulted]
    reasons.append((coordinator, WHY_COORDINATING))
    found: dict[str, Recipient] = {}
    for org_unit, why in reasons:
        if org_unit and org_unit != own_unit:
            found.setdefault(org_unit, Recipient(org_unit, why))
    return tuple(found.values())
