"""Adding and dropping due items where cases and completion are concerned, told to the unit (A14.1c, A14.5)."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlmodel import col, select

from core.cases import replanning
from core.cases.proof import digest_of, frozen_lists
from core.cases.tables import Application, Case, Message, ProjectEvent
from core.domain.policy import Role
from core.domain.project_states import PROJECT
from core.errors import Conflict, NotAllowed, RuleRefusal
from core.projects.tables import DeclaredProject, DueItem, Project, ToldDueItem
from core.trace import entries_of_project
from tests.core.cases.acts import arrive
from tests.world import apply_for, case_of, decide, declare, make_officer

COORDINATOR = make_officer((Role.COORDINATOR, "220000-drc"), name="宋杰")


def change(world, act, item, *, reason="现场核实", by=COORDINATOR, seen=None):
    with world.extranet.writing() as session:
        project = session.get_one(Project, world.code)
        act(session, project, item, reason=reason, by=by, at=world.now, seen=seen)


def add(world, item, **given):
    change(world, replanning.add_due_item, item, **given)


def drop(world, item, **given):
    change(world, replanning.drop_due_item, item, **given)


def lists(world):
    """The list in both zones: items in order with unit, why and prerequisites."""
    world.pump()
    found = []
    for database, table in ((world.extranet, DueItem), (world.public, ToldDueItem)):
        with database.reading() as session:
            rows = session.exec(
                select(table).where(col(table.project_code) == world.code).order_by(col(table.position))
            ).all()
            live = [row for row in rows if getattr(row, "dropped_on", None) is None]
            found.append([(row.item_code, row.org_unit, row.why, row.tier, row.blockers) for row in live])
    return found


def states(world):
    world.pump()
    with world.extranet.reading() as inside, world.public.reading() as outside:
        return inside.get(Project, world.code).state, outside.get(DeclaredProject, world.code).state


def test_a14_1c_added_and_dropped_again_both_zones_hold_the_same_list_and_the_unit_knows_why(either_applied_world):
    world = either_applied_world
    before = lists(world)[0]
    add(world, "FOR-01", reason="现场核实占用林地 0.8 公顷")
    inside, outside = lists(world)
    assert inside == outside
    assert [row[0] for row in inside if row not in before] == ["FOR-01"]
    drop(world.later(minutes=5), "FOR-01", reason="选址调整后不再占用林地")
    inside, outside = lists(world)
    assert inside == outside == before
    with world.public.reading() as session:
        words = [row.words for row in session.exec(select(Message).order_by(col(Message.at))).all()]
        events = [row.words for row in session.exec(select(ProjectEvent).order_by(col(ProjectEvent.at))).all()]
    assert words[-2:] == [
        "增加应办事项：建设项目使用林地审核。理由：现场核实占用林地 0.8 公顷（测试机构）",
        "去掉应办事项：建设项目使用林地审核。理由：选址调整后不再占用林地（测试机构）",
    ]
    assert events[-2:] == ["增加应办事项：建设项目使用林地审核", "去掉应办事项：建设项目使用林地审核"]


def test_a4_4_the_trace_says_who_changed_the_list_and_why(applied_world):
    add(applied_world, "FOR-01", reason="现场核实占用林地")
    with applied_world.extranet.reading() as session:
        entry = entries_of_project(session, applied_world.code)[0]
    assert (entry.action, entry.actor_name, entry.reason) == ("due_items.add", "宋杰", "现场核实占用林地")


def test_a14_1d_what_was_added_can_be_applied_for(applied_world):
    add(applied_world, "FOR-01")
    applied_world.pump()
    apply_for(applied_world, applied_world.code, "FOR-01")
    assert case_of(applied_world, "FOR-01")


@pytest.mark.parametrize(
    ("role", "unit", "may"),
    [
        ("coordinator", "220000-drc", True),
        ("coordinator", "220184-drc", True),
        ("coordinator", "220200-drc", False),
        ("handler", "220184-miit", True),
        ("approver", "220184-miit", True),
        ("clerk", "220184-miit", False),
        ("handler", "220184-ee", False),
        ("supervisor", "220000-drc", False),
    ],
)
def test_a14_1c_the_coordinator_and_the_lead_department_change_the_list_nobody_else(applied_world, role, unit, may):
    officer = make_officer((role, unit), name="林树林")
    if may:
        add(applied_world, "FOR-01", by=officer)
        return
    with pytest.raises(NotAllowed):
        add(applied_world, "FOR-01", by=officer)


def test_without_an_item_that_establishes_it_the_development_department_leads(applied_world):
    with applied_world.extranet.writing() as session:
        session.get_one(DueItem, (applied_world.code, "IIT-01")).dropped_on = applied_world.now.date()
    add(applied_world, "FOR-01", by=make_officer((Role.HANDLER, "220184-drc")))
    with pytest.raises(NotAllowed):
        add(applied_world, "FOR-02", by=make_officer((Role.HANDLER, "220184-miit")))


def test_a14_1c_an_item_with_an_open_case_is_not_dropped(applied_world):
    with pytest.raises(RuleRefusal, match="正在办理（办件 220184-ECO-02"):
        drop(applied_world, "ECO-02")


def test_a14_1c_a_concluded_item_is_not_dropped(applied_world):
    decide(applied_world, case_of(applied_world, "ECO-02"))
    with pytest.raises(RuleRefusal, match="已办结"):
        drop(applied_world, "ECO-02")


def test_of_two_who_change_the_list_at_once_one_wins_and_the_other_is_told(either_applied_world):
    world = either_applied_world
    with world.extranet.reading() as session:
        seen = session.get_one(Project, world.code).version
    add(world, "FOR-01", seen=seen)
    with pytest.raises(Conflict, match="其他人"):
        drop(world, "ECO-04", seen=seen)


def test_a_case_that_arrives_while_its_item_is_being_dropped_waits_and_is_turned_down(either_applied_world):
    world = either_applied_world
    add(world, "FOR-01")
    with ThreadPoolExecutor(1) as pool:
        with world.extranet.writing() as session:
            project = session.get_one(Project, world.code)
            replanning.drop_due_item(session, project, "FOR-01", reason="选址调整", by=COORDINATOR, at=world.now)
            arriving = pool.submit(arrive, world, "FOR-01")
            wait([arriving], timeout=0.5)  # it waits for the first one, or would be through without having seen it
        arriving.result()
    with world.extranet.reading() as session:
        assert session.exec(select(Case).where(col(Case.item_code) == "FOR-01")).all() == []


def test_an_application_that_was_on_its_way_when_its_item_was_dropped_is_answered(applied_world):
    add(applied_world, "FOR-01")
    applied_world.pump()
    drop(applied_world, "FOR-01")
    apply_for(applied_world, applied_world.code, "FOR-01")
    with applied_world.public.reading() as session:
        one = session.exec(select(Application).where(col(Application.item_code) == "FOR-01")).one()
    assert (one.state, one.reason) == ("rejected", "所申请的事项不在本项目的应办事项之内")


def test_a14_5_dropping_the_last_open_item_completes_the_project_and_says_so_in_the_frozen_list(last_item_world):
    world = last_item_world
    add(world, "FOR-01")
    decide(world, case_of(world, "DRC-06"))
    assert states(world) == ("in_approval", "in_approval")
    drop(world, "FOR-01", reason="选址调整后不再占用林地")
    assert states(world) == ("approved", "approved")
    with world.extranet.reading() as session:
        (frozen,) = frozen_lists(session, world.code)
    assert [row["item_code"] for row in frozen.dropped] == ["FOR-01"]


def test_a14_5_an_item_added_after_completion_reopens_the_project_and_the_next_list_is_a_new_version(last_item_world):
    world = last_item_world
    decide(world, case_of(world, "DRC-06"))
    assert states(world) == ("approved", "approved")
    add(world, "FOR-01")
    assert states(world) == ("in_approval", "in_approval")
    decide(world, apply_for(world, world.code, "FOR-01")[0])
    assert states(world) == ("approved", "approved")
    held = []
    for database in (world.extranet, world.public):
        with database.reading() as session:
            held.append([(one.number, one.digest, one.items) for one in frozen_lists(session, world.code)])
            assert all(digest_of(one) == one.digest for one in frozen_lists(session, world.code))
    assert held[0] == held[1]
    assert [(number, len(items)) for number, _, items in held[0]] == [(2, 5), (1, 4)]


@pytest.mark.parametrize("state", ["approved", "not_approved"])
def test_the_list_of_a_concluded_project_is_extended_by_the_platform_alone(state):
    move = PROJECT.find(state, "extend_list")
    assert (move.target, move.by) == ("in_approval", Role.PLATFORM)
    with pytest.raises(RuleRefusal):
        PROJECT.find("in_approval", "extend_list")


def test_a12_1_changed_facts_recompute_the_list_but_items_with_a_case_stay(applied_world):
    world = applied_world
    with world.extranet.writing() as session:
        project = session.get_one(Project, world.code)
        facts = dict(replanning.due_list.newest_facts(session, world.code)) | {"eia_category": "report"}
        changed = replanning.facts_changed(session, project, facts, reason="环评类别变更", by=COORDINATOR, at=world.now)
    assert "ECO-01" in changed.added
    assert not changed.dropped
    inside, outside = lists(world)
    assert inside == outside
    assert {"ECO-01", "ECO-02"} <= {row[0] for row in inside}


def test_a_sample_with_many_items_tells_one_list(world):
    world.code = declare(world, "parts_factory")
    add(world, "FOR-01")
    inside, outside = lists(world)
    assert inside == outside
    assert len(inside) > 10
