"""交换: how both directions stand, who gave a sign of life when, and the lists of what couldn't be applied (A2.1)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session
from starlette.responses import Response
from starlette.routing import Route

from core.domain.policy import Actor, may_ever
from core.errors import Absent, Refusal
from core.exchange import desk, reconciling, skips
from core.exchange.desk import SHELF_WORDS, STATE_WORDS, Shelf
from core.exchange.heartbeats import told_up_to
from core.exchange.kind_words import DIRECTION_WORDS, kind_words
from core.exchange.message import Direction
from core.exchange.pulses import SILENT, SLOW, WORKER, far_standing, pulses, relay_name
from core.exchange.status import Backlog, ExchangeStatus, standing_of
from core.exchange.tables import ChannelState, State
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import LightShown, page_number, page_of
from extranet_portal.exchange_far import CHANNEL_WORDS, RowShown, far_facts, far_held, span, trouble_there
from extranet_portal.shown import errors_given, trace_lines
from extranet_portal.typed import Limits, read_texts

REASON: Limits = {"reason": ("理由", 500)}


@dataclass(frozen=True)
class DirectionShown:
    """One direction: whether it flows, and its figures as name and words."""

    value: str
    title: str
    light: LightShown
    reason: str
    is_stopped: bool
    facts: tuple[tuple[str, str], ...]
    history: Any


@dataclass(frozen=True)
class SignShown:
    """One process and how long ago it gave a sign of life."""

    name: str
    light: LightShown
    at: datetime | None
    words: str


def has_desk(actor: Actor) -> bool:
    """Whether this officer keeps the exchange."""
    return may_ever(actor, "exchange.see")


def desk_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The desk: both directions, signs of life, reconciliation and one list of messages."""
    shelf, page = _shelf(ask.query("show")), page_number(ask.query("page"))
    stands = standing_of(ask.session)
    far = far_standing(ask.session)
    rows = _rows(ask, shelf, page)
    return reply.page(
        ask,
        "extranet/exchange/desk.html",
        title="交换",
        directions=[_incoming(ask, stands), _outgoing(ask, stands)],
        signs=_signs(ask.session, ask.now, told_up_to(ask.session)),
        far=far,
        far_facts=far_facts(far, ask.now) if far else (),
        far_held=far_held(ask, far) if far else (),
        trouble=trouble_there(far, told_up_to(ask.session), ask.now),
        shelf=shelf,
        shelves=[(one.value, SHELF_WORDS[one]) for one in Shelf],
        rows=rows[: desk.PAGE],
        pager=page_of(
            "/exchange",
            {"show": shelf},
            page,
            size=desk.PAGE,
            shown=min(len(rows), desk.PAGE),
            more=len(rows) > desk.PAGE,
        ),
        reports=reconciling.recent(ask.session),
        now=ask.now,
        may_act=may_ever(ask.actor, "exchange.release"),
        done=ask.query("done")[:20],
        **errors_given(refusal),
    )


@action(allow="exchange.see")
def see_desk(ask: Ask) -> Response:
    """Show how the exchange stands."""
    return desk_page(ask)


@action(allow="exchange.release", again=desk_page, creates=True)
def reopen(ask: Ask) -> Response:
    """Let a stopped direction flow again."""
    typed = ask.path("direction")
    if typed not in set(Direction):
        raise Absent("没有找到这个方向")
    reason = read_texts(ask, REASON)["reason"]
    desk.reopen_channel(ask.session, Direction(typed), reason=reason, by=ask.actor, at=ask.now)
    return reply.to("/exchange?done=reopened")


@action(allow="exchange.release", again=desk_page, creates=True)
def reconcile(ask: Ask) -> Response:
    """Reconcile both directions now, new messages or everything anew: the answers come by the exchange itself."""
    begin = reconciling.begin_anew if ask.text("scope") == "anew" else reconciling.begin
    begin(ask.session, by=ask.actor, at=ask.now)
    return reply.to("/exchange?done=reconciling")


def _shelf(typed: str) -> Shelf:
    return Shelf(typed) if typed in set(Shelf) else Shelf.HELD


def _incoming(ask: Ask, stands: ExchangeStatus) -> DirectionShown:
    now, sign = ask.now, pulses(ask.session).get(relay_name(Direction.TO_EXTRANET))
    facts = (
        ("已到达待验证", _backlog(stands.arrived, now)),
        ("待办理", _backlog(stands.received, now)),
        ("等待附件", _backlog(stands.waiting, now)),
        ("隔离", _backlog(stands.quarantined, now)),
        ("已验证到", f"第 {stands.channels[Direction.TO_EXTRANET].number} 号"),
        ("对方时钟", stands.channels[Direction.TO_EXTRANET].clock_words or "与本区相符"),
        ("最近一次搬来", _moment(sign.carried_at if sign else None, now)),
    )
    return _direction(ask, stands, Direction.TO_EXTRANET, facts)


def _outgoing(ask: Ask, stands: ExchangeStatus) -> DirectionShown:
    now, sign = ask.now, pulses(ask.session).get(relay_name(Direction.TO_INTERNET))
    lag = f"{span(now - stands.oldest_outgoing_at)}前" if stands.oldest_outgoing_at else "没有待答复的报文"
    facts = (
        ("待封签", _backlog(stands.unsealed, now)),
        ("待搬运", _backlog(stands.sealed, now)),
        ("待对方回执", _backlog(stands.carried, now)),
        ("最早未答复", lag),
        ("已封签到", f"第 {stands.channels[Direction.TO_INTERNET].number} 号"),
        ("最近一次搬走", _moment(sign.carried_at if sign else None, now)),
    )
    return _direction(ask, stands, Direction.TO_INTERNET, facts)


def _direction(
    ask: Ask, stands: ExchangeStatus, direction: Direction, facts: tuple[tuple[str, str], ...]
) -> DirectionShown:
    channel = stands.channels[direction]
    light = LightShown(*CHANNEL_WORDS[channel.state])
    is_stopped = channel.state is ChannelState.STOPPED
    history = trace_lines(desk.channel_history(ask.session, direction), with_reasons=True)
    return DirectionShown(
        direction, DIRECTION_WORDS[direction], light, channel.reason or "", is_stopped, facts, history
    )


def _signs(session: Session, now: datetime, far_at: datetime | None) -> list[SignShown]:
    known = pulses(session)
    named = (
        ("本区后台（封签、验证、办理）", WORKER),
        ("搬运 互联网区 → 政务外网", relay_name(Direction.TO_EXTRANET)),
        ("搬运 政务外网 → 互联网区", relay_name(Direction.TO_INTERNET)),
    )
    own = [_sign(words, known[name].at if name in known else None, now) for words, name in named]
    return [*own, _sign("互联网区后台（据收到的最近一次签章）", far_at, now)]


def _sign(name: str, at: datetime | None, now: datetime) -> SignShown:
    if at is None:
        return SignShown(name, LightShown("none", "不掌握"), None, "还没有收到过")
    silence = now - at
    tone, word = ("red", "中断") if silence > SILENT else ("yellow", "迟缓") if silence > SLOW else ("green", "正常")
    return SignShown(name, LightShown(tone, word), at, f"{span(silence)}前")


def _rows(ask: Ask, shelf: Shelf, page: int) -> list[RowShown]:
    """One page of a list, and one row more when there is a next page."""
    asked = skips.open_skips(ask.session)
    return [
        RowShown(
            ask.url("exchange.see_message", position=row.position),
            kind_words(row.kind),
            row.kind,
            row.subject,
            STATE_WORDS[State(row.state)] if not _retries(row) else f"第 {row.attempts} 次未成，自动再试",
            "red" if row.state == State.QUARANTINED else "yellow" if shelf is Shelf.HELD else "still",
            row.reason or "",
            row.received_at or row.happened_at,
            DIRECTION_WORDS[Direction(row.direction)],
            asked[row.id].proposed_name if row.id in asked and row.state == State.QUARANTINED else "",
        )
        for row in desk.shelved(ask.session, shelf, limit=desk.PAGE + 1, offset=(page - 1) * desk.PAGE)
    ]


def _retries(row: Any) -> bool:
    return bool(row.state == State.RECEIVED and row.attempts)


def _backlog(found: Backlog, now: datetime) -> str:
    if not found.count or found.oldest_at is None:
        return f"{found.count} 件"
    return f"{found.count} 件，最早 {span(now - found.oldest_at)}前"


def _moment(at: datetime | None, now: datetime) -> str:
    return f"{span(now - at)}前" if at is not None else "还没有记录"


routes = [
    Route("/exchange", see_desk, methods=["GET"], name="exchange.see"),
    Route("/exchange/reconciliations", see_desk, methods=["GET"], name="exchange.see_reconciliations"),
    Route("/exchange/reconciliations", reconcile, methods=["POST"], name="exchange.reconcile"),
    Route("/exchange/channels/{direction}/openings", see_desk, methods=["GET"], name="exchange.see_opening"),
    Route("/exchange/channels/{direction}/openings", reopen, methods=["POST"], name="exchange.reopen"),
]
