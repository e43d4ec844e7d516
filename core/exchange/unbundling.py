"""Taking bundles: what the gatekeeper laid into a folder goes into this zone's tables and files (A2.1).

Taking one again, or one that overlaps another, changes nothing; one that comes before an earlier one leaves a gap that
is named, and closes when the earlier one comes. A refused bundle touches no row.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from core.exchange import channels
from core.exchange.archived import archived_up_to
from core.exchange.batches import Batch, write_batch
from core.exchange.bundle import SUFFIX, Acknowledged
from core.exchange.bundle_reading import IncompleteBundle, RefusedBundle, open_bundle
from core.exchange.bundling import Span, missing_here
from core.exchange.carrying import Exchangeable
from core.exchange.inbox import receive
from core.exchange.message import Direction
from core.exchange.placed import places_of
from core.exchange.signing import Verifier
from core.exchange.standing import WAITING

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Taken:
    """What became of one bundle: new messages, or why it was refused or left; what this end and the other one miss."""

    path: Path
    new: int = 0
    refused: str = ""
    left: str = ""
    missing: Span | None = None
    missing_there: Span | None = None


def take_all(
    target: Exchangeable, folder: Path, verifier: Verifier, *, now: datetime, keep: bool = False
) -> list[Taken]:
    """Take every bundle in a folder, in the order of their numbers; then each lies in `taken` or in `refused` there.

    A bundle that isn't whole stays where it is. With `keep` all stay, for a folder that can't be written to.
    """
    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        taken = take(target, path, verifier, now=now)
        if not keep and not taken.left:
            place = folder / ("refused" if taken.refused else "taken")
            place.mkdir(exist_ok=True)
            path.replace(place / path.name)
        found.append(taken)
    return found


def take(target: Exchangeable, path: Path, verifier: Verifier, *, now: datetime) -> Taken:
    """Take one bundle: check all of it, store its files, insert its rows, receive what its seals cover."""
    direction = Direction.into(target.database.zone)
    try:
        bundle = open_bundle(path, verifier, direction)
        bundle.copy_files(target.files)
    except IncompleteBundle as incomplete:
        return Taken(path, left=str(incomplete))
    except RefusedBundle as refused:
        log.error("exchange bundle refused", extra={"bundle": path.name, "reason": str(refused)})
        return Taken(path, refused=str(refused))
    new = write_batch(target.database, Batch(bundle.links, bundle.seals))
    _settle(target, bundle.manifest.acknowledges, now)
    while receive(target.database, verifier, now=now):
        pass
    with target.database.reading() as session:
        missing = missing_here(session)
    return Taken(path, new=new, missing=missing, missing_there=bundle.manifest.acknowledges.missing)


def _settle(target: Exchangeable, told: Acknowledged, now: datetime) -> None:
    """Remember what the other zone has verified of ours; another digest than ours is a fork and stops the direction.

    A number that wasn't sealed here means that this database is older than what it told.
    """
    if not told.number:
        return
    direction = Direction.out_of(target.database.zone)
    place = places_of(target.database.zone).place
    own = sa.select(place.c.digest).where(place.c.epoch == told.epoch, place.c.number == told.number)
    with target.database.writing() as session:
        head = channels.head_of(session, direction)
        if told.number <= archived_up_to(session, direction, told.epoch):
            return  # archived because it was acknowledged long ago, whoever brings an old bundle again
        if session.connection().scalar(own) == told.digest:
            channels.acknowledge(session, direction, told.number)
        elif told.epoch == head.epoch and told.number > head.number:
            words = f"对方摆渡包确认到第 {told.number} 号，本区只封签到第 {head.number} 号。{WAITING}"
            channels.mark_gap(session, direction, words, at=now)
        else:
            words = f"对方摆渡包所确认的第 {told.number} 号报文与本方所发不符（分叉）"
            channels.stop(session, direction, words, at=now)
