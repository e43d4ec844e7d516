"""The pages on which officers enter projects begun before the platform (A12.1): the form, the table, the list."""

import pytest
from sqlmodel import func, select

from core.domain.legacy_projects import VOUCHED
from core.projects.legacy_tables import LegacyProject
from core.serials import raise_to
from tests.domain.test_legacy_projects import TYPED, table

CODED = TYPED | {"project_type": "03", "region_code": "220184", VOUCHED: "true"}


@pytest.fixture
def coordinator(office):
    return office.seat("coordinator", "220184-drc", name="郑立新")


def entries(world):
    with world.extranet.reading() as session:
        return session.exec(select(func.count()).select_from(LegacyProject)).one()


def enter(coordinator, **typed):
    page = coordinator.open("/legacy-projects/new")
    return coordinator.press(page, "提交，申请赋码", **(CODED | typed))


def test_a12_1_a_project_is_entered_waits_honestly_and_is_found_by_both_codes(office, coordinator):
    assert "还没有补录过存量项目" in coordinator.open("/legacy-projects").text
    page = enter(coordinator)
    assert "已提交，等待赋码" in page.text
    assert "尚未赋码" in page.text
    office.world.pump()
    page = coordinator.open("/legacy-projects?q=吉发改备2015018")
    assert "已赋码" in page.text
    code = next(words for words in page.text.split() if words.startswith("2026-220184-13"))
    for address in (
        "/verification?code=吉发改备2015-018",
        f"/verification?code={code}",
        "/projects?q=吉发改备2015-018",
    ):
        assert "公主岭市玉米深加工项目" in coordinator.open(address).text
    assert "存量项目补录：" in coordinator.open(f"/projects/{code}").text
    assert "存量项目补录 郑立新" in coordinator.open("/legacy-codes").text


def test_a12_1_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(office, coordinator):
    page = enter(coordinator, unit_uscc="9122", **{VOUCHED: None})
    assert page.status == 422
    assert "请先确认项目及材料不涉密" in page.text
    assert page.value("project_name") == TYPED["project_name"]
    assert entries(office.world) == 0
    assert "可能涉密" in enter(coordinator, project_name="涉密工程七号").text
    assert "没有符合的项目" in coordinator.open("/legacy-projects?q=x").text


def test_a11_1_an_entry_that_got_no_code_says_why_and_is_mended(office, coordinator):
    with office.world.public.writing() as session:
        raise_to(session, "code:2026-220184-13-03", 999_999)
    enter(coordinator)
    office.world.pump()
    page = coordinator.open("/legacy-projects?state=refused")
    assert "未能赋码" in page.text
    form = coordinator.open(page.links["改正后重新提交"])
    assert "上次未能赋码" in form.text
    assert form.value("legacy") == TYPED["legacy"]
    sent = coordinator.press(form, "提交，申请赋码", industry_division="14", **{VOUCHED: "true"})
    assert "已提交，等待赋码" in sent.text
    office.world.pump()
    assert "2026-220184-14-03-000001" in coordinator.open("/legacy-projects").text
    assert "改正后重新提交" not in coordinator.open("/legacy-projects").links
    assert entries(office.world) == 1


def test_a12_1_a_table_is_looked_at_entered_and_its_results_taken_home(office, coordinator):
    data = table(TYPED | {"legacy": "=1+2"}, TYPED | {"legacy": "乙2", "unit_uscc": "1"}, TYPED | {"legacy": "= 1+2"})
    upload = coordinator.open("/legacy-projects/tables")
    assert "请先确认表内项目不涉密" in coordinator.press(upload, "核对表格", file=("存量.csv", data)).text
    ticked = {VOUCHED: "true"}
    assert "请选择文件" in coordinator.press(upload, "核对表格", **ticked).text
    assert "缺少：" in coordinator.press(upload, "核对表格", file=("x.csv", b"1,2"), **ticked).text
    page = coordinator.press(upload, "核对表格", file=("存量.csv", data), **ticked)
    assert "填写有误 1 行，原编码重复 1 行，可以赋码 1 行" in page.text
    assert "统一社会信用代码：" in page.text
    assert entries(office.world) == 0
    done = coordinator.press(page, "登记 1 行，申请赋码")
    assert "已提交，等待赋码 1 行" in done.text
    again = coordinator.press(page, "登记 1 行，申请赋码")  # a double click: the same form gets the same answer
    assert (again.path, entries(office.world)) == (done.path, 1)
    office.world.pump()
    results = coordinator.client.get(done.links["下载逐行结果"])
    lines = results.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "行,原编码,项目名称,结果,项目代码,说明"
    assert lines[1].startswith("2,'=1+2,公主岭市玉米深加工项目,已赋码,2026-220184-13-03-00000")
    assert "填写有误" in lines[2]


def test_a12_1_the_empty_table_is_one_that_can_be_read(office, coordinator):
    blank = coordinator.client.get("/legacy-projects/tables/blank").content
    line = ",".join(f'"{value}"' for value in TYPED.values()).encode()
    page = coordinator.press(
        coordinator.open("/legacy-projects/tables"), "核对表格", file=("表.csv", blank + line), **{VOUCHED: "true"}
    )
    assert "可以赋码 1 行" in page.text


def test_a12_1_who_coordinates_nothing_enters_nothing(office):
    clerk = office.seat("clerk", office.unit("ECO-02"))
    assert "存量项目" not in clerk.open("/projects").links
    assert clerk.open("/legacy-projects").status == 403
    supervisor = office.seat("supervisor", "220184-drc", name="高波")
    assert "补录一个项目" not in supervisor.open("/legacy-projects").links
    assert supervisor.open("/legacy-projects/new").status == 403
