"""One message of the exchange: payload with personal data masked, reason, history; retry, and skip by two persons."""

from starlette.responses import Response
from starlette.routing import Route

from core.domain.policy import may_ever
from core.errors import Refusal
from core.exchange import desk
from core.exchange.desk import Opened
from core.exchange.kind_words import DIRECTION_WORDS, kind_words
from core.exchange.message import Direction
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.exchange_desk import REASON
from extranet_portal.shown import errors_given, trace_lines
from extranet_portal.typed import read_texts


def message_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One message and what may be done about it."""
    opened = desk.open_message(ask.session, ask.number("position"))
    skip = opened.skip if opened.is_held else None
    return reply.page(
        ask,
        "extranet/exchange/message.html",
        title=kind_words(opened.row.kind),
        name=kind_words(opened.row.kind),
        row=opened.row,
        state=opened.state,
        direction=DIRECTION_WORDS[Direction(opened.row.direction)],
        facts_shown=_facts(opened),
        payload=opened.payload,
        skip=skip,
        is_own=skip is not None and skip.proposed_by == ask.actor.id,
        is_held=opened.is_held,
        held_there=opened.held_there,
        is_decided=opened.is_decided,
        may_act=may_ever(ask.actor, "exchange.release"),
        may_confirm=may_ever(ask.actor, "exchange.confirm_skip"),
        history=trace_lines(opened.history, with_reasons=True),
        here=ask.url("exchange.see_message", position=opened.row.position),
        **errors_given(refusal),
    )


@action(allow="exchange.see")
def see_message(ask: Ask) -> Response:
    """Show one message."""
    return message_page(ask)


@action(allow="exchange.release", again=message_page, creates=True)
def release(ask: Ask) -> Response:
    """Try a quarantined message again."""
    reason = read_texts(ask, REASON)["reason"]
    desk.retry(ask.session, ask.number("position"), reason=reason, by=ask.actor, at=ask.now)
    return _back(ask)


@action(allow="exchange.propose_skip", again=message_page, creates=True)
def propose(ask: Ask) -> Response:
    """Ask that a message be given up."""
    reason = read_texts(ask, REASON)["reason"]
    desk.propose_skip(ask.session, ask.number("position"), reason=reason, by=ask.actor, at=ask.now)
    return _back(ask)


@action(allow="exchange.propose_skip", again=message_page, creates=True)
def withdraw(ask: Ask) -> Response:
    """Take one's own request back."""
    desk.decide_skip(ask.session, ask.number("position"), "withdraw", by=ask.actor, at=ask.now, seen=ask.seen())
    return _back(ask)


@action(allow="exchange.confirm_skip", again=message_page, creates=True)
def confirm(ask: Ask) -> Response:
    """Give the message up: the second person's part."""
    desk.decide_skip(ask.session, ask.number("position"), "confirm", by=ask.actor, at=ask.now, seen=ask.seen())
    return _back(ask)


@action(allow="exchange.confirm_skip", again=message_page, creates=True)
def decline(ask: Ask) -> Response:
    """Leave the message in quarantine."""
    reason = read_texts(ask, REASON)["reason"]
    desk.decide_skip(
        ask.session, ask.number("position"), "decline", by=ask.actor, at=ask.now, reason=reason, seen=ask.seen()
    )
    return _back(ask)


def _facts(opened: Opened) -> tuple[tuple[str, object], ...]:
    row = opened.row
    place = f"第 {row.epoch} 纪元第 {row.number} 号" if row.number else "未编号"
    return (
        ("种类", row.kind),
        ("主体", row.subject),
        ("链上位置", place),
        ("报文标识", row.id),
        ("摘要", row.digest or "—"),
        ("附件", f"{row.files.count('digest')} 个"),
        ("已尝试", f"{row.attempts} 次"),
    )


def _back(ask: Ask) -> Response:
    return reply.to(ask.url("exchange.see_message", position=ask.number("position")))


_ONE = "/exchange/messages/{position:int}"
routes = [
    Route(_ONE, see_message, methods=["GET"], name="exchange.see_message"),
    Route(f"{_ONE}/releases", see_message, methods=["GET"], name="exchange.see_release"),
    Route(f"{_ONE}/releases", release, methods=["POST"], name="exchange.release"),
    Route(f"{_ONE}/skips", see_message, methods=["GET"], name="exchange.see_skip"),
    Route(f"{_ONE}/skips", propose, methods=["POST"], name="exchange.propose_skip"),
    Route(f"{_ONE}/skips/withdrawals", see_message, methods=["GET"], name="exchange.see_withdrawal"),
    Route(f"{_ONE}/skips/withdrawals", withdraw, methods=["POST"], name="exchange.withdraw_skip"),
    Route(f"{_ONE}/skips/confirmations", see_message, methods=["GET"], name="exchange.see_confirmation"),
    Route(f"{_ONE}/skips/confirmations", confirm, methods=["POST"], name="exchange.confirm_skip"),
    Route(f"{_ONE}/skips/refusals", see_message, methods=["GET"], name="exchange.see_refusal"),
    Route(f"{_ONE}/skips/refusals", decline, methods=["POST"], name="exchange.decline_skip"),
]
