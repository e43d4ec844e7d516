"""A table of legacy projects (A12.1): looked at first, entered batch by batch, gone through again without doubles."""

import pytest
import sqlalchemy as sa
from sqlmodel import func, select

from core.domain.legacy_projects import Verdict
from core.errors import Absent, Conflict, RuleRefusal
from core.projects import legacy, legacy_files
from core.projects.legacy_tables import LegacyProject
from core.projects.tables import DeclaredProject, Project
from tests.core.projects.legacy_entries import COORDINATOR, ELSEWHERE, enter
from tests.domain.test_legacy_projects import TYPED, table
from tests.together import together
from tests.world import declare


def read(world, *rows, by=COORDINATOR):
    with world.extranet.writing() as session:
        return legacy_files.read_import(session, table(*rows), "存量.csv", by=by, at=world.now).id


def judged(world, table_id):
    with world.extranet.reading() as session:
        kept = legacy_files.import_of(session, COORDINATOR, table_id)
        return legacy_files.judge(session, kept, by=COORDINATOR)


def enter_next(world, table_id, **given):
    with world.extranet.writing() as session:
        kept = legacy_files.import_of(session, COORDINATOR, table_id)
        return legacy_files.enter_next(session, kept, by=COORDINATOR, at=world.now, **given)


def verdicts(world, table_id):
    return [one.verdict for one in judged(world, table_id)]


def numbered(count):
    return [TYPED | {"legacy": f"吉备{number:05d}"} for number in range(count)]


def test_a12_1_a_dry_run_names_each_row_and_changes_nothing(world):
    other = declare(world, "renovation")
    with world.extranet.writing() as session:
        legacy.map_code(session, other, "甲1", by=COORDINATOR, at=world.now)
    enter(world, legacy="乙2")
    rows = [{"legacy": "甲-1"}, {"legacy": "乙 2"}, {"legacy": "丙3"}, {"legacy": "丙-3"}, {"legacy": other}]
    rows += [{"legacy": "丁4", "region_code": "吉林市"}, {"legacy": "戊5", "project_type": ""}]
    rows += [{"legacy": "己6", "unit_uscc": world.unit.credit_code}]
    table_id = read(world, *(TYPED | row for row in rows))
    found = judged(world, table_id)
    assert [one.verdict for one in found] == [
        Verdict.KNOWN, Verdict.WAITING, Verdict.OK, Verdict.DUPLICATE, Verdict.MALFORMED, Verdict.MALFORMED,
        Verdict.MALFORMED, Verdict.MALFORMED,
    ]  # fmt: skip
    assert [one.words.partition("：")[0] for one in found[3:]] == [
        "原编码",
        "原编码",
        "建设地点",
        "项目类型",
        "项目单位",
    ]
    assert found[0].project_code == other
    with world.extranet.reading() as session:
        assert session.exec(select(func.count()).select_from(LegacyProject)).one() == 1


def test_a12_1_a_table_is_entered_batch_by_batch_and_again_without_doubles(either_world, monkeypatch):
    world = either_world
    monkeypatch.setattr(legacy_files, "BATCH", 2)
    table_id = read(world, *numbered(3))
    assert (enter_next(world, table_id), verdicts(world, table_id)) == (
        2, [Verdict.WAITING, Verdict.WAITING, Verdict.OK],
    )  # fmt: skip
    assert enter_next(world, table_id) == 1
    with pytest.raises(RuleRefusal, match="没有可以赋码的行了"):
        enter_next(world, table_id)
    world.pump()
    found = judged(world, table_id)
    assert {one.verdict for one in found} == {Verdict.ISSUED}
    assert len({one.project_code for one in found}) == 3
    again = read(world, *numbered(3))
    assert set(verdicts(world, again)) == {Verdict.ISSUED}
    with world.public.reading() as outside, world.extranet.reading() as inside:
        assert len(outside.exec(select(DeclaredProject)).all()) == len(inside.exec(select(Project)).all()) == 3


def test_a12_1_a_batch_sent_twice_at_once_is_entered_once(either_world):
    table_id = read(either_world, *numbered(2))
    came_to = together(lambda _: enter_next(either_world, table_id, seen=1), [1, 2])
    assert sorted(isinstance(one, Conflict | RuleRefusal) for one in came_to) == [False, True]


def test_a12_1_thousands_of_rows_are_judged_by_a_few_statements(world):
    table_id = read(world, *numbered(1200))
    asked: list[str] = []
    engine = world.extranet.reader
    sa.event.listen(engine, "before_cursor_execute", lambda _c, _cursor, statement, *_: asked.append(statement))
    assert set(verdicts(world, table_id)) == {Verdict.OK}
    assert len(asked) < 20


def test_a_table_is_its_officers_own(world):
    table_id = read(world, TYPED)
    with world.extranet.reading() as session, pytest.raises(Absent):
        legacy_files.import_of(session, ELSEWHERE, table_id)
