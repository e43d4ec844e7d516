"""The 办结通知书 is as good as what it lists: what changes the list or a decision in it makes it void (A14.5)."""

import pytest
from sqlmodel import col, select

from core.cases.completing import project_facts, reissue
from core.cases.proof import frozen_lists, list_of_notice
from core.cases.replanning import add_due_item
from core.cases.tables import Notice, ReceivedNotice
from core.domain.change_states import ChangeKind
from core.domain.policy import Role
from core.domain.project_states import ProjectFacts
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from core.projects.tables import DeclaredProject, DueItem, Project
from tests.core.cases import project_acts
from tests.core.cases.acts import do
from tests.core.changes.requests import COORDINATOR
from tests.world import apply_for, case_of, decide, make_officer, shanghai_date


@pytest.fixture
def complete(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    last_item_world.pump()
    return last_item_world


def completions(world):
    """Every 办结通知书 of the project, of which both zones say the same."""
    world.pump()
    with world.extranet.reading() as inside, world.public.reading() as outside:
        found = inside.exec(select(Notice).where(col(Notice.kind) == "completion").order_by(col(Notice.id))).all()
        tokens = {one.id: one.token for one in found}
        for one in found:
            told = outside.get(ReceivedNotice, one.token)
            assert (told.void_reason, told.successor_token) == (one.void_reason, tokens.get(one.successor_id, ""))
            assert (told.voided_at is None) == (one.voided_at is None)
        return found


def completed_at(world):
    with world.extranet.reading() as inside, world.public.reading() as outside:
        return inside.get(Project, world.code).completed_at, outside.get(DeclaredProject, world.code).completed_at


def add(world, item_code):
    with world.extranet.writing() as session:
        project = session.get_one(Project, world.code)
        add_due_item(session, project, item_code, reason="现场核实占用林地", by=COORDINATOR, at=world.now)


def test_a14_5_an_item_that_is_added_makes_the_notice_void_and_completion_issues_the_next(complete):
    add(complete, "FOR-01")
    (first,) = completions(complete)
    assert first.void_reason == "增加应办事项“建设项目使用林地审核”，项目继续审批"
    assert completed_at(complete) == (None, None)
    decide(complete, apply_for(complete, complete.code, "FOR-01")[0])
    first, second = completions(complete)
    assert (bool(first.voided_at), second.voided_at, len(second.facts["items"])) == (True, None, 5)


def test_a14_5_who_applies_again_after_a_denial_holds_no_valid_notice_until_it_is_decided(last_item_world):
    world = last_item_world
    decide(world, case_of(world, "DRC-06"), outcome="denied")
    world.pump()
    (again,) = apply_for(world, world.code, "DRC-06")
    (first,) = completions(world)
    assert first.void_reason.startswith("再次申请")
    assert completed_at(world) == (None, None)
    do(world, again, "withdraw")
    assert [bool(one.voided_at) for one in completions(world)] == [True, False]
    assert None not in completed_at(world)


def test_a14_5_a_correction_after_completion_is_proved_by_a_new_list_and_a_new_notice(complete):
    do(complete, case_of(complete, "DRC-06"), "propose_correction")
    do(complete, case_of(complete, "DRC-06"), "correct")
    first, second = completions(complete)
    with complete.extranet.reading() as session:
        newest, before = frozen_lists(session, complete.code)
        assert session.get(Project, complete.code).state == "approved"
    replaced = [row["document_number"] for row in before.items if row["item_code"] == "DRC-06"]
    corrected = [row["document_number"] for row in newest.items if row["item_code"] == "DRC-06"]
    assert (first.successor_id, second.voided_at) == (second.id, None)
    assert "更正" in first.void_reason
    assert (second.facts["list_number"], second.facts["list_digest"]) == (2, newest.digest)
    assert corrected != replaced
    assert corrected[0] in [row["document_number"] for row in second.facts["items"]]


def test_a14_5_a_correction_of_what_the_list_does_not_name_leaves_the_notice_standing(last_item_world):
    world = last_item_world
    denied = case_of(world, "DRC-06")
    decide(world, denied, outcome="denied")
    world.pump()
    decide(world, apply_for(world, world.code, "DRC-06")[0])
    do(world, denied, "propose_correction")
    do(world, denied, "correct")
    assert [bool(one.voided_at) for one in completions(world)] == [True, False]


def test_a14_5_what_is_revoked_while_the_project_rests_is_open_again_when_it_resumes(complete):
    project_acts.ask_for(complete, ChangeKind.SUSPENSION, 1)
    complete.pump()
    project_acts.decide(complete, "grant", "carry")
    do(complete, case_of(complete, "ECO-02"), "propose_revocation")
    do(complete, case_of(complete, "ECO-02"), "revoke")
    (notice,) = completions(complete)
    assert "撤销" in notice.void_reason
    complete.later(days=1)
    project_acts.ask_for(complete, ChangeKind.RESUMPTION, 1)
    complete.pump()
    project_acts.decide(complete, "grant", "carry")
    complete.pump()
    with complete.extranet.reading() as inside, complete.public.reading() as outside:
        both = inside.get(Project, complete.code), outside.get(DeclaredProject, complete.code)
        assert [one.state for one in both] == ["in_approval", "in_approval"]
    assert completed_at(complete) == (None, None)


def reissued(world, *, by=COORDINATOR, reason="项目单位名称有误"):
    with world.extranet.writing() as session:
        project = session.get_one(Project, world.code)
        return reissue(session, project, reason=reason, by=by, at=world.now)


def test_a14_5_the_coordinator_voids_the_notice_by_hand_for_one_that_names_the_unit_as_it_is_now(complete):
    with complete.extranet.writing() as session:
        session.get_one(Project, complete.code).unit_name = "吉林启辰汽车零部件集团有限公司"
    reissued(complete.later(days=1))
    first, second = completions(complete)
    assert (first.void_reason, first.voided_by, first.successor_id) == ("项目单位名称有误", "郑立新", second.id)
    assert second.facts["head"]["unit"] == "吉林启辰汽车零部件集团有限公司"
    assert second.facts["list_digest"] == first.facts["list_digest"]
    with complete.public.reading() as session:
        listed = list_of_notice(session, session.get_one(ReceivedNotice, second.token))
    assert listed.digest == second.facts["list_digest"]


def test_a14_5_the_notice_is_reissued_by_coordinators_above_the_project_with_a_reason_while_it_stands(complete):
    for by in (make_officer((Role.COORDINATOR, "220200-drc")), make_officer((Role.APPROVER, "220184-drc"))):
        with pytest.raises(NotAllowed):
            reissued(complete, by=by)
    with pytest.raises(FormRefusal):
        reissued(complete, reason="错")
    add(complete, "FOR-01")
    with pytest.raises(RuleRefusal, match="没有可以重新签发"):
        reissued(complete)


def test_an_item_that_was_dropped_holds_nothing_up(applied_world):
    with applied_world.extranet.reading() as session:
        before = project_facts(session, applied_world.code)
    with applied_world.extranet.writing() as session:
        session.get_one(DueItem, (applied_world.code, "ECO-04")).dropped_on = shanghai_date(applied_world)
    with applied_world.extranet.reading() as session:
        assert project_facts(session, applied_world.code) == ProjectFacts(before.due - 1, 0, 0)
