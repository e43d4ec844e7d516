"""Handling a case: pauses, proposal, sign-off, sending back (A14.4a, A15.2)."""

from datetime import date

from starlette.responses import Response

from core import clocks
from core.cases import closing, handling, queries, sign_off
from core.cases.handling import Proposal
from core.documents.materials import Filed
from core.errors import Refusal
from core.reference import loader
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.case_acts import is_open
from extranet_portal.case_page import case_page, case_to_change, done
from extranet_portal.intake import act_page, act_routes, see_case
from extranet_portal.proposal_form import read_scan
from extranet_portal.typed import Limits, read_texts

_REASON: Limits = {"reason": ("说明", 1000)}
_COMMENT: Limits = {"comment": ("审核意见", 1000)}
_PROPOSAL: Limits = {
    "document_number": ("批复文号", 100),
    "document_title": ("批复标题", 300),
    "opinion": ("办理意见", 2000),
    "conditions": ("附加条件", 2000),
    "reasons": ("不予批准的理由", 2000),
}


def pause_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask on which ground counting stops and when it is expected to go on."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.pause")
    if not is_open(ask, case, "pause"):
        return case_page(ask, refusal)
    grounds = handling.allowed_grounds(ask.session, case)
    usual = {ground.code: ground.expected_days for ground in loader.load().pause_grounds}
    choices = [(code, f"{name}（通常 {usual[code]} 个工作日）") for code, name in grounds.items()]
    return act_page(
        ask, case, "extranet/handling/pause.html", refusal, "pause",
        heading="暂停计时", grounds=choices, resumes_example=_in_ten_days(ask).isoformat(),
    )  # fmt: skip


@action(allow="case.pause")
def ask_pause(ask: Ask) -> Response:
    """Show the form for a pause."""
    return pause_page(ask)


@action(allow="case.pause", again=pause_page, creates=True)
def pause(ask: Ask) -> Response:
    """Stop counting on a ground the guide allows (A15.2)."""
    case = case_to_change(ask, "case.pause")
    handling.pause(
        ask.session, case, ground=ask.text("ground"), begins_on=ask.day("begins_on"),
        expected_on=ask.day("expected_on"), reason=read_texts(ask, _REASON)["reason"], by=ask.actor, at=ask.now,
        seen=ask.seen(),
    )  # fmt: skip
    return done(ask, case, "pause")


@action(allow="case.resume", again=case_page, creates=True)
def resume(ask: Ask) -> Response:
    """Count again from the day after the pause ended (A15.2)."""
    case = case_to_change(ask, "case.resume")
    handling.resume(ask.session, case, ends_on=ask.day("ends_on"), by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "resume")


def keep_scan(ask: Ask) -> Filed | None:
    """Keep the scan before anything is written, for an officer who may propose on this case at all."""
    return read_scan(ask, queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.propose"))


@action(allow="case.propose", again=case_page, prepare=keep_scan, creates=True, takes_files=True)
def propose(ask: Ask) -> Response:
    """Propose a decision with its approval document (A14.4a)."""
    case = case_to_change(ask, "case.propose")
    texts = read_texts(ask, _PROPOSAL)
    proposal = Proposal(
        outcome=ask.text("outcome"),
        document_number=texts["document_number"],
        document_title=texts["document_title"],
        document_on=ask.day("document_on"),
        opinion=texts["opinion"],
        conditions=texts["conditions"],
        reasons=texts["reasons"],
        scan=ask.prepared,
    )
    handling.propose(ask.session, case, proposal, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "propose")


@action(allow="case.approve", again=case_page, creates=True)
def approve(ask: Ask) -> Response:
    """Sign off the proposal: it is the decision (A14.4a, A14.5)."""
    case = case_to_change(ask, "case.approve")
    closing.approve(ask.session, case, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "approve")


@action(allow="case.send_back", again=case_page, creates=True)
def send_back(ask: Ask) -> Response:
    """Return the proposal to the handler with comments (A14.4a)."""
    case = case_to_change(ask, "case.send_back")
    reason = read_texts(ask, _REASON)["reason"]
    sign_off.send_back(ask.session, case, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "send_back")


@action(allow="case.review", again=case_page, creates=True)
def review(ask: Ask) -> Response:
    """Agree to the proposal at one level of review (A14.4a)."""
    case = case_to_change(ask, "case.review")
    comment = read_texts(ask, _COMMENT)["comment"]
    sign_off.review(ask.session, case, comment=comment, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "review")


@action(allow="case.return_review", again=case_page, creates=True)
def return_review(ask: Ask) -> Response:
    """Return the proposal to the handler from a level of review (A14.4a)."""
    case = case_to_change(ask, "case.return_review")
    reason = read_texts(ask, _REASON)["reason"]
    sign_off.return_review(ask.session, case, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "return_review")


def _in_ten_days(ask: Ask) -> date:
    return clocks.calendar(ask.session).nth_working_day(ask.today, 10)


routes = [
    *act_routes("pause", ask_pause, pause),
    *act_routes("resume", see_case, resume),
    *act_routes("propose", see_case, propose),
    *act_routes("approve", see_case, approve),
    *act_routes("review", see_case, review),
    *act_routes("return_review", see_case, return_review),
    *act_routes("send_back", see_case, send_back),
]
