"""What signing in leaves behind has an end: in both zones, in portions, never while somebody may come back (T20)."""

from datetime import timedelta
from typing import Any
from unittest.mock import MagicMock

import pytest
from sqlmodel import select

from core.accounts import forgetting
from core.accounts.forgetting import forget_the_old
from core.accounts.sessions import ABSOLUTE, REMEMBERED, SIGNED_IN, open_session
from core.accounts.tables import FAILURES, NONCES, PARKED, SESSIONS
from core.database import Database, Zone
from extranet_portal import worker as extranet_worker
from public_portal import worker as public_worker
from tests.world import World

KINDS = (SESSIONS, NONCES, PARKED, FAILURES)
MOMENT = timedelta(seconds=1)


def leave_traces(database: Database, world: World, name: str) -> None:
    """One row of each kind, as a person leaves it who was here now."""
    zone = database.zone
    with database.writing() as session:
        open_session(session, actor_id=name, stage=SIGNED_IN, address="", at=world.now)
        session.add(NONCES[zone](nonce=name, actor_id=name, location="/", at=world.now))
        session.add(PARKED[zone](id=name, actor_id=name, path="/", fields={"reason": ["投资计划调整"]}, at=world.now))
        session.add(FAILURES[zone](key=name, count=1, last_at=world.now))


def left(database: Database) -> list[int]:
    with database.reading() as session:
        return [len(session.exec(select(kind[database.zone])).all()) for kind in KINDS]


@pytest.mark.parametrize("zone", list(Zone))
def test_t20_what_a_person_left_is_forgotten_after_a_fortnight_and_not_before(either_world: World, zone: Zone) -> None:
    database = either_world.public if zone is Zone.PUBLIC else either_world.extranet
    leave_traces(database, either_world, "早来的人")
    assert forget_the_old(database, either_world.now + REMEMBERED) == 0
    assert forget_the_old(database, either_world.now + REMEMBERED + MOMENT) == 3
    assert left(database) == [1, 0, 0, 0]  # the session could be used for half a day more
    assert forget_the_old(database, either_world.now + ABSOLUTE + REMEMBERED + MOMENT) == 1
    assert left(database) == [0, 0, 0, 0]


def test_who_came_later_is_still_remembered_however_many_went_before(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forgetting, "AT_ONCE", 2)
    for number in range(5):
        leave_traces(world.public, world, f"早来的人{number}")
    world.later(days=15)
    leave_traces(world.public, world, "晚来的人")
    assert forget_the_old(world.public, world.now) == 20
    assert left(world.public) == [1, 1, 1, 1]


@pytest.mark.parametrize("worker", [public_worker, extranet_worker])
def test_each_zones_worker_forgets(worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_turn: list[object] = []
    monkeypatch.setattr(worker, "alone", lambda name, seconds, step: in_turn.append(step))
    worker.steps(MagicMock())
    assert forget_the_old in in_turn
