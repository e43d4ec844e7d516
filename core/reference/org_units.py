"""Which org units there are, and what they are called: department × region (A5.1).

A unit exists where a rule can lead to it. Names follow the pattern of the level, or the name a place really uses; all
of `org_unit_names.csv` is written from memory and to be checked by the operating department.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from core.domain.remit import LEVELS, Level, Region, chain, competent_region
from core.reference.loader import load, rows

PROVINCE_ONLY = ("eic", "government_services")
"""Departments of the province that handle no items but work in the platform (Article 9)."""


@dataclass(frozen=True)
class OrgUnitName:
    """One org unit with its official name."""

    department: str
    region_code: str
    name: str


@cache
def org_units() -> tuple[OrgUnitName, ...]:
    """Every org unit of the platform, by department and region in the order of the files.

    A department has a unit wherever one of its items is handled, and wherever the rule of competence can send one of
    its projects; the coordinator has one in every region.
    """
    reference = load()
    found = set(_by_level()) | set(_by_competence())
    found |= {("drc", region.code) for region in reference.regions}
    found |= {(department, reference.regions[0].code) for department in PROVINCE_ONLY}
    return tuple(
        OrgUnitName(department.code, region.code, org_unit_name(department.code, region.code))
        for department in reference.departments
        for region in reference.regions
        if (department.code, region.code) in found
    )


def org_unit_name(department: str, region_code: str) -> str:
    """The official name of a department's unit in a region: 长春市南关区水利局, 长春市生态环境局公主岭市分局.

    KeyError when department or region is unknown.
    """
    region = load().region_by_code[region_code]
    if region.level is Level.PROVINCE:
        own = load().department_by_code[department].successor_name
        return _patterns().get((department, Level.PROVINCE), own)
    pattern = _patterns().get((department, region_code)) or _patterns()[department, region.level]
    superior = org_unit_name(department, _prefecture(region).code) if "{superior}" in pattern else ""
    return pattern.format(region=_full_name(region), place=region.name, superior=superior)


def _full_name(region: Region) -> str:
    """A district is called with its city: 长春市南关区."""
    is_district = region.level is Level.COUNTY and region.name.endswith("区")
    return _prefecture(region).name + region.name if is_district else region.name


@cache
def _patterns() -> Mapping[tuple[str, str], str]:
    return {(row["department"], row["place"]): row["name"] for row in rows("org_unit_names")}


def _prefecture(region: Region) -> Region:
    return next(place for place in chain(region.code, load().region_by_code) if place.acts_as is Level.PREFECTURE)


def _by_level() -> Iterator[tuple[str, str]]:
    for item in load().items:
        for region in load().regions:
            if region.acts_as in item.handling_levels:
                yield item.department, region.code


def _by_competence() -> Iterator[tuple[str, str]]:
    regions = load().region_by_code
    for department, levels in {(item.department, item.handling_levels) for item in load().items}:
        for region in regions.values():
            for level in LEVELS:
                found = competent_region(
                    levels, project_level=level, region_code=region.code, regions=regions, on=date.max
                )
                yield department, found
