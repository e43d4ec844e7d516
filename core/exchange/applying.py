"""Applying, subject level: each received message changes this zone once, in the order of its subject (A2.1).

One transaction per message: domain change, what follows from it, the mark and the receipt. A message that can't be
applied holds its own subject back and nothing else: it waits for its files, is tried again, or goes into quarantine.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlmodel import Session

from core.database import Database, Zone, utc_now, zone_of
from core.errors import FormRefusal, NotAllowed, Refusal, RuleRefusal
from core.exchange import retelling
from core.exchange.chain import canonical_files, files_of
from core.exchange.faults import is_passing
from core.exchange.files import FileStore
from core.exchange.message import Applier, Direction, Envelope, Message, applier_of, kind_of
from core.exchange.receipts import RECEIPT, give_receipt, receipt_in, settle_all
from core.exchange.tables import State, in_states, insert_into, tables_of

MAX_ATTEMPTS = 5
FILE_PAUSE = timedelta(seconds=5)

_ENVELOPE = ("id", "kind", "subject", "number", "happened_at", "cause")
_WANTED = (*_ENVELOPE, "position", "body", "files", "digest", "state", "attempts")

log = logging.getLogger(__name__)


class Unfit(Exception):
    """The message can't be applied by this release, however often it is tried; the words are shown to operators."""


class Outcome(StrEnum):
    """What one try came to: done with, its subject held back, or left to whoever has it in hand."""

    DONE = "done"
    HELD = "held"
    LEFT = "left"


@dataclass(frozen=True)
class Received:
    """A received message with what applying needs to know of its row."""

    position: int
    envelope: Envelope
    body: str
    files: str
    digest: str
    state: State
    attempts: int


def apply_next(db: Database, store: FileStore, *, limit: int = 500, now: datetime | None = None) -> int:
    """Apply the next received messages, at most `limit`; returns how many were applied, rejected or held.

    May run in several processes at once: order is checked again inside each transaction. A passing failure of the
    database is raised, counts as no attempt, and leaves the rest for the next call; so is `Behind`.
    """
    now = now or utc_now()
    held: set[str] = set()
    due = _due(db, limit, now)
    if due and retelling.has_taken_back(db):
        db = retelling.recognising(db)
    settled = _settle_together(db, due, now)
    moved = len(settled)
    for told in due:
        if told.position in settled or told.envelope.subject in held:
            continue
        outcome = _apply(db, store, told, now)
        moved += outcome is not Outcome.LEFT
        if outcome is not Outcome.DONE:
            held.add(told.envelope.subject)
    return moved


@cache
def _due_rows(zone: Zone) -> sa.Select[Any]:
    table, block = tables_of(zone).message, tables_of(zone).block
    now = sa.bindparam("now", type_=table.c.not_before.type)
    held = sa.exists().where(
        block.c.direction == table.c.direction, block.c.subject == table.c.subject, block.c.message_id != table.c.id
    )
    return (
        sa.select(*(table.c[name] for name in _WANTED))
        .where(
            table.c.direction == sa.bindparam("direction"),
            in_states(table.c.state, State.RECEIVED, State.WAITING),
            sa.or_(table.c.not_before.is_(None), table.c.not_before <= now),
            ~held,
        )
        .order_by(table.c.epoch, table.c.number)
        .limit(sa.bindparam("limit"))
    )


def _due(db: Database, limit: int, now: datetime) -> list[Received]:
    direction = Direction.into(db.zone)
    with db.reading() as session:
        here = {"direction": direction, "limit": limit, "now": now}
        rows = session.connection().execute(_due_rows(db.zone), here).all()
    return [_received(row._asdict(), direction) for row in rows]


def _received(row: dict[str, Any], direction: Direction) -> Received:
    envelope = Envelope(**{name: row.pop(name) for name in _ENVELOPE}, direction=direction)
    return Received(envelope=envelope, **(row | {"state": State(row["state"])}))


def _settle_together(db: Database, due: list[Received], now: datetime) -> set[int]:
    """Settle the receipts among what is due in one transaction; they change nothing but the exchange's own rows.

    Returns their positions, or nothing when one of them is odd: then each is tried alone, like any other message.
    """
    receipts = [told for told in due if told.envelope.kind == RECEIPT and not told.attempts]
    try:
        read = [(told, receipt_in(told.body)) for told in receipts]
    except ValidationError:
        return set()
    # a refusal changes more than the exchange's own rows: it is taken alone
    receipts = [told for told, answer in read if answer.outcome == "applied"]
    answers = [answer for _, answer in read if answer.outcome == "applied"]
    if len(receipts) < 2:
        return set()
    with db.writing() as session:
        if not settle_all(session, answers):
            return set()
        positions = [told.position for told in receipts]
        session.connection().execute(_marking_settled(db.zone), {"positions": positions, "at": now})
    return set(positions)


@cache
def _marking_settled(zone: Zone) -> sa.Update:
    table = tables_of(zone).message
    here = table.c.position.in_(sa.bindparam("positions", expanding=True))
    marks = {"state": State.APPLIED, "applied_at": sa.bindparam("at", type_=table.c.applied_at.type)}
    return sa.update(table).where(here, in_states(table.c.state, State.RECEIVED)).values(marks)


def _apply(db: Database, store: FileStore, told: Received, now: datetime) -> Outcome:
    def hold(state: State, reason: str) -> Outcome:
        return _in_turn(db, told, Outcome.HELD, lambda session: _hold(session, told, state, reason, now))

    if not all(store.has(file.digest) for file in files_of(told.files)):
        return hold(State.WAITING, "随附文件尚未到达")
    try:
        message, applier = _understood(told)
        return _in_turn(db, told, Outcome.DONE, lambda session: _change(session, told, message, applier, now))
    except (RuleRefusal, FormRefusal) as refusal:
        words = refusal.words
        return _in_turn(db, told, Outcome.DONE, lambda session: _finish(session, told, State.REJECTED, words, now))
    except (Unfit, NotAllowed) as unfit:
        return hold(State.QUARANTINED, str(unfit))
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("exchange message failed", extra={"message_id": told.envelope.id, "kind": told.envelope.kind})
        last = told.attempts + 1 >= MAX_ATTEMPTS
        words = error.words if isinstance(error, Refusal) else f"处理失败：{type(error).__name__}"
        return hold(State.QUARANTINED if last else State.RECEIVED, words)


def _understood(told: Received) -> tuple[Message, Applier]:
    kind, direction = told.envelope.kind, told.envelope.direction
    model = kind_of(kind, direction)
    if model is None:
        raise Unfit(f"未知的报文种类或方向：{kind}")
    if len(told.body.encode()) > model.size_limit:
        raise Unfit(f"报文超过本种类允许的大小：{kind}")
    applier = applier_of(model)
    if applier is None:
        raise Unfit(f"本区尚不能处理此种报文：{kind}")
    try:
        message = model.model_validate_json(told.body)
    except ValidationError as error:
        fields = "、".join(".".join(map(str, fault["loc"])) for fault in error.errors(include_input=False)) or "全部"
        raise Unfit(f"报文内容不合规定：{fields}") from error
    if message.subject() != told.envelope.subject:
        raise Unfit("报文的主体与内容不符")
    if _named_files(message) != told.files:
        raise Unfit("报文随附的文件与内容不符")
    return message, applier


def _named_files(message: Message) -> str:
    """The files that the content names, as an honest sender stores them; empty when one is no file reference."""
    try:
        return canonical_files(message.files())
    except ValueError:
        return ""


@cache
def _turn(zone: Zone) -> sa.Select[Any]:
    """The state and attempts of one message, locked, and whether an earlier one of its subject is still open."""
    table = tables_of(zone).message
    earlier = table.alias("earlier")
    is_open = in_states(earlier.c.state, State.RECEIVED, State.WAITING, State.QUARANTINED)
    same = sa.and_(earlier.c.direction == table.c.direction, earlier.c.subject == table.c.subject, is_open)
    before = sa.exists().where(same, earlier.c.epoch == table.c.epoch, earlier.c.number < table.c.number)
    in_an_older_epoch = sa.exists().where(same, earlier.c.epoch < table.c.epoch)
    return (
        sa.select(table.c.state, table.c.attempts, sa.or_(before, in_an_older_epoch).label("must_wait"))
        .where(table.c.position == sa.bindparam("position"))
        .with_for_update(of=table, skip_locked=True)
    )


def _in_turn(db: Database, told: Received, outcome: Outcome, change: Callable[[Session], None]) -> Outcome:
    """Run one change of the message in its own transaction, if it is still due and nothing before it is open.

    A message that another worker tried since it was read is left to the next look: what was read is stale.
    """
    with db.writing() as session:
        turn = session.connection().execute(_turn(db.zone), {"position": told.position}).first()
        if turn is None:  # another worker has it in hand: this one goes on with the next subject
            return Outcome.LEFT
        if turn.state not in (State.RECEIVED, State.WAITING):
            return Outcome.LEFT if turn.state == State.QUARANTINED else Outcome.DONE
        if turn.must_wait or (turn.state, turn.attempts) != (told.state, told.attempts):
            return Outcome.LEFT
        change(session)
    return outcome


def _change(session: Session, told: Received, message: Message, applier: Applier, now: datetime) -> None:
    session.info["now"] = now  # the trace keeps both: when it happened over there, and when it was recorded here
    applier(session, message, told.envelope)
    _finish(session, told, State.APPLIED, None, now)


@cache
def _marking(zone: Zone) -> sa.Update:
    table = tables_of(zone).message
    marks = ("state", "attempts", "not_before", "applied_at", "reason")
    return (
        sa.update(table)
        .where(table.c.position == sa.bindparam("at_position"))
        .values({name: sa.bindparam(f"to_{name}", type_=table.c[name].type) for name in marks})
    )


def _mark(session: Session, told: Received, state: State, reason: str | None, **marks: object) -> None:
    row = {"to_attempts": told.attempts, "to_not_before": None, "to_applied_at": None, **marks}
    session.connection().execute(
        _marking(zone_of(session)), {"at_position": told.position, "to_state": state, "to_reason": reason, **row}
    )


def _finish(session: Session, told: Received, state: State, reason: str | None, now: datetime) -> None:
    _mark(session, told, state, reason, to_applied_at=now)
    if told.attempts or told.state is State.WAITING:
        block = tables_of(zone_of(session)).block
        session.connection().execute(sa.delete(block).where(block.c.message_id == told.envelope.id))
    give_receipt(session, told.envelope, digest=told.digest, reason=reason, at=now)


def _hold(session: Session, told: Received, state: State, reason: str, now: datetime) -> None:
    """Hold the subject back: its later messages wait until this one is done with."""
    attempts = told.attempts if state is State.WAITING else told.attempts + 1
    pauses = {State.WAITING: FILE_PAUSE, State.RECEIVED: timedelta(seconds=2**told.attempts)}
    pause = now + pauses[state] if state in pauses else None
    _mark(session, told, state, reason, to_attempts=attempts, to_not_before=pause)
    block = tables_of(zone_of(session)).block
    connection = session.connection()
    row = {"direction": told.envelope.direction, "subject": told.envelope.subject, "message_id": told.envelope.id}
    held = insert_into(block, connection.dialect.name).values(**row, since=now, reason=reason)
    key = [block.c.direction, block.c.subject]
    connection.execute(held.on_conflict_do_update(index_elements=key, set_={"reason": held.excluded.reason}))
    if state is State.QUARANTINED:
        log.error("exchange message in quarantine", extra={"message_id": told.envelope.id, "reason": reason})
