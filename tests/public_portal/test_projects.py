"""我的项目: what waits for the unit, and what is told of every item (A14.1c, A17.2)."""

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from core.cases import intake, replanning
from core.cases.tables import Notice, ReceivedNotice
from core.domain.policy import Role
from core.exchange.outbox import send
from core.projects import declaring
from core.projects.messages import ProjectReturned
from core.projects.tables import Project
from tests import world as cast
from tests.domain.sample_declarations import PARTS_FACTORY
from tests.public_portal.browser import Browser
from tests.public_portal.conftest import Open, signed_in
from tests.world import World, make_enterprise

OTHER = "91220104MA2020C59C"


def test_an_empty_list_says_what_to_do(unit: Browser) -> None:
    page = unit.open("/projects")
    assert "还没有项目" in page.text
    assert page.links["申报项目"] == "/declarations"


def test_the_list_shows_how_far_each_project_is(applied_unit: Browser, applied_world: World) -> None:
    page = applied_unit.open("/projects")
    assert applied_world.code in page.text
    assert "4 项，已办结 0 项" in page.text
    assert "第 1—1 个，共 1 个" in page.text


def test_the_unit_finds_its_projects_by_a_part_of_the_name(applied_unit: Browser, applied_world: World) -> None:
    other = cast.declare(applied_world, "parts_factory")
    listed = applied_unit.open("/projects")
    assert "共 2 个" in listed.text
    found = applied_unit.press(listed, "查找", q="改造")
    assert applied_world.code in found.text
    assert other not in found.text
    assert "共 1 个" in found.text
    nothing = applied_unit.press(listed, "查找", q="100%")
    assert "也没有名称含这些字的项目" in nothing.text
    assert "共 2 个" in nothing.text


def test_the_project_says_why_each_item_is_due_and_in_which_order(applied_unit: Browser, applied_world: World) -> None:
    page = applied_unit.open(f"/projects/{applied_world.code}")
    assert page.status == 200
    assert "应办事项 4 项" in page.text
    assert "因为：环评类别为报告表" in page.text
    assert "须先办结“环境影响报告表审批”" in page.text
    assert "绿灯 剩 3 个工作日" in page.text


def test_the_matrix_holds_what_has_begun_and_the_list_says_what_can_be_done(
    applied_unit: Browser, applied_world: World
) -> None:
    page = applied_unit.open(f"/projects/{applied_world.code}")
    matrix = page.text.partition("事项与部门 灯号")[2].partition("另有 1 项还没有申请")[0]
    assert "环境影响报告表审批" in matrix
    assert "环境保护设施竣工验收信息报送" not in matrix
    assert page.text.index("还不能申请 1 项") < page.text.index("正在办理 3 项")


def test_what_an_item_waited_for_is_marked_once_it_is_there(last_item_world: World, open_portal: Open) -> None:
    page = signed_in(open_portal(last_item_world), last_item_world).open(f"/projects/{last_item_world.code}")
    assert "须先办结“环境影响报告表审批”（建设项目环境保护管理条例 第十七条）（已满足）" in page.text
    assert "已结束 3 项" in page.text


def test_before_anything_is_applied_for_the_matrix_says_what_it_will_show(unit: Browser, world: World) -> None:
    code = cast.declare(world, "renovation")
    page = unit.open(f"/projects/{code}")
    assert "还没有申请事项" in page.text
    assert "灯号 申请" not in page.text


def test_a_project_that_was_not_delivered_says_so(unit: Browser, world: World) -> None:
    code = declared_but_not_carried(world)
    page = unit.open(f"/projects/{code}")
    assert "已提交，等待送达" in page.text
    world.pump()
    assert "已提交，等待送达" not in unit.open(f"/projects/{code}").text


def test_applications_that_were_not_delivered_say_so(applied_unit: Browser, applied_world: World) -> None:
    cast.file(applied_world, cast.case_of(applied_world, "IIT-01"))
    cast.decide(applied_world, cast.case_of(applied_world, "ECO-02"))
    applied_world.pump()
    page = applied_unit.open(f"/projects/{applied_world.code}/applications/new?item=ECO-04")
    page = applied_unit.press(page, "申请所选 1 项", knowing_missing="true")
    assert "已提交 1 项申请" in page.text
    assert "已提交，等待送达：环境保护设施竣工验收信息报送" in page.text
    applied_world.pump()
    assert "等待送达" not in applied_unit.open(page.path).text


def test_a_returned_declaration_shows_its_reason_and_the_way_on(unit: Browser, world: World) -> None:
    code = cast.declare(world)
    with world.extranet.writing() as session:
        told = ProjectReturned(project_code=code, reason="项目代码的行业代码与申报信息不符", returned_at=world.now)
        send(session, told, at=world.now)
    world.pump()
    page = unit.open(f"/projects/{code}")
    assert "申报已退回" in page.text
    assert "项目代码的行业代码与申报信息不符" in page.text
    assert page.links["重新申报"] == "/declarations"


def test_a_request_to_supplement_comes_first(applied_unit: Browser, applied_world: World) -> None:
    case_id = cast.case_of(applied_world, "ECO-02")
    cast.pass_preliminary(applied_world, case_id)
    clerk, _, _ = cast.staff(cast.unit_of(applied_world, case_id))
    items = [{"material_code": "EIA_TABLE", "name": "环境影响报告表", "fault": "缺附图", "cure": "补齐附图"}]
    cast.act(applied_world, case_id, intake.request_supplement, by=clerk, items=items)
    applied_world.pump()
    page = applied_unit.open(f"/projects/{applied_world.code}")
    assert "环境影响报告表审批：请一次补齐 1 份材料" in page.text
    assert "待补正" in page.text
    assert "补正 1 件" in applied_unit.open("/projects").text


def test_a_notice_is_downloaded_by_its_own_unit_alone(applied_unit: Browser, applied_world: World) -> None:
    cast.accept(applied_world, cast.case_of(applied_world, "ECO-02"))
    applied_world.pump()
    with applied_world.public.reading() as session:
        token = session.exec(select(ReceivedNotice.token).where(col(ReceivedNotice.kind) == "acceptance")).one()
    address = f"/projects/{applied_world.code}/notices/{token}"
    answer = applied_unit.client.get(address)
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"
    other = signed_in(
        applied_unit.client.app, applied_world, make_enterprise(applied_world, credit_code=OTHER, mobile="13900001111")
    )
    assert other.open(address).status == 404


@pytest.mark.parametrize("tail", ["", "/applications/new", "/materials/none", "/notices/none"])
def test_another_units_project_looks_like_none(applied_unit: Browser, applied_world: World, tail: str) -> None:
    other = signed_in(
        applied_unit.client.app, applied_world, make_enterprise(applied_world, credit_code=OTHER, mobile="13900001111")
    )
    assert other.open(f"/projects/{applied_world.code}{tail}").status == 404


def test_the_project_page_asks_the_database_a_handful_of_questions(applied_unit: Browser, applied_world: World) -> None:
    asked: list[str] = []
    engine = applied_unit.client.app.state.portal.database.engine

    def note(conn: object, cursor: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    applied_unit.open(f"/projects/{applied_world.code}")
    sa.event.listen(engine, "before_cursor_execute", note)
    applied_unit.open(f"/projects/{applied_world.code}")
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 20


def declared_but_not_carried(world: World) -> str:
    """A project whose declaration still lies in the internet zone."""
    answers = PARTS_FACTORY.answers | {"unit_uscc": [world.unit.credit_code], "unit_name": [world.unit.org_name]}
    with world.public.writing() as session:
        draft = declaring.begin_draft(session, by=world.unit, at=world.now)
        declaring.save_step(session, draft, answers, step="site", by=world.unit, at=world.now)
        return declaring.submit(session, draft, by=world.unit, at=world.now).code


def test_a14_1c_the_unit_sees_when_everything_can_be_over_and_what_decides_it(
    applied_unit: Browser, applied_world: World
) -> None:
    page = applied_unit.open(f"/projects/{applied_world.code}")
    for words in ("办理计划", "最早 12 月", "由这些事项决定：环境影响报告表审批", "关键路径", "不能开始"):
        assert words in page.text, words


def test_a14_1c_a_changed_list_is_told_with_its_reason(applied_unit: Browser, applied_world: World) -> None:
    with applied_world.extranet.writing() as session:
        replanning.add_due_item(
            session, session.get_one(Project, applied_world.code), "FOR-01", reason="现场核实占用林地 0.8 公顷",
            by=cast.make_officer((Role.COORDINATOR, "220000-drc")), at=applied_world.now,
        )  # fmt: skip
    applied_world.pump()
    page = applied_unit.open(f"/projects/{applied_world.code}")
    assert "应办事项 5 项" in page.text
    assert page.text.count("现场核实占用林地 0.8 公顷") == 2  # in the message, and beside the item


def test_a14_5_the_unit_sees_the_same_proof_as_the_notice(last_item_world: World, open_portal: Open) -> None:
    cast.decide(last_item_world, cast.case_of(last_item_world, "DRC-06"), number="公发改能审〔2026〕7 号")
    last_item_world.pump()
    page = signed_in(open_portal(last_item_world), last_item_world).open(f"/projects/{last_item_world.code}")
    with last_item_world.extranet.reading() as session:
        told = session.exec(select(Notice).where(col(Notice.kind) == "completion")).one().facts
    for item in told["items"]:
        assert item["document_number"] in page.text
        assert item["digest"][:16] in page.text
    assert told["list_digest"] in page.text
