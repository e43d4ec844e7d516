"""Two empty zones for every test of the exchange, on the engine under test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.database import Zone
from tests.core.exchange.crossing import Crossing, add_notes, lay_out, make_crossing, poison


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one database per zone, with the exchange's tables alone: small, for tests that copy it often."""
    folder = tmp_path_factory.mktemp("exchange")
    for zone in Zone:
        lay_out(f"sqlite:///{folder / zone}.db", zone)
    return folder


@pytest.fixture
def exchange_urls(database_urls: Callable[[Zone], str]) -> tuple[str, str]:
    """URLs of two migrated databases: internet zone, extranet."""
    urls = database_urls(Zone.PUBLIC), database_urls(Zone.EXTRANET)
    for url in urls:
        add_notes(url)
    return urls


@pytest.fixture
def crossing(exchange_urls: tuple[str, str]) -> Iterator[Crossing]:
    """Both zones with the exchange's tables and triggers, and a post between them."""
    poison.clear()
    made = make_crossing(*exchange_urls)
    yield made
    made.public.close()
    made.extranet.close()
