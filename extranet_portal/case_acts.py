"""What an officer can do with a case now, as buttons, links and forms: from the state table and nowhere else (A4.4)."""

from dataclasses import dataclass

from sqlmodel import Session

from core.cases.facts import CORRECTION, REVOCATION, proposal_of
from core.cases.intake import why_unverified
from core.cases.moves import held_by, open_moves
from core.cases.tables import Case
from core.consultations.queries import open_of_case
from core.domain.assignment import TURNS, Matter
from core.domain.case_states import CASE, STILL_UNHEARD, CaseFacts, CaseState, counts_again
from core.domain.policy import ROLE_NAMES
from core.engagements.lapsing import running_of_case
from core.organisations import organisations
from core.projects.tables import Project
from core.web.ask import Ask

NOUNS = {
    "pass_preliminary": "preliminary-review",
    "transfer": "transfers",
    "refuse_preliminary": "preliminary-refusal",
    "accept": "acceptance",
    "request_supplement": "supplement-requests",
    "decline": "non-acceptance",
    "record_filing": "filing-record",
    "pause": "pauses",
    "resume": "resumption",
    "extend": "extensions",
    "propose": "proposal",
    "approve": "approval",
    "send_back": "return",
    "review": "review",
    "propose_correction": "correction-proposals",
    "propose_revocation": "revocation-proposals",
    "return_amendment": "amendment-return",
    "correct": "correction",
    "revoke": "revocation",
    "return_review": "review-return",
}
"""Event of the case machine → what it creates: the last part of the address it is posted to."""

DONE_WORDS = {
    "pass_preliminary": "初审通过。接着作出受理决定",
    "refuse_preliminary": "已作初审不予通过处理。《初审不予通过告知书》已送达项目单位",
    "accept": "已受理。《受理通知书》已送达项目单位",
    "request_supplement": "已发出《补正告知书》。补正期间不计时",
    "decline": "已作不予受理处理。《不予受理通知书》已送达项目单位",
    "record_filing": "已备案。《备案证明》已送达项目单位",
    "pause": "已暂停计时，并已告知项目单位",
    "resume": "已恢复计时，并已告知项目单位",
    "extend": "已延期。《延期通知书》已送达项目单位",
    "propose": "已提交签批",
    "review": "审核通过，已送下一级",
    "return_review": "已退回承办人",
    "propose_correction": "更正已提交签批",
    "propose_revocation": "撤销已提交签批",
    "return_amendment": "已退回承办人，原决定不变",
    "correct": "已更正。新的决定已送达项目单位，并在公开结果中注明",
    "revoke": "已撤销。撤销决定已送达项目单位，并在公开结果中注明",
    "send_back": "已退回承办人",
    "approve": "已签批办结。结果已送达项目单位",
}

LOOKS = {
    "pass_preliminary": "button",
    "accept": "button",
    "record_filing": "button",
    "resume": "extranet/handling/_resume.html",
    "approve": "button",
    "refuse_preliminary": "grave",
    "decline": "grave",
    "propose": "extranet/handling/_proposal.html",
    "send_back": "extranet/handling/_return.html",
    "review": "extranet/handling/_review.html",
    "return_review": "extranet/handling/_return.html",
    "return_amendment": "extranet/handling/_return.html",
    "correct": "button",
    "revoke": "button",
    "propose_revocation": "grave",
}
"""How an act looks: a button that does it, the fragment of its form, else a link to its page (`grave`: a red one)."""

_HIDDEN_WHILE_CLOSED = frozenset({"extend", "propose_correction", "propose_revocation", "return_amendment"})
"""Acts that nobody looks for while they can't be done: they are not shown then."""

_LABELS = {"pass_preliminary": "核验并初审通过"}


@dataclass(frozen=True)
class ActShown:
    """One act: its word, its address, why it can't be done yet (empty when it can), and how it looks (`LOOKS`)."""

    event: str
    label: str
    href: str
    why: str
    look: str

    @property
    def is_form(self) -> bool:
        """Whether its form stands in the page."""
        return self.look.endswith(".html")


def acts(ask: Ask, case: Case, project: Project) -> dict[str, ActShown]:
    """The acts that are this officer's in the present state, by event, in the order of the state table."""
    found = {}
    amends = _amends(ask.session, case)
    for move, why in open_moves(ask.session, case, ask.actor, at=ask.now):
        event = move.event
        if not _makes_no_sense(case, event, amends) and not (why and _is_hidden_while_closed(case, event, why)):
            href, label = f"/cases/{case.id}/{NOUNS[event]}", _LABELS.get(event, CASE.word(event))
            words = _why_not(ask.session, case, project, event, why)
            found[event] = ActShown(event, label, href, words, LOOKS.get(event, "page"))
    return found


def is_open(ask: Ask, case: Case, event: str) -> bool:
    """Whether the state table has this act for this officer now."""
    return any(move.event == event for move in CASE.open_to(case.state, held_by(ask.actor, case)))


def waiting_words(session: Session, case: Case) -> str:
    """Whose turn it is, for a reader whose turn it is not."""
    if case.state == CaseState.AWAITING_SUPPLEMENT:
        return "等待项目单位补正。补正送达后，受理时限重新计算"
    decided = Matter.AMENDMENT if case.amendment else Matter.NOTHING
    role = TURNS.get((case.state, Matter.REVIEW if case.reviews_left else decided))
    if role is None:
        return f"这件{CASE.word(case.state)}，不再办理"
    what = f"{_AMENDMENTS[case.amendment]}已提出，" if case.amendment else "这件"
    return f"{what}由{organisations(session).unit_name(case.org_unit)}的{ROLE_NAMES[role]}办理，你可以查看进度"


_AMENDMENTS = {CORRECTION: "更正", REVOCATION: "撤销"}


def _amends(session: Session, case: Case) -> str:
    """What waits in a concluded case to be signed: a correction, a revocation, or nothing."""
    proposal = proposal_of(session, case) if case.state == CaseState.CONCLUDED else None
    return proposal.kind if proposal else ""


def _makes_no_sense(case: Case, event: str, amends: str) -> bool:
    """Acts that this kind of case never knows, or that its clock or what was proposed rules out: no button for them."""
    is_filing = case.item_kind == "filing"
    return {
        "accept": is_filing,
        "review": not case.reviews_left,
        "return_review": not case.reviews_left,
        "correct": amends != CORRECTION,
        "revoke": amends != REVOCATION,
        "record_filing": not is_filing,
        "pause": case.is_paused,
        "resume": not case.is_paused,
    }.get(event, False)


def _is_hidden_while_closed(case: Case, event: str, why: str) -> bool:
    waits_for_unit = event == "decline" and case.state == CaseState.AWAITING_SUPPLEMENT and why != STILL_UNHEARD
    return waits_for_unit or event in _HIDDEN_WHILE_CLOSED


def _why_not(session: Session, case: Case, project: Project, event: str, why: str) -> str:
    """The guard's objection, except where the form itself brings what the guard misses."""
    if event == "pass_preliminary":
        return why_unverified(project)
    if event == "propose":
        asked, services = open_of_case(session, case.id or 0), len(running_of_case(session, case.id or 0))
        facts = CaseFacts(is_paused=case.is_paused, open_consultations=asked, running_services=services)
        return counts_again(facts) or ""
    return "" if event == "decline" and why != STILL_UNHEARD else why
