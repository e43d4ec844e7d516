"""What is disclosed: decided in the extranet, read by citizens in the internet zone (A17.1)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from core.database import ExtranetTable, PublicTable, Versioned
from core.uuids import uuid7


class Disclosure(Versioned, ExtranetTable, table=True):
    """The decision to publish a result, or to withhold it on a ground the law names."""

    __tablename__ = "disclosure"
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    kind: str = Field(max_length=30)
    project_code: str = Field(max_length=24, index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id", unique=True)
    state: str = Field(max_length=20)
    ground: str = Field(default="", max_length=40)
    decided_at: datetime


class PublishedResult(PublicTable, table=True):
    """A disclosed result as citizens read it; the only table the public list and search look at (A17.1)."""

    __tablename__ = "published_result"
    __table_args__ = (
        sa.Index("ix_published_result_newest", "published_on", "id"),
        sa.Index("ix_published_result_region", "region_code", "published_on", "id"),
        sa.Index("ix_published_result_prefecture", "prefecture_code", "published_on", "id"),
        sa.Index("ix_published_result_department", "department", "published_on", "id"),
        sa.Index("ix_published_result_project", "project_code"),
    )
    id: str = Field(primary_key=True, max_length=36)
    kind: str = Field(max_length=30)
    project_code: str = Field(max_length=24)
    project_name: str = Field(max_length=200)
    unit_name: str = Field(max_length=120)
    region_code: str = Field(max_length=6)
    prefecture_code: str = Field(default="", max_length=6)
    department: str = Field(max_length=30)
    org_unit_name: str = Field(max_length=100)
    item_code: str = Field(max_length=20)
    item_name: str = Field(max_length=100)
    outcome: str = Field(max_length=30)
    document_number: str = Field(default="", max_length=100)
    document_title: str = Field(default="", max_length=300)
    document_on: date | None = None
    published_on: date
    published_at: datetime
    amendment: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": sa.text("''")})
    amended_on: date | None = None
    amends_number: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": sa.text("''")})
