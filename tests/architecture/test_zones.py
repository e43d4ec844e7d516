"""The wall between the zones: what each process is told, and what each database may hold (A2.1)."""

from pathlib import Path

import pytest

from core.database import ExtranetTable, PublicTable, Zone
from core.serving import House, clean_environment


@pytest.fixture
def house(tmp_path: Path) -> House:
    found = House(tmp_path, 18000, 18001)
    found.prepare()
    return found


def told(house: House, name: str) -> str:
    return " ".join(f"{key}={value}" for key, value in house.processes()[name][1].items())


def test_a2_1_a_portal_is_told_nothing_of_the_other_zone(house: House) -> None:
    for name, other in (("互联网门户", Zone.EXTRANET), ("政务外网门户", Zone.PUBLIC)):
        words = told(house, name)
        assert f"TZXM_{other.upper()}_" not in words
        assert house.database_url(other) not in words
        assert str(house.files(other)) not in words


def test_a2_1_a_worker_knows_only_the_public_key_of_the_other_zone(house: House) -> None:
    for name, own in (("互联网区后台", Zone.PUBLIC), ("政务外网区后台", Zone.EXTRANET)):
        words = told(house, name)
        assert house.database_url(own.other) not in words
        assert f"{house.key(own.other)} " not in f"{words} "
        assert str(house.key(own)) in words


def test_the_relay_holds_no_key(house: House) -> None:
    words = told(house, "交换")
    assert "KEY" not in words
    assert house.database_url(Zone.PUBLIC) in words
    assert house.database_url(Zone.EXTRANET) in words


def test_portals_hold_no_exchange_key(house: House) -> None:
    for name in ("互联网门户", "政务外网门户"):
        assert "SIGNING_KEY" not in told(house, name)


def test_a_child_inherits_no_settings_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZXM_EXTRANET_DATABASE_URL", "sqlite:///elsewhere.db")
    assert not [name for name in clean_environment() if name.startswith("TZXM_")]


def test_private_keys_are_for_their_owner_alone(house: House) -> None:
    for zone in Zone:
        assert house.key(zone).stat().st_mode & 0o077 == 0
        assert (house.folder / zone / "keys" / "portal.secret").stat().st_mode & 0o077 == 0


def test_no_foreign_key_crosses_the_zones() -> None:
    for base in (PublicTable, ExtranetTable):
        for table in base.metadata.tables.values():
            for key in table.foreign_keys:
                assert key.column.table.metadata is base.metadata
