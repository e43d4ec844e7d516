"""One move of a case: the state table, the guards' facts and the trace in one call (A4.4). Extranet."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from core.cases.facts import facts_of
from core.cases.tables import Case
from core.clocks import business_date
from core.domain.case_states import CASE, CaseFacts
from core.domain.machine import Move
from core.domain.policy import Actor, Role
from core.trace import step


def held_by(by: Actor, case: Case) -> frozenset[Role]:
    """The roles an actor holds on a case: their own kind, and their grants at its organisational unit."""
    return frozenset({by.role}) | by.roles_at(case.org_unit)


def move_case(
    session: Session,
    case: Case,
    event: str,
    *,
    by: Actor,
    at: datetime,
    seen: int | None = None,
    reason: str = "",
    ground: str = "",
    facts: CaseFacts | None = None,
    change: Mapping[str, Sequence[object]] | None = None,
) -> Move:
    """Take `event` on a case; refuses, or raises Conflict, exactly as `core.trace.step` does.

    A substitute acts with the absent officer's role, and the trace names both.
    """
    known = facts or facts_of(session, case, by=by, on=business_date(at))
    return step(
        session,
        CASE,
        case,
        event,
        replace(known, ground=ground),
        by=named(by, case, event),
        held=held_by(by, case),
        at=at,
        seen=seen,
        reason=reason,
        change=change,
    )


def move_case_for_project(session: Session, case: Case, event: str, *, by: Actor, at: datetime, reason: str) -> Move:
    """Take `event` on a case because of what was decided on its project (A12.2, A14.1e).

    The platform carries out what the coordinator decided, and the trace names who that was; nobody else may.
    """
    coordinates = by.role is Role.PLATFORM or Role.COORDINATOR in by.roles
    held = frozenset({by.role, Role.PLATFORM}) if coordinates else frozenset({by.role})
    facts = facts_of(session, case, by=by, on=business_date(at))
    return step(session, CASE, case, event, facts, by=by, held=held, at=at, reason=reason)


def named(by: Actor, case: Case, event: str) -> Actor:
    """The actor as the trace names them for this event: a substitute as 李文静（代王敏）."""
    move = next((one for one in CASE.moves if (one.source, one.event) == (case.state, event)), None)
    return by.acting_as(move.by, case.org_unit) if move else by


def open_moves(session: Session, case: Case, actor: Actor, *, at: datetime) -> tuple[tuple[Move, str], ...]:
    """What this actor could do with the case now, each with why not yet (empty when it can be done)."""
    facts = facts_of(session, case, by=actor, on=business_date(at))
    return tuple(
        (move, (move.guard(facts) or "") if move.guard else "")
        for move in CASE.open_to(case.state, held_by(actor, case))
    )
