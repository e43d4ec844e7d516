"""The officers of the demonstration: a unit is staffed before it gets its first case. Extranet."""

from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from core.accounts.tables import Officer, OfficerGrant
from core.demo.accounts import SPECIAL, UNIT_ROLES, login_of, person_name, totp_secret
from core.demo.places import PREFIXES, STAFFED_DEPARTMENTS
from core.domain.policy import Actor, Grant, Role
from core.domain.remit import department_of, region_of
from core.organisations import organisations

IN_OFFICE_FROM = date(2017, 8, 16)


@dataclass
class Staff:
    """Who works where: the same unit always has the same people. `password_hash` is everybody's."""

    seed: int
    password_hash: str
    special: dict[str, Actor] = field(default_factory=dict)
    _units: dict[str, dict[Role, tuple[Actor, ...]]] = field(default_factory=dict)

    def hire_for_a_start(self, session: Session) -> None:
        """The fully staffed places, the coordinator, the supervisor and the three administrators."""
        known = organisations(session).org_units
        for region in PREFIXES:
            for department in STAFFED_DEPARTMENTS:
                if f"{region}-{department}" in known:
                    self.hire(session, f"{region}-{department}", each=2)
        for login, (role, org_unit) in SPECIAL.items():
            self.special[login] = self._employ(session, login, org_unit, role)

    def officer(self, org_unit: str, role: Role, turn: int) -> Actor:
        """One of the unit's officers with this role, by turns."""
        colleagues = self._units[org_unit][role]
        return colleagues[turn % len(colleagues)]

    def works_at(self, org_unit: str) -> bool:
        """Whether the unit has its people already."""
        return org_unit in self._units

    def hire(self, session: Session, org_unit: str, *, each: int = 1) -> None:
        """So many clerks, handlers and approvers each, unless the unit has its people already."""
        if org_unit not in self._units:
            self._units[org_unit] = {
                role: tuple(
                    self._employ(session, login_of(org_unit, role, number), org_unit, role)
                    for number in range(1, each + 1)
                )
                for role in UNIT_ROLES
            }

    def _employ(self, session: Session, login: str, org_unit: str, role: Role) -> Actor:
        region, department = region_of(org_unit), department_of(org_unit)
        unit = organisations(session).org_units[org_unit]
        officer = Officer(
            login=login,
            name=person_name(login, seed=self.seed),
            org_unit=org_unit,
            phone=unit.phone,
            password_hash=self.password_hash,
            totp_secret=totp_secret(login, seed=self.seed),
        )
        session.add(officer)
        session.flush()
        session.add(OfficerGrant(officer_id=officer.id, role=role, org_unit=org_unit, valid_from=IN_OFFICE_FROM))
        held = (Grant(role, org_unit, department, region),)
        return Actor(Role.OFFICER, id=officer.id, name=officer.name, org_name=unit.name, grants=held)
