"""The register of agencies in both zones, and what departments commissioned from them (A16.1)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.database import ExtranetTable, JSONDoc, PublicTable, Versioned
from core.uuids import uuid7


class AgencyRow(SQLModel):
    """An agency as both zones know it; `services` are keys of SERVICES."""

    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    name: str = Field(max_length=120)
    credit_code: str = Field(unique=True, max_length=18)
    services: list[str] = Field(default_factory=list, sa_type=JSONDoc)
    qualification: str = Field(default="", max_length=300)
    state: str = Field(default="listed", max_length=12)


class Agency(AgencyRow, Versioned, ExtranetTable, table=True):
    """The register, kept by coordinators: `org_unit` is the one that listed the agency."""

    __tablename__ = "agency"
    org_unit: str = Field(max_length=40)
    listed_at: datetime
    delisted_reason: str = Field(default="", max_length=400)

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("agency", self.id, "")


class PublicAgency(AgencyRow, PublicTable, table=True):
    """Mirror of the register in the internet zone."""

    __tablename__ = "agency"


class Engagement(Versioned, ExtranetTable, table=True):
    """One service commissioned in a case; `pause_id` is the pause it opened, if it opened one (A15.2)."""

    __tablename__ = "engagement"
    __table_args__ = (
        sa.Index("ix_engagement_org_unit", "org_unit", "state", "id"),
        sa.Index("ix_engagement_case", "case_id"),
    )
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    case_id: int = Field(foreign_key="case.id")
    application_id: str = Field(max_length=36)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    item_name: str = Field(max_length=100)
    org_unit: str = Field(max_length=40)
    service: str = Field(max_length=30)
    agency_id: str = Field(foreign_key="agency.id", max_length=36)
    agency_name: str = Field(max_length=120)
    selection: str = Field(max_length=20)
    fee: int
    payer: str = Field(default="department", max_length=20, sa_column_kwargs={"server_default": "department"})
    begins_on: date
    expected_on: date
    ended_on: date | None = None
    ground: str = Field(default="", max_length=40)
    pause_id: int | None = None
    state: str = Field(default="running", max_length=12)
    finding: str = Field(default="", max_length=30)
    result: str = Field(default="", max_length=2000)
    # its title as everybody may read it; `result` is for the department
    report: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": sa.text("''")})
    commissioned_by: str = Field(max_length=50)
    commissioned_at: datetime

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code): what happens to it stands in the trace of its case."""
        return ("case", self.application_id, self.project_code)


class ToldEngagement(PublicTable, table=True):
    """What the unit and the public may know of a commissioned service (internet zone).

    `fee` is in yuan, None where it was not disclosed; `finding` is public where the fee is.
    """

    __tablename__ = "engagement"
    id: str = Field(primary_key=True, max_length=36)
    project_code: str = Field(foreign_key="project.code", index=True, max_length=24)
    application_id: str = Field(max_length=36)
    item_code: str = Field(max_length=20)
    item_name: str = Field(max_length=100)
    org_unit_name: str = Field(max_length=100)
    service: str = Field(max_length=30)
    agency_name: str = Field(max_length=120)
    begins_on: date
    expected_on: date
    ended_on: date | None = None
    state: str = Field(default="running", max_length=12)
    finding: str = Field(default="", max_length=30)
    fee: int | None = None
    payer: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": sa.text("''")})
    report: str = Field(default="", max_length=200, sa_column_kwargs={"server_default": sa.text("''")})
