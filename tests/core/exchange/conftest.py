"""Two empty zones for every test of the exchange, on the engine under test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.database import Zone
from tests.core.exchange.crossing import Crossing, add_notes, lay_out, make_crossing, poison
from tests.databases import Templates


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one database per zone, with the exchange's tables alone: small, for tests that copy it often."""
    folder = tmp_path_factory.mktemp("exchange")
    for zone in Zone:
        lay_out(f"sqlite:///{folder / zone}.db", zone)
    return folder


@pytest.fixture(autouse=True)
def _nothing_stays_poisoned() -> Iterator[None]:
    yield
    poison.clear()


@pytest.fixture
def exchange_urls(engine_kind: str, database_templates: Templates) -> Iterator[tuple[str, str]]:
    """URLs of two migrated databases with the notes of the tests: internet zone, extranet."""
    public, extranet = (database_templates.copy(engine_kind, zone, add_notes) for zone in Zone)
    with public as outside, extranet as inside:
        yield outside, inside


@pytest.fixture
def crossing(exchange_urls: tuple[str, str]) -> Iterator[Crossing]:
    """Both zones with the exchange's tables and triggers, and a post between them."""
    made = make_crossing(*exchange_urls)
    yield made
    made.public.close()
    made.extranet.close()
