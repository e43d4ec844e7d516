"""A project begun before the platform gets its code, in the zone that owns the series (A11.1, A12.1). Internet.

What its unit has yet to complete is asked here too: an officer's entry holds less than a declaration.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from core.accounts.registering import name_unit
from core.clocks import business_date
from core.domain.changes import answers_of
from core.domain.declaration import read_answers
from core.domain.legacy_projects import EARLIEST_START
from core.domain.policy import PLATFORM
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.codes import issue_code
from core.projects.legacy_messages import CodeIssued, CodeRequested
from core.projects.rules import field_specs, industries
from core.projects.tables import DeclaredProject
from core.trace import record


@applies(CodeRequested)
def issue_for_legacy(session: Session, told: CodeRequested, envelope: Envelope) -> None:
    """Issue the code and hold the project under it; an entry that has a code already gets no second one (A12.1).

    Refuses when the series has no number left; the officer is told.
    """
    del envelope
    if is_held(session, told.request_id):
        return
    facts, at = told.facts, told.requested_at
    code = issue_code(
        session,
        year=business_date(at).year,
        region=str(facts["region_code"]),
        industry=str(facts["industry_division"]),
        project_type=str(facts["project_type"]),
    )
    issued = CodeIssued(
        project_code=str(code), request_id=told.request_id, credit_code=told.credit_code, unit_name=told.unit_name,
        facts=facts, issued_at=at,
    )  # fmt: skip
    hold_legacy(session, issued, message_id=send(session, issued, at=at))
    record(
        session, "project.issue_legacy", "project", str(code), "存量项目补录，取得项目代码",
        by=PLATFORM, at=at, project_code=str(code),
    )  # fmt: skip


def is_held(session: Session, request_id: str) -> bool:
    """Whether an entry has its code already."""
    found = select(DeclaredProject.code).where(col(DeclaredProject.legacy_request_id) == request_id)
    return session.exec(found).first() is not None


def hold_legacy(session: Session, issued: CodeIssued, *, message_id: str) -> None:
    """Keep a legacy project for its unit, which need not be registered yet (A12.1)."""
    facts = issued.facts
    name_unit(session, issued.credit_code, issued.unit_name, at=issued.issued_at)
    session.add(
        DeclaredProject(
            code=issued.project_code,
            credit_code=issued.credit_code,
            unit_name=issued.unit_name,
            name=str(facts["project_name"])[:200],
            project_type=str(facts["project_type"]),
            region_code=str(facts["region_code"]),
            industry=str(facts["industry_division"]),
            facts=dict(facts),
            message_id=message_id,
            legacy_request_id=issued.request_id,
            declared_at=issued.issued_at,
        )
    )
    session.flush()


def unanswered(session: Session, project: DeclaredProject, *, now: datetime) -> tuple[str, ...]:
    """The fields that a declaration would have to hold and this one doesn't, in page order (A12.1, A14.1b)."""
    specs = field_specs()
    read = read_answers(
        specs,
        answers_of(specs, project.facts),
        today=business_date(now),
        regions=organisations(session).regions,
        industries=industries(),
        earliest_start=EARLIEST_START,
    )
    return tuple(field for field in read.errors if field not in project.facts)
