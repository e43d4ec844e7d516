"""Every kind of page, at 1280 and 500 px, passes axe-core, and none is wider than a phone (GB/T 37668, WCAG 2.2 AA)."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from core.clocks import business_date
from core.database import utc_now
from tests.journeys.conftest import Platform, Seat, Story, Visitor

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("engine_kind", ["sqlite"]),
]

AXE = Path(__file__).parents[1] / "axe" / "axe.min.js"
ASKED = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
WIDE, NARROW, PHONE = 1280, 500, 320
FOUND = """async asked => (await axe.run(asked)).violations.map(
    one => one.id + ': ' + one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(' | '))"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
    .slice(0, 3).map(one => one.outerHTML.slice(0, 120))"""


def faults_of(page: Page) -> Iterator[str]:
    """What axe-core finds wrong at both widths, and what does not fit a phone."""
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        if width == WIDE:
            page.evaluate(AXE.read_text(encoding="utf-8"))
        yield from (f"{page.url} at {width} px: {one}" for one in page.evaluate(FOUND, ASKED))
    page.set_viewport_size({"width": PHONE, "height": 800})
    yield from (f"{page.url} is wider than {PHONE} px: {one}" for one in page.evaluate(TOO_WIDE))


def walk(page: Page, address: str, *paths: str) -> list[str]:
    """The faults of these pages of a portal."""
    found = []
    for path in paths:
        answer = page.goto(f"{address}{path}")
        assert answer is not None
        assert answer.status == 200, path
        found += faults_of(page)
    return found


def assert_none(found: list[str]) -> None:
    assert not found, "\n".join(found)


def test_what_citizens_read(platform: Platform, visitor: Visitor) -> None:
    code = platform.stories.codes["desk"]
    paths = [
        "/",
        "/query",
        f"/query/{code}",
        f"/query/{code}/items/ECO-02",
        "/guides",
        "/guides/ECO-02",
        "/disclosures",
    ]
    paths += ["/intermediaries", "/verify", "/help", "/sign-in", "/register"]
    assert_none(walk(visitor(), platform.public, *paths))


def test_what_a_project_unit_works_with(platform: Platform, story: Callable[..., Story]) -> None:
    told = story("desk")
    here = f"/projects/{told.code}"
    page = told.unit.page
    found = walk(
        page,
        platform.public,
        "/projects",
        here,
        f"{here}/changes",
        f"{here}/applications/new?item=DRC-06",
        "/declarations",
        "/account",
    )
    told.unit.open_case("环境影响报告表审批", told.code)
    found += faults_of(page)
    assert_none(found)


def test_what_a_clerk_works_with(platform: Platform, seat: Seat) -> None:
    desk = seat("clerk", "220102-ee")
    [case] = platform.stories.cases["counter"]
    here = f"/cases/{case}"
    paths = [
        "/cases",
        "/cases?q=nothing",
        here,
        *(f"{here}/{one}" for one in ("supplement-requests", "non-acceptance", "transfers", "assignment")),
    ]
    paths += ["/views?view=open&light=red", "/absences", "/handovers", "/transfers", "/account"]
    assert_none(walk(desk.page, platform.extranet, *paths))


def test_what_handlers_and_approvers_work_with(platform: Platform, seat: Seat) -> None:
    report, soil = (f"/cases/{one}" for one in platform.stories.cases["desk"])
    handler, approver = seat("handler", "220102-ee"), seat("approver", "220102-water")
    paths = [report, f"{report}/pauses", f"{report}/consultations/new", f"{report}/engagements/new", "/consultations"]
    paths += ["/consultations?view=sent", "/copies", "/engagements"]
    found = walk(handler.page, platform.extranet, *paths)
    assert_none(found + walk(approver.page, platform.extranet, soil, f"{soil}/extensions"))


def test_what_a_coordinator_works_with(platform: Platform, seat: Seat) -> None:
    code = platform.stories.codes["desk"]
    here = f"/projects/{code}"
    paths = [
        "/projects",
        here,
        f"{here}/matrix",
        f"{here}/additions",
        f"{here}/removals",
        "/changes",
        "/legacy-codes",
        "/legacy-projects",
        "/legacy-projects/new",
        "/legacy-projects/tables",
        "/copies/rules",
        "/agencies",
    ]
    paths += [
        f"/verification?code={code}",
        "/calendar",
        f"/calendar/{business_date(utc_now()).year}",
        "/guides",
        "/guides/ECO-02",
    ]
    assert_none(walk(seat("coordinator", "220102-drc").page, platform.extranet, *paths))
