"""The carrier for zones that no cable joins: bundles are written here, carried by hand or a one-way gate, taken there.

`BundleFolder` is a far side like any other (`core.exchange.carrying`). What was written counts as carried, so the next
bundle begins where the last one ended; whether it arrived is known by receipts, and by what each bundle acknowledges
of the other direction. A lost bundle leaves a gap that both ends name, and is made again by `reissue`.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from core.database import zone_of
from core.exchange.batches import Batch, read_batch
from core.exchange.bundle import (
    FILES_BYTES,
    MESSAGES_LIMIT,
    Acknowledged,
    BundledFile,
    Manifest,
    part_of,
    rows_of_bundle,
    write_bundle,
)
from core.exchange.carrying import Brought, Exchangeable, carry
from core.exchange.chain import Link, files_of, instant
from core.exchange.channels import Head, head_of
from core.exchange.files import FileStore
from core.exchange.message import Direction
from core.exchange.placed import Place, carried_up_to, sealed_rows
from core.exchange.signing import Signer
from core.exchange.tables import State, in_states, standing, tables_of

log = logging.getLogger(__name__)

Span = tuple[int, int]
"""The first and the last of some consecutive numbers."""


@dataclass(frozen=True)
class BundleFolder:
    """A folder that a gatekeeper empties; `written` gathers what this carrier wrote into it."""

    folder: Path
    signer: Signer
    now: datetime
    written: list[Path] = field(default_factory=list)

    def stands_at(self, source: Exchangeable, direction: Direction) -> Place:
        """Just before the first message that was sealed and not written into a bundle yet."""
        with source.database.reading() as session:
            return carried_up_to(session)

    def fetch(self, source: Exchangeable, after: Place, *, limit: int) -> Brought:
        """Write what comes after a place into a bundle."""
        batch = read_batch(source.database, after, limit=limit)
        last = batch.links[-1] if batch.links else None
        end = Place(last.epoch, last.number) if last else after
        return Brought(end, len(batch.links), self.put(source, batch))

    def put(self, source: Exchangeable, batch: Batch) -> int:
        """Write the batch as one bundle, or as several when its files are many; how many messages they hold.

        Without messages a bundle is written only to tell the other zone which numbers are missing here.
        """
        key = self.signer.present()
        with source.database.reading() as session:
            told = _acknowledged(session)
            head = head_of(session, Direction.out_of(source.database.zone))
        if not batch.links and told.missing is None:
            return 0
        for links in _portions(batch.links) if batch.links else [[]]:
            manifest, rows = self._manifest(source.files, Batch(links, batch.seals), told, head, key)
            self.written.append(write_bundle(self.folder, manifest, rows, source.files, key))
        return len(batch.links)

    def make_up(self, source: Exchangeable, direction: Direction) -> None:
        """Nothing: a folder can't say what it misses; the other zone's next bundle does."""

    def _manifest(
        self, files: FileStore, batch: Batch, told: Acknowledged, head: Head, key: Signer
    ) -> tuple[Manifest, dict[str, bytes]]:
        links = batch.links
        end = links[-1] if links else None
        epoch, last = (end.epoch, end.number) if end else (head.epoch, head.number)
        first = links[0].number if links else last + 1
        within = [seal for seal in batch.seals if seal.epoch == epoch and seal.number <= last]
        rows = rows_of_bundle(links, within)
        messages, seals = (part_of(content) for content in rows.values())
        manifest = Manifest(
            direction=head.direction,
            epoch=epoch,
            first=first,
            last=last,
            previous_digest=links[0].previous_digest if links else head.digest,
            digest=end.digest if end else head.digest,
            messages=messages,
            seals=seals,
            files=_bundled_files(files, links),
            acknowledges=told,
            made_at=instant(self.now),
            key_id=key.key_id,
        )
        return manifest, rows


def export(source: Exchangeable, folder: Path, signer: Signer, *, now: datetime) -> list[Path]:
    """Write everything that was sealed and not exported yet; the bundles written."""
    far = BundleFolder(folder, signer, now)
    while carry(source, far, limit=MESSAGES_LIMIT):
        pass
    return far.written


def reissue(
    source: Exchangeable, folder: Path, signer: Signer, span: Span, *, epoch: int | None = None, now: datetime
) -> list[Path]:
    """Write some numbers into bundles again, up to the seal that covers the last; what arrived already is harmless."""
    far = BundleFolder(folder, signer, now)
    with source.database.reading() as session:
        head = head_of(session, Direction.out_of(source.database.zone))
        epoch = epoch or head.epoch
        last = _covering_seal(session, epoch, span[1])
    after = Place(epoch, span[0] - 1)
    while after.number < last:
        batch = read_batch(source.database, after, limit=min(MESSAGES_LIMIT, last - after.number))
        if not batch.links or batch.links[-1].epoch != epoch:
            break
        far.put(source, batch)
        after = Place(epoch, batch.links[-1].number)
    return far.written


def unanswered(source: Exchangeable) -> Span | None:
    """From the first to the last message that was carried and that the other zone has neither verified nor answered."""
    zone = source.database.zone
    table, channel = sealed_rows(zone, Direction.out_of(zone)), tables_of(zone).channel
    verified = sa.select(channel.c.acknowledged).where(channel.c.direction == Direction.out_of(zone)).scalar_subquery()
    with source.database.reading() as session:
        carried = carried_up_to(session)
        here = (table.c.epoch == carried.epoch, table.c.number > verified, table.c.number <= carried.number)
        waiting = sa.select(sa.func.min(table.c.number), sa.func.max(table.c.number)).where(
            *here, in_states(table.c.state, State.TOLD)
        )
        first, last = session.connection().execute(waiting).one()
    return (first, last) if first is not None else None


def missing_here(session: Session) -> Span | None:
    """The first numbers that are missing before what has arrived here."""
    table = tables_of(zone_of(session)).message
    head = head_of(session, Direction.into(zone_of(session)))
    beyond = sa.select(sa.func.min(table.c.number)).where(
        table.c.direction == head.direction,
        table.c.epoch == head.epoch,
        table.c.number > head.number,
        standing(table.c.state),
    )
    following = session.connection().scalar(beyond)
    return (head.number + 1, following - 1) if following is not None and following > head.number + 1 else None


def _acknowledged(session: Session) -> Acknowledged:
    head = head_of(session, Direction.into(zone_of(session)))
    return Acknowledged(epoch=head.epoch, number=head.number, digest=head.digest, missing=missing_here(session))


def _covering_seal(session: Session, epoch: int, number: int) -> int:
    table = tables_of(zone_of(session)).seal
    direction = Direction.out_of(zone_of(session))
    here = (table.c.direction == direction, table.c.epoch == epoch, table.c.number >= number, standing(table.c.state))
    return session.connection().scalar(sa.select(sa.func.min(table.c.number)).where(*here)) or number


def _portions(links: Sequence[Link]) -> Iterator[list[Link]]:
    """The messages of one epoch whose files fit into one bundle; a single message always does."""
    portion: list[Link] = []
    size = 0
    for link in links:
        own = sum(file.size for file in _named(link))
        if portion and (size + own > FILES_BYTES or portion[-1].epoch != link.epoch):
            yield portion
            portion, size = [], 0
        portion.append(link)
        size += own
    if portion:
        yield portion


def _bundled_files(files: FileStore, links: Sequence[Link]) -> tuple[BundledFile, ...]:
    """The files that are here and whole; a message whose file is gone or broken waits for it at the other end."""
    whole: dict[str, int] = {}
    for link in links:
        for file in _named(link):
            if file.digest not in whole and files.has(file.digest):
                size = _size(files, file.digest)
                if size is not None:
                    whole[file.digest] = size
    return tuple(BundledFile(digest=digest, size=size) for digest, size in whole.items())


def _size(files: FileStore, digest: str) -> int | None:
    try:
        return sum(len(chunk) for chunk in files.read_chunks(digest))
    except OSError:
        raise
    except Exception:
        log.exception("exchange file not carried", extra={"digest": digest})
        return None


def _named(link: Link) -> tuple[BundledFile, ...]:
    try:
        return tuple(BundledFile(digest=file.digest, size=file.size) for file in files_of(link.files))
    except ValueError:
        return ()  # the receiving zone stops the channel over it
