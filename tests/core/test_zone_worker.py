"""Several workers of one zone: what is done now and then is done by one of them at a time, and never by none."""

from datetime import timedelta

import pytest

from core.database import Zone, open_database, utc_now
from core.exchange import leases
from core.zone_worker import LEAD_SECONDS, alone
from tests.core.exchange.crossing import lay_out


@pytest.fixture
def zone(tmp_path):
    url = f"sqlite:///{tmp_path / 'zone.db'}"
    lay_out(url, Zone.EXTRANET)
    db = open_database(url, Zone.EXTRANET)
    yield db
    db.close()


def test_a_periodic_step_is_one_workers_until_it_is_gone(zone, monkeypatch: pytest.MonkeyPatch):
    now = utc_now()
    with zone.writing() as session:
        leases.take(session, "step:lights", now=now, seconds=LEAD_SECONDS, holder="another worker")
    assert alone("lights", 0, lambda db: 1)(zone) == 0
    assert alone("silence", 0, lambda db: 1)(zone) == 1
    monkeypatch.setattr("core.zone_worker.utc_now", lambda: now + timedelta(seconds=LEAD_SECONDS + 1))
    assert alone("lights", 0, lambda db: 1)(zone) == 1


def test_a_step_waits_for_its_next_turn(zone):
    step = alone("lights", 60, lambda db: 1)
    assert [step(zone), step(zone)] == [1, 0]
