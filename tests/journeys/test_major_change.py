"""A major change by browser (A12.2): altered part by part, granted with the fate of each case, found by both codes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Platform, Seat, Story, Visitor, shoot
from tests.journeys.people import CODE, OfficerAtDesk, Unit, awaits, fill, has, press, sees, until

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a12_2_a_major_change_takes_a_new_code_and_the_case_goes_with_it(
    platform: Platform, story: Callable[..., Story], seat: Seat, visitor: Visitor
) -> None:
    told = story("change")
    code, page = told.code, told.unit.page
    ask_for_major_change(told.unit, code)
    grant(seat("coordinator", "220102-drc"), code)
    page.goto(f"{platform.public}/projects/{code}")
    awaits(page, "本项目发生重大变化，已重新赋码")
    found = CODE.findall(page.inner_text("main .note.yellow"))
    assert found
    assert found[0] != code
    shoot(page, "change-old-project")
    page.goto(f"{platform.public}/projects/{found[0]}")
    until(page, has("转入新代码继续办理"), what="the case went along")
    sees(page, code)
    shoot(page, "change-new-project")
    citizen = visitor(scripts=False)
    for one, other in ((code, found[0]), (found[0], code)):
        citizen.goto(f"{platform.public}/query/{one}")
        sees(citizen, other)


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
    shoot(page, "change-asked")
    press(page, "提交申请")
    expect(page.locator("main h1")).to_contain_text("待决定")


def grant(coordinator: OfficerAtDesk, code: str) -> None:
    """The coordinator of the district finds it in the list and carries the open case over."""
    page = coordinator.page
    page.goto(f"{coordinator.address}/changes")
    row = page.locator("main tr").filter(has_text=code)
    until(page, lambda _: bool(row.count()), what="the request in the list")
    row.locator("a.row-title").first.click()
    shoot(page, "change-decide")
    page.locator("main label:has-text('转入新项目继续办理') input").check()
    press(page, "同意，重新赋码")
    expect(page.locator("main")).to_contain_text("已同意重新赋码")
