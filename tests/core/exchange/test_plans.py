"""No statement on a message's way reads a whole table: the exchange gets no slower with the rows behind it (A2.1)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from core.database import Database, Zone
from core.exchange import outbox
from core.exchange.carrying import carry
from core.exchange.inbox import apply_next, receive
from core.exchange.sealing import seal, seal_all
from tests.core.exchange.crossing import CODE, LATER, NOW, Crossing, Echoed

MOVING = ("SELECT", "UPDATE", "DELETE", "WITH")
KEPT = ("exchange_message", "exchange_seal", "exchange_archive")


@contextmanager
def heard(*databases: Database) -> Iterator[dict[str, tuple[Database, Any]]]:
    """Every statement that runs meanwhile, with the database and the values of its first run."""
    statements: dict[str, tuple[Database, Any]] = {}

    def listener(database: Database) -> Any:
        def hear(connection: Any, cursor: Any, statement: str, values: Any, context: Any, is_many: bool) -> None:
            statements.setdefault(statement, (database, values[0] if is_many else values))

        return hear

    kept = [(engine, listener(one)) for one in databases for engine in {one.engine, one.reader}]
    for engine, hear in kept:
        sa.event.listen(engine, "before_cursor_execute", hear)
    yield statements
    for engine, hear in kept:
        sa.event.remove(engine, "before_cursor_execute", hear)


def scans(database: Database, statement: str, values: Any) -> list[str]:
    """The tables that SQLite would read from end to end, not by an index."""
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    steps = [row.detail for row in plan if row.detail.startswith("SCAN ")]
    return [step for step in steps if "USING" not in step]


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_every_statement_finds_its_rows_by_an_index(crossing: Crossing):
    with heard(crossing.public, crossing.extranet) as statements:
        with crossing.public.writing() as session:
            outbox.send(session, Echoed(code="a", step=1), at=NOW)
        crossing.tell(1, 2, file="a" * 64)
        crossing.post.pump(now=NOW)
        crossing.post.pump(now=NOW + LATER)
    moving = {words: told for words, told in statements.items() if words.split()[0] in MOVING}
    assert len(moving) > 20
    found = {words: scans(database, words, values) for words, (database, values) in moving.items()}
    assert {words: steps for words, steps in found.items() if any(one.split()[1] in KEPT for one in steps)} == {}


MANY = f"""
    INSERT INTO exchange_message (id, direction, kind, subject, body, files, happened_at, state, attempts)
    SELECT 'm' || serial, direction, kind, 's' || serial, replace(body, '{CODE}', 's' || serial), files, happened_at,
    state, 0 FROM exchange_message, generate_series(1, 3000) AS serial
"""


@pytest.mark.parametrize("engine_kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_postgresql_finds_a_batch_by_an_index_among_many(crossing: Crossing):
    """It chooses by what it knows of the rows: a join that reads them all is found only where there are many."""
    crossing.tell(1)
    with crossing.public.writing() as session:
        session.connection().exec_driver_sql(MANY)
    crossing.seal(limit=1000)
    carry(*crossing.outward, limit=1000)
    crossing.receive()
    for database in (crossing.public, crossing.extranet):
        with database.writing() as session:
            session.connection().exec_driver_sql("ANALYZE")
    with heard(crossing.public, crossing.extranet) as statements:
        assert crossing.seal() == 200
        assert seal_all(crossing.public, crossing.post.signers[Zone.PUBLIC], now=lambda: NOW, at_most=300) == 600
        assert carry(*crossing.outward, limit=200) == 200
        assert crossing.receive() == 200
        assert apply_next(crossing.extranet, crossing.extranet_files, now=NOW, limit=3) == 3
        seal(crossing.extranet, crossing.post.signers[Zone.EXTRANET], now=NOW)
        carry(*crossing.outward[::-1])
        receive(crossing.public, crossing.post.verifiers[Zone.EXTRANET], now=NOW)
        assert apply_next(crossing.public, crossing.public_files, now=NOW) == 3
    moving = {words: told for words, told in statements.items() if words.split()[0] in MOVING}
    assert len(moving) > 20
    read = {words: reads_whole(database, words, values) for words, (database, values) in moving.items()}
    assert [words for words, is_whole in read.items() if is_whole] == []


def reads_whole(database: Database, statement: str, values: Any) -> bool:
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars().all()
    return any("Seq Scan on exchange_message" in line for line in plan)
