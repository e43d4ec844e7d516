"""Who may do what (A2.2, A2.3, A9.1): deny by default, and lists that admit what single pages admit."""

import pytest

from core.domain.case_states import CASE
from core.domain.policy import (
    CASE_ROLES,
    CITIZEN,
    EXCLUSIVE_ROLES,
    PLATFORM,
    POLICY,
    ROLE_NAMES,
    Actor,
    Grant,
    Reach,
    Role,
    admits,
    may_ever,
    reach,
)

UNIT = Actor(Role.PROJECT_UNIT, id="sun", credit_code="91220101MA1400A22H")
OFFICER_ACTIONS = [action for action, rows in POLICY.items() if not {row[0] for row in rows} & {Role.PROJECT_UNIT}]


def officer(*grants):
    return Actor(Role.OFFICER, id="wang", grants=tuple(Grant(role, unit, unit[7:], unit[:6]) for role, unit in grants))


def sees(actor, action, org_unit, *above):
    regions = frozenset({org_unit[:6], *above})
    return admits(reach(actor, action), org_unit=org_unit, department=org_unit[7:], regions=regions)


def test_an_action_that_is_not_in_the_table_is_allowed_to_nobody():
    everyone = [Actor(role, grants=(Grant(role, "220000-drc", "drc", "220000"),)) for role in Role]
    assert not [actor.role for actor in everyone if may_ever(actor, "case.burn")]


@pytest.mark.parametrize("action", OFFICER_ACTIONS)
def test_nobody_from_outside_does_an_officers_work(action):
    anyones = {"officer_session.open", "officer_preference.set"}
    assert may_ever(CITIZEN, action) == (action in anyones)
    assert not may_ever(UNIT, action)


def test_an_officer_without_a_grant_may_only_sign_in_and_out_and_keep_the_account_safe():
    allowed = {action for action in POLICY if may_ever(officer(), action)}
    assert allowed == {
        "officer_session.open", "officer_session.close", "officer_preference.set",
        "officer_account.see", "officer_account.secure",
    }  # fmt: skip


@pytest.mark.parametrize("role", sorted(EXCLUSIVE_ROLES))
def test_a9_1_an_administrator_sees_no_case_and_no_project(role):
    holder = officer((role, "220000-eic"))
    assert not [action for action in POLICY if action.startswith(("case", "project")) and may_ever(holder, action)]


def test_the_platform_itself_signs_nothing_and_opens_no_page():
    assert not [action for action in POLICY if may_ever(PLATFORM, action)]


OFFICERS_MOVES = [move for move in CASE.moves if move.by in ("clerk", "handler", "approver")]


@pytest.mark.parametrize("move", OFFICERS_MOVES, ids=[f"{move.source}-{move.event}" for move in OFFICERS_MOVES])
def test_an_act_on_a_case_is_open_to_one_role_at_the_cases_own_unit(move):
    action = f"case.{move.event}"
    for role in Role:
        holder = officer((role, "220184-ee"))
        assert sees(holder, action, "220184-ee", "220100", "220000") == (role == move.by)
        assert not sees(holder, action, "220102-ee", "220100", "220000")
        assert not sees(holder, action, "220184-drc", "220100", "220000")


def test_a2_2_a_department_above_sees_its_own_subtree_and_acts_on_none_of_it():
    prefecture = officer((Role.CLERK, "220100-ee"))
    assert sees(prefecture, "case.see", "220184-ee", "220100", "220000")
    assert not sees(prefecture, "case.see", "220184-drc", "220100", "220000")
    assert not sees(prefecture, "case.see", "220203-ee", "220200", "220000")
    assert not sees(prefecture, "case.accept", "220184-ee", "220100", "220000")


@pytest.mark.parametrize("role", CASE_ROLES)
@pytest.mark.parametrize("action", ["consultation.see", "copy.see", "engagement.see"])
def test_whoever_works_on_a_case_reads_what_was_asked_copied_and_commissioned_for_it(role, action):
    holder = officer((role, "220184-ee"))
    assert sees(holder, action, "220184-ee", "220100", "220000")
    assert not sees(holder, action, "220184-drc", "220100", "220000")


@pytest.mark.parametrize("role", CASE_ROLES)
def test_whoever_works_on_a_case_reads_the_changes_of_its_project(role):
    assert reach(officer((role, "220184-ee")), "change.see").by_project == {"220184-ee"}


def test_a2_2_a_department_below_does_not_see_what_lies_above():
    county = officer((Role.CLERK, "220184-ee"))
    assert not sees(county, "case.see", "220100-ee", "220000")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.SUPERVISOR])
def test_a7_1_coordinator_and_supervisor_read_every_department_of_their_region_and_act_on_nothing(role):
    holder = officer((role, "220100-drc"))
    assert sees(holder, "case.see", "220184-water", "220100", "220000")
    assert not sees(holder, "case.see", "220203-water", "220200", "220000")
    assert not [move.event for move in CASE.moves if may_ever(holder, f"case.{move.event}")]


def test_grants_add_up_and_none_lends_its_place_to_another():
    both = officer((Role.CLERK, "220184-ee"), (Role.APPROVER, "220102-drc"))
    assert sees(both, "case.accept", "220184-ee", "220100", "220000")
    assert not sees(both, "case.accept", "220102-drc", "220100", "220000")
    assert both.roles_at("220102-drc") == {Role.APPROVER}
    assert both.roles == {Role.OFFICER, Role.CLERK, Role.APPROVER}


def test_a_project_unit_reaches_what_is_its_own_and_no_more():
    assert reach(UNIT, "my_project.see") == Reach(credit_code="91220101MA1400A22H")
    assert not sees(UNIT, "my_project.see", "220184-ee", "220100", "220000")


def test_a_reach_without_anything_says_so():
    assert Reach().nothing
    assert not Reach(everything=True).nothing


def test_every_role_has_a_chinese_name():
    assert set(ROLE_NAMES) == set(Role)
