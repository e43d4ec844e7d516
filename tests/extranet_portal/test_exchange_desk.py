"""The exchange desk as operators use it, without script: what is known, what isn't, and acts that two persons share."""

import pytest

from core.database import Zone
from core.errors import NotAllowed
from core.exchange import channels, desk, message, pulses, reconciling
from core.exchange.kind_words import KIND_WORDS
from core.exchange.message import Direction, applier_of, kind_of
from core.trace import entries_of
from tests import world as cast


@pytest.fixture
def operator(office):
    return office.seat("system_administrator", "220000-eic", name="赵磊")


@pytest.fixture
def second(office):
    return office.seat("security_administrator", "220000-eic", name="孙静")


@pytest.fixture
def held(office, monkeypatch):
    """A declaration that the extranet wouldn't apply; the address of its message."""
    declared = kind_of("project.declared.v1", Direction.TO_EXTRANET)

    def refuse(session, told, envelope):
        raise NotAllowed("项目不属于发送单位")

    applier = applier_of(declared)
    monkeypatch.setitem(message._appliers, (declared.kind, declared.direction), refuse)
    cast.declare(office.world)
    office.world.pump()
    monkeypatch.setitem(message._appliers, (declared.kind, declared.direction), applier)
    return declared.kind


def test_the_desk_says_what_is_known_and_what_is_not(office, operator):
    page = operator.open("/exchange")
    assert "互联网区还没有报告过" in page.text
    assert "本区不掌握" in page.text
    assert "没有报文" in page.text
    pulses.tell_standing(office.world.public, office.world.now)
    pulses.beat(office.world.extranet, pulses.WORKER, at=office.world.now)
    office.world.pump()
    page = operator.open("/exchange")
    assert "还没有报告过" not in page.text
    assert "正常" in page.text
    assert "中断" not in page.text
    office.world.later(minutes=11)
    assert "中断" in operator.open("/exchange").text
    assert operator.open("/").links["交换"] == "/exchange"
    assert "核验项目代码" not in page.text


def test_the_desk_names_what_stopped_there_and_the_command_that_mends_it(office, operator):
    with office.world.public.writing() as session:
        channels.stop(session, Direction.TO_INTERNET, "签名不符", at=office.world.now)
    pulses.tell_standing(office.world.public, office.world.now)
    office.world.pump()
    page = operator.open("/exchange")
    assert "已停止：签名不符" in page.text
    assert "tzxm exchange reopen public to_internet" in page.text
    office.world.later(minutes=11)
    assert "tzxm exchange status public" in operator.open("/exchange").text


def test_a_message_is_retried_with_a_reason_and_goes_through(office, operator, held):
    page = operator.open(operator.open("/exchange").links["项目申报"])
    assert "项目不属于发送单位" in page.text
    assert '"contact_mobile": "13' in page.html.replace("&#34;", '"')
    assert "****" in page.text
    assert "请写明重试的理由" in operator.press(page, "重试").text
    assert "重试报文：已补登" in operator.press(page, "重试", reason="已补登").text
    office.world.pump()
    assert "已办理" in operator.open(page.path).text


def test_a_message_is_skipped_by_two_and_the_form_of_one_is_not_shown_to_the_other(office, operator, second, held):
    page = operator.open(operator.open("/exchange").links["项目申报"])
    asked = operator.press(page, "申请跳过", reason="单位已注销")
    assert "申请人不能确认自己的申请" in asked.text
    assert "赵磊申请跳过，待确认" in second.open("/exchange").text
    theirs = second.open(page.path)
    assert "重试的理由" not in theirs.text
    done = second.press(theirs, "确认跳过")
    assert "经两人确认跳过：单位已注销" in done.text
    late = second.press(theirs, "确认跳过")  # the same form sent twice gets the same answer
    assert late.status == 200
    assert "本区退回" in operator.open("/exchange?show=rejected").text
    office.world.pump()
    with office.world.public.reading() as session:
        assert session.info["zone"] == Zone.PUBLIC


def test_one_who_comes_late_is_told(office, operator, second, held):
    page = operator.open(operator.open("/exchange").links["项目申报"])
    operator.press(page, "申请跳过", reason="单位已注销")
    theirs = second.open(page.path)
    operator.press(operator.open(page.path), "撤回申请")
    late = second.press(theirs, "确认跳过")
    assert late.status == 409
    assert "没有待确认的跳过申请" in late.text


def test_a_stopped_direction_is_reopened_by_its_reason(office, operator):
    with office.world.extranet.writing() as session:
        channels.stop(session, Direction.TO_EXTRANET, "第 7 号签章的签名不符", at=office.world.now)
    page = operator.open("/exchange")
    assert "第 7 号签章的签名不符" in page.text
    assert "请写明查明的原因" in operator.press(page, "恢复这个方向").text
    assert "已恢复" in operator.press(page, "恢复这个方向", reason="更换搬运介质").text


def test_both_directions_are_reconciled_on_demand(office, operator):
    page = operator.press(operator.open("/exchange"), "现在对账")
    assert "等待答复" in page.text
    assert "还没有得到答复" in operator.press(operator.open("/exchange"), "现在对账").text
    office.world.pump()
    assert operator.open("/exchange").text.count("一致 ") >= 2


def test_everything_is_reconciled_anew_on_demand(office, operator):
    operator.press(operator.open("/exchange"), "现在对账")
    office.world.pump()
    page = operator.press(operator.open("/exchange"), "全部重新对账")
    assert "等待答复" in page.text
    office.world.pump()
    with office.world.extranet.reading() as session:
        ranges = [(one.direction, one.first, one.outcome) for one in reconciling.recent(session)]
        assert [one.words for one in entries_of(session, desk.CHANNEL, "both")] == ["发起全部重新对账", "发起对账"]
    assert ranges.count((Direction.TO_EXTRANET, 1, "agreed")) == 2
    assert ranges.count((Direction.TO_INTERNET, 1, "agreed")) == 2


def test_who_works_on_cases_does_not_reach_the_desk(office, clerk):
    assert clerk.open("/exchange").status == 403
    assert "交换" not in clerk.open("/cases").links


def test_what_the_internet_zone_holds_is_dealt_with_from_the_desk(office, operator, second, monkeypatch):
    verified = kind_of("project.verified.v1", Direction.TO_INTERNET)

    def refuse(session, told, envelope):
        raise NotAllowed("本区没有这个项目")

    monkeypatch.setitem(message._appliers, (verified.kind, verified.direction), refuse)
    cast.declare(office.world)
    pulses.tell_standing(office.world.public, office.world.now)
    office.world.pump()
    page = operator.open(operator.open("/exchange").links["代码核验通过"])
    assert "在互联网区隔离：本区没有这个项目" in page.text
    page = operator.press(page, "申请跳过", reason="项目已注销")
    assert "处理意见已发往互联网区" in second.press(second.open(page.path), "确认跳过").text
    office.world.pump()
    assert "项目已注销" in operator.open("/exchange?show=returned").text


def test_a_long_list_has_pages(office, operator, held, monkeypatch):
    monkeypatch.setattr(desk, "PAGE", 1)
    first = operator.open("/exchange?show=held")
    assert "上一页" not in first.links
    assert len([words for words in first.links if words == "项目申报"]) == 1
    assert operator.open("/exchange?show=held&page=2").status == 200


def test_every_kind_has_a_name_in_chinese():
    platform = {kind.kind for kind in message.all_kinds() if not kind.kind.startswith("test.")}
    assert platform == set(KIND_WORDS)
