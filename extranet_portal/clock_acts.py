"""Granting an extension of the limit (延期, A15.2)."""

from starlette.responses import Response

from core.cases import queries
from core.cases.extending import extend
from core.cases.facts import extension_of
from core.domain.clock import limit_words, unit_words
from core.errors import Refusal
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.case_acts import is_open
from extranet_portal.case_page import case_page, case_to_change, done
from extranet_portal.intake import act_page, act_routes
from extranet_portal.typed import Limits, read_texts

_REASON: Limits = {"reason": ("理由", 1000)}


def extend_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask by how many days the limit is extended, and why."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.extend")
    rule = extension_of(ask.session, case)
    if rule is None or not is_open(ask, case, "extend"):
        return case_page(ask, refusal)
    return act_page(
        ask, case, "extranet/handling/extend.html", refusal, "extend",
        heading="延期", most=rule.days, most_words=limit_words(rule.days, rule.unit),
        basis=rule.basis, unit_words=unit_words(rule.unit),
    )  # fmt: skip


@action(allow="case.extend")
def ask_extension(ask: Ask) -> Response:
    """Show the form for an extension."""
    return extend_page(ask)


@action(allow="case.extend", again=extend_page, creates=True)
def grant_extension(ask: Ask) -> Response:
    """Extend the limit once (A15.2)."""
    case = case_to_change(ask, "case.extend")
    reason = read_texts(ask, _REASON)["reason"]
    extend(ask.session, case, days=_number(ask.text("days")), reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "extend")


def _number(text: str) -> int | None:
    plain = text.strip().removesuffix("个工作日").removesuffix("天").strip()
    return int(plain) if len(plain) <= 3 and plain.isascii() and plain.isdigit() else None


routes = [*act_routes("extend", ask_extension, grant_extension)]
