"""No process works on half a layout: a portal or worker whose database lacks a migration says so and doesn't start."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from core.command import app
from core.database import Zone
from core.serving import House
from tests.databases import Templates

PROCESSES = (["public"], ["extranet"], ["worker", "public"], ["worker", "extranet"])


@pytest.fixture(params=PROCESSES, ids=" ".join)
def words(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What got as far as serving or working."""
    begun: list[str] = []
    monkeypatch.setattr("core.command.signal.signal", lambda *_: None)
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: begun.append("portal"))
    for zone in Zone:
        monkeypatch.setattr(f"{zone}_portal.worker.run", lambda stop: begun.append("worker"))
    return begun


def start(words: list[str], tmp_path: Path, database: str) -> tuple[int, str]:
    house = House(tmp_path / "house", 0, 0, public_database=database, extranet_database=database)
    house.prepare()
    zone = Zone(words[-1])
    done = CliRunner(env=house.zone_environment(zone, with_keys=True)).invoke(app, words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def at_revision(url: str, revision: str) -> None:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_a_database_that_was_migrated_is_worked_on(
    words: list[str], tmp_path: Path, database_templates: Templates, started: list[str]
) -> None:
    with database_templates.copy("sqlite", Zone(words[-1])) as url:
        assert start(words, tmp_path, url) == (0, "")
    assert started == ["worker" if "worker" in words else "portal"]


def test_one_that_lacks_a_migration_is_refused_in_words(
    words: list[str], tmp_path: Path, database_templates: Templates, started: list[str]
) -> None:
    with database_templates.copy("sqlite", Zone(words[-1])) as url:
        at_revision(url, "0002")
        code, said = start(words, tmp_path, url)
    assert (code, started) == (1, [])
    assert "不是最新结构，没有启动" in said
    assert f"tzxm migrate {words[-1]}" in said


def test_one_that_was_never_migrated_is_refused(words: list[str], tmp_path: Path, started: list[str]) -> None:
    code, said = start(words, tmp_path, f"sqlite:///{tmp_path}/empty.db")
    assert (code, started, "不是最新结构" in said) == (1, [], True)


def test_one_that_a_newer_release_has_migrated_goes_on_being_served(
    tmp_path: Path, database_templates: Templates, started: list[str]
) -> None:
    with database_templates.copy("sqlite", Zone.EXTRANET) as url:
        at_revision(url, "9999")
        assert start(["extranet"], tmp_path, url)[0] == 0
    assert started == ["portal"]


def test_one_that_can_not_be_reached_is_said_to_be(words: list[str], tmp_path: Path, started: list[str]) -> None:
    code, said = start(words, tmp_path, f"sqlite:///{tmp_path}/gone/platform.db")
    assert (code, started, "数据库连接不上" in said) == (1, [], True)
