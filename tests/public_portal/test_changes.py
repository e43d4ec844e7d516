"""The unit's pages of changes (A12.2, A14.1e): choose what to alter, see old and new, submit once, read the answer."""

import pytest
from sqlmodel import select

from core.changes import deciding
from core.changes.tables import ChangeRequest
from core.projects.legacy import map_code
from core.projects.links import linked
from tests.core.cases.acts import bring
from tests.core.cases.test_voiding import carried
from tests.core.changes.requests import COORDINATOR, ask, decide, fates, grant
from tests.public_portal.conftest import signed_in, stranger
from tests.world import application, case_of, make_enterprise


@pytest.fixture
def code(applied_world):
    return applied_world.code


def begun(unit, code, word):
    return unit.press(unit.open(f"/projects/{code}/changes"), f"申请{word}")


def requests(world):
    with world.public.reading() as session:
        return session.exec(select(ChangeRequest)).all()


def test_a14_1e_a_change_is_made_part_by_part_and_seen_before_it_is_sent(applied_unit, applied_world, code):
    page = begun(applied_unit, code, "变更")
    assert "还没有修改任何内容" in page.text
    part = applied_unit.open(part_with(page, "planned_completion", applied_unit))
    assert part.value("planned_completion")
    seen = applied_unit.press(part, "保存，看变更对照", planned_completion="2028-06")
    assert "2028 年 6 月" in seen.text
    assert "变更前后对照 1 处" in seen.text
    assert applied_unit.press(seen, "提交申请", reason="").status == 422
    sent = applied_unit.press(seen, "提交申请", reason="设备交货推迟，工期顺延")
    assert "待决定" in sent.text
    assert "提交申请" not in [words for form in sent.forms for words, _, _ in form.buttons]
    again = applied_unit.press(seen, "提交申请", reason="设备交货推迟，工期顺延")  # a double click
    assert again.status == 200
    applied_world.pump()
    assert len(requests(applied_world)) == 1


def part_with(page, field, unit):
    """The address of the part of the form that asks for a field."""
    hrefs = [href for href in page.links.values() if "/parts/" in href]
    return next(href for href in hrefs if f'name="{field}"' in unit.open(href).html)


def test_a14_1e_what_is_wrong_is_kept_and_named_and_keeps_it_from_being_sent(applied_unit, code):
    page = begun(applied_unit, code, "变更")
    href = part_with(page, "planned_completion", applied_unit)
    wrong = applied_unit.press(applied_unit.open(href), "保存，看变更对照", planned_completion="2020-01")
    assert "不能早于拟开工时间" in wrong.text
    assert wrong.value("planned_completion") == "2020-01"
    sent = applied_unit.press(applied_unit.open(page.path), "提交申请", reason="工期调整")
    assert sent.status == 422
    assert "要改正的地方" in sent.text


def test_a3_2_a_classified_word_is_never_kept(applied_unit, applied_world, code):
    page = begun(applied_unit, code, "变更")
    href = part_with(page, "scale_and_content", applied_unit)
    refused = applied_unit.press(applied_unit.open(href), "保存，看变更对照", scale_and_content="涉密车间一座")
    assert refused.status == 422
    assert "可能涉密" in refused.text
    assert "涉密" not in str(requests(applied_world)[0].answers["scale_and_content"])
    sent = applied_unit.press(applied_unit.open(page.path), "提交申请", reason="涉密任务需要")
    assert "可能涉密" in sent.text
    assert requests(applied_world)[0].state == "draft"


def test_a12_2_what_the_code_names_is_only_sent_as_a_major_change(applied_unit, code):
    page = begun(applied_unit, code, "变更")
    href = part_with(page, "industry_division", applied_unit)
    seen = applied_unit.press(
        applied_unit.open(href), "保存，看变更对照", industry_division="36", industry_class="3670"
    )
    assert "应当按重大变更申请" in seen.text
    refused = applied_unit.press(seen, "提交申请", reason="转产汽车零部件")
    assert "请选“重大变更”" in refused.text
    assert (
        "重大变更申请 待决定"
        in applied_unit.press(refused, "提交申请", reason="转产汽车零部件", kind="major_change").text
    )


def test_a14_1e_one_request_at_a_time_and_a_draft_can_be_given_up(applied_unit, code):
    page = begun(applied_unit, code, "中止")
    listed = applied_unit.open(f"/projects/{code}/changes")
    assert "有一个申请还没有办完" in listed.text
    assert "已撤回" in applied_unit.press(page, "放弃这个申请").text
    assert begun(applied_unit, code, "终止").status == 200


def test_a14_1e_a_suspended_project_offers_resumption_and_no_application(applied_unit, applied_world, code):
    page = begun(applied_unit, code, "中止")
    assert (
        "预计恢复日期应在今天之后"
        in applied_unit.press(page, "提交申请", reason="资金未到位", expected_on="2026-11-01").text
    )
    applied_unit.press(page, "提交申请", reason="资金未到位", expected_on="2027-04-01")
    applied_world.pump()
    change_id = requests(applied_world)[0].id
    grant(applied_world, change_id)
    project = applied_unit.open(f"/projects/{code}")
    assert "项目已中止" in project.text
    assert "现在可以申请" not in project.text
    listed = applied_unit.open(f"/projects/{code}/changes")
    assert "申请恢复" in [words for form in listed.forms for words, _, _ in form.buttons]
    assert "已中止" in applied_unit.open(f"/query/{code}").text


def test_a12_2_both_codes_are_found_by_unit_and_public_and_name_each_other(
    applied_unit, applied_world, code, open_portal
):
    change_id = ask(applied_world, code, "major_change", planned_completion="2028-06")
    decide(applied_world, change_id, deciding.grant_as_major, fates=fates(applied_world, code))
    with applied_world.public.reading() as session:
        new = linked(session, code).after.code
    for base in ("/projects/", "/query/"):
        assert new in applied_unit.open(f"{base}{code}").text
        assert code in applied_unit.open(f"{base}{new}").text
    assert "已重新赋码" in applied_unit.open(f"/projects/{code}/changes/{change_id}").text


def test_a12_2_a_carried_application_keeps_its_notices_on_its_page(applied_unit, applied_world, code):
    bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    new = carried(applied_world)
    one = application(applied_world, new, "ECO-02")
    page = applied_unit.open(f"/projects/{new}/applications/{one.id}")
    assert "已受理，开始计时" in page.text
    notice = page.links["受理通知书（PDF）"]
    assert notice.startswith(f"/projects/{code}/notices/")
    for address in (notice, notice.replace(code, new)):
        assert applied_unit.open(address).status == 200


def test_a14_1e_a_returned_request_says_why_and_is_amended(applied_unit, applied_world, code):
    change_id = ask(applied_world, code, "change", planned_completion="2028-06")
    decide(applied_world, change_id, deciding.send_back, reason="请说明新的进度安排")
    page = applied_unit.open(f"/projects/{code}/changes/{change_id}")
    assert "请说明新的进度安排" in page.text
    assert "待决定" in applied_unit.press(page, "提交申请", reason="新的进度：明年四月复工").text


def test_t2_another_enterprises_change_looks_like_none(applied_world, code, open_portal):
    change_id = ask(applied_world, code, "suspension")
    other = make_enterprise(
        applied_world, credit_code="91220104MA2020C59C", name="长春净月光电有限公司", mobile="13900001111"
    )
    app = open_portal(applied_world)
    for path in (f"/projects/{code}/changes", f"/projects/{code}/changes/{change_id}"):
        assert signed_in(app, applied_world, other).open(path).status == 404
        assert "登录" in stranger(app).open(path).text


def test_a12_1_the_unit_finds_its_project_by_any_of_its_codes(applied_unit, applied_world, code):
    with applied_world.extranet.writing() as session:
        map_code(session, code, "吉发改备2015-018", by=COORDINATOR, at=applied_world.now)
    applied_world.pump()
    listed = applied_unit.open("/projects")
    assert applied_unit.press(listed, "查找", q="吉发改备 2015018").path == f"/projects/{code}"
    assert applied_unit.press(listed, "查找", q=code.replace("-", "")).path == f"/projects/{code}"
    assert "本单位没有代码或原编码" in applied_unit.press(listed, "查找", q="吉发改备2015-019").text
