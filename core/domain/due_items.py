"""Which items a project must obtain, in which order and why: facts + guides → due items (A14.1c).

Pure functions over the catalogue. A guide says when its item applies (`core.domain.conditions`), the relations say what
must stand before what. A prerequisite counts only when it is itself due.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from core.domain.conditions import Rule, reasons
from core.domain.fields import Facts, FieldSpec
from core.domain.remit import Level

STAGES = ("land_planning", "parallel", "construction_permit", "building_permit", "completion_acceptance")
"""Stages in the order in which a list of due items shows them; the parallel lane runs beside from the beginning on."""


class RelationKind(StrEnum):
    """How two items stand to each other. The values are the words of `item_relations.csv`."""

    MUST_PRECEDE = "must_precede"
    ONE_OF = "one_of"
    BEFORE_CONSTRUCTION_START = "before_construction_start"
    NORMALLY_PRECEDES = "normally_precedes"
    TOGETHER_WITH = "together_with"


BLOCKING = frozenset({RelationKind.MUST_PRECEDE, RelationKind.ONE_OF, RelationKind.BEFORE_CONSTRUCTION_START})
"""Law: the later item can't be concluded without. `normally_precedes` only orders, `together_with` not even that."""

LEAD_ITEMS = ("DRC-04", "DRC-02", "DRC-01", "IIT-01", "DRC-05")
"""The items by which a project is established (立项); whoever decides on the first that is due leads the project."""


@dataclass(frozen=True)
class ItemRule:
    """An item of the catalogue. `statutory_limit` is in `limit_unit`, None without one; the promise in working days."""

    code: str
    name: str
    department: str
    project_types: frozenset[str]
    rule: Rule
    stage: str
    kind: str
    handling_levels: tuple[Level, ...]
    legal_basis: str
    statutory_limit: int | None
    limit_unit: str
    limit_from: str
    extension: str
    promised_limit: int | None
    pause_grounds: tuple[str, ...]
    fee: str
    outcome_document: str
    outcome_validity: str
    certainty: str
    note: str


@dataclass(frozen=True)
class Relation:
    """One row of `item_relations.csv`: `item_code` comes after `prerequisite`."""

    item_code: str
    prerequisite: str
    kind: RelationKind
    reason: str
    legal_basis: str
    certainty: str = ""


@dataclass(frozen=True)
class Blocker:
    """What must be concluded first: one of these items is enough (mostly there is only one), and by which law."""

    item_codes: tuple[str, ...]
    kind: RelationKind
    legal_basis: str

    def words(self, names: Mapping[str, str]) -> str:
        """须先办结“设计审查”（消防法 第十二条）; `names` are item code → name."""
        named = "或".join(f"“{names.get(code, code)}”" for code in self.item_codes)
        lead = "开工前须办结" if self.kind is RelationKind.BEFORE_CONSTRUCTION_START else "须先办结"
        return f"{lead}{named}（{self.legal_basis}）" if self.legal_basis else f"{lead}{named}"


@dataclass(frozen=True)
class Due:
    """One item this project must obtain. `tier` 0 needs nothing before it; `follows` order it in practice, no more."""

    item_code: str
    why: str
    tier: int
    blockers: tuple[Blocker, ...] = ()
    follows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The shortest way through all due items: working days, when each can be over, the chain that decides."""

    working_days: int
    critical: tuple[str, ...]
    finishes: Mapping[str, int]


def due_items(
    facts: Facts,
    items: Sequence[ItemRule],
    relations: Iterable[Relation],
    *,
    labels: Mapping[str, FieldSpec],
    added: Mapping[str, str] | None = None,
    dropped: Collection[str] = (),
) -> tuple[Due, ...]:
    """The items the declared facts make due, in the order in which to obtain them, each with its reason.

    `added` are item codes an officer added or the unit asked for, with the reason to show; `dropped` were taken out.
    Both change the prerequisites of the rest. Raises ValueError when the relations run in a circle. A14.1c.
    """
    extra = added or {}
    why = {
        item.code: extra.get(item.code) or reasons(item.rule, facts, labels) or "全部此类项目"
        for item in items
        if item.code not in dropped and (item.code in extra or applies(item, facts))
    }
    return in_order(why, items, relations)


def applies(item: ItemRule, facts: Facts) -> bool:
    """Whether the facts make this item due: its project types and its condition (A14.1c)."""
    return facts.get("project_type") in item.project_types and item.rule.holds(facts)


def in_order(why: Mapping[str, str], items: Sequence[ItemRule], relations: Iterable[Relation]) -> tuple[Due, ...]:
    """These items, by tier, stage and place in the catalogue; `why` is item code → reason to show."""
    stage = {item.code: item.stage for item in items}
    catalogue = {item.code: place for place, item in enumerate(items)}
    counted = [row for row in relations if row.item_code in why and row.prerequisite in why]
    dues = {
        code: Due(code, why[code], 0, _blockers(code, counted), _follows(code, counted))
        for code in sorted(why, key=catalogue.__getitem__)
    }
    tiers = _tiers(dues, stage)
    ordered = sorted(dues, key=lambda code: (tiers[code], STAGES.index(stage[code]), catalogue[code]))
    return tuple(Due(code, why[code], tiers[code], dues[code].blockers, dues[code].follows) for code in ordered)


def lead_item(item_codes: Collection[str]) -> str:
    """The item among these whose department leads the project (牵头部门); empty when none establishes it (A14.1c)."""
    return next((code for code in LEAD_ITEMS if code in item_codes), "")


def is_unmet(item_codes: Iterable[str], granted: AbstractSet[str]) -> bool:
    """Whether a prerequisite still stands in the way: none of its alternatives was granted (A2.3)."""
    return granted.isdisjoint(item_codes)


def check_acyclic(relations: Iterable[Relation]) -> None:
    """Raise ValueError naming the circle when the relations contradict themselves: the catalogue stays sound (A7.1)."""
    before: dict[str, set[str]] = {}
    for row in relations:
        if row.kind is not RelationKind.TOGETHER_WITH:
            before.setdefault(row.item_code, set()).add(row.prerequisite)
    _sorted(before)


def in_sequence(dues: Sequence[Due]) -> list[str]:
    """The item codes so that each stands behind all it comes after; ValueError when they run in a circle (A2.3)."""
    by_code = {due.item_code: due for due in dues}
    return _sorted({code: _before(due) & by_code.keys() for code, due in by_code.items()})


def earliest_finish(dues: Sequence[Due], limits: Mapping[str, int | None]) -> Plan:
    """How long all due items take when everything that may run at the same time does (A2.3).

    `limits` are working days by item code; an item without a limit counts none. Of alternatives the quickest decides.
    What is not among `dues` counts as done, so that the rest of a running project can be planned as well.
    """
    finishes: dict[str, int] = {}
    behind: dict[str, str | None] = {}
    by_code = {due.item_code: due for due in dues}
    for code in in_sequence(dues):
        awaited = [blocker.item_codes for blocker in by_code[code].blockers if by_code.keys() >= {*blocker.item_codes}]
        latest = [min(codes, key=finishes.__getitem__) for codes in awaited]
        latest += [earlier for earlier in by_code[code].follows if earlier in by_code]
        behind[code] = max(latest, key=finishes.__getitem__, default=None)
        finishes[code] = max((finishes[earlier] for earlier in latest), default=0) + (limits.get(code) or 0)
    return Plan(max(finishes.values(), default=0), _chain(finishes, behind), finishes)


def _chain(finishes: Mapping[str, int], behind: Mapping[str, str | None]) -> tuple[str, ...]:
    code = max(finishes, key=finishes.__getitem__, default=None)
    chain: list[str] = []
    while code is not None:
        chain.append(code)
        code = behind[code]
    return tuple(reversed(chain))


def _blockers(code: str, relations: Sequence[Relation]) -> tuple[Blocker, ...]:
    groups: dict[tuple[RelationKind, str], list[Relation]] = {}
    for row in relations:
        if row.item_code == code and row.kind in BLOCKING:
            # Alternatives share their reason; every other row stands for itself.
            mark = row.reason if row.kind is RelationKind.ONE_OF else row.prerequisite
            groups.setdefault((row.kind, mark), []).append(row)
    return tuple(
        Blocker(tuple(row.prerequisite for row in rows), kind, rows[0].legal_basis)
        for (kind, _), rows in groups.items()
    )


def _follows(code: str, relations: Sequence[Relation]) -> tuple[str, ...]:
    usual = RelationKind.NORMALLY_PRECEDES
    return tuple(row.prerequisite for row in relations if row.item_code == code and row.kind is usual)


def _before(due: Due) -> set[str]:
    return {*due.follows, *(code for blocker in due.blockers for code in blocker.item_codes)}


def _tiers(dues: Mapping[str, Due], stage: Mapping[str, str]) -> dict[str, int]:
    """Tiers by prerequisites; acceptance of what was built stands behind everything that lets it be built."""
    order = _sorted({code: _before(due) for code, due in dues.items()})
    tiers: dict[str, int] = {}

    def settle(codes: Iterable[str], floor: int) -> None:
        for code in codes:
            tiers[code] = max([floor, *(tiers[earlier] + 1 for earlier in _before(dues[code]) if earlier in tiers)])

    last = [code for code in order if stage[code] == STAGES[-1]]
    settle((code for code in order if code not in last), 0)
    settle(last, max(tiers.values(), default=-1) + 1)
    return tiers


def _sorted(before: Mapping[str, AbstractSet[str]]) -> list[str]:
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError as circle:
        raise ValueError(f"the relations run in a circle: {' → '.join(reversed(circle.args[1]))}") from circle
