"""What the zones tell each other of a project: declared, verified or returned, due items, approved."""

from datetime import date, datetime
from typing import Any, ClassVar

from core.exchange.message import Direction, Message
from core.guides.messages import Part


class ProjectMessage(Message):
    """What every message about a project bears: its code, by which they are kept in order."""

    project_code: str

    def subject(self) -> str:
        """Kept in order per project."""
        return self.project_code


class ProjectDeclared(ProjectMessage):
    """Internet → extranet: a project was declared and bears its code (A14.1b)."""

    kind: ClassVar[str] = "project.declared.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    credit_code: str
    unit_name: str
    facts: dict[str, Any]
    declared_at: datetime


class ProjectVerified(ProjectMessage):
    """Extranet → internet: form, facts and uniqueness of the code were checked (A13.2)."""

    kind: ClassVar[str] = "project.verified.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    verified_at: datetime


class ProjectReturned(ProjectMessage):
    """Extranet → internet: the declaration does not stand, and why (A13.2)."""

    kind: ClassVar[str] = "project.returned.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    reason: str
    returned_at: datetime


class BlockerTold(Part):
    """What must be concluded before: any one of `item_codes`."""

    item_codes: tuple[str, ...]
    relation: str
    reason: str


class DueItemTold(Part):
    """One item the project must obtain."""

    item_code: str
    item_name: str
    org_unit: str
    org_unit_name: str
    guide_version: str
    tier: int
    position: int
    why: str
    blockers: tuple[BlockerTold, ...]


class DueItemsTold(ProjectMessage):
    """Extranet → internet: which items the project must obtain, from whom, in which order, and why (A14.1c)."""

    kind: ClassVar[str] = "due_items.told.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    items: tuple[DueItemTold, ...]
    told_at: datetime


class DueChangeTold(Part):
    """One item that became due, or is due no longer, and why."""

    item_code: str
    item_name: str
    is_added: bool
    reason: str


class DueItemsChanged(ProjectMessage):
    """Extranet → internet: the list of due items as it stands now, what changed in it, and who decided (A14.1c)."""

    kind: ClassVar[str] = "due_items.changed.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    state: str
    items: tuple[DueItemTold, ...]
    changes: tuple[DueChangeTold, ...]
    decided_by: str
    at: datetime


class ProvedTold(Part):
    """One item of a frozen list as it was concluded; `digest` is the SHA-256 of its approval document."""

    item_code: str
    item: str
    department: str
    result: str
    document_number: str
    concluded_on: date
    digest: str


class DroppedTold(Part):
    """One item that was taken off a list before it was frozen, and why."""

    item_code: str
    item: str
    department: str
    reason: str


class DueListFrozen(ProjectMessage):
    """Extranet → internet: the list of due items against which completion is proved, with its own digest (A14.5)."""

    kind: ClassVar[str] = "due_list.frozen.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    number: int
    items: tuple[ProvedTold, ...]
    dropped: tuple[DroppedTold, ...]
    digest: str
    frozen_at: datetime


class ProjectConcluded(ProjectMessage):
    """Extranet → internet: every due item is concluded; the 办结通知书 travels in `notice.issued` (A14.5)."""

    kind: ClassVar[str] = "project.concluded.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    state: str
    concluded_at: datetime
