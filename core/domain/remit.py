"""Which organisation an item of a project belongs to: handling level, region, delegation (A5.1).

Pure functions over the tree of regions. The competent org unit is the item's department at the region found here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

PREFECTURE_POWERS = frozenset({"229901"})
"""Zones that act as a prefecture though the tree has them as zones: 长白山保护开发区 (note in `regions.csv`)."""


class Level(StrEnum):
    """Levels of handling, highest first. A development zone is a level of its own, below the county."""

    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    ZONE = "zone"


LEVELS = tuple(Level)


@dataclass(frozen=True)
class Region:
    """A place of `regions.csv`: GB/T 2260 code, or a zone's own; `parent_code` is empty for the province."""

    code: str
    name: str
    parent_code: str
    level: Level
    note: str = ""

    @property
    def acts_as(self) -> Level:
        """The level whose powers the place has; not `level` only for the zone that stands like a prefecture."""
        return Level.PREFECTURE if self.code in PREFECTURE_POWERS else self.level


@dataclass(frozen=True)
class Delegation:
    """One item handed from one region's org unit to another's (委托、下放), both days included."""

    item_code: str
    from_region: str
    to_region: str
    valid_from: date
    valid_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether the delegation holds on this day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def region_of(org_unit: str) -> str:
    """The region of an organisational unit by its code: 220184 of 220184-ee; a region's own code is its region."""
    return org_unit.partition("-")[0]


def department_of(org_unit: str) -> str:
    """The department of an organisational unit by its code: ee of 220184-ee."""
    return org_unit.partition("-")[2]


def chain(region_code: str, regions: Mapping[str, Region]) -> tuple[Region, ...]:
    """The place itself, then each place it lies in, up to the province. KeyError when the code is no region."""
    found = [regions[region_code]]
    while found[-1].parent_code:
        found.append(regions[found[-1].parent_code])
    return tuple(found)


def is_within(region_code: str, subtree: str, regions: Mapping[str, Region]) -> bool:
    """Whether a place is this subtree's root or lies below it."""
    return any(place.code == subtree for place in chain(region_code, regions))


def common_region(codes: Sequence[str], regions: Mapping[str, Region]) -> str:
    """The lowest place all of these lie in: competent for a project that crosses regions (跨区域, A5.1)."""
    shared = [place.code for place in chain(codes[0], regions)]
    for code in codes[1:]:
        shared = [each for each in shared if is_within(code, each, regions)]
    return shared[0]


def competent_region(
    levels: Sequence[Level],
    *,
    project_level: Level,
    region_code: str,
    regions: Mapping[str, Region],
    on: date,
    zone_code: str = "",
    other_region_codes: Sequence[str] = (),
    delegations: Sequence[Delegation] = (),
    item_code: str = "",
) -> str:
    """The region whose org unit handles an item with these handling levels, for a project of this level at this place.

    The project's own level if the item is handled there; else the nearest higher, else the nearest lower level that the
    place has. A project of a development zone starts at the zone (`zone_code`), then the county or prefecture the zone
    lies in. A project across regions belongs to their common superior. A delegation in force `on` that day overrides.
    """
    starts = _starts(project_level, region_code, zone_code, other_region_codes, regions)
    found = _by_level(levels, project_level, starts, regions)
    return _delegated(found, item_code, starts, regions, [row for row in delegations if row.in_force(on)])


def _starts(
    project_level: Level, region_code: str, zone_code: str, others: Sequence[str], regions: Mapping[str, Region]
) -> list[str]:
    """Where to begin climbing: the zone before the county for zone projects."""
    here = common_region([region_code, *others], regions) if others else region_code
    return [zone_code, here] if zone_code and project_level is Level.ZONE else [here]


def _by_level(levels: Sequence[Level], own: Level, starts: Sequence[str], regions: Mapping[str, Region]) -> str:
    for start in starts:
        places = {place.acts_as: place.code for place in reversed(chain(start, regions))}
        for level in _nearest_first(own):
            if level in levels and level in places:
                return places[level]
    # No place on the way has a level of this item (a county item in a zone under a prefecture): the superior decides.
    return _superior(own, starts[0], regions)


def _nearest_first(own: Level) -> Iterator[Level]:
    place = LEVELS.index(own)
    yield from LEVELS[place::-1]
    yield from LEVELS[place + 1 :]


def _superior(own: Level, start: str, regions: Mapping[str, Region]) -> str:
    reach = LEVELS[: LEVELS.index(own) + 1]
    allowed = [place for place in chain(start, regions) if place.acts_as in reach and place.acts_as is not Level.ZONE]
    return allowed[0].code


def _delegated(
    found: str,
    item_code: str,
    starts: Sequence[str],
    regions: Mapping[str, Region],
    in_force: Sequence[Delegation],
) -> str:
    """Follow delegations from the region found; one down the tree reaches only projects that lie where it leads."""
    here = {place.code for start in starts for place in chain(start, regions)}
    seen: set[str] = set()
    while found not in seen:
        seen.add(found)
        onward = [
            row
            for row in in_force
            if row.item_code == item_code
            and row.from_region == found
            and (row.to_region in here or not is_within(row.to_region, found, regions))
        ]
        if onward:
            found = max(onward, key=lambda row: row.valid_from).to_region
    return found
