"""Seal what stands in clear, and seal anew what an older key sealed: every sealed column of a zone (A9.1).

In portions of their own transaction, beside running portals: each reads what it meets, whoever sealed it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from core.accounts.mobiles import digest_anew
from core.columns import JSONDoc, Sealed, SealedDoc, each_number, vault_in
from core.database import Database, ExtranetTable, PublicTable, Zone
from core.vault import Vault

PORTION = 500
"""Rows looked at in one transaction."""


def seal_everything(database: Database) -> int:
    """Bring every sealed value under the newest key, and every digest with it; how many rows were written."""
    written = 0
    for table, columns in sealed_columns(database.zone):
        after: Sequence[Any] | None = ()
        while after is not None:
            with database.writing() as session:
                done, after = _portion(session.connection(), table, columns, after)
            written += done
    if database.zone is Zone.PUBLIC:
        with database.writing() as session:
            digest_anew(session)
    return written


def sealed_columns(zone: Zone) -> Iterator[tuple[sa.Table, list[sa.Column[Any]]]]:
    """The tables of a zone that hold something sealed, with those columns."""
    metadata = (PublicTable if zone is Zone.PUBLIC else ExtranetTable).metadata
    for table in metadata.sorted_tables:
        if columns := [column for column in table.columns if isinstance(column.type, Sealed | SealedDoc)]:
            yield table, columns


def _portion(
    connection: sa.Connection, table: sa.Table, columns: list[sa.Column[Any]], after: Sequence[Any]
) -> tuple[int, Sequence[Any] | None]:
    """Seal the next rows in the order of their keys; how many were written, and the last key, None at the end."""
    keys = list(table.primary_key.columns)
    found = sa.select(*keys, *(_as_stored(column) for column in columns)).order_by(*keys).limit(PORTION)
    if after:
        found = found.where(
            sa.tuple_(*keys) > sa.tuple_(*(sa.literal(value, key.type) for key, value in zip(keys, after, strict=True)))
        )
    vault, written = vault_in(connection.dialect), 0
    rows = connection.execute(found.with_for_update()).all()
    for row in rows:
        key, stored = row[: len(keys)], row[len(keys) :]
        stale = [column for column, value in zip(columns, stored, strict=True) if _is_stale(vault, value)]
        if stale:
            one = [column == value for column, value in zip(keys, key, strict=True)]
            plain = connection.execute(sa.select(*stale).where(*one)).one()
            connection.execute(
                sa.update(table).where(*one).values(dict(zip([c.name for c in stale], plain, strict=True)))
            )
            written += 1
    return written, tuple(rows[-1][: len(keys)]) if len(rows) == PORTION else None


def _as_stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The column without its seal being opened."""
    return sa.type_coerce(column, JSONDoc() if isinstance(column.type, SealedDoc) else sa.String())


def _is_stale(vault: Vault, stored: Any) -> bool:
    if isinstance(stored, dict):
        met: list[bool] = []
        each_number(stored, lambda text, _name: met.append(not vault.is_current(text)))
        return any(met)
    return bool(stored) and not vault.is_current(stored)
