"""What is published once and read by every page: regions, calendar, guides, in memory until a revision changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable

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


_REVISIONS = "SELECT subject, revision FROM publication"
_RENEW = sa.text(
    "INSERT INTO publication (subject, revision) VALUES (:subject, 1) "
    "ON CONFLICT (subject) DO UPDATE SET revision = publication.revision + 1"
)


@dataclass
class _Glance:
    """What one transaction saw: every subject's revision, and what it changed itself and may yet roll back."""

    transaction: object
    pool: object
    revisions: Mapping[str, int]
    renewed: dict[str, Any] = field(default_factory=dict)


def renew(session: Session, subject: str) -> None:
    """Say that a published subject has changed: every other process reads it afresh within `FRESH` seconds."""
    session.flush()
    session.connection().execute(_RENEW, {"subject": subject})
    _glance(session).renewed[subject] = None
    _LOOKS.clear()


FRESH = 1.0
"""Seconds for which a page trusts the revisions this process saw last; whoever writes always looks anew."""

_LOOKS: WeakKeyDictionary[object, tuple[float, Mapping[str, int]]] = WeakKeyDictionary()


class Kept(Generic[T]):
    """One published subject in memory, per database, read again when its revision moved."""

    def __init__(self, subject: str, read: Callable[[Session], T]) -> None:
        self._subject = subject
        self._read = read
        self._values: WeakKeyDictionary[object, tuple[int, T]] = WeakKeyDictionary()

    def of(self, session: Session) -> T:
        """The value as this session's database holds it; a request looks at the revisions once.

        A change that shares its transaction may see a revision that is never committed: it keeps nothing.
        """
        seen = _glance(session)
        if self._subject in seen.renewed:
            return self._own(session, seen)
        revision = seen.revisions.get(self._subject, 0)
        held = self._values.get(seen.pool)
        if held is not None and held[0] == revision and revision:
            return held[1]
        value = self._read(session)
        if not session.info.get("shared"):
            self._values[seen.pool] = (revision, value)
        return value

    def _own(self, session: Session, seen: _Glance) -> T:
        # not kept for others: were it rolled back, another change would bear the same revision
        value: T | None = seen.renewed[self._subject]
        if value is None:
            value = seen.renewed[self._subject] = self._read(session)
        return value


def _glance(session: Session) -> _Glance:
    seen: _Glance | None = session.info.get("publications")
    if seen is None or seen.transaction is not session.get_transaction():
        connection = session.connection()
        pool = connection.engine.pool
        seen = _Glance(session.get_transaction(), pool, _revisions(session, connection, pool))
        session.info["publications"] = seen
    return seen


def _revisions(session: Session, connection: sa.Connection, pool: object) -> Mapping[str, int]:
    now = monotonic()
    last = _LOOKS.get(pool)
    if session.info.get("reading") and last is not None and now - last[0] < FRESH:
        return last[1]
    found = {subject: revision for subject, revision in connection.exec_driver_sql(_REVISIONS)}
    if session.info.get("reading"):
        _LOOKS[pool] = (now, found)
    return found
