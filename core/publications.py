"""What is published once and read by every page: regions, calendar, guides, in memory until a revision changes."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable, Zone, zone_of

T = TypeVar("T")


class PublicationRow(SQLModel):
    """How often one published subject has changed in this zone."""

    subject: str = Field(primary_key=True, max_length=40)
    revision: int


class PublicPublication(PublicationRow, PublicTable, table=True):
    """Revisions as the internet zone holds them."""

    __tablename__ = "publication"


class ExtranetPublication(PublicationRow, ExtranetTable, table=True):
    """Revisions as the extranet zone holds them."""

    __tablename__ = "publication"


_TABLES: Mapping[Zone, sa.FromClause] = {
    Zone.PUBLIC: sa.inspect(PublicPublication).local_table,
    Zone.EXTRANET: sa.inspect(ExtranetPublication).local_table,
}
_STAMP = {
    zone: sa.select(table.c.revision).where(table.c.subject == sa.bindparam("subject"))
    for zone, table in _TABLES.items()
}
_RENEW = sa.text(
    "INSERT INTO publication (subject, revision) VALUES (:subject, 1) "
    "ON CONFLICT (subject) DO UPDATE SET revision = publication.revision + 1"
)


def renew(session: Session, subject: str) -> None:
    """Say that a published subject has changed: every process reads it afresh at its next request."""
    session.flush()
    session.connection().execute(_RENEW, {"subject": subject})


class Kept(Generic[T]):
    """One published subject in memory, per database, read again when its revision moved."""

    def __init__(self, subject: str, read: Callable[[Session], T]) -> None:
        self._subject = subject
        self._read = read
        self._values: WeakKeyDictionary[object, tuple[int, T]] = WeakKeyDictionary()

    def of(self, session: Session) -> T:
        """The value as this session's database holds it."""
        statement = _STAMP[zone_of(session)]
        revision: int = session.connection().execute(statement, {"subject": self._subject}).scalar() or 0
        pool = session.connection().engine.pool
        held = self._values.get(pool)
        if held is not None and held[0] == revision and revision:
            return held[1]
        value = self._read(session)
        self._values[pool] = (revision, value)
        return value
