"""Correcting and revoking a concluded decision: a new document, reviewed and signed like the first (A14.5)."""

from collections.abc import Callable

from starlette.responses import Response
from starlette.routing import Route

from core.cases import amending, queries, sign_off
from core.cases.facts import CORRECTION, REVOCATION, decision_of
from core.cases.handling import Proposal, suggested_number
from core.cases.tables import Decision
from core.documents.materials import Filed
from core.domain.case_states import OUTCOME_WORDS, Outcome
from core.domain.document_numbers import following_number
from core.errors import Absent, Refusal
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.case_acts import is_open
from extranet_portal.case_page import case_page, case_to_change, done
from extranet_portal.files import PDF, sent
from extranet_portal.intake import act_page, act_routes, see_case
from extranet_portal.proposal_form import read_scan
from extranet_portal.typed import Limits, read_texts

_TEXTS: Limits = {
    "document_number": ("文号", 100),
    "document_title": ("标题", 300),
    "conditions": ("附加条件", 2000),
    "reasons": ("理由", 2000),
    "opinion": ("办理意见", 2000),
}
_REASON: Limits = {"reason": ("退回意见", 1000)}
_EVENTS = {CORRECTION: "propose_correction", REVOCATION: "propose_revocation"}
_FORMS = {
    CORRECTION: ("提出更正", "更正后的决定取代原决定，原决定留存。更正不改变准予与否。"),
    REVOCATION: (
        "提出撤销",
        "撤销后原决定不再有效，项目单位可以重新申请；项目已办结的恢复审批，办结通知书作废。",
    ),
}
_OUTCOMES = (Outcome.GRANTED, Outcome.GRANTED_WITH_CONDITIONS, Outcome.DENIED)


def amendment_page(kind: str) -> Callable[..., Response]:
    """The page that asks for the new document and the reason."""

    def page(ask: Ask, refusal: Refusal | None = None) -> Response:
        event = _EVENTS[kind]
        case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), f"case.{event}")
        if not is_open(ask, case, event):
            return case_page(ask, refusal)
        heading, follows = _FORMS[kind]
        before = decision_of(ask.session, case)
        last = suggested_number(ask.session, case)
        return act_page(
            ask, case, "extranet/handling/amend.html", refusal, event,
            heading=heading, follows=follows, before=before, is_correction=kind == CORRECTION,
            outcomes=[(str(one), OUTCOME_WORDS[one]) for one in _OUTCOMES],
            outcome=before.outcome if before else "",
            number=following_number(last, ask.today.year),
            usual_title=_title(before, kind), on=ask.today.isoformat(), conditions=before.conditions if before else "",
        )  # fmt: skip

    return page


see_correction_form = amendment_page(CORRECTION)
see_revocation_form = amendment_page(REVOCATION)


@action(allow="case.propose_correction")
def ask_correction(ask: Ask) -> Response:
    """Show the form of a correction."""
    return see_correction_form(ask)


@action(allow="case.propose_revocation")
def ask_revocation(ask: Ask) -> Response:
    """Show the form of a revocation."""
    return see_revocation_form(ask)


def _keep_scan(ask: Ask) -> Filed | None:
    """Keep the scan before anything is written, for an officer who may propose on this case at all."""
    return read_scan(ask, queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.propose"))


@action(allow="case.propose_correction", again=see_correction_form, prepare=_keep_scan, creates=True, takes_files=True)
def propose_correction(ask: Ask) -> Response:
    """Propose a correction (A14.5)."""
    return _propose(ask, CORRECTION)


@action(allow="case.propose_revocation", again=see_revocation_form, prepare=_keep_scan, creates=True, takes_files=True)
def propose_revocation(ask: Ask) -> Response:
    """Propose a revocation (A14.5)."""
    return _propose(ask, REVOCATION)


@action(allow="case.return_amendment", again=case_page, creates=True)
def return_amendment(ask: Ask) -> Response:
    """Return a proposed correction or revocation to the handler (A14.5)."""
    case = case_to_change(ask, "case.return_amendment")
    reason = read_texts(ask, _REASON)["reason"]
    sign_off.return_amendment(ask.session, case, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "return_amendment")


@action(allow="case.correct", again=case_page, creates=True)
def correct(ask: Ask) -> Response:
    """Sign a correction (A14.5)."""
    case = case_to_change(ask, "case.correct")
    amending.sign_amendment(ask.session, case, CORRECTION, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "correct")


@action(allow="case.revoke", again=case_page, creates=True)
def revoke(ask: Ask) -> Response:
    """Sign a revocation (A14.5)."""
    case = case_to_change(ask, "case.revoke")
    amending.sign_amendment(ask.session, case, REVOCATION, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, "revoke")


@action(allow="case_document.see")
def see_document(ask: Ask) -> Response:
    """The scan of one decision of a case: standing, corrected, revoked or proposed."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case_document.see")
    found = ask.session.get(Decision, ask.number("decision_id"))
    if found is None or found.case_id != case.id:
        raise Absent("没有找到批复扫描件")
    return sent(ask, found.scan_digest, name=found.scan_name, media_type=PDF, size=found.scan_size)


def _propose(ask: Ask, kind: str) -> Response:
    event = _EVENTS[kind]
    case = case_to_change(ask, f"case.{event}")
    texts = read_texts(ask, _TEXTS)
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
    amending.propose_amendment(ask.session, case, kind, proposal, by=ask.actor, at=ask.now, seen=ask.seen())
    return done(ask, case, event)


def _title(before: Decision | None, kind: str) -> str:
    word = "更正" if kind == CORRECTION else "撤销"
    return f"关于{word}《{before.document_title}》的决定" if before else f"关于{word}备案的决定"


routes = [
    *act_routes("propose_correction", ask_correction, propose_correction),
    *act_routes("propose_revocation", ask_revocation, propose_revocation),
    *act_routes("return_amendment", see_case, return_amendment),
    *act_routes("correct", see_case, correct),
    *act_routes("revoke", see_case, revoke),
    Route(
        "/cases/{case_id:int}/decisions/{decision_id:int}/file",
        see_document,
        methods=["GET"],
        name="case.document_file",
    ),
]
