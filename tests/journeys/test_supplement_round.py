"""补正 by browser (A14.3): one request, item by item, answered one by one; what was handed in before is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Seat, Story, shoot
from tests.journeys.people import a_file, awaits, sees

pytestmark = pytest.mark.browser

REPORT = "环境影响报告表审批"
TABLE = "环境影响报告表（报批稿和公示稿）"


@pytest.mark.parametrize(
    ("engine_kind", "scripts"),
    [("sqlite", True), pytest.param("postgresql", False, marks=pytest.mark.postgresql)],
    ids=["by script", "without script, on PostgreSQL"],
)
def test_a14_3_asked_once_answered_one_by_one_and_nothing_is_lost(
    story: Callable[..., Story], seat: Seat, tmp_path: Path, scripts: bool
) -> None:
    told = story("supplement", scripts=scripts)
    clerk = seat("clerk", "220102-ee", scripts=scripts)
    clerk.open_case(REPORT, told.code)
    clerk.act("核验并初审通过")
    clerk.ask_to_supplement({TABLE: "缺少附图 3 总平面布置图"}, {"排污权交易凭证": "未提交"})
    sees(clerk.page, "已发出《补正告知书》", "补正　2 份材料", "等待项目单位补正")
    shoot(clerk.page, "supplement-asked")

    unit = told.unit
    unit.open_project(told.code)
    awaits(unit.page, f"{REPORT}：请一次补齐 2 份材料", "去补正")
    unit.open_case(REPORT, told.code)
    sees(unit.page, "缺少附图 3 总平面布置图", "排污权交易凭证", "原来提交")
    shoot(unit.page, "supplement-to-answer", in_readme=True)
    unit.supplement(a_file(tmp_path, "报告表（补充附图）.pdf"), a_file(tmp_path, "排污权交易凭证.pdf"))
    awaits(unit.page, "补正材料已送达，重新计算受理期限")

    clerk.open_case(REPORT, told.code)
    awaits(clerk.page, "补交：报告表（补充附图）.pdf", "补正前：", "补交：排污权交易凭证.pdf")
    shoot(clerk.page, "supplement-answered")
    sees(clerk.page, "补正应当一次性告知，不能再发第二次")
    expect(clerk.page.locator("a[href$='/supplement-requests']")).to_have_count(0)
    clerk.page.locator("main a").filter(has_text=f"{TABLE}.pdf").first.click()
    expect(clerk.page.locator("#viewer")).to_contain_text(TABLE)
    clerk.act("受理")
    sees(clerk.page, "已受理。《受理通知书》已送达项目单位")
