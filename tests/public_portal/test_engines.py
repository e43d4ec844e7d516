"""The whole way of a unit through the portal, on each engine (A14.1b, A14.1d, A17.2)."""

from tests import world as cast
from tests.public_portal.browser import Browser
from tests.public_portal.conftest import Open, signed_in, stranger
from tests.public_portal.test_apply import chosen, upload
from tests.public_portal.test_declare import fill_everything
from tests.world import PDF, World


def test_from_the_declaration_to_the_disclosed_result(either_world: World, open_portal: Open) -> None:
    world, app = either_world, open_portal(either_world)
    unit, citizen = signed_in(app, world), stranger(app)
    code = unit.press(fill_everything(unit, world), "提交申报，取得项目代码").path.removeprefix("/projects/")
    world.pump()
    page = upload(unit, chosen(unit, code, "ECO-02"), "ECO-02", "EIA_TABLE", "报告表.pdf", PDF)
    assert "已提交 1 项申请" in unit.press(page, "申请所选 1 项").text
    world.pump()
    cast.decide(world, cast.case_of(world, "ECO-02", code=code), number="长环审〔2026〕8 号")
    world.pump()
    assert "已办结 1 项" in unit.open("/projects").text
    assert "办理结果：准予" in unit.open(case_address(unit, code)).text
    assert "长环审〔2026〕8 号" in citizen.open("/disclosures?region=220100&department=ee&q=电池").text
    assert "公开的结果" in citizen.open(f"/query/{code}").text
    assert "长环审〔2026〕8 号" in citizen.open("/").text


def case_address(unit: Browser, code: str) -> str:
    """Where the project's page leads from its approval matrix."""
    return unit.open(f"/projects/{code}").links["环境影响报告表审批"]
