"""The world of the route matrix: what one enterprise owns at one organisational unit, and everybody who might try."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from starlette.applications import Starlette

from core.accounts.sessions import SIGNED_IN, open_session
from core.accounts.signing_in import actor_of_officer
from core.accounts.tables import Account, Officer, OfficerGrant
from core.cases.tables import Application, Case, CaseMaterial, Decision, Notice, ReceivedNotice
from core.consultations import asking, replies
from core.consultations.tables import ConsultationMaterial
from core.copies.tables import Copy
from core.database import ExtranetTable, PublicTable, Zone
from core.disclosure.tables import PublishedResult
from core.documents.tables import Material
from core.domain.policy import CITIZEN, Actor, Role
from core.exchange import desk
from core.exchange.message import Direction
from core.exchange.tables import State, tables_of
from core.guides.calendar_revisions import draft_revision
from core.intermediaries import commissioning, registering
from core.projects import declaring, legacy, legacy_files
from core.projects.tables import DueItem
from core.settings import ExtranetSettings, PublicSettings
from extranet_portal.app import make_app as make_extranet
from public_portal.app import make_app as make_public
from tests import world as cast
from tests.clients import client_of
from tests.compiled import keep_templates
from tests.core.cases import acts
from tests.core.changes import requests
from tests.core.projects import legacy_entries
from tests.domain import test_legacy_projects as legacy_rows
from tests.world import World, field_keys, shanghai_date

HOSTS = {Zone.PUBLIC: "http://127.0.0.1:8000", Zone.EXTRANET: "http://127.0.0.1:8001"}
STATE_BEFORE = {
    "pass_preliminary": "submitted",
    "refuse_preliminary": "submitted",
    "accept": "under_acceptance",
    "record_filing": "under_acceptance",
    "request_supplement": "under_acceptance",
    "decline": "under_acceptance",
    "pause": "in_handling",
    "resume": "in_handling",
    "extend": "in_handling",
    "propose": "in_handling",
    "transfer": "submitted",
    "propose_correction": "concluded",
    "propose_revocation": "concluded",
    "return_amendment": "concluded",
    "correct": "concluded",
    "revoke": "concluded",
    "review": "awaiting_sign_off",
    "return_review": "awaiting_sign_off",
    "approve": "awaiting_sign_off",
    "send_back": "awaiting_sign_off",
    "write": "in_handling",
}
OTHER = {"credit_code": "91220104MA2020C59C", "name": "长春净月光电有限公司", "mobile": "13900001111"}
IMPORTER = "coordinator above"
TABLE = legacy_rows.table(legacy_rows.TYPED)
HELD = ("release", "propose_skip", "withdraw_skip", "confirm_skip", "decline_skip")
"""Acts on a quarantined message; the last three need that somebody asked to skip it."""

BESIDE = ("session", "sign_in_failure", "form_nonce", "parked_form")
"""Tables that signing in and refused forms may write to."""


@dataclass
class Stage:
    """Both portals over one world, who sits before them, and the ids of what enterprise A owns at `unit`."""

    world: World
    apps: dict[Zone, Starlette]
    actors: dict[Zone, dict[str, Actor]]
    unit: str = ""
    region: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))
    counts: "dict[Zone, Counts]" = field(default_factory=dict)

    def send(self, zone: Zone, actor: Actor, method: str, path: str, form: dict[str, Any] | None = None) -> Any:
        """One request in a fresh session of this actor, a POST with that session's own form token and a new nonce."""
        cookies = self.apps[zone].state.portal.cookies
        client = client_of(self.apps[zone], HOSTS[zone], follow_redirects=False)
        client.cookies.set(cookies.visitor_name, cookies.signed("visitor"))
        token = cookies.csrf_token(None, "visitor")
        if actor.id:
            database = self.world.public if zone is Zone.PUBLIC else self.world.extranet
            with database.writing() as session:
                secret, who = open_session(session, actor_id=actor.id, stage=SIGNED_IN, address="", at=self.world.now)
            client.cookies.set(cookies.session_name, cookies.signed(secret))
            token = cookies.csrf_token(who, "visitor")
        if method != "POST":
            return client.request(method, path)
        data = {"csrf_token": token, "nonce": f"nonce-{next(self.numbers)}", **(form or {})}
        files = {name: data.pop(name) for name in ("file", "scan") if name in data}
        return client.post(path, data=data, files=files or None)

    def due_units(self) -> set[str]:
        """The organisational units that take part in A's project."""
        with self.world.extranet.reading() as session:
            due = select(DueItem.org_unit).where(col(DueItem.project_code) == self.ids["code"])
            return set(session.exec(due).all())

    def rows(self) -> dict[str, tuple[int, int]]:
        """Every table of both zones as its number of rows and the sum of their versions; of the trace what was done."""
        return self.counts[Zone.PUBLIC].rows() | self.counts[Zone.EXTRANET].rows()


class Counts:
    """The rows of a zone's tables, counted again only when someone wrote to its database meanwhile."""

    def __init__(self, base: type[PublicTable] | type[ExtranetTable], connection: sa.Connection) -> None:
        self._base = base
        self._connection = connection  # kept: it is told whether another one wrote
        self._seen = 0
        self._rows: dict[str, tuple[int, int]] = {}

    def rows(self) -> dict[str, tuple[int, int]]:
        with self._connection.begin():
            seen = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
            if seen != self._seen:
                found = self._connection.exec_driver_sql(counting(self._base))
                self._rows = {f"{self._base.__name__}.{name}": (number, versions) for name, number, versions in found}
        self._seen = seen
        return self._rows


@cache
def counting(base: type[PublicTable] | type[ExtranetTable]) -> str:
    """All of a zone's tables in one question: it is asked a thousand times."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}', count(*), {'sum(version)' if 'version' in table.c else 0} FROM \"{table.name}\""
        + (" WHERE outcome = 'done'" if table.name == "audit_entry" else "")
        for table in base.metadata.sorted_tables
        if table.name not in BESIDE
    )


LETTERS = {
    "see": "sent", "redraft": "drafted", "discard": "drafted", "withdraw": "sent", "close": "sent", "reopen": "closed",
    "remind": "sent", "ask_again": "answered", "answer": "sent",
}  # fmt: skip
"""Event of a consultation → how far the one that is tried must have come."""


def asked_about(world: World, case_id: int, event: str) -> dict[str, str]:
    """A consultation about a case, addressed to the development office, in the state from which an event begins."""
    case = cast.case(world, case_id)
    handler = cast.make_officer((Role.HANDLER, case.org_unit))
    drc = f"{case.org_unit.partition('-')[0]}-drc"
    with world.extranet.writing() as session:
        material = session.exec(select(CaseMaterial).limit(1)).first()
        enclosed = asking.Enclosed(
            material.name, material.file_name, material.media_type, material.digest, material.size
        )
        about = asking.Asker(case.project_code, case.org_unit, case_id, case.application_id, "ECO-02", case.item_name)
        addressees = (asking.Addressee(drc, 5, "征求意见"),)
        letter = asking.Letter("consultation", "是否占用红线", "请确认是否占用红线", addressees, (enclosed,))
        found = asking.draft(session, about, letter, by=handler, at=world.now)
        one = replies.replies_of(session, found)[0]
        if LETTERS[event] != "drafted":
            asking.send(session, found, by=handler, at=world.now)
        if LETTERS[event] == "answered":
            answerer = cast.make_officer((Role.HANDLER, drc))
            replies.answer(session, found, one, opinion="agree", statement="", by=answerer, at=world.now)
        if LETTERS[event] == "closed":
            asking.close(session, found, conclusion="一致", dispositions={}, by=handler, at=world.now)
        enclosure = session.exec(
            select(ConsultationMaterial.id).where(col(ConsultationMaterial.consultation_id) == found.id)
        ).one()
        return {"consultation_id": str(found.id), "reply_id": str(one.id), "enclosure_id": str(enclosure)}


@contextmanager
def staged(world: World, folder: Path) -> Iterator[Stage]:
    """Play the story, employ everybody, open both portals."""
    stage = Stage(world, portals(world, folder), {})
    try:
        with world.public.reader.connect() as outside, world.extranet.reader.connect() as inside:
            stage.counts = {Zone.PUBLIC: Counts(PublicTable, outside), Zone.EXTRANET: Counts(ExtranetTable, inside)}
            _play(stage)
            stage.unit, stage.region = cast.unit_of(world, stage.cases["approve"]), "220184"
            stage.actors = {Zone.PUBLIC: _public_actors(world), Zone.EXTRANET: _officers(stage)}
            stage.ids |= _legacy_ids(stage)
            stage.ids |= {"direction": Direction.TO_EXTRANET, "position": str(_held(stage, "see_message"))}
            stage.held = {event: _held(stage, event) for event in HELD}
            yield stage
    finally:
        for app in stage.apps.values():
            app.state.portal.database.close()


def portals(world: World, folder: Path) -> dict[Zone, Starlette]:
    apps: dict[Zone, Starlette] = {}
    kinds = ((Zone.PUBLIC, PublicSettings, make_public), (Zone.EXTRANET, ExtranetSettings, make_extranet))
    for zone, settings, make in kinds:
        database = world.public if zone is Zone.PUBLIC else world.extranet
        store = world.post.public_files if zone is Zone.PUBLIC else world.post.extranet_files
        apps[zone] = make(
            settings(
                database_url=database.engine.url.render_as_string(hide_password=False),
                files_url=str(folder / "unused"),
                field_keys_file=field_keys(folder),
                secret_key="a secret of this test alone, long enough",
                base_url=HOSTS[zone],
                public_url=HOSTS[Zone.PUBLIC],
            )
        )
        portal: Any = apps[zone].state.portal
        portal.store = portal.database.workplace["store"] = store
        keep_templates(apps[zone])
    return apps


def _play(stage: Stage) -> None:
    """A case for every act, in the state the act begins from; a decided project; one that waits for a supplement."""
    world = stage.world
    for event, state in STATE_BEFORE.items():
        item = {"record_filing": "IIT-01", "extend": "DRC-06"}.get(event, "ECO-02")
        stage.cases[event] = cast.apply_for(world, cast.declare(world, "renovation"), item)[0]
        acts.lead(world, stage.cases[event], state)
    acts.do(world, stage.cases["resume"], "pause")
    for event, before in (("return_amendment", "correction"), ("correct", "correction"), ("revoke", "revocation")):
        acts.do(world, stage.cases[event], f"propose_{before}")
    stage.cases["consultation"] = cast.apply_for(world, cast.declare(world, "renovation"), "ECO-02")[0]
    acts.lead(world, stage.cases["consultation"], "in_handling")
    with world.extranet.writing() as session:
        for event in ("review", "return_review"):
            session.get_one(Case, stage.cases[event]).reviews_left = 1
    decided, open_case = cast.apply_for(world, cast.declare(world, "renovation"), "ECO-02", "IIT-01")
    acts.bring(world, decided, "concluded")
    with world.public.writing() as session:
        draft = declaring.begin_draft(session, by=world.unit, at=world.now)
        stage.ids = _public_ids(session, cast.case(world, decided), cast.case(world, open_case), draft.id)
    stage.ids |= _extranet_ids(world, decided) | _calendar_ids(world) | {"kind": "acceptance"}
    stage.ids["change_id"] = requests.ask(world, stage.ids["code"], "change", planned_completion="2029-06")
    stage.others = _ids_of_others(world)
    stage.asked |= {event: asked_about(world, stage.cases["consultation"], event) for event in LETTERS}
    stage.ids |= _copy_and_services(world, decided, stage.cases["consultation"])
    stage.others |= {"consultation_id": str(asked_about(world, int(stage.others["case_id"]), "see")["consultation_id"])}


def _public_ids(session: Any, decided: Case, open_case: Case, draft_id: str) -> dict[str, str]:
    code = decided.project_code
    of_project = {
        table: session.exec(select(table).where(col(table.project_code) == code)).first()
        for table in (Material, ReceivedNotice, PublishedResult)
    }
    return {
        "code": code,
        "draft_id": draft_id,
        "step": "site",
        "application_id": open_case.application_id,
        "decided_id": decided.application_id,
        "material_id": of_project[Material].id,
        "token": of_project[ReceivedNotice].token,
        "disclosure_id": of_project[PublishedResult].id,
        "item_code": "ECO-02",
    }


def _extranet_ids(world: World, case_id: int) -> dict[str, str]:
    with world.extranet.reading() as session:
        material = session.exec(select(CaseMaterial).where(col(CaseMaterial.case_id) == case_id)).first()
        notice = session.exec(select(Notice).where(col(Notice.case_id) == case_id)).first()
        decision = session.exec(select(Decision).where(col(Decision.case_id) == case_id)).first()
    return {
        "case_id": str(case_id),
        "case_material_id": str(material.id),
        "notice_id": str(notice.id),
        "decision_id": str(decision.id),
    }


def _calendar_ids(world: World) -> dict[str, str]:
    """A draft of next year's calendar."""
    coordinator = cast.make_officer((Role.COORDINATOR, "220000-drc"))
    with world.extranet.writing() as session:
        drafted = draft_revision(session, 2027, "1月1日至3日 放假 元旦", by=coordinator, at=world.now)
        return {"year": "2027", "revision_id": str(drafted.id), "region": "222400"}


def _copy_and_services(world: World, decided: int, handled: int) -> dict[str, str]:
    """The copy that the development office got of A's decision, an agency, and two services commissioned from it."""
    coordinator = cast.make_officer((Role.COORDINATOR, "220100-drc"))
    handler = cast.make_officer((Role.HANDLER, cast.unit_of(world, handled)))
    today = shanghai_date(world)
    with world.extranet.writing() as session:
        found = select(Copy.id).where(col(Copy.case_id) == decided, col(Copy.org_unit) == "220184-drc")
        agency = registering.list_agency(
            session, name="吉林绿源环境咨询有限公司", credit_code="91220101MA1400A22H", services=["environmental"],
            qualification="", by=coordinator, at=world.now,
        )  # fmt: skip
        wanted = commissioning.Commission("environmental", agency.id, "draw", 0, today, today + timedelta(days=30))
        made = [
            commissioning.commission(session, session.get_one(Case, handled), wanted, by=handler, at=world.now).id
            for _ in range(2)
        ]
        copy_id = session.exec(found).one()
    return {"copy_id": str(copy_id), "agency_id": agency.id, "engagement_id": made[0], "cancelled_id": made[1]}


def _ids_of_others(world: World) -> dict[str, str]:
    """What enterprise B owns elsewhere: by a row of theirs somebody may reach for A's files."""
    unit = cast.make_enterprise(world, **OTHER)
    code = cast.declare(world, unit=unit)
    case_id = cast.apply_for(world, code, "ECO-02", complete=False, unit=unit)[0]
    with world.public.reading() as session:
        one = session.exec(select(Application).where(col(Application.project_code) == code)).one()
    return {"code": code, "application_id": one.id, "case_id": str(case_id), "unit": cast.unit_of(world, case_id)}


def _public_actors(world: World) -> dict[str, Actor]:
    other = replace(world.unit, credit_code=OTHER["credit_code"], org_name=OTHER["name"])
    with world.public.reading() as session:
        account = session.exec(select(Account).where(col(Account.credit_code) == other.credit_code)).one()
    return {"stranger": CITIZEN, "enterprise B": replace(other, id=account.id), "enterprise A": world.unit}


def _legacy_ids(stage: Stage) -> dict[str, str]:
    """A file of legacy codes and a table of legacy projects that one coordinator looks at; a project entered before."""
    by, now = stage.actors[Zone.EXTRANET][IMPORTER], stage.world.now
    entry_id = legacy_entries.enter(stage.world, by=by, legacy="吉2014-7")
    with stage.world.extranet.writing() as session:
        data = f"吉2015-7,{stage.ids['code']}\n".encode()
        codes = legacy.read_import(session, data, "原编码.csv", by=by, at=now)
        table = legacy_files.read_import(session, TABLE, "存量项目.csv", by=by, at=now)
        return {"import_id": codes.id, "table_id": table.id, "entry_id": entry_id}


def _held(stage: Stage, event: str) -> int:
    """A quarantined message for one act; the system administrator asked to skip it where the act decides on that."""
    number = 900_000 + next(stage.numbers)
    table = tables_of(Zone.EXTRANET).message
    row = {
        "id": f"held-{number}", "direction": Direction.TO_EXTRANET, "kind": "test.held.v1", "subject": f"held:{number}",
        "body": "{}", "files": "[]", "happened_at": stage.world.now, "state": State.QUARANTINED, "attempts": 5,
        "epoch": 1, "number": number, "digest": "0" * 64,
    }  # fmt: skip
    by = stage.actors[Zone.EXTRANET]["system administrator"]
    with stage.world.extranet.writing() as session:
        found = sa.insert(table).values(row).returning(table.c.position)
        position: int = session.connection().execute(found).scalar_one()
        if event in HELD[2:]:
            desk.propose_skip(session, position, reason="单位已注销", by=by, at=stage.world.now)
    return position


def _officers(stage: Stage) -> dict[str, Actor]:
    """Everybody of the extranet: the right ones last, for what they do takes effect."""
    region, _, department = stage.unit.partition("-")
    all_three = (Role.CLERK, Role.HANDLER, Role.APPROVER)
    posts: dict[str, tuple[tuple[Role, ...], str]] = {
        "system administrator": ((Role.SYSTEM_ADMINISTRATOR,), "220000-eic"),
        "security administrator": ((Role.SECURITY_ADMINISTRATOR,), "220000-eic"),
        "audit administrator": ((Role.AUDIT_ADMINISTRATOR,), "220000-eic"),
        "department without a part in the project": (all_three, f"{region}-heritage"),
        "another department of the project": (all_three, f"{region}-drc"),
        "same department elsewhere": (all_three, f"220102-{department}"),
        "same department above": (all_three, f"220100-{department}"),
        "coordinator elsewhere": ((Role.COORDINATOR,), "220200-drc"),
        "coordinator above": ((Role.COORDINATOR,), "220100-drc"),
        "coordinator of the province": ((Role.COORDINATOR,), "220000-drc"),
        "supervisor": ((Role.SUPERVISOR,), "220000-drc"),
        "guide editor": ((Role.GUIDE_EDITOR,), stage.unit),
        "clerk": ((Role.CLERK,), stage.unit),
        "handler": ((Role.HANDLER,), stage.unit),
        "reviewer": ((Role.REVIEWER,), stage.unit),
        "approver": ((Role.APPROVER,), stage.unit),
        "clerk of the filing": ((Role.CLERK,), cast.unit_of(stage.world, stage.cases["record_filing"])),
    }
    return {"stranger": CITIZEN} | {name: employed(stage, name, *post) for name, post in posts.items()}


def employed(stage: Stage, name: str, roles: tuple[Role, ...], org_unit: str) -> Actor:
    with stage.world.extranet.writing() as session:
        officer = Officer(
            login=f"o{next(stage.numbers)}", name=name[:50], org_unit=org_unit, password_hash="", totp_secret=""
        )
        session.add(officer)
        session.flush()
        for role in roles:
            session.add(OfficerGrant(officer_id=officer.id, role=role, org_unit=org_unit, valid_from=date(2020, 1, 1)))
        session.flush()
        return actor_of_officer(session, officer, at=stage.world.now)
