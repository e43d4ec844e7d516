"""Careless hands at the internet portal: two presses at once, no code left, too large a file, a session that ended."""

import pytest
from sqlmodel import func, select
from starlette.responses import Response

from core.accounts.tables import Enterprise
from core.cases.tables import Application
from core.domain.project_code import SERIAL_LIMIT
from core.projects.tables import DeclaredProject, Draft
from core.serials import PublicSerial
from public_portal import materials
from tests import world as cast
from tests.public_portal.browser import Browser, Page
from tests.public_portal.conftest import Open, signed_in, stranger
from tests.public_portal.test_account import NEW
from tests.public_portal.test_applications import case_page
from tests.public_portal.test_apply import chosen, upload
from tests.public_portal.test_declare import SITE, begin, fill_everything
from tests.together import together
from tests.world import PDF, World


def twice_at_once(app: object, cookies: dict[str, str], page: Page, button: str, **typed: str) -> list[Page]:
    """The same form, sent by two impatient presses."""

    def press(_: int) -> Page:
        browser = stranger(app)
        for name, value in cookies.items():
            browser.client.cookies.set(name, value)
        return browser.press(page, button, follow=False, **typed)

    return together(press, [1, 2])


def test_two_presses_at_once_submit_one_project(either_world: World, open_portal: Open) -> None:
    unit = signed_in(open_portal(either_world), either_world)
    review = fill_everything(unit, either_world)
    pages = twice_at_once(unit.client.app, dict(unit.client.cookies), review, "提交申报，取得项目代码")
    assert {page.response.headers["location"] for page in pages} == {"/projects/2026-220102-36-03-000001?declared=1"}
    with either_world.public.reading() as session:
        assert session.exec(select(func.count()).select_from(DeclaredProject)).one() == 1


def test_two_presses_at_once_apply_once(either_world: World, open_portal: Open) -> None:
    code = cast.declare(either_world)
    unit = signed_in(open_portal(either_world), either_world)
    page = chosen(unit, code, "ECO-02")
    cookies = dict(unit.client.cookies)
    pages = twice_at_once(unit.client.app, cookies, page, "申请所选 1 项", knowing_missing="true")
    assert {page.response.headers["location"] for page in pages} == {f"/projects/{code}?applied=1"}
    with either_world.public.reading() as session:
        assert session.exec(select(func.count()).select_from(Application)).one() == 1


def test_two_presses_at_once_register_once(either_world: World, open_portal: Open) -> None:
    citizen = stranger(open_portal(either_world))
    page = citizen.open("/register")
    pages = twice_at_once(citizen.client.app, dict(citizen.client.cookies), page, "注册并登录", **NEW)
    assert [page.response.headers["location"] for page in pages] == ["/projects"] * 2
    with either_world.public.reading() as session:
        assert session.exec(select(func.count()).select_from(Enterprise)).one() == 2


def test_when_no_code_is_left_the_review_says_so_and_keeps_everything(unit: Browser, world: World) -> None:
    review = fill_everything(unit, world)
    with world.public.writing() as session:
        session.add(PublicSerial(series="code:2026-220102-36-03", last=SERIAL_LIMIT))
    page = unit.press(review, "提交申报，取得项目代码")
    assert page.status == 422
    assert "流水号已用完" in page.text
    with world.public.reading() as session:
        assert session.exec(select(func.count()).select_from(DeclaredProject)).one() == 0
        assert session.get_one(PublicSerial, "code:2026-220102-36-03").last == SERIAL_LIMIT
    assert "提交申报，取得项目代码" in unit.open(review.path).html


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("报告.pdf", PDF + b"a" * 2048, "超过上限"),
        ("\u202efdp.exe.pdf", PDF, "不可见字符"),
        ("CON.pdf", PDF, "系统保留"),
        ("<img src=x onerror=alert(1)>.pdf", PDF, "系统保留"),
        ("长" * 200 + ".pdf", PDF, "超过 100 个字"),
    ],
)
def test_a_file_that_is_too_large_or_oddly_named_leaves_the_choice_as_it_was(
    unit: Browser, world: World, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, words: str
) -> None:
    monkeypatch.setattr(materials, "MATERIAL_LIMIT", 2048)
    code = cast.declare(world)
    page = upload(unit, chosen(unit, code, "ECO-02", "WAT-01"), "ECO-02", "EIA_TABLE", name, content)
    assert page.status == 422
    assert words in page.text
    assert "<img src=x" not in page.html
    assert [value for one, value in page.form_with("申请所选 2 项").values if one == "item"] == ["ECO-02", "WAT-01"]


def test_a_reason_written_while_the_session_ended_is_there_again(applied_unit: Browser, applied_world: World) -> None:
    address = case_page(applied_unit, applied_world).links["撤回申请"]
    form = applied_unit.open(address)
    applied_world.later(minutes=45)
    asked = applied_unit.press(form, "撤回申请", reason="投资计划调整，详见附函")
    assert asked.path == "/sign-in"
    back = signed_in(applied_unit.client.app, applied_world).open(asked.value("next"))
    assert back.path == address
    assert back.value("reason") == "投资计划调整，详见附函"


def test_an_upload_after_the_session_ended_leads_back_to_the_materials(unit: Browser, world: World) -> None:
    code = cast.declare(world)
    page = chosen(unit, code, "ECO-02")
    world.later(minutes=45)
    asked = upload(unit, page, "ECO-02", "EIA_TABLE", "报告.pdf", PDF)
    assert asked.path == "/sign-in"
    back = signed_in(unit.client.app, world).open(asked.value("next"))
    assert "报告.pdf" not in back.text
    assert upload(signed_in(unit.client.app, world), page, "ECO-02", "EIA_TABLE", "报告.pdf", PDF).status == 403


def from_own_page(browser: Browser) -> Browser:
    """A browser that says, as all of today do, that the form it posts stood on a page of this portal."""
    browser.client.headers["sec-fetch-site"] = "same-origin"
    return browser


def stored_addresses(world: World) -> list[object]:
    with world.public.reading() as session:
        return [draft.answers.get("site_address") for draft in session.exec(select(Draft)).all()]


def test_t20_the_cookie_outlives_the_session_so_that_a_form_left_overnight_is_kept(unit: Browser, world: World) -> None:
    response = Response()
    unit.client.app.state.portal.cookies.set_session(response, "token")
    page = begin(unit)
    world.later(hours=15)
    asked = unit.press(page, "保存并继续", **SITE)
    back = signed_in(unit.client.app, world).open(asked.value("next"))
    assert f"Max-Age={14 * 24 * 3600}" in response.headers["set-cookie"]
    assert (asked.path, back.value("site_address")) == ("/sign-in", SITE["site_address"])


def test_t18_a_form_opened_before_signing_in_anew_does_nothing_and_comes_back_as_typed(
    unit: Browser, world: World
) -> None:
    page = begin(unit)
    anew = from_own_page(signed_in(unit.client.app, world))
    shown = anew.press(page, "保存并继续", **SITE)
    assert (shown.status, shown.value("site_address")) == (422, SITE["site_address"])
    assert "重新登录过，这次提交没有办理" in shown.text
    assert stored_addresses(world) == [None]
    anew.press(shown, "保存并继续")
    assert stored_addresses(world) == [[SITE["site_address"]]]


def test_a_form_of_an_earlier_session_is_kept_though_the_later_one_ended_too(unit: Browser, world: World) -> None:
    page = begin(unit)
    anew = from_own_page(signed_in(unit.client.app, world))
    world.later(minutes=45)
    asked = anew.press(page, "保存并继续", **SITE)
    assert asked.path == "/sign-in"
    assert signed_in(unit.client.app, world).open(asked.value("next")).value("site_address") == SITE["site_address"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"sec-fetch-site": "none"}, {"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}],
    ids=["silent", "typed", "cross-site", "other origin"],
)
def test_t18_words_that_no_page_of_ours_vouches_for_are_shown_to_nobody(
    unit: Browser, world: World, headers: dict[str, str]
) -> None:
    page = begin(unit)
    anew = signed_in(unit.client.app, world)
    anew.client.headers.update(headers)
    answer = anew.press(page, "保存并继续", **SITE)
    assert answer.status == 403
    assert SITE["site_address"] not in answer.html
    assert stored_addresses(world) == [None]
