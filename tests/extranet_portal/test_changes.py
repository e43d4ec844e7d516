"""The officers' pages of changes (A12.2, A14.1e): the list with its count, old and new, decisions, who was faster."""

import pytest
from sqlmodel import select

from core.cases.tables import Case
from core.changes.tables import ProjectChange
from core.projects.links import linked
from core.projects.tables import Project
from core.trace import entries_of
from tests.core.cases.acts import bring, do
from tests.core.changes.requests import ask, grant
from tests.world import declare


@pytest.fixture
def coordinator(office):
    return office.seat("coordinator", "220184-drc", name="郑立新")


def change(office, change_id):
    with office.world.extranet.reading() as session:
        return session.get_one(ProjectChange, change_id)


def fate_fields(page):
    return {name for form in page.forms for name, _ in form.values if name.startswith("fate-")} | set(
        part.split('"')[0] for part in page.html.split('name="')[1:] if part.startswith("fate-")
    )


def test_a14_1e_what_waits_is_counted_in_the_menu_and_decided_with_the_difference_in_sight(office, coordinator):
    change_id = ask(office.world, office.world.code, "change", planned_completion="2028-06", takes_water="true",
                    annual_water_intake="20.00", contact_mobile="13900001111")  # fmt: skip
    home = coordinator.open("/changes")
    assert "变更 1 件" in home.text
    page = coordinator.open(f"/changes/{change_id}")
    assert "2028 年 6 月" in page.text
    assert "139****1111" in page.text
    assert "13900001111" not in page.html
    assert "增加：" in page.text
    done = coordinator.press(page, "同意变更", opinion="同意延期")
    assert "已同意，项目单位随即收到" in done.text
    assert "变更 1 件" not in done.text
    clerk = office.seat("clerk", office.unit("ECO-02"), name="王敏")
    case_page = clerk.open(f"/cases/{office.case_id('ECO-02')}")
    assert "项目变更 1 件" in case_page.text
    assert "申报信息第 2 版" in case_page.text
    assert "申报信息第 2 版" in coordinator.open(f"/projects/{office.world.code}").text
    again = coordinator.press(page, "同意变更", opinion="同意延期")  # a double click
    assert again.status == 200
    with office.world.extranet.reading() as session:
        assert [entry.action for entry in entries_of(session, "change", change_id)].count("change.grant") == 1


def test_a14_1e_an_answer_that_sends_back_or_refuses_needs_its_reason(office, coordinator):
    change_id = ask(office.world, office.world.code, "suspension")
    page = coordinator.open(f"/changes/{change_id}")
    short = coordinator.press(page, "退回修改", reason="不行")
    assert short.status == 422
    assert short.value("reason") == "不行"
    assert "可能涉密" in coordinator.press(page, "退回修改", reason="涉及绝密事项，不能说明").text
    assert "已退回项目单位修改" in coordinator.press(page, "退回修改", reason="请说明资金何时到位").text
    assert change(office, change_id).state == "returned"


def test_a12_2_a_major_change_is_granted_only_with_the_fate_of_every_open_case(office, coordinator):
    change_id = ask(office.world, office.world.code, "major_change", planned_completion="2028-06")
    page = coordinator.open(f"/changes/{change_id}")
    assert [words for form in page.forms for words, _, _ in form.buttons].count("同意，重新赋码") == 1
    refused = coordinator.press(page, "同意，重新赋码")
    assert refused.status == 422
    assert "请逐件选择事项的去向" in refused.text
    fields = fate_fields(page)
    assert len(fields) == 3
    done = coordinator.press(page, "同意，重新赋码", **dict.fromkeys(fields, "carry"))
    assert "已同意重新赋码" in done.text
    office.world.pump()
    office.world.pump()
    with office.world.extranet.reading() as session:
        new = linked(session, office.world.code).after.code
        assert {case.project_code for case in session.exec(select(Case)).all()} == {new}
    for code, other in ((office.world.code, new), (new, office.world.code)):
        assert other in coordinator.open(f"/projects/{code}").text
        assert other in coordinator.open(f"/verification?code={code}").text
    assert "已重新赋码" in coordinator.open(f"/verification?code={office.world.code}").text
    decided = coordinator.open(f"/changes/{change_id}").text
    assert new in decided
    assert "各事项的去向 3 件" in decided
    assert decided.count("转入新项目") == 3


def test_a14_1e_a_termination_asks_for_each_open_case(office, coordinator):
    change_id = ask(office.world, office.world.code, "termination", reason="投资人撤资")
    page = coordinator.open(f"/changes/{change_id}")
    assert coordinator.press(page, "同意终止").status == 422
    coordinator.press(page, "同意终止", **dict.fromkeys(fate_fields(page), "void"))
    with office.world.extranet.reading() as session:
        assert session.get_one(Project, office.world.code).state == "terminated"
        assert {case.state for case in session.exec(select(Case)).all()} == {"voided"}
    assert "各事项的去向 3 件" in coordinator.open(f"/changes/{change_id}").text
    assert "已终止" in coordinator.open(f"/projects/{office.world.code}").text


def test_a4_4_of_two_coordinators_the_second_is_shown_what_the_first_did(office, coordinator):
    change_id = ask(office.world, office.world.code, "suspension")
    above = office.seat("coordinator", "220100-drc", name="高波")
    page, stale = coordinator.open(f"/changes/{change_id}"), above.open(f"/changes/{change_id}")
    coordinator.press(page, "同意中止")
    late = above.press(stale, "不予同意", reason="资金已经落实，不应中止")
    assert late.status == 409
    assert "郑立新已于" in late.text
    assert change(office, change_id).state == "granted"


def test_a14_1e_the_page_of_a_case_says_whether_its_pause_ends_with_the_suspension(office):
    resting = bring(office.world, office.case_id("ECO-02"), "in_handling")
    assessed = bring(office.world, office.case_id("DRC-06"), "in_handling")
    do(office.world, assessed, "pause")  # on a ground of its own
    grant(office.world, ask(office.world, office.world.code, "suspension"))
    for item, case_id, words in (
        ("ECO-02", resting, "项目恢复后接着计算"),
        ("DRC-06", assessed, "项目恢复后不会自动接着计算"),
    ):
        handler = office.seat("handler", office.unit(item), name="李文静")
        assert words in handler.open(f"/cases/{case_id}").text


def test_t5_who_takes_part_reads_and_only_the_coordinator_decides(office):
    change_id = ask(office.world, office.world.code, "suspension")
    clerk = office.seat("clerk", office.unit("ECO-02"), name="王敏")
    page = clerk.open(f"/changes/{change_id}")
    assert page.status == 200
    assert "综合管理部门决定，你可以查看" in page.text
    assert not [words for form in page.forms for words, _, _ in form.buttons if words.startswith("同意")]
    assert clerk.open("/changes").status == 403
    elsewhere = office.seat("coordinator", "220200-drc", name="高波")
    assert elsewhere.open(f"/changes/{change_id}").status == 404
    assert "没有待决定的申请" in elsewhere.open("/changes").text


def test_a5_1_a_project_of_the_province_is_decided_in_the_province(office, coordinator):
    code = declare(office.world, "renovation", project_level="province")
    change_id = ask(office.world, code, "suspension")
    assert change(office, change_id).region_code == "220000"
    assert "吉林省的综合管理部门决定" in coordinator.open(f"/changes/{change_id}").text
    province = office.seat("coordinator", "220000-drc", name="高波")
    assert "已同意" in province.press(province.open(f"/changes/{change_id}"), "同意中止").text
