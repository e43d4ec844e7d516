"""Being away: a colleague stands in for some days (代办), or takes over everything that lies with one (移交)."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from core.accounts import substituting
from core.cases import assigning
from core.cases.assigning import Colleague
from core.cases.queries import own_units
from core.domain.policy import ROLE_NAMES, Actor
from core.errors import FormRefusal, Refusal, RuleRefusal
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.bulk import Outcome, each_row
from extranet_portal.shown import errors_given
from extranet_portal.typed import Limits, read_texts

_REASON: Limits = {"reason": ("理由", 200)}


def absence_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The absences that last or are to come, and the form for another."""
    found = substituting.absences_of(ask.session, ask.actor.id, on=ask.today)
    return reply.page(
        ask,
        "extranet/desk/absences.html",
        title="代办",
        own=[one for one in found if one.officer_id == ask.actor.id],
        stood_in=[one for one in found if one.substitute_id == ask.actor.id],
        officers=[(one.id, _named(one)) for one in _colleagues(ask)],
        example=ask.today.isoformat(),
        **errors_given(refusal),
    )


@action(allow="absence.keep")
def see_absences(ask: Ask) -> Response:
    """Show who stands in for whom."""
    return absence_page(ask)


@action(allow="absence.keep", again=absence_page, creates=True)
def be_absent(ask: Ask) -> Response:
    """Ask a colleague to stand in."""
    reason = read_texts(ask, _REASON)["reason"]
    days = {name: ask.day(name) for name in ("from_on", "to_on")}
    substituting.be_absent(
        ask.session, substitute=ask.text("substitute"), **days, reason=reason, by=ask.actor, at=ask.now
    )
    return reply.to("/absences")


@action(allow="absence.keep", again=absence_page)
def be_back(ask: Ask) -> Response:
    """End an absence of one's own."""
    typed = ask.text("absence")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    substituting.be_back(ask.session, number, by=ask.actor, at=ask.now)
    return reply.to("/absences")


def handover_page(ask: Ask, refusal: Refusal | None = None, outcomes: Sequence[Outcome] = ()) -> Response:
    """Everything that lies with the officer, and to whom it goes."""
    return reply.page(
        ask,
        "extranet/desk/handover.html",
        title="全部移交",
        cases=assigning.lying_with(ask.session, ask.actor.id),
        officers=[(one.id, _named(one)) for one in _colleagues(ask)],
        outcomes=outcomes,
        **errors_given(refusal),
    )


@action(allow="desk.hand_over")
def ask_handover(ask: Ask) -> Response:
    """Ask to whom everything goes that lies with the officer."""
    return handover_page(ask)


@action(allow="desk.hand_over", again=handover_page)
def hand_over(ask: Ask) -> Response:
    """Hand over everything that lies with the officer, each case with its own outcome."""
    reason, to = read_texts(ask, _REASON)["reason"], ask.text("officer")
    if to not in {one.id for one in _colleagues(ask)} or not reason:
        errors = {"officer": "请选择接手的工作人员", "reason": "移交请写明理由"}
        raise FormRefusal({name: words for name, words in errors.items() if not ask.text(name).strip()} or errors)
    cases = [case.id or 0 for case in assigning.lying_with(ask.session, ask.actor.id)]
    if not cases:
        raise RuleRefusal("没有由你经办的办件，不需要移交")
    outcomes = each_row(
        ask,
        cases,
        "case.assign",
        lambda case: assigning.assign(ask.session, case, to=to, reason=reason, by=ask.actor, at=ask.now),
        "已移交",
    )
    return handover_page(ask, outcomes=outcomes)


def works_on_cases(actor: Actor) -> bool:
    """Whether this officer has cases that somebody else could take over."""
    return bool(own_units(actor))


def _colleagues(ask: Ask) -> list[Colleague]:
    """The other officers of the units at which one works in one's own right."""
    units = dict.fromkeys(
        grant.org_unit
        for grant in ask.actor.grants
        if grant.org_unit in own_units(ask.actor) and not grant.on_behalf_of
    )
    found = {one.id: one for unit in units for one in assigning.colleagues(ask.session, unit, on=ask.today)}
    return [one for one in found.values() if one.id != ask.actor.id]


def _named(one: Colleague) -> str:
    return f"{one.name}（{'、'.join(ROLE_NAMES[role] for role in sorted(one.roles))}）"


routes = [
    Route("/absences", see_absences, methods=["GET"], name="absence.see"),
    Route("/absences", be_absent, methods=["POST"], name="absence.begin"),
    Route("/absences/returns", see_absences, methods=["GET"], name="absence.see_return"),
    Route("/absences/returns", be_back, methods=["POST"], name="absence.end"),
    Route("/handovers", ask_handover, methods=["GET"], name="desk.hand_over_form"),
    Route("/handovers", hand_over, methods=["POST"], name="desk.hand_over"),
]
