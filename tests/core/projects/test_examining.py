"""What the internet zone sends is a request: facts that no form gives are held back, whoever had them sealed (T11)."""

from datetime import date

import pytest
from sqlmodel import select

from core.accounts.messages import EnterpriseRegistered
from core.accounts.tables import KnownEnterprise
from core.exchange import outbox
from core.projects.examining import malformed_fields
from core.projects.messages import ProjectDeclared
from core.projects.tables import Declaration, DeclaredProject, Project
from tests import world as cast
from tests.world import World


def declared(world: World, code: str) -> DeclaredProject:
    with world.public.reading() as session:
        return session.get_one(DeclaredProject, code)


def forge(world: World, code: str, **changed: object) -> str:
    """Have the internet zone's own sealer seal a declaration that no form gave; the state it ends in."""
    honest = declared(world, code)
    facts = {name: value for name, value in honest.facts.items() if "representative_id" not in name} | changed
    forged = f"{code[:-6]}{900000 + len(changed):06d}"
    with world.public.writing() as session:
        told = ProjectDeclared(
            project_code=forged, credit_code=honest.credit_code, unit_name=honest.unit_name, facts=facts,
            declared_at=world.now,
        )  # fmt: skip
        outbox.send(session, told, at=world.now)
    world.pump()
    return forged


@pytest.mark.parametrize(
    "changed",
    [
        {"total_investment": "很多"},
        {"total_investment": 680},
        {"project_name": "长" * 400},
        {"region_code": ["220184"]},
        {"legacy_codes": [{"kind": 1}]},
        {"is_admin": True},
        {"construction_nature": "<script>"},
        {"planned_start": "<x>"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_facts_that_no_form_gives_reach_no_officer(world: World, changed: dict):
    forged = forge(world, cast.declare(world), **changed)
    with world.extranet.reading() as session:
        assert session.get(Project, forged) is None
        (row,) = (
            session.connection()
            .exec_driver_sql("SELECT reason FROM exchange_message WHERE state = 'quarantined'")
            .all()
        )
    assert next(iter(changed)) in row.reason or "全部" in row.reason


def test_what_honest_forms_give_is_read_as_it_was_written(world: World):
    for sample in ("parts_factory", "logistics_park"):
        cast.declare(world, sample)
    with world.extranet.reading() as session:
        assert len(session.exec(select(Project)).all()) == 2
        for one in session.exec(select(Declaration)).all():
            assert malformed_fields(session, one.facts, on=cast.shanghai_date(world)) == []


def test_a_start_that_was_to_come_when_the_form_was_filled_in_is_no_fault_later(world: World):
    cast.declare(world)
    with world.extranet.reading() as session:
        facts = session.exec(select(Declaration)).one().facts
        later = date(int(str(facts["planned_start"])[:4]) + 1, 12, 1)
        assert malformed_fields(session, facts, on=later) == []


def test_a_registration_renames_nobody(world: World):
    with world.public.writing() as session:
        told = EnterpriseRegistered(
            credit_code=world.unit.credit_code, name="冒名公司", enterprise_kind="enterprise", registered_at=world.now
        )
        outbox.send(session, told, at=world.now)
    world.pump()
    with world.extranet.reading() as session:
        assert session.get_one(KnownEnterprise, world.unit.credit_code).name == world.unit.org_name
