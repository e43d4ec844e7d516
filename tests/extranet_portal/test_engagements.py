"""中介服务 as officers use it: register, a commission that pauses the clock, its result, the list (A15.2, A16.1)."""

import pytest
from sqlmodel import select

from core.engagements.tables import Agency, Engagement
from tests import world as cast
from tests.extranet_portal.seats import Desk, Office

AGENCY = {"name": "吉林绿源环境咨询有限公司", "credit_code": "91220101MA1400A22H", "services": ["environmental"]}
COMMISSION = {
    "service": "environmental", "selection": "draw", "fee": "12,000", "payer": "treasury", "begins_on": "2026-11-23",
    "expected_on": "2026-12-14",
}  # fmt: skip


@pytest.fixture
def coordinator(office: Office) -> Desk:
    found = office.seat("coordinator", "220000-drc", name="高远")
    found.press(found.open("/agencies"), "列入名录", **AGENCY)
    return found


@pytest.fixture
def handler(office: Office, coordinator: Desk) -> Desk:
    cast.accept(office.world, office.case_id("ECO-02"))
    return office.seat("handler", office.unit("ECO-02"), name="李文静")


def form(office: Office) -> str:
    return f"/cases/{office.case_id('ECO-02')}/engagements/new"


def test_a16_1_commissioned_with_a_pause_and_ended_with_its_result(office: Office, handler: Desk) -> None:
    with office.world.extranet.reading() as session:
        agency = session.exec(select(Agency)).one()
    page = handler.press(
        handler.open(form(office)), "委托", agency_id=agency.id, ground="technical_assessment", **COMMISSION
    )
    assert "环境技术评估 吉林绿源环境咨询有限公司" in page.text
    assert "期间暂停计时" in page.text
    assert office.case("ECO-02").is_paused
    with office.world.extranet.reading() as session:
        row = session.exec(select(Engagement)).one()
    page = handler.press(
        handler.open(f"/engagements/{row.id}/result"), "登记结果", report="技术评估报告", result="可行"
    )
    assert page.status == 422
    assert "请选择办理结果" in page.text
    page = handler.press(page, "登记结果", finding="passed")
    assert "通过 技术评估报告：可行" in page.text
    assert not office.case("ECO-02").is_paused
    listed = handler.open("/engagements?q=绿源&state=delivered").text
    assert "12,000 元 财政统筹安排" in listed
    assert "没有符合条件" in handler.open("/engagements?state=overdue").text


def test_a16_1_every_gap_is_named_and_nothing_typed_is_lost(office: Office, handler: Desk) -> None:
    page = handler.press(handler.open(form(office)), "委托", fee="不知道", expected_on="2026-11-01")
    assert page.status == 422
    for words in ("请选择中介服务事项", "请选择名录中的中介机构", "请填写费用", "须晚于今天"):
        assert words in page.text
    assert page.value("fee") == "不知道"


def test_a16_1_the_register_is_read_by_all_and_kept_by_coordinators(
    office: Office, coordinator: Desk, handler: Desk
) -> None:
    page = handler.open("/agencies").text
    assert "吉林绿源环境咨询有限公司" in page
    assert "列入机构" not in page
    page = coordinator.press(coordinator.open("/agencies"), "移出名录", reason="出具虚假报告")
    assert "移出原因：出具虚假报告" in page.text
    assert "吉林绿源" not in handler.open(form(office)).text
    page = coordinator.press(page, "重新列入")
    assert "在册" in page.text
    page = coordinator.press(page, "列入名录", name="又一家", credit_code="123", services=["energy"])
    assert page.status == 422
    assert "统一社会信用代码应为 18 位" in page.text
