"""Every row of the change machine through its stage, the neighbours it refuses, everyone else who tries (A14.1e)."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.changes import arriving, deciding, requesting
from core.changes.messages import ChangeSubmitted, ChangeWithdrawn
from core.changes.tables import ChangeRequest, ProjectChange
from core.domain.change_states import CHANGE, ChangeFacts
from core.domain.policy import PLATFORM, Role
from core.errors import Absent, Conflict, NotAllowed, RuleRefusal
from core.projects.declaring import project_of
from core.projects.tables import DeclaredProject, Project
from core.trace import entries_of, step
from tests.core.cases.acts import holder
from tests.core.changes.requests import COORDINATOR, ask, decide, fates, grant, send, states, withdraw
from tests.together import together
from tests.world import apply_for, declare, make_enterprise, make_officer

REASON = "资金和进度安排没有说明"
STAGES = {
    "return": (deciding.send_back, {"reason": REASON}),
    "refuse": (deciding.refuse, {"reason": REASON}),
    "grant": (deciding.grant, {}),
    "grant_as_major": (deciding.grant_as_major, {}),
}
BY_COORDINATOR = [move for move in CHANGE.moves if move.by is Role.COORDINATOR]
BY_UNIT = [move for move in CHANGE.moves if move.by is Role.PROJECT_UNIT]
OTHERS = [
    make_officer(("coordinator", "220200-drc")),
    make_officer(("supervisor", "220000-drc")),
    make_officer(("approver", "220184-drc"), ("clerk", "220184-drc"), ("handler", "220184-drc")),
    replace(COORDINATOR, grants=()),
    PLATFORM,
]


def act(world, change_id, event, *, by=COORDINATOR, **given):
    stage, values = STAGES[event]
    if event == "grant_as_major":
        given.setdefault("fates", fates(world, world.code))
    decide(world, change_id, stage, by=by, carried=False, **values, **given)


def asked(world):
    return ask(world, world.code, "change", planned_completion="2028-06")


@pytest.mark.parametrize("move", BY_COORDINATOR, ids=lambda move: move.event)
def test_a_row_leads_where_the_table_says_and_leaves_its_trace(applied_world, move):
    change_id = asked(applied_world)
    act(applied_world, change_id, move.event)
    with applied_world.extranet.reading() as session:
        assert session.get_one(ProjectChange, change_id).state == move.target
        entry = entries_of(session, "change", change_id)[0]
    assert (entry.action, entry.words, entry.actor_name) == (f"change.{move.event}", CHANGE.word(move.event), "郑立新")
    assert entry.change["state"] == [move.source, move.target]


@pytest.mark.parametrize("move", BY_COORDINATOR, ids=lambda move: move.event)
def test_a_row_is_refused_to_everyone_else(applied_world, move):
    change_id = asked(applied_world)
    for by in OTHERS:
        with pytest.raises(NotAllowed):
            act(applied_world, change_id, move.event, by=by)
    assert states(applied_world, applied_world.code, change_id)[2:] == ("submitted", "in_approval")


@pytest.mark.parametrize("state", ["returned", "refused", "granted", "withdrawn"])
def test_from_a_state_no_decision_goes_but_its_rows(applied_world, state):
    change_id = asked(applied_world)
    if state == "withdrawn":
        withdraw(applied_world, change_id)
    else:
        act(applied_world, change_id, {"returned": "return", "refused": "refuse", "granted": "grant"}[state])
    for event in STAGES:
        with pytest.raises(RuleRefusal, match=f"现在是“{CHANGE.word(state)}”，不能{CHANGE.word(event)}"):
            act(applied_world, change_id, event)


def in_state(world, state):
    """A request that both zones know to be in this state; a draft lies in the internet zone alone."""
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, world.code)
        change_id = requesting.begin(session, project, "suspension", by=world.unit, at=world.now).id
    if state != "draft":
        send(world, change_id)
    if state == "returned":
        decide(world, change_id, deciding.send_back, reason=REASON)
    return change_id


@pytest.mark.parametrize("move", BY_UNIT, ids=lambda m: f"{m.source}-{m.event}")
def test_what_the_unit_does_leads_where_the_table_says(applied_world, move):
    world = applied_world
    change_id = in_state(world, move.source)
    (send if move.event == "submit" else withdraw)(world, change_id)
    with world.public.reading() as session:
        assert session.get_one(ChangeRequest, change_id).state == move.target


@pytest.mark.parametrize("move", BY_UNIT, ids=lambda m: f"{m.source}-{m.event}")
def test_what_the_unit_does_is_refused_to_everyone_else(applied_world, move):
    world = applied_world
    change_id = in_state(world, move.source)
    for role in Role:
        if role is not Role.PROJECT_UNIT:
            with world.public.writing() as session:
                request, by = session.get_one(ChangeRequest, change_id), holder(world, role, "220184-drc")
                with pytest.raises(NotAllowed, match=f"{CHANGE.word(move.event)}由其他岗位办理"):
                    step(session, CHANGE, request, move.event, ChangeFacts(kind="suspension"), by=by,
                         held=frozenset({role}), at=world.now)  # fmt: skip
                session.rollback()
    with world.public.reading() as session:
        assert session.get_one(ChangeRequest, change_id).state == move.source


@pytest.mark.parametrize("move", BY_UNIT, ids=lambda m: f"{m.source}-{m.event}")
def test_what_the_unit_does_is_refused_to_another_unit_in_both_zones(applied_world, move):
    world = applied_world
    change_id = in_state(world, move.source)
    other = make_enterprise(world, credit_code="91220104MA2020C59C", name="长春净月光电有限公司", mobile="13900001111")
    with world.public.reading() as session, pytest.raises(Absent):
        project_of(session, other, world.code)
    about = {"project_code": world.code, "credit_code": other.credit_code, "change_id": change_id}
    with world.extranet.writing() as session:
        before = states_inside(session)
        with pytest.raises(NotAllowed, match="not_owner"):
            arrive(session, move.event, about, at=world.now)
        assert states_inside(session) == before


def arrive(session, event, about, *, at):
    """What another unit had sealed reaches the extranet."""
    if event == "submit":
        told = ChangeSubmitted(
            **about, change_kind="suspension", facts=None, kept_back=(), reason="代为中止", expected_on=None,
            submitted_at=at,
        )  # fmt: skip
        arriving.receive_change(session, told, None)
    else:
        arriving.receive_withdrawal(session, ChangeWithdrawn(**about, withdrawn_at=at), None)


def states_inside(session):
    return [(one.id, one.state) for one in session.exec(select(ProjectChange))]


@pytest.mark.parametrize("state", ["submitted", "granted", "refused", "withdrawn"])
def test_the_unit_can_no_longer_alter_or_send_what_is_not_its_to_alter(applied_world, state):
    world = applied_world
    change_id = ask(world, world.code, "suspension")
    if state == "withdrawn":
        withdraw(world, change_id)
    elif state != "submitted":
        decide(world, change_id, *([deciding.grant] if state == "granted" else [deciding.refuse]),
               **({} if state == "granted" else {"reason": REASON}))  # fmt: skip
    with pytest.raises(RuleRefusal, match="不能再修改"):
        send(world, change_id)
    if state != "submitted":
        with pytest.raises(RuleRefusal, match=r"不能撤回变更申请|已经提交撤回"):
            withdraw(world, change_id)


def test_only_the_platform_completes_a_major_change(applied_world):
    change_id = asked(applied_world)
    act(applied_world, change_id, "grant_as_major")
    for role in Role:
        if role is not Role.PLATFORM:
            with applied_world.extranet.writing() as session:
                change, by = session.get_one(ProjectChange, change_id), holder(applied_world, role, "220184-drc")
                with pytest.raises(NotAllowed):
                    step(session, CHANGE, change, "supersede", by=by, held=frozenset({role}), at=applied_world.now)
                session.rollback()


def test_of_two_coordinators_who_decide_at_once_one_wins_and_the_other_is_told(either_applied_world):
    world = either_applied_world
    change_id = ask(world, world.code, "suspension")
    with world.extranet.reading() as session:
        seen = session.get_one(ProjectChange, change_id).version
    came_to = together(lambda event: act(world, change_id, event, seen=seen), ["grant", "refuse"])
    (lost,) = [one for one in came_to if one is not None]
    assert isinstance(lost, Conflict)
    with world.extranet.reading() as session:
        state = session.get_one(Project, world.code).state
    assert state == ("suspended" if came_to[0] is None else "in_approval")


def test_a_unit_that_begins_twice_at_once_has_one_request(either_applied_world):
    world = either_applied_world

    def begin(kind):
        with world.public.writing() as session:
            project = session.get_one(DeclaredProject, world.code)
            return requesting.begin(session, project, kind, by=world.unit, at=world.now)

    came_to = together(begin, ["suspension", "termination"])
    assert sorted(isinstance(one, Conflict | RuleRefusal) for one in came_to) == [False, True]
    with world.public.reading() as session:
        assert len(session.exec(select(ChangeRequest)).all()) == 1


def test_a_case_opened_after_the_page_was_shown_keeps_a_termination_from_being_granted(world):
    world.code = declare(world, "renovation")
    apply_for(world, world.code, "IIT-01")
    change_id = ask(world, world.code, "termination")
    chosen = fates(world, world.code)
    apply_for(world, world.code, "ECO-02")
    with pytest.raises(RuleRefusal, match="还没有选择：环境影响报告表审批"):
        grant(world, change_id, fates=chosen)
