"""首页, 办事指南, 公开公示: what everybody reads (A8.1, A17.1)."""

import re

import pytest

from core.guides.from_reference import guides
from public_portal.guides import fee_told, told
from tests import world as cast
from tests.public_portal.browser import Browser
from tests.world import World

ELEMENTS = (
    "一、审批依据", "二、审批内容", "三、受理条件", "四、申请材料", "五、办理流程", "六、办理时限", "七、收费标准",
    "八、监管要求", "九、联系方式",
)  # fmt: skip


def test_the_home_page_counts_what_there_is(applied_citizen: Browser, applied_world: World) -> None:
    page = applied_citizen.open("/")
    assert "1 个 赋码项目" in figures_of(page.text)
    assert "3 件 在办事项" in figures_of(page.text)
    cast.file(applied_world, cast.case_of(applied_world, "IIT-01"))
    applied_world.pump()
    applied_world.later(minutes=2)
    page = applied_citizen.open("/")
    assert "1 件 本月办结" in figures_of(page.text)
    assert "已备案" in page.text
    assert "2 件 在办事项" in figures_of(applied_citizen.open("/figures").text)


def figures_of(text: str) -> str:
    """The figures read aloud, number before name."""
    found = re.findall(r"(赋码项目|在办事项|本月办结) (\d+) ?(个|件)", text)
    return "，".join(f"{number} {unit} {name}" for name, number, unit in found)


@pytest.mark.parametrize(
    "path", ["/", "/guides", "/disclosures", "/query", "/verify", "/help", "/register", "/sign-in"]
)
def test_every_page_opens_on_an_empty_platform(citizen: Browser, path: str) -> None:
    assert citizen.open(path).status == 200


def test_every_guide_has_its_nine_elements_in_chinese(citizen: Browser) -> None:
    for guide in guides():
        text = citizen.open(f"/guides/{guide.item_code}").text
        assert [element for element in ELEMENTS if element not in text] == []
        assert "from memory" not in text
        assert "none" not in text


def test_what_is_still_to_be_checked_says_so(citizen: Browser) -> None:
    assert "待承办部门核对" in citizen.open("/guides/ECO-02").text


def test_guides_are_found_by_words_department_and_type(citizen: Browser) -> None:
    page = citizen.open("/guides?q=环境影响&department=ee&type=03")
    assert "环境影响报告表审批" in page.text
    assert "水土保持" not in page.text
    assert "没有符合条件的事项" in citizen.open("/guides?q=没有这样的事项").text


def test_an_unknown_guide_is_not_found(citizen: Browser) -> None:
    assert citizen.open("/guides/XXX-99").status == 404


@pytest.mark.parametrize(
    ("fee", "words"),
    [
        ("none", "不收费"),
        ("none (第二十二条)", "不收费（第二十二条）"),
        ("none at this step", "本环节不收费"),
        ("补偿费 (from memory, to be checked by the operating department)", "补偿费"),
        ("森林植被恢复费", "森林植被恢复费"),
    ],
)
def test_a_fee_is_told_in_plain_words(fee: str, words: str) -> None:
    assert fee_told(fee).words == words


def test_an_editorial_remark_becomes_a_mark() -> None:
    text = "企业投资项目核准和备案管理条例 第三条、第十三条；地方权限划分: from memory, to be checked by the department"
    assert told(text).words == "企业投资项目核准和备案管理条例 第三条、第十三条"
    assert told(text).unchecked


@pytest.fixture
def disclosed(applied_citizen: Browser, applied_world: World) -> Browser:
    """A citizen after two results were published."""
    cast.file(applied_world, cast.case_of(applied_world, "IIT-01"))
    cast.decide(applied_world, cast.case_of(applied_world, "ECO-02"), outcome="denied", number="长环审〔2026〕9 号")
    applied_world.pump()
    return applied_citizen


def test_results_are_listed_and_opened(disclosed: Browser, applied_world: World) -> None:
    page = disclosed.open("/disclosures")
    assert "不予批准 环境影响报告表审批 长环审〔2026〕9 号" in page.text
    assert "第 1—2 件，共 2 件" in page.text
    link = next(href for href in page.links.values() if href.startswith("/disclosures/"))
    one = disclosed.open(link)
    assert one.status == 200
    assert applied_world.code in one.text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("department=ee", 1),
        ("department=water", 0),
        ("region=220100", 2),
        ("region=220200", 0),
        ("q=9 号", 0),
        ("q=环境", 1),
    ],
)
def test_results_are_found_by_region_department_and_words(disclosed: Browser, query: str, shown: int) -> None:
    page = disclosed.open(f"/disclosures?{query}")
    assert page.html.count("row-title") == shown
    assert ("没有符合条件的公开信息" in page.text) == (shown == 0)


def test_an_unknown_result_is_not_found(citizen: Browser) -> None:
    assert citizen.open("/disclosures/none").status == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "２"])
def test_a_page_number_that_is_none_is_the_first(citizen: Browser, page: str) -> None:
    assert citizen.open(f"/disclosures?page={page}").status == 200
