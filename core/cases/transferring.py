"""Passing a case to the competent unit (转办): where it belongs by remit, and what each side is told (A5.1, A14.2).

The clocks run on: the unit's application arrived once, whoever reads it. Extranet; the applier is the internet zone's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases import clocks as case_clocks
from core.cases.facts import guide_of
from core.cases.messages import CaseTransferred
from core.cases.moves import move_case
from core.cases.project_queries import declared_facts
from core.cases.queries import own_units
from core.cases.tables import Application, Case, CaseTransfer, Message, ProjectEvent
from core.clocks import business_date
from core.consultations.asking import lapse_open
from core.database import bump, table_of
from core.domain.policy import Actor
from core.domain.remit import region_of
from core.errors import FormRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.due_rows import competent_unit
from core.projects.tables import DeclaredProject, DueItem, Project, ToldDueItem

_C, _P, _T = table_of(Case), table_of(Project), table_of(CaseTransfer)


@dataclass(frozen=True)
class Target:
    """An organisational unit a case may be passed to; `is_competent`: by remit it belongs there."""

    code: str
    name: str
    is_competent: bool


@dataclass(frozen=True)
class SentOn:
    """What the sending unit keeps of a case it passed on."""

    at: datetime
    project_code: str
    project_name: str
    item_name: str
    to_name: str
    reason: str
    officer_name: str
    state: str


def targets(session: Session, case: Case, *, on: date) -> tuple[Target, ...]:
    """Where a case may be passed to: the unit competent by remit first, then those its item or region suggests.

    They are the item's department along the project's regions, and the other departments of the case's own region.
    """
    tree, guide = organisations(session), guide_of(session, case)
    project = session.get_one(Project, case.project_code)
    competent = competent_unit(tree, guide, declared_facts(session, case.project_code), on=on)
    line = tree.above.get(project.region_code, frozenset()) | tree.below.get(project.region_code, frozenset())
    own_region = region_of(case.org_unit)
    same = [one for one in tree.org_units.values() if one.department == guide.department and one.region_code in line]
    beside = [one for one in tree.org_units.values() if one.region_code == own_region]
    found = {one.code: Target(one.code, one.name, one.code == competent) for one in (*same, *beside)}
    found.pop(case.org_unit, None)
    return tuple(sorted(found.values(), key=lambda one: not one.is_competent))


def transfer(
    session: Session, case: Case, *, to: str, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Pass the case to another organisational unit; its clocks run on, its assignment ends (A5.1, A14.2).

    Refuses a unit that can't be competent, and a missing reason. The due item goes with its case.
    """
    known = {one.code: one for one in targets(session, case, on=business_date(at))}
    errors = {}
    if to not in known:
        errors["to"] = "请选择接收机构"
    if len(reason.strip()) < 5:
        errors["reason"] = "请写明转办的理由，接收机构和项目单位会看到"
    if errors:
        raise FormRefusal(errors, article="A14.2")
    sender = case.org_unit
    change = {"org_unit": [sender, to]}
    move_case(session, case, "transfer", by=by, at=at, seen=seen, reason=reason.strip(), change=change)
    lapse_open(session, case.id or 0, at=at)
    case.org_unit, case.assigned_to, case.assigned_name = to, "", ""
    session.add(case)
    case_clocks.move(session, case)
    due = session.get(DueItem, (case.project_code, case.item_code))
    if due is not None:
        bump(session, due)
        due.org_unit = to
        session.add(due)
    kept = CaseTransfer(
        case_id=case.id or 0, from_unit=sender, to_unit=to, reason=reason.strip(), officer_name=by.name, at=at
    )
    session.add(kept)
    session.flush()
    told = CaseTransferred(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        item_code=case.item_code,
        org_unit=to,
        org_unit_name=known[to].name,
        from_name=organisations(session).unit_name(sender),
        reason=reason.strip(),
    )
    send(session, told, at=at)


def transfers_of(session: Session, case: Case) -> Sequence[CaseTransfer]:
    """Every time a case was passed on, in order."""
    found = select(CaseTransfer).where(col(CaseTransfer.case_id) == case.id).order_by(col(CaseTransfer.id))
    return session.exec(found).all()


def sent_on(session: Session, actor: Actor, *, limit: int = 100) -> Sequence[SentOn]:
    """The trace that the actor's units keep of the cases they passed on, newest first (A14.2)."""
    tree = organisations(session)
    found = (
        sa.select(
            _T.c.at, _C.c.project_code, _P.c.name, _C.c.item_name, _T.c.to_unit, _T.c.reason, _T.c.officer_name,
            _C.c.state,
        )
        .select_from(_T.join(_C, _C.c.id == _T.c.case_id).join(_P, _P.c.code == _C.c.project_code))
        .where(_T.c.from_unit.in_(own_units(actor)))
        .order_by(_T.c.id.desc())
        .limit(limit)
    )  # fmt: skip
    return [
        SentOn(at, code, name, item, tree.unit_name(to), reason, officer, state)
        for at, code, name, item, to, reason, officer, state in session.connection().execute(found).all()
    ]


@applies(CaseTransferred)
def show_transferred(session: Session, told: CaseTransferred, envelope: Envelope) -> None:
    """Internet zone: another unit handles the application now; its clock runs on."""
    one = session.get_one(Application, told.application_id)
    one.org_unit, one.org_unit_name = told.org_unit, told.org_unit_name
    one.version += 1
    due = session.get(ToldDueItem, (told.project_code, told.item_code))
    if due is not None:
        due.org_unit, due.org_unit_name = told.org_unit, told.org_unit_name
        session.add(due)
    project = session.get_one(DeclaredProject, told.project_code)
    words = f"{one.item_name}：由{told.from_name}转{told.org_unit_name}办理，时限继续计算"
    session.add_all([one, project])
    session.merge(
        ProjectEvent(
            id=envelope.id,
            project_code=project.code,
            application_id=one.id,
            at=told.at,
            words=words,
            who=told.from_name,
            is_public=one.is_public,
        )
    )
    session.merge(
        Message(
            id=envelope.id,
            credit_code=project.credit_code,
            project_code=project.code,
            at=told.at,
            words=f"{words}。理由：{told.reason}"[:1000],
            href=f"/projects/{project.code}/applications/{one.id}",
        )
    )
