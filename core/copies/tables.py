"""Copies of decisions to other departments, and who of them read each when (extranet, A14.4c)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from core.database import ExtranetTable

_UNREAD = sa.text("read_at IS NULL")


class Copy(ExtranetTable, table=True):
    """The approval document of one concluded case as one unit got it; only that somebody read it is added."""

    __tablename__ = "copy"
    __table_args__ = (
        sa.UniqueConstraint("case_id", "document_number", "org_unit"),
        sa.Index("ix_copy_org_unit", "org_unit", "id"),
        sa.Index("ix_copy_from_unit", "from_unit", "id"),
        # what the menu of every page counts
        sa.Index("ix_copy_unread", "org_unit", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id")
    project_code: str = Field(foreign_key="project.code", max_length=24)
    item_code: str = Field(max_length=20)
    item_name: str = Field(max_length=100)
    from_unit: str = Field(max_length=40)
    org_unit: str = Field(max_length=40)
    why: str = Field(max_length=400)
    outcome: str = Field(max_length=30)
    document_number: str = Field(max_length=100)
    document_title: str = Field(max_length=300)
    document_on: date
    digest: str = Field(max_length=64)
    size: int
    copied_at: datetime
    read_at: datetime | None = None
    """When the first officer of the unit opened it; every reader has a receipt."""
    amendment: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": sa.text("''")})
    """What this document does to an earlier one: corrected or revoked; empty for a first decision (A14.5)."""
    amends_number: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": sa.text("''")})


class CopyReceipt(ExtranetTable, table=True):
    """An officer of the unit opened the copy: once for each officer, at the first time."""

    __tablename__ = "copy_receipt"
    copy_id: int = Field(primary_key=True, foreign_key="copy.id")
    officer_id: str = Field(primary_key=True, max_length=36)
    officer_name: str = Field(max_length=50)
    read_at: datetime
