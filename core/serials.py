"""Gap-free serial numbers, one row per series, taken in the transaction that uses them (A11.1).

A rolled-back transaction gives its number back, and two writers wait for each other on the row, so a number is neither
lost nor given twice. Take the number last in a transaction: the row stays locked until the commit.
"""

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable
from core.prepared import PreparedChange


class SerialRow(SQLModel):
    """The last number given in one series."""

    series: str = Field(primary_key=True, max_length=60)
    last: int


class PublicSerial(SerialRow, PublicTable, table=True):
    """Series of the internet zone: project codes above all."""

    __tablename__ = "serial"


class ExtranetSerial(SerialRow, ExtranetTable, table=True):
    """Series of the extranet zone: numbers of cases and notices."""

    __tablename__ = "serial"


_NEXT = PreparedChange(
    sa.text(
        "INSERT INTO serial (series, last) VALUES (:series, 1) "
        "ON CONFLICT (series) DO UPDATE SET last = serial.last + 1 RETURNING last"
    )
)


def take(session: Session, series: str) -> int:
    """The next number of a series, from 1."""
    number: int = _NEXT.value(session, {"series": series})
    return number


_RAISE = sa.text(
    "INSERT INTO serial (series, last) VALUES (:series, :last) "
    "ON CONFLICT (series) DO UPDATE SET last = :last WHERE serial.last < :last"
)


def raise_to(session: Session, series: str, last: int) -> None:
    """Let a series go on behind a number that was given; a series that is further already stays."""
    session.connection().execute(_RAISE, {"series": series, "last": last})
