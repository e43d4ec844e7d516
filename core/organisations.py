"""Regions, departments and organisational units: the tables of both zones and the tree in memory (A2.2, A5.1).

The extranet owns them; the internet zone holds a mirror written only by `regions.published`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable, Zone, zone_of
from core.domain.policy import Reach, admits
from core.domain.remit import Level, Region, department_of, region_of
from core.publications import Kept


class RegionRow(SQLModel):
    """A province, prefecture, county or zone; `valid_from`/`valid_to` because codes change and issued codes do not."""

    code: str = Field(primary_key=True, max_length=6)
    name: str = Field(max_length=60)
    parent_code: str = Field(default="", max_length=6)
    level: str = Field(max_length=12)
    note: str = Field(default="", max_length=400)
    valid_from: date | None = None
    valid_to: date | None = None


class OrgUnitRow(SQLModel):
    """A department in one region (承办机构); its code is `<region>-<department>`."""

    code: str = Field(primary_key=True, max_length=40)
    department: str = Field(max_length=30, index=True)
    region_code: str = Field(max_length=6, index=True)
    name: str = Field(max_length=100)
    phone: str = Field(default="", max_length=40)


class PublicRegion(RegionRow, PublicTable, table=True):
    """Mirror of the regions in the internet zone."""

    __tablename__ = "region"


class ExtranetRegion(RegionRow, ExtranetTable, table=True):
    """The regions."""

    __tablename__ = "region"


class PublicOrgUnit(OrgUnitRow, PublicTable, table=True):
    """Mirror of the organisational units in the internet zone."""

    __tablename__ = "org_unit"


class ExtranetOrgUnit(OrgUnitRow, ExtranetTable, table=True):
    """The organisational units."""

    __tablename__ = "org_unit"


REGIONS: Mapping[Zone, type[PublicRegion] | type[ExtranetRegion]] = {
    Zone.PUBLIC: PublicRegion,
    Zone.EXTRANET: ExtranetRegion,
}
ORG_UNITS: Mapping[Zone, type[PublicOrgUnit] | type[ExtranetOrgUnit]] = {
    Zone.PUBLIC: PublicOrgUnit,
    Zone.EXTRANET: ExtranetOrgUnit,
}


@dataclass(frozen=True)
class OrgUnit:
    """One organisational unit as pages and rules use it."""

    code: str
    department: str
    region_code: str
    name: str
    phone: str


@dataclass(frozen=True, eq=False)
class Organisations:
    """The whole tree, read once and kept while it does not change: another reading is another tree."""

    regions: Mapping[str, Region]
    org_units: Mapping[str, OrgUnit]
    below: Mapping[str, frozenset[str]]
    above: Mapping[str, frozenset[str]]

    def region_name(self, code: str) -> str:
        """The region's name, or its code when it is unknown here."""
        node = self.regions.get(code)
        return node.name if node else code

    def unit_name(self, code: str) -> str:
        """The organisational unit's official name, or its code when it is unknown here."""
        unit = self.org_units.get(code)
        return unit.name if unit else code

    def path(self, code: str) -> str:
        """The region with the prefecture above it: 长春市公主岭市."""
        node = self.regions.get(code)
        if node is None:
            return code
        parent = self.regions.get(node.parent_code)
        return f"{parent.name}{node.name}" if parent and parent.level != "province" else node.name


def organisations(session: Session) -> Organisations:
    """The regions and organisational units in this zone; kept in memory until a publication changes them."""
    return _ORGANISATIONS.of(session)


def reaches(session: Session, found: Reach, org_unit: str) -> bool:
    """Whether a reach admits to what belongs to this organisational unit (A9.1)."""
    above = organisations(session).above.get(region_of(org_unit), frozenset())
    return admits(found, org_unit=org_unit, department=department_of(org_unit), regions=above)


def units_within(session: Session, found: Reach) -> list[str]:
    """The organisational units that a reach admits to: what keeps a list within what one may open (A9.1)."""
    tree = organisations(session)
    units = set(found.org_units)
    for unit in tree.org_units.values():
        line = tree.above.get(unit.region_code, frozenset())
        if admits(found, org_unit=unit.code, department=unit.department, regions=line):
            units.add(unit.code)
    return sorted(units)


def _read(session: Session) -> Organisations:
    zone = zone_of(session)
    connection = session.connection()
    regions = {
        row.code: Region(row.code, row.name, row.parent_code, Level(row.level), row.note)
        for row in connection.execute(sa.select(sa.inspect(REGIONS[zone]).local_table))
    }
    units = {
        row.code: OrgUnit(row.code, row.department, row.region_code, row.name, row.phone)
        for row in connection.execute(sa.select(sa.inspect(ORG_UNITS[zone]).local_table))
    }
    above = {code: frozenset(_line(code, regions)) for code in regions}
    below = {top: frozenset(code for code, line in above.items() if top in line) for top in regions}
    return Organisations(regions, units, below, above)


def _line(code: str, regions: Mapping[str, Region]) -> list[str]:
    line: list[str] = []
    while code in regions and code not in line:
        line.append(code)
        code = regions[code].parent_code
    return line


_ORGANISATIONS = Kept("organisations", _read)
