"""Guides, regions and calendar (A7.1, A8.1): in force here, mirrored there; a case keeps its version."""

from datetime import date

import pytest
from sqlmodel import select

from core.cases.facts import guide_of
from core.cases.tables import Case
from core.domain.policy import PLATFORM
from core.errors import Absent, Conflict
from core.guides.from_reference import guides, publish_everything
from core.guides.publishing import catalogue, guide_in_force, guide_version, publish_guide
from core.guides.tables import ExtranetGuideVersion
from core.organisations import organisations
from core.projects.tables import ToldDueItem
from extranet_portal.worker import accept_the_silent
from tests.core.cases.acts import BEYOND_SILENCE, bring
from tests.world import apply_for, case, case_of, declare

TODAY = date(2026, 11, 23)


def second_version(world, *, on=date(2026, 11, 23), **differs):
    """A new version of the guide of ECO-02 comes into force."""
    with world.extranet.writing() as session:
        guide = (
            catalogue(session, on=TODAY)
            .guides["ECO-02"]
            .model_copy(update={"number": 2, "promised_days": 10, **differs})
        )
        publish_guide(session, guide, in_force_from=on, by=PLATFORM, at=world.now)
    world.pump()


def version_of(world, case_id):
    with world.extranet.reading() as session:
        return guide_of(session, session.get_one(Case, case_id)).version_id


def test_a8_1_every_item_of_the_catalogue_has_a_guide_in_force_in_both_zones(world):
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert catalogue(inside, on=TODAY).guides == catalogue(outside, on=TODAY).guides
        assert len(catalogue(inside, on=TODAY).guides) == 62


@pytest.mark.parametrize(
    "element", ["legal_basis", "content", "acceptance_conditions", "process", "supervision", "contact"]
)
def test_a8_1_every_guide_names_the_elements_of_the_article(element):
    assert not [guide.item_code for guide in guides() if not getattr(guide, element).strip()]


def test_a8_1_a_new_version_is_in_force_in_both_zones_and_the_old_one_is_kept(world):
    second_version(world)
    with world.extranet.reading() as inside, world.public.reading() as outside:
        for session in (inside, outside):
            assert catalogue(session, on=TODAY).guides["ECO-02"].version_id == "ECO-02.2"
            assert guide_version(session, "ECO-02.1").promised_days == 15
        old = inside.exec(select(ExtranetGuideVersion).where(ExtranetGuideVersion.id == "ECO-02.1")).one()
    assert old.in_force_to == date(2026, 11, 23)


def test_a15_1_the_limit_is_that_of_the_version_in_force_at_acceptance(applied_world):
    second_version(applied_world)
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    assert version_of(applied_world, case_id) == "ECO-02.2"
    assert case(applied_world, case_id).due_on == date(2026, 12, 7)


def test_a8_1_a_case_keeps_the_version_it_was_accepted_under(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    second_version(applied_world)
    assert version_of(applied_world, case_id) == "ECO-02.1"
    assert case(applied_world, case_id).due_on == date(2026, 12, 14)


def test_a15_1_what_is_deemed_accepted_goes_by_the_version_of_the_day_of_receipt(applied_world):
    second_version(applied_world, on=date(2026, 11, 24))
    case_id = case_of(applied_world, "ECO-02")
    accept_the_silent(applied_world.extranet, applied_world.on(BEYOND_SILENCE).now)
    assert version_of(applied_world, case_id) == "ECO-02.1"


def test_a15_1_a_project_declared_afterwards_goes_by_the_new_limit(world):
    second_version(world)
    world.code = declare(world, "renovation")
    apply_for(world, world.code, "ECO-02")
    case_id = bring(world, case_of(world, "ECO-02"), "in_handling")
    assert case(world, case_id).due_on == date(2026, 12, 7)


def test_a8_1_a_version_for_a_later_day_is_not_in_force_before_it_in_either_zone(world):
    begins = date(2027, 1, 1)
    second_version(world, on=begins)
    for database in (world.extranet, world.public):
        with database.reading() as session:
            assert catalogue(session, on=date(2026, 12, 31)).guides["ECO-02"].version_id == "ECO-02.1"
            assert catalogue(session, on=begins).guides["ECO-02"].version_id == "ECO-02.2"
            assert guide_in_force(session, "ECO-02", on=date(2017, 8, 15)) is None
            assert guide_version(session, "ECO-02.2").promised_days == 10
    world.code = declare(world, "renovation")
    with world.public.reading() as session:
        assert session.get_one(ToldDueItem, (world.code, "ECO-02")).guide_version == "ECO-02.1"


def test_a8_1_a_version_that_begins_before_a_planned_one_takes_its_place(world):
    second_version(world, on=date(2027, 3, 1))
    second_version(world, on=date(2027, 1, 1), number=3)
    for database in (world.extranet, world.public):
        with database.reading() as session:
            held = [catalogue(session, on=date(2026 + month // 12, month % 12 + 1, 1)).guides["ECO-02"].number
                    for month in range(10, 16)]  # fmt: skip
        assert held == [1, 1, 3, 3, 3, 3]


def test_a8_1_a_version_is_published_once_and_never_changes(world):
    second_version(world)
    with pytest.raises(Conflict, match="第 2 版办事指南刚刚由其他人发布"):
        second_version(world, promised_days=5)
    with world.extranet.reading() as session:
        assert guide_version(session, "ECO-02.2").promised_days == 10


def test_a_version_nobody_published_is_not_there(world):
    with world.extranet.reading() as session, pytest.raises(Absent, match="没有找到这一版"):
        guide_version(session, "ECO-02.9")


def test_publishing_everything_again_changes_nothing_anyone_sees(world):
    with world.extranet.reading() as session:
        before = catalogue(session, on=TODAY).guides, organisations(session).org_units
    with world.extranet.writing() as session:
        publish_everything(session, by=PLATFORM, at=world.now, in_force_from=date(2017, 8, 16))
    world.pump()
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert (catalogue(inside, on=TODAY).guides, organisations(inside).org_units) == before
        assert (catalogue(outside, on=TODAY).guides, organisations(outside).org_units) == before


def test_both_zones_know_the_same_tree_of_regions(world):
    with world.extranet.reading() as inside, world.public.reading() as outside:
        tree, mirror = organisations(inside), organisations(outside)
    assert (tree.regions, tree.below) == (mirror.regions, mirror.below)
    assert "220184" in tree.below["220100"]
    assert tree.above["220184"] == {"220184", "220100", "220000"}
    assert (tree.path("220184"), tree.path("220100")) == ("长春市公主岭市", "长春市")
    assert (tree.region_name("999999"), tree.unit_name("999999-x"), tree.path("999999")) == (
        "999999",
        "999999-x",
        "999999",
    )
