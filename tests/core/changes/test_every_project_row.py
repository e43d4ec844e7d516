"""Every row of the project machine through its stage, everyone else who tries, the neighbours it refuses (A14.5)."""

import re
from collections.abc import Callable

import pytest

from core.cases import replanning
from core.changes import deciding
from core.domain.policy import Role
from core.domain.project_states import PROJECT, ProjectFacts, ProjectState
from core.errors import NotAllowed, RuleRefusal
from core.projects.tables import Project
from core.projects.verifying import take_in
from core.trace import entries_of, step
from tests.core.cases.acts import arrive as arrive_application
from tests.core.cases.acts import do, holder
from tests.core.changes.requests import COORDINATOR, ask, decide, fates
from tests.core.projects.test_verifying import FACTS, GOOD
from tests.core.projects.test_verifying import arrive as arrive_declaration
from tests.world import World, apply_for, case_of, declare, make_officer
from tests.world import decide as conclude
from tests.worlds import after, nothing_yet, one_left

S = ProjectState
ROWS = [pytest.param(move, id=f"{move.source}-{move.event}") for move in PROJECT.moves]
ELSEWHERE = make_officer(("coordinator", "220200-drc"), ("supervisor", "220184-drc"))


def declared(world: World) -> None:
    """Taken in, not examined yet: no stage leaves a project there."""
    world.code = GOOD
    with world.extranet.writing() as session:
        take_in(session, GOOD, world.unit.credit_code, world.unit.org_name, FACTS, at=world.now)


def returned(world: World) -> None:
    world.code = "2025-220184-13-03-000001"
    arrive_declaration(world, world.code)


def verified(world: World) -> None:
    world.code = declare(world, "renovation")


@after(one_left)
def approved(world: World) -> None:
    conclude(world, case_of(world, "DRC-06"))


@after(one_left)
def not_approved(world: World) -> None:
    conclude(world, case_of(world, "DRC-06"), outcome="denied")


@after(verified)
def suspended(world: World) -> None:
    request(world, "suspension")


@after(one_left)
def suspended_in_approval(world: World) -> None:
    request(world, "suspension")


@after(approved)
def suspended_approved(world: World) -> None:
    request(world, "suspension")


@after(not_approved)
def suspended_not_approved(world: World) -> None:
    request(world, "suspension")


@after(verified)
def terminated(world: World) -> None:
    request(world, "termination")


@after(verified)
def superseded(world: World) -> None:
    request(world, "major_change", planned_completion="2029-06")


STORIES: dict[str, Callable[[World], None]] = {
    S.DECLARED: declared, S.RETURNED: returned, S.VERIFIED: verified, S.IN_APPROVAL: one_left, S.APPROVED: approved,
    S.NOT_APPROVED: not_approved, S.SUSPENDED: suspended, S.TERMINATED: terminated, S.SUPERSEDED: superseded,
}  # fmt: skip
"""The way of a project into each state."""

BEFORE = {
    "verify": nothing_yet, "return": nothing_yet, "resume_to_in_approval": suspended_in_approval,
    "resume_to_approved": suspended_approved, "resume_to_not_approved": suspended_not_approved,
}  # fmt: skip
"""Events that begin otherwise: a project is examined in the act that takes it in, and resumed to where it was."""


def request(world: World, kind: str, *, by=COORDINATOR, **altered: str) -> None:
    """The unit applies for it, the coordinator grants it."""
    change_id = ask(world, world.code, kind, **altered)
    if kind == "major_change":
        decide(world, change_id, deciding.grant_as_major, fates=fates(world, world.code), by=by)
    else:
        decide(world, change_id, deciding.grant, fates=fates(world, world.code), by=by)


def examined(code: str) -> Callable[..., None]:
    def arrives(world: World) -> None:
        world.code = code
        arrive_declaration(world, code)

    return arrives


def add_item(world: World) -> None:
    with world.extranet.writing() as session:
        project = session.get_one(Project, world.code)
        replanning.add_due_item(session, project, "FOR-01", reason="现场核实占用林地", by=COORDINATOR, at=world.now)


def revoke(world: World) -> None:
    for event in ("propose_revocation", "revoke"):
        do(world, case_of(world, "ECO-02"), event)


def apply_again(world: World) -> None:
    """For what was denied; of an approved project every item is granted, so that only the table itself can be asked."""
    if state(world) == S.APPROVED:
        take(world, "reopen", Role.PROJECT_UNIT, ProjectFacts())
    else:
        arrive_application(world, "DRC-06")


ACTS: dict[str, Callable[..., None]] = {
    "verify": examined(GOOD),
    "return": examined("2025-220184-13-03-000001"),
    "begin_approval": lambda world: apply_for(world, world.code, "IIT-01"),
    "complete": lambda world: conclude(world, case_of(world, "DRC-06")),
    "complete_denied": lambda world: conclude(world, case_of(world, "DRC-06"), outcome="denied"),
    "reopen": lambda world: apply_again(world),
    "extend_list": add_item,
    "reopen_revoked": revoke,
    "suspend": lambda world, **given: request(world, "suspension", **given),
    "terminate": lambda world, **given: request(world, "termination", **given),
    "supersede": lambda world, **given: request(world, "major_change", planned_completion="2029-06", **given),
    **{
        move.event: lambda world, **given: request(world, "resumption", **given)
        for move in PROJECT.moves
        if move.source == S.SUSPENDED and move.event.startswith("resume")
    },
}


@pytest.fixture
def led(worlds):
    """A world in which a story has happened."""
    opened = []

    def lead(story: Callable[[World], None]) -> World:
        opened.append(worlds.copy("sqlite", story))
        return opened[-1].__enter__()

    yield lead
    for one in opened:
        one.__exit__(None, None, None)


def state(world: World) -> str:
    with world.extranet.reading() as session:
        return session.get_one(Project, world.code).state


def take(world: World, event: str, role: Role, facts: ProjectFacts) -> None:
    """Somebody in this role takes a row of the table itself."""
    with world.extranet.writing() as session:
        project, by = session.get_one(Project, world.code), holder(world, role, "220184-drc")
        step(session, PROJECT, project, event, facts, by=by, held=frozenset({role}), at=world.now)


@pytest.mark.parametrize("move", ROWS)
def test_a_row_leads_where_the_table_says_and_leaves_its_trace(led, move):
    world = led(BEFORE.get(move.event, STORIES[move.source]))
    ACTS[move.event](world)
    assert state(world) == move.target
    with world.extranet.reading() as session:
        entry = next(one for one in entries_of(session, "project", world.code) if "state" in (one.change or {}))
    assert (entry.action, entry.words) == (f"project.{move.event}", PROJECT.word(move.event))
    assert entry.change["state"] == [move.source, move.target]
    assert entry.actor_kind == (Role.OFFICER if move.by is Role.COORDINATOR else move.by)


@pytest.mark.parametrize("move", ROWS)
def test_a_row_is_refused_to_everyone_else(led, move):
    world = led(STORIES[move.source])
    for role in Role:
        if role is not move.by:
            with pytest.raises(NotAllowed, match=re.escape(f"{PROJECT.word(move.event)}由其他岗位办理")):
                take(world, move.event, role, ProjectFacts(1, 1, 0, move.target))
    assert state(world) == move.source


@pytest.mark.parametrize("move", [row for row in ROWS if row.values[0].by is Role.COORDINATOR])
def test_what_a_coordinator_decides_is_refused_to_those_of_elsewhere(led, move):
    world = led(BEFORE.get(move.event, STORIES[move.source]))
    with pytest.raises(NotAllowed):
        ACTS[move.event](world, by=ELSEWHERE)
    assert state(world) == move.source


@pytest.mark.parametrize("source", sorted(PROJECT.states))
def test_from_a_state_nothing_goes_but_its_rows(led, source):
    world = led(STORIES[source])
    rows = {move.event: move for move in PROJECT.moves if move.source == source}
    for event in sorted(PROJECT.events - rows.keys()):
        by = next(move.by for move in PROJECT.moves if move.event == event)
        with pytest.raises(RuleRefusal) as refused:
            take(world, event, by, ProjectFacts(1, 1, 0))
        assert refused.value.words == f"现在是“{PROJECT.word(source)}”，不能{PROJECT.word(event)}"
    assert state(world) == source


def test_the_way_into_every_state_is_known_and_every_event_has_a_stage():
    assert set(STORIES) == PROJECT.states
    assert set(ACTS) == PROJECT.events
