"""The case and its intake: preliminary review, acceptance, the one supplement, refusals, filing (A14.2, A14.3)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.cases import intake, queries
from core.cases.facts import guide_of, missing_needs
from core.cases.tables import Case
from core.cases.transferring import targets
from core.domain.case_states import REFUSAL_GROUNDS, decline_grounds, unanswered_words
from core.errors import Refusal
from core.projects.tables import Project
from core.web import reply
from core.web.action import Endpoint, action
from core.web.ask import Ask
from extranet_portal.case_acts import NOUNS, is_open
from extranet_portal.case_page import case_head, case_page, case_to_change, done, errors_of
from extranet_portal.typed import Limits, read_texts

USUAL_SUPPLEMENT_DAYS = 30
"""Calendar days that the form proposes for the answer to a request to supplement."""

_UNLISTED = ("other", *(f"other-{number}" for number in range(2, 9)))
"""Codes of what a request to supplement may ask for beyond the guide's list."""

_UNFOLDED = 3
"""So many of them the form shows at once."""

_REASON: Limits = {"reason": ("理由", 1000), "right_organ": ("受理机关", 100)}
_REFUSALS: dict[str, dict[str, str]] = {
    "refuse_preliminary": {
        "heading": "初审不予通过",
        "follows": "项目单位将立即收到《初审不予通过告知书》，其中载明理由和救济途径。这件随即办结，不能恢复。",
    },
    "decline": {
        "heading": "不予受理",
        "follows": "项目单位将收到《不予受理通知书》，其中载明理由和救济途径。这件随即办结，不能恢复。",
    },
}


@action(allow="case.see")
def see_case(ask: Ask) -> Response:
    """Show the case; a form whose session had ended comes back with what was typed."""
    return case_page(ask)


@action(allow="case.pass_preliminary", again=case_page, creates=True)
def pass_preliminary(ask: Ask) -> Response:
    """Verify the code and pass the preliminary review in one step (A13.2, A14.2)."""
    case = case_to_change(ask, "case.pass_preliminary")
    intake.pass_preliminary(ask.session, case, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "pass_preliminary")


@action(allow="case.accept", again=case_page, creates=True)
def accept(ask: Ask) -> Response:
    """Accept the application (A14.3)."""
    case = case_to_change(ask, "case.accept")
    intake.accept(ask.session, case, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "accept")


@action(allow="case.record_filing", again=case_page, creates=True)
def record_filing(ask: Ask) -> Response:
    """Record the filing: no decision, no sign-off (A14.3)."""
    case = case_to_change(ask, "case.record_filing")
    intake.record_filing(ask.session, case, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "record_filing")


def refusal_page(event: str) -> Callable[..., Response]:
    """The page that asks for ground and reason of a grave act: no browser box, a page of its own."""

    def page(ask: Ask, refusal: Refusal | None = None) -> Response:
        case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), f"case.{event}")
        if not is_open(ask, case, event):
            return case_page(ask, refusal)
        told = _REFUSALS[event]
        grounds = decline_grounds(case.item_kind, case.state) if event == "decline" else REFUSAL_GROUNDS
        known = targets(ask.session, case, on=ask.today)
        return act_page(
            ask, case, "extranet/intake/refuse.html", refusal, event,
            heading=told["heading"], grounds=list(grounds.items()), follows=told["follows"],
            organs=[one.name for one in known],
            competent=next((one.name for one in known if one.is_competent), ""),
            asks_organ="out_of_remit" in grounds,
            transfer_href=f"/cases/{case.id}/{NOUNS['transfer']}" if is_open(ask, case, "transfer") else "",
        )  # fmt: skip

    return page


see_refusal_form = refusal_page("refuse_preliminary")
see_decline_form = refusal_page("decline")


@action(allow="case.refuse_preliminary")
def ask_refusal(ask: Ask) -> Response:
    """Ask on which ground the preliminary review fails."""
    return see_refusal_form(ask)


@action(allow="case.refuse_preliminary", again=see_refusal_form, creates=True)
def refuse_preliminary(ask: Ask) -> Response:
    """Refuse in the preliminary review, with ground and reason (A14.2)."""
    case = case_to_change(ask, "case.refuse_preliminary")
    texts = read_texts(ask, _REASON)
    intake.refuse_preliminary(
        ask.session, case, ground=ask.text("ground"), reason=texts["reason"], right_organ=texts["right_organ"],
        by=ask.actor, at=ask.now, seen=ask.seen(),
    )  # fmt: skip
    return done(ask, case, "refuse_preliminary")


@action(allow="case.decline")
def ask_decline(ask: Ask) -> Response:
    """Ask on which ground the application is turned down."""
    return see_decline_form(ask)


@action(allow="case.decline", again=see_decline_form, creates=True)
def decline(ask: Ask) -> Response:
    """Turn the application down, with ground, reason and remedy (A14.3)."""
    case = case_to_change(ask, "case.decline")
    texts = read_texts(ask, _REASON)
    intake.decline(
        ask.session, case, ground=ask.text("ground"), reason=texts["reason"], right_organ=texts["right_organ"],
        by=ask.actor, at=ask.now, seen=ask.seen(),
    )  # fmt: skip
    return done(ask, case, "decline")


def supplement_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The one request to supplement, material by material; what is missing is ticked already (A14.3)."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.request_supplement")
    if not is_open(ask, case, "request_supplement"):
        return case_page(ask, refusal)
    missing = {need.code for need in missing_needs(ask.session, case)}
    needs = [need for need in guide_of(ask.session, case).materials if not need.is_shared]
    ticked = (ask.typed or {}).get("items", [])
    rows = [
        {
            "code": need.code,
            "name": need.name,
            "is_missing": need.code in missing,
            "ticked": need.code in ticked if ask.typed is not None else need.code in missing,
            "fault": "未提交" if need.code in missing else "",
            "cure": f"请提交{need.name}" if need.code in missing else "",
        }
        for need in needs
    ]
    filled = [place for place, code in enumerate(_UNLISTED, start=1) if ask.shown(f"{code}_name")]
    shown = max([_UNFOLDED, *filled])
    return act_page(
        ask, case, "extranet/intake/supplement.html", refusal, "request_supplement",
        heading="发补正告知", rows=rows, unlisted=_UNLISTED[:shown], more=_UNLISTED[shown:],
        unanswered=unanswered_words(case.item_kind),
        until=(ask.today + timedelta(days=USUAL_SUPPLEMENT_DAYS)).isoformat(),
    )  # fmt: skip


@action(allow="case.request_supplement")
def ask_supplement(ask: Ask) -> Response:
    """Ask what the unit must supplement."""
    return supplement_page(ask)


@action(allow="case.request_supplement", again=supplement_page, creates=True)
def request_supplement(ask: Ask) -> Response:
    """Ask once for everything that is missing or wrong (A14.3)."""
    case = case_to_change(ask, "case.request_supplement")
    intake.request_supplement(
        ask.session, case, _supplement_items(ask, case), answer_by=ask.day("answer_by"), by=ask.actor, at=ask.now,
        seen=ask.seen(),
    )  # fmt: skip
    return done(ask, case, "request_supplement")


def act_page(
    ask: Ask, case: Case, template: str, refusal: Refusal | None, event: str, *, heading: str, **context: Any
) -> Response:
    """A page of its own for one act on a case."""
    project = ask.session.get_one(Project, case.project_code)
    return reply.page(
        ask,
        template,
        title=f"{heading} {project.code}",
        **case_head(ask, case, project),
        **errors_of(ask, case, refusal),
        heading=heading,
        act_href=f"/cases/{case.id}/{NOUNS[event]}",
        **context,
    )


def _supplement_items(ask: Ask, case: Case) -> list[dict[str, str]]:
    ticked = set(ask.texts("items"))
    needs = [need for need in guide_of(ask.session, case).materials if need.code in ticked]
    limits: dict[str, tuple[str, int]] = {}
    for code in _UNLISTED:
        limits |= {f"{code}_name": ("名称", 100), f"{code}_fault": ("问题", 500), f"{code}_cure": ("要求", 500)}
        limits |= {f"{code}_sample": ("样本", 200)}
    for need in needs:
        limits |= {f"fault-{need.code}": ("问题", 500), f"cure-{need.code}": ("要求", 500)}
        limits |= {f"sample-{need.code}": ("样本", 200)}
    texts = read_texts(ask, limits)
    items = [
        {
            "material_code": need.code,
            "name": need.name,
            "fault": texts[f"fault-{need.code}"],
            "cure": texts[f"cure-{need.code}"],
            "sample": texts[f"sample-{need.code}"],
        }
        for need in needs
    ]
    items += [
        {
            "material_code": code,
            "name": texts[f"{code}_name"] or "其他",
            "fault": texts[f"{code}_fault"],
            "cure": texts[f"{code}_cure"],
            "sample": texts[f"{code}_sample"],
        }
        for code in _UNLISTED
        if texts[f"{code}_name"] or texts[f"{code}_fault"]
    ]
    return items


def act_routes(event: str, page: Endpoint, act: Endpoint) -> list[Route]:
    """The two routes of an act: its page (also where a form comes back to after signing in again) and the act."""
    path = f"/cases/{{case_id:int}}/{NOUNS[event]}"
    return [
        Route(path, page, methods=["GET"], name=f"case.{event}_form"),
        Route(path, act, methods=["POST"], name=f"case.{event}"),
    ]


routes = [
    Route("/cases/{case_id:int}", see_case, methods=["GET"], name="case.see"),
    *act_routes("pass_preliminary", see_case, pass_preliminary),
    *act_routes("refuse_preliminary", ask_refusal, refuse_preliminary),
    *act_routes("accept", see_case, accept),
    *act_routes("request_supplement", ask_supplement, request_supplement),
    *act_routes("decline", ask_decline, decline),
    *act_routes("record_filing", see_case, record_filing),
]
