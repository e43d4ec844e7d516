"""转办 by browser (A5.1, A14.2): the case goes where it belongs, its clock runs on, everybody concerned is told."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Seat, Story, shoot
from tests.journeys.people import awaits, press, sees

pytestmark = pytest.mark.browser

REPORT = "环境影响报告表审批"
CITY, REASON = "长春市生态环境局", "项目跨两个城区，按管辖权由市级办理"


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a14_2_a_case_passed_on_is_found_by_both_units_and_its_clock_runs_on(
    story: Callable[..., Story], seat: Seat
) -> None:
    told = story("transfer")
    sender = seat("clerk", "220102-ee")
    sender.open_case(REPORT, told.code)
    due = sender.due_on()
    press(sender.page, "转办")
    shoot(sender.page, "transfer-form")
    sender.page.go_back()
    sender.pass_on(CITY, REASON)
    sees(sender.page, "已转办，并已告知接收机构和项目单位", told.code, f"转 {CITY}", REASON)
    shoot(sender.page, "transfer-sent")
    sender.page.goto(f"{sender.address}/cases?view=open&q={told.code}")
    sees(sender.page, "没有符合条件的办件")

    receiver = seat("clerk", "220100-ee")
    receiver.open_case(REPORT, told.code)
    sees(receiver.page, f"转 {CITY}", f"理由：{REASON}")
    assert receiver.due_on() == due
    shoot(receiver.page, "transfer-received")
    receiver.act("核验并初审通过")
    receiver.act("受理")
    sees(receiver.page, "已受理")

    unit = told.unit
    unit.open_case(REPORT, told.code)
    awaits(unit.page, f"转{CITY}办理，时限继续计算", "已受理，开始计时")
    expect(unit.page.locator("aside .panel").first).to_contain_text(CITY)
    shoot(unit.page, "transfer-unit")
    sender.page.goto(f"{sender.address}/transfers")
    sees(sender.page, told.code, "办理中")
