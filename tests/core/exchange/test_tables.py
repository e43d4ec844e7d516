"""What the databases themselves refuse, on both engines."""

import pytest
import sqlalchemy as sa

from core.database import Database
from core.exchange.tables import GENESIS
from tests.core.exchange.crossing import Crossing, rows_of

TELL_ANOTHER = (
    "INTO exchange_message (position, id, direction, kind, subject, body, files, happened_at, state, attempts,"
    " epoch, number, previous_digest, digest, sealed_at) SELECT {position}, {id}, direction, kind, subject, 'forged',"
    " files, happened_at, state, attempts, epoch, number, previous_digest, digest, sealed_at"
    " FROM exchange_message WHERE number = 1"
)


def run(db: Database, statement: str) -> None:
    with db.writing() as session:
        session.connection().exec_driver_sql(statement)


@pytest.fixture
def sealed(crossing: Crossing) -> Database:
    crossing.tell(1, 2)
    crossing.seal()
    crossing.tell(3)
    return crossing.public


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE exchange_message SET body = '{}' WHERE number = 1",
        "UPDATE exchange_message SET body = '{}' WHERE number IS NULL",
        "UPDATE exchange_message SET number = 9 WHERE number = 2",
        "UPDATE exchange_message SET digest = previous_digest WHERE number = 2",
        "UPDATE exchange_message SET sealed_at = happened_at, epoch = 2 WHERE number = 2",
        "UPDATE exchange_message SET position = 99 WHERE number = 2",
        "UPDATE exchange_message SET id = 'other' WHERE number IS NULL",
        "UPDATE exchange_message SET state = 'lost' WHERE number = 1",
        "DELETE FROM exchange_message WHERE number = 1",
        "DELETE FROM exchange_message",
        "UPDATE exchange_seal SET signature = ''",
        "DELETE FROM exchange_seal",
    ],
)
def test_what_was_told_or_sealed_cannot_be_changed(sealed: Database, change: str):
    before = rows_of(sealed)
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, change)
    assert rows_of(sealed) == before


@pytest.mark.parametrize("table", ["exchange_message", "exchange_seal"])
def test_a_truncated_table_is_refused_where_the_engine_can_truncate(sealed: Database, table: str, engine_kind: str):
    before = rows_of(sealed)
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, f"TRUNCATE {table}" if engine_kind == "postgresql" else f"DELETE FROM {table}")
    assert rows_of(sealed) == before


def test_replacing_a_row_by_any_of_its_keys_leaves_it_as_it_was(sealed: Database, engine_kind: str):
    before = rows_of(sealed)
    own = ("1", "id"), ("1", "'other'"), ("99", "id"), ("99", "'other'")
    for position, identifier in own:
        row = TELL_ANOTHER.format(position=position, id=identifier)
        if engine_kind == "sqlite":
            run(sealed, f"INSERT OR REPLACE {row}")
        else:
            with pytest.raises(sa.exc.IntegrityError):
                run(sealed, f"INSERT {row}")
    assert rows_of(sealed) == before


def test_a_sealed_row_cannot_be_replaced_by_an_unsealed_one(sealed: Database, engine_kind: str):
    before = rows_of(sealed)
    row = (
        "INTO exchange_message (position, id, direction, kind, subject, body, files, happened_at, state, attempts)"
        " SELECT 1, 'other', direction, kind, subject, 'forged', files, happened_at, 'unsealed', 0"
        " FROM exchange_message WHERE number = 1"
    )
    if engine_kind == "sqlite":
        run(sealed, f"INSERT OR REPLACE {row}")
    else:
        with pytest.raises(sa.exc.IntegrityError):
            run(sealed, f"INSERT {row}")
    assert rows_of(sealed) == before


def test_a_seal_cannot_be_replaced(sealed: Database, engine_kind: str):
    again = (
        "INTO exchange_seal (position, direction, epoch, number, digest, key_id, signature, sealed_at, state)"
        " SELECT {0}, direction, epoch, number, digest, key_id, signature, sealed_at, 'verified' FROM exchange_seal"
    )
    for position in ("1", "99"):
        if engine_kind == "sqlite":
            run(sealed, f"INSERT OR REPLACE {again.format(position)}")
        else:
            with pytest.raises(sa.exc.IntegrityError):
                run(sealed, f"INSERT {again.format(position)}")
    with sealed.reading() as session:
        states = session.connection().exec_driver_sql("SELECT state FROM exchange_seal").all()
    assert states == [("given",)]


def test_an_update_cannot_push_a_sealed_row_out(sealed: Database, engine_kind: str):
    before = rows_of(sealed)
    replacing = "UPDATE OR REPLACE" if engine_kind == "sqlite" else "UPDATE"
    sealing = f"epoch = 1, number = 1, previous_digest = '{GENESIS}', digest = '{GENESIS}', sealed_at = happened_at"
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, f"{replacing} exchange_message SET {sealing} WHERE number IS NULL")
    assert rows_of(sealed) == before


def test_the_marks_of_carrying_and_applying_may_change(sealed: Database):
    run(sealed, "UPDATE exchange_message SET state = 'carried', reason = 'x', attempts = 1 WHERE number = 1")
    assert {row.number: row.state for row in rows_of(sealed)} == {1: "carried", 2: "sealed", None: "unsealed"}
