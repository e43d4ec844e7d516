"""The lights of a case, for every test that asks for them."""

from datetime import date

from sqlmodel import col, select

from core.clocks import CaseClock
from core.supervision.tables import LightEvent
from tests.world import World


def lights_of(world: World, case_id: int, kind: str) -> dict[str, date]:
    """Colour → the day on which a case's clock of this kind earned it."""
    with world.extranet.reading() as session:
        found = select(LightEvent).join(CaseClock, col(CaseClock.id) == col(LightEvent.clock_id))
        rows = session.exec(found.where(col(LightEvent.case_id) == case_id, col(CaseClock.kind) == kind)).all()
        return {row.light: row.earned_on for row in rows}
