"""The reference files as values: regions, departments, items, materials, relations, form fields, code lists.

Pure reading, no database. Both zones load the same rows; whatever an administrator changes later lives in tables. A
row's `certainty` stays with it, so that administration pages can mark what is still to be checked.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from core.domain.conditions import parse_rule
from core.domain.due_items import ItemRule, Relation, RelationKind, check_acyclic
from core.domain.fields import Choice, FieldSpec, Industry, Step
from core.domain.remit import Level, Region
from core.reference.form import read_fields, read_steps

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Department:
    """A department at provincial level: its name in the regulation and its name today, its role (Articles 7 to 9)."""

    code: str
    name: str
    short_name: str
    english_name: str
    successor_name: str
    role: str
    in_regulation: bool
    note: str


@dataclass(frozen=True)
class MaterialRequirement:
    """A material that an item asks for. `required` is yes, no or conditional; `source` says who brings it."""

    item_code: str
    code: str
    name: str
    form: str
    required: str
    condition: str
    source: str
    reusable: bool
    legal_basis: str
    certainty: str

    @property
    def is_shared(self) -> bool:
        """Whether the platform has it already or fetches it: the unit must not be asked for it."""
        return self.source.startswith("shared:")


@dataclass(frozen=True)
class CopyRule:
    """A department that gets a copy of every decision on an item (A14.4c)."""

    item_code: str
    department: str
    reason: str
    legal_basis: str
    certainty: str


@dataclass(frozen=True)
class PauseGround:
    """A ground on which a clock may be paused (A15.2); expected days are working days."""

    code: str
    name: str
    legal_basis: str
    counts_in_limit: bool
    restarts: bool
    expected_days: int
    note: str


@dataclass(frozen=True)
class Reference:
    """All reference files, read and joined. `fields` are the declaration's, in page order."""

    regions: tuple[Region, ...]
    departments: tuple[Department, ...]
    industries: tuple[Industry, ...]
    items: tuple[ItemRule, ...]
    materials: tuple[MaterialRequirement, ...]
    relations: tuple[Relation, ...]
    steps: tuple[Step, ...]
    fields: tuple[FieldSpec, ...]
    report_fields: tuple[FieldSpec, ...]
    code_lists: Mapping[str, tuple[Choice, ...]]
    pause_grounds: tuple[PauseGround, ...]
    copies: tuple[CopyRule, ...]

    @cached_property
    def region_by_code(self) -> Mapping[str, Region]:
        """Regions by their code."""
        return {region.code: region for region in self.regions}

    @cached_property
    def industry_by_code(self) -> Mapping[str, Industry]:
        """Divisions of GB/T 4754 by their code."""
        return {industry.code: industry for industry in self.industries}

    @cached_property
    def item_by_code(self) -> Mapping[str, ItemRule]:
        """Items by their code."""
        return {item.code: item for item in self.items}

    @cached_property
    def department_by_code(self) -> Mapping[str, Department]:
        """Departments by their code."""
        return {department.code: department for department in self.departments}

    @cached_property
    def pause_ground_by_code(self) -> Mapping[str, PauseGround]:
        """Grounds of pauses by their code."""
        return {ground.code: ground for ground in self.pause_grounds}

    @cached_property
    def field_by_identifier(self) -> Mapping[str, FieldSpec]:
        """Fields of the declaration by identifier: the labels that reasons are worded with."""
        return {spec.identifier: spec for spec in self.fields}

    @cached_property
    def place_names(self) -> Mapping[str, str]:
        """Names of region and industry codes, for showing declared facts."""
        industries = {industry.code: industry.name for industry in self.industries}
        return industries | {region.code: region.name for region in self.regions}

    def materials_of(self, item_code: str) -> tuple[MaterialRequirement, ...]:
        """What an item asks for, in the order of its guide."""
        return tuple(row for row in self.materials if row.item_code == item_code)

    def name_in(self, code_list: str, code: str) -> str:
        """The name of a code; KeyError when the list has no such code."""
        return {choice.code: choice.name for choice in self.code_lists[code_list]}[code]


@cache
def load() -> Reference:
    """Read every file once. ValueError or KeyError when a file contradicts itself: the platform then must not start."""
    code_lists = _code_lists()
    steps = read_steps(rows("declaration_steps"))
    fields, report_fields = read_fields(rows("project_fields"), rows("field_hints"), steps, code_lists)
    items = tuple(_item(row, {spec.identifier for spec in fields}) for row in rows("items"))
    relations = tuple(_relation(row) for row in rows("item_relations"))
    check_acyclic(relations)
    return Reference(
        regions=tuple(_region(row) for row in rows("regions")),
        departments=tuple(_department(row) for row in rows("departments")),
        industries=tuple(Industry(**row) for row in rows("industries")),
        items=items,
        materials=tuple(_material(row) for row in rows("materials")),
        relations=relations,
        steps=steps,
        fields=fields,
        report_fields=report_fields,
        code_lists=code_lists,
        pause_grounds=tuple(_pause_ground(row) for row in rows("pause_grounds")),
        copies=tuple(CopyRule(**row) for row in rows("copies")),
    )


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one reference file, header → cell, blanks trimmed."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(file, strict=True)]


def _code_lists() -> dict[str, tuple[Choice, ...]]:
    lists: dict[str, tuple[Choice, ...]] = {}
    for row in rows("code_lists"):
        lists[row["list"]] = (*lists.get(row["list"], ()), Choice(row["code"], row["name"]))
    return lists


def _region(row: dict[str, str]) -> Region:
    return Region(row["code"], row["name"], row["parent_code"], Level(row["level"]), row["note"])


def _department(row: dict[str, str]) -> Department:
    return Department(
        code=row["code"],
        name=row["name"],
        short_name=row["short_name"],
        english_name=row["english_name"],
        successor_name=row["successor_name"],
        role=row["role"],
        in_regulation=row["in_regulation"] == "yes",
        note=row["note"],
    )


def _item(row: dict[str, str], known: set[str]) -> ItemRule:
    return ItemRule(
        code=row["code"],
        name=row["name"],
        department=row["department"],
        project_types=frozenset(_parts(row["project_types"])),
        rule=parse_rule(row["applies_when"], known),
        stage=row["stage"],
        kind=row["kind"],
        handling_levels=tuple(Level(level) for level in _parts(row["handling_levels"])),
        legal_basis=row["legal_basis"],
        statutory_limit=_number(row["statutory_limit"]),
        limit_unit=row["statutory_limit_unit"],
        limit_from=row["statutory_limit_from"],
        extension=row["extension"],
        promised_limit=_number(row["promised_limit_working_days"]),
        pause_grounds=tuple(dict.fromkeys(_parts(row["pause_grounds"]))),
        fee=row["fee"],
        outcome_document=row["outcome_document"],
        outcome_validity=row["outcome_validity"],
        certainty=row["certainty"],
        note=row["note"],
    )


def _relation(row: dict[str, str]) -> Relation:
    return Relation(
        item_code=row["item_code"],
        prerequisite=row["prerequisite_item_code"],
        kind=RelationKind(row["relation"]),
        reason=row["reason"],
        legal_basis="" if row["legal_basis"] == "practice" else row["legal_basis"].removesuffix(" (public summary)"),
        certainty=row["certainty"],
    )


def _material(row: dict[str, str]) -> MaterialRequirement:
    return MaterialRequirement(
        item_code=row["item_code"],
        code=row["material_code"],
        name=row["material_name"],
        form=row["form"],
        required=row["required"],
        condition=row["condition"],
        source=row["source"],
        reusable=row["reusable"] == "yes",
        legal_basis=row["legal_basis"],
        certainty=row["certainty"],
    )


def _pause_ground(row: dict[str, str]) -> PauseGround:
    return PauseGround(
        code=row["code"],
        name=row["name"],
        legal_basis=row["legal_basis"],
        counts_in_limit=row["counts_in_limit"] == "yes",
        restarts=row["resume_policy"] == "restart",
        expected_days=int(row["default_expected_days"]),
        note=row["note"],
    )


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _number(cell: str) -> int | None:
    return int(cell) if cell else None
