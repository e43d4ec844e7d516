"""The declaration form out of three files: fields, their hints, the steps they are spread over (A14.1b)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.fields import Choice, Disclosure, FieldSpec, Kind, Step

Row = Mapping[str, str]

_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")

_BY_IDENTIFIER = {
    "not_classified_declared": Kind.CONFIRM,
    "policy_compliance_declared": Kind.CONFIRM,
    "scale_and_content": Kind.LONG_TEXT,
    "main_products": Kind.LONG_TEXT,
    "process_and_equipment": Kind.LONG_TEXT,
    "image_progress": Kind.LONG_TEXT,
    "problems": Kind.LONG_TEXT,
    "ratification_catalogue_item": Kind.TEXT,
    "region_code": Kind.REGION,
    "other_region_codes": Kind.REGIONS,
    "development_zone_code": Kind.ZONE,
    "industry_division": Kind.INDUSTRY,
    "industry_class": Kind.INDUSTRY_CLASS,
    "industrial_policy_entry": Kind.CHOICE,
    "legal_representative_id": Kind.IDENTITY_NUMBER,
    "contact_mobile": Kind.MOBILE,
    "contact_phone": Kind.PHONE,
    "contact_email": Kind.EMAIL,
}

_BY_TYPE = {
    "text": Kind.TEXT,
    "code": Kind.CHOICE,
    "code[]": Kind.CHOICES,
    "boolean": Kind.YES_NO,
    "month": Kind.MONTH,
    "date": Kind.DATE,
    "string(18)": Kind.CREDIT_CODE,
    "geojson": Kind.BOUNDARY,
    "text[]": Kind.LEGACY_CODES,
    "code24": Kind.PROJECT_CODE,
}

_BARE_NAMES = {
    "none": "不涉及",
    "other": "其他",
    "platform2017": "2017 年规则的项目代码",
    "gb40058": "2020 年国家规则的项目代码",
    "department": "部门原有编号",
}
"""Names of the codes that stand without one in a list written into the row."""


@dataclass(frozen=True)
class _Asked:
    """Of whom a field is wanted, read from the column `required_for`."""

    types: frozenset[str]
    condition: str


def read_steps(rows: Sequence[Row]) -> tuple[Step, ...]:
    """The pages of the form, in order."""
    return tuple(
        Step(int(row["number"]), row["slug"], row["title"], tuple(filter(None, row["fields"].split(";"))))
        for row in rows
    )


def read_fields(
    rows: Sequence[Row], hints: Sequence[Row], steps: Sequence[Step], code_lists: Mapping[str, tuple[Choice, ...]]
) -> tuple[tuple[FieldSpec, ...], tuple[FieldSpec, ...]]:
    """The declaration's fields in page order, and the fields of reports.

    KeyError when a field has no hint or no step: a form would have a hole there.
    """
    hint_of = {row["identifier"]: row for row in hints}
    step_of = {field: step.slug for step in steps for field in step.fields}
    if missing := [row["identifier"] for row in rows if row["group"] != "report" and row["identifier"] not in step_of]:
        raise KeyError(f"fields without a step: {missing}")
    specs = {row["identifier"]: _spec(row, hint_of, step_of, code_lists) for row in rows}
    reports = tuple(spec for spec in specs.values() if spec.group == "report")
    return tuple(specs[field] for step in steps for field in step.fields), reports


def inline_choices(text: str) -> tuple[Choice, ...]:
    """A code list written into the row: `01 基本建设|02 技术改造`, `农林水利|能源`, `none|mine 矿山`.

    A Chinese word alone is its own code; `none` alone is 不涉及, `other` 其他.
    """
    found = []
    for part in text.split("|"):
        code, _, name = part.strip().partition(" ")
        found.append(Choice(code, name.strip() or _BARE_NAMES.get(code, code)))
    return tuple(found)


def _spec(
    row: Row, hint_of: Mapping[str, Row], step_of: Mapping[str, str], code_lists: Mapping[str, tuple[Choice, ...]]
) -> FieldSpec:
    is_report = row["group"] == "report"
    hint = {"asked_as": "", "hint": "", "example": ""} if is_report else hint_of[row["identifier"]]
    decimal = _DECIMAL.fullmatch(row["type"])
    asked = _asked(row["required_for"])
    return FieldSpec(
        identifier=row["identifier"],
        group=row["group"],
        label=row["chinese_label"],
        kind=_BY_IDENTIFIER.get(row["identifier"]) or (Kind.DECIMAL if decimal else _kind(row["type"])),
        step="" if is_report else step_of[row["identifier"]],
        unit=row["unit"] if decimal else "",
        required_for=asked.types,
        condition=asked.condition,
        choices=_choices(row["code_list"], code_lists),
        digits=int(decimal[1]) if decimal else 0,
        places=int(decimal[2]) if decimal else 0,
        disclosure=Disclosure(row["disclosure"]),
        hint=hint["hint"],
        example=hint["example"],
        asked_as=hint["asked_as"],
    )


def _kind(written: str) -> Kind:
    return _BY_TYPE.get(written, Kind.TEXT)


def _asked(cell: str) -> _Asked:
    """`01;02;03` by type, `conditional: takes_water` by another field, `report: start` by the kind of report."""
    kind, _, rest = cell.partition(": ")
    if kind in ("conditional", "report"):
        return _Asked(frozenset(), rest if rest.isidentifier() else "")
    return _Asked(frozenset() if cell == "optional" else frozenset(cell.split(";")), "")


def _choices(cell: str, code_lists: Mapping[str, tuple[Choice, ...]]) -> tuple[Choice, ...]:
    if cell.startswith("code_lists.csv:"):
        return code_lists[cell.removeprefix("code_lists.csv:")]
    return inline_choices(cell) if "|" in cell else ()
