"""Reconciliation: each zone reports what it told, the other compares, and the receipt says whether they agree (A2.1).

Nightly by the workers, on demand from the desk and the shell. A report travels as a message of its own after what it
covers, so everything it names must have arrived before it; a difference rejects it, and names the first one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Database, utc_now, zone_of
from core.domain.policy import Actor
from core.errors import RuleRefusal
from core.exchange import outbox
from core.exchange.archived import archived_up_to
from core.exchange.channels import head_of
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

NIGHTLY_SECONDS = 300.0
_AT_ONCE = 20
"""Reports told in one transaction: ten thousand messages."""


@dataclass(frozen=True)
class Reconciled:
    """What came of one report. `outcome`: agreed, differs, or waiting for the other zone's answer."""

    direction: Direction
    told_at: datetime
    first: int
    last: int
    outcome: str
    words: str


def tell_reports(session: Session, *, at: datetime, before: datetime | None = None) -> int:
    """Report what this zone sealed and hasn't reported, up to the seals given `before`; returns how many reports."""
    head = head_of(session, Direction.out_of(zone_of(session)))
    last = _sealed_before(session, head.direction, head.epoch, before) if before else head.number
    model = ReportToExtranet if head.direction is Direction.TO_EXTRANET else ReportToInternet
    first = _next_to_report(session, head.direction, head.epoch)
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


def begin(session: Session, *, by: Actor, at: datetime) -> None:
    """Reconcile both directions now, from the extranet: report what it told, ask the internet zone for its report."""
    direction = Direction.out_of(zone_of(session))
    if any(one.outcome == "waiting" for one in recent(session) if one.direction is direction):
        raise RuleRefusal("上一次对账还没有得到答复，请等待；长时间没有答复请查看搬运和互联网区后台", article="A2.1")
    tell_reports(session, at=at)
    outbox.send(session, ReconciliationAsked(), at=at)
    record(session, "exchange.reconcile", "exchange_channel", "both", "发起对账", by=by, at=at)


@applies(ReconciliationAsked)
def answer(session: Session, told: ReconciliationAsked, envelope: Envelope) -> None:
    """Report at once what the internet zone told."""
    tell_reports(session, at=session.info.get("now", envelope.happened_at))


@applies(ReportToExtranet)
@applies(ReportToInternet)
def compare(session: Session, told: ReportToExtranet, envelope: Envelope) -> None:
    """Compare the other zone's report with what arrived here; a difference is refused, naming the first (A2.1)."""
    span = Span(envelope.direction, told.epoch, told.first, told.last)
    if archived_up_to(session, span.direction, span.epoch) >= span.first:
        raise RuleRefusal(f"接收方已归档第 {span.first} 号，请用归档文件核对")
    if words := first_difference(told.entries, entries_in(session, span)):
        raise RuleRefusal(f"第 {span.first} 至 {span.last} 号不一致：{words}", article="A2.1")


def recent(session: Session, *, limit: int = 10) -> Sequence[Reconciled]:
    """The last reports of either direction as this zone knows them, newest first."""
    table = tables_of(zone_of(session)).message
    report = table.c.kind == sa.literal_column(f"'{REPORT}'")
    found: list[Reconciled] = []
    for direction in Direction:
        rows = sa.select(table).where(report, table.c.direction == direction, table.c.state != State.REFUSED)
        for row in session.connection().execute(rows.order_by(table.c.position.desc()).limit(limit)):
            told = ReportToExtranet.model_validate_json(row.body)
            outcome = _outcome(row)
            found.append(Reconciled(direction, row.happened_at, told.first, told.last, outcome, row.reason or ""))
    return sorted(found, key=lambda one: one.told_at, reverse=True)[:limit]


def _outcome(row: sa.Row[tuple[object, ...]]) -> str:
    if row.state == State.REJECTED or (row.state == State.SETTLED and row.reason):
        return "differs"
    return "agreed" if row.state in (State.APPLIED, State.SETTLED) else "waiting"


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
