"""What a field of the declaration is: its kind, its choices, who may read it (A14.1b).

The rows themselves stand in `core/reference/project_fields.csv`; `core.reference.loader` reads them into these values.
Standard library only, as all of `core.domain`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

JsonValue: TypeAlias = "str | bool | int | float | list[JsonValue] | dict[str, JsonValue] | None"
Facts: TypeAlias = Mapping[str, JsonValue]
"""What a project unit declared: field identifier → value. Booleans are booleans, amounts plain decimal strings
("680.00"), months "2027-04", codes strings, lists lists. Ready for a JSON column as it stands."""


class Kind(StrEnum):
    """How a field is asked for and read: one widget and one reader each."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    CONFIRM = "confirm"
    DECIMAL = "decimal"
    MONTH = "month"
    DATE = "date"
    REGION = "region"
    REGIONS = "regions"
    ZONE = "zone"
    INDUSTRY = "industry"
    INDUSTRY_CLASS = "industry_class"
    CREDIT_CODE = "credit_code"
    IDENTITY_NUMBER = "identity_number"
    MOBILE = "mobile"
    PHONE = "phone"
    EMAIL = "email"
    BOUNDARY = "boundary"
    LEGACY_CODES = "legacy_codes"
    PROJECT_CODE = "project_code"


class Disclosure(StrEnum):
    """Who may read a field once the project is disclosed (A17.1). The values are the words of the reference file."""

    PUBLIC = "public"
    INTERNAL = "internal"
    NEVER = "never public"
    ON_CLAIM = "withheld on claim"
    NAME_ONLY = "name public; rest internal"


@dataclass(frozen=True)
class Choice:
    """One value of a code list: the code that is stored, the name that is shown."""

    code: str
    name: str


@dataclass(frozen=True)
class Industry:
    """A division of GB/T 4754-2017: two digits, name, and the letter of its section."""

    code: str
    name: str
    section: str


@dataclass(frozen=True)
class Step:
    """One page of the declaration form; `fields` are identifiers in page order, none on the page of review."""

    number: int
    slug: str
    title: str
    fields: tuple[str, ...]


@dataclass(frozen=True)
class FieldSpec:
    """One field: what is asked, of whom, in which unit, with which choices.

    `required_for` holds project types (01, 02, 03). `condition` is the yes-or-no field that must be yes before this one
    is asked. `digits` and `places` bound a decimal. `spoken` is what sentences call the field.
    """

    identifier: str
    group: str
    label: str
    kind: Kind
    step: str = ""
    unit: str = ""
    required_for: frozenset[str] = frozenset()
    condition: str = ""
    choices: tuple[Choice, ...] = ()
    digits: int = 0
    places: int = 0
    disclosure: Disclosure = Disclosure.INTERNAL
    hint: str = ""
    example: str = ""
    asked_as: str = ""

    @property
    def spoken(self) -> str:
        """The field's name inside a sentence: 请填写“耕地面积”, not 请填写“其中：耕地”."""
        return self.asked_as or self.label

    @property
    def affirmed(self) -> str:
        """What a yes says: 是否取水 → 取水."""
        return self.spoken.removeprefix("是否")

    def name_of(self, code: str) -> str:
        """The name of one of the field's codes; the code itself when the list doesn't know it."""
        return next((choice.name for choice in self.choices if choice.code == code), code)


def in_words(spec: FieldSpec, value: JsonValue, names: Mapping[str, str] | None = None) -> str:
    """How a fact reads on a page: 是, 新建, 46,800 平方米, 2027 年 4 月; empty when nothing was declared.

    `names` resolves codes that have no list of their own (regions, industries): code → name.
    """
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list):
        return "、".join(in_words(spec, each, names) for each in value)
    if isinstance(value, dict):
        return _structure_in_words(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return _text_in_words(spec, str(value), names or {})


def amount(facts: Facts, identifier: str) -> Decimal | None:
    """A declared amount as a number; None when it wasn't declared."""
    value = facts.get(identifier)
    return Decimal(value) if isinstance(value, str) and value else None


def plain(number: Decimal) -> str:
    """A number without needless zeros, thousands parted by commas: 46800.00 → 46,800."""
    words = f"{number:,f}"
    return words.rstrip("0").rstrip(".") if "." in words else words


def _text_in_words(spec: FieldSpec, value: str, names: Mapping[str, str]) -> str:
    if spec.kind is Kind.DECIMAL:
        return f"{plain(Decimal(value))} {spec.unit}".strip()
    if spec.kind is Kind.MONTH:
        return f"{value[:4]} 年 {int(value[5:])} 月"
    if spec.kind is Kind.DATE:
        return f"{value[:4]} 年 {int(value[5:7])} 月 {int(value[8:])} 日"
    if spec.kind in (Kind.REGION, Kind.REGIONS, Kind.ZONE, Kind.INDUSTRY):
        return names.get(value, value)
    return spec.name_of(value)


def _structure_in_words(value: dict[str, JsonValue]) -> str:
    if "value" in value:
        return str(value["value"])
    rings = value.get("coordinates")
    corners = len(rings[0]) - 1 if isinstance(rings, list) and rings and isinstance(rings[0], list) else 0
    return f"已填报 {corners} 个界址点"
