"""What is done with a consultation: by its asker, and the answer of an addressee (A14.4b)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases import consulting
from core.consultations import asking, queries, replies
from core.consultations.tables import Consultation, ConsultationReply
from core.errors import Absent, Refusal
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.consultation_form import asker_of, read_letter
from extranet_portal.consultations import consultation_page, done, page_of_one, see_consultation, sent_or_kept
from extranet_portal.typed import Limits, read_texts, refuse_stale

_REASON: Limits = {"reason": ("原因", 1000)}
_NOTE: Limits = {"note": ("说明", 1000)}
_ANSWER: Limits = {"statement": ("具体意见", 2000)}
_CONCLUSION: Limits = {"conclusion": ("结论", 2000)}


@action(allow="consultation.open", again=consultation_page)
def redraft(ask: Ask) -> Response:
    """Keep a draft anew, or send it (A14.4b)."""
    found = _own(ask, "consultation.open")
    asking.redraft(ask.session, found, read_letter(ask, asker_of(found)), seen=ask.seen())
    return sent_or_kept(ask, found)


@action(allow="consultation.discard", again=consultation_page)
def discard(ask: Ask) -> Response:
    """Give up a draft."""
    found = _own(ask, "consultation.discard")
    asking.discard(ask.session, found, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to("/consultations?view=sent")


@action(allow="consultation.withdraw", again=consultation_page)
def withdraw(ask: Ask) -> Response:
    """Take it back with a reason."""
    found = _own(ask, "consultation.withdraw")
    reason = read_texts(ask, _REASON)["reason"]
    asking.withdraw(ask.session, found, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, found, "withdraw")


@action(allow="consultation.close", again=consultation_page)
def close(ask: Ask) -> Response:
    """Close it with its conclusion and what becomes of every objection (A14.4b)."""
    found = _own(ask, "consultation.close")
    asked = replies.replies_of(ask.session, found)
    limits: dict[str, tuple[str, int]] = {f"disposition-{one.id}": ("处理情况", 1000) for one in asked}
    texts = read_texts(ask, {**_CONCLUSION, **limits})
    dispositions = {one.id or 0: texts[f"disposition-{one.id}"] for one in asked}
    asking.close(
        ask.session, found, conclusion=texts["conclusion"], dispositions=dispositions, by=ask.actor, at=ask.now,
        seen=ask.seen(),
    )  # fmt: skip
    return done(ask, found, "close")


@action(allow="consultation.reopen", again=consultation_page)
def reopen(ask: Ask) -> Response:
    """Ask some addressees anew after it was closed (A14.4b)."""
    found = _own(ask, "consultation.reopen")
    chosen = [int(one) for one in ask.texts("addressees") if one.isascii() and one.isdigit() and len(one) < 10]
    consulting.reopen(
        ask.session, found, reason=read_texts(ask, _REASON)["reason"], days=_days(ask), reply_ids=chosen,
        by=ask.actor, at=ask.now, seen=ask.seen(),
    )  # fmt: skip
    return done(ask, found, "reopen")


def reply_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The consultation to which the addressee in the address belongs."""
    one = ask.session.get(ConsultationReply, ask.number("reply_id"))
    if one is None:
        raise Absent("没有找到这件会商函询")
    return page_of_one(ask, one.consultation_id, refusal)


@action(allow="consultation.see")
def see_reply(ask: Ask) -> Response:
    """Where a form about an addressee comes back to after signing in again."""
    return reply_page(ask)


@action(allow="consultation.remind", again=reply_page)
def remind(ask: Ask) -> Response:
    """Remind an addressee of one's own consultation, nobody else's (A14.4b)."""
    found, one = _addressee(ask, "consultation.remind")
    replies.remind(ask.session, found, one, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, found, "remind")


@action(allow="consultation.ask_again", again=reply_page)
def ask_again(ask: Ask) -> Response:
    """Ask an addressee once more, saying what is new (A14.4b)."""
    found, one = _addressee(ask, "consultation.ask_again")
    replies.ask_anew(
        ask.session, found, one, note=read_texts(ask, _NOTE)["note"], days=_days(ask), by=ask.actor, at=ask.now,
        seen=ask.seen(),
    )  # fmt: skip
    return done(ask, found, "ask_again")


@action(allow="consultation.answer", again=consultation_page)
def answer(ask: Ask) -> Response:
    """Answer for one's own unit (A14.4b)."""
    identity = ask.number("consultation_id")
    found, one = queries.asked_of(ask.session, ask.actor, identity, "consultation.answer")
    refuse_stale(ask, one.version)
    statement = read_texts(ask, _ANSWER)["statement"]
    replies.answer(
        ask.session, found, one, opinion=ask.text("opinion"), statement=statement, by=ask.actor, at=ask.now,
        seen=ask.seen(),
    )  # fmt: skip
    return done(ask, found, "answer")


def _own(ask: Ask, allow: str) -> Consultation:
    found = queries.own_consultation(ask.session, ask.actor, ask.number("consultation_id"), allow)
    refuse_stale(ask, found.version)
    return found


def _addressee(ask: Ask, allow: str) -> tuple[Consultation, ConsultationReply]:
    """An addressee and the consultation it belongs to, if that is the officer's own."""
    one = ask.session.get(ConsultationReply, ask.number("reply_id"))
    if one is None:
        raise Absent("没有找到这件会商函询")
    return queries.own_consultation(ask.session, ask.actor, one.consultation_id, allow), one


def _days(ask: Ask) -> int | None:
    text = ask.text("days").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None


_ONE, _REPLY = "/consultations/{consultation_id:int}", "/consultation-replies/{reply_id:int}"
routes = [
    Route(f"{place}/{noun}", endpoint, methods=[method], name=f"consultation.{event}{'_form' * (method == 'GET')}")
    for event, place, noun, page, act in (
        ("redraft", _ONE, "draft", see_consultation, redraft),
        ("discard", _ONE, "disposal", see_consultation, discard),
        ("withdraw", _ONE, "withdrawal", see_consultation, withdraw),
        ("close", _ONE, "closure", see_consultation, close),
        ("reopen", _ONE, "reopening", see_consultation, reopen),
        ("remind", _REPLY, "reminders", see_reply, remind),
        ("ask_again", _REPLY, "further-questions", see_reply, ask_again),
        ("answer", _ONE, "answer", see_consultation, answer),
    )
    for method, endpoint in (("GET", page), ("POST", act))
]
