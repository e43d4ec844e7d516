"""What the extranet publishes for citizens (A17.1)."""

from datetime import date, datetime
from typing import ClassVar

from core.exchange.fields import Code, Id, Name, Readers
from core.exchange.message import Direction
from core.projects.messages import ProjectMessage


class DisclosureAmended(ProjectMessage):
    """Extranet → internet: a disclosed result was corrected or revoked; the public reads both (A17.1)."""

    kind: ClassVar[str] = "disclosure.amended.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    disclosure_id: Id
    amendment: Code
    amends_number: Name
    outcome: Code
    document_number: Name
    document_title: Name
    document_on: date
    amended_at: datetime


class DisclosurePublished(ProjectMessage):
    """Extranet → internet: a result is public. Nothing in it is personal (A17.1)."""

    kind: ClassVar[str] = "disclosure.published.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    disclosure_id: Id
    disclosure_kind: Code
    project_name: Name
    unit_name: Name
    region_code: Code
    department: Code
    org_unit_name: Name
    item_code: Code
    item_name: Name
    outcome: Code
    document_number: Name
    document_title: Name
    document_on: date | None
    published_at: datetime
