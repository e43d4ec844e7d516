"""Materials (A14.1d): handed in once for a project, used wherever the same is asked for, nothing lost."""

import pytest
from sqlmodel import col, select

from core.documents.materials import Filed, current_materials, hand_in, wanted_for
from core.documents.tables import Material
from core.guides.publishing import catalogue
from core.trace import entries_of_project
from tests.world import MONDAY_9AM, declare


@pytest.fixture
def code(world):
    return declare(world, "parts_factory")


def guide(session, item_code):
    return catalogue(session, on=MONDAY_9AM.date()).guides[item_code]


def give(world, code, item_code, material_code, digest="a" * 64):
    with world.public.writing() as session:
        asked = guide(session, item_code)
        need = next(one for one in asked.materials if one.code == material_code)
        filed = Filed("材料.pdf", "application/pdf", digest, 1)
        return hand_in(session, code, asked, need, filed, by=world.unit, at=world.now)


def wanted(world, code, item_code):
    """Material → the digest of what is there for it, and whether it is missing."""
    with world.public.reading() as session:
        found = wanted_for(session, code, guide(session, item_code))
        return {one.need.code: (one.have.digest if one.have else None, one.is_missing) for one in found}


def shared_needs(world):
    """A reusable material that two due items of the parts factory ask for."""
    with world.public.reading() as session:
        asked = [(item, need) for item in ("ECO-02", "WAT-01", "DRC-06") for need in guide(session, item).materials]
    return {
        need.code: [item for item, other in asked if other.code == need.code]
        for _, need in asked
        if need.reusable and not need.is_shared
    }


def test_a14_1d_what_was_handed_in_for_one_item_serves_every_other_that_asks_for_it(world, code):
    material, (first, second, *_) = next((one, items) for one, items in shared_needs(world).items() if len(items) > 1)
    give(world, code, first, material)
    assert wanted(world, code, first)[material] == wanted(world, code, second)[material] == ("a" * 64, False)


def test_a14_1d_what_belongs_to_one_item_serves_only_that_one(world, code):
    give(world, code, "ECO-02", "APPLICATION")
    assert wanted(world, code, "ECO-02")["APPLICATION"][0] == "a" * 64
    assert wanted(world, code, "DRC-06")["APPLICATION"][0] is None


def test_what_a_register_holds_is_not_asked_of_the_unit(world, code):
    assert wanted(world, code, "ECO-02")["LICENCE"] == (None, False)
    assert wanted(world, code, "ECO-02")["EIA_TABLE"] == (None, True)


def test_a_conditional_material_does_not_hold_an_application_up(world, code):
    assert wanted(world, code, "ECO-02")["AUTHORISATION"] == (None, False)


def test_nothing_that_was_handed_in_is_lost_when_it_is_replaced(world, code):
    give(world, code, "ECO-02", "EIA_TABLE", "a" * 64)
    give(world.later(hours=1), code, "ECO-02", "EIA_TABLE", "b" * 64)
    with world.public.reading() as session:
        rows = session.exec(select(Material).order_by(col(Material.handed_in_at))).all()
        assert [(row.digest[0], row.replaced_at) for row in rows] == [("a", world.now), ("b", None)]
        assert [row.digest[0] for row in current_materials(session, code)] == ["b"]


def test_another_projects_material_serves_this_one_not(world, code):
    other = declare(world, "parts_factory", project_name="另一个电池托盘项目")
    give(world, other, "ECO-02", "EIA_TABLE")
    assert wanted(world, code, "ECO-02")["EIA_TABLE"] == (None, True)


def test_a4_4_handing_in_is_in_the_trace(world, code):
    give(world, code, "ECO-02", "EIA_TABLE")
    with world.public.reading() as session:
        assert entries_of_project(session, code)[0].words == "提交材料：环境影响报告表（报批稿和公示稿）"
