"""The states of a project (A14.1, A14.5): when it is over, and what a denial makes of it."""

import pytest

from core.domain.policy import Role
from core.domain.project_states import (
    ENDED,
    PROJECT,
    ProjectFacts,
    ProjectState,
    everything_concluded,
    everything_granted,
    still_open,
    why_no_applications,
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
    approved     reopen_revoked   in_approval   platform
    not_approved reopen_revoked   in_approval   platform
    verified     suspend          suspended     coordinator
    in_approval  suspend          suspended     coordinator
    approved     suspend          suspended     coordinator
    not_approved suspend          suspended     coordinator
    suspended    resume_to_verified      verified      coordinator
    suspended    resume_to_in_approval   in_approval   coordinator
    suspended    resume_to_approved      approved      coordinator
    suspended    resume_to_not_approved  not_approved  coordinator
    verified     terminate        terminated    coordinator
    in_approval  terminate        terminated    coordinator
    approved     terminate        terminated    coordinator
    not_approved terminate        terminated    coordinator
    suspended    terminate        terminated    coordinator
    verified     supersede        superseded    coordinator
    in_approval  supersede        superseded    coordinator
    approved     supersede        superseded    coordinator
    not_approved supersede        superseded    coordinator
"""


def test_the_table_is_the_one_the_article_describes():
    described = {tuple(line.split()) for line in TABLE.strip().splitlines()}
    assert {(move.source, move.event, move.target, move.by) for move in PROJECT.moves} == described


def test_an_officer_moves_a_project_only_by_deciding_what_its_unit_applied_for():
    by_officers = {move.event for move in PROJECT.moves if move.by not in (Role.PLATFORM, Role.PROJECT_UNIT)}
    assert {event.partition("_to_")[0] for event in by_officers} == {"suspend", "resume", "terminate", "supersede"}


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_is_over_is_over(state):
    assert not [move for move in PROJECT.moves if move.source == state]
    assert why_no_applications(state)


@pytest.mark.parametrize("state", sorted(ProjectState))
def test_a14_1e_what_rests_or_is_over_takes_no_application_and_says_why(state):
    takes = {"verified", "in_approval", "approved", "not_approved"}
    assert (why_no_applications(state) == "") == (state in takes)


def test_a14_1e_a_suspended_project_goes_back_to_where_it_was_and_nowhere_else():
    for move in PROJECT.moves:
        if move.source == ProjectState.SUSPENDED and move.event.startswith("resume"):
            assert move.guard(ProjectFacts(resumes_to=move.target)) is None
            assert "不是这个状态" in move.guard(ProjectFacts(resumes_to="elsewhere"))


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
