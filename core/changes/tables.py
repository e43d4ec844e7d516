"""Change requests: as the unit writes them (internet), as they are decided (extranet) (A12.2, A14.1e)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from core.columns import SealedDoc
from core.database import ExtranetTable, JSONDoc, PublicTable, Versioned
from core.uuids import uuid7


class ChangeRequest(Versioned, PublicTable, table=True):
    """What a unit applies for; `before` and `facts` are whole declarations, `answers` the form as typed."""

    __tablename__ = "change_request"
    __table_args__ = (sa.Index("ix_change_request_project", "project_code", "begun_at"),)
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    kind: str = Field(max_length=20)
    state: str = Field(default="draft", max_length=20)
    answers: dict[str, Any] = Field(default_factory=dict, sa_type=SealedDoc)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=SealedDoc)
    facts: dict[str, Any] | None = Field(default=None, sa_type=SealedDoc)
    reason: str = Field(default="", max_length=2000)
    expected_on: date | None = None
    message_id: str = Field(default="", max_length=36)
    begun_at: datetime
    saved_at: datetime
    submitted_at: datetime | None = None
    withdrawn_at: datetime | None = None
    decided_at: datetime | None = None
    decider: str = Field(default="", max_length=100)
    decision: str = Field(default="", max_length=2000)
    new_code: str = Field(default="", max_length=24)

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("change", self.id, self.project_code)


class ProjectChange(Versioned, ExtranetTable, table=True):
    """A change request as it lies before the coordinator of `region_code`, and how it was decided.

    `base` is the version of the declaration it alters, `number` the one it made; `kept_back` names what differs and is
    not told here; `fates` holds application id → what became of that open case; `resumes_to` where a suspension began.
    """

    __tablename__ = "project_change"
    __table_args__ = (
        sa.Index("ix_project_change_state", "state", "submitted_at"),
        sa.Index("ix_project_change_project", "project_code", "submitted_at"),
    )
    id: str = Field(primary_key=True, max_length=36)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    region_code: str = Field(max_length=6)
    kind: str = Field(max_length=20)
    state: str = Field(default="submitted", max_length=20)
    base: int
    number: int | None = None
    facts: dict[str, Any] | None = Field(default=None, sa_type=SealedDoc)
    kept_back: list[str] = Field(default_factory=list, sa_type=JSONDoc)
    reason: str = Field(max_length=2000)
    expected_on: date | None = None
    submitted_at: datetime
    decided_at: datetime | None = None
    decided_by: str = Field(default="", max_length=36)
    decider_name: str = Field(default="", max_length=50)
    decision: str = Field(default="", max_length=2000)
    fates: dict[str, str] = Field(default_factory=dict, sa_type=JSONDoc)
    resumes_to: str = Field(default="", max_length=20)
    new_code: str = Field(default="", max_length=24)

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("change", self.id, self.project_code)
