"""What the databases themselves refuse, on both engines."""

import pytest
import sqlalchemy as sa

from core.database import Database
from tests.core.exchange.crossing import Crossing, rows_of

ANOTHER = (
    "INTO exchange_message (position, id, direction, kind, subject, body, files, happened_at, state, attempts)"
    " SELECT {position}, {id}, direction, kind, subject, 'forged', files, happened_at, 'told', 0"
    " FROM exchange_message WHERE position = 1"
)
ANOTHER_PLACE = (
    "INTO exchange_place (position, epoch, number, previous_digest, digest, sealed_at)"
    " SELECT {position}, epoch, {number}, previous_digest, digest, sealed_at FROM exchange_place WHERE number = 1"
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


@pytest.fixture
def arrived(sealed: Database, crossing: Crossing) -> Database:
    """The other zone, which was brought what was sealed."""
    crossing.bring(crossing.take())
    return crossing.extranet


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE exchange_message SET body = '{}' WHERE position = 1",
        "UPDATE exchange_message SET body = '{}' WHERE position = 3",
        "UPDATE exchange_message SET epoch = 1, number = 9, digest = 'a' WHERE position = 2",
        "UPDATE exchange_message SET position = 99 WHERE position = 2",
        "UPDATE exchange_message SET id = 'other' WHERE position = 3",
        "UPDATE exchange_message SET state = 'lost' WHERE position = 1",
        "DELETE FROM exchange_message WHERE position = 1",
        "DELETE FROM exchange_message",
        "UPDATE exchange_place SET number = 9 WHERE number = 2",
        "UPDATE exchange_place SET digest = previous_digest WHERE number = 2",
        "UPDATE exchange_place SET sealed_at = '2026-01-01 00:00:00' WHERE number = 2",
        "UPDATE exchange_place SET position = 3 WHERE number = 2",
        "DELETE FROM exchange_place WHERE number = 2",
        "DELETE FROM exchange_place",
        "UPDATE exchange_seal SET signature = ''",
        "DELETE FROM exchange_seal",
    ],
)
def test_what_was_told_or_sealed_cannot_be_changed(sealed: Database, change: str):
    before = rows_of(sealed)
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, change)
    assert rows_of(sealed) == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE exchange_message SET body = '{}' WHERE number = 1",
        "UPDATE exchange_message SET number = 9 WHERE number = 2",
        "UPDATE exchange_message SET digest = previous_digest WHERE number = 2",
        "UPDATE exchange_message SET sealed_at = happened_at, epoch = 2 WHERE number = 2",
        "DELETE FROM exchange_message WHERE number = 1",
    ],
)
def test_what_arrived_cannot_be_changed(arrived: Database, change: str):
    before = rows_of(arrived)
    with pytest.raises(sa.exc.DBAPIError):
        run(arrived, change)
    assert rows_of(arrived) == before


@pytest.mark.parametrize("table", ["exchange_message", "exchange_place", "exchange_seal"])
def test_a_truncated_table_is_refused_where_the_engine_can_truncate(sealed: Database, table: str, engine_kind: str):
    before = rows_of(sealed)
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, f"TRUNCATE {table}" if engine_kind == "postgresql" else f"DELETE FROM {table}")
    assert rows_of(sealed) == before


def test_replacing_a_row_by_any_of_its_keys_leaves_it_as_it_was(sealed: Database, engine_kind: str):
    before = rows_of(sealed)
    for position, identifier in (("1", "id"), ("1", "'other'"), ("99", "id")):
        row = ANOTHER.format(position=position, id=identifier)
        if engine_kind == "sqlite":
            run(sealed, f"INSERT OR REPLACE {row}")
        else:
            with pytest.raises(sa.exc.IntegrityError):
                run(sealed, f"INSERT {row}")
    assert rows_of(sealed) == before


@pytest.mark.parametrize(("position", "number"), [(1, 1), (1, 9), (3, 1)])
def test_a_place_cannot_be_taken_from_the_message_that_has_it(sealed, position: int, number: int, engine_kind: str):
    before = rows_of(sealed)
    replacing = "INSERT OR REPLACE" if engine_kind == "sqlite" else "INSERT"
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, f"{replacing} {ANOTHER_PLACE.format(position=position, number=number)}")
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


@pytest.mark.parametrize("table", ["exchange_place", "exchange_message"])
def test_an_update_cannot_push_a_sealed_row_out(sealed: Database, arrived: Database, table: str, engine_kind: str):
    database = sealed if table == "exchange_place" else arrived
    before = rows_of(database)
    replacing = "UPDATE OR REPLACE" if engine_kind == "sqlite" else "UPDATE"
    with pytest.raises(sa.exc.DBAPIError):
        run(database, f"{replacing} {table} SET number = 1 WHERE number = 2")
    assert rows_of(database) == before


def test_the_marks_of_carrying_and_applying_may_change(sealed: Database):
    run(sealed, "UPDATE exchange_message SET state = 'settled', reason = 'x', attempts = 1 WHERE position = 1")
    assert {row.number: row.state for row in rows_of(sealed)} == {1: "settled", 2: "told", None: "told"}


TAKING_OVER = (
    "UPDATE exchange_message SET state = 'refused', epoch = place.epoch, number = {number},"
    " previous_digest = place.previous_digest, digest = {digest}, sealed_at = place.sealed_at"
    " FROM exchange_place AS place WHERE place.position = exchange_message.position AND place.position = 2"
)


def test_a_place_goes_only_when_its_message_took_it_over(sealed: Database):
    """A message that another history has overtaken keeps its place as evidence, in its own row."""
    run(sealed, TAKING_OVER.format(number="place.number", digest="place.digest"))
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, "DELETE FROM exchange_place")
    run(sealed, "DELETE FROM exchange_place WHERE position = 2")
    assert {(row.number, row.state) for row in rows_of(sealed)} == {(1, "told"), (2, "refused"), (None, "told")}


@pytest.mark.parametrize(("number", "digest"), [("77", "place.digest"), ("place.number", "'forged'")])
def test_a_refused_message_takes_over_no_place_but_its_own(sealed: Database, number: str, digest: str):
    before = rows_of(sealed)
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, TAKING_OVER.format(number=number, digest=digest))
    assert rows_of(sealed) == before


def test_a_place_stays_where_its_message_was_refused_without_it(sealed: Database):
    run(sealed, "UPDATE exchange_message SET state = 'refused' WHERE position = 2")
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, "DELETE FROM exchange_place WHERE position = 2")


@pytest.mark.parametrize("position", [1, 99])
def test_nothing_is_noted_as_unsealed_by_hand(sealed: Database, position: int):
    with pytest.raises(sa.exc.DBAPIError):
        run(sealed, f"INSERT INTO exchange_unsealed (position) VALUES ({position})")


def test_what_is_told_waits_for_its_seal_whoever_inserts_it(sealed: Database, arrived: Database):
    waiting = "SELECT position FROM exchange_unsealed"
    another = ANOTHER.format(position=99, id="'other'")
    run(sealed, f"INSERT {another}")
    with sealed.reading() as session:
        assert session.connection().exec_driver_sql(waiting).scalars().all() == [3, 99]
    with arrived.reading() as session:
        assert session.connection().exec_driver_sql(waiting).scalars().all() == []
