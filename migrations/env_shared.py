"""What Alembic does in either zone: one transaction, one upgrader at a time, and what it writes for the house's types.

All migrations of an upgrade stand or fall together. A second process that starts at the same moment waits and finds
nothing left to do: SQLite by `BEGIN IMMEDIATE`, PostgreSQL by an advisory lock.
"""

import re
from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

import core.tables  # noqa: F401  the metadata is whole only when every table was imported
from core.database import ExtranetTable, JSONDoc, PublicTable, Zone

METADATA = {Zone.PUBLIC: PublicTable.metadata, Zone.EXTRANET: ExtranetTable.metadata}
UPGRADE_LOCK = 2017_0659  # any number that is the platform's own: the regulation's year and number


def run() -> None:
    """Do what Alembic was asked for (upgrade, check, revision) on the database named by `url`."""
    zone = Zone(context.config.get_main_option("zone", ""))
    engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.pool.NullPool)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    with engine.connect() as connection, connection.begin():
        _wait_for_others(connection)
        context.configure(
            connection=connection,
            target_metadata=METADATA[zone],
            render_as_batch=True,  # SQLite changes a table by building it anew
            compare_server_default=True,
            render_item=render_item,
            include_name=include_name,
        )
        context.run_migrations()
        _check_foreign_keys(connection)


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what an engine alone has, and no table of the code describes: the insides of the search index."""
    return not (name and re.search(r"_search_(fts|text_like|grams_hold)", name) and kind in ("table", "index"))


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | bool:
    """How a type is written in a migration: in SQLAlchemy's own words, because migrations never import core."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, JSONDoc):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver would commit before each change of a table
    connection.execute("PRAGMA busy_timeout=60000")
    connection.execute("PRAGMA foreign_keys=OFF")  # a rebuilt table is dropped while others point at it


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _wait_for_others(connection: sa.Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")


def _check_foreign_keys(connection: sa.Connection) -> None:
    """Foreign keys were off while SQLite rebuilt its tables: a row that now points nowhere stops the upgrade."""
    if connection.dialect.name == "sqlite" and (astray := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"rows that point nowhere after the upgrade: {astray[:5]}")
