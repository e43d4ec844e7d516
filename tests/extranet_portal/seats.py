"""Officers and their browsers: rows of the office, signed in, without script."""

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.accounts.sessions import SIGNED_IN, open_session
from core.accounts.tables import Officer, OfficerGrant
from core.cases.tables import Case
from core.trace import AuditRow, entries_of
from tests import world as cast
from tests.clients import client_of
from tests.public_portal.browser import Page
from tests.world import World

BASE = "http://127.0.0.1:8001"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass
class Desk:
    """One officer's browser."""

    client: TestClient
    officer_id: str = ""

    def open(self, path: str) -> Page:
        return Page(self.client.get(path))

    def press(
        self, page: Page, button: str, *, scan: tuple[str, bytes] | None = None,
        file: tuple[str, bytes] | None = None, **typed: Any,
    ) -> Page:  # fmt: skip
        """Fill the form with this button and press it; a list ticks several, `None` leaves a field out."""
        form = page.form_with(button)
        fields: dict[str, list[str]] = {}
        for name, value in form.values:
            fields.setdefault(name, []).append(value)
        for name, given in typed.items():
            fields[name] = [one for one in (given if isinstance(given, list) else [given]) if one is not None]
        fields |= {name: [value] for words, name, value in form.buttons if words.startswith(button) and name}
        files = {name: one for name, one in (("scan", scan), ("file", file)) if one is not None} or None
        return Page(self.client.post(form.action, data=fields, files=files))


@dataclass
class Office:
    """The portal and the world behind it."""

    app: Starlette
    world: World
    numbers: Any = field(default_factory=lambda: count(1))

    def stranger(self) -> Desk:
        """Somebody who has not signed in."""
        return Desk(client_of(self.app, BASE))

    def employ(self, *grants: tuple[str, str], name: str, password_hash: str = "") -> Officer:
        """An officer with roles at organisational units."""
        with self.world.extranet.writing() as session:
            officer = Officer(
                login=f"officer{next(self.numbers)}",
                name=name,
                org_unit=grants[0][1],
                password_hash=password_hash,
                totp_secret=SECRET,
            )
            session.add(officer)
            session.flush()
            for role, unit in grants:
                session.add(OfficerGrant(officer_id=officer.id, role=role, org_unit=unit, valid_from=date(2020, 1, 1)))
        return officer

    def seat(self, role: str, unit: str, *, name: str = "李文静", also: tuple[str, ...] = ()) -> Desk:
        """An officer with these roles at one unit, signed in with both factors."""
        officer = self.employ((role, unit), *((one, unit) for one in also), name=name)
        desk = self.stranger()
        desk.officer_id = officer.id
        self.sign_in(desk)
        return desk

    def sign_in(self, desk: Desk) -> None:
        """Give the desk a session of its officer."""
        cookies = self.app.state.portal.cookies
        with self.world.extranet.writing() as session:
            token, _ = open_session(session, actor_id=desk.officer_id, stage=SIGNED_IN, address="", at=self.world.now)
        desk.client.cookies.set(cookies.session_name, cookies.signed(token), domain="127.0.0.1", path="/")

    def case_id(self, item_code: str) -> int:
        """The case of an item of the world's project."""
        return cast.case_of(self.world, item_code)

    def unit(self, item_code: str) -> str:
        """The organisational unit that decides on an item."""
        return cast.unit_of(self.world, self.case_id(item_code))

    def case(self, item_code: str) -> Case:
        """The case as it stands."""
        return cast.case(self.world, self.case_id(item_code))

    def trace(self, item_code: str) -> list[AuditRow]:
        """What was done with a case, newest first."""
        with self.world.extranet.reading() as session:
            return list(entries_of(session, "case", self.case(item_code).application_id))
