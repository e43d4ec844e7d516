"""Whom to consult about an item of a project, and why: from the relations of items and the due items (A14.4b)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.due_items import Relation, RelationKind

_BEFORE = {
    RelationKind.MUST_PRECEDE: "须先于本事项办结",
    RelationKind.ONE_OF: "是本事项的前置事项之一",
    RelationKind.BEFORE_CONSTRUCTION_START: "须在开工前办结",
    RelationKind.NORMALLY_PRECEDES: "一般先于本事项办理",
    RelationKind.TOGETHER_WITH: "与本事项一并办理",
}
_AFTER = {
    RelationKind.MUST_PRECEDE: "以本事项为前置",
    RelationKind.ONE_OF: "以本事项为前置之一",
    RelationKind.BEFORE_CONSTRUCTION_START: "以本事项为前置",
    RelationKind.NORMALLY_PRECEDES: "一般在本事项之后办理",
    RelationKind.TOGETHER_WITH: "与本事项一并办理",
}


@dataclass(frozen=True)
class HeldItem:
    """A due item of the project and who holds it."""

    item_code: str
    item_name: str
    org_unit: str


@dataclass(frozen=True)
class Suggested:
    """An organisational unit to ask, and why; `is_related` when the table of relations names one of its items."""

    org_unit: str
    why: str
    is_related: bool


def suggested_addressees(
    item_code: str, own_unit: str, due: Sequence[HeldItem], relations: Iterable[Relation]
) -> tuple[Suggested, ...]:
    """Every other unit with a due item of the same project, those whose items stand in a relation to this one first.

    `item_code` is empty where the question is about the project and not about one item. The asking unit is never named.
    """
    named = _relations_of(item_code, relations)
    found: dict[str, list[HeldItem]] = {}
    for one in due:
        if one.org_unit != own_unit:
            found.setdefault(one.org_unit, []).append(one)
    suggested = [_suggested(org_unit, items, named) for org_unit, items in found.items()]
    return tuple(sorted(suggested, key=lambda one: not one.is_related))


def related_items(item_code: str, relations: Iterable[Relation]) -> Mapping[str, str]:
    """The items that wait for this one or are decided together with it, each with the relation in words (A14.4c)."""
    found: dict[str, str] = {}
    for one in relations:
        if one.prerequisite == item_code:
            found.setdefault(one.item_code, _AFTER[one.kind])
        elif one.item_code == item_code and one.kind is RelationKind.TOGETHER_WITH:
            found.setdefault(one.prerequisite, _BEFORE[one.kind])
    return found


def _relations_of(item_code: str, relations: Iterable[Relation]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for one in relations:
        if item_code and one.item_code == item_code:
            found.setdefault(one.prerequisite, _BEFORE[one.kind])
        elif item_code and one.prerequisite == item_code:
            found.setdefault(one.item_code, _AFTER[one.kind])
    return found


def _suggested(org_unit: str, items: Sequence[HeldItem], named: Mapping[str, str]) -> Suggested:
    related = [f"“{one.item_name}”{named[one.item_code]}" for one in items if one.item_code in named]
    if related:
        return Suggested(org_unit, "；".join(related), is_related=True)
    return Suggested(org_unit, f"同一项目的应办事项：{'、'.join(one.item_name for one in items)}", is_related=False)
