"""The task list: derived from the state table, its guards and what happened, with no case of its own (A14.2–A14.5)."""

from dataclasses import replace

import pytest

from core.domain.case_states import CASE, OPEN_STATES, CaseFacts
from core.domain.machine import Machine
from core.domain.policy import Role
from core.domain.tasks import STATUS_WORDS, Situation, TaskStatus, tasks

READY = CaseFacts(
    code_verified=True,
    item_kind="licence",
    document_number="1",
    document_title="1",
    has_scan=True,
    ground="prohibited",
    proposed_by="li",
)


def told(state, *happened, **differs):
    """The tasks as (status, event, because), the choices apart."""
    facts = replace(READY, **differs)
    best = [replace(facts, missing=(), unmet=(), acting="", proposed_by="x", is_paused=paused) for paused in (0, 1)]
    found = tasks(CASE, Situation(state, facts, best, happened, OPEN_STATES))
    way = [(str(task.status), task.event, task.because) for task in found if not task.is_choice]
    return way, {task.event: task.because for task in found if task.is_choice}


def test_a_fresh_case_has_its_whole_way_ahead_of_it():
    way, choices = told("submitted")
    assert way == [
        ("to_do", "pass_preliminary", ""),
        ("blocked", "accept", "等“初审通过”完成"),
        ("blocked", "propose", "等“受理”完成"),
        ("blocked", "approve", "等“提交签批”完成"),
    ]
    assert choices == {"refuse_preliminary": "", "transfer": ""}


def test_a_guard_gives_the_because():
    way, choices = told("under_acceptance", "pass_preliminary", missing=("环境影响报告表",))
    assert way[:2] == [("done", "pass_preliminary", ""), ("blocked", "accept", "缺少必需材料：环境影响报告表")]
    assert choices == {"transfer": "", "request_supplement": "", "decline": ""}


def test_what_this_kind_of_case_never_knows_is_no_task():
    way, choices = told("under_acceptance", "pass_preliminary", item_kind="filing")
    assert [event for _, event, _ in way] == ["pass_preliminary", "record_filing"]
    assert "accept" not in choices


def test_a_second_request_to_supplement_is_no_task():
    _, choices = told("under_acceptance", "pass_preliminary", "request_supplement", "supplement", supplements=1)
    assert choices == {"transfer": "", "decline": ""}


def test_while_the_unit_supplements_the_department_waits_for_it():
    way, choices = told("awaiting_supplement", "pass_preliminary", "request_supplement", supplements=1)
    assert way[1:4] == [
        ("done", "request_supplement", ""),
        ("to_do", "supplement", ""),
        ("blocked", "accept", "等“补正”完成"),
    ]
    assert choices == {}


def test_a14_4a_return_from_sign_off_flips_exactly_the_tasks_concerned():
    before, _ = told("awaiting_sign_off", "pass_preliminary", "accept", "propose", proposed_by="li", acting="zhou")
    after, _ = told("in_handling", "pass_preliminary", "accept", "propose", "send_back")
    assert [one[:2] for one in before] == [
        ("done", "pass_preliminary"), ("done", "accept"), ("done", "propose"), ("to_do", "approve"),
    ]  # fmt: skip
    assert after == [
        ("done", "pass_preliminary", ""),
        ("done", "accept", ""),
        ("again", "propose", "因“退回承办人”"),
        ("blocked", "approve", "等“提交签批”完成"),
    ]


def test_proposed_once_more_it_needs_nobody_again():
    way, _ = told("awaiting_sign_off", "accept", "pass_preliminary", "accept", "propose", "send_back", "propose")
    assert "again" not in [status for status, _, _ in way]


def test_a_proposer_who_would_sign_off_reads_why_not():
    way, _ = told("awaiting_sign_off", "pass_preliminary", "accept", "propose", proposed_by="li", acting="li")
    assert way[-1][0] == "blocked"
    assert "不能签批自己提出的拟办意见" in way[-1][2]


def test_while_counting_rests_only_resuming_is_possible():
    way, choices = told("in_handling", "pass_preliminary", "accept", "pause", is_paused=True)
    assert ("blocked", "propose", "计时暂停中，恢复计时后才能提交签批") in way
    assert choices == {"resume": ""}


def test_acceptance_by_silence_is_among_what_was_done():
    way, _ = told("in_handling", "deem_accepted")
    assert way[0] == ("done", "deem_accepted", "")
    assert [event for _, event, _ in way] == ["deem_accepted", "propose", "approve"]


@pytest.mark.parametrize("state", sorted(set(CASE.states) - OPEN_STATES))
def test_a_case_that_ended_needs_nothing_more(state):
    way, choices = told(state, "pass_preliminary")
    assert {status for status, _, _ in way} == {"done"}
    amendments = {"propose_correction": "", "propose_revocation": ""}
    assert choices == (amendments if state == "concluded" else {})


def test_every_open_state_tells_somebody_what_to_do():
    for state in OPEN_STATES:
        way, _ = told(state)
        assert way[-1][1] == "approve"
        assert way[0][0] == "to_do"


def test_a_level_of_review_brings_its_task_and_its_return_flips_both():
    """A row nobody wrote a page for: the derivation takes it from the table."""
    paper = Machine(
        "paper",
        [
            ("drafted", "hand_over", "reviewed", Role.HANDLER, "A14.4a"),
            ("reviewed", "pass_on", "signed_off", Role.APPROVER, "A14.4a"),
            ("signed_off", "return_to_draft", "drafted", Role.APPROVER, "A14.4a"),
            ("signed_off", "sign", "ended", Role.APPROVER, "A14.4a"),
        ],
        {
            "drafted": "拟稿", "reviewed": "审核", "signed_off": "签批", "ended": "办结",
            "hand_over": "送审", "pass_on": "审核通过", "return_to_draft": "退回拟稿", "sign": "签发",
        },
    )  # fmt: skip
    now = Situation(
        "drafted", None, (), ("hand_over", "pass_on", "return_to_draft"), {"drafted", "reviewed", "signed_off"}
    )
    assert [(task.word, task.status) for task in tasks(paper, now)] == [
        ("送审", TaskStatus.AGAIN),
        ("审核通过", TaskStatus.AGAIN),
        ("签发", TaskStatus.BLOCKED),
    ]


def test_every_status_has_its_words():
    assert list(STATUS_WORDS) == list(TaskStatus)


def test_a_level_of_review_that_stays_in_its_state_is_done_again_after_a_return():
    way, _ = told("awaiting_sign_off", *["pass_preliminary", "accept", "propose", "review"], reviews_left=0)
    assert ("done", "review", "") in way
    facts = replace(READY, reviews_left=0)
    best = [replace(facts, acting="", proposed_by="x", reviews_left=left) for left in (0, 1)]
    happened = ["pass_preliminary", "accept", "pause", "resume", "propose", "review", "send_back"]
    found = tasks(CASE, Situation("in_handling", facts, best, happened, OPEN_STATES))
    again = {task.event for task in found if task.status is TaskStatus.AGAIN}
    assert again == {"propose", "review"}
    assert {"pause", "resume"} <= {task.event for task in found if task.status is TaskStatus.DONE}


def test_while_a_review_is_open_signing_off_waits_for_it():
    facts = replace(READY, reviews_left=1, acting="zhou")
    best = [replace(facts, acting="", proposed_by="x", reviews_left=left) for left in (0, 1)]
    found = tasks(CASE, Situation("awaiting_sign_off", facts, best, ("propose",), OPEN_STATES))
    standing = {task.event: task.status for task in found}
    assert standing["approve"] is TaskStatus.BLOCKED
    assert standing["review"] is TaskStatus.TO_DO
