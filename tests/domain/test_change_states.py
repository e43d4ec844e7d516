"""The states of a change request (A12.2, A14.1e): the table, what its guards object to, who may apply for what."""

import pytest

from core.domain import change_states as rules
from core.domain.change_states import CHANGE, EDITABLE, OPEN_STATES, ChangeFacts, ChangeKind, ChangeState
from core.domain.project_states import PROJECT, ProjectState

TABLE = """
    draft             submit          submitted         project_unit
    returned          submit          submitted         project_unit
    draft             withdraw        withdrawn         project_unit
    submitted         withdraw        withdrawn         project_unit
    returned          withdraw        withdrawn         project_unit
    submitted         return          returned          coordinator
    submitted         refuse          refused           coordinator
    submitted         grant           granted           coordinator
    submitted         grant_as_major  granted_as_major  coordinator
    granted_as_major  supersede       superseded        platform
"""


def test_the_table_is_the_one_the_article_describes():
    described = {tuple(line.split()) for line in TABLE.strip().splitlines()}
    assert {(move.source, move.event, move.target, move.by) for move in CHANGE.moves} == described


def test_nothing_leaves_a_request_that_is_over():
    assert not [move for move in CHANGE.moves if move.source not in OPEN_STATES]
    assert EDITABLE < OPEN_STATES


@pytest.mark.parametrize(
    ("event", "facts", "says"),
    [
        ("submit", ChangeFacts(kind="change"), "还没有修改任何内容"),
        ("submit", ChangeFacts(kind="change", changed=("site_address",)), None),
        ("submit", ChangeFacts(kind="suspension"), None),
        ("grant", ChangeFacts(kind="change", changed=("site_address",)), None),
        ("grant", ChangeFacts(kind="change", in_code=("项目类型",)), "项目类型写在项目代码里"),
        ("grant", ChangeFacts(kind="major_change"), "应当重新赋码"),
        ("grant", ChangeFacts(kind="termination", undecided=("环评",)), "还没有选择：环评"),
        ("grant_as_major", ChangeFacts(kind="change"), None),
        ("grant_as_major", ChangeFacts(kind="major_change", undecided=("环评",)), "还没有选择：环评"),
        ("grant_as_major", ChangeFacts(kind="termination"), "只有申报信息变更"),
    ],
)
def test_a12_2_what_a_guard_objects_to(event, facts, says):
    words = next(move.guard for move in CHANGE.moves if move.event == event)(facts)
    assert words is None if says is None else says in words


LIVE = {"verified", "in_approval", "approved", "not_approved"}


@pytest.mark.parametrize("state", sorted(ProjectState))
def test_a14_1e_what_may_be_applied_for_is_what_the_project_machine_can_do(state):
    found = set(rules.may_apply_for(state))
    events = {move.event.partition("_to_")[0] for move in PROJECT.moves if move.source == state}
    assert (ChangeKind.SUSPENSION in found) == ("suspend" in events)
    assert (ChangeKind.RESUMPTION in found) == ("resume" in events)
    assert (ChangeKind.TERMINATION in found) == ("terminate" in events)
    assert (ChangeKind.MAJOR in found) == ("supersede" in events)
    assert (ChangeKind.CHANGE in found) == (state in LIVE)
    for kind in ChangeKind:
        assert (rules.why_not_now(kind, state, ()) == "") == (kind in found)


def test_a14_1e_one_request_at_a_time():
    assert "已有中止申请在办理" in rules.why_not_now("change", "verified", ["suspension"])
    assert "不能申请" in rules.why_not_now("nonsense", "verified", [])


def test_every_kind_state_and_fate_has_its_word():
    assert set(rules.KIND_WORDS) == set(rules.KIND_HINTS) == set(ChangeKind)
    assert set(rules.OPEN_FATES | rules.DECIDED_FATES) == set(rules.Fate)
    assert {CHANGE.word(state) for state in ChangeState}


def test_a12_2_a_case_without_a_fate_that_may_become_of_it_is_named():
    cases, chosen = [("1", "环评"), ("2", "能评"), ("3", "水保")], {"2": "carry", "3": "leave"}
    assert rules.undecided(cases, chosen, rules.OPEN_FATES) == ("环评", "水保")
    assert rules.undecided(cases, chosen, rules.DECIDED_FATES) == ("环评",)
