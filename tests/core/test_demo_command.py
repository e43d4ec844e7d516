"""`tzxm serve` and `tzxm demo fill` before anything runs: whole data or none, in the databases that were named."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from sqlalchemy import make_url
from sqlmodel import func, select
from typer.testing import CliRunner

from core import command
from core.accounts.tables import Enterprise
from core.command import app
from core.database import Zone, utc_now
from core.demo_command import alone_in, fill_house, is_filled, make_ready
from core.exchange.pump import Post
from core.projects.tables import DeclaredProject
from core.serving import House, open_post
from tests.databases import Templates

UNIT = "91220101MA1400A22H"


@pytest.fixture
def house(tmp_path: Path, database_templates: Templates) -> House:
    """A folder with two migrated, empty databases."""
    made = House(tmp_path / "house", 8000, 8001)
    made.prepare()
    for zone in Zone:
        with database_templates.copy("sqlite", zone) as url:
            shutil.copy(make_url(url).database or "", make_url(made.database_url(zone)).database or "")
    return made


def begun(post: Post, **_: object) -> None:
    """What filling begins with: an enterprise, and its first project."""
    with post.public.writing() as session:
        session.add(Enterprise(credit_code=UNIT, name="甲公司", kind="enterprise", registered_at=utc_now()))
        session.add(
            DeclaredProject(
                code="2026-220102-36-03-000001", credit_code=UNIT, unit_name="甲公司", name="一期", project_type="03",
                region_code="220102", industry="36", facts={}, declared_at=utc_now(),
            )
        )  # fmt: skip


def interrupted(post: Post, **_: object) -> None:
    """Ctrl-C in the middle."""
    begun(post)
    raise KeyboardInterrupt


def enterprises(house: House) -> int:
    post = open_post(house)
    try:
        with post.public.reading() as session:
            return session.exec(select(func.count()).select_from(Enterprise)).one()
    finally:
        post.public.close()
        post.extranet.close()


def filling(monkeypatch: pytest.MonkeyPatch, how: Callable[..., None]) -> None:
    monkeypatch.setattr("core.demo.fill", how)


def test_a_filling_that_was_interrupted_is_begun_anew_and_never_served(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    filling(monkeypatch, interrupted)
    with pytest.raises(KeyboardInterrupt):
        fill_house(house, 1)
    keys = house.key(Zone.PUBLIC).read_bytes()
    assert (enterprises(house), is_filled(house)) == (1, False)
    make_ready(house)
    assert (enterprises(house), is_filled(house)) == (0, False)
    filling(monkeypatch, begun)
    fill_house(house, 1)
    assert (enterprises(house), is_filled(house)) == (1, True)
    assert house.key(Zone.PUBLIC).read_bytes() == keys


def test_whole_data_is_kept_whoever_asks_to_fill_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    filling(monkeypatch, begun)
    fill_house(house, 1)
    with pytest.raises(typer.Exit):
        fill_house(house, 1)
    make_ready(house)
    assert (enterprises(house), is_filled(house)) == (1, True)


def test_two_windows_do_not_fill_one_folder(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    with (house.folder / "filling.lock").open("a") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(typer.Exit), alone_in(house):
            raise AssertionError("not alone")
    assert "另一个窗口" in capsys.readouterr().out
    with alone_in(house):
        pass


@pytest.mark.postgresql
@pytest.mark.parametrize("by_environment", [False, True], ids=["options", "environment"])
@pytest.mark.parametrize("words", [["serve", "--public-port", "0", "--extranet-port", "0"], ["demo", "fill"]])
def test_postgresql_is_chosen_by_naming_it(
    database_templates: Templates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    by_environment: bool,
) -> None:
    asked, started = [], []

    class NothingStarts:
        def __init__(self, house: House, say: object) -> None:
            started.append({house.database_url(zone) for zone in Zone})

        def run(self, announce: object) -> int:
            return 0

    monkeypatch.setattr(command, "Supervisor", NothingStarts)
    filling(monkeypatch, lambda post, **_: asked.append(post.public.engine.dialect.name))
    copies = database_templates.copy("postgresql", Zone.PUBLIC), database_templates.copy("postgresql", Zone.EXTRANET)
    with copies[0] as public, copies[1] as extranet:
        options = ["--public-database", public, "--extranet-database", extranet]
        told = {"TZXM_PUBLIC_DATABASE_URL": public, "TZXM_EXTRANET_DATABASE_URL": extranet}
        line = [*words, "--folder", str(tmp_path), *([] if by_environment else options)]
        done = CliRunner(env=told if by_environment else {}).invoke(app, line)
        assert done.exit_code == 0, done.output
        assert asked == ["postgresql"]
        assert started == ([{public, extranet}] if words[0] == "serve" else [])
        assert not list(tmp_path.rglob("platform.db*"))
