"""Searching names: one table of texts per zone, with an index that finds any part of a Chinese name (A13.2, A17.1).

SQLite's own trigram tokenizer finds nothing for two Chinese letters, and PostgreSQL's pg_trgm is slow for them: so
letters and pairs are stored beside the text and indexed, on SQLite by FTS5, on PostgreSQL as an array. Whoever writes
a name calls `put` in the same transaction. Both engines answer alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable, Zone, table_of, zone_of
from core.domain.grams import grams, grams_asked, normalised, words_of
from core.exchange.tables import insert_into

FEW = 1000
"""Up to so many finds are named one by one to the list that shows them; of more, the list meets enough on its way."""


class Grams(sa.types.TypeDecorator[Any]):
    """A set of grams: an array on PostgreSQL; on SQLite words of hexadecimal digits, which no tokenizer takes apart."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """An array where the engine has it."""
        is_array = dialect.name == "postgresql"
        return dialect.type_descriptor(postgresql.ARRAY(sa.Text()) if is_array else sa.Text())

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """The grams in a fixed order."""
        found = sorted(value or ())
        return found if dialect.name == "postgresql" else " ".join(_token(gram) for gram in found)


class SearchRow(SQLModel):
    """What can be found of one thing; `text` holds its normalised names, one a line."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=36)
    text: str
    grams: str = Field(sa_type=Grams)


class ProjectSearch(SearchRow, ExtranetTable, table=True):
    """Projects by name, unit and code; `key` is the code."""

    __tablename__ = "project_search"


class ResultSearch(SearchRow, PublicTable, table=True):
    """Disclosed results by project, unit, code and item; `key` is the result's id."""

    __tablename__ = "result_search"


_TABLES: dict[Zone, sa.Table] = {
    Zone.EXTRANET: table_of(ProjectSearch),
    Zone.PUBLIC: table_of(ResultSearch),
}


class Shape(NamedTuple):
    """What tells one statement that searches from another."""

    is_few: bool
    words: int


@dataclass(frozen=True)
class Sought:
    """What a search came to: the keys it found, or None when there are more than `FEW`."""

    words: tuple[str, ...]
    keys: tuple[str, ...] | None

    @property
    def shape(self) -> Shape:
        """The statement this search needs."""
        return Shape(True, 0) if self.keys is not None else Shape(False, len(self.words))

    @property
    def values(self) -> dict[str, Any]:
        """What fills the parameters of `is_sought`."""
        if self.keys is not None:
            return {"sought_keys": list(self.keys)}
        return {f"sought_{place}": f"%{word}%" for place, word in enumerate(self.words)}


def put(session: Session, key: str, parts: Iterable[str]) -> None:
    """Let a thing be found by these names from now on, and by no others."""
    session.info.pop("sought", None)
    table = _TABLES[zone_of(session)]
    text = "\n".join(normalised(part) for part in parts)
    found: frozenset[str] = frozenset().union(*(grams(line) for line in text.split("\n")))
    values = {"text": text, "grams": found}
    connection = session.connection()
    row = insert_into(table, connection.dialect.name).values(key=key, **values)
    connection.execute(row.on_conflict_do_update(index_elements=[table.c.key], set_=values))


def seek(session: Session, query: str) -> Sought:
    """Look a query up in the zone's index, once in a request however many statements need it.

    Every word of it must occur in one of the names; one without letters and digits finds nothing.
    """
    asked: dict[str, Sought] = session.info.setdefault("sought", {})
    if query not in asked:
        asked[query] = _seek(session, words_of(query))
    return asked[query]


def is_sought(zone: Zone, column: sa.ColumnElement[Any], shape: Shape) -> sa.ColumnElement[bool]:
    """Whether the thing named by this column was sought; `Sought.values` fills the parameters."""
    if shape.is_few:
        return column.in_(sa.bindparam("sought_keys", expanding=True))
    table = _TABLES[zone]
    occurs = [table.c.text.like(sa.bindparam(f"sought_{place}", type_=sa.Text())) for place in range(shape.words)]
    return sa.exists().where(table.c.key == column, *occurs)


def matching(session: Session, column: sa.ColumnElement[Any], query: str) -> sa.ColumnElement[bool]:
    """`is_sought` with its values, for a statement that is built anew each time."""
    sought = seek(session, query)
    if sought.keys is not None:
        return column.in_(sought.keys)
    table = _TABLES[zone_of(session)]
    return sa.exists().where(table.c.key == column, *(table.c.text.like(f"%{word}%") for word in sought.words))


def _seek(session: Session, words: tuple[str, ...]) -> Sought:
    if not words:
        return Sought((), ())
    connection, table = session.connection(), _TABLES[zone_of(session)]
    found = sa.select(table.c.key).where(*(table.c.text.like(f"%{word}%") for word in words)).limit(FEW + 1)
    if connection.dialect.name == "postgresql":
        # three letters and more are told apart by their trigrams, for which the array would be slow
        found = found.where(*(table.c.grams.op("@>")(sa.literal([word], Grams())) for word in words if len(word) < 3))
    else:
        index = sa.table(f"{table.name}_fts", sa.column("rowid"))
        asked = " ".join(sorted({_token(gram) for word in words for gram in grams_asked(word)}))
        holds = sa.literal_column(f"{table.name}_fts").op("MATCH")(asked)
        found = found.select_from(sa.join(index, table, table.c.id == index.c.rowid)).where(holds)
    keys = connection.execute(found).scalars().all()
    return Sought(words, tuple(keys) if len(keys) <= FEW else None)


def _token(gram: str) -> str:
    return "".join(f"{ord(sign):05x}" for sign in gram)
