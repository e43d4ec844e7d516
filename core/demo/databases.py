"""The zones' databases while the demonstration is made: empty at first, and in a hurry."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa

from core.database import Database, Zone, open_database
from core.exchange.pump import Post


def refuse_filled(post: Post) -> None:
    """Raise RuntimeError where either zone holds a project, an enterprise or a guide: never on top of data."""
    for database in (post.public, post.extranet):
        for table in ("project", "enterprise", "guide_version"):
            with database.reading() as session:
                if session.connection().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first() is not None:
                    raise RuntimeError(
                        "数据库里已有数据。演示数据只能生成在空数据库里：请换一个文件夹或数据库，或先删除原有数据"
                    )


@contextmanager
def hurried(post: Post) -> Iterator[Post]:
    """The same zones through connections that don't wait for the disk, closed at the end.

    A power cut may cost this data, which can be made again by the same command; whoever opens the databases afterwards
    has connections of their own, which do wait.
    """
    opened = {database.zone: _open_hurried(database) for database in (post.public, post.extranet)}
    try:
        yield replace(post, public=opened[Zone.PUBLIC], extranet=opened[Zone.EXTRANET])
    finally:
        for database in opened.values():
            database.close()


def _open_hurried(database: Database) -> Database:
    url = database.engine.url
    if url.get_backend_name() == "postgresql":
        url = url.update_query_dict({"options": "-csynchronous_commit=off"})
    opened = open_database(
        url.render_as_string(hide_password=False), database.zone, workplace=database.workplace, vault=database.vault
    )
    if url.get_backend_name() == "sqlite":
        sa.event.listen(opened.engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return opened
