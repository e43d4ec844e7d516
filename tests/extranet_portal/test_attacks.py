"""Forged forms, planted tokens, guessed codes and odd input at the extranet portal (A20.1, T5, T18–T20)."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlmodel import select

from core.accounts.signing_in import hasher
from core.accounts.tables import ExtranetFailure, ExtranetSession, Officer, OfficerGrant
from core.documents.tables import Material
from core.trace import ExtranetAuditEntry
from core.web.body import BODY_LIMIT, UPLOAD_LIMIT
from tests import world as cast
from tests.extranet_portal.seats import SECRET, Desk, Office
from tests.extranet_portal.test_handling import PROPOSAL, SCAN
from tests.together import together
from tests.world import PASSWORD


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hasher().hash(PASSWORD)


@pytest.fixture
def officer(office: Office, password_hash: str) -> Officer:
    return office.employ(("clerk", office.unit("ECO-02")), name="王敏", password_hash=password_hash)


def refused_entries(office: Office) -> list[ExtranetAuditEntry]:
    with office.world.extranet.reading() as session:
        return list(session.exec(select(ExtranetAuditEntry).where(ExtranetAuditEntry.outcome == "refused")).all())


def post(office: Office, desk: Desk, noun: str, token: str, form: dict[str, Any] | None = None, **headers: str) -> Any:
    path = f"/cases/{office.case_id('ECO-02')}/{noun}"
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    data = {"csrf_token": token, "nonce": "fresh"} | (form or {})
    return desk.client.post(path, data=data, headers=names, follow_redirects=False)


def own_token(desk: Desk) -> str:
    return desk.open("/cases").value("csrf_token")


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"origin": "http://127.0.0.1:8000"},
        {"origin": "null"},
        {"origin": "https://evil.example", "sec_fetch_site": "none"},
    ],
)
def test_an_act_from_elsewhere_is_not_taken(office: Office, clerk: Desk, headers: dict[str, str]) -> None:
    answer = post(office, clerk, "preliminary-review", own_token(clerk), **headers)
    assert answer.status_code == 403
    assert office.case("ECO-02").state == "submitted"
    assert [entry.actor_name for entry in refused_entries(office)] == ["王敏"]


def test_an_act_needs_the_token_of_its_own_session(office: Office, clerk: Desk) -> None:
    colleague = office.seat("clerk", office.unit("ECO-02"), name="赵洪涛")
    for token in ("", "0" * 64, own_token(colleague)):
        assert post(office, clerk, "preliminary-review", token).status_code == 403
    assert office.case("ECO-02").state == "submitted"


def test_a_token_of_the_internet_portal_means_nothing_here(office: Office, clerk: Desk) -> None:
    cookies = office.app.state.portal.cookies
    with office.world.extranet.reading() as session:
        row = session.exec(select(ExtranetSession)).one()
    foreign = type(cookies)(cookies.settings, cookies.zone.other)
    assert post(office, clerk, "preliminary-review", foreign.csrf_token(row, "")).status_code == 403
    thief = office.stranger()
    thief.client.cookies.set(cookies.session_name, foreign.signed("whatever"))
    assert thief.open("/cases").path == "/sign-in"


def test_a_stranger_and_a_forger_without_a_session_leave_no_trace(office: Office) -> None:
    for desk in (office.stranger(), office.stranger()):
        assert post(office, desk, "preliminary-review", "0" * 64).status_code == 403
    assert refused_entries(office) == []


def test_a_grant_that_ended_ends_what_a_living_session_may(office: Office, clerk: Desk) -> None:
    page = clerk.open(f"/cases/{office.case_id('ECO-02')}")
    with office.world.extranet.writing() as session:
        grant = session.exec(select(OfficerGrant).where(OfficerGrant.officer_id == clerk.officer_id)).one()
        grant.valid_to = (office.world.now - timedelta(days=1)).date()
        session.add(grant)
    assert clerk.press(page, "核验并初审通过").status == 403
    assert clerk.open("/cases").status == 403
    assert office.case("ECO-02").state == "submitted"


def test_another_officers_nonce_takes_nobody_anywhere(office: Office, clerk: Desk) -> None:
    assert post(office, clerk, "preliminary-review", own_token(clerk)).status_code == 303
    colleague = office.seat("clerk", office.unit("ECO-02"), name="赵洪涛")
    answer = post(office, colleague, "acceptance", own_token(colleague))
    assert answer.status_code == 409
    assert office.case("ECO-02").state == "under_acceptance"


def test_two_presses_at_once_act_once(either_office: Office) -> None:
    desk = either_office.seat("clerk", either_office.unit("ECO-02"), name="王敏")
    token, cookies = own_token(desk), dict(desk.client.cookies)

    def press(_: int) -> Any:
        hand = either_office.stranger()
        for name, value in cookies.items():
            hand.client.cookies.set(name, value)
        return post(either_office, hand, "preliminary-review", token)

    answers = together(press, [1, 2])
    assert [answer.status_code for answer in answers] == [303, 303]
    assert [entry.action for entry in either_office.trace("ECO-02")].count("case.pass_preliminary") == 1


def test_wrong_codes_are_counted_and_then_even_the_right_one_waits(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    page = desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
    for _ in range(5):
        page = desk.press(page, "登录", code="000000")
        assert page.status == 422
    with office.world.extranet.reading() as session:
        assert session.get_one(ExtranetFailure, f"factor:{officer.id}").count == 5
    right = pyotp.TOTP(SECRET).at(office.world.now)
    assert "秒后再试" in desk.press(page, "登录", code=right).text
    office.world.later(seconds=3)
    assert desk.press(page, "登录", code=right).path == "/cases"


def test_the_wait_for_codes_is_not_shortened_by_the_password(office: Office, officer: Officer) -> None:
    for _ in range(6):
        desk = office.stranger()
        page = desk.press(desk.open("/sign-in"), "下一步", login=officer.login, password=PASSWORD)
        desk.press(page, "登录", code="000000")
    with office.world.extranet.reading() as session:
        assert session.get_one(ExtranetFailure, f"factor:{officer.id}").count >= 5


def test_a_code_without_the_password_leads_to_the_password(office: Office, officer: Officer) -> None:
    desk = office.stranger()
    form = {"csrf_token": desk.open("/sign-in").value("csrf_token"), "code": pyotp.TOTP(SECRET).at(office.world.now)}
    assert desk.client.post("/sign-in/code", data=form).url.path == "/sign-in"
    assert desk.open("/cases").path == "/sign-in"


def test_the_trace_of_a_failure_names_an_officer_or_nobody(office: Office, officer: Officer) -> None:
    for login in (officer.login, "my own password"):
        desk = office.stranger()
        desk.press(desk.open("/sign-in"), "下一步", login=login, password="wrong")
    names = [entry.actor_name for entry in refused_entries(office)]
    assert sorted(names) == sorted([officer.login, "未知账号"])


def test_a_proposal_written_while_the_session_ended_is_there_again(office: Office) -> None:
    cast.accept(office.world, office.case_id("ECO-02"))
    handler = office.seat("handler", office.unit("ECO-02"))
    page = handler.open(f"/cases/{office.case_id('ECO-02')}")
    office.world.later(minutes=31)
    asked = handler.press(page, "提交签批", scan=SCAN, **PROPOSAL | {"opinion": "写了很久的意见"})
    assert asked.path == "/sign-in"
    office.sign_in(handler)
    page = handler.open(asked.value("next"))
    assert page.value("opinion") == "写了很久的意见"
    assert page.value("document_title") == PROPOSAL["document_title"]
    assert "已提交签批" in handler.press(page, "提交签批", scan=SCAN).text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cases/" + "9" * 5000, 404),
        ("/cases/1/materials/" + "9" * 5000 + "/file", 404),
        ("/cases?page=" + "9" * 5000, 200),
        ("/projects?page=" + "9" * 5000, 200),
        ("/projects/%00", 404),
        ("/cases?q=%00%25_", 200),
        ("/verification?code=%00", 200),
        ("/cases?parked=%00", 200),
    ],
)
def test_odd_addresses_are_answered_with_a_page(either_office: Office, path: str, status: int) -> None:
    desk = either_office.seat("clerk", either_office.unit("ECO-02"))
    assert desk.open(path).status == status


def test_a_refused_address_with_nul_is_traced_without_it(either_office: Office) -> None:
    desk = either_office.seat("audit_administrator", "220000-eic")
    assert desk.open("/projects/a%00b").status == 403
    assert [entry.object_id for entry in refused_entries(either_office)] == ["/projects/ab"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "' OR 1=1 --"])
def test_marks_of_likeness_are_only_letters(office: Office, clerk: Desk, words: str) -> None:
    for path in ("/cases", "/projects"):
        page = clerk.client.get(path, params={"q": words})
        assert page.status_code == 200
        assert office.world.code not in page.text


@pytest.mark.parametrize("version", ["²", "9" * 5000, "-1", "1e3", "\x00"])
def test_a_made_up_version_is_none(office: Office, clerk: Desk, version: str) -> None:
    answer = post(office, clerk, "preliminary-review", own_token(clerk), {"version": version})
    assert answer.status_code == 303


@pytest.mark.parametrize("day", ["9" * 30 + "-1-1", "2026-13-01", "²-1-1", "2026", "0-0-0"])
def test_a_made_up_date_is_refused_beside_its_field(office: Office, day: str) -> None:
    cast.accept(office.world, office.case_id("ECO-02"))
    handler = office.seat("handler", office.unit("ECO-02"))
    form = handler.open(f"/cases/{office.case_id('ECO-02')}/pauses")
    page = handler.press(form, "暂停计时", ground="technical_assessment", expected_on=day, reason="委托技术评估")
    assert page.status == 422
    assert 'id="expected_on-error"' in page.html
    assert not office.case("ECO-02").is_paused


def test_a_body_beyond_its_limit_is_refused_in_our_words(office: Office, clerk: Desk) -> None:
    address = f"/cases/{office.case_id('ECO-02')}"
    told = {"content-length": str(UPLOAD_LIMIT + 1), "content-type": "multipart/form-data; boundary=b"}
    answers = [
        clerk.client.post(f"{address}/acceptance", data={"reason": "a" * BODY_LIMIT}),
        clerk.client.post(f"{address}/proposal", content=b"", headers=told),
    ]
    for answer in answers:
        assert answer.status_code == 413
        assert "内容没有保存" in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_nothing_of_the_internet_zone_is_served_here(office: Office, clerk: Desk) -> None:
    with office.world.public.reading() as session:
        material = session.exec(select(Material)).first()
    for path in (
        f"/projects/{office.world.code}/materials/{material.id}",
        f"/files/{material.digest}",
        "/declarations",
    ):
        assert clerk.open(path).status == 404
