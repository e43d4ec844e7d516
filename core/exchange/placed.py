"""Places in the chain: what waits for one, which message has which, and how far they were carried (A2.1).

What was told waits in `exchange_unsealed` until the sealer gives it a place, a short row of its own: to write it into
the message, with each of its indexes, would take longer than all else that sealing does. What comes from the other zone
brings its place along, in its row. Whoever reads messages by their numbers reads `sealed_rows`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel

from core.database import ExtranetTable, PublicTable, Zone, zone_of
from core.exchange.message import Direction
from core.exchange.tables import LONG, POSITION, insert_into, named_tables, tables_of

PLACE = ("epoch", "number", "previous_digest", "digest", "sealed_at")
"""The columns that say where in the chain a message stands."""

_GIVEN: dict[str, Any] = {"autoincrement": False}


class UnsealedColumns(SQLModel):
    """A message, by its position, that was told and has no place in the chain yet; a trigger puts it there."""

    position: int = Field(primary_key=True, sa_type=POSITION, sa_column_kwargs=_GIVEN)


class PlaceColumns(SQLModel):
    """The place in the chain of the outgoing message at `position`."""

    position: int = Field(primary_key=True, sa_type=POSITION, sa_column_kwargs=_GIVEN)
    epoch: int
    number: int = Field(sa_type=LONG)
    previous_digest: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    sealed_at: datetime


class CarriedColumns(SQLModel):
    """Up to which place a carrier brought what this zone tells."""

    direction: str = Field(primary_key=True, max_length=16)
    epoch: int
    number: int = Field(sa_type=LONG)


# fmt: off
class PublicExchangeUnsealed(UnsealedColumns, PublicTable, table=True):
    """What the internet zone told and hasn't sealed yet."""

    __tablename__ = "exchange_unsealed"


class ExtranetExchangeUnsealed(UnsealedColumns, ExtranetTable, table=True):
    """What the extranet zone told and hasn't sealed yet."""

    __tablename__ = "exchange_unsealed"


class PublicExchangePlace(PlaceColumns, PublicTable, table=True):
    """The places of what the internet zone told."""

    __tablename__ = "exchange_place"
    __table_args__ = (sa.Index("uq_exchange_place_number", "epoch", "number", unique=True),)


class ExtranetExchangePlace(PlaceColumns, ExtranetTable, table=True):
    """The places of what the extranet zone told."""

    __tablename__ = "exchange_place"
    __table_args__ = (sa.Index("uq_exchange_place_number", "epoch", "number", unique=True),)


class PublicExchangeCarried(CarriedColumns, PublicTable, table=True):
    """How far the internet zone's messages were carried."""

    __tablename__ = "exchange_carried"


class ExtranetExchangeCarried(CarriedColumns, ExtranetTable, table=True):
    """How far the extranet zone's messages were carried."""

    __tablename__ = "exchange_carried"
# fmt: on


@dataclass(frozen=True, eq=False)
class PlaceTables:
    """The tables of places of one zone, for Core statements."""

    unsealed: sa.Table
    place: sa.Table
    carried: sa.Table


@cache
def places_of(zone: Zone) -> PlaceTables:
    """The tables of places of a zone."""
    return PlaceTables(*named_tables(zone, "unsealed", "place", "carried"))


@cache
def sealed_rows(zone: Zone, direction: Direction) -> sa.FromClause:
    """The messages of a direction in their places, as rows of `exchange_message`, to be found by number.

    Of what this zone told only what was sealed, and nothing that was `refused` under that number.
    """
    message, place = tables_of(zone).message, places_of(zone).place
    if direction is Direction.into(zone):
        return message
    columns = (place.c[name] if name in PLACE else message.c[name] for name in message.c.keys())  # noqa: SIM118
    return sa.select(*columns).join_from(place, message, place.c.position == message.c.position).subquery("sealed")


@cache
def rows_with_places(zone: Zone) -> sa.FromClause:
    """Every message of a zone with its place, if it has one, as rows of `exchange_message`: found by id or position."""
    message, place = tables_of(zone).message, places_of(zone).place
    columns = (
        sa.func.coalesce(place.c[name], message.c[name]).label(name) if name in PLACE else message.c[name]
        for name in message.c.keys()  # noqa: SIM118
    )
    same = place.c.position == message.c.position
    return sa.select(*columns).join_from(message, place, same, isouter=True).subquery("told")


class Step(StrEnum):
    """How far a message has come that was told and isn't answered yet."""

    UNSEALED = "unsealed"
    SEALED = "sealed"
    CARRIED = "carried"


@dataclass(frozen=True, order=True)
class Place:
    """A place in a direction's chain."""

    epoch: int
    number: int


def at_place(rows: sa.FromClause) -> sa.Tuple:
    """Where rows stand that have the columns of a place, to be compared with `place_given`."""
    return sa.tuple_(rows.c.epoch, rows.c.number)


def place_given(prefix: str = "") -> sa.Tuple:
    """The place that the parameters `epoch` and `number`, each behind the prefix, name."""
    epoch, number = (f"{prefix}{name}" for name in ("epoch", "number"))
    return sa.tuple_(sa.bindparam(epoch, type_=sa.Integer), sa.bindparam(number, type_=sa.BigInteger))


def carried_up_to(session: Session, *, keep: bool = False) -> Place:
    """Up to which place what this zone tells was brought to the far side or written into a bundle.

    With `keep` nobody moves it until the transaction ends.
    """
    table = places_of(zone_of(session)).carried
    found = sa.select(table.c.epoch, table.c.number).where(table.c.direction == Direction.out_of(zone_of(session)))
    row = session.connection().execute(found.with_for_update() if keep else found).first()
    return Place(*row) if row else Place(1, 0)


def note_carried(session: Session, place: Place) -> None:
    """Remember that everything up to a place was carried, and nothing beyond it."""
    table, connection = places_of(zone_of(session)).carried, session.connection()
    values = {"direction": Direction.out_of(zone_of(session)), "epoch": place.epoch, "number": place.number}
    noting = insert_into(table, connection.dialect.name).values(values)
    connection.execute(noting.on_conflict_do_update(index_elements=["direction"], set_=values))


def step_of(rows: sa.FromClause, carried: Place) -> sa.Case[str]:
    """The step of rows that have the columns of a place, by what was carried."""
    up_to = sa.tuple_(sa.literal(carried.epoch), sa.literal(carried.number))
    is_beyond = at_place(rows) > up_to
    unsealed, sealed, brought = (sa.literal_column(f"'{step}'", sa.String) for step in Step)
    return sa.case((rows.c.number.is_(None), unsealed), (is_beyond, sealed), else_=brought)
