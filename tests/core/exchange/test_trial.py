"""A small trial: real processes over a mixed workload, killed with SIGKILL, and what must hold nevertheless (A2.1).

The large one is `make trial`; see `docs/exchange.md`.
"""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.database import Zone
from tests.trial import checks
from tests.trial.checks import Broken
from tests.trial.driver import Trial, summary
from tests.trial.ground import Ground, prepare, world_of
from tests.trial.writers import Desk, Journal

KILLS = 10


@pytest.fixture
def ground(database_urls: Callable[[Zone], str], tmp_path: Path) -> Ground:
    return prepare(database_urls(Zone.PUBLIC), database_urls(Zone.EXTRANET), tmp_path / "ground", seed=20260302)


def test_killed_at_any_moment_nothing_is_lost_and_nothing_happens_twice(ground: Ground, engine_kind: str):
    score = Trial(ground, print).run(KILLS)
    assert score.count >= KILLS
    assert score.carried > 100
    lines = summary(score, engine_kind)
    assert lines[0].startswith(f"{engine_kind}: {score.count} processes killed")
    assert sum(int(line.split()[0]) for line in lines[3:]) == score.count


BENDS = {
    "INSERT INTO trial_note (message_id, subject, step) VALUES ('a', 's', 1), ('a', 's', 1)": "applied twice",
    "UPDATE exchange_channel SET state = 'stopped'": "stopped",
    "UPDATE exchange_channel SET number = 999 WHERE direction = 'to_extranet'": "999 received",
    "INSERT INTO trial_ledger (message_id, subject, step) VALUES ('a', 'extranet-9', 1)": "not as it was told",
    "INSERT INTO trial_ledger (message_id, subject, step) VALUES ('a', 'extranet-9', 2)": "a committed step is gone",
    "DELETE FROM trial_note WHERE id = 1": "not as it was told",
    "UPDATE exchange_message SET state = 'rejected' WHERE kind = 'test.trial_told.v1'": "接收方退回",
}


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_the_trial_sees_what_is_wrong(ground: Ground):
    """A check that can't fail proves nothing: rows are bent beneath a quiet exchange, one after the other."""
    with ground.opened() as zones:
        world = world_of(ground, *zones)
        for zone, database in zip(Zone, zones, strict=True):
            journal = Journal(ground.journal(zone))
            desk = Desk(ground, zone, database, ground.store(zone), random.Random(5), journal, world)
            for _ in range(4):
                desk.tell()
        world.pump()
        checks.examine(ground, zones)
        path = zones[1].engine.url.database or ""
        for bend, words in BENDS.items():
            zones[1].close()
            kept = shutil.copy(path, f"{path}.kept")
            with zones[1].engine.begin() as connection:
                connection.execute(sa.text(bend))
            with pytest.raises(Broken, match=words):
                checks.examine(ground, zones)
            zones[1].close()
            shutil.copy(kept, path)
        journal.note("told", "nobody-knows")
        with pytest.raises(Broken, match="it is gone"):
            checks.examine(ground, zones)
