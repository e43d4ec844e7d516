"""Every row of the consultation machines and its missing neighbours; what a letter and an answer must hold (A14.4b)."""

from dataclasses import replace

import pytest

from core.domain.addressees import HeldItem, suggested_addressees
from core.domain.consultation_states import (
    CONSULTATION,
    OBJECTIONS,
    REPLY,
    ConsultationFacts,
    ConsultationState,
    Opinion,
    ReplyFacts,
    ReplyState,
    fault_of_answer,
    faults_of_letter,
)
from core.domain.due_items import Relation, RelationKind
from core.errors import RuleRefusal

LETTER = ConsultationFacts(subject="主题", question="问题如下", addressees=1)


def test_a14_4b_the_rows_of_a_consultation():
    assert {(move.source, move.event, move.target, move.by) for move in CONSULTATION.moves} == {
        ("drafted", "send", "sent", "handler"),
        ("drafted", "discard", "withdrawn", "handler"),
        ("drafted", "lapse", "lapsed", "platform"),
        ("sent", "withdraw", "withdrawn", "handler"),
        ("sent", "close", "closed", "handler"),
        ("sent", "lapse", "lapsed", "platform"),
        ("closed", "reopen", "sent", "handler"),
    }


@pytest.mark.parametrize(("machine", "states"), [(CONSULTATION, ConsultationState), (REPLY, ReplyState)])
def test_a14_4b_every_missing_row_is_refused_in_words(machine, states):
    rows = {(move.source, move.event) for move in machine.moves}
    missing = [(state, event) for state in states for event in machine.events if (state, event) not in rows]
    assert missing
    for state, event in missing:
        with pytest.raises(RuleRefusal, match=machine.word(event)):
            machine.find(state, event)


@pytest.mark.parametrize("lacking", ["subject", "question", "addressees"])
def test_a14_4b_a_letter_lacking_something_is_not_sent(lacking):
    guard = CONSULTATION.find("drafted", "send").guard
    assert guard(LETTER) is None
    assert guard(replace(LETTER, **{lacking: "" if lacking != "addressees" else 0}))


def test_a14_4b_nobody_is_asked_about_a_case_that_has_ended():
    for state, event in (("drafted", "send"), ("closed", "reopen")):
        assert "已结束办理" in CONSULTATION.find(state, event).guard(
            ConsultationFacts("主题", "问题如下", 1, (), False)
        )


def test_a14_4b_closing_needs_a_disposition_for_every_open_objection():
    guard = CONSULTATION.find("sent", "close").guard
    assert guard(LETTER) is None
    assert "长春市水务局" in guard(ConsultationFacts(undisposed=("长春市水务局",)))
    assert {"object", "need_more"} == OBJECTIONS


@pytest.mark.parametrize("days", [None, 0, 31])
def test_a14_4b_a_deadline_is_1_to_30_working_days(days):
    assert list(faults_of_letter("主题", "需要答复什么", {"a": days})) == ["days"]
    assert faults_of_letter("主题", "需要答复什么", {"a": 1, "b": 30}) == {}


def test_a14_4b_every_gap_of_a_letter_is_named_at_once():
    assert list(faults_of_letter(" ", "短", {})) == ["subject", "question", "addressees"]


@pytest.mark.parametrize("opinion", list(Opinion))
def test_a14_4b_a_statement_is_needed_unless_one_simply_agrees(opinion):
    assert bool(fault_of_answer(opinion, " ")) == (opinion != Opinion.AGREE)
    assert fault_of_answer(opinion, "因为红线未避让") == {}


def test_a14_4b_an_opinion_beyond_the_list_is_refused():
    assert fault_of_answer("maybe", "理由") == {"opinion": "请选择答复意见"}


def test_a14_4b_a_reply_is_only_asked_for_while_the_consultation_goes_on():
    for state, event in (("chosen", "ask"), ("awaited", "remind"), ("answered", "ask_again"), ("awaited", "answer")):
        guard = REPLY.find(state, event).guard
        assert guard(ReplyFacts(opinion="agree")) is None
        assert "已结束或撤回" in guard(ReplyFacts(consultation="closed", opinion="agree"))


def test_a14_4b_one_reminder_a_day():
    assert "今天已经催办过" in REPLY.find("awaited", "remind").guard(ReplyFacts(reminded_today=True))


def test_a14_4b_those_related_by_the_table_are_suggested_first_each_with_the_reason():
    due = [
        HeldItem("A", "水土保持", "1-water"),
        HeldItem("B", "环评", "1-ee"),
        HeldItem("C", "节能", "1-drc"),
        HeldItem("D", "备案", "1-drc"),
    ]
    relations = [
        Relation("B", "C", RelationKind.MUST_PRECEDE, "", ""),
        Relation("B", "D", RelationKind.TOGETHER_WITH, "", ""),
    ]
    found = suggested_addressees("B", "1-ee", due, relations)
    assert [(one.org_unit, one.is_related) for one in found] == [("1-drc", True), ("1-water", False)]
    assert found[0].why == "“节能”须先于本事项办结；“备案”与本事项一并办理"
    assert found[1].why == "同一项目的应办事项：水土保持"


def test_a14_4b_asked_about_a_whole_project_nobody_is_related():
    due = [HeldItem("A", "水土保持", "1-water"), HeldItem("B", "环评", "1-ee")]
    relations = [Relation("A", "B", RelationKind.MUST_PRECEDE, "", "")]
    assert [one.is_related for one in suggested_addressees("", "1-drc", due, relations)] == [False, False]
