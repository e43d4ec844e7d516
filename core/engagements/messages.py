"""What the internet zone is told of agencies and commissioned services: nothing about a person (A16.1)."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from core.exchange.fields import Code, CreditCode, ForUnit, Id, Name, Number, Readers
from core.exchange.message import Direction, Message
from core.projects.messages import ProjectMessage


class AgencyRegistered(Message):
    """Extranet → internet: an agency as the register has it now (A16.1)."""

    kind: ClassVar[str] = "agency.registered.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    agency_id: Id
    name: Name
    credit_code: CreditCode
    services: tuple[Name, ...] = Field(max_length=50)
    qualification: Name
    state: Code

    def subject(self) -> str:
        """Kept in order per agency."""
        return f"agency:{self.agency_id}"


class ServiceCommissioned(ProjectMessage):
    """Extranet → internet: a department commissioned a service from an agency (A16.1)."""

    kind: ClassVar[str] = "service.commissioned.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    engagement_id: Id
    application_id: Id
    org_unit_name: Name
    service: Name
    agency_name: Name
    begins_on: date
    expected_on: date
    at: datetime


class ServiceEnded(ProjectMessage):
    """Extranet → internet: the service was delivered, with what it found, or given up (A16.1)."""

    kind: ClassVar[str] = "service.ended.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    engagement_id: Id
    application_id: Id
    state: Code
    finding: ForUnit
    ended_on: date
    at: datetime


class ServiceDisclosed(ProjectMessage):
    """Extranet → internet: what everybody may read of a service: fee in yuan, payer, finding, report (A16.1, A17.1)."""

    kind: ClassVar[str] = "service.disclosed.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    engagement_id: Id
    fee: Number
    payer: Code
    finding: Code
    report: Name
    at: datetime
