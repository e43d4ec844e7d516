"""Guides as officers see them, and the editor of rules (A8.1, A14.1c)."""

from tests.extranet_portal.seats import Desk, Office
from tests.public_portal.browser import Page

EDITOR = "/guides/ECO-01/rule"
WIDER = "eia_category in (report, table)"


def coordinator(office: Office, name: str = "宋杰") -> Desk:
    return office.seat("coordinator", "220000-drc", name=name)


def trial(desk: Desk, text: str = WIDER) -> Page:
    return desk.press(desk.open(EDITOR), "读成中文并试算", applies_when=text)


def test_a_guide_editor_sees_every_item_its_version_and_what_makes_it_due(office: Office) -> None:
    desk = office.seat("guide_editor", office.unit("ECO-02"), name="王敏")
    page = desk.open("/guides?department=ee")
    assert "“环评类别”为“报告表”" in page.text
    assert "第 1 版" in page.text
    guide = desk.open(page.links["环境影响报告表审批"])
    assert "eia_category = table" in guide.text
    assert "修改适用条件" not in guide.links
    assert desk.open(EDITOR).status == 403


def test_a_rule_is_read_back_tried_and_published(office: Office) -> None:
    desk = coordinator(office)
    tried = trial(desk, "eia_category in （report，table）")
    assert "“环评类别”为“报告书”或“报告表”" in tried.text
    assert "最近 1 个已核验项目" in tried.text
    assert f"/projects/{office.world.code}" in tried.links.values()
    wrong = desk.press(tried, "发布", in_force_from="2026-11-01", reason="")
    assert wrong.status == 422
    assert "施行日期不能早于今天" in wrong.text
    assert "请说明为什么修改" in wrong.text
    done = desk.press(wrong, "发布", in_force_from="2027 年 1 月 1 日", reason="分类管理名录调整")
    assert done.path == "/guides/ECO-01"
    for words in ("待施行", "2027 年 1 月 1 日", "分类管理名录调整", "宋杰", "现行"):
        assert words in done.text, words
    assert "第 2 版自 1 月 1 日施行" in desk.open("/guides").text


def test_what_can_t_be_read_is_said_beside_the_field_and_kept(office: Office) -> None:
    page = trial(coordinator(office), "colour = red")
    assert page.status == 422
    assert "没有这个字段" in page.text
    assert "colour = red" in page.text
    assert "发布为第" not in page.text


def test_of_two_coordinators_the_second_is_told_and_keeps_what_was_typed(office: Office) -> None:
    first, second = coordinator(office), coordinator(office, "林树林")
    mine, theirs = trial(first), trial(second, "eia_category != registration")
    given = {"in_force_from": "2027-01-01", "reason": "分类管理名录调整"}
    assert first.press(mine, "发布", **given).status == 200
    late = second.press(theirs, "发布", **given)
    assert late.status == 409
    assert "第 2 版刚刚由其他人发布" in late.text
    assert "eia_category != registration" in late.text
    assert second.press(late, "发布", **given).path == "/guides/ECO-01"


def test_an_item_nobody_knows_is_not_there(office: Office) -> None:
    assert coordinator(office).open("/guides/XXX-99").status == 404


def test_a8_1_the_department_changes_the_words_and_the_promise_of_its_guide(office: Office) -> None:
    desk = office.seat("guide_editor", "220000-ee", name="王敏")
    form = desk.open(desk.open("/guides/ECO-02").links["修改指南"])
    wrong = desk.press(form, "发布", promised_days="0", contact="", in_force_from="2027-01-01", reason="压缩时限")
    assert wrong.status == 422
    for words in ("请填写联系方式", "请填 1 到 365 的整数"):
        assert words in wrong.text, words
    done = desk.press(wrong, "发布", promised_days="10", contact="生态环境厅环评处")
    assert done.path == "/guides/ECO-02"
    assert "压缩时限" in done.text
    assert "生态环境厅环评处" in desk.open("/guides/ECO-02/text").text
    other = office.seat("guide_editor", office.unit("ECO-02"), name="林树林")
    assert "修改指南" not in other.open("/guides/ECO-02").links
    assert other.open("/guides/ECO-02/text").status == 403
