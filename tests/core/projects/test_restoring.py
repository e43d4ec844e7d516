"""The internet zone restored from an older backup: projects come back, no code is issued twice (A10.1, A11.1)."""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import select

from core.database import Zone, open_database
from core.projects import declaring
from core.projects.messages import ProjectDeclared
from core.projects.restoring import restore_declared
from core.projects.tables import DeclaredProject
from core.serials import raise_to, take
from core.trace import entries_of_project
from tests.core.projects.legacy_entries import entered
from tests.world import World, declare


@pytest.fixture
def back_up(world: World, tmp_path: Path):
    """Copies the internet zone's database now; the answer restores the zone from that copy."""
    with ExitStack() as opened:

        def copy() -> Callable[[], None]:
            world.public.close()
            path = shutil.copy(world.public.engine.url.database or "", tmp_path / "copy.db")

            def restore() -> None:
                world.public.close()
                old = world.public
                again = open_database(f"sqlite:///{path}", Zone.PUBLIC, workplace=old.workplace, vault=old.vault)
                opened.callback(again.close)
                world.post = replace(world.post, public=again)

            return restore

        yield copy


def codes_of(world: World) -> list[str]:
    with world.public.reading() as session:
        return sorted(session.exec(select(DeclaredProject.code)))


def test_a11_1_a_project_declared_after_the_backup_keeps_its_code_and_no_other_gets_it(world: World, back_up):
    first = declare(world)
    restore = back_up()
    lost = declare(world)
    restore()
    assert codes_of(world) == [first]
    world.pump()
    assert codes_of(world) == [first, lost]
    with world.public.reading() as session:
        project = session.get_one(DeclaredProject, lost)
        assert (project.state, project.name) == ("verified", session.get_one(DeclaredProject, first).name)
        assert declaring.due_items_of(session, lost)
        words = [entry.words for entry in entries_of_project(session, lost)]
    assert words == ["由已发出的报文恢复项目"]
    third = declare(world)
    assert int(third[-6:]) == int(lost[-6:]) + 1


def test_a_series_that_is_further_stays_and_a_project_that_is_there_is_left_alone(world: World):
    code = declare(world)
    series = f"code:{code.rpartition('-')[0]}"
    with world.public.writing() as session:
        raise_to(session, series, 1)
        raise_to(session, "code:other", 7)
        project = session.get_one(DeclaredProject, code)
        told = ProjectDeclared(
            project_code=code,
            credit_code=project.credit_code,
            unit_name="另一个名称",
            facts={},
            declared_at=project.declared_at,
        )
        restore_declared(session, told, None)  # type: ignore[arg-type]
        assert session.get_one(DeclaredProject, code).unit_name == project.unit_name != "另一个名称"
        assert take(session, series) == int(code[-6:]) + 1
        assert take(session, "code:other") == 8


def test_a_project_of_a_unit_that_must_register_again_only_keeps_its_code_from_others(world: World):
    code = declare(world)
    with world.public.writing() as session:
        told = ProjectDeclared(
            project_code=code[:-1] + "9",
            credit_code="91220101MA00000000",
            unit_name="备份之后注册的企业",
            facts={},
            declared_at=world.now,
        )
        restore_declared(session, told, None)  # type: ignore[arg-type]
        assert session.get(DeclaredProject, told.project_code) is None
        assert take(session, f"code:{code.rpartition('-')[0]}") == 10


def test_a12_1_a_legacy_project_entered_after_the_backup_keeps_its_code_and_gets_no_second(world: World, back_up):
    restore = back_up()
    code = entered(world)
    restore()
    assert codes_of(world) == []
    world.pump()
    assert codes_of(world) == [code]
    with world.public.reading() as session:
        assert session.get_one(DeclaredProject, code).is_legacy
        assert [entry.words for entry in entries_of_project(session, code)] == ["由已发出的报文恢复项目"]
