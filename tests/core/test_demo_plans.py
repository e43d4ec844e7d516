"""What the 300 projects of the demonstration are to be, told from the plan alone: no day of it is played here."""

import pytest

from core.demo.accounts import ENTERPRISES, SEED, person_name
from core.demo.enterprises import owners
from core.demo.plans import Plan, make_plans
from core.domain.remit import Level
from core.reference.loader import load


@pytest.fixture(scope="module")
def plans() -> list[Plan]:
    people = [person_name(f"contact{number}", seed=SEED) for number in range(60)]
    return make_plans(owners(people), projects=300, seed=SEED)


def test_every_county_has_a_project_and_so_has_many_a_zone(plans: list[Plan]) -> None:
    counties = {region.code for region in load().regions if region.level is Level.COUNTY}
    assert {plan.place.region for plan in plans} == counties
    assert len({plan.zone for plan in plans} - {""}) >= 5


def test_every_type_and_every_level_occurs(plans: list[Plan]) -> None:
    assert {plan.archetype.project_type for plan in plans} == {"01", "02", "03"}
    assert {plan.level for plan in plans} == set(Level)


def test_projects_have_come_more_or_less_far(plans: list[Plan]) -> None:
    lives = {
        "just declared": [plan for plan in plans if not plan.rounds],
        "finished": [plan for plan in plans if any(asked.finishing for asked in plan.rounds)],
        "applied for lately": [plan for plan in plans if plan.rounds and plan.rounds[-1].ago < 24],
        "resting": [plan for plan in plans if len(plan.rounds) == 1 and plan.rounds[0].ago >= 45],
    }
    assert {life: len(found) >= 15 for life, found in lives.items()} == dict.fromkeys(lives, True)


def test_both_enterprises_to_sign_in_with_have_projects_that_together_are_at_every_stage(plans: list[Plan]) -> None:
    own = [[plan for plan in plans if plan.owner.credit_code == one.credit_code] for one in ENTERPRISES]
    assert all(len(found) >= 5 for found in own)
    both = [plan for found in own for plan in found]
    assert {0, 3} <= {plan.declared_ago for plan in both if not plan.rounds}  # in the outbox still, and verified
    assert any(asked.finishing for plan in both for asked in plan.rounds)
    assert {"denied", "refused", "withdrawn", "paused"} <= {
        story for plan in both for asked in plan.rounds for story in asked.stories.values()
    }


def test_names_are_not_repeated_and_the_seed_decides(plans: list[Plan]) -> None:
    people = [person_name(f"contact{number}", seed=SEED) for number in range(60)]
    assert len({plan.name for plan in plans}) == len(plans) == 300
    assert make_plans(owners(people), projects=300, seed=SEED) == plans
    assert make_plans(owners(people), projects=300, seed=SEED + 1) != plans
