"""The internet portal over a world of its own, at the world's time, and the people who use it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select
from starlette.applications import Starlette

from core.accounts.sessions import SIGNED_IN, open_session
from core.accounts.tables import Account
from core.domain.policy import Actor
from core.settings import PublicSettings
from public_portal.app import make_app
from tests.clients import client_of
from tests.compiled import keep_templates
from tests.public_portal.browser import BASE, Browser
from tests.world import World, field_keys

Open = Callable[[World], Starlette]


@pytest.fixture
def open_portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """The portal over a world's internet zone; the world's time is the portal's."""
    opened: list[Starlette] = []

    def portal_over(world: World) -> Starlette:
        settings = PublicSettings(
            database_url=world.public.engine.url.render_as_string(hide_password=False),
            files_url=str(tmp_path / "unused"),
            field_keys_file=field_keys(tmp_path),
            secret_key="a secret of this test alone, long enough",
            base_url=BASE,
            public_url=BASE,
        )
        app = make_app(settings)
        portal: Any = app.state.portal
        portal.database.close()
        portal.database = world.public  # the same file; its engine has compiled most statements for an earlier test
        portal.store = world.post.public_files
        keep_templates(app)
        monkeypatch.setattr("core.web.action.utc_now", lambda: world.now)
        opened.append(app)
        return app

    yield portal_over
    for app in opened:
        app.state.portal.database.close()


def stranger(app: Starlette) -> Browser:
    """Somebody who has not signed in."""
    return Browser(client_of(app, BASE))


def signed_in(app: Starlette, world: World, unit: Actor | None = None) -> Browser:
    """The unit's browser, signed in."""
    portal, browser = app.state.portal, stranger(app)
    who = (unit or world.unit).credit_code
    with world.public.writing() as session:
        account = session.exec(select(Account).where(col(Account.credit_code) == who)).one()
        token, _ = open_session(session, actor_id=account.id, stage=SIGNED_IN, address="", at=world.now)
    browser.client.cookies.set(portal.cookies.session_name, portal.cookies.signed(token))
    return browser


@pytest.fixture
def citizen(world: World, open_portal: Open) -> Browser:
    """A citizen before a platform on which one enterprise is registered."""
    return stranger(open_portal(world))


@pytest.fixture
def unit(world: World, open_portal: Open) -> Browser:
    """The registered enterprise, signed in."""
    return signed_in(open_portal(world), world)


@pytest.fixture
def applied_unit(applied_world: World, open_portal: Open) -> Browser:
    """The enterprise of `applied_world`, signed in."""
    return signed_in(open_portal(applied_world), applied_world)


@pytest.fixture
def applied_citizen(applied_world: World, open_portal: Open) -> Browser:
    """A citizen before `applied_world`."""
    return stranger(open_portal(applied_world))
