"""A unit's own account: where it is signed in, an end to that, and a new password (A20.1, T20)."""

import pytest
from sqlmodel import select

from core.accounts.signing_in import hasher
from core.accounts.tables import Account, PublicFailure
from core.trace import PublicAuditEntry
from tests.public_portal.browser import Browser, Page
from tests.public_portal.conftest import signed_in, stranger
from tests.world import PASSWORD, World

NEW = "another good phrase 7"


@pytest.fixture
def owner(unit: Browser, world: World) -> Browser:
    """The unit signed in, its account with a password."""
    with world.public.writing() as session:
        account = session.exec(select(Account)).one()
        account.password_hash = hasher().hash(PASSWORD)
        session.add(account)
    return unit


def change(browser: Browser, current: str = PASSWORD, password: str = NEW, again: str = NEW) -> Page:
    typed = {"current_password": current, "password": password, "password_again": again}
    return browser.press(browser.open("/account"), "更换密码", **typed)


def sign_in(app: object, password: str) -> Page:
    browser = stranger(app)
    return browser.press(browser.open("/sign-in"), "登录", mobile="13812345678", password=password)


def test_t20_a_new_password_signs_out_everywhere_else_and_the_old_one_opens_nothing(
    owner: Browser, world: World
) -> None:
    app = owner.client.app
    elsewhere, thief = signed_in(app, world), stranger(app)
    thief.client.cookies.update(owner.client.cookies)
    page = change(owner)
    assert "密码已更换" in page.text
    assert owner.open("/projects").path == "/projects"
    assert [one.open("/projects").path for one in (elsewhere, thief)] == ["/sign-in"] * 2
    assert (sign_in(app, PASSWORD).status, sign_in(app, NEW).path) == (422, "/projects")
    with world.public.reading() as session:
        done = set(session.exec(select(PublicAuditEntry.action)).all())
    assert {"account.set_password", "session.end_others"} <= done


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"current": ""}, "请填写现在的密码"),
        ({"current": "not my password"}, "现在的密码不正确"),
        ({"password": "short", "again": "short"}, "密码至少 12 位"),
        ({"password": "my13812345678phone", "again": "my13812345678phone"}, "不能含有姓名"),
        ({"password": PASSWORD, "again": PASSWORD}, "不能与现在的密码相同"),
        ({"again": "another good phrase 8"}, "两次输入的密码不一致"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_field(
    owner: Browser, typed: dict[str, str], words: str
) -> None:
    page = change(owner, **typed)
    assert (page.status, words in page.text) == (422, True)
    assert sign_in(owner.client.app, PASSWORD).path == "/projects"


def test_t19_guesses_at_the_present_password_are_counted_and_slowed_down(owner: Browser, world: World) -> None:
    for _ in range(5):
        change(owner, current="a guess at it 123")
    assert "失败次数较多" in change(owner).text
    with world.public.reading() as session:
        assert [row.count for row in session.exec(select(PublicFailure)).all()] == [5]


def test_t20_one_sees_where_one_is_signed_in_and_ends_it(owner: Browser, world: World) -> None:
    alone = owner.open("/account")
    assert "没有其他登录" in alone.text
    elsewhere = signed_in(owner.client.app, world)
    page = owner.press(owner.open("/account"), "退出其他登录")
    assert "其他登录都已退出" in page.text
    assert elsewhere.open("/projects").path == "/sign-in"
    assert owner.open("/account").path == "/account"
