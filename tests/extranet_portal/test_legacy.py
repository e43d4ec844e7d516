"""The pages of legacy codes (A12.1): one by one, by file with a dry run, and what is found by them."""

import pytest

from core.projects.links import project_of_legacy
from tests.world import World


@pytest.fixture
def coordinator(office):
    return office.seat("coordinator", "220100-drc", name="郑立新")


def mapped(world: World, legacy: str) -> str:
    with world.extranet.reading() as session:
        return project_of_legacy(session, legacy)


def test_a12_1_one_code_is_typed_and_finds_the_project_everywhere(office, coordinator):
    code = office.world.code
    page = coordinator.press(coordinator.open("/legacy-codes"), "对应", legacy="吉发改备2015-018", code=code)
    assert "已对应" in page.text
    assert "逐个录入 郑立新" in page.text
    verified = coordinator.open("/verification?code=吉发改备 2015018")
    assert "代码真实有效" in verified.text
    assert "原编码： 吉发改备2015-018" in verified.text
    assert code in coordinator.open("/projects?q=吉发改备2015-018").text
    clerk = office.seat("clerk", office.unit("ECO-02"))
    assert "原编码" not in clerk.open("/projects").links
    assert clerk.open("/legacy-codes").status == 403


def test_a12_1_what_is_wrong_stands_beside_the_field_and_what_was_typed_is_kept(office, coordinator):
    page = coordinator.press(coordinator.open("/legacy-codes"), "对应", legacy="涉密工程7号", code=office.world.code)
    assert page.status == 422
    assert "可能涉密" in page.text
    page = coordinator.press(coordinator.open("/legacy-codes"), "对应", legacy="吉备7", code="2026-220184")
    assert "应有 20 位数字" in page.text
    assert page.value("legacy") == "吉备7"
    page = coordinator.press(coordinator.open("/legacy-codes"), "核对文件")
    assert "请选择文件" in page.text
    page = coordinator.press(coordinator.open("/legacy-codes"), "核对文件", file=("空.csv", b"\n"))
    assert "文件里没有内容" in page.text


def test_a12_1_a_file_is_looked_at_before_it_is_mapped_and_mapped_once(office, coordinator):
    table = f"原编码,项目代码\r\n吉备1,{office.world.code}\r\n吉备2,不是代码\r\n吉备-1,{office.world.code}\r\n"
    page = coordinator.press(coordinator.open("/legacy-codes"), "核对文件", file=("原编码.csv", table.encode("gbk")))
    assert "填写有误 1 行，原编码重复 1 行，可以对应 1 行" in page.text
    assert "与第 2 行的原编码相同" in page.text
    assert mapped(office.world, "吉备1") == ""
    done = coordinator.press(page, "确认对应 1 行")
    assert "已对应 1 个原编码" in done.text
    assert mapped(office.world, "吉备1") == office.world.code
    again = coordinator.press(page, "确认对应 1 行")  # a double click: the same form gets the same answer
    assert "已对应 1 个原编码" in again.text


def test_a12_1_a_mapping_is_taken_back_with_a_reason(office, coordinator):
    coordinator.press(coordinator.open("/legacy-codes"), "对应", legacy="吉备1", code=office.world.code)
    asked = coordinator.open(coordinator.open("/legacy-codes").links["取消"])
    assert coordinator.press(asked, "取消对应").status == 422
    assert "已取消对应" in coordinator.press(asked, "取消对应", reason="录入有误").text
    assert mapped(office.world, "吉备1") == ""
