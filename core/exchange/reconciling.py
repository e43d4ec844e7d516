"""Reconciliation: each zone reports what it told, the other compares, and the receipt says whether they agree (A2.1).

Nightly by the workers, on demand from the desk and the shell. A report travels as a message of its own after what it
covers, so everything it names must have arrived before it; a difference rejects it, and names the first one.

A night reports what is new. Once a week, and on demand, everything that isn't archived is reported anew, so that a row
altered after its report shows too: the reports begin behind the archive again, and the nightly steps go on from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, utc_now, zone_of
from core.domain.policy import Actor
from core.errors import RuleRefusal
from core.exchange import leases, outbox
from core.exchange.archived import archived_up_to
from core.exchange.channels import Head, head_of
from core.exchange.message import Direction, Envelope, applies
from core.exchange.reports import (
    MOST,
    REPORT,
    ReconciliationAsked,
    ReportToExtranet,
    ReportToInternet,
    Span,
    day_of,
    entries_in,
    first_difference,
    start_of,
)
from core.exchange.tables import State, tables_of
from core.trace import record
from core.uuids import uuid7

NIGHTLY_SECONDS = 300.0
WEEK_SECONDS = 7 * 86400.0
_AT_ONCE = 20
"""Reports told in one transaction: ten thousand messages."""


ARCHIVED_THERE = "接收方已归档"
"""How the answer to a report begins that reaches into what the receiver archived: no difference, and no proof."""


class Outcome(StrEnum):
    """What came of a report; `archived`: it has to be compared by the receiver's archive files."""

    AGREED = "agreed"
    DIFFERS = "differs"
    ARCHIVED = "archived"
    WAITING = "waiting"


@dataclass(frozen=True)
class Reconciled:
    """What came of one report."""

    direction: Direction
    told_at: datetime
    first: int
    last: int
    outcome: Outcome
    words: str


def tell_reports(session: Session, *, at: datetime, before: datetime | None = None) -> int:
    """Report what this zone sealed and hasn't reported, up to the seals given `before`; returns how many reports."""
    head = head_of(session, Direction.out_of(zone_of(session)))
    return _tell_from(session, head, _next_to_report(session, head.direction, head.epoch), at=at, before=before)


def tell_anew(session: Session, *, at: datetime, before: datetime | None = None) -> int:
    """Report again from the end of the archive; what is more than one transaction's worth, the next steps report."""
    head = head_of(session, Direction.out_of(zone_of(session)))
    first = archived_up_to(session, head.direction, head.epoch) + 1
    return _tell_from(session, head, first, at=at, before=before)


def _tell_from(session: Session, head: Head, first: int, *, at: datetime, before: datetime | None) -> int:
    last = _sealed_before(session, head.direction, head.epoch, before) if before else head.number
    model = ReportToExtranet if head.direction is Direction.TO_EXTRANET else ReportToInternet
    told = 0
    while first <= last and told < _AT_ONCE:
        end = min(first + MOST - 1, last)
        entries = entries_in(session, Span(head.direction, head.epoch, first, end))
        outbox.send(session, model(epoch=head.epoch, first=first, last=end, entries=entries), at=at)
        first, told = end + 1, told + 1
    return told


def report_the_day(db: Database, now: datetime | None = None) -> int:
    """A worker's nightly step: report everything up to yesterday that wasn't reported; returns how many reports."""
    at = now or utc_now()
    before = start_of(day_of(at))
    direction = Direction.out_of(db.zone)
    with db.reading() as session:
        head = head_of(session, direction)
        last = _sealed_before(session, direction, head.epoch, before)
        if _next_to_report(session, direction, head.epoch) > last:
            return 0
    with db.writing() as session:
        return tell_reports(session, at=at, before=before)


def report_the_week(db: Database, now: datetime | None = None) -> int:
    """A worker's step: once a week begin to report everything up to yesterday anew; returns how many reports.

    The week is a lease that nobody renews, so that it outlives a restart and is the same for every process of the zone.
    """
    at = now or utc_now()
    with db.writing() as session:
        if leases.take(session, "report:week", now=at, seconds=WEEK_SECONDS, holder=uuid7()) is None:
            return 0
        return tell_anew(session, at=at, before=start_of(day_of(at)))


def begin(session: Session, *, by: Actor, at: datetime) -> None:
    """Reconcile both directions now, from the extranet: report what it told, ask the internet zone for its report."""
    _refuse_while_waiting(session)
    tell_reports(session, at=at)
    outbox.send(session, ReconciliationAsked(), at=at)
    record(session, "exchange.reconcile", "exchange_channel", "both", "发起对账", by=by, at=at)


def begin_anew(session: Session, *, by: Actor, at: datetime) -> None:
    """Reconcile both directions from the end of their archives, what was reported before included."""
    _refuse_while_waiting(session)
    tell_anew(session, at=at)
    outbox.send(session, ReconciliationAsked(anew=True), at=at)
    record(session, "exchange.reconcile_anew", "exchange_channel", "both", "发起全部重新对账", by=by, at=at)


def _refuse_while_waiting(session: Session) -> None:
    direction = Direction.out_of(zone_of(session))
    if any(one.outcome is Outcome.WAITING for one in recent(session) if one.direction is direction):
        raise RuleRefusal("上一次对账还没有得到答复，请等待；长时间没有答复请查看搬运和互联网区后台", article="A2.1")


@applies(ReconciliationAsked)
def answer(session: Session, told: ReconciliationAsked, envelope: Envelope) -> None:
    """Report at once what the internet zone told, or everything anew when that was asked."""
    tell = tell_anew if told.anew else tell_reports
    tell(session, at=session.info.get("now", envelope.happened_at))


@applies(ReportToExtranet)
@applies(ReportToInternet)
def compare(session: Session, told: ReportToExtranet, envelope: Envelope) -> None:
    """Compare the other zone's report with what arrived here; a difference is refused, naming the first (A2.1)."""
    span = Span(envelope.direction, told.epoch, told.first, told.last)
    if (archived := archived_up_to(session, span.direction, span.epoch)) >= span.first:
        raise RuleRefusal(f"{ARCHIVED_THERE}到第 {archived} 号，请用归档文件核对")
    if words := first_difference(told.entries, entries_in(session, span)):
        raise RuleRefusal(f"第 {span.first} 至 {span.last} 号不一致：{words}", article="A2.1")


def recent(session: Session, *, limit: int = 10) -> Sequence[Reconciled]:
    """The last reports of either direction as this zone knows them, newest first.

    As many again that weren't agreed on: reconciling everything tells so many that a difference would soon be past.
    """
    table = tables_of(zone_of(session)).message
    found: dict[int, Reconciled] = {}
    for direction in Direction:
        report = (table.c.kind == sa.literal_column(f"'{REPORT}'"), table.c.direction == direction)
        newest = sa.select(table).where(*report, table.c.state != State.REFUSED).order_by(table.c.position.desc())
        for rows in (newest, newest.where(table.c.reason.is_not(None))):
            for row in session.connection().execute(rows.limit(limit)):
                found[row.position] = _reconciled(row, direction)
    ordered = sorted(found.values(), key=lambda one: one.told_at, reverse=True)
    odd = [one for one in ordered if one.words][:limit]
    return [one for place, one in enumerate(ordered) if place < limit or one in odd]


def _reconciled(row: sa.Row[Any], direction: Direction) -> Reconciled:
    told, outcome = ReportToExtranet.model_validate_json(row.body), outcome_of(row.state, row.reason)
    return Reconciled(direction, row.happened_at, told.first, told.last, outcome, row.reason or "")


def outcome_of(state: str, reason: str | None) -> Outcome:
    """What came of a report whose row stands so, at either end."""
    if state not in (State.APPLIED, State.SETTLED, State.REJECTED):
        return Outcome.WAITING
    if not reason:
        return Outcome.AGREED
    return Outcome.ARCHIVED if reason.startswith(ARCHIVED_THERE) else Outcome.DIFFERS


def _next_to_report(session: Session, direction: Direction, epoch: int) -> int:
    table = tables_of(zone_of(session)).message
    report = table.c.kind == sa.literal_column(f"'{REPORT}'")
    newest = sa.select(table.c.body).where(report, table.c.direction == direction).order_by(table.c.position.desc())
    body = session.connection().execute(newest.limit(1)).scalar()
    told = ReportToExtranet.model_validate_json(body) if body else None
    reported = told.last if told and told.epoch == epoch else 0
    return max(reported, archived_up_to(session, direction, epoch)) + 1


def _sealed_before(session: Session, direction: Direction, epoch: int, before: datetime) -> int:
    seal = tables_of(zone_of(session)).seal
    last = sa.select(sa.func.max(seal.c.number)).where(
        seal.c.direction == direction, seal.c.epoch == epoch, seal.c.sealed_at < before
    )
    return session.connection().execute(last).scalar() or 0
