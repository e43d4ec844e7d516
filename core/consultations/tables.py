"""Consultations and letters of enquiry: the letter, its materials, its addressees' replies (extranet, A14.4b)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from core.database import ExtranetTable, Versioned


class Consultation(Versioned, ExtranetTable, table=True):
    """What one unit asks others about a case, or about a project as a whole (`case_id` None)."""

    __tablename__ = "consultation"
    __table_args__ = (
        sa.Index("ix_consultation_case", "case_id"),
        sa.Index("ix_consultation_project", "project_code"),
        sa.Index("ix_consultation_org_unit", "org_unit", "state", "id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=20)
    case_id: int | None = Field(default=None, foreign_key="case.id")
    application_id: str = Field(default="", max_length=36)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    item_code: str = Field(default="", max_length=20)
    item_name: str = Field(default="", max_length=100)
    org_unit: str = Field(max_length=40)
    subject: str = Field(max_length=100)
    question: str = Field(max_length=4000)
    state: str = Field(default="drafted", max_length=20)
    opened_by: str = Field(max_length=36)
    opener_name: str = Field(max_length=50)
    opened_at: datetime
    sent_at: datetime | None = None
    closed_at: datetime | None = None
    conclusion: str = Field(default="", max_length=4000)
    case_has_ended: bool = False

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code): what happens to it stands in the trace of its case, else of its project."""
        return trace_name(self.application_id, self.project_code)


class ConsultationMaterial(ExtranetTable, table=True):
    """A material of the case that goes along with the question, as it was when it was chosen."""

    __tablename__ = "consultation_material"
    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    name: str = Field(max_length=200)
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    digest: str = Field(max_length=64)
    size: int


class ConsultationReply(Versioned, ExtranetTable, table=True):
    """One addressee: why it is asked, until when, and its answer as it stands; the clock counts working days."""

    __tablename__ = "consultation_reply"
    __table_args__ = (
        sa.UniqueConstraint("consultation_id", "org_unit"),
        sa.Index("ix_consultation_reply_org_unit", "org_unit", "state", "due_on", "id"),
        # what the sweep of lights looks at: awaited replies whose next light is not written down yet
        sa.Index(
            "ix_consultation_reply_warn",
            "warn_on",
            sqlite_where=sa.text("lit = 0 AND stopped_on IS NULL"),
            postgresql_where=sa.text("lit = 0 AND stopped_on IS NULL"),
        ),
        sa.Index(
            "ix_consultation_reply_red",
            "red_on",
            sqlite_where=sa.text("lit = 1 AND stopped_on IS NULL"),
            postgresql_where=sa.text("lit = 1 AND stopped_on IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id")
    application_id: str = Field(default="", max_length=36)
    project_code: str = Field(max_length=24)
    org_unit: str = Field(max_length=40)
    why: str = Field(default="", max_length=1000)
    state: str = Field(default="chosen", max_length=20)
    limit_days: int
    started_on: date | None = None
    stopped_on: date | None = None
    due_on: date | None = None
    warn_on: date | None = None
    red_on: date | None = None
    # which of its lights are written down: 0 none, 1 yellow, 2 red too
    lit: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    opinion: str = Field(default="", max_length=30)
    statement: str = Field(default="", max_length=4000)
    answerer_name: str = Field(default="", max_length=50)
    answered_at: datetime | None = None
    reminders: int = 0
    reminded_at: datetime | None = None
    asked_again: str = Field(default="", max_length=1000)
    disposition: str = Field(default="", max_length=2000)

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code): as its consultation's."""
        return trace_name(self.application_id, self.project_code)


class ConsultationAnswer(ExtranetTable, table=True):
    """An answer as it was given: asked again, the earlier ones stay, with the light each of them earned."""

    __tablename__ = "consultation_answer"
    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="consultation_reply.id", index=True)
    opinion: str = Field(max_length=30)
    statement: str = Field(max_length=4000)
    officer_id: str = Field(max_length=36)
    officer_name: str = Field(max_length=50)
    answered_at: datetime
    was_late: bool


def trace_name(application_id: str, project_code: str) -> tuple[str, str, str]:
    """Where the trace of a consultation stands: with its case where it has one (A4.4)."""
    return ("case", application_id, project_code) if application_id else ("project", project_code, project_code)


class ReplyLight(ExtranetTable, table=True):
    """A yellow or red that an addressee's reply earned, for good, also if it is asked anew since (A14.4b, A14.4d)."""

    __tablename__ = "reply_light"
    __table_args__ = (sa.Index("uq_reply_light_earned", "reply_id", "started_on", "light", unique=True),)
    id: int | None = Field(default=None, primary_key=True)
    reply_id: int = Field(foreign_key="consultation_reply.id", index=True)
    project_code: str = Field(max_length=24)
    org_unit: str = Field(max_length=40, index=True)
    started_on: date
    light: str = Field(max_length=10)
    earned_on: date
    recorded_at: datetime
