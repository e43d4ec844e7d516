"""Statements that pages ask for again and again: compiled once for an engine, then handed to the driver as they are.

SQLAlchemy finds the text of a statement by a key as large as the statement, and sets up a context and a result for each
execution: on a page of eight short statements that is as much work as the page itself. What is prepared here is still
written, compiled and typed by SQLAlchemy; only its execution inside a reading session is shorter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlmodel import Session

Row = TypeVar("Row")
Values = Mapping[str, Any]
Reader = Callable[[Any], Any]
Statement = sa.Select[Any] | sa.CompoundSelect[Any]


class Prepared(Generic[Row]):
    """A statement that reads, and what each of its rows becomes: `make` is given the row as a tuple.

    Values are given by name. A statement with a list of values of open length has no one text: SQLAlchemy sends it.
    """

    def __init__(self, statement: Statement, make: Callable[[Any], Row]) -> None:
        self.statement = statement
        self._make = make

    def all(self, session: Session, values: Values) -> list[Row]:
        """Every row."""
        make = self._make
        return [make(row) for row in self._rows(session, values)]

    def first(self, session: Session, values: Values) -> Row | None:
        """The first row; None when there is none."""
        rows = self._rows(session, values)
        return self._make(rows[0]) if rows else None

    def one(self, session: Session, values: Values) -> Row:
        """The only row of a statement that always has one, as a count has."""
        (row,) = self._rows(session, values)
        return self._make(row)

    def _rows(self, session: Session, values: Values) -> Sequence[Any]:
        line = _line(session)
        form = self._form(line) if line is not None else None
        if line is not None and form is not None:
            try:
                cursor = line.driver.execute(form.text, form.given(values))
                return form.read(cursor.fetchall(), cursor.description)
            except line.refused:
                pass  # asked again below: SQLAlchemy knows what an error means for the connection and its pool
        return session.connection().execute(self.statement, values).all()

    def _form(self, line: "_Line") -> "_Form | None":
        if self not in line.forms:
            line.forms[self] = _compiled(self.statement, line.dialect)
        return line.forms[self]


@dataclass(frozen=True)
class _Line:
    """The driver's connection under a reading session, for as long as its transaction lasts."""

    transaction: object
    driver: Any
    dialect: sa.Dialect
    refused: type[Exception]
    forms: dict[Prepared[Any], "_Form | None"]


def _line(session: Session) -> _Line | None:
    """The line of a session that only reads; None where SQLAlchemy must execute.

    In a session that writes, an error is part of what is being done; who listens to an engine hears every statement.
    """
    held: _Line | None = session.info.get("line")
    if held is not None and held.transaction is session.get_transaction():
        return held
    connection = session.connection()
    if not session.info.get("reading") or connection.dispatch.before_cursor_execute:
        return None
    driver, dialect = connection.connection.driver_connection, connection.dialect
    refused: type[Exception] = dialect.loaded_dbapi.Error
    held = _Line(session.get_transaction(), driver, dialect, refused, session.info["prepared"])
    session.info["line"] = held
    return held


@dataclass
class _Form:
    """A statement as one engine knows it: its text, its parameters, and what of its rows must be read.

    `readers` come with the first result, for they may depend on what the driver makes of a column.
    """

    text: str
    is_positional: bool
    names: Sequence[str]
    fixed: Values
    writers: Mapping[str, Reader]
    kinds: Sequence[sa.types.TypeEngine[Any]]
    dialect: sa.Dialect
    readers: Sequence[tuple[int, Reader]] | None = None

    def given(self, values: Values) -> Any:
        known = {**self.fixed, **values} if self.fixed else values
        writers = self.writers
        if self.is_positional:
            return [writers[name](known[name]) if name in writers else known[name] for name in self.names]
        return {name: writers[name](known[name]) if name in writers else known[name] for name in self.names}

    def read(self, rows: Sequence[Any], columns: Sequence[Any]) -> Sequence[Any]:
        if self.readers is None:
            readers = [
                kind.result_processor(self.dialect, column[1]) for kind, column in zip(self.kinds, columns, strict=True)
            ]
            self.readers = [(place, reader) for place, reader in enumerate(readers) if reader is not None]
        if not self.readers:
            return rows
        found = [list(row) for row in rows]
        for place, reader in self.readers:
            for row in found:
                row[place] = reader(row[place])
        return found


def _compiled(statement: Statement, dialect: sa.Dialect) -> _Form | None:
    made: Any = statement.compile(dialect=dialect)
    binds = {name: bind for bind, name in made.bind_names.items()}
    if any(bind.expanding for bind in binds.values()):
        return None
    types = {name: bind.type.dialect_impl(dialect) for name, bind in binds.items()}
    writers = {name: writer for name, kind in types.items() if (writer := kind.bind_processor(dialect)) is not None}
    kinds = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
    fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
    names = made.positiontup if made.positional else list(binds)
    return _Form(made.string, bool(made.positional), names, fixed, writers, kinds, dialect)
