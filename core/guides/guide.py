"""The guide of one item as one document: nine elements, limits, levels, rule, materials, relations (A8.1).

The same document lies in both zones' `guide_version.body` and travels whole in `guide.published`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.domain.clock import Unit
from core.domain.extensions import ExtensionRule, extension_rule
from core.exchange.fields import Code, Name, Number, Text

_REMARK = re.compile(r"[;；:：]?\s*[（(]?[^（(；;]*from memory[^)）]*[)）]?")


def without_remark(text: str) -> str:
    """A law or a fee as the unit reads it: without the remark that it is still to be checked."""
    return _REMARK.sub("", text).replace(" (public summary)", "").strip(" ；;:：")


class MaterialNeed(BaseModel):
    """A material the guide asks for; `source` beginning with `shared:` must not be asked of the unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: Code
    name: Name
    form: Text
    required: Literal["yes", "no", "conditional"]
    condition: Text = ""
    source: Text = ""
    reusable: bool
    legal_basis: Text = ""
    certainty: Text = ""

    @property
    def is_shared(self) -> bool:
        """Whether the platform gets it itself, from a register or its own form."""
        return self.source.startswith(("shared:", "platform"))

    @property
    def must_be_handed_in(self) -> bool:
        """Whether acceptance waits for the unit to hand it in (A14.3)."""
        return self.required == "yes" and not self.is_shared


class GuideRelation(BaseModel):
    """How this item stands to another one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    prerequisite: Code
    relation: Code
    reason: Text
    legal_basis: Text = ""


class GuideCopy(BaseModel):
    """A department that gets a copy of every decision on this item, and why (A14.4c)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    department: Code
    reason: Text
    legal_basis: Text = ""


class Guide(BaseModel):
    """One version of an item's service guide."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    item_code: Code
    number: Number
    name: Name
    department: Code
    project_types: tuple[Code, ...] = Field(max_length=20)
    stage: Code
    kind: Code
    levels: tuple[Code, ...] = Field(max_length=20)
    applies_when: Text
    legal_basis: Text
    content: Text
    acceptance_conditions: Text
    process: Text
    statutory_days: Number | None
    statutory_unit: Unit
    statutory_from: Literal["acceptance", "receipt"]
    promised_days: Number | None
    warn_days: Number | None = None
    extension: Text = ""
    fee: Text = ""
    supervision: Text = ""
    contact: Text = ""
    outcome_document: Text = ""
    outcome_validity: Text = ""
    pause_grounds: tuple[Code, ...] = Field(default=(), max_length=50)
    sign_off_levels: int = Field(default=1, ge=1, le=4)
    """How many persons sign after the handler: the approver, and before them reviewers (A14.4a)."""
    materials: tuple[MaterialNeed, ...] = Field(default=(), max_length=200)
    relations: tuple[GuideRelation, ...] = Field(default=(), max_length=200)
    copies: tuple[GuideCopy, ...] = Field(default=(), max_length=200)
    certainty: Text = ""
    note: Text = ""

    @property
    def version_id(self) -> str:
        """The identity of this version: `ECO-02.1`."""
        return f"{self.item_code}.{self.number}"

    @property
    def handling_days(self) -> int | None:
        """The limit the handling clock runs on: the promise, in working days, else the statute; None is no limit."""
        return self.promised_days or self.statutory_days or None

    @property
    def handling_unit(self) -> Unit:
        """The unit of `handling_days`: promises are in working days."""
        return Unit.WORKING_DAY if self.promised_days else self.statutory_unit

    @property
    def extension_rule(self) -> ExtensionRule | None:
        """How far the limit may be extended, once; None where the law of the item gives no extension (A15.2)."""
        return extension_rule(self.extension, self.legal_basis)

    @property
    def is_filing(self) -> bool:
        """A filing is no decision: complete information received is filed."""
        return self.kind == "filing"


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The guides in force, by item code, in the catalogue's order; not compared by content, which is long."""

    guides: Mapping[str, Guide]

    def named(self, item_code: str) -> str:
        """The item's official name, or its code when no guide is in force."""
        guide = self.guides.get(item_code)
        return guide.name if guide else item_code


@dataclass(frozen=True)
class Version:
    """A version of a guide and the days it holds: from the first on, up to but without the last (None: until now)."""

    guide: Guide
    in_force_from: date
    in_force_to: date | None = None

    def holds(self, on: date) -> bool:
        """Whether this version is the one in force on a day (A8.1, A15.1)."""
        return self.in_force_from <= on and (self.in_force_to is None or on < self.in_force_to)


class Versions:
    """Every version of every guide as one zone holds them."""

    def __init__(self, versions: Iterable[Version]) -> None:
        """Versions in the catalogue's order, the oldest of an item first."""
        self.by_id = {one.guide.version_id: one for one in versions}
        self.by_item: dict[str, tuple[Version, ...]] = {}
        for one in self.by_id.values():
            self.by_item[one.guide.item_code] = (*self.by_item.get(one.guide.item_code, ()), one)
        self._days: dict[date, Catalogue] = {}

    def on(self, day: date) -> Catalogue:
        """The guides in force on a day; few days are asked for, mostly today, and they are kept."""
        found = self._days.get(day)
        if found is None:
            holding = (one for one in self.by_id.values() if one.holds(day))
            found = Catalogue({one.guide.item_code: one.guide for one in holding})
            if len(self._days) > _DAYS_KEPT:
                self._days.clear()
            self._days[day] = found
        return found


_DAYS_KEPT = 100
