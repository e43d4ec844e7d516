"""Several workers of one zone: what is done now and then is done by one of them at a time, and never by none."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from core.database import Zone, open_database, utc_now
from core.documents.blobs import LocalStore
from core.exchange import leases
from core.exchange.signing import new_signer
from core.exchange.standing import Mark
from core.zone_worker import LEAD_SECONDS, Workshop, alone
from extranet_portal import worker as extranet_worker
from public_portal import worker as public_worker
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


@pytest.fixture
def workshop(zone, tmp_path: Path) -> Workshop:
    signer = new_signer()
    return Workshop(zone, LocalStore(tmp_path / "files"), signer, signer.verifier(), signer.verifier(), Mark())


def test_what_a_cut_transfer_left_is_cleared_after_a_day(workshop: Workshop, tmp_path: Path):
    left, fresh = (tmp_path / "files" / "incoming" / f"{name}.part" for name in ("left", "fresh"))
    for part in (left, fresh):
        part.write_bytes(b"half")
    two_days_ago = (utc_now() - timedelta(days=2)).timestamp()
    os.utime(left, (two_days_ago, two_days_ago))
    assert workshop.clear_unfinished(workshop.database) == 1
    assert (left.exists(), fresh.exists()) == (False, True)


@pytest.mark.parametrize("worker", [public_worker, extranet_worker])
def test_both_workers_clear_and_reconcile_by_turns(workshop: Workshop, worker, monkeypatch: pytest.MonkeyPatch):
    named: list[str] = []
    monkeypatch.setattr(worker, "alone", lambda name, seconds, step: named.append(name) or step)
    worker.steps(workshop)
    assert {"day-report", "week-report", "unfinished"} <= set(named)
