"""Forged forms, planted tokens, others' nonces and guesses at passwords (A20.1, T18–T20)."""

from typing import Any

import pytest
from sqlmodel import func, select
from starlette.responses import Response

from core.accounts import signing_in
from core.accounts.signing_in import hasher
from core.accounts.tables import Account, PublicFailure, PublicNonce, PublicSession
from core.database import Zone
from core.projects.tables import Draft
from core.trace import PublicAuditEntry
from core.web.session import Cookies, is_local
from tests.public_portal.browser import BASE, Browser, Page
from tests.public_portal.conftest import Open, signed_in, stranger
from tests.public_portal.test_declare import SITE, begin
from tests.world import PASSWORD, World, make_enterprise

MOBILE = "13812345678"


def drafts(world: World) -> int:
    with world.public.reading() as session:
        return session.exec(select(func.count()).select_from(Draft)).one()


def traced(world: World) -> list[PublicAuditEntry]:
    with world.public.reading() as session:
        return list(session.exec(select(PublicAuditEntry).where(PublicAuditEntry.outcome == "refused")).all())


def post_begin(unit: Browser, token: str, **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    form = {"csrf_token": token, "nonce": "a-fresh-one"}
    return unit.client.post("/declarations", data=form, headers=names, follow_redirects=False)


def own_token(unit: Browser) -> str:
    return unit.open("/declarations").value("csrf_token")


def other_unit(unit: Browser, world: World) -> Browser:
    who = make_enterprise(world, credit_code="91220104MA2020C59C", mobile="13900001111")
    return signed_in(unit.client.app, world, who)


@pytest.mark.parametrize("wrong", ["", "0" * 64, "none of ours", "的"])
def test_a_form_without_the_right_token_does_nothing_and_is_traced(unit: Browser, world: World, wrong: str) -> None:
    answer = post_begin(unit, wrong)
    assert answer.status_code == 403
    assert "页面已过期" in answer.text
    assert drafts(world) == 0
    assert [entry.actor_name for entry in traced(world)] == ["孙岩"]


def test_a_form_token_is_good_for_its_own_session_alone(unit: Browser, world: World) -> None:
    theirs = own_token(other_unit(unit, world))
    from_another_browser = own_token(signed_in(unit.client.app, world))
    for token in (theirs, from_another_browser):
        assert post_begin(unit, token).status_code == 403
    assert drafts(world) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:8001"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8000.evil.example"},
        {"origin": "https://evil.example", "sec_fetch_site": "same-origin"},
    ],
)
def test_a_form_from_elsewhere_does_nothing_even_with_the_token(
    unit: Browser, world: World, headers: dict[str, str]
) -> None:
    assert post_begin(unit, own_token(unit), **headers).status_code == 403
    assert drafts(world) == 0


@pytest.mark.parametrize("headers", [{}, {"sec_fetch_site": "same-origin", "origin": BASE}, {"sec_fetch_site": "none"}])
def test_a_form_of_our_own_page_gets_through(unit: Browser, world: World, headers: dict[str, str]) -> None:
    assert post_begin(unit, own_token(unit), **headers).status_code == 303
    assert drafts(world) == 1


def test_strangers_can_not_fill_the_trace(citizen: Browser, world: World) -> None:
    for _ in range(3):
        assert citizen.client.post("/sign-in", data={"mobile": MOBILE}).status_code == 403
        assert citizen.client.post("/register", data={}).status_code == 403
    assert traced(world) == []


def test_another_units_nonce_leads_nowhere(unit: Browser, world: World) -> None:
    page = unit.open("/declarations")
    unit.press(page, "开始申报新项目", nonce="their-nonce")
    other = other_unit(unit, world)
    answer = other.press(other.open("/declarations"), "开始申报新项目", nonce="their-nonce", follow=False)
    assert answer.status == 409
    assert "location" not in answer.response.headers
    assert drafts(world) == 1


def test_a_creating_form_without_a_nonce_creates_nothing(unit: Browser, world: World) -> None:
    page = unit.press(unit.open("/declarations"), "开始申报新项目", nonce="")
    assert page.status == 422
    assert drafts(world) == 0


def test_a_refused_form_keeps_its_nonce_for_the_next_try(unit: Browser, world: World) -> None:
    page = unit.press(begin(unit), "保存并继续", **SITE)
    review = unit.open(page.path.replace("/unit", "/review"))
    nonce = review.value("nonce")
    assert unit.press(review, "提交申报，取得项目代码").status == 422
    with world.public.reading() as session:
        assert session.get(PublicNonce, nonce) is None


def test_a_parked_form_is_given_back_to_its_own_person_alone(unit: Browser, world: World) -> None:
    page = begin(unit)
    world.later(minutes=45)
    back = unit.press(page, "保存并继续", **SITE).value("next")
    elsewhere = back.replace(page.path, "/declarations")
    assert SITE["site_address"] not in other_unit(unit, world).open(elsewhere).html
    assert SITE["site_address"] not in stranger(unit.client.app).open(back).html
    assert SITE["site_address"] not in signed_in(unit.client.app, world).open(f"{page.path}?parked=unknown%00").html
    assert SITE["site_address"] in signed_in(unit.client.app, world).open(back).html


@pytest.fixture
def known(world: World) -> World:
    """A world in which the enterprise's account has a password."""
    with world.public.writing() as session:
        account = session.exec(select(Account)).one()
        account.password_hash = hasher().hash(PASSWORD)
        session.add(account)
    return world


def sign_in(browser: Browser, mobile: str = MOBILE, password: str = PASSWORD) -> Page:
    return browser.press(browser.open("/sign-in"), "登录", mobile=mobile, password=password, follow=False)


def test_a_token_planted_before_signing_in_is_worth_nothing_after(known: World, citizen: Browser) -> None:
    cookies: Cookies = citizen.client.app.state.portal.cookies
    planted = cookies.signed("planted by somebody")
    citizen.client.cookies.set(cookies.session_name, planted, domain="127.0.0.1", path="/")
    sign_in(citizen)
    given = citizen.client.cookies[cookies.session_name]
    with known.public.reading() as session:
        assert len(session.exec(select(PublicSession)).all()) == 1
    assert given != planted
    for dead in (planted, given + "x", given.partition(".")[0]):
        thief = stranger(citizen.client.app)
        thief.client.cookies.set(cookies.session_name, dead)
        assert thief.open("/projects").path == "/sign-in"


@pytest.mark.parametrize(("base_url", "is_tls"), [("http://127.0.0.1:8000", False), ("https://tzxm.example", True)])
def test_cookies_are_as_strict_as_they_can_be(citizen: Browser, base_url: str, is_tls: bool) -> None:
    portal = citizen.client.app.state.portal
    cookies = Cookies(portal.settings.model_copy(update={"base_url": base_url}), Zone.PUBLIC)
    response = Response()
    cookies.set_session(response, "token")
    cookies.drop_session(response)
    for header in response.headers.getlist("set-cookie"):
        assert header.startswith("__Host-") == is_tls
        attributes = {part.strip().lower() for part in header.split(";")[1:]}
        assert {"httponly", "samesite=lax", "path=/"} <= attributes
        assert ("secure" in attributes) == is_tls
        assert not any(part.startswith("domain") for part in attributes)


def test_an_unknown_number_costs_as_much_as_a_wrong_password(
    known: World, citizen: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = []
    verify = hasher().verify
    counting = lambda password, hashed: compared.append(hashed[:9]) or verify(password, hashed)  # noqa: E731
    monkeypatch.setattr(signing_in, "hasher", lambda: type("Counting", (), {"verify": staticmethod(counting)}))
    monkeypatch.setattr(signing_in, "_nobody", lambda: hasher().hash("nobody"))
    for mobile in (MOBILE, "13700000000"):
        assert sign_in(citizen, mobile, "wrong password 1").status == 422
    assert compared == ["$argon2id", "$argon2id"]


def test_a_success_of_ones_own_does_not_wipe_the_guesses_at_others(known: World, citizen: Browser) -> None:
    for number in range(3):
        sign_in(citizen, f"1370000000{number}", "wrong password 1")
    assert sign_in(citizen).response.headers["location"] == "/projects"
    with known.public.reading() as session:
        failures = {row.key: row.count for row in session.exec(select(PublicFailure)).all()}
    assert failures["address:testclient"] == 3


def test_old_failures_are_forgotten_an_addresss_sooner(known: World, citizen: Browser) -> None:
    counted = []
    for minutes in (0, 59, 61, 23 * 60, 24 * 60 + 1):
        known.later(minutes=minutes)
        sign_in(citizen, password="wrong password 1")
        with known.public.reading() as session:
            rows = {row.key.partition(":")[0]: row.count for row in session.exec(select(PublicFailure)).all()}
        counted.append((rows["account"], rows["address"]))
    assert counted == [(1, 1), (2, 2), (3, 1), (4, 1), (1, 1)]


@pytest.mark.parametrize(("typed", "told"), [(MOBILE, "138****5678"), ("my pass phrase", "不是手机号")])
def test_the_trace_of_a_failure_holds_no_number_and_no_password(
    known: World, citizen: Browser, typed: str, told: str
) -> None:
    sign_in(citizen, typed, "wrong password 1")
    [entry] = traced(known)
    assert (entry.actor_name, entry.object_id) == (told, told)
    assert typed not in str(entry.model_dump())


@pytest.mark.parametrize(
    "next_path", ["/\t/evil.example", "/\r\n/evil.example", "/\u2028", "javascript:alert(1)", "//e"]
)
def test_an_address_that_a_browser_could_read_as_another_host_is_not_local(next_path: str) -> None:
    assert not is_local(next_path)


@pytest.mark.parametrize("referer", [f"{BASE}//evil.example/", "https://evil.example/", f"{BASE}.evil.example/"])
def test_a_page_of_refusal_never_leads_elsewhere(unit: Browser, referer: str) -> None:
    form = {"csrf_token": own_token(unit), "nonce": ""}
    answer = unit.client.post("/declarations", data=form, headers={"referer": referer})
    assert "evil" not in answer.text


def test_a_foreign_host_is_no_host_of_ours(citizen: Browser) -> None:
    answer = citizen.client.get("/", headers={"host": "evil.example"}, follow_redirects=False)
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_a_session_that_is_gone_is_nobodys(world: World, open_portal: Open) -> None:
    unit = signed_in(open_portal(world), world)
    form = unit.open("/declarations")
    with world.public.writing() as session:
        for row in session.exec(select(PublicSession)).all():
            session.delete(row)
    assert unit.press(form, "开始申报新项目").status == 403
    assert drafts(world) == 0
