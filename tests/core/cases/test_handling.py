"""Handling (A14.4a, A15.2): pauses on the grounds of the guide, a proposal with its document, sending it back."""

from datetime import date

import pytest
from sqlmodel import col, select

from core.cases import handling, sign_off
from core.cases.handling import allowed_grounds, suggested_number
from core.cases.tables import Case, Decision, Message
from core.clocks import CasePause
from core.errors import FormRefusal, RuleRefusal
from tests.core.cases.acts import do, lead, rightful
from tests.world import act, application, apply_for, case, case_of, declare, proposal, propose

IN_PAUSE = {"ground": "technical_assessment", "expected_on": date(2026, 12, 20), "reason": "委托技术评估"}


@pytest.fixture
def case_id(applied_world):
    return lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")


@pytest.fixture
def handler(applied_world, case_id):
    return rightful(applied_world, case_id, "propose")


def decisions(world):
    with world.extranet.reading() as session:
        return session.exec(select(Decision).order_by(col(Decision.id))).all()


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"ground": "expert_review"}, "ground"),
        ({"ground": ""}, "ground"),
        ({"expected_on": None}, "expected_on"),
        ({"expected_on": date(2026, 11, 23)}, "expected_on"),
        ({"reason": "评估"}, "reason"),
    ],
)
def test_a15_2_a_pause_needs_a_ground_of_the_guide_an_end_and_a_reason(applied_world, case_id, handler, differs, field):
    with pytest.raises(FormRefusal) as refused:
        act(applied_world, case_id, handling.pause, by=handler, **{**IN_PAUSE, **differs})
    assert list(refused.value.errors) == [field]


def test_a15_2_the_page_offers_the_grounds_the_items_law_names(applied_world, case_id):
    with applied_world.extranet.reading() as session:
        offered = allowed_grounds(session, session.get_one(Case, case_id))
    assert list(offered) == ["technical_assessment", "hearing", "public_notice"]
    assert all(word for word in offered.values())


def test_a15_2_while_paused_there_is_no_due_date_and_the_unit_knows_why(applied_world, case_id, handler):
    act(applied_world.on(date(2026, 11, 30)), case_id, handling.pause, by=handler, **IN_PAUSE)
    applied_world.pump()
    paused = case(applied_world, case_id)
    assert (paused.is_paused, paused.due_on, paused.warn_on, paused.red_on) == (True, None, None, None)
    with applied_world.extranet.reading() as session:
        kept = session.exec(select(CasePause)).one()
    assert (kept.begins_on, kept.ends_on, kept.expected_on) == (date(2026, 11, 30), None, date(2026, 12, 20))
    with applied_world.public.reading() as session:
        told, notice = session.exec(select(Message).order_by(col(Message.at), col(Message.id))).all()[-2:]
    assert "技术评估" in told.words
    assert "暂停计时" in told.words
    assert "《特别程序告知书》" in notice.words


def test_a15_2_after_the_pause_the_due_date_has_moved_by_its_working_days(applied_world, case_id, handler):
    act(applied_world.on(date(2026, 11, 30)), case_id, handling.pause, by=handler, **IN_PAUSE)
    act(applied_world.on(date(2026, 12, 7)), case_id, handling.resume, by=handler)
    applied_world.pump()
    resumed = case(applied_world, case_id)
    assert (resumed.is_paused, resumed.due_on) == (False, date(2026, 12, 21))
    (told,) = application(applied_world, applied_world.code, "ECO-02").clock["pauses"]
    assert (told["begins_on"], told["ends_on"]) == ("2026-11-30", "2026-12-07")
    assert (told["ground"], told["restarts"]) == ("technical_assessment", False)


def test_a15_2_a_clock_is_paused_once_at_a_time_and_resumed_only_then(applied_world, case_id, handler):
    with pytest.raises(RuleRefusal, match="没有暂停计时"):
        act(applied_world, case_id, handling.resume, by=handler)
    act(applied_world, case_id, handling.pause, by=handler, **IN_PAUSE)
    with pytest.raises(RuleRefusal, match="已在暂停计时"):
        act(applied_world, case_id, handling.pause, by=handler, **IN_PAUSE)


def test_a14_4a_nothing_is_proposed_while_time_stands_still(applied_world, case_id, handler):
    act(applied_world, case_id, handling.pause, by=handler, **IN_PAUSE)
    with pytest.raises(RuleRefusal, match="恢复计时后才能提交签批"):
        propose(applied_world, case_id)


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"outcome": "filed"}, "outcome"),
        ({"outcome": ""}, "outcome"),
        ({"document_number": "  "}, "document_number"),
        ({"document_title": ""}, "document_title"),
        ({"document_on": None}, "document_on"),
        ({"document_on": date(2026, 11, 24)}, "document_on"),
        ({"scan": None}, "scan"),
        ({"outcome": "denied", "reasons": "不符"}, "reasons"),
        ({"outcome": "granted_with_conditions", "conditions": ""}, "conditions"),
    ],
)
def test_a14_4a_a_proposal_lacks_nothing(applied_world, case_id, handler, differs, field):
    with pytest.raises(FormRefusal) as refused:
        act(applied_world, case_id, handling.propose, by=handler, proposal=proposal(applied_world, **differs))
    assert list(refused.value.errors) == [field]
    assert decisions(applied_world) == []


def test_a14_4a_a_proposal_hears_of_every_gap_at_once(applied_world, case_id, handler):
    bare = proposal(applied_world, document_number="", document_title="", document_on=None, scan=None)
    with pytest.raises(FormRefusal) as refused:
        act(applied_world, case_id, handling.propose, by=handler, proposal=bare)
    assert list(refused.value.errors) == ["document_number", "document_title", "document_on", "scan"]


def test_a14_4a_the_unit_learns_that_a_decision_is_proposed_but_not_which(applied_world, case_id):
    propose(applied_world, case_id, outcome="denied", number="审〔2026〕404 号")
    applied_world.pump()
    shown = application(applied_world, applied_world.code, "ECO-02")
    assert (shown.state, shown.proposed_on) == ("awaiting_sign_off", date(2026, 11, 23))
    assert (shown.outcome, shown.document_number, shown.reason) == ("", "", "")


def test_a14_4a_what_was_sent_back_stays_in_the_file_and_can_be_proposed_anew(applied_world, case_id):
    propose(applied_world, case_id)
    do(applied_world, case_id, "send_back")
    applied_world.pump()
    assert application(applied_world, applied_world.code, "ECO-02").state == "in_handling"
    propose(applied_world, case_id)
    assert [row.state for row in decisions(applied_world)] == ["sent_back", "proposed"]


def test_a14_4a_sending_back_needs_comments(applied_world, case_id):
    propose(applied_world, case_id)
    with pytest.raises(RuleRefusal, match="退回的意见"):
        act(applied_world, case_id, sign_off.send_back, by=rightful(applied_world, case_id, "approve"), reason="改")


@pytest.mark.parametrize("state", ["awaiting_sign_off", "concluded"])
def test_a_document_number_stands_for_one_document_of_a_unit(applied_world, case_id, state):
    propose(applied_world, case_id, number="公环审〔2026〕7 号")
    if state == "concluded":
        do(applied_world, case_id, "approve")
    twin = other_case(applied_world)
    with pytest.raises(FormRefusal, match="已用于另一份批复"):
        propose(applied_world, twin, number="公环审〔2026〕7 号")


@pytest.mark.parametrize("spelled", ["公环审〔2026〕7号", "公环审[2026]７ 号", "公环审（2026） 7 号"])
def test_a14_4a_another_spelling_is_no_other_number(applied_world, case_id, spelled):
    propose(applied_world, case_id, number="公环审〔2026〕7 号")
    twin = other_case(applied_world)
    with pytest.raises(FormRefusal, match="已用于另一份批复"):
        propose(applied_world, twin, number=spelled)


@pytest.mark.parametrize("event", ["correct", "revoke"])
def test_a14_5_the_number_of_a_document_that_was_replaced_is_never_given_again(applied_world, case_id, event):
    propose(applied_world, case_id, number="公环审〔2026〕7 号")
    for step in ("approve", {"correct": "propose_correction", "revoke": "propose_revocation"}[event], event):
        do(applied_world, case_id, step)
    twin = other_case(applied_world)
    with pytest.raises(FormRefusal, match="已用于另一份批复"):
        propose(applied_world, twin, number="公环审〔2026〕7 号")


def test_a14_5_the_number_of_an_amendment_that_waits_to_be_signed_is_taken(applied_world, case_id):
    propose(applied_world, case_id)
    do(applied_world, case_id, "approve")
    do(applied_world, case_id, "propose_correction")
    (waiting,) = [row.document_number for row in decisions(applied_world) if row.state == "proposed"]
    twin = other_case(applied_world)
    with pytest.raises(FormRefusal, match="已用于另一份批复"):
        propose(applied_world, twin, number=waiting)


def test_a_document_number_that_was_sent_back_or_withdrawn_is_free_again(applied_world, case_id):
    propose(applied_world, case_id, number="公环审〔2026〕7 号")
    do(applied_world, case_id, "send_back")
    propose(applied_world, case_id, number="公环审〔2026〕7 号")
    do(applied_world, case_id, "withdraw")
    twin = other_case(applied_world)
    propose(applied_world, twin, number="公环审〔2026〕7 号")
    assert case(applied_world, twin).state == "awaiting_sign_off"


def other_case(world):
    """Another project's case for the same item at the same unit, in handling."""
    other = declare(world, "renovation", project_name="公主岭市玉米淀粉生产线技术改造项目")
    (twin,) = apply_for(world, other, "ECO-02")
    return lead(world, twin, "in_handling")


def test_the_next_number_goes_on_from_the_units_last(applied_world, case_id):
    with applied_world.extranet.reading() as session:
        assert suggested_number(session, session.get_one(Case, case_id)) == ""
    propose(applied_world, case_id, number="公环审〔2026〕7 号")
    with applied_world.extranet.reading() as session:
        assert suggested_number(session, session.get_one(Case, case_id)) == "公环审〔2026〕7 号"
