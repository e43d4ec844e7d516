"""Columns of kinds of their own: JSON documents, and what is sealed in the database and plain in the code (A9.1).

No path of the code can forget to seal, for none does it. The key ring belongs to the engine a zone's database was
opened with: a process without one, as the relay, can neither read nor write what is sealed.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from core.domain.masking import NUMBERS
from core.vault import Vault, VaultError

SEALED_LENGTH = 200
"""Characters of a sealed column: a text of up to 100 letters or digits."""


class JSONDoc(sa.types.TypeDecorator[Any]):
    """A JSON document: JSONB on PostgreSQL, text on SQLite, None stored as SQL NULL."""

    impl = sa.JSON
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """JSONB where the engine has it."""
        kind: sa.types.TypeEngine[Any] = (
            JSONB(none_as_null=True) if dialect.name == "postgresql" else sa.JSON(none_as_null=True)
        )
        return dialect.type_descriptor(kind)


class Sealed(sa.types.TypeDecorator[str]):
    """A text sealed for one purpose; an empty one has nothing to hide."""

    impl = sa.String
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__(length=SEALED_LENGTH)
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Seal what is stored."""
        return vault_in(dialect).seal(value, self.purpose) if value else value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """Open what is read."""
        return vault_in(dialect).open(value, self.purpose) if value else value


class SealedDoc(JSONDoc):
    """Answers or facts of a form, of which the numbers that lead to a person are sealed one by one."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        """Seal those numbers; everything else stays readable to the database."""
        return each_number(value, lambda text, name: vault_in(dialect).seal(text, name))

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        """Open them."""
        return each_number(value, lambda text, name: vault_in(dialect).open(text, name))


def each_number(document: Any, change: Any) -> Any:
    """The document with its personal numbers, alone or in lists, as `change(text, field)` makes them."""
    if not isinstance(document, dict) or not NUMBERS & document.keys():
        return document
    return {name: _changed(value, name, change) if name in NUMBERS else value for name, value in document.items()}


def vault_in(dialect: sa.Dialect) -> Vault:
    """The key ring of an engine."""
    vault: Vault | None = getattr(dialect, "vault", None)
    if vault is None:
        raise VaultError("this database was opened without the keys of its sealed fields (…_FIELD_KEYS_FILE)")
    return vault


def _changed(value: Any, name: str, change: Any) -> Any:
    if isinstance(value, list):
        return [_changed(each, name, change) for each in value]
    return change(value, name) if isinstance(value, str) and value else value
