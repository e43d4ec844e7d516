"""Signing in with two factors, out, and again in the middle of a long form (A20.1, T18–T20)."""

from datetime import datetime

import pyotp
import pytest
from sqlmodel import select

from core.accounts.signing_in import hasher
from core.accounts.tables import ExtranetFailure, ExtranetSession, Officer
from tests import world as cast
from tests.extranet_portal.seats import SECRET, Desk, Office
from tests.world import PASSWORD


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hasher().hash(PASSWORD)


@pytest.fixture
def officer(office: Office, password_hash: str) -> Officer:
    return office.employ(("clerk", office.unit("ECO-02")), name="王敏", password_hash=password_hash)


def code_now(office: Office) -> str:
    return pyotp.TOTP(SECRET).at(office.world.now)


def test_password_and_code_open_the_inbox(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    page = desk.press(desk.open("/"), "下一步", login=officer.login, password=PASSWORD)
    assert page.path == "/sign-in/code"
    page = desk.press(page, "登录", code=code_now(office))
    assert page.path == "/cases"
    assert "王敏" in page.text


def test_t19_guesses_from_elsewhere_do_not_lock_an_officer_out(office: Office, officer: Officer) -> None:
    own = office.stranger()
    own.press(own.press(own.open("/"), "下一步", login=officer.login, password=PASSWORD), "登录", code=code_now(office))
    own.press(own.open("/cases"), "退出")
    office.world.later(minutes=2)
    guessing = office.stranger()
    for _ in range(6):
        blocked = guessing.press(guessing.open("/sign-in"), "下一步", login=officer.login, password="wrong")
    assert "失败次数较多" in blocked.text
    page = own.press(own.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
    assert own.press(page, "登录", code=code_now(office)).path == "/cases"


def test_between_the_factors_no_page_is_reachable(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
    for path in ("/", "/cases", f"/cases/{office.case_id('ECO-02')}", "/projects", "/verification?code=1"):
        assert desk.open(path).path == "/sign-in", path


def test_the_password_counts_for_ten_minutes_only(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    page = desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
    office.world.later(minutes=11)
    assert desk.press(page, "登录", code=code_now(office)).path == "/sign-in"


def test_a_wrong_password_is_counted_and_says_nothing_of_the_account(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    told = {}
    for login in (officer.login, "nobody"):
        page = desk.press(desk.open("/sign-in"), "下一步", login=login, password="wrong")
        assert page.status == 422
        assert page.value("login") == login
        told[login] = page.text
    assert told[officer.login].replace(officer.login, "") == told["nobody"].replace("nobody", "")
    with office.world.extranet.reading() as session:
        counted = {row.key: row.count for row in session.exec(select(ExtranetFailure)).all()}
    assert counted[f"account:{officer.login}"] == 1


def test_after_many_failures_even_the_right_password_waits(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    for _ in range(6):
        desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password="wrong")
    page = desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
    assert page.status == 422
    assert "秒后再试" in page.text


def test_a_code_is_good_once(office: Office, officer: Officer) -> None:
    for expected in ("/cases", "/sign-in/code"):
        desk = office.stranger()
        page = desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
        page = desk.press(page, "登录", code=code_now(office))
        assert page.path == expected
    assert "已用过" in page.text


def test_the_token_changes_at_each_step(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    name = office.app.state.portal.cookies.session_name
    page = desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
    half = desk.client.cookies[name]
    desk.press(page, "登录", code=code_now(office))
    assert desk.client.cookies[name] != half
    with office.world.extranet.reading() as session:
        assert [row.stage for row in session.exec(select(ExtranetSession)).all()] == ["signed_in"]


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil", "/sign-out"])
def test_signing_in_leads_to_this_portal_only(office: Office, officer: Officer, elsewhere: str) -> None:
    desk = office.stranger()
    page = desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD, next=elsewhere)
    assert desk.press(page, "登录", code=code_now(office)).path == "/cases"


def test_signing_out_ends_the_session(clerk: Desk) -> None:
    assert clerk.press(clerk.open("/cases"), "退出").path == "/sign-in"
    assert clerk.open("/cases").path == "/sign-in"


def test_a_form_sent_after_the_session_ended_comes_back_as_it_was(office: Office, clerk: Desk) -> None:
    form = clerk.open(f"/cases/{office.case_id('ECO-02')}/preliminary-refusal")
    office.world.later(minutes=31)
    page = clerk.press(form, "初审不予通过", ground="duplicate", reason="同一事项已于上月申请，正在办理。")
    assert page.path == "/sign-in"
    back = page.value("next")
    office.sign_in(clerk)
    page = clerk.open(back)
    assert page.value("reason") == "同一事项已于上月申请，正在办理。"
    assert page.value("ground") == "duplicate"
    clerk.press(page, "初审不予通过")
    assert office.case("ECO-02").state == "refused"


def test_a_page_that_refreshes_itself_does_not_keep_the_session(office: Office, clerk: Desk) -> None:
    for _ in range(4):
        office.world.later(minutes=10)
        clerk.client.get("/cases", headers={"HX-Request": "true", "X-Refresh": "true"})
    assert clerk.open("/cases").path == "/sign-in"


def test_use_keeps_the_session(office: Office, clerk: Desk) -> None:
    for _ in range(4):
        office.world.later(minutes=10)
        assert clerk.open("/cases").path == "/cases"


def test_larger_text_is_kept(clerk: Desk) -> None:
    page = clerk.press(clerk.open("/projects"), "大字版")
    assert 'data-text="large"' in clerk.open("/cases").html
    clerk.press(page, "标准字号")
    assert 'data-text="large"' not in clerk.open("/cases").html


@pytest.mark.parametrize(
    ("role", "says"),
    [
        ("system_administrator", "账号与岗位"),
        ("security_administrator", "岗位确认"),
        ("audit_administrator", "查阅痕迹"),
    ],
)
def test_an_administrator_reads_what_the_post_is_for_and_sees_no_case_or_project(
    office: Office, role: str, says: str
) -> None:
    desk = office.seat(role, "220000-eic", name="郭杰")
    home = desk.open("/")
    assert "不办理审批事项" in home.text
    assert says in home.text
    assert "我的办件" not in home.links
    assert "项目" not in home.links
    for path in ("/cases", f"/cases/{office.case_id('ECO-02')}", "/projects", f"/projects/{office.world.code}"):
        assert desk.open(path).status == 403, path


def late_approver(office: Office) -> Desk:
    """An approver with a proposal to sign off, who has been at work, clicking, for longer than a code counts."""
    case_id, unit = office.case_id("ECO-02"), office.unit("ECO-02")
    cast.accept(office.world, case_id)
    cast.propose(office.world, case_id)
    desk = office.seat("approver", unit, name="周振宇")
    office.world.later(minutes=14)
    desk.open("/cases")
    office.world.later(minutes=2)
    return desk


def test_t20_a_sign_off_asks_for_the_second_factor_again_and_goes_on_where_it_was(office: Office) -> None:
    desk = late_approver(office)
    name = office.app.state.portal.cookies.session_name
    case_page, before = desk.open(f"/cases/{office.case_id('ECO-02')}"), desk.client.cookies[name]
    asked = desk.press(case_page, "签批")
    assert (asked.path, "再次确认身份" in asked.text) == ("/sign-in/code", True)
    assert office.case("ECO-02").outcome == ""
    assert desk.press(asked, "确认", code="000000").status == 422
    back = desk.press(asked, "确认", code=code_now(office))
    assert back.path == f"/cases/{office.case_id('ECO-02')}/approval"
    assert desk.client.cookies[name] != before
    assert "已签批办结" in desk.press(back, "签批").text


def test_t20_a_form_open_in_another_tab_is_still_good_after_confirming(office: Office) -> None:
    desk = late_approver(office)
    other_tab = desk.open(f"/cases/{office.case_id('ECO-02')}")
    desk.press(desk.press(other_tab, "签批"), "确认", code=code_now(office))
    assert "已签批办结" in desk.press(other_tab, "签批").text


def test_t20_confirming_does_not_lengthen_the_session(office: Office) -> None:
    desk = late_approver(office)

    def end() -> datetime:
        with office.world.extranet.reading() as session:
            return session.exec(select(ExtranetSession)).one().ends_at

    before = end()
    desk.press(desk.press(desk.open(f"/cases/{office.case_id('ECO-02')}"), "签批"), "确认", code=code_now(office))
    assert end() == before


def test_t20_what_needs_no_second_factor_anew_does_not_ask_for_it(office: Office) -> None:
    desk = late_approver(office)
    page = desk.press(desk.open(f"/cases/{office.case_id('ECO-02')}"), "退回", reason="请补充依据")
    assert "已退回承办人" in page.text
    assert desk.open("/sign-in/code").path == "/sign-in/code"


def test_t20_an_officers_new_password_wants_a_fresh_code_and_ends_all_other_sessions(
    office: Office, officer: Officer
) -> None:
    desk, elsewhere = office.stranger(), office.stranger()
    for one in (desk, elsewhere):
        one.officer_id = officer.id
        office.sign_in(one)
    office.world.later(minutes=16)
    typed = {
        "current_password": PASSWORD,
        "password": "another good phrase 7",
        "password_again": "another good phrase 7",
    }
    asked = desk.press(desk.open("/account"), "更换密码", **typed)
    assert asked.path == "/sign-in/code"
    back = desk.press(asked, "确认", code=code_now(office))
    assert "密码已更换" in desk.press(back, "更换密码", **typed).text
    assert (desk.open("/cases").path, elsewhere.open("/cases").path) == ("/cases", "/sign-in")
