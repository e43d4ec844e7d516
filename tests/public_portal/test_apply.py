"""Materials handed in once, several items in one go (A14.1d)."""

import pytest
from sqlmodel import col, select

from core.cases.tables import Application
from core.documents.tables import Material
from tests import world as cast
from tests.public_portal.browser import Browser, Page
from tests.public_portal.conftest import Open, signed_in
from tests.world import PDF, World


@pytest.fixture
def code(world: World) -> str:
    """A verified project that nothing was applied for yet."""
    return cast.declare(world)


def chosen(unit: Browser, code: str, *items: str) -> Page:
    """The page with the materials of some items."""
    query = "&".join(f"item={item}" for item in items)
    return unit.open(f"/projects/{code}/applications/new?{query}")


def upload(unit: Browser, page: Page, item: str, material: str, name: str, content: bytes, **headers: str) -> Page:
    """Choose a file in the row of a material and press its button."""
    form = next(
        form for form in page.forms if ("item_code", item) in form.values and ("material_code", material) in form.values
    )
    fields: dict[str, list[str]] = {}
    for field, value in form.values:
        fields.setdefault(field, []).append(value)
    files = {"file": (name, content)} if name else None
    return Page(unit.client.post(form.action, data=fields, files=files, headers=headers))


def test_what_can_not_be_applied_for_says_why(unit: Browser, code: str) -> None:
    page = unit.open(f"/projects/{code}/applications/new")
    assert "还不能申请的" in page.text
    assert "须先办结“建设用地规划许可证核发”" in page.text
    assert "选择事项后，这里列出材料" in page.text


def test_a_material_that_several_items_ask_for_is_one_row(unit: Browser, code: str) -> None:
    page = chosen(unit, code, "ECO-02", "WAT-01")
    assert page.html.count('name="material_code" value="AUTHORISATION"') == 1
    assert "用于：环境影响报告表审批、生产建设项目水土保持方案审批" in page.text
    assert "共享核验，免提交" in page.text
    assert 'name="material_code" value="LICENCE"' not in page.html


def test_a_file_handed_in_once_serves_every_item(unit: Browser, world: World, code: str) -> None:
    upload(unit, chosen(unit, code, "ECO-02"), "ECO-02", "AUTHORISATION", "委托书.pdf", PDF)
    page = chosen(unit, code, "WAT-01")
    assert "委托书.pdf" in page.text
    with world.public.reading() as session:
        assert len(session.exec(select(Material)).all()) == 1


def test_without_script_an_upload_returns_to_its_row(unit: Browser, code: str) -> None:
    page = upload(unit, chosen(unit, code, "ECO-02"), "ECO-02", "EIA_TABLE", "报告表.pdf", PDF)
    assert page.path.endswith("/applications/new")
    assert "报告表.pdf" in page.text
    assert "必交材料已齐" in page.text


def test_with_script_an_upload_answers_its_row_and_what_is_missing(unit: Browser, code: str) -> None:
    page = chosen(unit, code, "ECO-02")
    answer = upload(unit, page, "ECO-02", "EIA_TABLE", "报告表.pdf", PDF, **{"hx-request": "true"})
    assert answer.html.lstrip().startswith('<li class="upload"')
    assert "必交材料已齐" in answer.text


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("", b"", "请先选择"),
        ("报告.exe", b"MZ\x90\x00" * 10, "类型不在接收范围"),
        ("报告.pdf", b"", "空文件"),
        ("报告.pdf", b"just text, no document", "内容与扩展名不符"),
        ("绝密报告.pdf", PDF, "可能涉密"),
        ("..\\..\\报告.pdf", PDF, "上级目录"),
    ],
)
def test_a_file_that_can_not_be_taken_is_refused_in_its_row(
    unit: Browser, world: World, code: str, name: str, content: bytes, words: str
) -> None:
    page = upload(unit, chosen(unit, code, "ECO-02"), "ECO-02", "EIA_TABLE", name, content)
    assert page.status == 422
    assert words in page.text
    assert "一、选择事项" in page.text
    with world.public.reading() as session:
        assert not session.exec(select(Material)).all()


def test_a_material_nobody_asks_for_is_not_taken(unit: Browser, code: str) -> None:
    page = chosen(unit, code, "ECO-02")
    form = page.form_with("上传")
    data = dict(form.values) | {"material_code": "NOTHING"}
    assert unit.client.post(form.action, data=data, files={"file": ("a.pdf", PDF)}).status_code == 404


def test_a_material_is_seen_by_its_own_unit_as_a_dead_file(unit: Browser, code: str) -> None:
    page = upload(unit, chosen(unit, code, "ECO-02"), "ECO-02", "EIA_TABLE", "报告表.pdf", PDF)
    answer = unit.client.get(page.links["报告表.pdf"])
    assert answer.content == PDF
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_missing_materials_are_named_unless_the_unit_says_it_knows(unit: Browser, world: World, code: str) -> None:
    page = unit.press(chosen(unit, code, "ECO-02"), "申请所选 1 项")
    assert page.status == 422
    assert "环境影响报告表审批还缺：" in page.text
    assert 'value="ECO-02" checked' in page.html
    page = unit.press(page, "申请所选 1 项", knowing_missing="true")
    assert page.path == f"/projects/{code}"
    assert "已提交 1 项申请" in page.text


def test_several_items_are_applied_for_in_one_go_and_only_once(unit: Browser, world: World, code: str) -> None:
    page = chosen(unit, code, "ECO-02", "WAT-01")
    for _ in range(2):
        after = unit.press(page, "申请所选 2 项", knowing_missing="true")
        assert after.path == f"/projects/{code}"
    with world.public.reading() as session:
        assert len(session.exec(select(Application)).all()) == 2


def test_two_browsers_that_apply_for_the_same_item_make_one_application(
    unit: Browser, world: World, code: str, open_portal: Open
) -> None:
    second = signed_in(unit.client.app, world)
    seen = chosen(second, code, "ECO-02")
    unit.press(chosen(unit, code, "ECO-02"), "申请所选 1 项", knowing_missing="true")
    late = second.press(seen, "申请所选 1 项", knowing_missing="true")
    assert late.status == 422
    assert "已申请，正在办理" in late.text
    with world.public.reading() as session:
        assert len(session.exec(select(Application).where(col(Application.item_code) == "ECO-02")).all()) == 1


def test_choosing_nothing_is_refused(unit: Browser, code: str) -> None:
    page = chosen(unit, code, "ECO-02")
    refused = unit.press(page, "申请所选 1 项", item=None)
    assert refused.status == 422
    assert "请至少选择一个事项" in refused.text


def test_the_choice_comes_back_after_the_session_ended(unit: Browser, world: World, code: str) -> None:
    page = chosen(unit, code, "ECO-02", "WAT-01")
    world.later(minutes=45)
    asked = unit.press(page, "申请所选 2 项", knowing_missing="true")
    assert asked.path == "/sign-in"
    back = signed_in(unit.client.app, world).open(asked.value("next"))
    assert back.html.count('name="item" value="ECO-02" checked') == 1
    assert "申请所选 2 项" in back.text
