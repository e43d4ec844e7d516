"""The guide of one item as one document: nine elements, limits, levels, rule, materials, relations (A8.1).

The same document lies in both zones' `guide_version.body` and travels whole in `guide.published`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.domain.clock import Unit


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
    sign_off_levels: int = 1
    materials: tuple[MaterialNeed, ...] = ()
    relations: tuple[GuideRelation, ...] = ()
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
