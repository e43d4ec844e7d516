"""Service guides by version, in both zones (A8.1). The extranet owns them; the internet zone holds a mirror.

A version is one document: the item, the nine elements, limits, levels, the rule of applicability, materials and
relations. It never changes once in force; a new version replaces it, and a case keeps the one it was accepted under.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.database import ExtranetTable, JSONDoc, PublicTable, Versioned, Zone


class GuideVersionRow(SQLModel):
    """One version of an item's guide; `body` is a `core.guides.guide.Guide`."""

    id: str = Field(primary_key=True, max_length=30)
    item_code: str = Field(max_length=20, index=True)
    number: int
    in_force_from: date
    in_force_to: date | None = None
    body: dict[str, Any] = Field(sa_type=JSONDoc)


class PublicGuideVersion(GuideVersionRow, PublicTable, table=True):
    """Mirror of the guide versions in the internet zone."""

    __tablename__ = "guide_version"
    __table_args__ = (sa.UniqueConstraint("item_code", "number"),)


class ExtranetGuideVersion(GuideVersionRow, ExtranetTable, table=True):
    """The guide versions."""

    __tablename__ = "guide_version"
    __table_args__ = (sa.UniqueConstraint("item_code", "number"),)


GUIDE_VERSIONS: Mapping[Zone, type[PublicGuideVersion] | type[ExtranetGuideVersion]] = {
    Zone.PUBLIC: PublicGuideVersion,
    Zone.EXTRANET: ExtranetGuideVersion,
}


class CalendarRevision(Versioned, ExtranetTable, table=True):
    """The calendar of one year as it is to be: drafted, published, then counted through all open cases (A15.1).

    With a `region_code` it is about the days off which that region has of its own. `days` are the year's exceptions;
    `first_change` the first day on which they differ from what held before: no due date before it moves. `counted_to`
    is the last case whose dates were counted anew, `moved` how many moved. `replaced` and `was_announced` say how the
    year stood until it was published.
    """

    __tablename__ = "calendar_revision"
    __table_args__ = (
        sa.Index(
            "ix_calendar_revision_counting",
            "id",
            sqlite_where=sa.text("state = 'published'"),
            postgresql_where=sa.text("state = 'published'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    region_code: str = Field(default="", max_length=6, sa_column_kwargs={"server_default": sa.text("''")})
    year: int
    days: list[dict[str, Any]] = Field(sa_type=JSONDoc)
    state: str = Field(default="draft", max_length=12)
    first_change: date
    drafted_by: str = Field(max_length=36)
    drafter_name: str = Field(max_length=50)
    drafted_at: datetime
    published_at: datetime | None = None
    counted_at: datetime | None = None
    replaced: list[dict[str, Any]] | None = Field(default=None, sa_type=JSONDoc)
    was_announced: bool = Field(default=True, sa_column_kwargs={"server_default": sa.true()})
    counted_to: int = 0
    moved: int = 0

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("calendar", str(self.id), "")
