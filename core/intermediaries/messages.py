"""What the internet zone is told of agencies and commissioned services: nothing about a person, no fee (A16.1)."""

from datetime import date, datetime
from typing import ClassVar

from core.exchange.message import Direction, Message
from core.projects.messages import ProjectMessage


class AgencyRegistered(Message):
    """Extranet → internet: an agency as the register has it now (A16.1)."""

    kind: ClassVar[str] = "agency.registered.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    agency_id: str
    name: str
    credit_code: str
    services: tuple[str, ...]
    qualification: str
    state: str

    def subject(self) -> str:
        """Kept in order per agency."""
        return f"agency:{self.agency_id}"


class ServiceCommissioned(ProjectMessage):
    """Extranet → internet: a department commissioned a service from an agency (A16.1)."""

    kind: ClassVar[str] = "service.commissioned.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    engagement_id: str
    application_id: str
    org_unit_name: str
    service: str
    agency_name: str
    begins_on: date
    expected_on: date
    at: datetime


class ServiceEnded(ProjectMessage):
    """Extranet → internet: the service was delivered, with what it found, or given up (A16.1)."""

    kind: ClassVar[str] = "service.ended.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    engagement_id: str
    application_id: str
    state: str
    finding: str
    ended_on: date
    at: datetime
