"""From the unit's click to the officer's list, on an idle platform: five processes, the real portal (A14.1b, A14.1d).

A declaration reaches officers as a project; an application as a case in the inbox. The clock starts when the form is
sent and ends when the officer's own query, asked every ten milliseconds, shows it.
"""

import http.client
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date
from random import Random
from statistics import median, quantiles
from urllib.parse import urlencode

from benchmarks.exchange_messages import UNIT, UNIT_NAME
from benchmarks.ground import ENGINES, Ground
from benchmarks.houses import running
from benchmarks.load import free_port
from benchmarks.report import Line, progress
from core.accounts.registering import store
from core.accounts.sessions import SIGNED_IN, OpenSession, open_session
from core.accounts.signing_in import actor_of_account
from core.accounts.tables import Account, Enterprise
from core.cases.inbox import InboxFilter, inbox
from core.cases.project_queries import ProjectFilter, projects_page
from core.clocks import business_date
from core.database import Database, Zone, open_database, utc_now
from core.domain.policy import PLATFORM, Actor, Grant, Role
from core.guides.from_reference import publish_everything
from core.guides.publishing import catalogue
from core.projects.declaring import begin_draft, due_items_of, save_step
from core.serving import House
from core.settings import PublicSettings
from core.vault import open_vault
from core.web.session import Cookies
from tests.domain.sample_declarations import PARTS_FACTORY

TIMES = 24
ALLOWED = 1000.0
"""Milliseconds from click to list, in the median."""

LOOK_SECONDS, PATIENCE = 0.01, 300.0
ITEM, OFFICE = "DRC-05", "220102-drc"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True)
class Unit:
    """A project unit signed in at the internet portal."""

    house: House
    actor: Actor
    cookie: str
    form_token: str

    def post(self, path: str, **fields: str) -> str:
        """Send a form; where the portal leads on to. Anything but a redirect is an error."""
        body = urlencode({**fields, "csrf_token": self.form_token, "nonce": secrets.token_urlsafe(16)})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = http.client.HTTPConnection(self.house.host, self.house.public_port, timeout=30)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()
        if answer.status != 303:
            raise RuntimeError(f"{path} answered {answer.status}: {told[:2000]}")
        return answer.headers["location"]


def measure(ground: Ground) -> list[Line]:
    """Both engines, one after the other."""
    return [line for engine in ENGINES for line in _measure(ground, engine)]


def _measure(ground: Ground, engine: str) -> Iterator[Line]:
    with _platform(ground, engine) as (house, public, extranet):
        unit = _register(house, public)
        _await(lambda: _has_guides(public), "the guides in the internet zone")
        drafts = [_draft(public, unit, number) for number in range(TIMES)]
        pause = Random(20261123)
        declared, applied = [], []
        for draft in drafts:
            time.sleep(pause.uniform(0.5, 1.5))
            code, seconds = _declare(unit, draft, extranet)
            declared.append(seconds)
            _await(lambda: _is_due(public, code), "the due items")  # noqa: B023  (asked before the next round)
            time.sleep(pause.uniform(0.5, 1.5))
            applied.append(_apply(unit, code, extranet))
    yield _line(f"declaration → officers' projects, {NAMES[engine]}", declared)
    yield _line(f"application → case in the inbox, {NAMES[engine]}", applied)


def _line(what: str, seconds: list[float]) -> Line:
    taken = [1000 * one for one in seconds]
    remark = f"p90 {quantiles(taken, n=10)[-1]:,.0f} ms, longest {max(taken):,.0f} ms, of {len(taken)}"
    progress(f"latency {what}: {median(taken):,.0f} ms, {remark}")
    return Line(f"{what}; allowed / taken", median(taken), ALLOWED, ALLOWED / median(taken), "ms", 1.0, remark)


@contextmanager
def _platform(ground: Ground, engine: str) -> Iterator[tuple[House, Database, Database]]:
    with ExitStack() as kept:
        public_url, extranet_url = (kept.enter_context(ground.database(engine, zone)) for zone in Zone)
        folder = ground.folder / f"latency-{engine}"
        house = House(folder, free_port(), free_port(), public_database=public_url, extranet_database=extranet_url)
        house.prepare()
        urls = {Zone.PUBLIC: public_url, Zone.EXTRANET: extranet_url}
        public, extranet = (
            kept.enter_context(closing(open_database(urls[zone], zone, vault=open_vault(house.field_keys(zone)))))
            for zone in Zone
        )
        with extranet.writing() as session:
            publish_everything(session, by=PLATFORM, at=utc_now(), in_force_from=date(2017, 8, 16))
        kept.enter_context(running(house))
        yield house, public, extranet


def _register(house: House, public: Database) -> Unit:
    now = utc_now()
    secret = house.zone_environment(Zone.PUBLIC, with_keys=False)["TZXM_PUBLIC_SECRET_KEY"]
    address = house.address(Zone.PUBLIC)
    cookies = Cookies(
        PublicSettings(database_url="", files_url="", secret_key=secret, base_url=address, public_url=address),
        Zone.PUBLIC,
    )
    with public.writing() as session:
        enterprise = Enterprise(credit_code=UNIT, name=UNIT_NAME, kind="enterprise", registered_at=now)
        account = Account(credit_code=UNIT, mobile="13812345678", name="孙岩", password_hash="", registered_at=now)
        actor = actor_of_account(session, store(session, enterprise, account, at=now))
        token, who = open_session(session, actor_id=account.id, stage=SIGNED_IN, address=house.host, at=now)
    return _signed_in(house, actor, cookies, token, who)


def _signed_in(house: House, actor: Actor, cookies: Cookies, token: str, who: OpenSession) -> Unit:
    bears = {cookies.visitor_name: "v" * 24, cookies.session_name: token}
    cookie = "; ".join(f"{name}={cookies.signed(value)}" for name, value in bears.items())
    return Unit(house, actor, cookie, cookies.csrf_token(who, "v" * 24))


def _draft(public: Database, unit: Unit, number: int) -> str:
    now = utc_now()
    answers = {**PARTS_FACTORY.answers, "project_name": [f"{PARTS_FACTORY.name}{number + 1} 期"]}
    with public.writing() as session:
        draft = begin_draft(session, by=unit.actor, at=now)
        save_step(session, draft, answers, step="site", by=unit.actor, at=now)
    return draft.id


def _declare(unit: Unit, draft: str, extranet: Database) -> tuple[str, float]:
    officer = _officer(Role.COORDINATOR)
    started = time.perf_counter()
    code = unit.post(f"/declarations/{draft}/submission").partition("/projects/")[2].partition("?")[0]
    _await(lambda: _sees_project(extranet, officer, code), f"project {code} in the officers' list")
    return code, time.perf_counter() - started


def _apply(unit: Unit, code: str, extranet: Database) -> float:
    clerk = _officer(Role.CLERK)
    started = time.perf_counter()
    unit.post(f"/projects/{code}/applications", item=ITEM, knowing_missing="true")
    _await(lambda: _sees_case(extranet, clerk, code), f"the case of {code} in the inbox")
    return time.perf_counter() - started


def _officer(role: Role) -> Actor:
    region, _, department = OFFICE.partition("-")
    return Actor(Role.OFFICER, id="o", name="王敏", grants=(Grant(role, OFFICE, department, region),))


def _sees_project(extranet: Database, officer: Actor, code: str) -> bool:
    with extranet.reading() as session:
        return any(row.code == code for row in projects_page(session, officer, ProjectFilter()))


def _sees_case(extranet: Database, clerk: Actor, code: str) -> bool:
    with extranet.reading() as session:
        rows = inbox(session, clerk, InboxFilter(words=code), today=business_date(utc_now()))
    return any(row.project_code == code for row in rows)


def _is_due(public: Database, code: str) -> bool:
    with public.reading() as session:
        return any(row.item_code == ITEM for row in due_items_of(session, code))


def _has_guides(public: Database) -> bool:
    with public.reading() as session:
        return ITEM in catalogue(session, on=business_date(utc_now())).guides


def _await(seen: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not seen():
        if time.monotonic() > until:
            raise RuntimeError(f"never seen: {what}")
        time.sleep(LOOK_SECONDS)
