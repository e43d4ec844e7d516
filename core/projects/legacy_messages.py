"""What the zones tell each other of codes given elsewhere, and of projects begun before the platform (A12.1)."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from core.domain.legacy_codes import MOST_OF_PROJECT
from core.exchange.fields import Code, CreditCode, Document, Id, Name, Readers
from core.exchange.message import Direction, Message
from core.guides.messages import Part
from core.projects.messages import ProjectMessage


class LegacyCodeTold(Part):
    """One legacy code: what it is compared by, how it is written, of which kind."""

    key: Name
    value: Name
    kind: Code


class LegacyCodesTold(ProjectMessage):
    """Extranet → internet: every legacy code of a project as they stand now (A12.1)."""

    kind: ClassVar[str] = "project.legacy_codes.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    codes: tuple[LegacyCodeTold, ...] = Field(max_length=MOST_OF_PROJECT)
    told_at: datetime


class CodeRequested(Message):
    """Extranet → internet: an officer entered a project begun before the platform; it needs a code (A12.1)."""

    kind: ClassVar[str] = "code.requested.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    request_id: Id
    credit_code: CreditCode
    unit_name: Name
    facts: Document
    requested_at: datetime

    def subject(self) -> str:
        """Kept in order per entry; the project has no code yet."""
        return f"legacy:{self.request_id}"


class CodeIssued(ProjectMessage):
    """Internet → extranet: the code that a legacy project bears, with what it was issued for (A11.1, A12.1)."""

    kind: ClassVar[str] = "code.issued.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    request_id: Id
    credit_code: CreditCode
    unit_name: Name
    facts: Document
    issued_at: datetime
