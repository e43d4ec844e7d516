"""A major change by browser (A12.2): altered part by part, granted with the fate of each case, found by both codes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.domain.sample_declarations import Sample
from tests.journeys.conftest import PASSWORD, Platform, login_of, present_code
from tests.journeys.people import ACCOUNT, CODE, OfficerAtDesk, Unit, fill, has, press, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PROJECT = Sample(
    "南关区汽车座椅骨架生产线项目",
    {"project_type": "03", "region_code": "220102", "industry_division": "36", "eia_category": "table"},
    "DRC-05 ECO-02 ECO-04",
)
ACCOUNT_HERE = ACCOUNT | {
    "credit_code": "91220104MA2020C59C",
    "enterprise_name": "长春净月座椅有限公司",
    "mobile": "13900000003",
}
REPORT = "环境影响报告表审批"
Visitor = Callable[..., Page]


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a_major_change_takes_a_new_code_and_the_case_goes_with_it(
    platform: Platform, visitor: Visitor, tmp_path: Path
) -> None:
    unit = Unit(visitor(), platform.public)
    unit.register(ACCOUNT_HERE)
    typed = {field: values[0] for field, values in PROJECT.answers.items()}
    typed |= {"unit_name": ACCOUNT_HERE["enterprise_name"], "unit_uscc": ACCOUNT_HERE["credit_code"]}
    code = unit.declare(typed)
    until(unit.page, has(REPORT), what="the due items")
    unit.apply(code, "ECO-02", folder=tmp_path)
    until(unit.page, has("待初审"), what="the case is open")
    ask_for_major_change(unit, code)
    grant(platform, visitor, code)
    page = unit.page
    page.goto(f"{platform.public}/projects/{code}")
    until(page, has("本项目发生重大变化，已重新赋码"), what="the new code")
    found = CODE.findall(page.inner_text("main .note.yellow"))
    assert found
    assert found[0] != code
    page.goto(f"{platform.public}/projects/{found[0]}")
    until(page, has("转入新代码继续办理"), what="the case went along")
    expect(page.locator("main")).to_contain_text(code)
    citizen = visitor(scripts=False)
    for one, other in ((code, found[0]), (found[0], code)):
        citizen.goto(f"{platform.public}/query/{one}")
        expect(citizen.locator("main")).to_contain_text(other)


def ask_for_major_change(unit: Unit, code: str) -> None:
    """Alter one part, see old and new, and send it as a major change."""
    page = unit.page
    page.goto(f"{unit.address}/projects/{code}/changes")
    press(page, "申请重大变更")
    press(page, "建设内容与规模")
    fill(page, {"scale_and_content": "改为新建新能源汽车座椅总成生产线两条，总建筑面积 46800 平方米，年产 60 万套。"})
    press(page, "保存，看变更对照")
    expect(page.locator("main ins")).to_contain_text("座椅总成")
    fill(page, {"reason": "产品方案改变，需要重新办理"})
    press(page, "提交申请")
    expect(page.locator("main h1")).to_contain_text("待决定")


def grant(platform: Platform, visitor: Visitor, code: str) -> None:
    """The coordinator of the district finds it in the list and carries the open case over."""
    login = login_of("coordinator", "220102-drc")
    officer = OfficerAtDesk(visitor(), platform.extranet)
    officer.sign_in(login, PASSWORD, present_code(login))
    page = officer.page
    page.goto(f"{platform.extranet}/changes")
    row = page.locator("main tr").filter(has_text=code)
    until(page, lambda _: bool(row.count()), what="the request in the list")
    row.locator("a.row-title").first.click()
    page.locator("main label:has-text('转入新项目继续办理') input").check()
    press(page, "同意，重新赋码")
    expect(page.locator("main")).to_contain_text("已同意重新赋码")
