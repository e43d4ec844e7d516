"""Legacy projects as tests enter them."""

from core.domain.legacy_projects import read_entry
from core.projects import legacy_entering as entering
from core.projects.legacy_tables import LegacyProject
from tests.domain.test_legacy_projects import VALID
from tests.world import World, make_officer

COORDINATOR = make_officer(("coordinator", "220184-drc"), name="郑立新")
ELSEWHERE = make_officer(("coordinator", "220200-drc"), name="高波")
UNIT = {"credit_code": "91222401MA17ABCD25", "name": "公主岭金穗食品有限公司", "mobile": "13900001111"}
"""The unit of the entries: not registered until a test registers it."""


def enter(world: World, *, by=COORDINATOR, **typed: str) -> str:
    """Enter a project; the id of its entry."""
    with world.extranet.writing() as session:
        entry = read_entry(VALID | typed, "", entering.ground_on(session, world.now))
        return entering.enter(session, entry, by=by, at=world.now).id


def entry(world: World, entry_id: str) -> LegacyProject:
    with world.extranet.reading() as session:
        return session.get_one(LegacyProject, entry_id)


def entered(world: World, **typed: str) -> str:
    """Enter a project and let its code come; the code."""
    entry_id = enter(world, **typed)
    world.pump()
    return entry(world, entry_id).project_code or ""
