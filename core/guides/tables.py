"""Service guides by version, in both zones (A8.1). The extranet owns them; the internet zone holds a mirror.

A version is one document: the item, the nine elements, limits, levels, the rule of applicability, materials and
relations. It never changes once in force; a new version replaces it, and a case keeps the one it was accepted under.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.database import ExtranetTable, JSONDoc, PublicTable, Zone


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
