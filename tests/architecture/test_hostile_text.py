"""Hostile text in every field that takes words: a crawl as each reader finds it as plain words, nowhere alive (T16)."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from core.accounts.sessions import SIGNED_IN, open_session
from core.cases import handling, intake, sign_off
from core.cases.tables import Application
from core.changes import deciding
from core.database import Zone
from core.documents import materials
from core.documents.materials import Filed
from core.domain.fields import Kind
from core.domain.policy import CITIZEN, Actor, Role
from core.guides.publishing import guide_version
from core.projects import declaring, legacy
from core.projects.rules import field_specs
from tests import world as cast
from tests.architecture.matrix_world import HOSTS, Stage, employed, portals
from tests.clients import client_of
from tests.core.cases import acts
from tests.core.changes import requests
from tests.core.projects import legacy_entries
from tests.domain import sample_declarations
from tests.world import PDF, World
from tests.worlds import Worlds, nothing_yet

HOSTILE = "\"'><x-alive onclick=1></title><script>{{7*7}}&lt;"
ADDRESSED = quote(HOSTILE)
PAGES = 80
"""Pages of one reader that are opened, the nearest first; every kind of page is among them."""


class Seen(HTMLParser):
    """What a browser would make of a page: what is alive in it, where it leads, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.alive: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "x-alive" or (tag == "script" and "src" not in named):
            self.alive.append(tag)
        self.alive += [f"{tag} {name}" for name in named if name.startswith("on") or name == "style"]
        self.alive += [named["href"] for name in named if name == "href" and ":" in named["href"].partition("?")[0]]
        if tag == "a":
            self.links.append(named.get("href", ""))
        self.words += named.values()

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def planted(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch, worlds.copy("sqlite", nothing_yet) as world:
        patch.setattr("core.web.action.utc_now", lambda: world.now)
        stage = Stage(world, portals(world, tmp_path_factory.mktemp("hostile")), {})
        plant(stage)
        yield stage
        for app in stage.apps.values():
            app.state.portal.database.close()


def plant(stage: Stage) -> None:
    """An enterprise, its project, files and drafts, officers, and what they write: all of it hostile."""
    world = stage.world
    world.unit = cast.make_enterprise(world, credit_code="91220104MA2020C59C", name=HOSTILE, mobile="13900001111")
    spoken = {spec.identifier for spec in field_specs() if spec.kind in (Kind.TEXT, Kind.LONG_TEXT)} - {"unit_name"}
    answers = sample_declarations.RENOVATION.answers
    words = {name: HOSTILE for name in spoken & set(answers)}
    stage.ids["code"] = world.code = cast.declare(world, "renovation", **words)
    with world.public.writing() as session:
        draft = declaring.begin_draft(session, by=world.unit, at=world.now)
        typed = answers | {name: [HOSTILE] for name in answers if name != "not_classified_declared"}
        declaring.save_step(session, draft, typed, step="site", by=world.unit, at=world.now)
    stage.ids["draft_id"] = draft.id
    hand_in(world)
    supplemented, filing, decided = cast.apply_for(world, world.code, "ECO-02", "IIT-01", "DRC-06")
    acts.do(world, supplemented, "pass_preliminary")
    clerk, _, _ = staff(world, supplemented)
    asked = [{"material_code": "EIA_TABLE", "name": HOSTILE, "fault": HOSTILE, "cure": HOSTILE}]
    cast.act(world, supplemented, intake.request_supplement, by=clerk, items=asked)
    refuser = staff(world, filing)[0]
    told = {"ground": "out_of_remit", "reason": HOSTILE, "right_organ": HOSTILE}
    cast.act(world, filing, intake.refuse_preliminary, by=refuser, **told)
    decide(world, decided)
    change(stage)
    world.pump()
    stage.ids |= {"unit": cast.unit_of(world, decided)}


def change(stage: Stage) -> None:
    """A change of every text that was returned and sent again, and a legacy code, all in hostile words."""
    world = stage.world
    asked = requests.ask(
        world, world.code, "change", reason=HOSTILE, planned_completion="2028-06", site_address=HOSTILE * 2
    )
    requests.decide(world, asked, deciding.send_back, reason=HOSTILE, by=replace(requests.COORDINATOR, name=HOSTILE))
    requests.send(world, asked, reason=HOSTILE)
    with world.extranet.writing() as session:
        legacy.map_code(session, world.code, HOSTILE, by=requests.COORDINATOR, at=world.now)
    legacy_entries.enter(world, legacy=f"{HOSTILE}2", project_name=HOSTILE, unit_name=HOSTILE)
    stage.ids["change_id"] = asked


def hand_in(world: World) -> None:
    """Every material of the energy review, each under a hostile name that the look at uploads would have refused."""
    with world.public.writing() as session:
        due = {row.item_code: row for row in declaring.due_items_of(session, world.code)}["DRC-06"]
        guide = guide_version(session, due.guide_version)
        stored = session.info["store"].put([PDF])
        for wanted in materials.wanted_for(session, world.code, guide):
            if not wanted.need.is_shared:
                filed = Filed(HOSTILE, "application/pdf", stored.digest, stored.size)
                materials.hand_in(session, world.code, guide, wanted.need, filed, by=world.unit, at=world.now)


def decide(world: World, case_id: int) -> None:
    """Proposed, sent back, proposed again and granted with conditions, in hostile words throughout."""
    clerk, handler, approver = staff(world, case_id)
    cast.act(world, case_id, intake.pass_preliminary, by=clerk)
    cast.act(world, case_id, intake.accept, by=clerk)
    for number in (1, 2):
        offered = cast.proposal(
            world, outcome="granted_with_conditions", number=f"{number}{HOSTILE}", document_title=HOSTILE,
            opinion=HOSTILE, conditions=HOSTILE,
        )  # fmt: skip
        offered = replace(offered, scan=replace(offered.scan, file_name=HOSTILE))
        cast.act(world, case_id, handling.propose, by=handler, proposal=offered)
        if number == 1:
            cast.act(world, case_id, sign_off.send_back, by=approver, reason=HOSTILE)
    acts.do(world, case_id, "approve", by=approver)


def staff(world: World, case_id: int) -> tuple[Actor, Actor, Actor]:
    """Clerk, handler and approver of a case, each of a hostile name."""
    return tuple(
        replace(actor, name=f"{place}{HOSTILE}", org_name=HOSTILE)
        for place, actor in enumerate(cast.staff(cast.unit_of(world, case_id)))
    )  # type: ignore[return-value]


def reader(stage: Stage, zone: Zone, actor: Actor) -> TestClient:
    """The browser of somebody who is signed in, or of a citizen."""
    client = client_of(stage.apps[zone], HOSTS[zone])
    if actor.id:
        database = stage.world.public if zone is Zone.PUBLIC else stage.world.extranet
        with database.writing() as session:
            token, _ = open_session(session, actor_id=actor.id, stage=SIGNED_IN, address="", at=stage.world.now)
        cookies = stage.apps[zone].state.portal.cookies
        client.cookies.set(cookies.session_name, cookies.signed(token))
    return client


def crawl(client: TestClient, *starts: str) -> dict[str, Seen]:
    """Every page within reach, the nearest first, guides aside: they are the platform's own words."""
    found: dict[str, Seen] = {}
    waiting = deque(starts)
    while waiting and len(found) < PAGES:
        path = waiting.popleft().partition("#")[0]
        if path in found or not path.startswith("/") or path.startswith(("/guides/", "/static/")):
            continue
        answer: Any = client.get(path)
        if "text/html" in answer.headers.get("content-type", ""):
            found[path] = Seen(answer.text)
            waiting.extend(found[path].links)
    return found


def check(pages: dict[str, Seen], *, at_least: int) -> None:
    alive = {path: page.alive for path, page in pages.items() if page.alive}
    assert not alive
    shown = {urlsplit(path).path for path, page in pages.items() if HOSTILE in "\n".join(page.words)}
    assert len(shown) >= at_least, f"only {shown} of {set(pages)} show it at all"


def test_citizens_read_it_as_words(planted: Stage) -> None:
    code = planted.world.code
    starts = [
        f"{path}{ADDRESSED}" for path in ("/query?code=", "/disclosures?q=", "/guides?q=", "/verify?code=", "/x/")
    ]
    verify = f"/verify?code={code}&check_code={ADDRESSED}"
    sign_in = f"/sign-in?next=/{ADDRESSED}"
    check(crawl(reader(planted, Zone.PUBLIC, CITIZEN), "/", f"/query/{code}", verify, sign_in, *starts), at_least=7)


def test_the_unit_reads_it_as_words(planted: Stage) -> None:
    steps = [f"/declarations/{planted.ids['draft_id']}/{step}" for step in ("site", "unit", "scale", "review")]
    changes = f"/projects/{planted.world.code}/changes"
    steps += [changes, f"{changes}/{planted.ids['change_id']}"]
    pages = crawl(reader(planted, Zone.PUBLIC, planted.world.unit), "/projects", "/declarations", *steps)
    check(pages, at_least=10)
    with planted.world.public.reading() as session:
        states = {one.state for one in session.exec(select(Application)).all()}
    assert states >= {"awaiting_supplement", "refused", "concluded"}


@pytest.mark.parametrize("role", [Role.CLERK, Role.HANDLER, Role.APPROVER, Role.COORDINATOR, Role.SUPERVISOR])
def test_officers_read_it_as_words(planted: Stage, role: Role) -> None:
    actor = employed(planted, HOSTILE, (role,), planted.ids["unit"])
    views = [f"/cases?view={view}&q={ADDRESSED}" for view in ("open", "concluded", "ended")]
    starts = ["/cases?view=concluded", "/cases?view=ended", "/projects", f"/verification?code={ADDRESSED}", *views]
    starts += [f"/changes/{planted.ids['change_id']}", "/changes", "/legacy-codes", "/legacy-projects"]
    pages = crawl(reader(planted, Zone.EXTRANET, actor), f"/verification?code={planted.world.code}", *starts)
    check(pages, at_least=4)


def test_a_form_that_comes_back_shows_it_as_words(planted: Stage) -> None:
    client = reader(planted, Zone.PUBLIC, CITIZEN)
    for path in ("/register", "/sign-in"):
        form = dict.fromkeys(("credit_code", "enterprise_name", "contact_name", "mobile", "password", "next"), HOSTILE)
        token = next(value for value in Seen(client.get(path).text).words if len(value) == 64)
        answer = client.post(path, data=form | {"csrf_token": token, "nonce": HOSTILE})
        page = Seen(answer.text)
        assert answer.status_code == 422
        assert not page.alive
        assert HOSTILE in "\n".join(page.words)
