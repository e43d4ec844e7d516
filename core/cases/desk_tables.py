"""What an officer's desk keeps: internal notes, letters to and from the unit, saved views.

Notes live in the extranet alone, in a table of their own that no message is made from.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from core.database import ExtranetTable, PublicTable

LONGEST = 2000
"""Characters of a note or letter."""


class CaseNote(ExtranetTable, table=True):
    """An internal note (内部备注) on a case: for the officers of its unit, never for the project unit."""

    __tablename__ = "case_note"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    at: datetime
    officer_id: str = Field(max_length=36)
    officer_name: str = Field(max_length=50)
    words: str = Field(max_length=LONGEST)


class CaseLetter(ExtranetTable, table=True):
    """One message of the thread between department and unit; `read_at` is when the department read the unit's."""

    __tablename__ = "case_letter"
    id: str = Field(primary_key=True, max_length=36)
    case_id: int = Field(foreign_key="case.id", index=True)
    at: datetime
    is_from_unit: bool
    writer_name: str = Field(max_length=100)
    words: str = Field(max_length=LONGEST)
    read_at: datetime | None = None


class SavedView(ExtranetTable, table=True):
    """Filters of the inbox under a name, an officer's own; `query` is the part of the address behind the mark."""

    __tablename__ = "saved_view"
    __table_args__ = (sa.UniqueConstraint("officer_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    officer_id: str = Field(foreign_key="officer.id", max_length=36)
    name: str = Field(max_length=30)
    query: str = Field(max_length=500)


class ApplicationLetter(PublicTable, table=True):
    """The thread as the project unit reads it; `read_at` is when the unit read the department's message."""

    __tablename__ = "application_letter"
    id: str = Field(primary_key=True, max_length=36)
    application_id: str = Field(foreign_key="application.id", max_length=36, index=True)
    at: datetime
    is_from_unit: bool
    writer_name: str = Field(max_length=100)
    words: str = Field(max_length=LONGEST)
    message_id: str = Field(default="", max_length=36)
    read_at: datetime | None = None
