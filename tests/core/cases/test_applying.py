"""The unit applies, supplements and withdraws in the internet zone (A14.1d, A14.3)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from core.cases import applying
from core.cases.applying import application_of, applications_of, latest_by_item, why_not_yet
from core.cases.tables import Application
from core.documents.materials import Filed, hand_in, wanted_for
from core.documents.tables import Material
from core.errors import Absent, RuleRefusal
from core.projects.declaring import due_items_of
from core.projects.tables import DeclaredProject
from tests.core.cases.acts import FAULTS, bring, do, own
from tests.world import PDF, application, case, case_of, conclude_everything, declare, file, hand_in_everything


def apply(world, code, *item_codes, knowing_missing=True):
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, code)
        return applying.apply(
            session, project, item_codes, knowing_missing=knowing_missing, by=world.unit, at=world.now
        )


def attempt(world, case_id, stage, **given):
    """The unit takes one stage of its application, without having done anything for it."""
    with world.public.writing() as session:
        one, project = application_of(session, world.unit, case(world, case_id).application_id)
        stage(session, one, project, by=world.unit, at=world.now, **given)


def open_to(world, code):
    """Item → why it can't be applied for now."""
    with world.public.reading() as session:
        latest = latest_by_item(applications_of(session, code))
        return {due.item_code: why_not_yet(due, latest) for due in due_items_of(session, code)}


@pytest.fixture
def code(world):
    return declare(world, "renovation")


def test_a14_1d_with_the_code_several_items_are_applied_for_in_one_message(world, code):
    made = apply(world, code, "IIT-01", "DRC-06", "ECO-02")
    assert len({one.message_id for one in made}) == 1
    assert [(one.item_code, one.state) for one in made] == [("IIT-01", "sent"), ("DRC-06", "sent"), ("ECO-02", "sent")]


def test_an_item_named_twice_is_applied_for_once(world, code):
    assert len(apply(world, code, "IIT-01", "IIT-01")) == 1


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((), "至少选择一个事项"),
        (("DRC-05",), "不在本项目的应办事项之内"),
        (("ECO-04",), "须先办结“环境影响报告表审批”"),
    ],
)
def test_what_cannot_be_applied_for_is_refused_before_anything_is_sent(world, code, items, words):
    with pytest.raises(RuleRefusal, match=words):
        apply(world, code, *items)
    with world.public.reading() as session:
        assert session.exec(select(Application)).all() == []


def test_an_incomplete_application_needs_the_units_word_that_it_knows(world, code):
    with pytest.raises(RuleRefusal, match="还缺：节能报告"):
        apply(world, code, "DRC-06", knowing_missing=False)
    hand_in_everything(world, code, "DRC-06")
    assert apply(world, code, "DRC-06", knowing_missing=False)[0].item_code == "DRC-06"


def test_a2_3_nothing_waits_for_another_department_but_what_the_law_puts_behind_it(world, code):
    found = open_to(world, code)
    assert [item for item, words in found.items() if not words] == ["IIT-01", "DRC-06", "ECO-02"]
    assert found["ECO-04"].startswith("须先办结“环境影响报告表审批”")


def test_an_item_in_hand_or_concluded_is_not_applied_for_again(applied_world):
    file(applied_world, case_of(applied_world, "IIT-01"))
    applied_world.pump()
    found = open_to(applied_world, applied_world.code)
    assert (found["IIT-01"], found["ECO-02"]) == ("已办结", "已申请，正在办理")
    with pytest.raises(RuleRefusal, match="已办结"):
        apply(applied_world, applied_world.code, "IIT-01")


@pytest.mark.parametrize("state", ["refused", "not_accepted", "withdrawn"])
def test_what_ended_without_a_decision_can_be_applied_for_again(applied_world, state):
    bring(applied_world, case_of(applied_world, "ECO-02"), state)
    assert open_to(applied_world, applied_world.code)["ECO-02"] == ""


def test_the_item_behind_opens_when_the_one_before_it_is_granted(applied_world):
    bring(applied_world, case_of(applied_world, "ECO-02"), "concluded")
    assert open_to(applied_world, applied_world.code)["ECO-04"] == ""


def test_a_whole_project_can_be_walked_to_its_end(world):
    code = declare(world, "pig_farm")
    conclude_everything(world, code)
    assert set(open_to(world, code).values()) == {"已办结"}


def test_t2_anothers_application_looks_like_none(applied_world):
    identity = case(applied_world, case_of(applied_world, "ECO-02")).application_id
    stranger = replace(applied_world.unit, credit_code="91220100MA17000134")
    with applied_world.public.reading() as session:
        with pytest.raises(Absent, match="没有找到这个申请"):
            application_of(session, stranger, identity)
        with pytest.raises(Absent, match="没有找到这个申请"):
            application_of(session, applied_world.unit, "nothing")
        assert application_of(session, applied_world.unit, identity)[0].id == identity


def test_a14_3_a_supplement_answers_everything_that_was_asked_for(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "awaiting_supplement")
    with pytest.raises(RuleRefusal, match="还需补交：环境影响报告表"):
        attempt(applied_world, case_id, applying.supplement)
    do(applied_world, case_id, "supplement")
    assert application(applied_world, applied_world.code, "ECO-02").state == "under_acceptance"
    with applied_world.public.reading() as session:
        handed_in = session.exec(select(Material).where(col(Material.material_code) == FAULTS[0]["material_code"]))
        assert [row.replaced_at is None for row in sorted(handed_in, key=lambda row: row.handed_in_at)] == [False, True]


def test_a14_3_what_was_handed_in_before_the_request_is_no_answer_to_it(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "under_acceptance")
    applied_world.later(hours=1)
    code = FAULTS[0]["material_code"]
    one, project = own(applied_world, case_id)
    with applied_world.public.writing() as session:
        guide = applying.guide_of_application(session, one, on=date(2026, 11, 23))
        need = next(wanted.need for wanted in wanted_for(session, project.code, guide) if wanted.need.code == code)
        stored = session.info["store"].put([PDF + b"% second thoughts\n"])
        filed = Filed("补充.pdf", "application/pdf", stored.digest, stored.size)
        hand_in(session, project.code, guide, need, filed, by=applied_world.unit, at=applied_world.now)
    do(applied_world.later(hours=1), case_id, "request_supplement")
    applied_world.pump()
    with pytest.raises(RuleRefusal, match="还需补交：环境影响报告表"):
        attempt(applied_world, case_id, applying.supplement)


def test_nobody_supplements_what_was_not_asked_for(applied_world):
    with pytest.raises(RuleRefusal, match="现在不需要补正"):
        do(applied_world, case_of(applied_world, "ECO-02"), "supplement")


def test_a_withdrawal_says_why_and_comes_before_the_decision(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    with pytest.raises(RuleRefusal, match="原因"):
        attempt(applied_world, case_id, applying.withdraw, reason=" ")
    bring(applied_world, case_id, "concluded")
    with pytest.raises(RuleRefusal, match="已经办结"):
        do(applied_world, case_id, "withdraw")
