"""The states of a project (A14.1, A14.5): when it is over, and what a denial makes of it."""

import pytest

from core.domain.policy import Role
from core.domain.project_states import (
    PROJECT,
    ProjectFacts,
    ProjectState,
    everything_concluded,
    everything_granted,
    still_open,
)

TABLE = """
    declared     verify           verified      platform
    declared     return           returned      platform
    verified     begin_approval   in_approval   project_unit
    in_approval  complete         approved      platform
    in_approval  complete_denied  not_approved  platform
    approved     reopen           in_approval   project_unit
    not_approved reopen           in_approval   project_unit
    approved     extend_list      in_approval   platform
    not_approved extend_list      in_approval   platform
"""


def test_the_table_is_the_one_the_article_describes():
    described = {tuple(line.split()) for line in TABLE.strip().splitlines()}
    assert {(move.source, move.event, move.target, move.by) for move in PROJECT.moves} == described


def test_no_officer_moves_a_project_by_hand():
    assert {move.by for move in PROJECT.moves} == {Role.PLATFORM, Role.PROJECT_UNIT}


def test_a_returned_declaration_is_over():
    assert not [move for move in PROJECT.moves if move.source == ProjectState.RETURNED]


@pytest.mark.parametrize("state", ["complete", "complete_denied"])
def test_a14_5_both_ends_issue_the_notice_of_completion(state):
    assert PROJECT.find("in_approval", state).notice == "completion"


@pytest.mark.parametrize(
    ("facts", "granted", "denied"),
    [
        (ProjectFacts(due=0), "没有应办事项", "没有应办事项"),
        (ProjectFacts(due=3, concluded=2), "还有 1 项应办事项未办结", "还有 1 项应办事项未办结"),
        (ProjectFacts(due=3, concluded=2, denied=1), "还有 1 项应办事项未办结", "还有 1 项应办事项未办结"),
        (ProjectFacts(due=3, concluded=3), None, "没有不予批准的事项"),
        (ProjectFacts(due=3, concluded=3, denied=1), "有 1 项不予批准", None),
    ],
)
def test_a14_5_a_project_ends_in_exactly_one_way_and_only_when_nothing_is_open(facts, granted, denied):
    assert everything_granted(facts) == granted
    assert everything_concluded(facts) == denied
    assert still_open(facts) == (granted if granted == denied else None)
