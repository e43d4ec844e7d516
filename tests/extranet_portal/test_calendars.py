"""The calendar's pages: a year as a pasted list, what would move, publishing (A15.1)."""

from datetime import date

from core.domain.policy import Role
from tests import world as cast
from tests.extranet_portal.seats import Office

LINES = "12月1日 放假 临时放假"


def coordinator(office: Office, place: str = "220000-drc"):
    return office.seat(Role.COORDINATOR, place, name="孙主任")


def test_a15_1_the_coordinator_sees_what_moves_before_it_moves(office: Office) -> None:
    case_id = office.case_id("ECO-02")
    cast.accept(office.world, case_id)
    desk = coordinator(office)
    page = desk.open("/calendar/2026")
    page = desk.press(page, "看看哪些到期日会变", days=f"{page.value('days')}\n12月1日 放加 临时")
    assert page.status == 422
    assert "请写作" in page.text
    page = desk.press(page, "看看哪些到期日会变", days=page.value("days").replace("12月1日 放加 临时", LINES))
    for words in ("12 月 1 日（星期二）改为放假", "2026 年 12 月 14 日", "2026 年 12 月 15 日", "全程"):
        assert words in page.text
    assert office.case("ECO-02").due_on == date(2026, 12, 14)
    page = desk.press(page, "发布，并更改 2 件的到期日")
    assert "已施行" in page.text
    assert "2 件在办件改了到期日" in page.text
    assert office.case("ECO-02").due_on == date(2026, 12, 15)
    assert "2 件改了到期日" in desk.open("/calendar").text


def test_a15_1_a_draft_can_be_given_up(office: Office) -> None:
    desk = coordinator(office)
    page = desk.open("/calendar/2027")
    page = desk.press(page, "看看哪些到期日会变", days="1月1日至3日 放假 元旦")
    assert "没有在办件的到期日会变" in page.text
    assert "草稿已放弃" in desk.press(page, "放弃这份草稿").text


def test_a15_1_a_coordinator_elsewhere_reads_and_does_not_write(office: Office) -> None:
    page = coordinator(office, "220200-drc").open("/calendar/2026")
    assert "国庆节" in page.text
    assert "看看哪些到期日会变" not in page.text
    assert coordinator(office).open("/calendar/1999").status == 404
