"""Statements that are asked again and again: compiled once for an engine, then handed to the driver as they are.

SQLAlchemy finds the text of a statement by a key as large as the statement, and sets up a context and a result for each
execution: on a page of eight short statements that is as much work as the page itself. What is prepared here is still
written, compiled and typed by SQLAlchemy; only its execution is shorter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

Row = TypeVar("Row")
Values = Mapping[str, Any]
Reader = Callable[[Any], Any]
Statement = sa.Select[Any] | sa.CompoundSelect[Any]
Change = sa.UpdateBase | sa.TextClause


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
            given = form.given(values)
            try:
                cursor = line.driver.execute(form.text, given)
                return form.read(cursor.fetchall(), cursor.description)
            except line.refused as error:
                raise _told(session.connection(), line, form, given, error) from error
        return session.connection().execute(self.statement, values).all()

    def _form(self, line: "_Line") -> "_Form | None":
        if self not in line.forms:
            line.forms[self] = _compiled(self.statement, line.dialect)
        form: _Form | None = line.forms[self]
        return form


class PreparedChange:
    """A statement that writes, with values given by name; each of its parameters needs one.

    An INSERT writes every column of its table, or `columns`; what else is among the values is left alone. The session's
    own pending rows are not flushed first. What the database refuses is told as SQLAlchemy's error, as from
    `Session.execute`; a value that is missing or of no kind the column knows is a bug, and told as Python tells it.
    """

    def __init__(self, statement: Change, *, columns: Sequence[str] | None = None) -> None:
        self.statement = statement
        self._columns = columns

    def count(self, session: Session, values: Values) -> int:
        """Write, and tell how many rows there were to write."""
        return int(self._run(session, values).rowcount)

    def value(self, session: Session, values: Values) -> Any:
        """Write one row, and give the one column that it returns, as the driver reads it."""
        return self._run(session, values).fetchone()[0]

    def _run(self, session: Session, values: Values) -> Any:
        line = _line(session)
        if line is None:
            form = self._form(session.connection().dialect)
            return session.connection().execute(self.statement, {name: values[name] for name in form.names})
        if self not in line.forms:
            line.forms[self] = self._form(line.dialect)
        form = line.forms[self]
        given = form.given(values)
        try:
            return line.driver.execute(form.text, given)
        except line.refused as error:
            raise _told(session.connection(), line, form, given, error) from error

    def _form(self, dialect: sa.Dialect) -> "_Form":
        return _form(self.statement.compile(dialect=dialect, column_keys=self._columns), dialect)


@dataclass(frozen=True)
class _Line:
    """The driver's connection under a session, for as long as its transaction or savepoint lasts."""

    transaction: SessionTransaction
    driver: Any
    dialect: sa.Dialect
    refused: type[Exception]
    forms: dict[Any, Any]


def _line(session: Session) -> _Line | None:
    """The line of a session; None where SQLAlchemy must execute, because someone listens to every statement.

    A savepoint has a line of its own, for SQLAlchemy sets it when it is first asked for its connection; a transaction
    that a failed flush has ended has none, and SQLAlchemy says so.
    """
    held: _Line | None = session.info.get("line")
    if held is not None and held.transaction.is_active and held.transaction is _present(session):
        return held
    connection = session.connection()
    if "prepared" not in session.info or connection.dispatch.before_cursor_execute:
        return None
    driver, dialect = connection.connection.driver_connection, connection.dialect
    refused: type[Exception] = dialect.loaded_dbapi.Error
    held = _Line(_present(session), driver, dialect, refused, session.info["prepared"])
    session.info["line"] = held
    return held


def _present(session: Session) -> Any:
    return session.get_nested_transaction() or session.get_transaction()


def _told(connection: sa.Connection, line: _Line, form: "_Form", given: Any, error: Any) -> BaseException:
    """A driver's error as SQLAlchemy tells it; a connection that is gone leaves its pool."""
    gone = line.dialect.is_disconnect(error, line.driver, None)
    if gone:
        connection.invalidate(error)
    told: BaseException = sa.exc.DBAPIError.instance(
        form.text, given, error, line.refused, connection_invalidated=gone, dialect=line.dialect
    )
    return told


@dataclass
class _Form:
    """A statement as one engine knows it: its text, its parameters, and what of its rows must be read.

    `writers` and `readers` stand with the place of their value. The readers come with the first result, for they may
    depend on what the driver makes of a column.
    """

    text: str
    is_positional: bool
    names: Sequence[str]
    fixed: Values
    writers: Sequence[tuple[int, Reader]]
    kinds: Sequence[sa.types.TypeEngine[Any]]
    dialect: sa.Dialect
    readers: Sequence[tuple[int, Reader]] | None = None

    def given(self, values: Values) -> Any:
        known = {**self.fixed, **values} if self.fixed else values
        told = [known[name] for name in self.names]
        for place, writer in self.writers:
            told[place] = writer(told[place])
        return told if self.is_positional else dict(zip(self.names, told, strict=True))

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
    if any(bind.expanding for bind in made.bind_names):
        return None
    return _form(made, dialect, [column.type.dialect_impl(dialect) for column in statement.selected_columns])


def _form(made: Any, dialect: sa.Dialect, kinds: Sequence[sa.types.TypeEngine[Any]] = ()) -> _Form:
    binds = {name: bind for bind, name in made.bind_names.items()}
    names = made.positiontup if made.positional else list(binds)
    writers = [binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    placed = [(place, writer) for place, writer in enumerate(writers) if writer is not None]
    fixed = {name: bind.value for name, bind in binds.items() if not bind.required}
    return _Form(made.string, bool(made.positional), names, fixed, placed, kinds, dialect)
