"""One application as its unit sees it: clock, supplement, withdrawal, result (A14.3, A15.2)."""

from datetime import date

import pytest
from sqlmodel import select

from core.cases import handling, intake, letters, notice_voiding
from core.cases.tables import Case, Notice
from tests import world as cast
from tests.core.cases.acts import bring
from tests.public_portal.browser import Browser, Page
from tests.public_portal.conftest import signed_in
from tests.public_portal.test_apply import upload
from tests.world import PDF, World, make_enterprise

FAULT = {"material_code": "EIA_TABLE", "name": "环境影响报告表", "fault": "附图不清晰", "cure": "按 1:2000 重新出图"}


@pytest.fixture
def unit(applied_unit: Browser) -> Browser:
    """The unit that applied."""
    return applied_unit


@pytest.fixture
def world(applied_world: World) -> World:
    """The world in which it applied."""
    return applied_world


def case_page(unit: Browser, world: World, item: str = "ECO-02") -> Page:
    """The page of the last application for an item."""
    one = cast.application(world, world.code, item)
    return unit.open(f"/projects/{world.code}/applications/{one.id}")


def request_supplement(world: World, item: str = "ECO-02", also: tuple[dict[str, str], ...] = ()) -> None:
    """The clerk asks for a better document, and the word is carried."""
    case_id = cast.case_of(world, item)
    cast.pass_preliminary(world, case_id)
    clerk, _, _ = cast.staff(cast.unit_of(world, case_id))
    cast.act(world, case_id, intake.request_supplement, by=clerk, items=[FAULT, *also])
    world.pump()


def test_the_page_tells_the_clock_day_by_day(unit: Browser, world: World) -> None:
    cast.accept(world, cast.case_of(world, "ECO-02"))
    world.pump()
    page = case_page(signed_in(unit.client.app, world.later(days=3)), world)
    assert "办理时限 15 个工作日" in page.text
    assert "11 月 23 日受理，次日起计；12 月 14 日到期" in page.text
    assert "第 15 天 到期" in page.text
    assert "绿灯 剩 12 个工作日" in page.text
    assert page.links["受理通知书（PDF）"].startswith(f"/projects/{world.code}/notices/")


def test_time_that_is_not_counted_is_named(unit: Browser, world: World) -> None:
    case_id = cast.case_of(world, "ECO-02")
    cast.accept(world, case_id)
    _, handler, _ = cast.staff(cast.unit_of(world, case_id))
    given = {"ground": "technical_assessment", "expected_on": date(2026, 12, 15), "reason": "委托技术评估"}
    cast.act(world, case_id, handling.pause, by=handler, **given)
    world.pump()
    page = case_page(signed_in(unit.client.app, world.later(days=2)), world)
    assert "技术评估，暂停计时" in page.text
    assert "恢复后重新计算" in page.text


def test_a_request_to_supplement_is_answered_material_by_material(unit: Browser, world: World) -> None:
    request_supplement(world)
    world.later(minutes=10)
    page = case_page(unit, world)
    assert "需要补正 1 份材料" in page.text
    assert "附图不清晰" in page.text
    assert "按 1:2000 重新出图" in page.text
    refused = unit.press(page, "提交补正材料")
    assert refused.status == 422
    assert "还需补交：" in refused.text
    page = upload(unit, page, "ECO-02", "EIA_TABLE", "报告表（修改）.pdf", PDF)
    assert "已补交" in page.text
    page = unit.press(page, "提交补正材料")
    assert "补正已提交" in page.text
    assert "已提交，等待送达" in page.text
    world.pump()
    assert "待受理" in case_page(unit, world).text


def test_what_no_guide_lists_is_handed_in_where_it_was_asked_for(unit: Browser, world: World) -> None:
    asked = {"material_code": "other", "name": "变更情况说明", "fault": "未说明建设内容变化", "cure": "提交书面说明"}
    request_supplement(world, also=(asked,))
    world.later(minutes=10)
    page = case_page(unit, world)
    assert "原来提交：" in page.text
    page = upload(unit, page, "ECO-02", "EIA_TABLE", "报告表（修改）.pdf", PDF)
    page = upload(unit, page, "ECO-02", "other", "说明.pdf", PDF + b"% other")
    assert "说明.pdf" in page.text
    page = upload(unit, page, "ECO-02", "other", "说明（二稿）.pdf", PDF + b"% second")
    assert "原来提交： 说明.pdf" in page.text
    assert "补正已提交" in unit.press(page, "提交补正材料").text
    world.pump()
    page = case_page(unit, world)  # and afterwards, each with its versions
    assert "变更情况说明： 说明（二稿）.pdf" in page.text
    assert "以前的版本： 说明.pdf" in page.text


def test_a_supplement_that_can_not_be_taken_is_refused_on_the_case(unit: Browser, world: World) -> None:
    request_supplement(world)
    page = upload(unit, case_page(unit, world), "ECO-02", "EIA_TABLE", "报告.pdf", b"no document")
    assert page.status == 422
    assert "内容与扩展名不符" in page.text
    assert "需要补正 1 份材料" in page.text


def test_a_decision_is_shown_with_its_document(unit: Browser, world: World) -> None:
    cast.decide(world, cast.case_of(world, "ECO-02"), outcome="granted_with_conditions", number="长环审〔2026〕8 号")
    world.pump()
    page = case_page(unit, world)
    assert "办理结果：附条件准予" in page.text
    assert "长环审〔2026〕8 号" in page.text
    assert "按批复要求落实。" in page.text
    link = next(href for words, href in page.links.items() if words.startswith("下载批复文件"))
    assert unit.client.get(link).content == PDF
    assert "撤回申请" not in page.text


def test_a_refusal_tells_its_reason_and_the_way_on(unit: Browser, world: World) -> None:
    case_id = cast.case_of(world, "ECO-02")
    clerk, _, _ = cast.staff(cast.unit_of(world, case_id))
    told = {"ground": "out_of_remit", "reason": "跨区域项目不由本局办理", "right_organ": "吉林省生态环境厅"}
    cast.act(world, case_id, intake.refuse_preliminary, by=clerk, **told)
    world.pump()
    page = case_page(unit, world)
    assert "初审不予通过" in page.text
    assert "请向吉林省生态环境厅申请" in page.text
    assert "改好后重新申请" in page.links


def test_withdrawing_asks_for_the_reason_and_ends_the_case(unit: Browser, world: World) -> None:
    ask = unit.open(case_page(unit, world).links["撤回申请"])
    refused = unit.press(ask, "撤回申请")
    assert refused.status == 422
    assert "请写明撤回的原因" in refused.text
    kept = unit.press(ask, "撤回申请", reason="方案调整，含机密★内容")
    assert kept.status == 422
    assert "可能涉密" in kept.text
    assert kept.value("reason") == "方案调整，含机密★内容"
    done = unit.press(ask, "撤回申请", reason="方案调整，另行申请")
    assert done.status == 200
    world.pump()
    assert "已撤回" in case_page(unit, world).text


def test_what_was_decided_can_not_be_withdrawn(unit: Browser, world: World) -> None:
    ask = unit.open(case_page(unit, world).links["撤回申请"])
    cast.decide(world, cast.case_of(world, "ECO-02"))
    world.pump()
    late = unit.press(ask, "撤回申请", reason="方案调整")
    assert late.status == 422
    assert "不能撤回" in late.text


def test_another_units_application_looks_like_none(unit: Browser, world: World) -> None:
    path = case_page(unit, world).path
    other = signed_in(
        unit.client.app, world, make_enterprise(world, credit_code="91220104MA2020C59C", mobile="13900001111")
    )
    for tail in ("", "/withdrawal", "/supplements", "/document"):
        assert other.open(path + tail).status == 404


def test_an_application_under_another_projects_code_is_not_found(unit: Browser, world: World) -> None:
    one = cast.application(world, world.code, "ECO-02")
    second = cast.declare(world, "renovation", project_name="岭东热力管网二期节能改造项目")
    assert unit.open(f"/projects/{second}/applications/{one.id}").status == 404


def test_unit_and_department_write_to_each_other_on_the_application(unit: Browser, world: World) -> None:
    case_id = cast.case_of(world, "ECO-02")
    _, handler, _ = cast.staff(cast.unit_of(world, case_id))

    def write(session, case, **who):
        return letters.write_to_unit(session, case, "请说明排水去向", **who)

    cast.act(world, case_id, write, by=handler)
    world.pump()
    page = case_page(unit, world)
    assert "未读 1 条" in page.text
    assert "请说明排水去向" in page.text
    page = unit.press(page, "发送留言", letter="排入园区管网")
    assert "排入园区管网" in page.text
    assert "等待送达" in page.text
    assert "未读" not in page.text
    refused = unit.press(page, "发送留言", letter="见机密文件")
    assert refused.status == 422
    assert "可能涉密" in refused.text
    assert "见机密文件" in refused.html
    world.pump()
    assert cast.case(world, case_id).unread == 1
    assert "等待送达" not in case_page(unit, world).text


def test_a_revoked_decision_and_a_void_notice_say_so_to_unit_and_public(unit: Browser, world: World) -> None:
    case_id = bring(world, cast.case_of(world, "ECO-02"), "revoked")
    page = case_page(unit, world)
    assert "本决定撤销：" in page.text
    assert "办理 11 月 23 日 （已完成） 办结 已撤销" in page.text
    assert "已撤销" in unit.open(f"/projects/{world.code}").text
    assert "60 日内向公主岭市人民政府申请行政复议" in page.text
    with world.extranet.writing() as session:
        case, notice = session.get_one(Case, case_id), session.exec(select(Notice)).first()
        approver = cast.make_officer(("approver", case.org_unit), name="周振宇")
        notice_voiding.void(session, case, notice, reason="决定已撤销", reissue=False, by=approver, at=world.now)
        token = notice.token
    world.pump()
    assert "已作废" in case_page(unit, world).text
    shown = unit.open(f"/notices/{token}")
    assert "这份通知书已作废，不再有效" in shown.text
    assert "这份通知书由本平台发出" not in shown.text
