"""The extranet portal over a world of its own, at the world's time, and the officers who sit before it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from core.settings import ExtranetSettings
from extranet_portal.app import make_app
from tests.compiled import keep_templates
from tests.extranet_portal.seats import BASE, Desk, Office
from tests.world import World, field_keys

Open = Callable[[World], Office]


@pytest.fixture
def open_office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """The portal over a world's extranet zone; the world's time is the portal's."""
    opened: list[Starlette] = []

    def office_over(world: World) -> Office:
        settings = ExtranetSettings(
            database_url=world.extranet.engine.url.render_as_string(hide_password=False),
            files_url=str(tmp_path / "unused"),
            field_keys_file=field_keys(tmp_path),
            secret_key="a secret of this test alone, long enough",
            base_url=BASE,
            public_url="http://public.example",
        )
        app = make_app(settings)
        portal: Any = app.state.portal
        portal.database.close()
        portal.database = world.extranet  # the same file; its engine has compiled most statements for an earlier test
        portal.store = world.post.extranet_files
        keep_templates(app)
        monkeypatch.setattr("core.web.action.utc_now", lambda: world.now)
        opened.append(app)
        return Office(app, world)

    yield office_over
    for app in opened:
        app.state.portal.database.close()


@pytest.fixture
def office(applied_world: World, open_office: Open) -> Office:
    """The portal on SQLite: one project, three items applied for, each waiting for its preliminary review."""
    return open_office(applied_world)


@pytest.fixture
def either_office(either_applied_world: World, open_office: Open) -> Office:
    """`office`, once on each engine."""
    return open_office(either_applied_world)


@pytest.fixture
def clerk(office: Office) -> Desk:
    """The clerk of the department that decides on the environmental report (ECO-02)."""
    return office.seat("clerk", office.unit("ECO-02"), name="王敏")
