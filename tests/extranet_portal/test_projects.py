"""Codes verified in one step, projects within reach, their files (A2.2, A2.3, A4.4, A13.1, A13.2)."""

import pytest

from core.cases.proof import frozen_lists
from tests import world as cast
from tests.core.cases import acts
from tests.extranet_portal.conftest import Open
from tests.extranet_portal.seats import Desk, Office
from tests.world import World


def test_any_officer_verifies_a_code_in_one_step(office: Office) -> None:
    far = office.seat("clerk", "222401-ee", name="金美兰")
    page = far.open(f"/verification?code=　{office.world.code.replace('-', ' ')}")
    for words in ("代码真实有效", office.world.code, office.world.unit.org_name, "审批中", "应办事项"):
        assert words in page.text, words
    assert "查看项目" not in page.links
    assert not any(link.startswith("/cases/") for link in page.links.values())


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2026", "现有 4 位"),
        ("2026-220184-36-03-009999", "没有找到这个代码"),
        ("2026-22O184-36-03-000001", "是否应为数字 0"),
        ("", "立即看到项目"),
    ],
)
def test_a_code_that_fails_says_what_is_wrong(office: Office, clerk: Desk, code: str, words: str) -> None:
    page = clerk.open(f"/verification?code={code}")
    assert page.status == 200
    assert words in page.text


def test_projects_are_listed_by_the_reach_that_opens_them(either_office: Office) -> None:
    code = either_office.world.code
    region = code[5:11]
    for role, unit, sees in (
        ("clerk", either_office.unit("ECO-02"), True),
        ("coordinator", "220000-drc", True),
        ("supervisor", f"{region}-government_services", True),
        ("coordinator", "220200-drc", False),
        ("clerk", "220200-ee", False),
    ):
        desk = either_office.seat(role, unit, name="宋杰")
        listed = desk.open("/projects")
        assert (code in listed.text) is sees, unit
        assert desk.open(f"/projects/{code}").status == (200 if sees else 404), unit


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("q=2026", True),
        ("q=没有", False),
        ("state=in_approval", True),
        ("state=approved", False),
        ("region=220200", False),
        ("region=220000", True),
        ("page=2", False),
    ],
)
def test_the_list_is_filtered_by_its_address(either_office: Office, query: str, is_there: bool) -> None:
    page = either_office.seat("coordinator", "220000-drc", name="宋杰").open(f"/projects?{query}")
    assert (either_office.world.code in page.text) is is_there


def test_a_project_shows_every_department_and_opens_only_ones_own_cases(office: Office, clerk: Desk) -> None:
    page = clerk.open(f"/projects/{office.world.code}")
    own = f"/cases/{office.case_id('ECO-02')}"
    assert page.links["环境影响报告表审批"] == own
    assert "固定资产投资项目节能审查" in page.text
    assert "固定资产投资项目节能审查" not in page.links
    assert "告知应办事项" in page.text
    assert "绿灯 剩 3 个工作日" in page.text


def test_the_trace_of_a_project_gives_no_department_the_reasons_of_another(office: Office, clerk: Desk) -> None:
    world = office.world
    form_unit = office.unit("DRC-06")
    other = office.seat("clerk", form_unit, name="林树林")
    form = other.open(f"/cases/{office.case_id('DRC-06')}/preliminary-refusal")
    other.press(form, "初审不予通过", ground="duplicate", reason="内部情况不宜外传")
    page = clerk.open(f"/projects/{world.code}")
    assert "初审不予通过" in page.text
    assert "内部情况不宜外传" not in page.text
    assert "内部情况不宜外传" in other.open(f"/cases/{office.case_id('DRC-06')}").text


def test_identity_numbers_and_contacts_are_masked(office: Office, clerk: Desk) -> None:
    facts = cast.case(office.world, office.case_id("ECO-02"))
    page = clerk.open(f"/projects/{facts.project_code}").text
    assert "****" in page
    assert "13812345678" not in page


def test_files_are_reached_through_the_case_alone(office: Office, clerk: Desk) -> None:
    cast.accept(office.world, office.case_id("ECO-02"))
    own, foreign = f"/cases/{office.case_id('ECO-02')}", f"/cases/{office.case_id('DRC-06')}"
    page = clerk.open(own)
    material = next(link for words, link in page.links.items() if words == "新窗口")
    answer = clerk.client.get(material)
    assert answer.content == cast.PDF
    assert answer.headers["content-disposition"].startswith("inline")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    saved = clerk.client.get(f"{material}?download=1")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in saved.headers["content-security-policy"]
    other = office.seat("clerk", office.unit("DRC-06"), name="林树林")
    number = material.rsplit("/", 2)[1]
    assert other.open(material).status == 404
    assert other.open(f"{foreign}/materials/{number}/file").status == 404
    assert office.stranger().open(material).path == "/sign-in"


def test_a_notice_of_a_case_needs_the_case(office: Office, clerk: Desk) -> None:
    cast.accept(office.world, office.case_id("ECO-02"))
    page = clerk.open(f"/projects/{office.world.code}")
    href = page.links["受理通知书（PDF）"]
    assert clerk.client.get(href).content.startswith(b"%PDF")
    assert clerk.client.get(f"/cases/{office.case_id('ECO-02')}/notices/1/file").content.startswith(b"%PDF")
    other = office.seat("clerk", office.unit("DRC-06"), name="林树林")
    assert "受理通知书（PDF）" not in other.open(f"/projects/{office.world.code}").links
    assert other.open(href).status == 404


def test_the_completion_notice_is_the_projects_own(last_item_world: World, open_office: Open) -> None:
    office = open_office(last_item_world)
    cast.decide(last_item_world, office.case_id("DRC-06"))
    page = office.seat("clerk", office.unit("ECO-02"), name="王敏").open(f"/projects/{last_item_world.code}")
    assert "审批办结" in page.text
    assert "办结通知书（PDF）" in page.links
    for words in ("准予", "备案不设", "信息齐全"):
        assert words in page.text, words


def test_a2_3_the_plan_of_a_project_says_when_it_can_be_over_and_why_an_item_cannot_start(
    office: Office, clerk: Desk
) -> None:
    page = clerk.open(f"/projects/{office.world.code}").text
    for words in ("办理计划", "最早 12 月", "全部办结", "关键路径", "须先办结“环境影响报告表审批”"):
        assert words in page, words


def test_a14_5_the_page_marks_the_notices_that_are_void(last_item_world: World, open_office: Open) -> None:
    office = open_office(last_item_world)
    cast.decide(last_item_world, office.case_id("DRC-06"))
    acts.do(last_item_world, office.case_id("DRC-06"), "propose_correction")
    acts.do(last_item_world, office.case_id("DRC-06"), "correct")
    page = office.seat("clerk", office.unit("ECO-02"), name="王敏").open(f"/projects/{last_item_world.code}").text
    assert page.count("已作废") == 2  # of the decision that was corrected, and of the completion that named it
    assert "由吉投资办结〔2026〕2 号代替" in page


def test_a14_5_the_page_shows_the_frozen_list_with_its_digest(last_item_world: World, open_office: Open) -> None:
    office = open_office(last_item_world)
    desk = office.seat("clerk", office.unit("ECO-02"), name="王敏")
    assert "办结依据" not in desk.open(f"/projects/{last_item_world.code}").text
    cast.decide(last_item_world, office.case_id("DRC-06"), number="公发改能审〔2026〕7 号")
    with last_item_world.extranet.reading() as session:
        frozen = frozen_lists(session, last_item_world.code)[0]
    page = desk.open(f"/projects/{last_item_world.code}").text
    for words in ("办结依据", "第 1 版清单", "公发改能审〔2026〕7 号", frozen.digest):
        assert words in page, words
    assert "办理计划" not in page


def test_a14_5_the_coordinator_reissues_the_completion_notice(last_item_world: World, open_office: Open) -> None:
    office = open_office(last_item_world)
    coordinator = office.seat("coordinator", "220184-drc", name="宋杰")
    address = f"/projects/{last_item_world.code}"
    assert "没有可以重新签发的办结通知书" in coordinator.open(f"{address}/completion-reissues").text
    cast.decide(last_item_world, office.case_id("DRC-06"))
    form = coordinator.open(coordinator.open(address).links["作废或重新签发"])
    refused = coordinator.press(form, "作废并重新签发", reason="错")
    assert "请写明作废的原因" in refused.text
    page = coordinator.press(refused, "作废并重新签发", reason="项目单位名称有误")
    assert "宋杰作废：项目单位名称有误。由吉投资办结〔2026〕2 号代替" in page.text
    assert "作废或重新签发" not in office.seat("approver", "220184-drc", name="周振宇").open(address).links
