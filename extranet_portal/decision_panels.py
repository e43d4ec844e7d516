"""Beside a case: its amended decisions, the remedy against a denial, and its notices, the void ones too (A14.5)."""

from dataclasses import dataclass

from sqlmodel import Session

from core.cases.facts import DECISION, decisions_of, proposal_of
from core.cases.notice_voiding import why_not_void
from core.cases.notices import notices_of_case
from core.cases.queries import case_for
from core.cases.tables import Case, Decision, Notice
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.case_states import OUTCOME_WORDS, Outcome
from core.domain.policy import reach
from core.domain.remedies import remedy_of
from core.organisations import organisations
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal.case_views import said_rows
from extranet_portal.panel import PanelShown
from extranet_portal.shown import on_day

_KINDS = {"decision": "审批决定", "correction": "更正决定", "revocation": "撤销决定"}
_STANDS = {"decided": "", "corrected": "已更正", "revoked": "已撤销", "proposed": "等待签批"}


@dataclass(frozen=True)
class DecisionLine:
    """One decision of the case: what it is, how it stands, and its document."""

    kind: str
    stands: str
    rows: tuple[tuple[str, str], ...]
    href: str


@dataclass(frozen=True)
class NoticeLine:
    """One notice of the case; `void_href` where the reader may void it."""

    title: str
    number: str
    when: str
    void_words: str
    href: str
    void_href: str


def decisions_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """Corrections and revocations with the decisions they name, newest first; none where nothing was amended."""
    del project
    pending = proposal_of(ask.session, case)
    found = [*([pending] if pending and pending.kind != DECISION else []), *decisions_of(ask.session, case)]
    remedy = remedy_of(case.org_unit, organisations(ask.session).regions).words
    is_adverse = case.outcome in (Outcome.DENIED, Outcome.REVOKED)
    lines = [_decision(ask, case, one) for one in found] if any(one.kind != DECISION for one in found) else []
    if not lines and not is_adverse:
        return None
    return PanelShown("extranet/handling/_decisions.html", {"lines": lines, "remedy": remedy if is_adverse else ""})


def notices_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """The notices of the case, those that are void with what stands instead."""
    del project
    found = notices_of_case(ask.session, case)
    may = case.org_unit in reach(ask.actor, "notice.void").org_units
    lines = [_notice(ask, case, one, may=may) for one in found]
    return PanelShown("extranet/handling/_notices.html", {"lines": lines}, place="side") if lines else None


def notice_of(session: Session, ask: Ask, action: str) -> tuple[Case, Notice | None]:
    """The case and the notice an address names; None when the case has no such notice."""
    case = case_for(session, ask.actor, ask.number("case_id"), action)
    found = session.get(Notice, ask.number("notice_id"))
    return case, found if found is not None and found.case_id == case.id else None


def void_words(ask: Ask, notice: Notice) -> str:
    """When, by whom and why a notice was voided, and what stands instead; empty while it stands (A14.3)."""
    if notice.voided_at is None:
        return ""
    successor = ask.session.get(Notice, notice.successor_id) if notice.successor_id else None
    words = on_day(notice.voided_at, ask.today, f"{notice.voided_by}作废：{notice.void_reason}")
    return f"{words}。由{successor.number}代替" if successor else words


def _decision(ask: Ask, case: Case, one: Decision) -> DecisionLine:
    on = one.document_on
    is_to_be_revoked = one.outcome == Outcome.REVOKED and one.approved_at is None
    rows = (
        ("结果", "拟撤销" if is_to_be_revoked else OUTCOME_WORDS[Outcome(one.outcome)]),
        ("文号", one.document_number),
        ("标题", one.document_title),
        ("日期", f"{on.year} 年 {on.month} 月 {on.day} 日"),
        ("理由", one.reasons),
        ("附加条件", one.conditions),
        ("承办人", f"{one.proposer_name}　{on_day(one.proposed_at, ask.today, '提交')}"),
        *said_rows(ask.session, one, ask.today),
        ("签批人", f"{one.approver_name}　{on_day(one.approved_at, ask.today, '签批')}" if one.approved_at else ""),
    )
    href = ask.url("case.document_file", case_id=case.id, decision_id=one.id)
    return DecisionLine(_KINDS[one.kind], _STANDS.get(one.state, ""), tuple(row for row in rows if row[1]), href)


def _notice(ask: Ask, case: Case, one: Notice, *, may: bool) -> NoticeLine:
    can = may and not (why_not_void(one, case, reissue=True) and why_not_void(one, case, reissue=False))
    return NoticeLine(
        title=TITLES[NoticeKind(one.kind)],
        number=one.number,
        when=on_day(one.issued_at, ask.today),
        void_words=void_words(ask, one),
        href=ask.url("case.notice_file", case_id=case.id, notice_id=one.id),
        void_href=ask.url("notice.void_form", case_id=case.id, notice_id=one.id) if can else "",
    )
