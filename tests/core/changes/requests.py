"""Change requests as tests make them: the unit begins, alters and submits, the coordinator decides, both are told."""

from datetime import date
from typing import Any

from sqlmodel import col, select

from core.cases.tables import Case
from core.changes import deciding, requesting
from core.changes.tables import ChangeRequest, ProjectChange
from core.domain.policy import Actor
from core.projects.tables import DeclaredProject, Project
from tests.world import World, make_officer

COORDINATOR = make_officer(("coordinator", "220184-drc"), name="郑立新")
ALTERED = {"planned_completion": ["2029-06"], "total_investment": ["900.00"], "fund_own_funds": ["900.00"]}


def ask(
    world: World, code: str, kind: str, *, reason: str = "市场变化，需要调整", carried: bool = True,
    expected_on: date | None = None, **typed: Any,
) -> str:  # fmt: skip
    """The unit asks for something; the id of its request. `typed` are answers that differ."""
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, code)
        request = requesting.begin(session, project, kind, by=world.unit, at=world.now)
        if typed:
            given = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
            requesting.save_step(session, request, given, step="scale", by=world.unit, at=world.now)
        change_id = request.id
    send(world, change_id, reason=reason, carried=carried, expected_on=expected_on)
    return change_id


def send(
    world: World, change_id: str, *, reason: str = "市场变化，需要调整", carried: bool = True, **given: Any
) -> None:
    """The unit submits a request it began."""
    with world.public.writing() as session:
        request = session.get_one(ChangeRequest, change_id)
        project = session.get_one(DeclaredProject, request.project_code)
        values = {"kind": request.kind, "expected_on": None} | given
        requesting.submit(session, request, project, reason=reason, by=world.unit, at=world.now, **values)
    if carried:
        world.pump()


def withdraw(world: World, change_id: str, *, carried: bool = True) -> None:
    """The unit takes its request back."""
    with world.public.writing() as session:
        request = session.get_one(ChangeRequest, change_id)
        project = session.get_one(DeclaredProject, request.project_code)
        requesting.withdraw(session, request, project, by=world.unit, at=world.now)
    if carried:
        world.pump()


def decide(
    world: World, change_id: str, stage: Any, *, by: Actor = COORDINATOR, carried: bool = True, **given: Any
) -> Any:
    """The coordinator takes one stage of a request."""
    with world.extranet.writing() as session:
        found = stage(session, session.get_one(ProjectChange, change_id), by=by, at=world.now, **given)
    if carried:
        world.pump()
    return found


def grant(world: World, change_id: str, **given: Any) -> None:
    decide(world, change_id, deciding.grant, **given)


def fates(world: World, code: str, fate: str = "void", **other: str) -> dict[str, str]:
    """The same fate for every open case of a project, or another by item code; what was granted stays unless told."""
    with world.extranet.reading() as session:
        found = session.exec(select(Case).where(col(Case.project_code) == code)).all()
    return {
        case.application_id: other.get(case.item_code.replace("-", "_"), "leave" if case.concluded_at else fate)
        for case in found
    }


def states(world: World, code: str, change_id: str) -> tuple[str, str, str, str]:
    """Request and project in the internet zone, then in the extranet."""
    with world.public.reading() as outside, world.extranet.reading() as inside:
        seen = inside.get(ProjectChange, change_id)
        return (
            outside.get_one(ChangeRequest, change_id).state,
            outside.get_one(DeclaredProject, code).state,
            seen.state if seen else "",
            inside.get_one(Project, code).state,
        )
