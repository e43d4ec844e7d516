"""What the zones tell each other of a project: declared, verified or returned, due items, approved."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from core.exchange.fields import Code, CreditCode, Digest, Document, Name, Number, ProjectCode, Readers, Text, Words
from core.exchange.message import Direction, Message
from core.guides.messages import Part


class ProjectMessage(Message):
    """What every message about a project bears: its code, by which they are kept in order."""

    project_code: ProjectCode

    def subject(self) -> str:
        """Kept in order per project."""
        return self.project_code


class ProjectDeclared(ProjectMessage):
    """Internet → extranet: a project was declared and bears its code (A14.1b)."""

    kind: ClassVar[str] = "project.declared.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    unit_name: Name
    facts: Document
    declared_at: datetime


class ProjectVerified(ProjectMessage):
    """Extranet → internet: form, facts and uniqueness of the code were checked (A13.2)."""

    kind: ClassVar[str] = "project.verified.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    verified_at: datetime


class ProjectReturned(ProjectMessage):
    """Extranet → internet: the declaration does not stand, and why (A13.2)."""

    kind: ClassVar[str] = "project.returned.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    reason: Text
    returned_at: datetime


class BlockerTold(Part):
    """What must be concluded before: any one of `item_codes`."""

    item_codes: tuple[Code, ...] = Field(max_length=50)
    relation: Code
    reason: Text


class DueItemTold(Part):
    """One item the project must obtain."""

    item_code: Code
    item_name: Name
    org_unit: Code
    org_unit_name: Name
    guide_version: Code
    tier: Number
    position: Number
    why: Words
    blockers: tuple[BlockerTold, ...] = Field(max_length=50)


class DueItemsTold(ProjectMessage):
    """Extranet → internet: which items the project must obtain, from whom, in which order, and why (A14.1c)."""

    kind: ClassVar[str] = "due_items.told.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    items: tuple[DueItemTold, ...] = Field(max_length=200)
    told_at: datetime


class DueChangeTold(Part):
    """One item that became due, or is due no longer, and why."""

    item_code: Code
    item_name: Name
    is_added: bool
    reason: Text


class DueItemsChanged(ProjectMessage):
    """Extranet → internet: the list of due items as it stands now, what changed in it, and who decided (A14.1c)."""

    kind: ClassVar[str] = "due_items.changed.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    state: Code
    items: tuple[DueItemTold, ...] = Field(max_length=200)
    changes: tuple[DueChangeTold, ...] = Field(max_length=200)
    decided_by: Name
    at: datetime


class ProvedTold(Part):
    """One item of a frozen list as it was concluded; `digest` is the SHA-256 of its approval document."""

    item_code: Code
    item: Name
    department: Code
    result: Name
    document_number: Name
    concluded_on: date
    digest: Digest


class DroppedTold(Part):
    """One item that was taken off a list before it was frozen, and why."""

    item_code: Code
    item: Name
    department: Code
    reason: Text


class DueListFrozen(ProjectMessage):
    """Extranet → internet: the list of due items against which completion is proved, with its own digest (A14.5)."""

    kind: ClassVar[str] = "due_list.frozen.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    number: Number
    items: tuple[ProvedTold, ...] = Field(max_length=200)
    dropped: tuple[DroppedTold, ...] = Field(max_length=200)
    digest: Digest
    frozen_at: datetime


class ProjectConcluded(ProjectMessage):
    """Extranet → internet: every due item is concluded; the 办结通知书 travels in `notice.issued` (A14.5)."""

    kind: ClassVar[str] = "project.concluded.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    state: Code
    concluded_at: datetime
