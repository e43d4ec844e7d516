"""The platform as its users meet it: all five processes on either engine, and a real Chromium."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from core.accounts.signing_in import hasher
from core.accounts.tables import Officer, OfficerGrant
from core.database import Zone, open_database, utc_now
from core.documents.blobs import open_store
from core.domain.policy import PLATFORM
from core.guides.from_reference import publish_everything
from core.serving import ROOT, House, clean_environment
from core.vault import open_vault
from tests.databases import Cluster, Templates

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
PASSWORD = "a-long-enough-password"
STAFF = {
    "clerk": ("王敏", "clerk"),
    "handler": ("李文静", "handler"),
    "approver": ("周振宇", "approver"),
    "coordinator": ("郑立新", "coordinator"),
}


@dataclass
class Platform:
    """Running processes by name, and where the portals answer."""

    house: House
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def public(self) -> str:
        return self.house.address(Zone.PUBLIC)

    @property
    def extranet(self) -> str:
        return self.house.address(Zone.EXTRANET)

    def start(self, *names: str) -> None:
        """Start the named processes, or all of them."""
        for name in names or tuple(self.house.processes()):
            words, told = self.house.processes()[name]
            command = [sys.executable, "-m", "core.command", *words]
            self.processes[name] = subprocess.Popen(command, env=clean_environment() | told, cwd=ROOT)

    def stop(self, *names: str) -> None:
        """Stop the named processes, or all of them."""
        for name in names or tuple(self.processes):
            process = self.processes.pop(name)
            process.terminate()
            process.wait(20)

    def wait(self) -> None:
        """Return when both portals answer."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if all(answers(port) for port in (self.house.public_port, self.house.extranet_port)):
                return
            time.sleep(0.1)
        raise TimeoutError("the portals do not answer")


@pytest.fixture(scope="session")
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
            turn = _running(engine, database_templates, tmp_path_factory.mktemp(f"platform-{engine}"))
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; its absence is a failure, never a skip."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


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
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context.new_page()

    yield person
    for context in contexts:
        context.close()


def shoot(page: Page, name: str) -> None:
    """A picture of the page for the README, where someone asked for pictures."""
    folder = os.environ.get("TZXM_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)


def login_of(role: str, unit: str) -> str:
    """The login of the officer with this role at this unit."""
    return f"{unit}-{role}"


def present_code(login: str) -> str:
    """The officer's one-time code now."""
    return pyotp.TOTP(_secret(login)).now()


@contextmanager
def _running(engine: str, templates: Templates, folder: Path) -> Iterator[Platform]:
    with templates.copy(engine, Zone.PUBLIC) as public, templates.copy(engine, Zone.EXTRANET) as extranet:
        house = House(folder, free_port(), free_port(), public_database=public, extranet_database=extranet)
        house.prepare()
        _furnish(house)
        platform = Platform(house)
        platform.start()
        try:
            platform.wait()
            yield platform
        finally:
            platform.stop()


def _furnish(house: House) -> None:
    database = open_database(
        house.database_url(Zone.EXTRANET),
        Zone.EXTRANET,
        workplace={"store": open_store(str(house.files(Zone.EXTRANET))), "public_url": house.address(Zone.PUBLIC)},
        vault=open_vault(house.field_keys(Zone.EXTRANET)),
    )
    hashed = hasher().hash(PASSWORD)
    with database.writing() as session:
        publish_everything(session, by=PLATFORM, at=utc_now(), in_force_from=date(2017, 8, 16))
        for unit in ("220102-drc", "220102-nr", "220102-ee", "220102-hc", "220102-water"):
            for role, (name, granted) in STAFF.items():
                login = login_of(role, unit)
                officer = Officer(
                    login=login, name=name, org_unit=unit, password_hash=hashed, totp_secret=_secret(login)
                )
                session.add(officer)
                session.flush()
                grant = OfficerGrant(officer_id=officer.id, role=granted, org_unit=unit, valid_from=date(2017, 8, 16))
                session.add(grant)
    database.close()


def _secret(login: str) -> str:
    import base64
    import hashlib

    return base64.b32encode(hashlib.sha256(login.encode()).digest()[:20]).decode()


def free_port() -> int:
    """A port of this machine that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether someone answers at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
