"""Projects begun before the platform as officers enter them (存量项目补录), one by one or by file (A12.1). Extranet."""

from datetime import datetime
from typing import Any

from sqlmodel import Field

from core.database import ExtranetTable, JSONDoc, Versioned
from core.domain.legacy_states import EntryState
from core.uuids import uuid7


class LegacyProject(Versioned, ExtranetTable, table=True):
    """One entry: what was entered by whom, and the code once the internet zone has issued it.

    `key` is what the legacy code is compared by: one code is entered once. `reason` says why no code was given.
    """

    __tablename__ = "legacy_project"
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    key: str = Field(unique=True, max_length=300)
    value: str = Field(max_length=100)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=200)
    unit_name: str = Field(max_length=120)
    credit_code: str = Field(max_length=18)
    region_code: str = Field(index=True, max_length=6)
    facts: dict[str, Any] = Field(sa_type=JSONDoc)
    state: str = Field(default=EntryState.REQUESTED, max_length=20)
    reason: str = Field(default="", max_length=1000)
    project_code: str | None = Field(default=None, unique=True, max_length=24)
    officer_id: str = Field(max_length=36)
    officer_name: str = Field(max_length=50)
    org_name: str = Field(max_length=200)
    message_id: str = Field(default="", max_length=36)
    requested_at: datetime

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("legacy_project", self.id, self.project_code or "")


class LegacyProjectImport(Versioned, ExtranetTable, table=True):
    """A file of legacy projects as it was read: looked at first, entered batch by batch when its officer says so."""

    __tablename__ = "legacy_project_import"
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    officer_id: str = Field(index=True, max_length=36)
    file_name: str = Field(max_length=200)
    rows: list[dict[str, Any]] = Field(sa_type=JSONDoc)
    read_at: datetime
    entered: int = 0
