"""What may be sent, how much and in which shape, and which headers every answer bears (T16, T18, T24)."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from core.documents.tables import Material
from core.web.body import BODY_LIMIT, UPLOAD_LIMIT
from core.web.portal import Portal
from public_portal import home
from tests.clients import client_of
from tests.public_portal.browser import Browser
from tests.public_portal.conftest import Open, signed_in
from tests.world import PDF, World

HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def code(applied_world: World) -> str:
    return applied_world.code


def token(unit: Browser) -> str:
    return unit.open("/declarations").value("csrf_token")


def drip(size: int) -> Iterator[bytes]:
    for _ in range(size // 8192 + 1):
        yield b"a" * 8192


def part(names: str, content: str = "1") -> str:
    return f"--b\r\nContent-Disposition: form-data; {names}\r\n\r\n{content}\r\n--b--\r\n"


def is_a_page_of_ours(answer: Any, status: int, words: str) -> bool:
    return answer.status_code == status and words in answer.text and 'lang="zh-CN"' in answer.text


def test_a_body_beyond_its_limit_is_refused_in_our_words(applied_unit: Browser, code: str) -> None:
    post = applied_unit.client.post
    told = {"content-length": str(UPLOAD_LIMIT + 1), "content-type": "multipart/form-data; boundary=b"}
    answers = [
        post("/declarations", content=b"a" * (BODY_LIMIT + 1), headers=FORM),
        post("/declarations", content=drip(BODY_LIMIT), headers=FORM),
        post(f"/projects/{code}/materials", content=b"", headers=told),
        post(f"/projects/{code}/materials", content=b"", headers=told | {"content-length": "9" * 5000}),
    ]
    for answer in answers:
        assert is_a_page_of_ours(answer, 413, "内容没有保存")


def test_a_route_for_files_takes_more_than_one_for_words(applied_unit: Browser, code: str) -> None:
    large = PDF.replace(b"%%EOF", b"% " + b"a" * (2 * BODY_LIMIT) + b"\n%%EOF")
    form = {"csrf_token": token(applied_unit), "item_code": "ECO-02", "material_code": "EIA_TABLE"}
    files = {"file": ("大文件.pdf", large)}
    assert applied_unit.client.post(f"/projects/{code}/materials", data=form, files=files).status_code == 200
    assert is_a_page_of_ours(applied_unit.client.post("/declarations", data=form, files=files), 413, "内容没有保存")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("&".join(f"f{number}=1" for number in range(700)), FORM["content-type"]),
        ("reason=" + "a" * 300_000, FORM["content-type"]),
        ("no multipart at all", "multipart/form-data"),
        ("--b\r\nno header", "multipart/form-data; boundary=b"),
        (part('name="x"'), "multipart/form-data; boundary=b; charset=undefined"),
        (part('name="x"; filename="a"'), "multipart/form-data; boundary=b"),
    ],
    ids=["700 fields", "300 kB in one", "no boundary", "broken part", "made-up charset", "a file where none is taken"],
)
def test_what_is_no_form_is_answered_with_a_page(applied_unit: Browser, content: str, kind: str) -> None:
    answer = applied_unit.client.post("/declarations", content=content, headers={"content-type": kind})
    assert is_a_page_of_ours(answer, 400, "内容没有保存")


def test_half_a_letter_is_left_out(applied_unit: Browser) -> None:
    """UTF-7 can say half of a surrogate pair, which no database keeps."""
    body = part('name="csrf_token"', "+2AA-")
    kind = {"content-type": "multipart/form-data; boundary=b; charset=utf-7"}
    assert applied_unit.client.post("/declarations", content=body, headers=kind).status_code == 403


@pytest.mark.parametrize("path", ["/disclosures?page={}", "/projects?page={}", "/projects/{}", "/query?code={}"])
def test_an_endless_number_is_a_number_like_any_other(applied_unit: Browser, path: str) -> None:
    assert applied_unit.open(path.format("9" * 5000)).status in (200, 404, 422)


@pytest.mark.parametrize(
    "path",
    [
        "/projects/%00", "/projects/{code}%00", "/declarations/%00/site", "/disclosures?q=%00&region=%00",
        "/disclosures/%00", "/notices/%00", "/query/%00", "/verify?code={code}&check_code=%00", "/guides/%00",
        "/projects?parked=%00", "/projects/{code}/applications/%00", "/projects/{code}/materials/%00",
        "/projects/{code}/notices/%00", "/projects/{code}/applications/new?item=%00",
    ],
)  # fmt: skip
def test_nul_reaches_no_column(either_applied_world: World, open_portal: Open, path: str) -> None:
    unit = signed_in(open_portal(either_applied_world), either_applied_world)
    assert unit.open(path.format(code=either_applied_world.code)).status in (200, 404, 422)


def test_every_answer_bears_the_headers(applied_unit: Browser, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = applied_unit.client
    form = {"csrf_token": token(applied_unit), "nonce": "1"}
    monkeypatch.setattr(home, "figures", lambda *_, **__: 1 // 0)
    client.app.state.figures = None
    client._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    answers = {
        200: client.get("/projects"),
        303: client.post("/declarations", data=form, follow_redirects=False),
        400: client.post("/declarations", content="", headers={"content-type": "multipart/form-data"}),
        403: client.post("/declarations", data={}),
        404: client.get("/no-such-page"),
        413: client.post("/declarations", content=b"a" * (BODY_LIMIT + 1), headers=FORM),
        422: client.get("/query?code=1"),
        500: client.get("/"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert HEADERS.items() <= dict(answer.headers).items(), status
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "strict-transport-security" not in answer.headers
    assert client.delete("/projects").status_code == 405
    assert client.get("/", headers={"host": "evil.example"}).headers["x-content-type-options"] == "nosniff"


def test_a_file_is_never_alive(applied_unit: Browser, code: str, applied_world: World) -> None:
    with applied_world.public.reading() as session:
        material = session.exec(select(Material)).first()
    answer = applied_unit.client.get(f"/projects/{code}/materials/{material.id}")
    assert HEADERS.items() <= dict(answer.headers).items()
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-type"] == "application/pdf"


def test_static_files_may_be_kept_and_bear_the_other_headers(citizen: Browser) -> None:
    answer = citizen.client.get("/static/app.css")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" not in answer.headers.get("cache-control", "")
    for climbing in ("/static/../base.html", "/static/%2e%2e/base.html", "/static/..%2fbase.html"):
        assert citizen.client.get(climbing).status_code == 404


def test_over_tls_the_browser_is_told_to_stay_there(world: World, open_portal: Open) -> None:
    app = open_portal(world)
    portal: Portal = app.state.portal
    portal.settings = portal.settings.model_copy(update={"base_url": "https://127.0.0.1"})
    answer = client_of(app, "https://127.0.0.1").get("/help")
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")


def test_an_address_for_forms_alone_says_so_when_it_is_opened(citizen: Browser) -> None:
    page = citizen.open("/sign-out")
    assert page.status == 405
    assert page.response.headers["allow"] == "POST"
    assert "它只用来提交表单" in page.text
