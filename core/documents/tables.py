"""Materials of an enterprise's project: handed in once, used wherever the same is asked for (A14.1d)."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from core.database import PublicTable
from core.uuids import uuid7


class Material(PublicTable, table=True):
    """A file the unit handed in for a project, under the code by which guides ask for it."""

    __tablename__ = "material"
    __table_args__ = (sa.Index("ix_material_project", "project_code", "material_code"),)
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    item_code: str = Field(default="", max_length=20)
    material_code: str = Field(max_length=40)
    name: str = Field(max_length=200)
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    digest: str = Field(max_length=64)
    size: int
    handed_in_by: str = Field(max_length=36)
    handed_in_at: datetime
    replaced_at: datetime | None = None
