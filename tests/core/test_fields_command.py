"""The keys of sealed fields by command: made, followed by another, retired (A9.1, MLPS 8.1.4.8)."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlmodel import select
from typer.testing import CliRunner

from core.accounts.tables import Officer
from core.command import app
from core.database import Zone, open_database
from core.serving import House
from core.vault import Vault, read_keys
from tests.databases import Templates

SECRET = "JBSWY3DPEHPK3PXP"


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["fields", *map(str, words)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_templates: Templates) -> House:
    """A house whose extranet knows one officer, with a second factor that an older release left in clear."""
    made = House(tmp_path / "house", 8000, 8001)
    made.prepare()
    for name in made.zone_environment(Zone.EXTRANET, with_keys=True):
        monkeypatch.setenv(name, "")  # what a command sets there ends with the test
    with database_templates.copy("sqlite", Zone.EXTRANET) as url:
        shutil.copy(make_url(url).database or "", make_url(made.database_url(Zone.EXTRANET)).database or "")
    with closing(opened(made)) as database:
        with database.writing() as session:
            session.add(Officer(login="o", name="王敏", org_unit="220184-ee", password_hash="", totp_secret=SECRET))
        with database.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE officer SET totp_secret = '{SECRET}'")
    return made


def opened(house: House):
    return open_database(
        house.database_url(Zone.EXTRANET), Zone.EXTRANET, vault=Vault(file=house.field_keys(Zone.EXTRANET))
    )


def secret_of(house: House) -> str:
    with closing(opened(house)) as database, database.reading() as session:
        return session.exec(select(Officer)).one().totp_secret


def test_what_lies_in_clear_is_sealed_and_a_new_key_takes_over(house: House):
    place = "--folder", house.folder
    file = house.field_keys(Zone.EXTRANET)
    assert "已加密 1 行" in run("seal", "extranet", *place)[1]
    assert "已加密 0 行" in run("seal", "extranet", *place)[1]
    (old,) = read_keys(file)
    assert "tzxm fields seal extranet" in run("add-key", "extranet", *place)[1]
    assert read_keys(file)[1] == old
    code, said = run("retire-keys", "extranet", *place)
    assert (code, "已删去 1 把旧密钥" in said) == (0, True)
    assert old not in read_keys(file)
    assert secret_of(house) == SECRET


def test_a_zone_without_a_key_file_is_told_which_setting_is_missing(monkeypatch: pytest.MonkeyPatch):
    for name in ("DATABASE_URL", "FILES_URL", "SECRET_KEY", "BASE_URL", "PUBLIC_URL"):
        monkeypatch.setenv(f"TZXM_EXTRANET_{name}", "x")
    assert run("seal", "extranet") == (1, "没有设置 TZXM_EXTRANET_FIELD_KEYS_FILE\n")
