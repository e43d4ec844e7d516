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

_REMARK = re.compile(r"[;；:：]?\s*[（(]?[^（(；;]*from memory[^)）]*[)）]?")


def without_remark(text: str) -> str:
    """A law or a fee as the unit reads it: without the remark that it is still to be checked."""
    return _REMARK.sub("", text).replace(" (public summary)", "").strip(" ；;:：")


class MaterialNeed(BaseModel):
    """A material the guide asks for; `source` beginning with `shared:` must not be asked of the unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str
    name: str
    form: str
    required: Literal["yes", "no", "conditional"]
    condition: str = ""
    source: str = ""
    reusable: bool
    legal_basis: str = ""
    certainty: str = ""

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
    prerequisite: str
    relation: str
    reason: str
    legal_basis: str = ""


class GuideCopy(BaseModel):
    """A department that gets a copy of every decision on this item, and why (A14.4c)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    department: str
    reason: str
    legal_basis: str = ""


class Guide(BaseModel):
    """One version of an item's service guide."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    item_code: str
    number: int
    name: str
    department: str
    project_types: tuple[str, ...]
    stage: str
    kind: str
    levels: tuple[str, ...]
    applies_when: str
    legal_basis: str
    content: str
    acceptance_conditions: str
    process: str
    statutory_days: int | None
    statutory_unit: Unit
    statutory_from: Literal["acceptance", "receipt"]
    promised_days: int | None
    warn_days: int | None = None
    extension: str = ""
    fee: str = ""
    supervision: str = ""
    contact: str = ""
    outcome_document: str = ""
    outcome_validity: str = ""
    pause_grounds: tuple[str, ...] = ()
    sign_off_levels: int = Field(default=1, ge=1, le=4)
    """How many persons sign after the handler: the approver, and before them reviewers (A14.4a)."""
    materials: tuple[MaterialNeed, ...] = ()
    relations: tuple[GuideRelation, ...] = ()
    copies: tuple[GuideCopy, ...] = ()
    certainty: str = ""
    note: str = ""

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


@dataclass(frozen=True)
class Catalogue:
    """The guides in force, by item code, in the catalogue's order."""

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
