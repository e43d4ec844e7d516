"""What every test may ask for: a PostgreSQL of its worker's own, and fresh databases of either engine."""

import gc
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from core.accounts.signing_in import hasher
from core.database import Zone
from tests.databases import ENGINES, Cluster, Templates, roomy_place, running_cluster
from tests.sharing import ByStage
from tests.world import World
from tests.worlds import Worlds, applied, nothing_yet, one_left

POSTGRESQL = pytest.mark.postgresql


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByStage:
    """With several workers, tests that stand on one stage go to one of them."""
    return ByStage(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """What tests write lies in memory, where a commit costs nothing; passwords are hashed as ever, but in no time."""
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", roomy_place())
    hasher().current_hasher = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is loaded by now lives to the end: from here on nobody looks through it for garbage again and again."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 20, 50)
        gc.enable()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Cluster]:
    """A throwaway PostgreSQL cluster, one per worker; its absence is a failure, never a skip."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def database_templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """`copy(engine, zone)`: for fixtures that live longer than one test."""
    return Templates(tmp_path_factory.mktemp("databases"), lambda: request.getfixturevalue("postgres_server"))


@pytest.fixture(params=[pytest.param(name, marks=[POSTGRESQL] if name == "postgresql" else []) for name in ENGINES])
def engine_kind(request: pytest.FixtureRequest) -> str:
    """The engine under test: a test that asks for it, or for `database_urls`, runs once on each."""
    return str(request.param)


@pytest.fixture
def database_urls(engine_kind: str, database_templates: Templates) -> Iterator[Callable[[Zone], str]]:
    """zone → URL of this test's own migrated, empty database; the same URL whenever the test asks again."""
    made: dict[Zone, str] = {}
    with ExitStack() as stack:

        def url(zone: Zone) -> str:
            if zone not in made:
                made[zone] = stack.enter_context(database_templates.copy(engine_kind, zone))
            return made[zone]

        yield url


@pytest.fixture(scope="session")
def worlds(request: pytest.FixtureRequest, database_templates: Templates) -> Iterator[Worlds]:
    """`copy(engine, story)`: worlds in which a story has happened; in memory, where a commit costs nothing."""
    with tempfile.TemporaryDirectory(prefix="worlds-", dir=roomy_place()) as folder:
        yield Worlds(database_templates, Path(folder), lambda: request.getfixturevalue("postgres_server"))


@pytest.fixture
def world(worlds: Worlds) -> Iterator[World]:
    """Both zones on SQLite with one enterprise: where only the rules matter, not the engine."""
    with worlds.copy("sqlite", nothing_yet) as copied:
        yield copied


@pytest.fixture
def applied_world(worlds: Worlds) -> Iterator[World]:
    """On SQLite: a project with three items applied for, each with a case that waits for its preliminary review."""
    with worlds.copy("sqlite", applied) as copied:
        yield copied


@pytest.fixture
def either_world(worlds: Worlds, engine_kind: str) -> Iterator[World]:
    """`world`, once on each engine."""
    with worlds.copy(engine_kind, nothing_yet) as copied:
        yield copied


@pytest.fixture
def either_applied_world(worlds: Worlds, engine_kind: str) -> Iterator[World]:
    """`applied_world`, once on each engine."""
    with worlds.copy(engine_kind, applied) as copied:
        yield copied


@pytest.fixture
def last_item_world(worlds: Worlds) -> Iterator[World]:
    """On SQLite: of a project's four items three are concluded and the last, DRC-06, is applied for."""
    with worlds.copy("sqlite", one_left) as copied:
        yield copied


@pytest.fixture
def either_last_item_world(worlds: Worlds, engine_kind: str) -> Iterator[World]:
    """`last_item_world`, once on each engine."""
    with worlds.copy(engine_kind, one_left) as copied:
        yield copied
