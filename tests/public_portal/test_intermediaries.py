"""中介服务 in the internet zone: the register, and on both pages of a project what was commissioned (A4.2, A16.1)."""

from tests.core.intermediaries.test_commissioning import commission, end, listed
from tests.public_portal.browser import Browser
from tests.public_portal.conftest import Open, signed_in
from tests.world import World, accept, case_of


def test_a16_1_public_and_unit_see_service_agency_dates_fee_and_report_and_no_name(
    applied_citizen: Browser, applied_world: World, open_portal: Open
) -> None:
    accept(applied_world, case_of(applied_world, "ECO-02"))
    made = commission(applied_world, listed(applied_world), ground="technical_assessment")
    applied_world.pump()
    page = applied_citizen.open(f"/query/{applied_world.code}").text
    for words in (
        "环境技术评估",
        "吉林绿源环境咨询有限公司",
        "11 月 23 日",
        "应于 12 月 14 日",
        "进行中",
        "12,000 元，本部门经费",
    ):
        assert words in page
    end(applied_world, made)
    applied_world.pump()
    page = applied_citizen.open(f"/query/{applied_world.code}").text
    assert "已完成，通过" in page
    assert "技术评估报告" in page
    for hidden in ("李文静", "李某某"):
        assert hidden not in page
    unit = signed_in(open_portal(applied_world), applied_world)
    assert "已完成，通过" in unit.open(f"/projects/{applied_world.code}").text


def test_a4_2_the_register_is_public_and_filtered_by_service(applied_citizen: Browser, applied_world: World) -> None:
    assert "中介机构名录 0 家" in applied_citizen.open("/intermediaries").text
    listed(applied_world)
    applied_world.pump()
    assert "吉林绿源环境咨询有限公司" in applied_citizen.open("/intermediaries?service=environmental").text
    assert "没有符合条件的机构" in applied_citizen.open("/intermediaries?service=energy").text
