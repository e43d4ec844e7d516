"""第十一条：24 characters `年份-地区-行业-类型-流水号`, unique for ever."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from core.domain.project_code import parse
from core.errors import RuleRefusal
from core.projects.codes import issue_code
from core.projects.tables import DeclaredProject
from tests.core.cases.acts import do
from tests.world import case_of, declare


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        ("parts_factory", "2026-220102-36-03-000001"),
        ("school", "2026-222401-83-01-000001"),
        ("wind_farm", "2026-220822-44-02-000001"),
    ],
)
def test_a11_1_year_region_industry_type_and_serial_in_24_characters(world, sample, code):
    issued = declare(world, sample)
    assert issued == code
    assert len(issued) == 24
    assert parse(issued).year == 2026


def test_a11_1_the_year_is_that_of_shanghai(world):
    world.now = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight of New Year there
    assert declare(world, "renovation").startswith("2027-")


def test_a11_1_a_number_is_not_given_again_after_a_withdrawal(applied_world):
    for item in ("IIT-01", "DRC-06", "ECO-02"):
        do(applied_world, case_of(applied_world, item), "withdraw")
    assert declare(applied_world, "renovation") == "2026-220184-13-03-000002"


def test_a11_1_a_number_is_given_back_by_a_declaration_that_failed(world):
    with pytest.raises(RuleRefusal, match="interrupted"):
        interrupted(world)
    assert declare(world, "renovation") == "2026-220184-13-03-000001"


def interrupted(world):
    with world.public.writing() as session:
        issue_code(session, year=2026, region="220184", industry="13", project_type="03")
        raise RuleRefusal("interrupted")


@pytest.mark.parametrize(
    "typed",
    [
        "2026-220184-13-03-000001",
        "20262201841303000001",
        " ２０２６－２２０１８４－１３－０３－０００００１ ",
        "项目代码：2026-220184-13-03-000001。",
        "2026—220184—13—03—000001",
    ],
)
def test_a11_1_a_code_is_found_however_it_is_typed(applied_world, typed):
    with applied_world.public.reading() as session:
        found = session.exec(select(DeclaredProject).where(DeclaredProject.code == str(parse(typed)))).one()
    assert found.code == applied_world.code
