"""The extranet examines what was declared: code, facts, uniqueness; then works out the due items (A13.2, A14.1c)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from core.accounts.tables import KnownEnterprise
from core.clocks import business_date
from core.domain import project_code as codes
from core.domain.policy import PLATFORM, Role
from core.domain.project_states import PROJECT, ProjectState
from core.errors import Refusal, RuleRefusal
from core.exchange.message import Envelope, applies, mends
from core.exchange.outbox import send
from core.projects.due_list import tell_due_items
from core.projects.examining import refuse_malformed
from core.projects.legacy import map_declared
from core.projects.messages import DueItemsTold, DueItemTold, ProjectDeclared, ProjectReturned, ProjectVerified
from core.projects.tables import Declaration, DeclaredProject, Project, ToldDueItem
from core.search import put
from core.trace import record, step


@applies(ProjectDeclared)
def examine(session: Session, told: ProjectDeclared, envelope: Envelope) -> None:
    """Extranet: take in a declaration, verify its code and tell the unit its due items (A13.2, A14.1c).

    Refuses a code that another declaration bears already, an enterprise this zone has never heard of, and facts that no
    form gives (T11).
    """
    del envelope
    if session.get(Project, told.project_code) is not None:
        raise RuleRefusal("这个项目代码已属于另一个项目", article="A11.1")
    if session.get(KnownEnterprise, told.credit_code) is None:
        raise RuleRefusal("申报单位未在本平台注册", article="A14.1a")
    refuse_malformed(session, told.facts, on=business_date(told.declared_at))
    project = take_in(session, told.project_code, told.credit_code, told.unit_name, told.facts, at=told.declared_at)
    record(
        session, "project.receive", "project", project.code, "收到项目申报",
        by=PLATFORM, at=told.declared_at, project_code=project.code,
    )  # fmt: skip
    fault = what_contradicts(told.project_code, told.facts, declared_on=business_date(told.declared_at))
    if fault:
        _move(session, project, "return", at=told.declared_at, reason=fault)
        send(session, ProjectReturned(project_code=project.code, reason=fault, returned_at=told.declared_at),
             at=told.declared_at)  # fmt: skip
        return
    verify(session, project, at=told.declared_at)
    tell_due_items(session, project, told.facts, at=told.declared_at)
    map_declared(session, project.code, told.facts, at=told.declared_at)


def take_in(
    session: Session, code: str, credit_code: str, unit_name: str, facts: Mapping[str, Any], *, at: datetime
) -> Project:
    """Keep a project under its code, with the first version of its declaration; officers find it (A10.1)."""
    project = Project(
        code=code,
        credit_code=credit_code,
        unit_name=unit_name,
        name=str(facts.get("project_name", ""))[:200],
        project_type=str(facts.get("project_type", ""))[:2],
        region_code=code[5:11],
        industry=str(facts.get("industry_division", ""))[:2],
        declared_at=at,
    )
    session.add(project)
    session.flush()
    make_findable(session, project)
    session.add(Declaration(project_code=project.code, number=1, facts=dict(facts), declared_at=at))
    return project


def verify(session: Session, project: Project, *, at: datetime) -> None:
    """The code stands for the facts: say so in both zones (A13.2)."""
    _move(session, project, "verify", at=at)
    project.verified_at = at
    send(session, ProjectVerified(project_code=project.code, verified_at=at), at=at)


def make_findable(session: Session, project: Project) -> None:
    """Let officers find a project by what it is called now, by its unit and its code (A13.2)."""
    put(session, project.code, (project.name, project.unit_name, project.code))


def what_contradicts(code: str, facts: Mapping[str, Any], *, declared_on: date) -> str:
    """Why a code does not stand for these facts, in words; empty when it does (A11.1, A13.2)."""
    try:
        found = codes.parse(code)
    except Refusal as refusal:
        return refusal.words
    for part, says, declared in (
        ("年份", str(found.year), str(declared_on.year)),
        ("地区代码", found.region, str(facts.get("region_code"))),
        ("行业代码", found.industry, str(facts.get("industry_division"))),
        ("项目类型代码", found.project_type, str(facts.get("project_type"))),
    ):
        if says != declared:
            return f"项目代码的{part}是 {says}，与申报信息 {declared} 不符"
    return ""


@applies(ProjectVerified)
def show_verified(session: Session, told: ProjectVerified, envelope: Envelope) -> None:
    """Internet zone: the project's code was verified."""
    del envelope
    project = session.get_one(DeclaredProject, told.project_code)
    project.state = "verified"
    project.verified_at = told.verified_at
    session.add(project)


@applies(ProjectReturned)
def show_returned(session: Session, told: ProjectReturned, envelope: Envelope) -> None:
    """Internet zone: the declaration does not stand, and why."""
    del envelope
    project = session.get_one(DeclaredProject, told.project_code)
    project.state = "returned"
    project.state_reason = told.reason
    session.add(project)


@applies(DueItemsTold)
def show_due_items(session: Session, told: DueItemsTold, envelope: Envelope) -> None:
    """Internet zone: hold the due items as told (A14.1c)."""
    del envelope
    hold_due_items(session, told.project_code, told.items)


@mends(ProjectDeclared)
def show_refused(session: Session, told: ProjectDeclared, envelope: Envelope, reason: str) -> None:
    """Internet zone: the extranet would not take the declaration in at all, and why; it is to be made anew."""
    del envelope
    project = session.get_one(DeclaredProject, told.project_code)
    if project.state == ProjectState.DECLARED:
        project.state, project.state_reason = ProjectState.RETURNED, reason[:1000]
        project.version += 1
        session.add(project)


def hold_due_items(session: Session, project_code: str, items: Sequence[DueItemTold]) -> None:
    """Internet zone: this is the project's list now, whole."""
    for row in session.exec(select(ToldDueItem).where(col(ToldDueItem.project_code) == project_code)).all():
        session.delete(row)
    session.flush()
    for item in items:
        session.add(
            ToldDueItem(
                project_code=project_code,
                **item.model_dump(exclude={"blockers"}),
                blockers=[one.model_dump(mode="json") for one in item.blockers],
            )
        )


def _move(session: Session, project: Project, event: str, *, at: datetime, reason: str = "") -> None:
    step(session, PROJECT, project, event, by=PLATFORM, held=frozenset({Role.PLATFORM}), at=at, reason=reason)
