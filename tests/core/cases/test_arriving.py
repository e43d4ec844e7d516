"""What arrives from the internet zone becomes cases, or is answered with its reason (A14.1d, A14.3)."""

import pytest
from sqlmodel import col, select

from core.cases import intake
from core.cases.applying import application_of, apply, withdraw
from core.cases.facts import materials_of, supplement_of
from core.cases.tables import Application, Case, CaseMaterial, Supplement
from core.errors import NotAllowed, RuleRefusal
from core.exchange.message import Direction
from core.exchange.tables import State, tables_of
from core.projects.tables import DeclaredProject, DueItem, Project
from core.trace import entries_of
from tests.core.cases.acts import FAULTS, arrive, bring, do, rightful, supplement
from tests.core.cases.acts import withdraw as take_back
from tests.world import PDF, act, application, apply_for, case, case_of, decide, declare, file, make_enterprise


def reasons(world):
    """Why applications did not become cases, as told to the internet zone."""
    message = tables_of(world.extranet.zone).message
    with world.extranet.reading() as session:
        rows = session.connection().execute(
            message.select().where(
                message.c.kind == "application.rejected.v1", message.c.direction == Direction.TO_INTERNET
            )
        )
        return [row.body for row in rows]


def test_a14_1d_several_items_are_applied_for_in_one_go_and_each_becomes_a_case(applied_world):
    with applied_world.extranet.reading() as session:
        found = session.exec(select(Case).where(col(Case.project_code) == applied_world.code)).all()
    assert {one.item_code: (one.org_unit, one.number, one.state) for one in found} == {
        "IIT-01": ("220184-miit", "220184-IIT-01-2026-0001", "submitted"),
        "DRC-06": ("220184-drc", "220184-DRC-06-2026-0001", "submitted"),
        "ECO-02": ("220184-ee", "220184-ECO-02-2026-0001", "submitted"),
    }


def test_a_case_is_numbered_on_per_region_item_and_year(applied_world):
    other = declare(applied_world, "renovation", project_name="公主岭市玉米淀粉生产线技术改造项目")
    apply_for(applied_world, other, "ECO-02")
    assert case(applied_world, case_of(applied_world, "ECO-02", code=other)).number == "220184-ECO-02-2026-0002"


def test_the_materials_arrive_with_their_bytes(applied_world):
    with applied_world.extranet.reading() as session:
        found = select(CaseMaterial).where(col(CaseMaterial.case_id) == case_of(applied_world, "ECO-02"))
        (table,) = (row for row in session.exec(found) if row.material_code == "EIA_TABLE")
    assert b"".join(applied_world.post.extranet_files.read_chunks(table.digest)) == PDF


def test_a4_4_the_trace_says_which_enterprise_applied_but_names_no_person(applied_world):
    with applied_world.extranet.reading() as session:
        one = session.get(Case, case_of(applied_world, "ECO-02"))
        first = entries_of(session, "case", one.application_id)[-1]
    assert (first.words, first.actor_name, first.actor_id) == (
        "申请：环境影响报告表审批",
        "吉林启辰汽车零部件有限公司",
        "91220101MA1400A22H",
    )


def test_a_project_is_in_approval_in_both_zones_once_something_is_applied_for(world):
    code = declare(world, "renovation")
    apply_for(world, code, "IIT-01")
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert inside.get(Project, code).state == outside.get(DeclaredProject, code).state == "in_approval"


def test_a_second_case_for_an_item_in_hand_is_answered_with_the_first_ones_number(applied_world):
    arrive(applied_world, "ECO-02")
    assert "这个事项已在办理（220184-ECO-02-2026-0001）" in reasons(applied_world)[0]


def test_an_item_that_is_not_due_is_answered_with_its_reason(applied_world):
    arrive(applied_world, "DRC-05")
    assert "不在本项目的应办事项之内" in reasons(applied_world)[0]


def test_one_bad_application_does_not_hold_the_good_ones_of_the_same_message(world):
    code = declare(world, "renovation")
    arrive(world, "DRC-05", "IIT-01", code=code)
    assert len(reasons(world)) == 1
    assert case(world, case_of(world, "IIT-01", code=code)).state == "submitted"


def test_a_rejected_application_tells_the_unit_and_leaves_its_project_where_it_was(world):
    code = declare(world, "renovation")
    with world.extranet.writing() as session:
        session.get_one(DueItem, (code, "IIT-01")).dropped_on = world.now.date()
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, code)
        apply(session, project, ["IIT-01"], knowing_missing=True, by=world.unit, at=world.now)
    world.pump()
    rejected = application(world, code, "IIT-01")
    assert (rejected.state, rejected.reason) == ("rejected", "所申请的事项不在本项目的应办事项之内")
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert inside.get(Project, code).state == outside.get(DeclaredProject, code).state == "verified"


def test_an_enterprise_cannot_apply_for_another_ones_project(applied_world):
    stranger = make_enterprise(
        applied_world, credit_code="91220100MA17000134", name="长春他人有限公司", mobile="13900000001"
    )
    with pytest.raises(NotAllowed, match="不是这个项目的申报单位"):
        arrive(applied_world, "ECO-04", credit_code=stranger.credit_code)


def test_a14_3_a_supplement_replaces_what_it_cures_and_keeps_the_earlier_version(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "awaiting_supplement")
    supplement(applied_world, case_id, applied_world.unit)
    with applied_world.extranet.reading() as session:
        found = select(CaseMaterial).where(col(CaseMaterial.case_id) == case_id).order_by(col(CaseMaterial.id))
        versions = [row for row in session.exec(found) if row.material_code == FAULTS[0]["material_code"]]
        asked = session.exec(select(Supplement)).one()
    assert [row.is_current for row in versions] == [False, True]
    assert versions[0].digest != versions[1].digest
    assert asked.answered_at == applied_world.now


def test_a_withdrawal_ends_the_case_with_the_units_reason(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "awaiting_sign_off")
    do(applied_world, case_id, "withdraw")
    assert (case(applied_world, case_id).state, case(applied_world, case_id).end_reason) == (
        "withdrawn",
        "投资计划调整",
    )
    assert application(applied_world, applied_world.code, "ECO-02").state == "withdrawn"


def test_a_withdrawal_that_crosses_the_decision_leaves_it_decided(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    with applied_world.public.writing() as session:
        one, project = application_of(session, applied_world.unit, case(applied_world, case_id).application_id)
        withdraw(session, one, project, reason="计划有变", by=applied_world.unit, at=applied_world.now)
    decide(applied_world, case_id)
    applied_world.pump()
    assert case(applied_world, case_id).state == "concluded"
    assert application(applied_world, applied_world.code, "ECO-02").outcome == "granted"


def test_after_a_withdrawal_the_item_can_be_applied_for_again(applied_world):
    do(applied_world, case_of(applied_world, "IIT-01"), "withdraw")
    (again,) = apply_for(applied_world, applied_world.code, "IIT-01")
    file(applied_world, again)
    applied_world.pump()
    with applied_world.public.reading() as session:
        found = session.exec(select(Application.state).where(col(Application.item_code) == "IIT-01"))
        assert sorted(found) == ["concluded", "withdrawn"]


def test_an_application_being_withdrawn_is_not_withdrawn_or_supplemented_once_more(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    do(applied_world, case_id, "pass_preliminary")
    do(applied_world, case_id, "request_supplement")
    applied_world.pump()
    take_back(applied_world, case_id, applied_world.unit, carried=False)
    for again in (take_back, supplement):
        with pytest.raises(RuleRefusal, match="撤回申请已经提交"):
            again(applied_world, case_id, applied_world.unit, carried=False)
    applied_world.pump()
    assert case(applied_world, case_id).state == "withdrawn"
    message = tables_of(applied_world.extranet.zone).message
    with applied_world.extranet.reading() as session:
        assert not session.connection().execute(message.select().where(message.c.state == State.REJECTED)).all()


def test_a14_3_each_file_of_a_supplement_names_the_request_it_answers(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    asked = (*FAULTS, {"material_code": "other", "name": "情况说明", "fault": "未说明变化", "cure": "书面说明"})
    do(applied_world, case_id, "pass_preliminary")
    act(applied_world, case_id, intake.request_supplement, by=rightful(applied_world, case_id, "accept"), items=asked)
    supplement(applied_world, case_id, applied_world.unit)
    with applied_world.extranet.reading() as session:
        request = supplement_of(session, session.get_one(Case, case_id))
        rows = materials_of(session, session.get_one(Case, case_id))
    answers = {row.material_code: row for row in rows if row.supplement_id == request.id}
    assert set(answers) == {"EIA_TABLE", "other"}
    assert answers["other"].name == "情况说明"
    before = [row for row in rows if row.material_code == "EIA_TABLE" and row.supplement_id is None]
    assert [row.is_current for row in before] == [False]
