"""By which other codes a project is found: legacy codes, and the code before or after a major change (A12.1, A12.2)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from core.database import ExtranetTable, JSONDoc, PublicTable, Versioned, Zone
from core.uuids import uuid7


class LegacyCodeRow(SQLModel):
    """A code given outside the platform, mapped to the one project it means; `key` is what it is compared by."""

    key: str = Field(primary_key=True, max_length=300)
    value: str = Field(max_length=100)
    kind: str = Field(max_length=20)
    project_code: str = Field(foreign_key="project.code", index=True, max_length=24)
    mapped_at: datetime


class ExtranetLegacyCode(LegacyCodeRow, ExtranetTable, table=True):
    """Legacy codes as the extranet maps them: `source` is declared, officer or import, `mapped_by` the officer."""

    __tablename__ = "legacy_code"
    source: str = Field(default="declared", max_length=20)
    mapped_by: str = Field(default="", max_length=50)


class PublicLegacyCode(LegacyCodeRow, PublicTable, table=True):
    """Legacy codes as the extranet told them."""

    __tablename__ = "legacy_code"


class ProjectLinkRow(SQLModel):
    """A project that a major change closed, and the one that took its place under a new code (A12.2)."""

    old_code: str = Field(primary_key=True, foreign_key="project.code", max_length=24)
    new_code: str = Field(unique=True, foreign_key="project.code", max_length=24)
    linked_at: datetime


class ExtranetProjectLink(ProjectLinkRow, ExtranetTable, table=True):
    """Links between projects in the extranet zone."""

    __tablename__ = "project_link"


class PublicProjectLink(ProjectLinkRow, PublicTable, table=True):
    """Links between projects in the internet zone."""

    __tablename__ = "project_link"


LEGACY: Mapping[Zone, type[ExtranetLegacyCode] | type[PublicLegacyCode]] = {
    Zone.PUBLIC: PublicLegacyCode,
    Zone.EXTRANET: ExtranetLegacyCode,
}
LINKS: Mapping[Zone, type[ExtranetProjectLink] | type[PublicProjectLink]] = {
    Zone.PUBLIC: PublicProjectLink,
    Zone.EXTRANET: ExtranetProjectLink,
}


class LegacyImport(Versioned, ExtranetTable, table=True):
    """A file of legacy codes as it was read: looked at first, mapped when its officer confirms (A12.1)."""

    __tablename__ = "legacy_import"
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    officer_id: str = Field(index=True, max_length=36)
    file_name: str = Field(max_length=200)
    rows: list[dict[str, Any]] = Field(sa_type=JSONDoc)
    read_at: datetime
    confirmed_at: datetime | None = None
    mapped: int = 0
