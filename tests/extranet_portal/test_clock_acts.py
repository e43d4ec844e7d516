"""Extension, pauses with their own light, and both lines on the page of a case (A15.1, A15.2)."""

from datetime import date

from core.domain.policy import Role
from tests import world as cast
from tests.core.cases.acts import do
from tests.extranet_portal.seats import Office


def test_a15_2_the_approver_extends_once_within_the_maximum(office: Office) -> None:
    case_id = office.case_id("DRC-06")
    cast.accept(office.world, case_id)
    approver = office.seat(Role.APPROVER, office.unit("DRC-06"), name="陈国栋")
    page = approver.open(f"/cases/{case_id}/extensions")
    assert "最多延期 10 个工作日" in page.text
    page = approver.press(page, "延期", days="11", reason="短")
    assert (page.status, page.value("days")) == (422, "11")
    assert "请填写 1 至 10 之间的整数" in page.text
    page = approver.press(page, "延期", days="10 个工作日", reason="评审意见分歧较大，需要复核")
    assert "已延期。《延期通知书》已送达项目单位，12 月 21 日到期" in page.text
    told = ("经批准延期 10 个工作日", "由 12 月 7 日顺延至 12 月 21 日", "最迟 2027 年 1 月 4 日", "暂停与延期")
    for words in told:
        assert words in page.text
    assert f"/cases/{case_id}/extensions" not in page.text


def test_a15_2_a_pause_that_outlasts_its_expected_end_is_lit(office: Office) -> None:
    case_id = office.case_id("ECO-02")
    cast.accept(office.world, case_id)
    do(office.world, case_id, "pause")
    handler = office.seat(Role.HANDLER, office.unit("ECO-02"), name="赵立军")
    assert "距预计结束还有 30 天" in handler.open(f"/cases/{case_id}").text
    office.world.on(date(2026, 12, 26))
    office.sign_in(handler)
    page = handler.open(f"/cases/{case_id}")
    assert "暂停超期 3 天" in page.text
    assert "恢复后接着计算" in page.text
    assert '<span class="light paused red">暂停超期 3 天</span>' in handler.open("/cases").html


def test_a15_2_nobody_expects_a_pause_to_end_in_the_year_9999(office: Office) -> None:
    case_id = office.case_id("ECO-02")
    cast.accept(office.world, case_id)
    handler = office.seat(Role.HANDLER, office.unit("ECO-02"), name="赵立军")
    form = handler.open(f"/cases/{case_id}/pauses")
    page = handler.press(
        form, "暂停计时", ground="technical_assessment", expected_on="9999-12-31", reason="已委托评估机构"
    )
    assert page.status == 422
    assert "最晚到 2027 年 11 月 23 日" in page.text
