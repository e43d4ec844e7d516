"""Working together on a case: task list, who has it, notes, letters, standing in, many at once."""

from datetime import date, timedelta

import pytest

from core.accounts import substituting
from core.accounts.signing_in import actor_of_officer
from core.accounts.tables import Officer
from core.cases import closing, intake
from core.cases.tables import Case
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from tests import world as cast
from tests.core.cases.acts import do, lead
from tests.extranet_portal.seats import BASE, Desk, Office
from tests.public_portal.browser import Page

TODAY = date(2026, 11, 23)


def page_of(office: Office, desk: Desk, item: str = "ECO-02"):
    return desk.open(f"/cases/{office.case_id(item)}")


def actor(office: Office, desk: Desk):
    with office.world.extranet.reading() as session:
        return actor_of_officer(session, session.get_one(Officer, desk.officer_id), at=office.world.now)


def stand_in(office: Office, away: Desk, substitute: Desk, *, days: int = 2):
    with office.world.extranet.writing() as session:
        return substituting.be_absent(
            session, substitute=substitute.officer_id, from_on=TODAY, to_on=TODAY + timedelta(days=days),
            reason="休假", by=actor(office, away), at=office.world.now,
        )  # fmt: skip


def test_the_task_list_says_what_is_to_do_and_what_waits(office: Office, clerk: Desk) -> None:
    page = page_of(office, clerk)
    for words in ("任务", "要做", "初审通过", "还不能做", "等“初审通过”完成", "也可以"):
        assert words in page.text
    page = clerk.press(page, "核验并初审通过")
    assert "已做" in page.text
    assert "王敏" in page.text


def test_a14_4a_after_a_return_the_proposal_is_due_again_and_what_is_mere_choice_stands_beside_it(
    office: Office,
) -> None:
    case_id = lead(office.world, office.case_id("ECO-02"), "awaiting_sign_off")
    handler = office.seat("handler", "220184-ee", name="李文静")
    do(office.world, case_id, "send_back")
    tasks = handler.open(f"/cases/{case_id}").text
    assert "需要再做 提交签批 承办人 因“退回承办人” 也可以： 暂停计时" in tasks
    assert "要做 暂停计时" not in tasks
    do(office.world, case_id, "propose")
    do(office.world, case_id, "approve")
    assert "可以做 提出更正" in handler.open(f"/cases/{case_id}").text
    do(office.world, case_id, "propose_correction")
    approver = office.seat("approver", "220184-ee", name="周振宇")
    assert "要做 退回更正或撤销" in approver.open(f"/cases/{case_id}").text


def test_a_case_is_taken_and_handed_over_on_its_page(either_office: Office) -> None:
    office, unit = either_office, either_office.unit("ECO-02")
    li, wang = office.seat("handler", unit, name="李岩"), office.seat("clerk", unit, name="王敏")
    page = li.press(page_of(office, li), "领取")
    assert "李岩" in page.text
    assert "（你）" in page.text
    case_id = office.case_id("ECO-02")
    page = li.press(li.open(f"/cases/{case_id}/assignment"), "移交", officer=wang.officer_id, reason="")
    assert "移交请写明理由" in page.text
    li.press(page, "移交", officer=wang.officer_id, reason="下周出差")
    assert office.case("ECO-02").assigned_name == "王敏"
    assert "移交：由李岩转王敏经办：下周出差" in page_of(office, wang).text


def test_notes_are_for_the_unit_alone_and_letters_for_both(office: Office, clerk: Desk) -> None:
    page = clerk.press(page_of(office, clerk), "保存备注", note="评审专家须回避")
    assert "评审专家须回避" in page.text
    page = clerk.press(page, "发送留言", letter="请说明排水去向")
    assert "请说明排水去向" in page.text
    above = office.seat("clerk", "220100-ee", name="赵红梅")
    seen = page_of(office, above)
    assert "评审专家须回避" not in seen.text
    assert "请说明排水去向" in seen.text
    assert "发送留言" not in seen.text


def test_a_classified_letter_is_refused_beside_its_field_and_kept(office: Office, clerk: Desk) -> None:
    page = clerk.press(page_of(office, clerk), "发送留言", letter="附件为机密文件")
    assert page.status == 422
    assert "可能涉密" in page.text
    assert "附件为机密文件" in page.text


def test_a_substitute_acts_with_the_role_and_the_trace_names_both(either_office: Office) -> None:
    office, unit = either_office, either_office.unit("ECO-02")
    wang, li = office.seat("clerk", unit, name="王敏"), office.seat("handler", unit, name="李岩")
    assert "核验并初审通过" not in page_of(office, li).text
    page = wang.press(
        wang.open("/absences"), "请其代办", substitute=li.officer_id, from_on="2026-11-23", to_on="2026-11-25"
    )
    assert "代你办理" in page.text
    page = li.press(page_of(office, li), "核验并初审通过")
    assert "李岩（代王敏）" in page.text
    assert office.trace("ECO-02")[0].actor_id == li.officer_id


@pytest.mark.parametrize("on", [date(2026, 11, 20), date(2026, 11, 26)])
def test_a_substitute_outside_the_dates_is_refused(office: Office, clerk: Desk, on: date) -> None:
    li = office.seat("handler", office.unit("ECO-02"), name="李岩")
    stand_in(office, clerk, li)
    office.world.on(on)
    with pytest.raises(NotAllowed):
        cast.act(office.world, office.case_id("ECO-02"), intake.pass_preliminary, by=actor(office, li))


def test_a_substitute_called_off_acts_no_more(office: Office, clerk: Desk) -> None:
    li = office.seat("handler", office.unit("ECO-02"), name="李岩")
    stand_in(office, clerk, li)
    clerk.press(clerk.open("/absences"), "结束代办")
    assert actor(office, li).roles_at(office.unit("ECO-02")) == {"handler"}
    assert "代你办理" not in clerk.open("/absences").text


def test_a_substitute_stands_in_only_where_both_work_and_another_does_elsewhere(office: Office) -> None:
    here, there = office.unit("ECO-02"), "220200-ee"
    wang = Desk(office.stranger().client, office.employ(("clerk", here), ("approver", there), name="王敏").id)
    li, zhao = office.seat("handler", here, name="李岩"), office.seat("handler", there, name="赵红梅")
    stand_in(office, wang, li)
    stand_in(office, wang, zhao)
    assert [actor(office, li).roles_at(unit) for unit in (here, there)] == [{"handler", "clerk"}, set()]
    assert actor(office, zhao).roles_at(there) == {"handler", "approver"}
    with pytest.raises(FormRefusal, match="已请李岩代办"):
        stand_in(office, wang, office.seat("clerk", here, name="孙立"))


def test_nobody_signs_off_their_own_proposal_through_a_substitute(office: Office) -> None:
    unit = office.unit("ECO-02")
    both = office.seat("approver", unit, name="周振宇", also=("handler",))
    li = office.seat("handler", unit, name="李岩")
    stand_in(office, both, li)
    case_id = lead(office.world, office.case_id("ECO-02"), "in_handling")
    offered = cast.proposal(office.world)
    cast.act(office.world, case_id, cast.handling.propose, by=actor(office, both), proposal=offered)
    with pytest.raises(RuleRefusal, match="不能签批自己提出的拟办意见"):
        cast.act(office.world, case_id, closing.approve, by=actor(office, li))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"substitute": "nobody"}, "substitute"),
        ({"from_on": date(2026, 11, 20)}, "from_on"),
        ({"to_on": date(2026, 11, 22)}, "to_on"),
        ({"to_on": date(2027, 11, 22)}, "to_on"),
        ({"to_on": None}, "to_on"),
    ],
)
def test_an_absence_says_who_from_and_to(office: Office, clerk: Desk, changed, field) -> None:
    li = office.seat("handler", office.unit("ECO-02"), name="李岩")
    given = {"substitute": li.officer_id, "from_on": TODAY, "to_on": TODAY, **changed}
    with office.world.extranet.writing() as session, pytest.raises(FormRefusal) as refused:
        substituting.be_absent(session, **given, reason="", by=actor(office, clerk), at=office.world.now)
    assert set(refused.value.errors) == {field}


def test_many_are_reviewed_at_once_and_one_that_fails_stops_no_other(either_office: Office) -> None:
    office, unit = either_office, either_office.unit("ECO-02")
    desk = office.seat("clerk", unit, name="王敏")
    done = office.case_id("ECO-02")
    cast.act(office.world, done, intake.pass_preliminary, by=actor(office, desk))
    code = cast.declare(office.world, "renovation", project_name="年产三万套转向节技术改造项目")
    fresh = cast.apply_for(office.world, code, "ECO-02", complete=False)
    page = post(desk, "/cases/preliminary-reviews", case=[str(done), str(fresh[0])])
    assert "1 件办成，1 件没有办成" in page.text
    assert "现在是“待受理”，不能初审通过" in page.text
    assert cast.case(office.world, fresh[0]).state == "under_acceptance"
    assert [entry.action for entry in office.trace("ECO-02")].count("case.pass_preliminary") == 1


def test_many_are_given_at_once_with_an_outcome_for_each(office: Office, clerk: Desk) -> None:
    li = office.seat("handler", office.unit("ECO-02"), name="李岩")
    case_id = office.case_id("ECO-02")
    page = clerk.press(clerk.open(f"/cases/assignments?case={case_id}"), "分办所选 1 件", officer=li.officer_id)
    assert "1 件办成，0 件没有办成" in page.text
    page = clerk.press(clerk.open(f"/cases/assignments?case={case_id}"), "分办所选 1 件", officer=clerk.officer_id)
    assert "由其本人或者本单位签批人移交" in page.text
    assert office.case("ECO-02").assigned_name == "李岩"
    assert "请先在列表里勾选办件" in clerk.open("/cases/assignments").text


def test_everything_that_lies_with_one_is_handed_over_with_a_reason(office: Office, clerk: Desk) -> None:
    li = office.seat("handler", office.unit("ECO-02"), name="李岩")
    clerk.press(page_of(office, clerk), "领取")
    page = clerk.press(clerk.open("/handovers"), "移交全部 1 件", officer=li.officer_id)
    assert "移交请写明理由" in page.text
    page = clerk.press(page, "移交全部 1 件", officer=li.officer_id, reason="岗位调整")
    assert "已移交" in page.text
    assert office.case("ECO-02").assigned_name == "李岩"


def test_views_are_saved_renamed_and_deleted_by_their_owner_alone(office: Office, clerk: Desk) -> None:
    page = clerk.press(clerk.open("/views?view=in_handling&light=red&page=3"), "存为视图", name="红灯在办")
    assert page.path == "/cases"
    page = clerk.open("/views?light=red")
    assert "红灯在办" in page.html
    assert page.links["红灯在办"] == "/cases?view=in_handling&light=red"
    assert "同名" in clerk.press(page, "存为视图", name="红灯在办").text
    other = office.seat("handler", office.unit("ECO-02"), name="李岩")
    assert "红灯在办" not in other.open("/views").html
    refused = post(other, "/views/deletions", id="1")
    assert refused.status == 422
    page = clerk.press(clerk.open("/views"), "改名", name="要紧的")
    assert "要紧的" in page.html
    assert "还没有保存的视图" in clerk.press(page, "删除视图").text


def post(desk: Desk, path: str, **typed: object) -> Page:
    """Post a form with the token that this browser's pages carry."""
    forms = [dict(form.values) for form in desk.open("/absences").forms]
    token = next(form["csrf_token"] for form in forms if "csrf_token" in form)
    return Page(desk.client.post(path, data={"csrf_token": token, **typed}))


def test_rows_are_ticked_and_reviewed_or_given_without_script(office: Office, clerk: Desk) -> None:
    case_id = str(office.case_id("ECO-02"))
    page = clerk.press(clerk.open("/cases?q=2026"), "初审通过所选", case=case_id)
    assert "1 件办成" in page.text
    assert page.links["返回列表"] == "/cases?q=2026"
    assert 'formaction="/cases/assignments"' in clerk.open("/cases").html
    page = post(clerk, "/cases/assignments", case=case_id)
    assert "分办所选 1 件" in page.text
    assert "错误" not in page.text
    assert "请先在列表里勾选办件" in clerk.press(clerk.open("/cases"), "初审通过所选").text


def test_the_inbox_tells_what_needs_me_what_is_mine_and_what_is_nobodys(either_office: Office) -> None:
    office, unit = either_office, either_office.unit("ECO-02")
    wang, li = office.seat("clerk", unit, name="王敏"), office.seat("handler", unit, name="李岩")
    assert shown(wang, "me", "mine", "nobody") == [True, False, True]
    assert shown(li, "me", "mine", "nobody") == [False, False, True]
    li.press(page_of(office, li), "领取")  # a handler: the clerks still have to review it
    assert shown(wang, "me", "mine", "nobody") == [True, False, False]
    assert shown(li, "me", "mine", "nobody") == [False, True, False]
    lead(office.world, office.case_id("ECO-02"), "awaiting_sign_off")
    assert shown(office.seat("approver", unit, name="周振宇"), "me") == [True]


def shown(desk: Desk, *whose: str) -> list[bool]:
    return ["环境影响报告表审批" in desk.open(f"/cases?who={who}").html.split('id="cases"')[1] for who in whose]


def test_one_walks_from_case_to_case_in_the_list_one_came_from(office: Office) -> None:
    unit = office.unit("ECO-02")
    desk = office.seat("clerk", unit, name="王敏")
    code = cast.declare(office.world, "renovation", project_name="年产三万套转向节技术改造项目")
    (second,) = cast.apply_for(office.world, code, "ECO-02", complete=False)
    first = office.case_id("ECO-02")
    trail = f"/cases/{first}?view=submitted&at=0"
    assert trail.replace("&", "&amp;") in desk.open("/cases?view=submitted").html
    page = desk.open(trail)
    assert "第 1 件，共 2 件" in page.text
    assert "上一件" not in page.links
    assert page.links["下一件"] == f"/cases/{second}?view=submitted&at=1"
    desk.client.headers["referer"] = f"{BASE}{trail}"
    page = desk.press(page, "核验并初审通过")
    assert "初审通过。接着作出受理决定" in page.text
    assert page.links["下一件"] == f"/cases/{second}?view=submitted&at=0"
    assert "下一件" not in desk.open(f"/cases/{first}").links


def test_the_digest_is_shown_at_the_top_and_put_away_for_the_day(office: Office, clerk: Desk) -> None:
    page = clerk.open("/cases")
    assert "今日提要" in page.text
    assert "以来新到 1 件" in page.text
    page = clerk.press(page, "今天不再显示")
    assert "今日提要" not in page.text
    office.world.on(date(2026, 11, 27))
    office.sign_in(clerk)
    page = clerk.open("/cases")
    assert "今日提要" in page.text
    assert "红灯 1 件" in page.text


def test_a_letter_of_the_unit_marks_its_row(office: Office, clerk: Desk) -> None:
    case_id = office.case_id("ECO-02")
    with office.world.extranet.writing() as session:
        session.get_one(Case, case_id).unread = 2
    assert "新留言 2" in clerk.open("/cases").text
    page = clerk.press(page_of(office, clerk), "发送留言", letter="已收到")
    assert "未读" not in page.text
    assert "新留言" not in clerk.open("/cases").text
