"""不予批准 by browser (A14.4a, A14.5): reasons, sign-off by another, the remedy told, the result disclosed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Seat, Story, Visitor, shoot
from tests.journeys.people import a_file, awaits, sees

pytestmark = pytest.mark.browser

SOIL = "生产建设项目水土保持方案审批"
BECAUSE = "弃渣场选址在河道管理范围内，不符合水土保持法第二十四条的规定。"
REMEDY = "60 日内向南关区人民政府申请行政复议"


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a14_5_a_denial_says_why_and_where_to_go(
    story: Callable[..., Story], seat: Seat, visitor: Visitor, tmp_path: Path
) -> None:
    told = story("denial")
    scan = a_file(tmp_path, "不予行政许可决定书.pdf")
    handler = seat("handler", "220102-water")
    handler.open_case(SOIL, told.code)
    handler.propose("南水许不〔2026〕3 号", scan, outcome="denied")
    sees(handler.page, "不予批准的理由")
    expect(handler.page.locator("#proposal .errors")).to_be_visible()
    shoot(handler.page, "denial-gap")
    handler.propose("南水许不〔2026〕3 号", scan, outcome="denied", reasons=BECAUSE)
    sees(handler.page, "已提交签批", BECAUSE)

    approver = seat("approver", "220102-water")
    approver.open_case(SOIL, told.code)
    shoot(approver.page, "denial-approver")
    approver.act("签批")
    sees(approver.page, "已签批办结", "不予批准", REMEDY)
    shoot(approver.page, "denial-officer")

    unit = told.unit
    unit.open_case(SOIL, told.code)
    awaits(unit.page, "办理结果：不予批准", BECAUSE, REMEDY)
    shoot(unit.page, "denial-unit")
    unit.open_project(told.code)
    sees(unit.page, "不予批准")
    shoot(unit.page, "denial-project")
    citizen = visitor()
    citizen.goto(f"{unit.address}/query/{told.code}")
    awaits(citizen, "不予批准", "南水许不〔2026〕3 号")
    shoot(citizen, "denial-public")
