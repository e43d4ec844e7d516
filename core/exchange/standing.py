"""Whether this zone's database is as new as what it told: one restored from an older backup neither seals nor applies.

The last number sealed is also noted in a file beside the signing key, outside of the database. A database that stands
before it, a receipt or a bundle that names a later number, or copies given back, mean that rows were lost. Then the
direction waits until the relay has compared both ends and given back what the other zone holds (A2.1).
"""

import json
import logging
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, zone_of
from core.exchange import channels
from core.exchange.channels import Head, head_of
from core.exchange.desk_tables import pulse_of
from core.exchange.faults import Behind
from core.exchange.message import Direction, Envelope
from core.exchange.tables import ChannelState, standing, tables_of

WAITING = "本区数据库可能由较早的备份恢复：等待搬运与对方比对，补回本区已发出的报文之后再封签"


log = logging.getLogger(__name__)


class Mark:
    """The last number this zone sealed, in a file outside of the database; None keeps it in memory alone."""

    def __init__(self, path: Path | None = None) -> None:
        """What can't be read counts as no mark."""
        self._path = path
        self._latest = (0, 0)
        with suppress(OSError, ValueError, TypeError, KeyError):
            if path is not None:
                told = json.loads(path.read_text())
                self._latest = (int(told["epoch"]), int(told["number"]))

    @property
    def number(self) -> int:
        """The last number sealed."""
        return self._latest[1]

    def is_beyond(self, head: Head) -> bool:
        """Whether more was sealed once than this database knows."""
        return self._latest > (head.epoch, head.number)

    def note(self, head: Head) -> None:
        """Remember where the zone stands now; a mark lost in a power cut only says less."""
        if self._latest == (head.epoch, head.number):
            return
        self._latest = (head.epoch, head.number)
        if self._path is None:
            return
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            part.write_text(json.dumps({"epoch": head.epoch, "number": head.number}))
            part.replace(self._path)
        except OSError:  # the zone goes on: then only the relay can find out that it was restored
            log.warning("exchange mark not written", extra={"path": str(self._path)}, exc_info=True)


def is_sure(db: Database, mark: Mark, *, now: datetime) -> bool:
    """Whether this zone may seal and apply; when not, its own direction says why, until both ends were compared."""
    direction = Direction.out_of(db.zone)
    with db.reading() as session:
        head = head_of(session, direction)
        is_compared = head.state is ChannelState.GAP and _was_compared(session, direction, head.changed_at)
    if head.state is ChannelState.GAP and not is_compared:
        return False
    if head.state is ChannelState.STOPPED:
        return not mark.is_beyond(head)
    if is_compared:
        resume(db, now=now)
    elif mark.is_beyond(head):
        wait(db, now=now, why=f"曾封签到第 {mark.number} 号，数据库中只到第 {head.number} 号")
        return False
    mark.note(head)
    return True


def wait(db: Database, *, now: datetime, why: str) -> None:
    """Begin to wait: this zone has lost rows that it told of."""
    with db.writing() as session:
        channels.mark_gap(session, Direction.out_of(db.zone), f"{why}。{WAITING}", at=now)


def resume(db: Database, *, now: datetime) -> None:
    """Both ends were compared and nothing is lost any more: the numbers go on from here."""
    direction = Direction.out_of(db.zone)
    with db.reading() as session:
        if head_of(session, direction).state is not ChannelState.GAP:
            return
    with db.writing() as session:
        channels.close_gap(session, direction, at=now)


def refuse_to_guess(session: Session, told: Envelope, number: int, words: str) -> None:
    """The other zone names a number not sealed here: raise `Behind`, unless both ends were compared since it arrived.

    Then nothing was lost, and what it says is false; without this, one false word would hold the zone up for ever.
    """
    head = head_of(session, Direction.out_of(zone_of(session)))
    if number <= head.number:
        return
    table = tables_of(zone_of(session)).message
    own = (table.c.id == told.id, table.c.direction == told.direction, standing(table.c.state))
    if not _was_compared(
        session, head.direction, session.connection().scalar(sa.select(table.c.received_at).where(*own))
    ):
        raise Behind(words)


def _was_compared(session: Session, direction: Direction, since: datetime | None) -> bool:
    """Whether the relay has found this zone not behind since then."""
    table = pulse_of(zone_of(session))
    at = session.connection().scalar(sa.select(table.c.at).where(table.c.name == f"relay:{direction}"))
    return at is not None and since is not None and at > since
