"""Two empty zones for every test of the exchange, on the engine under test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Zone
from tests.core.exchange.crossing import Crossing, lay_out, make_crossing, poison
from tests.databases import Cluster


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one laid-out database per zone, to copy."""
    folder = tmp_path_factory.mktemp("exchange")
    for zone in Zone:
        lay_out(f"sqlite:///{folder / zone}.db", zone)
    return folder


@pytest.fixture(scope="session")
def postgresql_template(postgres_server: Cluster) -> dict[Zone, str]:
    """The names of one laid-out database per zone, to copy."""
    names = {zone: postgres_server.create() for zone in Zone}
    for zone, name in names.items():
        lay_out(postgres_server.url(name), zone)
    return names


@pytest.fixture
def exchange_urls(request: pytest.FixtureRequest, engine_kind: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """URLs of two laid-out databases: internet zone, extranet."""
    if engine_kind == "sqlite":
        shutil.copytree(request.getfixturevalue("sqlite_template"), tmp_path, dirs_exist_ok=True)
        yield f"sqlite:///{tmp_path / 'public.db'}", f"sqlite:///{tmp_path / 'extranet.db'}"
        return
    cluster, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgresql_template")
    names = [cluster.create(template[zone]) for zone in Zone]
    yield cluster.url(names[0]), cluster.url(names[1])
    for name in names:
        cluster.drop(name)


@pytest.fixture
def crossing(exchange_urls: tuple[str, str]) -> Iterator[Crossing]:
    """Both zones with the exchange's tables and triggers, and a post between them."""
    poison.clear()
    made = make_crossing(*exchange_urls)
    yield made
    made.public.close()
    made.extranet.close()
