"""Declaring step by step, with drafts that keep what was typed, and the code at once (A14.1b, A14.1c, A11.1)."""

import pytest
from sqlmodel import func, select

from core.projects.rules import steps
from core.projects.tables import DeclaredProject, Draft
from tests.domain.sample_declarations import PARTS_FACTORY
from tests.public_portal.browser import Browser, Page
from tests.public_portal.conftest import Open, signed_in
from tests.world import World, make_enterprise

SITE = {
    "not_classified_declared": "true",
    "project_type": "03",
    "project_level": "county",
    "region_code": "220184",
    "site_address": "大岭镇汽车物流园区 6 号",
    "in_development_zone": "false",
    "crosses_regions": "false",
}


def begin(unit: Browser) -> Page:
    """A new declaration at its first step."""
    return unit.press(unit.open("/declarations"), "开始申报新项目")


def fill_everything(unit: Browser, world: World) -> Page:
    """Every step of a sample project, saved one after the other; the review."""
    answers = PARTS_FACTORY.answers | {"unit_uscc": [world.unit.credit_code], "unit_name": [world.unit.org_name]}
    page = begin(unit)
    for step in steps()[:-1]:
        assert page.path.endswith(f"/{step.slug}")
        while page.path.endswith(f"/{step.slug}"):
            page = unit.press(page, "保存并继续", **{name: answers.get(name) for name in step.fields})
    return page


def test_a_new_declaration_knows_the_unit_already(unit: Browser) -> None:
    first = begin(unit)
    assert "第 1 步，共 14 步" in first.text
    second = unit.press(first, "保存并继续", **SITE)
    assert second.path.endswith("/unit")
    assert second.value("unit_name") == "吉林启辰汽车零部件有限公司"


def test_nothing_is_stored_before_the_unit_declared_that_nothing_is_classified(unit: Browser, world: World) -> None:
    page = unit.press(begin(unit), "保存并继续", **(SITE | {"not_classified_declared": None}))
    assert page.status == 422
    assert "请先确认项目及材料不涉密" in page.text
    assert page.value("site_address") == SITE["site_address"]
    with world.public.reading() as session:
        assert "site_address" not in session.exec(select(Draft)).one().answers


def test_a_classified_word_is_refused_beside_its_field_and_not_stored(unit: Browser, world: World) -> None:
    page = unit.press(begin(unit), "保存并继续", **(SITE | {"site_address": "某绝密基地东侧 200 米"}))
    assert page.status == 422
    assert "“绝密”可能涉密" in page.text
    with world.public.reading() as session:
        assert "绝密" not in str(session.exec(select(Draft)).one().answers)


def test_a_wrong_step_says_everything_at_once_and_is_saved_all_the_same(unit: Browser, world: World) -> None:
    page = unit.press(begin(unit), "保存并继续", **(SITE | {"region_code": "", "site_address": "短"}))
    assert page.status == 422
    assert "有 2 处需要改正" in page.text
    assert 'href="#region_code"' in page.html
    assert 'id="region_code-error"' in page.html
    again = unit.open(page.path)
    assert again.status == 200
    assert again.value("site_address") == "短"


def test_what_an_answer_asks_more_is_shown_before_it_is_called_missing(unit: Browser) -> None:
    page = unit.press(begin(unit), "保存并继续", **(SITE | {"in_development_zone": "true"}))
    assert page.status == 200
    assert "这一步还有几项要填" in page.text
    assert 'name="development_zone_code"' in page.html
    assert "错误：" not in page.html
    refused = unit.press(page, "保存并继续")
    assert refused.status == 422
    assert "请选择开发区" in refused.text


def test_an_unticked_answer_is_taken_back(unit: Browser) -> None:
    page = unit.press(begin(unit), "保存并继续", **(SITE | {"crosses_regions": "true"}))
    page = unit.press(page, "保存并继续", other_region_codes=["220182", "220183"])
    assert page.path.endswith("/unit")
    back = unit.open(page.path.replace("/unit", "/site"))
    assert back.html.count('name="other_region_codes" value="220182" checked') == 1
    refused = unit.press(back, "保存并继续", other_region_codes=None)
    assert refused.status == 422
    assert 'value="220182" checked' not in refused.html


def test_leaving_keeps_the_draft_and_goes_on_later(unit: Browser) -> None:
    page = unit.press(begin(unit), "存为草稿并离开", **SITE)
    assert page.path == "/declarations"
    assert "已填 1 步，共 14 步" in page.text
    assert unit.open(page.links["继续填报"]).path.endswith("/unit")


def test_the_expected_items_follow_what_is_typed_and_nothing_is_stored(unit: Browser, world: World) -> None:
    page = begin(unit)
    form = page.form_with("保存并继续")
    typed = dict(form.values) | SITE | {"in_development_zone": "true"}
    answer = unit.client.post(f"{form.action}/preview", data=typed, headers={"hx-request": "true"})
    assert "预计应办" in answer.text
    assert 'name="development_zone_code"' in answer.text
    with world.public.reading() as session:
        assert "project_type" not in session.exec(select(Draft)).one().answers


def test_the_review_names_every_error_of_every_step(unit: Browser) -> None:
    page = unit.press(begin(unit), "保存并继续", **SITE)
    review = unit.open(page.path.replace("/unit", "/review"))
    assert "提交前还有" in review.text
    assert "请填写项目名称" in review.text
    assert "/scale?check=1#project_name" in review.html
    refused = unit.press(review, "提交申报，取得项目代码")
    assert refused.status == 422
    assert "请填写总投资" in refused.text
    shown = unit.open(review.links["请填写项目名称"])
    assert 'id="project_name-error"' in shown.html


def test_submitting_gives_the_code_at_once(unit: Browser, world: World) -> None:
    review = fill_everything(unit, world)
    assert review.path.endswith("/review")
    assert "预计应办 15 项" in review.text
    page = unit.press(review, "提交申报，取得项目代码")
    code = page.path.removeprefix("/projects/")
    assert code == "2026-220102-36-03-000001"
    assert "申报已提交，项目代码是" in page.text
    assert "已提交，等待送达" in page.text
    world.pump()
    assert "15 项应办" in unit.open(page.path).text


def test_submitting_twice_gives_one_project(unit: Browser, world: World) -> None:
    review = fill_everything(unit, world)
    first = unit.press(review, "提交申报，取得项目代码", follow=False)
    second = unit.press(review, "提交申报，取得项目代码", follow=False)
    third = unit.press(review, "提交申报，取得项目代码", follow=False, nonce="another-form")
    addresses = {page.response.headers["location"] for page in (first, second, third)}
    assert addresses == {"/projects/2026-220102-36-03-000001?declared=1"}
    with world.public.reading() as session:
        assert session.exec(select(func.count()).select_from(DeclaredProject)).one() == 1
    assert unit.open(review.path).path == "/projects/2026-220102-36-03-000001"


def test_another_unit_finds_no_draft(unit: Browser, world: World, open_portal: Open) -> None:
    page = begin(unit)
    other = signed_in(
        unit.client.app, world, make_enterprise(world, credit_code="91220104MA2020C59C", mobile="13900001111")
    )
    assert other.open(page.path).status == 404
    form = page.form_with("保存并继续")
    own_token = other.open("/declarations").form_with("开始申报新项目").values[0][1]
    answer = other.client.post(form.action, data=SITE | {"csrf_token": own_token})
    assert answer.status_code == 404


def test_what_was_typed_when_the_session_ended_comes_back(unit: Browser, world: World) -> None:
    page = begin(unit)
    world.later(minutes=45)
    asked = unit.press(page, "保存并继续", **SITE)
    assert asked.path == "/sign-in"
    back = asked.value("next")
    again = signed_in(unit.client.app, world).open(back)
    assert again.value("site_address") == SITE["site_address"]
    assert 'value="true" checked' in again.html


def test_typing_on_after_the_session_ended_loses_nothing(unit: Browser, world: World) -> None:
    form = begin(unit).form_with("保存并继续")
    world.later(minutes=45)
    answer = unit.client.post(f"{form.action}/preview", data=dict(form.values) | SITE, headers={"hx-request": "true"})
    assert answer.status_code == 204
    asked = unit.open(answer.headers["hx-redirect"])
    back = signed_in(unit.client.app, world).open(asked.value("next"))
    assert back.value("site_address") == SITE["site_address"]


@pytest.mark.parametrize("address", ["nowhere", "site/nothing"])
def test_an_address_that_is_no_step_is_not_found(unit: Browser, address: str) -> None:
    page = begin(unit)
    assert unit.open(page.path.replace("/site", f"/{address}")).status == 404


def test_a_stranger_is_sent_to_sign_in(citizen: Browser) -> None:
    assert citizen.open("/declarations").path == "/sign-in"
