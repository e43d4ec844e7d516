"""What the extranet publishes for the internet zone's mirrors: regions, calendar, guides (A7.1, A8.1)."""

from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from core.exchange.fields import Code, Name, Number, Readers, Text
from core.exchange.message import Direction, Message
from core.guides.guide import Guide


class Part(BaseModel):
    """A part of a message: as strict as the message itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RegionTold(Part):
    """One region."""

    code: Code
    name: Name
    parent_code: Code
    level: Code
    note: Text = ""
    valid_from: date | None = None
    valid_to: date | None = None


class OrgUnitTold(Part):
    """One organisational unit."""

    code: Code
    department: Code
    region_code: Code
    name: Name
    phone: Name


class OrganisationsPublished(Message):
    """Extranet → internet: the regions and organisational units as they stand now, whole."""

    kind: ClassVar[str] = "organisations.published.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    regions: tuple[RegionTold, ...] = Field(max_length=1000)
    org_units: tuple[OrgUnitTold, ...] = Field(max_length=5000)

    def subject(self) -> str:
        """Kept in order among themselves."""
        return "organisations"


class DayTold(Part):
    """One exception of the calendar."""

    day: date
    region_code: Code
    is_working: bool
    name: Name


class CalendarPublished(Message):
    """Extranet → internet: the exceptions of some years and which years are announced."""

    kind: ClassVar[str] = "calendar.published.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    years: tuple[Number, ...] = Field(max_length=100)
    days: tuple[DayTold, ...] = Field(max_length=10_000)

    def subject(self) -> str:
        """Kept in order among themselves."""
        return "calendar"


class LocalDaysPublished(Message):
    """Extranet → internet: the days off that one region has of its own in a year, whole (A15.1)."""

    kind: ClassVar[str] = "calendar.local_days_published.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    region_code: Code
    year: Number
    days: tuple[DayTold, ...] = Field(max_length=400)

    def subject(self) -> str:
        """In order with the calendar itself."""
        return "calendar"


class GuidePublished(Message):
    """Extranet → internet: a version of a guide comes into force (A8.1)."""

    kind: ClassVar[str] = "guide.published.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    in_force_from: date
    guide: Guide

    def subject(self) -> str:
        """Kept in order per item."""
        return f"guide:{self.guide.item_code}"
