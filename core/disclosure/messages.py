"""What the extranet publishes for citizens (A17.1)."""

from datetime import date, datetime
from typing import ClassVar

from core.exchange.message import Direction
from core.projects.messages import ProjectMessage


class DisclosureAmended(ProjectMessage):
    """Extranet → internet: a disclosed result was corrected or revoked; the public reads both (A17.1)."""

    kind: ClassVar[str] = "disclosure.amended.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    disclosure_id: str
    amendment: str
    amends_number: str
    outcome: str
    document_number: str
    document_title: str
    document_on: date
    amended_at: datetime


class DisclosurePublished(ProjectMessage):
    """Extranet → internet: a result is public. Nothing in it is personal (A17.1)."""

    kind: ClassVar[str] = "disclosure.published.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    disclosure_id: str
    disclosure_kind: str
    project_name: str
    unit_name: str
    region_code: str
    department: str
    org_unit_name: str
    item_code: str
    item_name: str
    outcome: str
    document_number: str
    document_title: str
    document_on: date | None
    published_at: datetime
