"""What the zones tell each other of changes to a project (A12.2, A14.1e)."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from core.exchange.fields import Code, CreditCode, Document, Id, Name, ProjectCode, Readers, Text
from core.exchange.message import Direction
from core.projects.messages import ProjectMessage


class ChangeSubmitted(ProjectMessage):
    """Internet → extranet: the unit applies for a change; `facts` is the whole declaration as it shall read.

    Identity numbers never travel: `kept_back` names those that differ (A9.1).
    """

    kind: ClassVar[str] = "change.submitted.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    change_id: Id
    change_kind: Code
    facts: Document | None
    kept_back: tuple[Name, ...] = Field(max_length=50)
    reason: Text
    expected_on: date | None
    submitted_at: datetime


class ChangeWithdrawn(ProjectMessage):
    """Internet → extranet: the unit takes its request back, unless it was decided meanwhile."""

    kind: ClassVar[str] = "change.withdrawn.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    change_id: Id
    withdrawn_at: datetime


class NewCodeIssued(ProjectMessage):
    """Internet → extranet: the project of a granted major change was declared anew under this code (A12.2)."""

    kind: ClassVar[str] = "project.code_issued_anew.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    change_id: Id
    superseded_code: ProjectCode
    issued_at: datetime


class ChangeMessage(ProjectMessage):
    """What every answer to a request bears: who answered and the words for the unit."""

    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    change_id: Id
    decider: Name
    words: Text
    at: datetime


class ChangeReturned(ChangeMessage):
    """The request goes back to the unit, which may amend and submit it again."""

    kind: ClassVar[str] = "change.returned.v1"


class ChangeRefused(ChangeMessage):
    """The request is not granted."""

    kind: ClassVar[str] = "change.refused.v1"


class ChangeTakenBack(ChangeMessage):
    """The request ended because the unit withdrew it."""

    kind: ClassVar[str] = "change.taken_back.v1"


class ChangeGranted(ChangeMessage):
    """The request is granted; the project stands in `project_state` since (A14.1e)."""

    kind: ClassVar[str] = "change.granted.v1"
    project_state: Code


class MajorChangeGranted(ChangeMessage):
    """The change is granted as a major one: the project is to be declared anew under a new code (A12.2)."""

    kind: ClassVar[str] = "change.granted_as_major.v1"
