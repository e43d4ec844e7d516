"""New rows: made without validation and without the cost of it, and written at once where nothing waits for them.

Tables don't validate (forms and messages do), so a row is its fields' defaults and what it was given. Events of
SQLAlchemy are for changes of what is stored; a row that never was has none.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from pydantic_core import PydanticUndefined
from sqlmodel import Session, SQLModel

from core.prepared import PreparedChange


class NewRow(SQLModel):
    """Mixin of every table: how its rows are made."""

    def __init__(self, **given: Any) -> None:
        names, defaults, makers = _made_of(type(self))
        if not given.keys() <= names:
            raise TypeError(f"{type(self).__name__} has no {sorted(given.keys() - names)}")
        known = self.__dict__
        known.update(defaults)
        for name, make in makers:
            if name not in given:
                known[name] = make()
        known.update(given)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # a table has no private attributes, in which pydantic would look at length for what isn't there
            if hasattr(type(self), name):
                return object.__getattribute__(self, name)  # a property's own error
            raise AttributeError(f"{type(self).__name__} has no {name}")


@cache
def _made_of(
    model: type[SQLModel],
) -> tuple[frozenset[str], Mapping[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    fixed: dict[str, Any] = {}
    makers: list[tuple[str, Any]] = []
    for name, field in model.model_fields.items():
        if field.default_factory is not None:
            makers.append((name, field.default_factory))
        elif field.default is not PydanticUndefined:
            fixed[name] = field.default
    return frozenset(model.model_fields), fixed, tuple(makers)


def write_new(session: Session, row: NewRow) -> None:
    """Write a new row now, by the one statement of its table.

    What the session has pending is flushed first, for the row may point to it. The session doesn't know the row after:
    it tells what was written, and to change it one reads it. Every column needs a value or a default of its field; an
    error is SQLAlchemy's.
    """
    session.flush()
    _insert(type(row)).count(session, row.__dict__)


@cache
def _insert(model: type[NewRow]) -> PreparedChange:
    return PreparedChange(sa.insert(sa.inspect(model).local_table))
