"""What the two portals do in a trial, each act in one transaction: the change, its trace, its message.

A person who was told "received" must never lose it: each act that returned is noted in a journal outside the databases.
"""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts import registering
from core.accounts.tables import Account, Enterprise
from core.cases import applying, handling, intake, sign_off
from core.cases.closing import approve
from core.cases.tables import Application, Case
from core.database import Database, Zone, utc_now
from core.documents.blobs import LocalStore
from core.domain import credit_code
from core.domain.case_states import CaseState
from core.domain.policy import Actor, Role
from core.errors import Refusal
from core.exchange import outbox
from core.exchange.faults import is_passing
from core.exchange.status import status
from core.projects import declaring
from core.projects.tables import DeclaredProject
from core.serials import take
from core.trace import record
from tests import world as cast
from tests.domain import sample_declarations
from tests.trial.ground import Ground, world_of
from tests.trial.kinds import Answered, Told, ledger
from tests.world import World

SUBJECTS = 6
MOST_ON_THE_WAY = 250
SAMPLE = sample_declarations.RENOVATION.answers


class Journal:
    """What people were told is done: one line for each, kept by the system when its writer is killed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, kind: str, identity: str) -> None:
        with self._path.open("ab", buffering=0) as file:
            file.write(f"{kind} {identity}\n".encode())


@dataclass
class Desk:
    """One portal's process: where it writes, and chance."""

    ground: Ground
    zone: Zone
    database: Database
    store: LocalStore
    chance: random.Random
    journal: Journal
    world: World

    def tell(self) -> None:
        """Count one step of a subject on, trace it and tell the other zone, perhaps with a file."""
        subject = f"{self.zone}-{self.chance.randrange(SUBJECTS)}"
        more = self._more()
        with self.database.writing() as session:
            step = take(session, f"trial:{subject}")
            model = Told if self.zone is Zone.PUBLIC else Answered
            asks = self.zone is Zone.PUBLIC and self.chance.random() < 0.4
            message_id = outbox.send(session, model(code=subject, step=step, asks=asks, **more), at=utc_now())
            row = {"message_id": message_id, "subject": subject, "step": step}
            session.connection().execute(sa.insert(ledger), row)
            record(session, "trial.tell", "trial", message_id, "试验", by=self.world.unit, at=utc_now())
        self.journal.note("told", message_id)

    def _more(self) -> dict[str, Any]:
        drawn = self.chance.random()
        if drawn < 0.05:
            return {"is_poison": True}
        if drawn < 0.35:
            size = self.chance.choice([100, 5_000, 2_500_000]) if drawn < 0.1 else self.chance.randrange(1, 20_000)
            stored = self.store.put([self.chance.randbytes(min(size, 1_000_000))] * (1 + size // 1_000_000))
            return {"file": stored.digest, "size": stored.size}
        return {}


def work(ground: Ground, zone: Zone, name: str, *, stop: threading.Event) -> None:
    """Act at random until the end; wait while much is on its way."""
    chance = random.Random(f"{ground.seed} {name} {utc_now()}")
    with ground.opened() as databases:
        database = databases[0] if zone is Zone.PUBLIC else databases[1]
        store = ground.store(zone)
        desk = Desk(ground, zone, database, store, chance, Journal(ground.journal(name)), world_of(ground, *databases))
        acts = UNIT_ACTS if zone is Zone.PUBLIC else OFFICER_ACTS
        while not stop.is_set():
            act = chance.choices(list(acts), list(acts.values()))[0]
            stop.wait(chance.random() * 0.06 if _act(desk, act) else 0.3)


def _act(desk: Desk, act: Callable[[Desk], None]) -> bool:
    """Act, unless much is on its way; whether the database was there and had room."""
    desk.world.now = desk.ground.today
    try:
        if _is_crowded(desk.database):
            return False
        act(desk)
    except Refusal:
        return True  # someone else was faster, or the rules want something else first
    except Exception as error:
        if not is_passing(error):
            raise
        return False
    return True


def _is_crowded(database: Database) -> bool:
    now = status(database)
    return now.unsealed.count + now.sealed.count + now.carried.count + now.received.count > MOST_ON_THE_WAY


def declare(desk: Desk) -> None:
    """Fill in a form, then submit it: the code is there at once."""
    at, by = desk.ground.today, desk.world.unit
    answers = {**SAMPLE, "unit_uscc": [by.credit_code], "unit_name": [by.org_name]}
    with desk.database.writing() as session:
        unfinished = list(declaring.drafts_of(session, by))
        if not unfinished:
            draft = declaring.begin_draft(session, by=by, at=at)
            declaring.save_step(session, draft, answers, step="site", by=by, at=at)
            return
    with desk.database.writing() as session:
        draft = declaring.draft_for(session, by, unfinished[0].id)
        code = declaring.submit(session, draft, by=by, at=at).code
    desk.journal.note("declared", code)


def apply(desk: Desk) -> None:
    """Apply for what a project may apply for now, with all its materials."""
    with desk.database.reading() as session:
        project = _any(session, desk.chance, select(DeclaredProject.code))
        if project is None:
            return
        latest = applying.latest_by_item(applying.applications_of(session, project))
        due = declaring.due_items_of(session, project)
        items = [row.item_code for row in due if not applying.why_not_yet(row, latest)][:2]
    for item in items:
        cast.hand_in_everything(desk.world, project, item)
    if items:
        with desk.database.writing() as session:
            found = session.get_one(DeclaredProject, project)
            made = applying.apply(session, found, items, knowing_missing=True, by=desk.world.unit, at=desk.ground.today)
            identities = [one.id for one in made]
        for each in identities:
            desk.journal.note("applied", each)


def withdraw(desk: Desk) -> None:
    """Take an application back."""
    with desk.database.writing() as session:
        chosen = _any(session, desk.chance, select(Application.id).where(col(Application.state).in_(applying.OPEN)))
        if chosen is None:
            return
        one = session.get_one(Application, chosen)
        project = session.get_one(DeclaredProject, one.project_code)
        at = desk.ground.today
        applying.withdraw(session, one, project, reason="投资方案调整", by=desk.world.unit, at=at)


def register(desk: Desk) -> None:
    """Another enterprise comes."""
    number = desk.chance.randrange(10**9)
    code = credit_code.make(f"91220101{number % 10**8:08}")
    with desk.database.writing() as session:
        enterprise = Enterprise(
            credit_code=code, name=f"试验企业{number}", kind="enterprise", registered_at=desk.ground.today
        )
        account = Account(
            credit_code=code,
            mobile=f"13{number:09}",
            name="周岩",
            password_hash="",
            registered_at=desk.ground.today,
        )
        registering.store(session, enterprise, account, at=desk.ground.today)
    desk.journal.note("registered", code)


def handle(desk: Desk) -> None:
    """The next act on some open case, whatever its state allows."""
    with desk.database.writing() as session:
        states = [state for state in _NEXT if state != CaseState.AWAITING_SUPPLEMENT]
        chosen = _any(session, desk.chance, select(Case.id).where(col(Case.state).in_(states)))
        if chosen is None:
            return
        case = session.get_one(Case, chosen)
        _NEXT[CaseState(case.state)](session, case, desk)
        identity = case.application_id
    desk.journal.note("handled", identity)


def _review(session: Session, case: Case, desk: Desk) -> None:
    clerk = cast.staff(case.org_unit)[0]
    if desk.chance.random() < 0.1:
        reason = "已有先前的申请"
        intake.refuse_preliminary(session, case, ground="duplicate", reason=reason, by=clerk, at=desk.ground.today)
    else:
        intake.pass_preliminary(session, case, by=clerk, at=desk.ground.today)


def _accept(session: Session, case: Case, desk: Desk) -> None:
    clerk = cast.staff(case.org_unit)[0]
    stage = intake.record_filing if case.item_kind == "filing" else intake.accept
    stage(session, case, by=clerk, at=desk.ground.today)


def _propose(session: Session, case: Case, desk: Desk) -> None:
    handler = cast.staff(case.org_unit)[1]
    offered = cast.proposal(desk.world, number=f"审〔2026〕{case.id} 号")
    handling.propose(session, case, offered, by=handler, at=desk.ground.today)


def _sign(session: Session, case: Case, desk: Desk) -> None:
    at = desk.ground.today
    if case.reviews_left:
        reviewer = cast.make_officer((Role.REVIEWER, case.org_unit), name=f"审核人{case.reviews_left}")
        sign_off.review(session, case, by=reviewer, at=at)
    else:
        approve(session, case, by=cast.staff(case.org_unit)[2], at=at)


def _any(session: Session, chance: random.Random, found: Any) -> Any:
    identities = session.exec(found).all()
    return chance.choice(list(identities)) if identities else None


_NEXT: dict[CaseState, Callable[[Session, Case, Desk], None]] = {
    CaseState.SUBMITTED: _review,
    CaseState.UNDER_ACCEPTANCE: _accept,
    CaseState.IN_HANDLING: _propose,
    CaseState.AWAITING_SIGN_OFF: _sign,
}

UNIT_ACTS: dict[Callable[[Desk], None], float] = {Desk.tell: 60, declare: 8, apply: 10, withdraw: 1, register: 2}
OFFICER_ACTS: dict[Callable[[Desk], None], float] = {Desk.tell: 45, handle: 30}


def actor_names() -> tuple[Actor, Actor]:
    """The two persons of the exchange desk."""
    return tuple(
        Actor(Role.OFFICER, id=f"officer-{name}", name=name, grants=cast.make_officer((role, "220000-eic")).grants)
        for role, name in ((Role.SYSTEM_ADMINISTRATOR, "赵磊"), (Role.SECURITY_ADMINISTRATOR, "孙静"))
    )
