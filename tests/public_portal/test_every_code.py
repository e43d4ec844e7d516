"""Whichever code is typed in the internet portal (A12.1, A12.2): before or after a major change, or a legacy one."""

from sqlmodel import select

from core.cases.tables import ReceivedNotice
from core.changes import deciding
from core.projects import legacy
from core.projects.links import linked
from tests import world as cast
from tests.core.changes.requests import ask, decide, fates
from tests.public_portal.conftest import signed_in, stranger
from tests.world import application, case_of, make_officer

LEGACY = "吉发改备2015-018"


def test_a12_1_citizens_and_the_unit_find_a_project_by_each_of_its_codes(applied_world, open_portal):
    world, old = applied_world, applied_world.code
    cast.accept(world, case_of(world, "DRC-06"))
    cast.decide(world, case_of(world, "ECO-02"), number="公环审〔2026〕8 号")
    with world.extranet.writing() as session:
        legacy.map_code(session, old, LEGACY, by=make_officer(("coordinator", "220100-drc")), at=world.now)
    world.pump()
    change_id = ask(world, old, "major_change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, fates=fates(world, old, "carry"))
    world.pump()
    with world.public.reading() as session:
        new = linked(session, old).after.code
        checked = session.exec(select(ReceivedNotice)).first().check_code
    app = open_portal(world)
    citizen, unit = stranger(app), signed_in(app, world)
    carried = application(world, new, "DRC-06").id
    for typed in (old, new, LEGACY, old.replace("-", "")):
        assert "公环审〔2026〕8 号" in citizen.open(f"/disclosures?q={typed}").text, typed
        assert old in citizen.open(f"/query?code={typed}").text
        assert old in unit.open(f"/projects/{typed}").text
        assert new in unit.open(f"/projects/{typed}/applications/{carried}").text, typed
        assert "时限" in citizen.open(f"/query/{typed}/items/{'DRC-06' if typed == new else 'ECO-02'}").text
    for typed in (old, LEGACY):
        assert citizen.open(f"/verify?code={typed}&check_code={checked}").path.startswith("/notices/")
    assert unit.open(f"/projects/吉备9/applications/{carried}").status == 404
