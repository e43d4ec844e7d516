"""Both engines are asked the same questions and must give the same answers (A13.2, A17.1)."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from core.database import Zone, open_database
from core.search import FEW, is_sought, matching, put, seek

NAMES = {
    "a": ("长春市双阳区光伏发电项目", "长春新能源有限公司", "2026-220112-44-03-000001"),
    "b": ("罕觅氢能示范站（一期）", "吉林ＡＢＣ能源有限公司", "2026-220102-45-02-000002"),
    "c": ("秸秆综合利用 100% 改造", "公主岭市绿源生物科技有限公司", "2026-220184-25-03-000003"),
    "d": ("𫖯河大桥", "吉林省高速公路集团", "2026-220000-48-02-000004"),
}
QUESTIONS = {
    "光伏": "a", "长春": "a", "春": "a", "光伏发电": "a", "发电光伏": "", "光伏 双阳": "a", "光伏 氢能": "",
    "罕觅": "b", "氢能示范站(一期)": "b", "abc": "b", "ＡＢＣ能源": "b", "站一": "b", "期吉": "",
    "100%": "c", "%": "", "_": "", "秸秆综合利用": "c", "用100": "c",
    "𫖯": "d", "𫖯河": "d", "大桥": "d", "2026-220184": "c", "２０２６２２０１８４２５": "c", "000004": "d",
    "有限公司": "abc", "2026": "abcd", "不存在": "", "' OR 1=1 --": "", "\"光伏\"": "a", "光*": "a", "NEAR(光伏)": "",
}  # fmt: skip


@pytest.fixture
def database(database_urls):
    with closing(open_database(database_urls(Zone.EXTRANET), Zone.EXTRANET)) as opened:
        yield opened


def found(database, query):
    with database.reading() as session:
        keys = seek(session, query).keys
        assert keys is not None
        return "".join(sorted(keys))


def test_any_part_of_a_name_is_found_and_nothing_else(database):
    with database.writing() as session:
        for key, parts in NAMES.items():
            put(session, key, parts)
    assert {query: found(database, query) for query in QUESTIONS} == QUESTIONS


def test_a_new_name_replaces_the_old_one(database):
    with database.writing() as session:
        put(session, "a", ("旧名称水库",))
    with database.writing() as session:
        put(session, "a", ("新名称大坝",))
        assert seek(session, "大坝").keys == ("a",)
    assert (found(database, "水库"), found(database, "大坝"), found(database, "名称")) == ("", "a", "a")


def test_a_rolled_back_name_is_not_found(database):
    with database.writing() as session:
        put(session, "a", ("水库",))
        session.rollback()
    assert found(database, "水库") == ""


def test_more_than_can_be_named_are_met_by_the_list_itself(database):
    with database.writing() as session:
        for number in range(FEW + 1):
            put(session, f"k{number:04}", (f"常见项目第{number}号",))
        put(session, "other", ("少见工程",))
        assert len(seek(session, f"第{FEW}号").keys or ()) == 1
    with database.reading() as session:
        sought = seek(session, "常见")
        assert sought.keys is None
        keys = sa.table("project_search", sa.column("key", sa.String())).alias("listed")
        wanted = sa.select(keys.c.key).where(is_sought(Zone.EXTRANET, keys.c.key, sought.shape))
        newest = session.connection().execute(wanted.order_by(keys.c.key.desc()).limit(2), sought.values)
        assert newest.scalars().all() == [f"k{FEW:04}", f"k{FEW - 1:04}"]


def test_a_rare_name_is_found_by_the_index(database):
    with database.reading() as session:
        is_sqlite = session.connection().dialect.name == "sqlite"
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        statements: list[str] = []

        def note(connection, cursor, statement, parameters, context, many):
            statements.append(statement)
            plans.append(
                str(connection.connection.driver_connection.execute(explain + statement, parameters).fetchall())
            )

        plans: list[str] = []
        if not is_sqlite:
            session.connection().exec_driver_sql("SET enable_seqscan = off")
        sa.event.listen(database.reader, "before_cursor_execute", note)
        for query in ("罕觅", "罕觅氢能"):
            seek(session, query)
    sa.event.remove(database.reader, "before_cursor_execute", note)
    expected = ["VIRTUAL TABLE INDEX"] * 2 if is_sqlite else ["project_search_grams_hold", "project_search_text_like"]
    assert len(plans) == 2
    assert all(name in plan for name, plan in zip(expected, plans, strict=True))
    assert not [plan for plan in plans if 'SCAN project_search"' in plan or "Seq Scan" in plan]


def test_a_list_that_is_built_each_time_finds_the_same(database):
    with database.writing() as session:
        for number in range(FEW + 1):
            put(session, f"k{number:04}", (f"常见项目第{number}号",))
        listed = sa.table("project_search", sa.column("key", sa.String())).alias("listed")
        for query, number in (("常见", FEW + 1), (f"第{FEW}号", 1), ("没有", 0)):
            counted = sa.select(sa.func.count()).select_from(listed).where(matching(session, listed.c.key, query))
            assert session.connection().execute(counted).scalar_one() == number
