"""Time by browser (A15.1, A15.2): a pause and its end move the due date, an extension once; the unit sees why."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from core.clocks import business_date, calendar
from core.database import Zone, utc_now
from core.web.shown import date_words
from tests.journeys.conftest import Platform, Seat, Story, Visitor, shoot
from tests.journeys.people import awaits, sees

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"]),
]

REPORT, SOIL = "环境影响报告表审批", "生产建设项目水土保持方案审批"
WHY = "弃渣场稳定性论证意见分歧较大，需要复核"
NARROW = 390


def test_a15_2_a_pause_is_seen_by_officer_unit_and_citizen(
    story: Callable[..., Story], seat: Seat, visitor: Visitor
) -> None:
    told = story("pause")
    handler = seat("handler", "220102-ee")
    handler.open_case(REPORT, told.code)
    reason = "已委托吉林省环境工程评估中心评估，专家会定在下周"
    handler.pause("technical_assessment", until=business_date(utc_now()) + timedelta(days=30), reason=reason)
    sees(handler.page, "已暂停计时，并已告知项目单位", "暂停与延期", "技术评估", "计时暂停中，恢复计时后才能提交签批")
    shoot(handler.page, "pause-officer")

    told.unit.open_case(REPORT, told.code)
    awaits(told.unit.page, "技术评估，暂停计时", "恢复后重新计算")
    shoot(told.unit.page, "pause-unit")
    citizen = visitor(width=NARROW)
    citizen.goto(f"{told.unit.address}/query/{told.code}")
    citizen.get_by_role("link", name="为什么是这天").first.click()
    sees(citizen, "技术评估", "暂停")
    assert "评估中心" not in citizen.content()
    shoot(citizen, "pause-public")


def told_by_hand(platform: Platform) -> tuple[int, str]:
    """The working days that the pause took out until today, and the day that the promise of 15 has moved to."""
    accepted, paused_on, today = platform.stories.accepted_on, platform.stories.paused_on, business_date(utc_now())
    with platform.databases[Zone.EXTRANET].reading() as session:
        days = calendar(session)
    paused = days.working_days(paused_on, today)
    return paused, date_words(days.nth_working_day(accepted, 15 + paused), today)


def test_a15_2_after_a_pause_the_clock_counts_on_and_the_due_date_has_moved(
    platform: Platform, story: Callable[..., Story], seat: Seat
) -> None:
    told = story("resumption")
    handler = seat("handler", "220102-ee")
    handler.open_case(REPORT, told.code)
    sees(handler.page, "暂停计时", "距预计结束还有")
    handler.act("恢复计时")
    paused, due = told_by_hand(platform)
    sees(handler.page, "已恢复计时，并已告知项目单位", "恢复后接着计算", f"暂停 {paused}")
    assert handler.due_on() == due
    shoot(handler.page, "resume-officer")
    told.unit.open_case(REPORT, told.code)
    awaits(told.unit.page, "恢复计时", f"应办结　{due}")
    shoot(told.unit.page, "resume-unit")


def test_a15_2_the_approver_extends_once_and_the_notice_says_why(story: Callable[..., Story], seat: Seat) -> None:
    told = story("extension")
    approver = seat("approver", "220102-water")
    approver.open_case(SOIL, told.code)
    before = approver.due_on()
    approver.extend(11, reason=WHY)
    sees(approver.page, "请填写 1 至 10 之间的整数", "最多延期 10 个工作日")
    shoot(approver.page, "extension-refused")
    approver.extend(10, reason=WHY)
    sees(approver.page, "已延期。《延期通知书》已送达项目单位", "延期 10 个工作日")
    assert approver.due_on() != before
    expect(approver.page.locator("a[href$='/extensions']")).to_have_count(0)
    shoot(approver.page, "extension-officer")
    told.unit.open_case(SOIL, told.code)
    awaits(told.unit.page, "延期通知书", approver.due_on())
    shoot(told.unit.page, "extension-unit")
