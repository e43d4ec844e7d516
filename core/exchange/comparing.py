"""Both zones side by side, for whoever may read both, as the relay does: does each hold what the other told (A2.1)?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, Zone, zone_of
from core.exchange.archive_file import NotGenuine, contents_of, manifest_of
from core.exchange.archived import archived_up_to
from core.exchange.chain import Link
from core.exchange.channels import Head, head_of
from core.exchange.message import Direction
from core.exchange.placed import sealed_rows
from core.exchange.receipts import UNANSWERED
from core.exchange.reports import Entry, Span, entries_in, first_difference, summed
from core.exchange.tables import State

_STRIDE = 2000
ARCHIVE_SUFFIX = ".archive.gz"


@dataclass(frozen=True)
class Compared:
    """One direction. `difference`: the first one in words, "" when both sides agree on everything that was received."""

    direction: Direction
    first: int
    sealed: int
    received: int
    difference: str
    days: dict[str, int] = field(default_factory=dict)


Archives = Mapping[Zone, Path]
"""Where the archive files of a zone lie."""


def compare_zones(public: Database, extranet: Database, archives: Archives | None = None) -> list[Compared]:
    """Compare every message of both directions; what is on its way is no difference.

    What a zone archived is read from its files. Without the folder of a zone that has archived, the comparison begins
    behind its archive. Raises `NotGenuine` when a file is absent or not whole.
    """
    found = []
    for direction in Direction:
        ends = (public, extranet) if direction is Direction.TO_EXTRANET else (extranet, public)
        with ends[0].reading() as there, ends[1].reading() as here:
            found.append(_compared(there, here, direction, archives or {}))
    return found


def _compared(there: Session, here: Session, direction: Direction, archives: Archives) -> Compared:
    # the receiving end is read first: what it holds was sealed before, what is sealed meanwhile is on its way
    own, far = head_of(here, direction), head_of(there, direction)
    archived = {session: archived_up_to(session, direction, own.epoch) for session in (there, here)}
    first = max((last for at, last in archived.items() if zone_of(at) not in archives), default=0) + 1
    days: dict[str, int] = {}
    words = _heads_differ(own, far)
    start = first
    while not words and start <= own.number:
        # no span reaches across the end of an archive: each side of it is read from one place
        ends = [last for last in archived.values() if last >= start]
        span = Span(direction, own.epoch, start, min(start + _STRIDE - 1, own.number, *ends))
        theirs, ours = (_entries(at, span, last, archives) for at, last in archived.items())
        words = first_difference(theirs, ours) or ("" if ends else _outcomes_differ(there, here, span))
        for one in ours:
            days[one.day.isoformat()] = days.get(one.day.isoformat(), 0) + one.count
        start = span.last + 1
    return Compared(direction, first, far.number, own.number, words, days)


def _entries(session: Session, span: Span, archived: int, archives: Archives) -> tuple[Entry, ...]:
    """Counts and digests of a span, from the zone's rows or from its archive files."""
    if span.first > archived:
        return entries_in(session, span)
    return summed(_archived(archives[zone_of(session)], span))


def _archived(folder: Path, span: Span) -> Iterator[Link]:
    """The messages of a span from the archive files in a folder, every one of them."""
    number = span.first
    for path in sorted(folder.glob(f"{span.direction}-{span.epoch}-*{ARCHIVE_SUFFIX}")):
        held = manifest_of(path)
        if held.last < span.first or held.first > span.last:
            continue
        for links, _ in contents_of(path, portion=500):
            for link in links:
                if link.number == number <= span.last:
                    yield link
                    number += 1
    if number <= span.last:
        raise NotGenuine(f"{folder} 中缺少第 {number} 号的归档文件")


def _heads_differ(own: Head, far: Head) -> str:
    if own.epoch != far.epoch:
        return f"发送方在第 {far.epoch} 纪元，接收方在第 {own.epoch} 纪元"
    if own.number > far.number:
        return f"接收方已收到第 {own.number} 号，发送方只封签到第 {far.number} 号：发送方可能由较早的备份恢复"
    if own.number == far.number and own.digest != far.digest:
        return f"第 {own.number} 号的摘要不同（分叉）"
    return ""


def _outcomes_differ(there: Session, here: Session, span: Span) -> str:
    """A message whose sender was told another outcome than the one it had."""
    told, had = _outcomes(there, span, State.SETTLED), _outcomes(here, span, State.REJECTED)
    for number, (kind, outcome, answered) in told.items():
        _, own, _ = had[number]
        if answered and kind not in UNANSWERED and outcome != own:
            return f"第 {number} 号（{kind}）：接收方{_OUTCOME_WORDS[own]}，发送方所知为{_OUTCOME_WORDS[outcome]}"
    return ""


_OUTCOME_WORDS = {True: "退回", False: "办理"}


def _outcomes(session: Session, span: Span, ended: State) -> dict[int, tuple[str, bool, bool]]:
    table = sealed_rows(zone_of(session), span.direction)
    rows = session.connection().execute(
        sa.select(table.c.number, table.c.kind, table.c.state, table.c.reason).where(
            table.c.direction == span.direction,
            table.c.epoch == span.epoch,
            table.c.number.between(span.first, span.last),
            table.c.state != State.REFUSED,
        )
    )
    is_settled = ended is State.SETTLED
    return {
        row.number: (row.kind, bool(row.reason) if is_settled else row.state == ended, row.state == State.SETTLED)
        for row in rows
    }
