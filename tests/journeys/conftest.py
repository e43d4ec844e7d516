"""The platform as its users meet it: all five processes on either engine, and a real Chromium."""

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from core.database import Zone
from core.serving import ROOT
from tests.databases import Cluster, Templates
from tests.journeys.cast import login_of
from tests.journeys.people import OfficerAtDesk, Unit
from tests.journeys.running import Platform, running_platform
from tests.journeys.stories import PLOTS

SLOWEST = 45_000
"""Milliseconds that a page may take on a busy machine before a journey is given up."""
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip

Visitor = Callable[..., Page]
Seat = Callable[..., OfficerAtDesk]


def chromium() -> str:
    """The path of the machine's Chromium, found as `make setup-test` finds it."""
    return subprocess.check_output([ROOT / "tools" / "chromium.sh"], text=True).strip()


@pytest.fixture(scope="package")
def platforms(
    database_templates: Templates, postgres_server: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Platform]]:
    """engine → a running platform with reference data and officers; started when first asked for.

    The cluster is named here so that it outlives the platforms that run on it.
    """
    running: dict[str, Platform] = {}
    opened = []

    def platform(engine: str) -> Platform:
        if engine not in running:
            turn = running_platform(engine, database_templates, tmp_path_factory.mktemp(f"platform-{engine}"))
            running[engine] = turn.__enter__()
            opened.append(turn)
        return running[engine]

    yield platform
    for turn in reversed(opened):
        turn.__exit__(None, None, None)


@pytest.fixture
def platform(engine_kind: str, platforms: Callable[[str], Platform]) -> Platform:
    """The running platform on the engine under test."""
    return platforms(engine_kind)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; its absence is a failure, never a skip."""
    expect.set_options(timeout=SLOWEST)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()


@dataclass(frozen=True)
class Story:
    """A project whose story has begun: its name, its code, and the unit at its own browser."""

    project: str
    code: str
    unit: Unit


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Page]]:
    """`visitor(scripts=False)`: a person with a browser of their own, in Chinese, at 1280 × 900."""
    contexts: list[BrowserContext] = []

    def person(*, scripts: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(SLOWEST)
        contexts.append(context)
        return context.new_page()

    yield person
    for context in contexts:
        context.close()


@pytest.fixture
def seat(platform: Platform, visitor: Visitor) -> Seat:
    """`seat("clerk", "220102-ee")`: that officer at the desk, signed in; asked for again, the same browser."""
    seated: dict[str, OfficerAtDesk] = {}

    def officer(place: str, unit: str, *, scripts: bool = True) -> OfficerAtDesk:
        login = login_of(place, unit)
        if login not in seated:
            page = visitor(scripts=scripts)
            page.context.add_cookies([platform.cookie(Zone.EXTRANET, platform.stories.officers[login])])
            seated[login] = OfficerAtDesk(page, platform.extranet)
        return seated[login]

    return officer


@pytest.fixture
def story(platform: Platform, visitor: Visitor) -> Callable[..., Story]:
    """`story("denial")`: the project of that plot, with its unit before it, signed in."""

    def told(plot: str, *, scripts: bool = True) -> Story:
        page = visitor(scripts=scripts)
        page.context.add_cookies([platform.cookie(Zone.PUBLIC, platform.stories.unit)])
        return Story(PLOTS[plot].project, platform.stories.codes[plot], Unit(page, platform.public))

    return told


def shoot(page: Page, name: str, *, in_readme: bool = False) -> None:
    """Pictures of the page, where someone asked for pictures.

    `TZXM_SCREENSHOTS` names the folder of those in the README; with `TZXM_SCREENSHOT_WIDTHS` ("1280 390") every moment
    is taken, at each of these widths.
    """
    folder = os.environ.get("TZXM_SCREENSHOTS")
    widths = os.environ.get("TZXM_SCREENSHOT_WIDTHS", "").split()
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    if not widths and in_readme:
        page.wait_for_timeout(2_500)  # a document within the page is drawn after it
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)
    usual = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": int(width), "height": 900})
        page.screenshot(path=Path(folder, f"{name}-{width}.png"), full_page=True)
    if widths and usual:
        page.set_viewport_size(usual)
