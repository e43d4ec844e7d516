"""The cast and the builders of every test: both zones with the exchange between them, an enterprise, officers.

`World` runs the real stages on real databases and files; the only thing it chooses is the time.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import col, select

from core import appliers
from core.accounts.registering import store as store_registration
from core.accounts.signing_in import actor_of_account
from core.accounts.tables import Account, Enterprise
from core.cases import applying, handling, intake, sign_off
from core.cases.closing import approve
from core.cases.handling import Proposal
from core.cases.tables import Application, Case
from core.clocks import SHANGHAI
from core.database import Database, Zone, open_database
from core.documents import materials
from core.documents.blobs import LocalStore
from core.documents.materials import Filed
from core.domain.policy import PLATFORM, Actor, Grant, Role
from core.exchange.pump import Post, fresh_post
from core.guides.from_reference import publish_everything
from core.guides.publishing import guide_version
from core.projects import declaring
from core.projects.tables import DeclaredProject
from core.vault import Vault
from tests.domain import sample_declarations

assert appliers.MODULES

MONDAY_9AM = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CREDIT_CODE = "91220101MA1400A22H"
# argon2id of "correct horse battery": hashing it anew for every test would take longer than the tests.
PASSWORD = "correct horse battery"


FIELD_KEY = b"a key of these tests, 32 bytes !!"[:32]
VAULT = Vault([FIELD_KEY])


def field_keys(folder: Path) -> Path:
    """A key file as a portal is told it, with the key of every world."""
    file = folder / "fields.keys"
    file.touch(mode=0o600)
    file.write_bytes(base64.b64encode(FIELD_KEY) + b"\n")
    return file


@dataclass
class World:
    """Both zones, quiet unless `pump` is called."""

    post: Post
    now: datetime = MONDAY_9AM
    unit: Actor = field(default_factory=lambda: Actor(Role.PROJECT_UNIT))
    code: str = ""  # of the project that lies in this world from the beginning, if one does

    @property
    def public(self) -> Database:
        return self.post.public

    @property
    def extranet(self) -> Database:
        return self.post.extranet

    def pump(self) -> int:
        """Let the exchange carry everything, and apply it."""
        return self.post.pump(now=self.now.astimezone(UTC))

    def later(self, **amount: float) -> "World":
        """Move the time on."""
        self.now = self.now + timedelta(**amount)
        return self

    def on(self, day: date, hour: int = 10) -> "World":
        """Set the time to an hour of a day in Shanghai."""
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        return self


def make_world(public_url: str, extranet_url: str, folder: Path, *, at: datetime = MONDAY_9AM) -> World:
    """Both zones with reference data and one enterprise, the exchange quiet."""
    stores = {zone: LocalStore(folder / zone) for zone in Zone}
    urls = {Zone.PUBLIC: public_url, Zone.EXTRANET: extranet_url}
    databases = {
        zone: open_database(
            urls[zone], zone, workplace={"store": stores[zone], "public_url": "http://public.example"}, vault=VAULT
        )
        for zone in Zone
    }
    post = fresh_post(databases[Zone.PUBLIC], databases[Zone.EXTRANET], stores[Zone.PUBLIC], stores[Zone.EXTRANET])
    world = World(post, at)
    with world.extranet.writing() as session:
        publish_everything(session, by=PLATFORM, at=at, in_force_from=date(2017, 8, 16))
    world.unit = make_enterprise(world)
    world.pump()
    return world


def open_zones(public_url: str, extranet_url: str, folder: Path) -> tuple[Database, Database, LocalStore, LocalStore]:
    """Both zones' databases and files: internet zone, extranet."""
    stores = {zone: LocalStore(folder / zone) for zone in Zone}
    urls = {Zone.PUBLIC: public_url, Zone.EXTRANET: extranet_url}
    databases = {
        zone: open_database(
            urls[zone], zone, workplace={"store": stores[zone], "public_url": "http://public.example"}, vault=VAULT
        )
        for zone in Zone
    }
    return databases[Zone.PUBLIC], databases[Zone.EXTRANET], stores[Zone.PUBLIC], stores[Zone.EXTRANET]


def make_enterprise(
    world: World,
    *,
    credit_code: str = CREDIT_CODE,
    name: str = "吉林启辰汽车零部件有限公司",
    mobile: str = "13812345678",
) -> Actor:
    """A registered enterprise with its owner's account."""
    with world.public.writing() as session:
        account = store_registration(
            session,
            Enterprise(credit_code=credit_code, name=name, kind="enterprise", registered_at=world.now),
            Account(
                credit_code=credit_code,
                mobile=mobile,
                name="孙岩",
                password_hash="",
                registered_at=world.now,
            ),
            at=world.now,
        )
        return actor_of_account(session, account)


def make_officer(*grants: tuple[Role, str], name: str = "李文静", identity: str = "") -> Actor:
    """An officer with roles at organisational units: (Role.CLERK, "220102-drc")."""
    held = tuple(Grant(Role(role), unit, unit.partition("-")[2], unit.partition("-")[0]) for role, unit in grants)
    return Actor(Role.OFFICER, id=identity or f"officer-{name}", name=name, org_name="测试机构", grants=held)


def declare(world: World, sample: str = "parts_factory", *, unit: Actor | None = None, **changed: str) -> str:
    """Declare a sample project and carry it across; its code."""
    by = unit or world.unit
    answers = {
        **getattr(sample_declarations, sample.upper()).answers,
        **{name: [value] for name, value in changed.items()},
    }
    answers |= {"unit_uscc": [by.credit_code], "unit_name": [by.org_name]}
    with world.public.writing() as session:
        draft = declaring.begin_draft(session, by=by, at=world.now)
        declaring.save_step(session, draft, answers, step="site", by=by, at=world.now)
        code = declaring.submit(session, draft, by=by, at=world.now).code
    world.pump()
    return code


def hand_in_everything(world: World, code: str, item_code: str, *, paper: bytes = PDF) -> None:
    """Hand in every material that the item's acceptance waits for: the same paper for each."""
    with world.public.writing() as session:
        due = {row.item_code: row for row in declaring.due_items_of(session, code)}[item_code]
        guide = guide_version(session, due.guide_version)
        stored = session.info["store"].put([paper])
        for wanted in materials.wanted_for(session, code, guide):
            if wanted.is_missing:
                filed = Filed(f"{wanted.need.name}.pdf", "application/pdf", stored.digest, stored.size)
                materials.hand_in(session, code, guide, wanted.need, filed, by=world.unit, at=world.now)


def apply_for(world: World, code: str, *item_codes: str, complete: bool = True, unit: Actor | None = None) -> list[int]:
    """Apply for items, with every material or (incomplete) none, and carry it across; the ids of the cases."""
    if complete:
        for item_code in item_codes:
            hand_in_everything(world, code, item_code)
    by = unit or world.unit
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, code)
        made = applying.apply(session, project, item_codes, knowing_missing=True, by=by, at=world.now)
        identities = [one.id for one in made]
    world.pump()
    with world.extranet.reading() as session:
        found = session.exec(select(Case).where(col(Case.application_id).in_(identities)).order_by(col(Case.id)))
        return [case.id or 0 for case in found.all()]


def staff(case_unit: str) -> tuple[Actor, Actor, Actor]:
    """Clerk, handler and approver of an organisational unit."""
    return (
        make_officer((Role.CLERK, case_unit), name="王敏"),
        make_officer((Role.HANDLER, case_unit), name="李文静"),
        make_officer((Role.APPROVER, case_unit), name="周振宇"),
    )


def unit_of(world: World, case_id: int) -> str:
    """The organisational unit of a case."""
    with world.extranet.reading() as session:
        return session.get_one(Case, case_id).org_unit


def act(world: World, case_id: int, stage: Callable[..., Any], *, by: Actor, **given: Any) -> Any:
    """Someone takes one stage of a case, in a transaction of its own."""
    with world.extranet.writing() as session:
        return stage(session, session.get_one(Case, case_id), by=by, at=world.now, **given)


def pass_preliminary(world: World, case_id: int) -> None:
    """The clerk passes the preliminary review."""
    clerk, _, _ = staff(unit_of(world, case_id))
    with world.extranet.writing() as session:
        intake.pass_preliminary(session, session.get_one(Case, case_id), by=clerk, at=world.now)


def accept(world: World, case_id: int) -> None:
    """The clerk passes the preliminary review and accepts."""
    pass_preliminary(world, case_id)
    clerk, _, _ = staff(unit_of(world, case_id))
    with world.extranet.writing() as session:
        intake.accept(session, session.get_one(Case, case_id), by=clerk, at=world.now)


def file(world: World, case_id: int) -> None:
    """The clerk passes the preliminary review and records the filing."""
    pass_preliminary(world, case_id)
    clerk, _, _ = staff(unit_of(world, case_id))
    with world.extranet.writing() as session:
        intake.record_filing(session, session.get_one(Case, case_id), by=clerk, at=world.now)


def proposal(world: World, *, outcome: str = "granted", number: str = "审〔2026〕1 号", **changed: Any) -> Proposal:
    """A complete proposal with its scan in the store."""
    stored = world.post.extranet_files.put([PDF])
    values: dict[str, Any] = {
        "outcome": outcome,
        "document_number": number,
        "document_title": "关于项目的批复",
        "document_on": world.now.astimezone(SHANGHAI).date(),
        "opinion": "符合规定，拟同意。",
        "conditions": "按批复要求落实。" if outcome == "granted_with_conditions" else "",
        "reasons": "不符合法定条件。" if outcome == "denied" else "",
        "scan": Filed("批复.pdf", "application/pdf", stored.digest, stored.size),
    }
    return Proposal(**{**values, **changed})


def propose(world: World, case_id: int, **changed: Any) -> None:
    """The handler proposes a decision."""
    _, handler, _ = staff(unit_of(world, case_id))
    changed.setdefault("number", f"审〔2026〕{case_id} 号")
    offered = proposal(world, **changed)
    with world.extranet.writing() as session:
        handling.propose(session, session.get_one(Case, case_id), offered, by=handler, at=world.now)


def decide(world: World, case_id: int, **changed: Any) -> None:
    """Accept, propose and approve: the case is concluded."""
    accept(world, case_id)
    propose(world, case_id, **changed)
    _, _, approver = staff(unit_of(world, case_id))
    for number in range(case(world, case_id).reviews_left):
        reviewer = make_officer((Role.REVIEWER, unit_of(world, case_id)), name=f"审核人{number}")
        act(world, case_id, sign_off.review, by=reviewer)
    with world.extranet.writing() as session:
        approve(session, session.get_one(Case, case_id), by=approver, at=world.now)


def conclude_everything(world: World, code: str) -> None:
    """Apply for and conclude every due item of a project, in an order that the prerequisites allow."""
    for _ in range(20):
        with world.public.reading() as session:
            due = declaring.due_items_of(session, code)
            latest = applying.latest_by_item(applying.applications_of(session, code))
            open_items = [row.item_code for row in due if not applying.why_not_yet(row, latest)]
        if not open_items:
            return
        for case_id in apply_for(world, code, *open_items):
            with world.extranet.reading() as session:
                is_filing = session.get_one(Case, case_id).item_kind == "filing"
            (file if is_filing else decide)(world, case_id)
        world.pump()


def case_of(world: World, item_code: str, *, code: str = "") -> int:
    """The id of the last case of an item of the world's project, or of another."""
    with world.extranet.reading() as session:
        of_item = col(Case.project_code) == (code or world.code), col(Case.item_code) == item_code
        return session.exec(select(Case).where(*of_item).order_by(col(Case.id).desc())).first().id


def case(world: World, case_id: int) -> Case:
    """The case as it stands."""
    with world.extranet.reading() as session:
        return session.get_one(Case, case_id)


def application(world: World, code: str, item_code: str) -> Application:
    """The unit's view of its last application for an item."""
    with world.public.reading() as session:
        return applying.latest_by_item(applying.applications_of(session, code))[item_code]


def words(rows: Sequence[Any]) -> list[str]:
    """What lines of a trace or timeline say."""
    return [row.words for row in rows]


def shanghai_date(world: World) -> date:
    """Today, where the offices are."""
    return world.now.astimezone(SHANGHAI).date()
