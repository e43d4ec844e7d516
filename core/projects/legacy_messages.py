"""What the extranet tells of the codes by which a project is found besides its own (A12.1)."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from core.domain.legacy_codes import MOST_OF_PROJECT
from core.exchange.fields import Code, Name, Readers
from core.exchange.message import Direction
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
