"""Projects, declarations and due items, in the zone that owns them and in the other's mirror (A10.1, A14.1)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.columns import SealedDoc
from core.database import ExtranetTable, JSONDoc, PublicTable, Versioned
from core.uuids import uuid7


class Draft(Versioned, PublicTable, table=True):
    """A declaration being filled in: the answers as typed, kept at every step (A14.1b)."""

    __tablename__ = "draft"
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    credit_code: str = Field(foreign_key="enterprise.credit_code", index=True, max_length=18)
    account_id: str = Field(foreign_key="account.id", max_length=36)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=SealedDoc)
    visited: list[str] = Field(default_factory=list, sa_type=JSONDoc)
    project_code: str | None = Field(default=None, max_length=24)
    begun_at: datetime
    saved_at: datetime


class DeclaredProject(Versioned, PublicTable, table=True):
    """A project in the internet zone: declared here, its state told by the extranet.

    `legacy_request_id` is the officers' entry of a project begun before the platform; None of what a unit declared.
    """

    __tablename__ = "project"
    __table_args__ = (
        sa.Index("ix_project_enterprise", "credit_code", "declared_at"),
        sa.Index("uq_project_legacy_request_id", "legacy_request_id", unique=True),
    )
    code: str = Field(primary_key=True, max_length=24)
    credit_code: str = Field(foreign_key="enterprise.credit_code", max_length=18)
    unit_name: str = Field(max_length=120)
    name: str = Field(max_length=200)
    project_type: str = Field(max_length=2)
    region_code: str = Field(max_length=6)
    industry: str = Field(max_length=2)
    state: str = Field(default="declared", max_length=20)
    state_reason: str = Field(default="", max_length=1000)
    facts: dict[str, Any] = Field(sa_type=SealedDoc)
    message_id: str = Field(default="", max_length=36)
    legacy_request_id: str | None = Field(default=None, max_length=36)
    declared_at: datetime
    verified_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def is_legacy(self) -> bool:
        """Whether officers entered it as one begun before the platform (A12.1)."""
        return self.legacy_request_id is not None

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("project", self.code, self.code)


class ToldDueItem(PublicTable, table=True):
    """An item this project must obtain, as the extranet told it (A14.1c)."""

    __tablename__ = "due_item"
    project_code: str = Field(primary_key=True, foreign_key="project.code", max_length=24)
    item_code: str = Field(primary_key=True, max_length=20)
    item_name: str = Field(max_length=100)
    org_unit: str = Field(max_length=40)
    org_unit_name: str = Field(max_length=100)
    guide_version: str = Field(max_length=30)
    tier: int
    position: int
    why: str = Field(max_length=1000)
    blockers: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONDoc)


class Project(Versioned, ExtranetTable, table=True):
    """A project as examined in the extranet zone."""

    __tablename__ = "project"
    __table_args__ = (sa.Index("ix_project_region", "region_code", "declared_at"),)
    code: str = Field(primary_key=True, max_length=24)
    credit_code: str = Field(max_length=18, index=True)
    unit_name: str = Field(max_length=120)
    name: str = Field(max_length=200)
    project_type: str = Field(max_length=2)
    region_code: str = Field(max_length=6)
    industry: str = Field(max_length=2)
    state: str = Field(default="declared", max_length=20)
    declared_at: datetime
    verified_at: datetime | None = None
    completed_at: datetime | None = None

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("project", self.code, self.code)


class Declaration(ExtranetTable, table=True):
    """The declared facts by version; the newest one is what departments examine."""

    __tablename__ = "declaration"
    project_code: str = Field(primary_key=True, foreign_key="project.code", max_length=24)
    number: int = Field(primary_key=True)
    facts: dict[str, Any] = Field(sa_type=SealedDoc)
    declared_at: datetime


class DueItem(Versioned, ExtranetTable, table=True):
    """An item this project must obtain, from whom, in which order and why (A14.1c)."""

    __tablename__ = "due_item"
    project_code: str = Field(primary_key=True, foreign_key="project.code", max_length=24)
    item_code: str = Field(primary_key=True, max_length=20)
    org_unit: str = Field(max_length=40, index=True)
    guide_version: str = Field(max_length=30)
    tier: int
    position: int
    why: str = Field(max_length=1000)
    blockers: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONDoc)
    added_by: str = Field(default="platform", max_length=40)
    dropped_by: str = Field(default="", max_length=40)
    dropped_on: date | None = None
    dropped_reason: str = Field(default="", max_length=1000)


class DueListVersionRow(SQLModel):
    """A list of due items as frozen at completion: what the 办结通知书 proves (A14.5). It never changes.

    `items` hold item, department, result, document number, date and digest; `dropped` item, department and reason;
    `digest` is that of the list itself (`core.cases.proof.digest_of`).
    """

    project_code: str = Field(primary_key=True, foreign_key="project.code", max_length=24)
    number: int = Field(primary_key=True)
    frozen_at: datetime
    digest: str = Field(max_length=64)
    items: list[dict[str, Any]] = Field(sa_type=JSONDoc)
    dropped: list[dict[str, Any]] = Field(sa_type=JSONDoc)


class FrozenDueList(DueListVersionRow, ExtranetTable, table=True):
    """The frozen lists."""

    __tablename__ = "due_list_version"


class ToldDueList(DueListVersionRow, PublicTable, table=True):
    """Mirror of the frozen lists in the internet zone."""

    __tablename__ = "due_list_version"
