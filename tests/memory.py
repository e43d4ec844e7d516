"""What a process has in memory of a world's databases, handed on to whoever gets a copy of the world.

A portal that has run for a while has the tree of offices, the calendar and the guides at hand; a copied world would
read them anew in each zone, which takes longer than copying it. A copy bears the revisions of what it was copied from,
so that memory counts for it as it would for that, and no longer.
"""

from typing import Any

from core import calendar_rows, organisations
from core.database import Database
from core.guides import publishing
from core.publications import Kept

KEPT: tuple[Kept[Any], ...] = (organisations._ORGANISATIONS, calendar_rows._CALENDARS, publishing._VERSIONS)
Memory = tuple[tuple[int, Any], ...]
"""Of each published subject the revision and the value."""


def memory_of(database: Database) -> Memory:
    """What this process now has in memory of a database, read first if it isn't there."""
    with database.reading() as session:
        for one in KEPT:
            one.of(session)
        pool = session.connection().engine.pool
        return tuple(one._values[pool] for one in KEPT)


def hand_on(memory: Memory, database: Database) -> None:
    """Let this process have in memory of a copy what it had of the database that was copied."""
    for pool in {database.engine.pool, database.reader.pool}:
        for one, held in zip(KEPT, memory, strict=True):
            one._values[pool] = held
