"""Whichever code is typed (A12.1, A12.2): that of the platform, the one before or after it, a legacy one."""

import pytest

from core.changes import deciding
from core.projects import legacy
from core.projects.links import linked
from tests import world as cast
from tests.core.changes.requests import COORDINATOR, ask, decide, fates
from tests.core.consultations import letters
from tests.core.intermediaries.test_commissioning import commission, listed
from tests.extranet_portal.seats import Desk, Office
from tests.world import World, case_of, make_officer

LEGACY = "吉发改备〔2015〕18号"


@pytest.fixture
def everything(either_office: Office) -> Desk:
    """An officer before a project that has a legacy code and went on under a new code, with all that hangs on it."""
    world = either_office.world
    letters.handled(world)
    letters.send(world, letters.ASKED)
    commission(world, listed(world))
    with world.extranet.writing() as session:
        legacy.map_code(session, world.code, LEGACY, by=make_officer(("coordinator", "220100-drc")), at=world.now)
    change_id = ask(world, world.code, "major_change", planned_completion="2028-06")
    chosen = fates(world, world.code, "carry")
    decide(world, change_id, deciding.grant_as_major, fates=chosen, by=COORDINATOR)
    world.pump()
    cast.decide(world, case_of(world, "DRC-06", code=new_code(world)))
    return either_office.seat("clerk", letters.ASKING, also=("handler", "coordinator"))


def new_code(world: World) -> str:
    with world.extranet.reading() as session:
        after = linked(session, world.code).after
    return after.code if after else ""


def test_a12_1_a_project_is_found_everywhere_by_each_of_its_codes(either_office, everything):
    old, new = either_office.world.code, new_code(either_office.world)
    lists = {
        "/cases?q=": "环境影响报告表",
        "/projects?q=": new,
        "/changes?view=decided&q=": old,
        "/engagements?q=": "吉林绿源环境咨询有限公司",
        "/consultations?view=sent&q=": new,
        "/copies?q=": new,
        "/legacy-codes?q=": LEGACY,
        "/verification?code=": old,
    }
    for typed in (old, old.replace("-", " "), new, LEGACY, "吉发改备〔2015〕 18号"):
        for address, words in lists.items():
            assert words in everything.open(f"{address}{typed}").text, (address, typed)
    for rest in ("", "/matrix"):
        assert old in everything.open(f"/projects/{LEGACY}{rest}").text
    assert everything.open("/projects/吉发改备〔2015〕99号").status == 404
