"""The roles that docs/operations.md grants on PostgreSQL are enough for each process, and no more than that (A2.1)."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlmodel import select

from core.database import Database, Zone, open_database
from core.exchange import relay
from core.exchange.archiving import archive
from core.exchange.carrying import Exchangeable
from core.exchange.message import Direction
from core.exchange.pulses import RelayBeat, pulses, relay_name
from core.exchange.pump import Post
from core.exchange.standing import Mark
from core.exchange.worker import exchange_step
from core.projects.tables import Project
from tests import world as cast
from tests.databases import Cluster
from tests.world import World
from tests.worlds import Worlds, nothing_yet

DOCUMENT = Path(__file__).parents[3] / "docs" / "operations.md"
LATE = datetime(2100, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.postgresql


def documented(*beginnings: str) -> str:
    """The statements of the document's SQL that begin so, in their order."""
    (block,) = re.findall(r"```sql\n(CREATE ROLE.*?)```", DOCUMENT.read_text(), re.DOTALL)
    return "\n".join(line for line in block.splitlines() if line.startswith(beginnings))


@dataclass(frozen=True)
class Roles(Post):
    """The exchange as its processes run it, each by its own role: workers as `tzxm_app`, the relay as `tzxm_relay`."""

    relayed: tuple[Exchangeable, Exchangeable] = ()  # type: ignore[assignment]

    def pump(self, *, now: datetime | None = None, rounds: int = 50) -> int:
        chores = relay._Chores(0.0, 0.0)
        signs = [RelayBeat(direction, *(end.database for end in self.relayed)) for direction in Direction]
        for _ in range(rounds):
            moved = self._work(self.public, self.public_files) + self._work(self.extranet, self.extranet_files)
            for (source, target), sign in zip((self.relayed, self.relayed[::-1]), signs, strict=True):
                moved += relay._round(source, target, sign, chores, 500)
            if not moved:
                return 0
        raise AssertionError("never quiet")

    def _work(self, db: Database, store) -> int:
        keys = self.verifiers
        return exchange_step(db, self.signers[db.zone], keys[db.zone.other], store, own_keys=keys[db.zone], mark=Mark())


@pytest.fixture
def world(worlds: Worlds, postgres_server: Cluster) -> Iterator[World]:
    """A world whose every process has the role that the document gives it."""
    with ExitStack() as stack:
        postgres_server.run(documented("CREATE ROLE"))
        for role in re.findall(r"CREATE ROLE (\w+)", documented("CREATE ROLE")):
            stack.callback(postgres_server.run, f"DROP ROLE {role}")
        made = stack.enter_context(worlds.copy("postgresql", nothing_yet))
        for zone, db in ((Zone.PUBLIC, made.public), (Zone.EXTRANET, made.extranet)):
            with psycopg.connect(host=postgres_server.folder, user="postgres", dbname=db.engine.url.database) as owner:
                owner.execute(documented("GRANT", "REVOKE"))
            assert zone is db.zone
        app = [stack.enter_context(closing(as_role(db, "tzxm_app"))) for db in (made.public, made.extranet)]
        carrier = [stack.enter_context(closing(as_role(db, "tzxm_relay"))) for db in (made.public, made.extranet)]
        files = made.post.public_files, made.post.extranet_files
        ends = tuple(Exchangeable(db, store) for db, store in zip(carrier, files, strict=True))
        made.post = Roles(*app, *files, made.post.signers, made.post.verifiers, ends)
        yield made


def as_role(db: Database, role: str) -> Database:
    url = db.engine.url.set(username=role).render_as_string(hide_password=False)
    return open_database(url, db.zone, pool_size=2, workplace=db.workplace, vault=db.vault)


def test_portals_workers_and_relay_work_by_the_documented_roles(world: World):
    code = cast.declare(world)  # the portal writes, the workers seal and apply, the relay carries both ways
    with world.extranet.reading() as session:
        assert session.exec(select(Project.code)).all() == [code]
        assert {relay_name(direction) for direction in Direction} <= set(pulses(session))
    with world.public.reading() as session:
        state = sa.text("SELECT DISTINCT state FROM exchange_message WHERE kind = 'project.declared.v1'")
        assert session.connection().execute(state).scalars().all() == ["settled"]


def test_rows_are_archived_by_their_own_role_and_by_no_other(world: World, tmp_path: Path):
    cast.declare(world)
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), world.public.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM exchange_message")
    verifiers = {direction: world.post.verifiers[direction.origin] for direction in Direction}
    with closing(as_role(world.public, "tzxm_archive")) as db:
        assert archive(db, tmp_path, before=LATE, verifiers=verifiers, now=LATE)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), db.writing() as session:
            session.connection().exec_driver_sql("DELETE FROM exchange_message")


def test_the_relay_sees_nothing_but_the_exchange(world: World):
    (end, _) = world.post.relayed
    for table in ("enterprise", "audit_entry", "exchange_lease"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), end.database.reading() as session:
            session.connection().exec_driver_sql(f"SELECT * FROM {table}")


def test_the_relay_tells_nothing_in_the_name_of_a_zone(world: World):
    """It lays rows down at both ends, and one that was told would be sealed: it can't put any among those."""
    cast.declare(world)
    forged = (
        "INSERT INTO exchange_message (id, direction, kind, subject, body, files, happened_at, state, attempts)"
        " SELECT 'forged', direction, kind, subject, body, files, happened_at, 'told', 0 FROM exchange_message"
        " WHERE direction = 'to_extranet' LIMIT 1"
    )
    (end, _) = world.post.relayed
    for statement in (forged, "INSERT INTO exchange_unsealed SELECT position FROM exchange_message LIMIT 1"):
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"), end.database.writing() as session:
            session.connection().exec_driver_sql(statement)
