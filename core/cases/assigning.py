"""With which officer of the unit a case lies: assign, take, hand over (分办、领取、移交). Extranet.

It steers the work and gives no right: who may act on a case follows from the roles alone (A9.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts.tables import Officer, OfficerGrant
from core.cases.tables import Case
from core.clocks import business_date
from core.database import bump
from core.domain.assignment import Holding, part_is_over, why_not_give, why_not_take
from core.domain.case_states import OPEN_STATES
from core.domain.policy import CASE_ROLES, Actor, Role
from core.errors import Conflict, RuleRefusal
from core.trace import record


@dataclass(frozen=True)
class Colleague:
    """An officer who works on the cases of a unit, with their roles there."""

    id: str
    name: str
    roles: frozenset[Role]


def colleagues(session: Session, org_unit: str, *, on: date) -> Sequence[Colleague]:
    """Everybody with a role on the cases of a unit on a day, by name; substitutes for others not counted."""
    rows = session.exec(
        select(Officer.id, Officer.name, OfficerGrant.role)
        .join(OfficerGrant, col(OfficerGrant.officer_id) == col(Officer.id))
        .where(
            col(OfficerGrant.org_unit) == org_unit,
            col(OfficerGrant.role).in_([str(role) for role in CASE_ROLES]),
            col(OfficerGrant.on_behalf_of) == "",
            col(OfficerGrant.valid_from) <= on,
            sa.or_(col(OfficerGrant.valid_to).is_(None), col(OfficerGrant.valid_to) >= on),
            col(Officer.is_active),
        )
        .order_by(col(Officer.name), col(Officer.id))
    ).all()
    names = {identity: name for identity, name, _ in rows}
    return [
        Colleague(identity, name, frozenset(Role(role) for found, _, role in rows if found == identity))
        for identity, name in names.items()
    ]


def take(session: Session, case: Case, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Take a case that lies with nobody who has a part in it; of two at once one has it, the other is told (A4.4)."""
    if case.assigned_to and seen is not None and seen != case.version:
        raise Conflict(f"{case.assigned_name}已先领取这件")
    if words := why_not_take(holding(session, case, on=business_date(at))):
        raise RuleRefusal(words)
    before = f"，原由{case.assigned_name}经办" if case.assigned_to else ""
    _give(session, case, by.id, by.name, "case.take", f"领取：由{by.name}经办{before}", by=by, at=at, seen=seen)


def assign(
    session: Session, case: Case, *, to: str, reason: str = "", by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Give a case to an officer of its unit; what lies with someone else is handed over, with a reason."""
    found = {one.id: one for one in colleagues(session, case.org_unit, on=business_date(at))}
    officer = found.get(to)
    roles = officer.roles if officer else frozenset()
    held = holding(session, case, on=business_date(at))
    field, words = why_not_give(held, by, to=to, to_roles=roles, reason=reason.strip())
    if words or officer is None:
        raise RuleRefusal(words, field=field)
    told = f"移交：由{case.assigned_name}转{officer.name}经办" if case.assigned_to else f"分办：由{officer.name}经办"
    event = "case.hand_over" if case.assigned_to else "case.assign"
    _give(session, case, officer.id, officer.name, event, told, by=by, at=at, seen=seen, reason=reason.strip())


def lying_with(session: Session, officer_id: str) -> Sequence[Case]:
    """The open cases that lie with an officer, soonest due first."""
    return session.exec(
        select(Case)
        .where(col(Case.assigned_to) == officer_id, col(Case.concluded_at).is_(None))
        .order_by(col(Case.due_on).is_(None), col(Case.due_on), col(Case.id))
    ).all()


def holding(session: Session, case: Case, *, on: date) -> Holding:
    """With whom a case lies, and whether that officer still has a part in it on a day."""
    is_over = part_is_over(case.state, _roles_at(session, case.assigned_to, case.org_unit, on))
    return Holding(case.org_unit, case.assigned_to, case.assigned_name, case.state in OPEN_STATES, is_over)


def _roles_at(session: Session, officer_id: str, org_unit: str, on: date) -> frozenset[Role]:
    """What an officer may do at a unit on a day, in their own right or for another; nothing once they left."""
    if not officer_id:
        return frozenset()
    found = (
        select(OfficerGrant.role)
        .join(Officer, col(Officer.id) == col(OfficerGrant.officer_id))
        .where(
            col(OfficerGrant.officer_id) == officer_id,
            col(OfficerGrant.org_unit) == org_unit,
            col(OfficerGrant.valid_from) <= on,
            sa.or_(col(OfficerGrant.valid_to).is_(None), col(OfficerGrant.valid_to) >= on),
            col(Officer.is_active),
        )
    )
    return frozenset(Role(role) for role in session.exec(found).all())


def _give(
    session: Session, case: Case, officer_id: str, name: str, event: str, words: str, *, by: Actor, at: datetime,
    seen: int | None, reason: str = "",
) -> None:  # fmt: skip
    bump(session, case, seen=seen)
    change = {"assigned_to": [case.assigned_name, name]}
    case.assigned_to, case.assigned_name = officer_id, name
    session.add(case)
    record(
        session, event, "case", case.application_id, words,
        by=by, at=at, project_code=case.project_code, reason=reason, change=change,
    )  # fmt: skip
