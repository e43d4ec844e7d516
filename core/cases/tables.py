"""Cases and what hangs on them (extranet): materials, decisions, notices; and the unit's view of them (internet)."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from core.database import ExtranetTable, JSONDoc, PublicTable, Versioned
from core.uuids import uuid7

_OPEN = sa.text("concluded_at IS NULL")
_AMENDED = sa.text("amendment <> ''")


class Case(Versioned, ExtranetTable, table=True):
    """One item for one project at one organisational unit, from application to conclusion (A14.2–A14.5)."""

    __tablename__ = "case"
    __table_args__ = (
        # the inbox: the unit's open cases, soonest due first
        sa.Index("ix_case_inbox", "org_unit", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        # what has ended: counted by state, listed by the day it ended
        sa.Index("ix_case_ended", "org_unit", "state", "concluded_at", "id"),
        # the inbox's choice of items
        sa.Index("ix_case_items", "org_unit", "item_code", "item_name"),
        sa.Index("ix_case_project", "project_code", "item_code"),
        # what has ended and waits for a correction or revocation to be signed
        sa.Index("ix_case_amended", "org_unit", "id", sqlite_where=_AMENDED, postgresql_where=_AMENDED),
        # what lies with one officer: counted, listed, handed over
        sa.Index("ix_case_assigned", "assigned_to", "due_on", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index("ix_case_acceptance", "acceptance_due_on", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
    id: int | None = Field(default=None, primary_key=True)
    application_id: str = Field(unique=True, max_length=36)
    number: str = Field(unique=True, max_length=40)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    item_code: str = Field(max_length=20)
    item_name: str = Field(max_length=100)
    item_kind: str = Field(max_length=20)
    org_unit: str = Field(max_length=40)
    guide_version: str = Field(max_length=30)
    state: str = Field(default="submitted", max_length=24)
    applied_at: datetime
    received_on: date
    code_verified_at: datetime | None = None
    preliminary_passed_at: datetime | None = None
    accepted_at: datetime | None = None
    accepted_on: date | None = None
    is_deemed: bool = False
    proposed_at: datetime | None = None
    concluded_at: datetime | None = None
    outcome: str = Field(default="", max_length=30)
    end_reason: str = Field(default="", max_length=4000)
    supplements: int = 0
    reviews_left: int = Field(default=0, sa_column_kwargs={"server_default": sa.text("0")})
    handler_id: str = Field(default="", max_length=36)
    handler_name: str = Field(default="", max_length=50)
    # the officer of the unit with whom it lies (分办), empty while with nobody; messages of the unit nobody read yet
    assigned_to: str = Field(default="", max_length=36, sa_column_kwargs={"server_default": sa.text("''")})
    assigned_name: str = Field(default="", max_length=50, sa_column_kwargs={"server_default": sa.text("''")})
    unread: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    # how the clock that matters now stands, kept for lists: due and warning dates of that clock
    due_on: date | None = None
    warn_on: date | None = None
    red_on: date | None = None
    is_paused: bool = False
    acceptance_due_on: date | None = None
    # what else decides on whom it waits for: the kind of a proposed correction or revocation, the last day for the
    # answer to the request to supplement, the day on which the pause is expected to end
    amendment: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": sa.text("''")})
    answer_by: date | None = None
    paused_until: date | None = None

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("case", self.application_id, self.project_code)


class CaseMaterial(ExtranetTable, table=True):
    """A material as handed in for a case; earlier versions stay (A14.1d)."""

    __tablename__ = "case_material"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    material_code: str = Field(max_length=40)
    name: str = Field(max_length=200)
    file_name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    digest: str = Field(max_length=64)
    size: int
    handed_in_at: datetime
    is_current: bool = True
    supplement_id: int | None = None
    """The request to supplement that this file answers; None for what came with the application."""


class Supplement(ExtranetTable, table=True):
    """The one request to supplement: every material concerned, what is wrong and how to cure it (A14.3)."""

    __tablename__ = "supplement"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    requested_at: datetime
    requested_by: str = Field(max_length=50)
    items: list[dict[str, Any]] = Field(sa_type=JSONDoc)
    answer_by: date | None = None
    """The last day for the answer as the department set it; no law sets one, so it may be None."""
    answered_at: datetime | None = None


class Decision(Versioned, ExtranetTable, table=True):
    """A proposed, then signed-off decision with its approval document (A14.4a)."""

    __tablename__ = "decision"
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    outcome: str = Field(max_length=30)
    document_number: str = Field(max_length=100, index=True)
    number_key: str = Field(default="", max_length=200, index=True, sa_column_kwargs={"server_default": sa.text("''")})
    """The number as it is compared with others, however it is spelled (`core.domain.document_numbers`)."""
    document_title: str = Field(max_length=300)
    document_on: date
    opinion: str = Field(default="", max_length=4000)
    conditions: str = Field(default="", max_length=4000)
    reasons: str = Field(default="", max_length=4000)
    scan_digest: str = Field(max_length=64)
    scan_size: int
    scan_name: str = Field(max_length=200)
    proposed_by: str = Field(max_length=36)
    proposer_name: str = Field(max_length=50)
    proposed_at: datetime
    approved_by: str = Field(default="", max_length=36)
    approver_name: str = Field(default="", max_length=50)
    approved_at: datetime | None = None
    state: str = Field(default="proposed", max_length=20)
    kind: str = Field(default="decision", max_length=20, sa_column_kwargs={"server_default": sa.text("'decision'")})
    amends_id: int | None = None
    """Of a correction or revocation: the decision it corrects or revokes; None where a filing is revoked."""


class SignOff(ExtranetTable, table=True):
    """What one level said of a proposal: agreed or returned, with its comment (A14.4a). Never changed."""

    __tablename__ = "sign_off"
    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", index=True)
    level: int
    officer_id: str = Field(max_length=36)
    officer_name: str = Field(max_length=50)
    verdict: str = Field(max_length=20)
    comment: str = Field(default="", max_length=4000)
    at: datetime


class CaseTransfer(ExtranetTable, table=True):
    """A case passed on to another organisational unit; its sender keeps this trace of it (A14.2)."""

    __tablename__ = "case_transfer"
    __table_args__ = (sa.Index("ix_case_transfer_from", "from_unit", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    from_unit: str = Field(max_length=40)
    to_unit: str = Field(max_length=40)
    reason: str = Field(max_length=1000)
    officer_name: str = Field(max_length=50)
    at: datetime


class LateRecord(ExtranetTable, table=True):
    """An act on a case that was recorded later than it happened; never changed (A15.2).

    `act` is a key of `core.domain.recording.ACTS`, `lag_days` the working days by which the record came late.
    """

    __tablename__ = "late_record"
    __table_args__ = (sa.Index("ix_late_record_org_unit", "org_unit", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="case.id", index=True)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    org_unit: str = Field(max_length=40)
    act: str = Field(max_length=20)
    happened_on: date
    recorded_at: datetime
    lag_days: int
    officer_name: str = Field(max_length=50)


class Notice(ExtranetTable, table=True):
    """A notice as issued: its bytes are kept by digest and never change (A14.3, A14.5)."""

    __tablename__ = "notice"
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=30)
    number: str = Field(unique=True, max_length=60)
    project_code: str = Field(max_length=24, index=True)
    case_id: int | None = Field(default=None, foreign_key="case.id", index=True)
    org_unit: str = Field(max_length=40)
    issued_at: datetime
    token: str = Field(unique=True, max_length=40)
    check_code: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    size: int
    facts: dict[str, Any] = Field(sa_type=JSONDoc)
    voided_at: datetime | None = None
    voided_by: str = Field(default="", max_length=50, sa_column_kwargs={"server_default": sa.text("''")})
    void_reason: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": sa.text("''")})
    successor_id: int | None = None
    """The notice issued anew in its place; None when none was."""


class Application(Versioned, PublicTable, table=True):
    """The unit's application for one item and what the extranet told of its case (internet zone)."""

    __tablename__ = "application"
    __table_args__ = (sa.Index("ix_application_project", "project_code", "item_code"),)
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    item_code: str = Field(max_length=20)
    item_name: str = Field(max_length=100)
    org_unit: str = Field(max_length=40)
    org_unit_name: str = Field(max_length=100)
    message_id: str = Field(default="", max_length=36)
    applied_at: datetime
    state: str = Field(default="sent", max_length=24)
    case_number: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=4000)
    outcome: str = Field(default="", max_length=30)
    document_number: str = Field(default="", max_length=100)
    document_title: str = Field(default="", max_length=300)
    document_on: date | None = None
    document_digest: str = Field(default="", max_length=64)
    document_size: int = 0
    conditions: str = Field(default="", max_length=4000)
    asked_for: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONDoc)
    asked_at: datetime | None = None
    answer_by: date | None = None
    clock: dict[str, Any] | None = Field(default=None, sa_type=JSONDoc)
    received_on: date | None = None
    preliminary_on: date | None = None
    accepted_on: date | None = None
    proposed_on: date | None = None
    concluded_on: date | None = None
    is_public: bool = True
    withdrawal_sent_at: datetime | None = None
    amendment: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": sa.text("''")})
    amends_number: str = Field(default="", max_length=100, sa_column_kwargs={"server_default": sa.text("''")})

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, project code)."""
        return ("application", self.id, self.project_code)


class ProjectEvent(PublicTable, table=True):
    """One line of a project's timeline in the internet zone; `is_public` lines carry no personal data (A17.2)."""

    __tablename__ = "project_event"
    __table_args__ = (sa.Index("ix_project_event_project", "project_code", "at"),)
    id: str = Field(primary_key=True, max_length=60)
    project_code: str = Field(foreign_key="project.code", max_length=24)
    application_id: str = Field(default="", max_length=36)
    at: datetime
    words: str = Field(max_length=400)
    who: str = Field(default="", max_length=100)
    notice_token: str = Field(default="", max_length=40)
    is_public: bool = True
    wants_action: bool = False


class ReceivedNotice(PublicTable, table=True):
    """A notice as the internet zone received it, opened by its token from the QR code (A13.2)."""

    __tablename__ = "notice"
    token: str = Field(primary_key=True, max_length=40)
    kind: str = Field(max_length=30)
    number: str = Field(max_length=60)
    project_code: str = Field(max_length=24, index=True)
    application_id: str = Field(default="", max_length=36)
    org_unit_name: str = Field(max_length=100)
    issued_at: datetime
    check_code: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    size: int
    voided_at: datetime | None = None
    void_reason: str = Field(default="", max_length=1000, sa_column_kwargs={"server_default": sa.text("''")})
    successor_token: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": sa.text("''")})


class Message(Versioned, PublicTable, table=True):
    """Word sent to a project unit."""

    __tablename__ = "message"
    __table_args__ = (sa.Index("ix_message_credit_code", "credit_code", "at"),)
    id: str = Field(primary_key=True, max_length=60)
    credit_code: str = Field(max_length=18)
    project_code: str = Field(max_length=24)
    at: datetime
    words: str = Field(max_length=1000)
    href: str = Field(default="", max_length=300)
    wants_action: bool = False
    read_at: datetime | None = None
