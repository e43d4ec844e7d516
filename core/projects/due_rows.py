"""The rows of a list of due items: competent unit, order, prerequisites, and how the internet zone is told (A14.1c)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from core.domain.declaration import home_region
from core.domain.due_items import Due, in_order
from core.domain.remit import Level, competent_region
from core.guides.guide import Guide
from core.guides.publishing import catalogue, item_name
from core.organisations import Organisations, organisations
from core.projects.messages import BlockerTold, DueItemTold
from core.projects.rules import item_relations, item_rules
from core.projects.tables import DueItem


@dataclass(frozen=True)
class Setting:
    """What decides who is competent for an item: the tree, the declared facts, the day."""

    tree: Organisations
    facts: Mapping[str, Any]
    on: date

    def unit_for(self, guide: Guide) -> str:
        """The organisational unit competent for this item here."""
        return competent_unit(self.tree, guide, self.facts, on=self.on)


def competent_unit(tree: Organisations, guide: Guide, facts: Mapping[str, Any], *, on: date) -> str:
    """The organisational unit competent for an item of a project with these facts (A5.1)."""
    place, zone = home_region(facts)
    region = competent_region(
        [Level(level) for level in guide.levels],
        project_level=Level(str(facts["project_level"])),
        region_code=place,
        zone_code=zone,
        other_region_codes=[str(code) for code in facts.get("other_region_codes") or ()],
        regions=tree.regions,
        item_code=guide.item_code,
        on=on,
    )
    while region in tree.regions and f"{region}-{guide.department}" not in tree.org_units:
        region = tree.regions[region].parent_code
    return f"{region or '220000'}-{guide.department}"


def new_row(project_code: str, guide: Guide, why: str, setting: Setting) -> DueItem:
    """A row that has no place in the order yet."""
    return DueItem(
        project_code=project_code,
        item_code=guide.item_code,
        org_unit=setting.unit_for(guide),
        guide_version=guide.version_id,
        tier=0,
        position=0,
        why=why,
        blockers=[],  # given, because asking for the default takes longer than all the rest
    )


def settle(session: Session, rows: Sequence[DueItem], *, on: date) -> list[DueItem]:
    """Give the rows of a list their tiers, places and prerequisites among themselves; in the order to obtain them."""
    guides = catalogue(session, on=on)
    names = {code: guide.name for code, guide in guides.guides.items()}
    by_code = {row.item_code: row for row in rows}
    found = in_order({row.item_code: row.why for row in rows}, item_rules(guides), item_relations(guides))
    for position, due in enumerate(found, start=1):
        row = by_code[due.item_code]
        row.tier, row.position, row.blockers = due.tier, position, _blockers(due, names)
        session.add(row)
    session.flush()
    return [by_code[due.item_code] for due in found]


def told(session: Session, rows: Sequence[DueItem]) -> tuple[DueItemTold, ...]:
    """The rows as the internet zone is told them."""
    tree = organisations(session)
    return tuple(
        DueItemTold(
            item_code=row.item_code,
            item_name=item_name(session, row.item_code),
            org_unit=row.org_unit,
            org_unit_name=tree.unit_name(row.org_unit),
            guide_version=row.guide_version,
            tier=row.tier,
            position=row.position,
            why=row.why,
            blockers=tuple(
                BlockerTold(item_codes=tuple(one["item_codes"]), relation=one["relation"], reason=one["reason"])
                for one in row.blockers
            ),
        )
        for row in rows
    )


def _blockers(due: Due, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"item_codes": list(one.item_codes), "relation": str(one.kind), "reason": one.words(names)}
        for one in due.blockers
    ]
