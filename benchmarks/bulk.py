"""Rows by the hundred thousand into one table, past the core: one prepared INSERT on SQLite, COPY on PostgreSQL."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.json import Jsonb
from pydantic_core import PydanticUndefined
from sqlmodel import SQLModel

from benchmarks.ground import psycopg_address, sqlite_path
from core.database import Database, JSONDoc

Row = Mapping[str, Any]
Write = Callable[[Any], Any]


def insert(database: Database, model: type[SQLModel], rows: Iterable[Row]) -> None:
    """Write rows given by field name; a field that a row leaves out gets the model's default."""
    table: sa.Table = sa.inspect(model).local_table
    url = database.engine.url.render_as_string(hide_password=False)
    names = [column.name for column in table.columns]
    defaults = {name: _default(model, name) for name in names}
    if database.engine.dialect.name == "sqlite":
        writers = [_sqlite_writer(column, database.engine.dialect) for column in table.columns]
        _insert_sqlite(sqlite_path(url), table.name, names, _values(rows, names, defaults, writers))
    else:
        json_writers: list[Write] = [_json if isinstance(column.type, JSONDoc) else _same for column in table.columns]
        _copy(psycopg_address(url), table.name, names, _values(rows, names, defaults, json_writers))


def _values(rows: Iterable[Row], names: list[str], defaults: Row, writers: list[Write]) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        whole = {**defaults, **row}
        yield tuple(write(whole[name]) for name, write in zip(names, writers, strict=True))


def _default(model: type[SQLModel], name: str) -> Any:
    value = model.model_fields[name].get_default()
    return None if value is PydanticUndefined else value


def _insert_sqlite(path: str, table: str, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    connection.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', rows)
    connection.execute("COMMIT")
    connection.close()


def _copy(address: str, table: str, names: list[str], rows: Iterator[tuple[Any, ...]]) -> None:
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f'COPY "{table}" ({columns}) FROM STDIN'
    with psycopg.connect(address) as connection, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _sqlite_writer(column: sa.Column[Any], dialect: sa.Dialect) -> Write:
    kind = column.type.dialect_impl(dialect)
    return kind.bind_processor(dialect) or _same


def _same(value: Any) -> Any:
    return value


def _json(value: Any) -> Any:
    return None if value is None else Jsonb(value)
