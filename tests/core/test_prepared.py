"""A prepared statement gives on both engines what SQLAlchemy gives, only sooner (A13.2)."""

from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import date
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidRequestError
from sqlmodel import Session

from core.accounts.tables import Enterprise
from core.columns import JSONDoc
from core.database import Database, Zone, open_database, table_of
from core.exchange.faults import is_passing
from core.prepared import Prepared, PreparedChange
from tests.databases import ENGINES, Templates
from tests.world import MONDAY_9AM

ENTERPRISES = table_of(Enterprise)
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "words": sa.String(),
    "number": sa.BigInteger(),
    "is_so": sa.Boolean(),
    "day": sa.Date(),
    "at": sa.DateTime(timezone=True),
    "document": JSONDoc(),
}
AMOUNT = sa.Numeric(14, 2)
ECHO = sa.select(
    sa.literal("绿灯"),
    *(sa.bindparam(name, type_=kind) for name, kind in TYPES.items()),
    sa.cast(sa.bindparam("amount", type_=AMOUNT), AMOUNT),
)
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


class Unit(NamedTuple):
    code: str
    name: str


BY_CODE = sa.select(ENTERPRISES.c.credit_code, ENTERPRISES.c.name).where(
    ENTERPRISES.c.credit_code == sa.bindparam("code", type_=sa.String())
)


@pytest.fixture(params=ENGINES, scope="module")
def database(request: pytest.FixtureRequest, database_templates: Templates) -> Iterator[Database]:
    with (
        database_templates.copy(request.param, Zone.PUBLIC) as url,
        closing(open_database(url, Zone.PUBLIC)) as opened,
    ):
        with opened.writing() as session:
            for place, name in enumerate(("长春新能源有限公司", "吉林启辰有限公司")):
                session.add(
                    Enterprise(credit_code=f"{place:018}", name=name, kind="enterprise", registered_at=MONDAY_9AM)
                )
        yield opened


@given(
    words=WORDS,
    number=st.integers(-(2**62), 2**62) | st.none(),
    is_so=st.booleans(),
    day=st.dates(date(1950, 1, 1)) | st.none(),
    amount=st.decimals(-(10**9), 10**9, places=2) | st.none(),
    document=st.none() | st.dictionaries(WORDS, WORDS | st.integers(-9, 9) | st.none(), max_size=3),
)
def test_every_kind_of_value_goes_and_comes_as_sqlalchemy_sends_and_reads_it(database: Database, **typed: Any) -> None:
    asked = {**typed, "at": MONDAY_9AM}
    with database.reading() as session:
        assert Prepared(ECHO, tuple).all(session, asked) == [
            tuple(row) for row in session.connection().execute(ECHO, asked)
        ]


def test_a_row_becomes_what_the_statement_was_prepared_for(database: Database) -> None:
    by_code = Prepared(BY_CODE, Unit._make)
    with database.reading() as session:
        assert by_code.all(session, {"code": f"{1:018}"}) == [Unit(f"{1:018}", "吉林启辰有限公司")]
        assert by_code.first(session, {"code": f"{0:018}"}) == Unit(f"{0:018}", "长春新能源有限公司")
        assert by_code.first(session, {"code": "没有"}) is None


def test_a_list_of_open_length_is_sent_by_sqlalchemy(database: Database) -> None:
    among = Prepared(
        sa.select(sa.func.count()).where(ENTERPRISES.c.credit_code.in_(sa.bindparam("codes", expanding=True))), tuple
    )
    with database.reading() as session:
        assert [among.one(session, {"codes": [f"{place:018}" for place in range(many)]}) for many in (0, 1, 2, 7)] == [
            (0,), (1,), (2,), (2,)
        ]  # fmt: skip


def test_a_change_reads_what_it_wrote_itself(database: Database) -> None:
    by_code = Prepared(BY_CODE, Unit._make)
    with database.writing() as session:
        session.add(_enterprise("9" * 18, "还没有提交"))
        session.flush()
        found = by_code.first(session, {"code": "9" * 18})
        session.rollback()
    assert found == Unit("9" * 18, "还没有提交")
    with database.reading() as session:
        assert by_code.first(session, {"code": "9" * 18}) is None


def test_an_error_is_told_as_sqlalchemy_tells_it_and_the_next_page_reads_on(database: Database) -> None:
    absent = Prepared(sa.select(sa.column("name")).select_from(sa.table("no_such_table")), tuple)
    with database.reading() as session, pytest.raises(DBAPIError, match="no_such_table"):
        absent.all(session, {})
    with database.reading() as session:
        assert Prepared(sa.select(sa.func.count()).select_from(ENTERPRISES), tuple).one(session, {}) == (2,)


def test_after_a_rollback_the_session_reads_on(database: Database) -> None:
    counted = Prepared(sa.select(sa.func.count()).select_from(ENTERPRISES), tuple)
    with database.reading() as session:
        assert counted.one(session, {}) == (2,)
        session.rollback()
        assert counted.one(session, {}) == (2,)


def test_who_listens_to_an_engine_hears_every_statement(database: Database) -> None:
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    counted = Prepared(sa.select(sa.func.count()).select_from(ENTERPRISES), tuple)
    sa.event.listen(database.reader, "before_cursor_execute", hear)
    with database.reading() as session:
        counted.one(session, {})
    sa.event.remove(database.reader, "before_cursor_execute", hear)
    with database.reading() as session:
        counted.one(session, {})
    assert [statement for statement in heard if "enterprise" in statement] == [
        "SELECT count(*) AS count_1 \nFROM enterprise"
    ]


@pytest.mark.postgresql
def test_a_connection_that_broke_is_replaced(database_templates: Templates) -> None:
    """The server ended it: that page fails, and the pool learns of it."""
    me = Prepared(sa.select(sa.func.pg_backend_pid()), tuple)
    with (
        database_templates.copy("postgresql", Zone.PUBLIC) as url,
        closing(open_database(url, Zone.PUBLIC)) as opened,
    ):
        with opened.reading() as session:
            (first,) = me.one(session, {})
            with opened.writing() as other:
                other.execute(sa.select(sa.func.pg_terminate_backend(first, 5000)))
            with pytest.raises(DBAPIError):
                me.one(session, {})
        with opened.reading() as session:
            (second,) = me.one(session, {})
    assert second != first


def _enterprise(code: str, name: str) -> Enterprise:
    return Enterprise(credit_code=code, name=name, kind="enterprise", registered_at=MONDAY_9AM)


def test_a_prepared_change_writes_what_sqlalchemy_would_and_gives_what_it_returns(database: Database) -> None:
    renamed = PreparedChange(
        sa.update(ENTERPRISES)
        .where(ENTERPRISES.c.credit_code == sa.bindparam("of_code", type_=sa.String()))
        .values(name=sa.bindparam("to_name"))
    )
    back = PreparedChange(
        sa.delete(ENTERPRISES)
        .where(ENTERPRISES.c.credit_code == sa.bindparam("of_code", type_=sa.String()))
        .returning(ENTERPRISES.c.name)
    )
    with database.writing() as session:
        assert PreparedChange(sa.insert(ENTERPRISES)).count(session, _enterprise("7" * 18, "旧名").__dict__) == 1
        assert renamed.count(session, {"of_code": "7" * 18, "to_name": "新名"}) == 1
        assert renamed.count(session, {"of_code": "没有", "to_name": "新名"}) == 0
        assert back.value(session, {"of_code": "7" * 18}) == "新名"


def test_a_prepared_change_may_leave_columns_to_their_defaults(database: Database) -> None:
    row = {name: value for name, value in _enterprise("6" * 18, "长春").__dict__.items() if value is not None}
    columns = [name for name in row if name in ENTERPRISES.c]
    with database.writing() as session:
        PreparedChange(sa.insert(ENTERPRISES), columns=columns).count(session, row)
        assert session.get_one(Enterprise, "6" * 18).name == "长春"
        session.rollback()


def test_an_error_of_a_prepared_change_is_sqlalchemys_and_undoes_the_change(database: Database) -> None:
    insert = PreparedChange(sa.insert(ENTERPRISES))
    rows = [_enterprise("5" * 18, "还没有提交").__dict__, _enterprise(f"{0:018}", "重复").__dict__]
    with pytest.raises(IntegrityError, match="enterprise") as refused, database.writing() as session:
        assert [insert.count(session, row) for row in rows] == []
    assert isinstance(refused.value.orig, Exception)
    assert not is_passing(refused.value)
    with database.reading() as session:
        assert session.get(Enterprise, "5" * 18) is None


def test_a_savepoint_takes_a_prepared_change_back(database: Database) -> None:
    insert = PreparedChange(sa.insert(ENTERPRISES))
    with database.writing() as session:
        insert.count(session, _enterprise("8" * 18, "留下").__dict__)
        with suppress(LookupError), session.begin_nested():
            insert.count(session, _enterprise("2" * 18, "收回").__dict__)
            raise LookupError
        assert session.get(Enterprise, "2" * 18) is None
        assert session.get_one(Enterprise, "8" * 18).name == "留下"
        session.rollback()


def test_after_a_failed_flush_a_prepared_change_is_refused(database: Database) -> None:
    insert = PreparedChange(sa.insert(ENTERPRISES))
    row = _enterprise("2" * 18, "不应留下").__dict__
    with pytest.raises(InvalidRequestError, match="rolled back"), database.writing() as session:
        insert.count(_after_a_failed_flush(session, insert), row)
    with database.reading() as session:
        assert session.get(Enterprise, "2" * 18) is None


def _after_a_failed_flush(session: Session, insert: PreparedChange) -> Session:
    insert.count(session, _enterprise("1" * 18, "先写").__dict__)
    session.add(_enterprise(f"{0:018}", "重复"))
    with suppress(IntegrityError):
        session.flush()
    return session


def test_who_listens_hears_a_prepared_change(database: Database) -> None:
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        heard.append(statement)

    sa.event.listen(database.engine, "before_cursor_execute", hear)
    with database.writing() as session:
        PreparedChange(sa.insert(ENTERPRISES)).count(session, _enterprise("4" * 18, "长春").__dict__)
        session.rollback()
    sa.event.remove(database.engine, "before_cursor_execute", hear)
    assert [statement.split("(")[0].strip() for statement in heard] == ["INSERT INTO enterprise"]


def _cut(session: Session, database: Database) -> Session:
    pid = session.connection().scalar(sa.text("SELECT pg_backend_pid()"))
    with database.engine.connect() as other:
        other.execute(sa.text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    return session


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_that_the_server_ended_leaves_its_pool(database: Database) -> None:
    insert = PreparedChange(sa.insert(ENTERPRISES))
    with pytest.raises(DBAPIError) as ended, database.writing() as session:
        insert.count(_cut(session, database), _enterprise("3" * 18, "长春").__dict__)
    assert ended.value.connection_invalidated
    assert is_passing(ended.value)
    with database.writing() as session:
        assert session.connection().scalar(sa.text("SELECT 1")) == 1
