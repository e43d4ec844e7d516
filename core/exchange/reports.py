"""What a zone tells the other about a range of its messages: counts and digests per day, kind and subject (A2.1).

A digest is taken anew from the stored content, never copied from the chain, and by SHA-256 whatever the chain uses: so
a row that was altered beneath the platform shows even where nobody looks at its seal again.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from core.canonical import canonical_bytes
from core.database import Zone, zone_of
from core.exchange.chain import instant
from core.exchange.fields import Digest, Number, Readers, Size
from core.exchange.message import Direction, Message
from core.exchange.placed import sealed_rows
from core.exchange.tables import standing

MOST = 500
"""Messages that one report covers: with every subject at its longest the report still fits into a message."""

REPORT = "day.report.v1"
_DAYS_OF = ZoneInfo("Asia/Shanghai")
_TOLD = ("id", "kind", "subject", "body", "files", "happened_at", "cause", "number", "sealed_at")


class Entry(BaseModel):
    """The messages of one day, kind and subject within a range."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: date
    kind: str = Field(max_length=80)
    subject: str = Field(max_length=120)
    count: Number
    digest: Digest


class ReportToExtranet(Message):
    """Internet zone → extranet: what was told in this direction, from `first` to `last`."""

    kind: ClassVar[str] = REPORT
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.WORKER
    epoch: Number
    first: Size = Field(ge=1)
    last: Size = Field(ge=1)
    entries: tuple[Entry, ...] = Field(max_length=MOST)

    def subject(self) -> str:
        """Reports are examined in their order."""
        return "exchange:report"


class ReportToInternet(ReportToExtranet):
    """Extranet → internet zone: the same for the other direction."""

    kind: ClassVar[str] = REPORT
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.WORKER


class ReconciliationAsked(Message):
    """Extranet → internet zone: tell your report now, an operator waits for it; `anew`: from the archive's end on."""

    kind: ClassVar[str] = "reconciliation.asked.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.WORKER
    anew: bool = False

    def subject(self) -> str:
        """In the order of the reports it asks for."""
        return "exchange:report"


class Span(NamedTuple):
    """A range of one direction, both ends included."""

    direction: Direction
    epoch: int
    first: int
    last: int


def day_of(at: datetime) -> date:
    """The day of an instant in Jilin."""
    return at.astimezone(_DAYS_OF).date()


def start_of(day: date) -> datetime:
    """The first instant of a day in Jilin."""
    return datetime(day.year, day.month, day.day, tzinfo=_DAYS_OF)


def entries_in(session: Session, span: Span) -> tuple[Entry, ...]:
    """Counts and digests of this zone's rows in a range, sorted by day, kind and subject."""
    asked = {"epoch": span.epoch, "first": span.first, "last": span.last}
    return summed(session.connection().execute(_rows(zone_of(session), span.direction), asked))


def summed(rows: Iterable[Any]) -> tuple[Entry, ...]:
    """Rows in order of their number as entries."""
    counts: dict[tuple[date, str, str], int] = {}
    hashes: dict[tuple[date, str, str], Any] = {}
    for row in rows:
        key = (day_of(row.sealed_at), row.kind, row.subject)
        counts[key] = counts.get(key, 0) + 1
        hashes.setdefault(key, hashlib.sha256(b"exchange-report-v1\n")).update(content_digest(row))
    return tuple(
        Entry(day=key[0], kind=key[1], subject=key[2], count=counts[key], digest=hashes[key].hexdigest())
        for key in sorted(counts)
    )


def content_digest(row: Any) -> bytes:
    """SHA-256 over the canonical JSON of what was told and its number."""
    told = {name: getattr(row, name) for name in _TOLD if name != "sealed_at"}
    told["happened_at"] = instant(row.happened_at)
    return hashlib.sha256(canonical_bytes(told)).digest()


def first_difference(theirs: Sequence[Entry], ours: Sequence[Entry]) -> str:
    """The first day, kind and subject on which two accounts of a range differ, in words; empty when they agree."""
    own = {(one.day, one.kind, one.subject): one for one in ours}
    far = {(one.day, one.kind, one.subject): one for one in theirs}
    for key in sorted(own.keys() | far.keys()):
        here, there = own.get(key), far.get(key)
        if here == there:
            continue
        what = f"{key[0].isoformat()} {key[1]} {key[2]}"
        counts = there.count if there else 0, here.count if here else 0
        if counts[0] != counts[1]:
            return f"{what}：发送方 {counts[0]} 件，接收方 {counts[1]} 件"
        return f"{what}：都是 {counts[0]} 件，内容不同"
    return ""


@cache
def _rows(zone: Zone, direction: Direction) -> sa.Select[Any]:
    table = sealed_rows(zone, direction)
    first, last = (sa.bindparam(name, type_=sa.BigInteger) for name in ("first", "last"))
    return (
        sa.select(*(table.c[name] for name in _TOLD))
        .where(table.c.direction == direction, table.c.epoch == sa.bindparam("epoch"))
        .where(table.c.number.between(first, last), standing(table.c.state))
        .order_by(table.c.number)
    )
