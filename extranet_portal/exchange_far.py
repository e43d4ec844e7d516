"""交换: what this zone knows of the internet zone, which it can't look into, and what an operator does there (A2.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.database import Zone
from core.exchange import desk, skips
from core.exchange.desk import STATE_WORDS
from core.exchange.desk_tables import FarStanding
from core.exchange.kind_words import DIRECTION_WORDS, kind_words
from core.exchange.message import Direction
from core.exchange.pulses import SILENT
from core.exchange.tables import ChannelState, State
from core.web.ask import Ask

CHANNEL_WORDS = {
    ChannelState.OPEN: ("green", "畅通"),
    ChannelState.GAP: ("yellow", "缺号待补"),
    ChannelState.STOPPED: ("red", "已停止"),
}


@dataclass(frozen=True)
class RowShown:
    """One line of a list."""

    href: str
    name: str
    kind: str
    subject: str
    state: str
    tone: str
    reason: str
    at: datetime | None
    direction: str
    asked: str


@dataclass(frozen=True)
class Trouble:
    """What keeps the internet zone from working, and what an operator types there."""

    words: str
    command: str


def far_facts(far: Any, now: datetime) -> tuple[tuple[str, str], ...]:
    """Its own account as names and figures."""
    counts = far.counts
    return (
        ("待封签", f"{counts['unsealed']} 件"),
        ("待本区答复", f"{counts['unanswered']} 件"),
        ("已到达待验证", f"{counts['arrived']} 件"),
        ("待办理", f"{counts['received']} 件"),
        ("等待附件", f"{counts['waiting']} 件"),
        ("隔离", f"{counts['quarantined']} 件"),
        (
            "收件方向",
            CHANNEL_WORDS[ChannelState(far.channel)][1] + (f"：{far.channel_reason}" if far.channel_reason else ""),
        ),
        ("最早未答复", f"{span(now - far.oldest_at)}前" if far.oldest_at else "没有"),
    )


def trouble_there(far: FarStanding | None, told_at: datetime | None, now: datetime) -> Trouble | None:
    """Why nothing moves in the internet zone, as far as can be seen from here; None when nothing is wrong.

    A zone that stopped its own direction seals nothing, so it can't tell: its silence is the only sign.
    """
    if far is None or told_at is None:
        return None
    if now - told_at > SILENT:
        words = f"互联网区已 {span(now - told_at)}没有签章：后台或搬运可能中断，也可能它停止了自己的方向，请在该区查看"
        return Trouble(words, f"tzxm exchange status {Zone.PUBLIC}")
    if far.channel == ChannelState.STOPPED:
        command = f"tzxm exchange reopen {Zone.PUBLIC} {Direction.TO_INTERNET} --by 姓名 --reason 查明的原因"
        return Trouble("互联网区已停止接收本区的报文，处理意见也到不了。查明原因后在该区恢复", command)
    return None


def far_held(ask: Ask, far: FarStanding) -> list[RowShown]:
    """What the internet zone holds back, each with the page of the message as it was told from here."""
    asked = skips.open_skips(ask.session)
    places = desk.positions_of(ask.session, [one["message_id"] for one in far.held])
    return [
        RowShown(
            ask.url("exchange.see_message", position=places[one["message_id"]]) if one["message_id"] in places else "",
            kind_words(one["kind"]),
            one["kind"],
            one["subject"],
            STATE_WORDS[State(one["state"])],
            "red" if one["state"] == State.QUARANTINED else "yellow",
            one["reason"],
            None,
            DIRECTION_WORDS[Direction.TO_INTERNET],
            asked[one["message_id"]].proposed_name if one["message_id"] in asked else "",
        )
        for one in far.held
    ]


def span(silence: timedelta) -> str:
    """A span in the largest fitting unit: 40 秒, 5 分钟, 3 小时, 2 天."""
    seconds = max(0, int(silence.total_seconds()))
    for size, word in ((86400, "天"), (3600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{seconds // size} {word}"
    return f"{seconds} 秒"
