"""Several officers at once (A2.3, A4.4): on one case one wins and the other is told, on one project all work."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Platform, Seat, Story, shoot
from tests.journeys.people import awaits, fill, press, sees

pytestmark = pytest.mark.browser

FILING, REPORT, SOIL = "企业投资项目备案", "环境影响报告表审批", "生产建设项目水土保持方案审批"
TYPED = "环评单位资质证明已过期，请更换"


@pytest.mark.parametrize("engine_kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a4_4_of_two_clerks_on_one_case_one_wins_and_the_other_is_told(story: Callable[..., Story], seat: Seat) -> None:
    told = story("race")
    wang, liu = seat("clerk", "220102-ee"), seat("clerk2", "220102-ee")
    for clerk in (wang, liu):
        clerk.open_case(REPORT, told.code)
    wang.act("核验并初审通过")
    sees(wang.page, "初审通过。接着作出受理决定")
    liu.act("核验并初审通过")
    sees(liu.page, "王敏已于", "核验项目代码")
    shoot(liu.page, "race-told")

    press(liu.page, "不予受理")
    liu.page.locator("[name=ground]").first.check()
    fill(liu.page, {"reason": TYPED})
    wang.act("受理")
    sees(wang.page, "已受理")
    press(liu.page, "不予受理")
    sees(liu.page, "王敏已于", "受理", TYPED)
    expect(liu.page.locator("main")).not_to_contain_text("已作不予受理处理")
    shoot(liu.page, "race-kept")


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a2_3_three_departments_work_on_one_project_and_see_each_other(
    platform: Platform, story: Callable[..., Story], seat: Seat
) -> None:
    told = story("parallel")
    filing, report, soil = (seat("clerk", f"220102-{unit}") for unit in ("drc", "ee", "water"))
    for clerk, item in ((filing, FILING), (report, REPORT), (soil, SOIL)):
        clerk.open_case(item, told.code)
    for clerk in (filing, report, soil):
        clerk.act("核验并初审通过")
    filing.act("予以备案")
    report.act("受理")
    soil.act("受理")
    for clerk, words in ((filing, "已备案"), (report, "已受理"), (soil, "已受理")):
        sees(clerk.page, words)
    report.page.reload()
    sees(report.page, "本项目其他事项", FILING, SOIL)
    shoot(report.page, "parallel-case")

    for officer in (soil, report):
        officer.page.goto(f"{platform.extranet}/projects/{told.code}")
        row = officer.page.locator("table.matrix tr").filter(has_text=FILING)
        expect(row.locator("td.cell.done")).not_to_have_count(0)
        for item in (REPORT, SOIL):
            expect(officer.page.locator("table.matrix tr").filter(has_text=item).locator("td.now")).to_have_count(1)
    shoot(soil.page, "parallel-project")
    soil.page.goto(f"{platform.extranet}/projects/{told.code}/matrix")
    shoot(soil.page, "parallel-matrix", in_readme=True)
    told.unit.open_project(told.code)
    awaits(told.unit.page, "已备案", "已受理")
    shoot(told.unit.page, "parallel-unit")
