"""The extranet examines what was declared (A13.2) and tells the due items (A14.1c)."""

import pytest
from sqlmodel import col, select

from core.errors import RuleRefusal
from core.projects.messages import ProjectDeclared, ProjectReturned
from core.projects.tables import Declaration, DeclaredProject, DueItem, Project, ToldDueItem
from core.projects.verifying import examine, show_returned, what_contradicts
from core.trace import entries_of_project
from tests.world import CREDIT_CODE, MONDAY_9AM, declare, words

FACTS = {"region_code": "220184", "industry_division": "13", "project_type": "03"}
GOOD = "2026-220184-13-03-000001"
TODAY = MONDAY_9AM.date()


def arrive(world, code, *, facts=None, credit_code=CREDIT_CODE):
    """A declaration reaches the extranet past the internet zone's own checks."""
    told = ProjectDeclared(
        project_code=code,
        credit_code=credit_code,
        unit_name="吉林启辰汽车零部件有限公司",
        facts={**FACTS, "project_name": "公主岭市玉米加工项目", "project_level": "county", **(facts or {})},
        declared_at=world.now,
    )
    with world.extranet.writing() as session:
        examine(session, told, None)


def project(world, code):
    with world.extranet.reading() as session:
        return session.get(Project, code)


def test_a13_2_a_code_that_stands_for_its_facts_is_verified_in_both_zones(world):
    code = declare(world, "renovation")
    with world.public.reading() as session:
        shown = session.get_one(DeclaredProject, code)
    assert (project(world, code).state, shown.state) == ("verified", "verified")
    assert project(world, code).verified_at == shown.verified_at == world.now
    with world.extranet.reading() as session:
        assert words(entries_of_project(session, code))[::-1] == ["收到项目申报", "核验项目代码", "告知应办事项 4 项"]


def test_the_declared_facts_are_kept_as_their_first_version(world):
    code = declare(world, "renovation")
    with world.extranet.reading() as inside, world.public.reading() as outside:
        declaration = inside.exec(select(Declaration)).one()
        assert (declaration.number, declaration.facts) == (1, outside.get_one(DeclaredProject, code).facts)


@pytest.mark.parametrize(
    ("code", "differs", "words"),
    [
        (GOOD, {}, ""),
        ("2025-220184-13-03-000001", {}, "年份是 2025，与申报信息 2026 不符"),
        (GOOD, {"region_code": "220102"}, "地区代码是 220184，与申报信息 220102 不符"),
        (GOOD, {"industry_division": "36"}, "行业代码是 13，与申报信息 36 不符"),
        (GOOD, {"project_type": "01"}, "项目类型代码是 03，与申报信息 01 不符"),
        ("2026-220184-13-03-00000", {}, "20 位数字"),
        ("2026-220184-13-09-000001", {}, "项目类型"),
        ("", {}, "请填写项目代码"),
    ],
)
def test_a13_2_a_code_that_contradicts_its_facts_says_in_which_part(code, differs, words):
    found = what_contradicts(code, {**FACTS, **differs}, declared_on=TODAY)
    assert (words in found) if words else found == ""


def test_a13_2_a_declaration_that_does_not_stand_is_returned_with_its_reason(world):
    arrive(world, GOOD, facts={"region_code": "220102"})
    assert project(world, GOOD).state == "returned"
    with world.extranet.reading() as session:
        assert session.exec(select(DueItem)).all() == []
        assert entries_of_project(session, GOOD)[0].reason == "项目代码的地区代码是 220184，与申报信息 220102 不符"


def test_a11_1_a_code_belongs_to_one_project(world):
    code = declare(world, "renovation")
    with pytest.raises(RuleRefusal, match="已属于另一个项目"):
        arrive(world, code)
    assert project(world, code).name == "公主岭市玉米深加工生产线技术改造项目"


def test_a14_1a_a_unit_the_extranet_never_heard_of_declares_nothing(world):
    with pytest.raises(RuleRefusal, match="未在本平台注册"):
        arrive(world, GOOD, credit_code="91220100MA17000134")
    assert project(world, GOOD) is None


def test_a14_1c_the_unit_is_told_which_items_from_whom_in_which_order_and_why(world):
    code = declare(world, "pig_farm")
    with world.public.reading() as session:
        found = select(ToldDueItem).where(col(ToldDueItem.project_code) == code).order_by(col(ToldDueItem.position))
        told = session.exec(found).all()
    assert [(row.item_code, row.org_unit) for row in told] == [
        ("DRC-05", "220721-drc"),
        ("ANH-01", "220721-husbandry"),
        ("ECO-01", "220700-ee"),
        ("WAT-01", "220721-water"),
        ("WAT-02", "220721-water"),
        ("ECO-04", "220721-ee"),
        ("WAT-05", "220721-water"),
    ]
    assert all(row.why and row.item_name and row.org_unit_name for row in told)
    assert told[5].blockers[0]["reason"].startswith("须先办结“环境影响报告书审批”")


def test_both_zones_hold_the_same_due_items(world):
    code = declare(world, "parts_factory")
    with world.extranet.reading() as inside, world.public.reading() as outside:
        held = inside.exec(select(DueItem).where(col(DueItem.project_code) == code)).all()
        told = outside.exec(select(ToldDueItem).where(col(ToldDueItem.project_code) == code)).all()
    assert {(row.item_code, row.org_unit, row.guide_version, row.position) for row in held} == {
        (row.item_code, row.org_unit, row.guide_version, row.position) for row in told
    }


def test_a5_1_a_project_in_a_zone_is_handled_by_the_zones_own_departments_or_above(world):
    code = declare(world, "hotel")
    with world.extranet.reading() as session:
        units = {row.org_unit for row in session.exec(select(DueItem).where(col(DueItem.project_code) == code))}
        known = set(session.connection().exec_driver_sql("SELECT code FROM org_unit").scalars())
    assert units <= known


def test_the_returned_declaration_is_shown_to_its_unit(world):
    code = declare(world, "renovation")
    told = ProjectReturned(project_code=code, reason="项目代码的年份与申报信息不符", returned_at=world.now)
    with world.public.writing() as session:
        show_returned(session, told, None)
    with world.public.reading() as session:
        shown = session.get_one(DeclaredProject, code)
    assert (shown.state, shown.state_reason) == ("returned", "项目代码的年份与申报信息不符")
