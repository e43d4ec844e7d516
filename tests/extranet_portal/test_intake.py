"""A clerk at work: review, acceptance, the one supplement, refusals, filing (A13.2, A14.2, A14.3)."""

from datetime import date

import pytest
from sqlmodel import col, select

from core.cases.tables import Notice, Supplement
from tests import world as cast
from tests.core.cases.acts import bring, hear
from tests.extranet_portal.seats import Desk, Office


def address(office: Office, item: str = "ECO-02") -> str:
    return f"/cases/{office.case_id(item)}"


def test_the_case_shows_what_the_decision_needs(office: Office, clerk: Desk) -> None:
    page = clerk.open(address(office))
    for words in (
        office.world.code,
        "代码待核验",
        "绿灯 剩 3 个工作日",
        "为什么是这天",
        "初审时限",
        "受理时限",
        "11 月 23 日收到申请，次日起计；11 月 26 日到期",
        "环境影响报告表（报批稿和公示稿）",
        "共享核验，免提交",
        "申报信息",
        "申请：环境影响报告表审批",
        "本项目其他事项",
    ):
        assert words in page.text, words


def test_code_verified_reviewed_and_accepted_in_two_presses(office: Office, clerk: Desk) -> None:
    page = clerk.press(clerk.open(address(office)), "核验并初审通过")
    assert "初审通过" in page.text
    page = clerk.press(page, "受理")
    assert "已受理。《受理通知书》已送达项目单位" in page.text
    assert "代码已核验" in page.text
    case = office.case("ECO-02")
    assert case.state == "in_handling"
    assert [one.words for one in office.trace("ECO-02")][:2] == ["受理", "初审通过"]


def test_accepting_twice_accepts_once(office: Office, clerk: Desk) -> None:
    page = clerk.press(clerk.open(address(office)), "核验并初审通过")
    first, second = clerk.press(page, "受理"), clerk.press(page, "受理")
    assert (first.status, second.status) == (200, 200)
    assert "已受理" in second.text
    with office.world.extranet.reading() as session:
        assert len(session.exec(select(Notice).where(col(Notice.kind) == "acceptance")).all()) == 1


def test_the_second_officer_is_shown_what_the_first_did(office: Office, clerk: Desk) -> None:
    page = clerk.press(clerk.open(address(office)), "核验并初审通过")
    other = office.seat("clerk", office.unit("ECO-02"), name="赵洪涛")
    seen = other.open(f"{address(office)}/non-acceptance")
    office.world.later(minutes=2)
    clerk.press(page, "受理")
    late = other.press(
        seen, "不予受理", ground="out_of_remit", reason="应由省级部门受理，请转交", right_organ="吉林省生态环境厅"
    )
    assert late.status == 409
    assert "王敏已于 9:02 受理" in late.text
    assert "应由省级部门受理，请转交" in late.text
    assert office.case("ECO-02").state == "in_handling"


def test_a_stale_page_keeps_the_form_while_the_act_is_still_open(office: Office, clerk: Desk) -> None:
    other = office.seat("clerk", office.unit("ECO-02"), name="赵洪涛")
    cast.pass_preliminary(office.world, office.case_id("ECO-02"))
    seen = other.open(f"{address(office)}/non-acceptance")
    with office.world.extranet.writing() as session:
        found = session.get_one(type(office.case("ECO-02")), office.case_id("ECO-02"))
        found.version += 1
        session.add(found)
    late = other.press(
        seen, "不予受理", ground="out_of_remit", reason="应由省级部门受理，请转交", right_organ="吉林省生态环境厅"
    )
    assert late.status == 409
    assert late.value("reason") == "应由省级部门受理，请转交"
    assert other.press(late, "不予受理").status == 200
    assert office.case("ECO-02").state == "not_accepted"


def test_an_incomplete_application_cannot_be_accepted_and_says_why(office: Office) -> None:
    world = office.world
    code = cast.declare(world, "renovation", project_name="公主岭另一技术改造项目")
    (case_id,) = cast.apply_for(world, code, "ECO-02", complete=False)
    cast.pass_preliminary(world, case_id)
    clerk = office.seat("clerk", cast.unit_of(world, case_id))
    page = clerk.open(f"/cases/{case_id}")
    assert "缺少必需材料：环境影响报告表" in page.text
    assert "必需，未提交" in page.text
    forced = clerk.press(page, "受理")
    assert forced.status == 422
    assert "缺少必需材料" in forced.text


def test_a_refusal_wants_ground_and_reason_and_keeps_what_was_typed(office: Office, clerk: Desk) -> None:
    form = clerk.open(f"{address(office)}/preliminary-refusal")
    assert "不能撤销" in form.text
    page = clerk.press(form, "初审不予通过", reason="理由很充分，但没有选依据")
    assert page.status == 422
    assert "请选择理由" in page.text
    assert page.value("reason") == "理由很充分，但没有选依据"
    page = clerk.press(page, "初审不予通过", ground="duplicate")
    assert "《初审不予通过告知书》已送达项目单位" in page.text
    assert office.case("ECO-02").state == "refused"


@pytest.mark.parametrize(
    ("reason", "words"), [("本件涉及国家秘密文件内容", "可能涉密"), ("超" * 1001, "最多 1000 个字")]
)
def test_classified_or_endless_words_are_not_stored(office: Office, clerk: Desk, reason: str, words: str) -> None:
    form = clerk.open(f"{address(office)}/preliminary-refusal")
    page = clerk.press(form, "初审不予通过", ground="duplicate", reason=reason)
    assert page.status == 422
    assert words in page.text
    assert office.case("ECO-02").state == "submitted"


def test_a14_3_only_what_may_be_declined_threatens_with_it(office: Office) -> None:
    for item, threatens in (("ECO-02", True), ("IIT-01", False)):
        case_id = office.case_id(item)
        cast.pass_preliminary(office.world, case_id)
        desk = office.seat("clerk", cast.unit_of(office.world, case_id))
        form = desk.open(f"/cases/{case_id}/supplement-requests")
        assert ("逾期未补正的，可以依法不予受理" in form.text) is threatens
        assert "再写几项" in form.text


def test_the_one_supplement_names_everything(office: Office, clerk: Desk) -> None:
    cast.pass_preliminary(office.world, office.case_id("ECO-02"))
    form = clerk.open(f"{address(office)}/supplement-requests")
    empty = clerk.press(form, "发补正告知")
    assert empty.status == 422
    assert "请至少选择一份材料" in empty.text
    code = next(value for value in _boxes(form.html))
    unsaid = clerk.press(form, "发补正告知", items=[code])
    assert "存在的问题" in unsaid.text
    assert _is_ticked(unsaid.html, code)
    page = clerk.press(
        form,
        "发补正告知",
        items=[code],
        **{
            f"fault-{code}": "缺少公众参与说明",
            f"cure-{code}": "补充后重新盖章",
            f"sample-{code}": "公众参与说明示范文本",
        },
        other_name="项目名称",
        other_fault="与备案不一致",
    )
    assert "已发出《补正告知书》" in page.text
    assert "等待项目单位补正" in page.text
    with office.world.extranet.reading() as session:
        asked = session.exec(select(Supplement)).one()
        notice = session.exec(select(Notice).where(col(Notice.kind) == "supplement")).one()
    assert [one["fault"] for one in asked.items] == ["缺少公众参与说明", "与备案不一致"]
    assert [one["sample"] for one in notice.facts["defects"]] == ["公众参与说明示范文本", ""]
    office.world.pump()
    told = cast.application(office.world, office.world.code, "ECO-02").asked_for
    assert told[0]["cure"] == "补充后重新盖章。样本：公众参与说明示范文本"


def test_what_is_missing_is_ticked_already(office: Office) -> None:
    world = office.world
    code = cast.declare(world, "renovation", project_name="公主岭另一技术改造项目")
    (case_id,) = cast.apply_for(world, code, "ECO-02", complete=False)
    cast.pass_preliminary(world, case_id)
    clerk = office.seat("clerk", cast.unit_of(world, case_id))
    page = clerk.press(clerk.open(f"/cases/{case_id}/supplement-requests"), "发补正告知")
    assert "已发出《补正告知书》" in page.text
    assert clerk.open(f"/cases/{case_id}/supplement-requests").path == f"/cases/{case_id}/supplement-requests"
    assert not any("发补正告知" in words for form in page.forms for words, _, _ in form.buttons)


def test_a_filing_is_recorded_without_sign_off(office: Office) -> None:
    clerk = office.seat("clerk", office.unit("IIT-01"))
    page = clerk.press(clerk.open(address(office, "IIT-01")), "核验并初审通过")
    assert not any(words == "受理" for form in page.forms for words, _, _ in form.buttons)
    assert "属于禁止投资" in clerk.open(f"{address(office, 'IIT-01')}/non-acceptance").text
    page = clerk.press(page, "予以备案")
    assert "已备案。《备案证明》已送达项目单位" in page.text
    assert office.case("IIT-01").outcome == "filed"


def test_an_officer_of_another_department_finds_nothing(office: Office) -> None:
    other = office.seat("clerk", "220200-ee", name="金美兰")
    for path in ("", "/non-acceptance", "/materials/1/file", "/decision/file"):
        assert other.open(f"{address(office)}{path}").status == 404, path


def test_a14_3_the_clerk_reads_why_a_request_whose_day_has_passed_can_not_end_yet(office: Office, clerk: Desk) -> None:
    case_id = bring(office.world, office.case_id("ECO-02"), "awaiting_supplement")
    way = f'href="/cases/{case_id}/non-acceptance"'
    assert way not in clerk.open(address(office)).html
    office.world.on(date(2026, 12, 24))
    office.sign_in(clerk)
    page = clerk.open(address(office))
    assert "期限内的补正可能还在送达途中" in page.text
    assert way not in page.html
    hear(office.world)
    page = clerk.open(address(office))
    assert "还在送达途中" not in page.text
    assert way in page.html


def test_a_handler_may_read_but_not_accept(office: Office, clerk: Desk) -> None:
    handler = office.seat("handler", office.unit("ECO-02"), name="李文静")
    page = handler.open(address(office))
    assert "窗口人员办理，你可以查看进度" in page.text
    form = clerk.open(address(office)).form_with("核验并初审通过")
    token = page.value("csrf_token")
    forged = dict(form.values) | {"csrf_token": token}
    assert handler.client.post(form.action, data=forged).status_code == 403
    assert office.case("ECO-02").state == "submitted"


def test_the_department_above_reads_and_does_not_act(office: Office) -> None:
    above = office.seat("clerk", "220000-ee", name="林雪")
    page = above.open(address(office))
    assert page.status == 200
    assert not any("初审" in words for form in page.forms for words, _, _ in form.buttons)
    assert above.open(f"{address(office)}/preliminary-refusal").status == 403


def test_no_row_bears_such_a_number(clerk: Desk) -> None:
    assert clerk.open("/cases/99999999999999999999").status == 404


def _boxes(html: str) -> list[str]:
    return [part.split('"', 1)[0] for part in html.split('name="items" value="')[1:]]


def _is_ticked(html: str, code: str) -> bool:
    return "checked" in html.split(f'name="items" value="{code}"', 1)[1].split(">", 1)[0]
