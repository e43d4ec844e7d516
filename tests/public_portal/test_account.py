"""Registering, signing in, larger text (A14.1a, A20.1)."""

import pytest
from sqlmodel import func, select

from core.accounts.mobiles import failure_key
from core.accounts.signing_in import hasher
from core.accounts.tables import Account, Enterprise, PublicFailure
from tests.public_portal.browser import Browser
from tests.public_portal.conftest import signed_in, stranger
from tests.world import CREDIT_CODE, PASSWORD, World

NEW = {
    "credit_code": "91220104MA2020C59C",
    "enterprise_name": "长春净月光电有限公司",
    "enterprise_kind": "enterprise",
    "contact_name": "赵海",
    "mobile": "13900001111",
    "password": "a long pass phrase",
    "password_again": "a long pass phrase",
}


def test_an_enterprise_registers_and_is_signed_in(citizen: Browser, world: World) -> None:
    after = citizen.press(citizen.open("/register"), "注册并登录", **NEW)
    assert after.path == "/projects"
    assert "长春净月光电有限公司" in after.text
    assert "还没有项目" in after.text


def test_sending_the_registration_twice_registers_once(citizen: Browser, world: World) -> None:
    page = citizen.open("/register")
    first = citizen.press(page, "注册并登录", follow=False, **NEW)
    cookie = dict(citizen.client.cookies)
    citizen.client.cookies.clear()
    for name, value in cookie.items():
        if "visitor" in name:
            citizen.client.cookies.set(name, value)
    second = citizen.press(page, "注册并登录", follow=False, **NEW)
    assert (first.status, second.status) == (303, 303)
    with world.public.reading() as session:
        assert session.exec(select(func.count()).select_from(Enterprise)).one() == 2


def test_every_wrong_field_is_named_and_what_was_typed_is_kept(citizen: Browser) -> None:
    wrong = NEW | {"credit_code": "123", "mobile": "12", "password_again": "different"}
    page = citizen.press(citizen.open("/register"), "注册并登录", **wrong)
    assert page.status == 422
    assert "有 3 处需要改正" in page.text
    assert page.value("enterprise_name") == "长春净月光电有限公司"
    assert "<title>错误：" in page.html
    assert "a long pass phrase" not in page.html


def test_a_registered_credit_code_is_refused(citizen: Browser) -> None:
    page = citizen.press(citizen.open("/register"), "注册并登录", **(NEW | {"credit_code": CREDIT_CODE}))
    assert page.status == 422
    assert "已注册" in page.text


def test_a_classified_word_is_not_stored(citizen: Browser) -> None:
    page = citizen.press(citizen.open("/register"), "注册并登录", **(NEW | {"enterprise_name": "绝密研究所有限公司"}))
    assert page.status == 422
    assert "可能涉密" in page.text


@pytest.fixture
def known(world: World) -> World:
    """A world in which the enterprise's account has a password."""
    with world.public.writing() as session:
        account = session.exec(select(Account)).one()
        account.password_hash = hasher().hash(PASSWORD)
        session.add(account)
    return world


def test_signing_in_leads_to_the_page_that_was_asked_for(known: World, citizen: Browser) -> None:
    asked = citizen.open("/declarations")
    assert asked.path == "/sign-in"
    after = citizen.press(asked, "登录", mobile="13812345678", password=PASSWORD)
    assert after.path == "/declarations"


def test_signing_in_never_leads_elsewhere(known: World, citizen: Browser) -> None:
    for next_path in ("//evil.example/", "https://evil.example/", "/\\evil.example", "/sign-out", "/no-such-page"):
        citizen.client.cookies.clear()
        page = citizen.open("/sign-in")
        after = citizen.press(page, "登录", follow=False, mobile="13812345678", password=PASSWORD, next=next_path)
        assert after.response.headers["location"] == "/projects"


def test_a_wrong_password_is_counted_and_says_no_more_than_a_wrong_number(known: World, citizen: Browser) -> None:
    page = citizen.open("/sign-in")
    wrong = citizen.press(page, "登录", mobile="13812345678", password="wrong password 1")
    unknown = citizen.press(page, "登录", mobile="13700000000", password="wrong password 1")
    assert wrong.status == unknown.status == 422
    assert "手机号或密码不正确" in wrong.text
    assert "手机号或密码不正确" in unknown.text
    assert wrong.value("mobile") == "13812345678"
    with known.public.reading() as session:
        failures = {row.key: row.count for row in session.exec(select(PublicFailure)).all()}
        counted = failure_key(session, "13812345678")
    assert failures[counted] == 1


def test_after_five_failures_one_has_to_wait(known: World, citizen: Browser) -> None:
    page = citizen.open("/sign-in")
    for _ in range(5):
        citizen.press(page, "登录", mobile="13812345678", password="wrong password 1")
    assert "失败次数较多" in citizen.press(page, "登录", mobile="13812345678", password=PASSWORD).text


def test_t19_guesses_from_elsewhere_do_not_lock_the_owner_out(known: World, citizen: Browser) -> None:
    owner = stranger(citizen.client.app)
    owner.press(owner.open("/sign-in"), "登录", mobile="13812345678", password=PASSWORD)
    owner.press(owner.open("/projects"), "退出")
    page = citizen.open("/sign-in")
    for _ in range(6):
        blocked = citizen.press(page, "登录", mobile="13812345678", password="wrong password 1")
    assert "失败次数较多" in blocked.text
    after = owner.press(owner.open("/sign-in"), "登录", mobile="13812345678", password=PASSWORD)
    assert after.path == "/projects"


def test_t19_guesses_from_the_owners_browser_wait_as_well(known: World, citizen: Browser) -> None:
    citizen.press(citizen.open("/sign-in"), "登录", mobile="13812345678", password=PASSWORD)
    citizen.press(citizen.open("/projects"), "退出")
    page = citizen.open("/sign-in")
    for _ in range(6):
        blocked = citizen.press(page, "登录", mobile="13812345678", password="wrong password 1")
    assert "失败次数较多" in blocked.text


def test_signing_out_ends_the_session(unit: Browser) -> None:
    assert unit.open("/projects").path == "/projects"
    assert unit.press(unit.open("/projects"), "退出").path == "/"
    assert unit.open("/projects").path == "/sign-in"


def test_larger_text_is_kept_and_returns_to_the_page(citizen: Browser) -> None:
    page = citizen.open("/guides?q=环境")
    form = page.form_with("大字版")
    after = citizen.client.post(
        form.action,
        data=dict(form.values) | {"size": "large"},
        headers={"referer": str(page.response.url)},
        follow_redirects=False,
    )
    assert after.headers["location"].startswith("/guides?q=")
    assert 'data-text="large"' in citizen.open("/").html


def test_larger_text_does_not_lead_to_an_address_that_can_not_be_opened(unit: Browser) -> None:
    page = unit.open("/projects")
    form = page.form_with("大字版")
    after = unit.client.post(
        form.action,
        data=dict(form.values) | {"size": "large"},
        headers={"referer": "http://127.0.0.1:8000/sign-out"},
        follow_redirects=False,
    )
    assert after.headers["location"] == "/"


def test_help_opens_for_everybody(citizen: Browser) -> None:
    assert "帮助与无障碍" in citizen.open("/help").text


def test_t4_the_owner_is_told_that_somebody_else_tried_the_code(world: World, citizen: Browser) -> None:
    page = citizen.press(citizen.open("/register"), "注册并登录", **(NEW | {"credit_code": CREDIT_CODE}))
    assert page.status == 422
    owner = signed_in(citizen.client.app, world).open("/projects")
    assert "有人用本单位的信用代码申请注册，平台没有准许" in owner.text
    world.later(days=31)
    assert "有人用本单位" not in signed_in(citizen.client.app, world).open("/projects").text


def test_asvs_6_3_8_who_asks_on_what_is_taken_waits_longer_each_time(world: World, citizen: Browser) -> None:
    for _ in range(6):
        page = citizen.open("/register")
        page = citizen.press(page, "注册并登录", **(NEW | {"mobile": "13812345678"}))
    assert "秒后再试" in page.text
    assert "已注册" not in page.text
    world.later(minutes=16)
    assert citizen.press(citizen.open("/register"), "注册并登录", **NEW).path == "/projects"


def test_a_mistake_in_the_form_costs_no_wait(world: World, citizen: Browser) -> None:
    for _ in range(7):
        page = citizen.press(citizen.open("/register"), "注册并登录", **(NEW | {"mobile": "1"}))
    assert "秒后再试" not in page.text
