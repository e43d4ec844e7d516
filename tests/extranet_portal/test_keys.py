"""The keys of the list of cases, in a real browser: j and k walk, x ticks, a ticks all, Enter opens, / searches."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests import world as cast
from tests.extranet_portal.seats import Office
from tests.journeys.conftest import FLAGS, chromium

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SCRIPT = Path("templates/static/desk.js").resolve()


def test_an_officer_walks_ticks_opens_and_searches_without_a_mouse(office: Office, tmp_path: Path) -> None:
    code = cast.declare(office.world, "renovation", project_name="年产三万套转向节技术改造项目")
    cast.apply_for(office.world, code, "ECO-02", complete=False)
    html = office.seat("clerk", office.unit("ECO-02")).open("/cases").html
    assert "键盘快捷键" in html
    sheet = tmp_path / "cases.html"
    sheet.write_text(re.sub(r'src="/static/desk\.js[^"]*"', f'src="file://{SCRIPT}"', html), encoding="utf-8")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page()
        page.goto(f"file://{sheet}")
        for key in ("j", "j", "x", "k"):
            page.keyboard.press(key)
        hrefs = page.eval_on_selector_all("#cases .case-row a", "all => all.map(one => one.getAttribute('href'))")
        assert len(hrefs) == 2
        assert page.evaluate("document.activeElement.getAttribute('href')") == hrefs[0]
        ticked = page.eval_on_selector_all("#cases .case-row input", "all => all.map(one => one.checked)")
        assert ticked == [False, True]
        page.keyboard.press("a")
        assert page.eval_on_selector_all("#cases .case-row input", "all => all.every(one => one.checked)")
        page.click("#all", force=True)  # ticked or not, it says what all are to be
        assert page.eval_on_selector_all("#cases .case-row input", "all => all.every(one => one.checked)")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "find"
        page.keyboard.type("jx")
        assert page.input_value("#find") == "jx"
        browser.close()


def test_the_script_is_short_and_ours() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 60
