"""The exchange desk: what operators of the extranet see and do about messages that couldn't be applied (A2.1, A9.1).

A message is tried again by one operator; it is given up only when a second person confirms. Its bytes are never edited,
and every act stands in the trace of the message in the same transaction.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Zone, zone_of
from core.domain.masking import masked
from core.domain.policy import Actor
from core.domain.skip_states import SkipState
from core.errors import Absent, Conflict, RuleRefusal
from core.exchange import channels, far_quarantine, quarantine, skips
from core.exchange.desk_tables import Skip
from core.exchange.far_quarantine import Decider
from core.exchange.giving_back import RETURNED
from core.exchange.message import Direction
from core.exchange.placed import Step, carried_up_to, rows_with_places, step_of
from core.exchange.receipts import UNANSWERED
from core.exchange.retelling import RECOGNISED
from core.exchange.skips import drop_request, open_skip
from core.exchange.status import held_messages
from core.exchange.tables import ChannelState, State, in_states, standing, tables_of
from core.trace import AuditRow, entries_of, record

OBJECT = "exchange_message"
CHANNEL = "exchange_channel"
PAGE = 50
RETRY_NEEDS = "请写明重试的理由，如“已补齐缺少的数据”"


class Shelf(StrEnum):
    """The lists of the desk."""

    HELD = "held"
    REJECTED = "rejected"
    RETURNED = "returned"
    REFUSED = "refused"


SHELF_WORDS = {
    Shelf.HELD: "本区待处理",
    Shelf.REJECTED: "本区退回",
    Shelf.RETURNED: "对方退回",
    Shelf.REFUSED: "未予接收",
}
STATE_WORDS = {
    State.SETTLED: "已答复",
    State.ARRIVED: "待验证",
    State.RECEIVED: "待办理",
    State.WAITING: "等待附件",
    State.QUARANTINED: "隔离",
    State.APPLIED: "已办理",
    State.REJECTED: "已退回",
    State.REFUSED: "未接收",
}


STEP_WORDS = {Step.UNSEALED: "待封签", Step.SEALED: "待搬运", Step.CARRIED: "待回执"}


@dataclass(frozen=True)
class Opened:
    """One message with everything an operator may see of it."""

    row: Any
    state: str
    payload: str
    skip: Skip | None
    history: Sequence[AuditRow]
    held_there: str = ""
    is_decided: bool = False

    @property
    def is_held(self) -> bool:
        """Whether it lies in quarantine, here or there, and so may be tried again or given up."""
        return bool(self.row.state == State.QUARANTINED) or (bool(self.held_there) and not self.is_decided)


def shelved(session: Session, shelf: Shelf, *, limit: int = PAGE, offset: int = 0) -> Sequence[sa.Row[Any]]:
    """The messages of one list: held ones oldest first, what is over newest first; no more than `limit`."""
    if shelf is Shelf.HELD:
        return held_messages(session, limit=limit, offset=offset)
    table = tables_of(zone_of(session)).message
    wanted = (
        "position",
        "id",
        "kind",
        "subject",
        "state",
        "reason",
        "received_at",
        "happened_at",
        "attempts",
        "direction",
    )
    conditions: dict[Shelf, tuple[sa.ColumnElement[bool], ...]] = {
        Shelf.REJECTED: (in_states(table.c.state, State.REJECTED),),
        Shelf.REFUSED: (
            in_states(table.c.state, State.REFUSED),
            # copies given back after a restore: only what nobody told again, for it may have to be entered again
            sa.func.coalesce(table.c.reason, "").not_in([RETURNED, RECOGNISED]),
            sa.or_(table.c.reason.is_(None), table.c.kind.not_in(UNANSWERED)),
        ),
        Shelf.RETURNED: (in_states(table.c.state, State.SETTLED), table.c.reason.is_not(None)),
    }
    found = sa.select(*(table.c[name] for name in wanted)).where(*conditions[shelf])
    return session.connection().execute(found.order_by(table.c.position.desc()).limit(limit).offset(offset)).all()


def open_message(session: Session, position: int) -> Opened:
    """One message by its place in this zone's table, its payload masked; Absent when there is none."""
    row = _row(session, position)
    skip = open_skip(session, row.id)
    why, is_decided = _held_there(session, row), far_quarantine.is_decided(session, row.id)
    return Opened(
        row, _state_words(row), _payload(row.body), skip, entries_of(session, OBJECT, row.id), why, is_decided
    )


def retry(session: Session, position: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Try a quarantined message again as it is; an open request to skip it falls away. Refuses without a reason."""
    row = _row(session, position)
    if _held_there(session, row):
        _need(reason, RETRY_NEEDS)
        drop_request(session, row.id, by=by, at=at)
        decider = Decider(by.id, by.name)
        far_quarantine.tell_decision(session, row.id, "release", reason=reason, by=decider, at=at)
        record(session, "exchange.release", OBJECT, row.id, "重试报文", by=by, at=at, reason=reason)
    else:
        release(session, row.id, reason=reason, by=by, at=at)


def release(session: Session, message_id: str, *, reason: str, by: Actor, at: datetime) -> None:
    """Try a message that this zone holds again, from the desk or the shell. Refuses without a reason.

    In the extranet an open request to skip it falls away; the internet zone keeps no requests.
    """
    _need(reason, RETRY_NEEDS)
    if zone_of(session) is Zone.EXTRANET:
        drop_request(session, message_id, by=by, at=at)
    quarantine.release(session, message_id)
    record(session, "exchange.release", OBJECT, message_id, "重试报文", by=by, at=at, reason=reason)


def propose_skip(session: Session, position: int, *, reason: str, by: Actor, at: datetime) -> Skip:
    """Ask that a quarantined message be given up; its sender will be told the reason once a second person agrees."""
    _need(reason, "请写明跳过的理由，它会告知报文的发送方")
    row = _row(session, position)
    if row.state != State.QUARANTINED and not _held_there(session, row):
        raise Conflict("该报文已不在隔离中，请看最新情况")
    if (known := open_skip(session, row.id)) is not None:
        raise Conflict(f"{known.proposed_name}已申请跳过这件报文，正待确认")
    skip = Skip(
        message_id=row.id,
        state=SkipState.PROPOSED,
        reason=reason,
        proposed_by=by.id,
        proposed_name=by.name,
        proposed_at=at,
    )
    session.add(skip)
    session.flush()
    record(session, "exchange.propose_skip", OBJECT, row.id, "申请跳过报文", by=by, at=at, reason=reason)
    return skip


def decide_skip(
    session: Session, position: int, event: str, *, by: Actor, at: datetime, reason: str = "", seen: int | None = None
) -> None:
    """Confirm, decline or withdraw an open request; confirming gives the message up. Nobody confirms their own."""
    row = _row(session, position)
    skip = open_skip(session, row.id)
    if skip is None:
        raise Conflict("这件报文没有待确认的跳过申请，请看最新情况")
    if event == "decline":
        _need(reason, "请写明不同意的理由")
    skips.decide(session, skip, event, by=by, at=at, reason=reason or skip.reason, seen=seen)
    if event == "confirm":
        words = f"经两人确认跳过：{skip.reason}"
        if _held_there(session, row):
            asker, second = Decider(skip.proposed_by, skip.proposed_name), Decider(by.id, by.name)
            far_quarantine.tell_decision(session, row.id, "reject", reason=words, by=asker, second=second, at=at)
        else:
            quarantine.reject(session, row.id, reason=words, at=at)


def reopen_channel(session: Session, direction: Direction, *, reason: str, by: Actor, at: datetime) -> None:
    """Let a stopped direction flow again; what arrived unverified is kept as evidence and carried anew."""
    _need(reason, "请写明查明的原因和处理情况")
    head = channels.head_of(session, direction)
    if head.state is not ChannelState.STOPPED:
        raise RuleRefusal("该方向没有停止，不需要恢复", article="A2.1")
    channels.reopen(session, direction, at=at)
    words = f"恢复停止的方向（停止原因：{head.reason}）"[:400]
    record(session, "exchange.reopen", CHANNEL, direction, words, by=by, at=at, reason=reason)


def channel_history(session: Session, direction: Direction) -> Sequence[AuditRow]:
    """What operators did with a direction, newest first."""
    return entries_of(session, CHANNEL, direction, limit=20)


def _row(session: Session, position: int) -> Any:
    table = rows_with_places(zone_of(session))
    step = step_of(table, carried_up_to(session)).label("step")
    row = session.connection().execute(sa.select(table, step).where(table.c.position == position)).first()
    if row is None:
        raise Absent("没有找到这件报文")
    return row


def _state_words(row: Any) -> str:
    return STEP_WORDS[Step(row.step)] if row.state == State.TOLD else STATE_WORDS[State(row.state)]


def _held_there(session: Session, row: Any) -> str:
    """Why the internet zone holds one of our messages in quarantine; empty for what was told to this zone."""
    return far_quarantine.held_there(session, row.id) if row.direction == Direction.TO_INTERNET else ""


def positions_of(session: Session, message_ids: Sequence[str]) -> dict[str, int]:
    """Where messages lie in this zone's table, by their ids; what isn't there is left out."""
    table = tables_of(zone_of(session)).message
    here = (table.c.id.in_(message_ids), standing(table.c.state))
    found = session.connection().execute(sa.select(table.c.id, table.c.position).where(*here))
    return {row.id: row.position for row in found}


def _payload(body: str) -> str:
    try:
        return json.dumps(masked(json.loads(body)), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return "内容不是有效的 JSON，不予显示"


def _need(reason: str, words: str) -> None:
    if not reason.strip():
        raise RuleRefusal(words, field="reason", article="A2.1")
