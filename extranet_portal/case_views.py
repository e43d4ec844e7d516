"""What the page of one case shows, computed here so that the template only prints (design 07)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from core import clocks
from core.cases import clocks as case_clocks
from core.cases.facts import decision_of, proposal_of, sent_back_of
from core.cases.queries import cases_of_project, may_see_case
from core.cases.sign_off import RETURNED, said_of
from core.cases.tables import Case, Decision
from core.domain.case_states import CASE, DECIDED, OUTCOME_WORDS, CaseState, Outcome
from core.domain.clock import limit_words
from core.domain.policy import Actor
from core.organisations import organisations
from core.web.ask import Ask
from core.web.shown import LightShown, date_words
from extranet_portal.case_files import FileShown, decision_file
from extranet_portal.shown import light_of, on_day


@dataclass(frozen=True)
class OtherShown:
    """Another case of the same project: what it is, whose, how it stands; `href` only within reach."""

    item: str
    words: str
    href: str


@dataclass(frozen=True)
class DecisionShown:
    """A proposal, a returned proposal or a decision, ready to print."""

    heading: str
    rows: tuple[tuple[str, str], ...]
    file: FileShown | None


def light(session: Session, case: Case, *, on: date) -> tuple[LightShown, date | None]:
    """The light in the page's head, and the due date it counts to."""
    row = case_clocks.current(session, case)
    reading = clocks.reading(session, row, on=on) if row else None
    return light_of(case.state, reading, is_paused=case.is_paused, on=on), case.due_on


def stages(session: Session, case: Case, *, today: date) -> list[tuple[str, str, str]]:
    """Where the case stands: 初审 受理 办理 签批 办结, of a filing 初审 核对 备案."""
    return [
        (word, detail or ("进行中" if state == "now" else ""), state)
        for word, detail, state in _stages(session, case, today)
    ]


def others(session: Session, actor: Actor, case: Case, *, today: date) -> tuple[OtherShown, ...]:
    """The other cases of the project, so that departments know of each other (A2.3)."""
    tree = organisations(session)
    return tuple(
        OtherShown(
            other.item_name,
            f"{tree.unit_name(other.org_unit)}　{_state_words(other, today)}",
            f"/cases/{other.id}" if may_see_case(session, actor, other.org_unit) else "",
        )
        for other in cases_of_project(session, case.project_code)
        if other.id != case.id
    )


def decision_shown(ask: Ask, case: Case) -> DecisionShown | None:
    """The decision, the proposal before the approver, or the one that was sent back while the case is in handling."""
    session = ask.session
    if (decided := decision_of(session, case)) is not None:
        rows = (*_decision_rows(decided, ask.today), *said_rows(session, decided, ask.today))
        return DecisionShown("审批决定", rows, decision_file(ask, case, decided))
    if (proposed := proposal_of(session, case)) is not None:
        rows = (*_decision_rows(proposed, ask.today), *said_rows(session, proposed, ask.today))
        return DecisionShown("拟办意见", rows, decision_file(ask, case, proposed))
    returned = sent_back_of(session, case)
    if returned is None or case.state != CaseState.IN_HANDLING:
        return None
    rows = (*said_rows(session, returned, ask.today), *_decision_rows(returned, ask.today))
    return DecisionShown("被退回的拟办意见", rows, None)


def said_rows(session: Session, decision: Decision, today: date) -> tuple[tuple[str, str], ...]:
    """What each level said of a proposal, the approver's own agreement aside: that is the decision (A14.4a)."""
    return tuple(
        (
            "退回意见" if one.verdict == RETURNED else f"第 {one.level} 级审核",
            f"{one.comment or '同意'}　{one.officer_name} {on_day(one.at, today)}",
        )
        for one in said_of(session, decision)
        if one.verdict == RETURNED or one.officer_id != decision.approved_by
    )


def _stages(session: Session, case: Case, today: date) -> list[tuple[str, str, str]]:
    if case.item_kind == "filing":
        return [
            _preliminary(case, today),
            _acceptance(case, "核对", case.concluded_at if case.outcome else None, today),
            _end(case, "备案", on_day(case.concluded_at, today, "备案") if case.outcome else ""),
        ]
    signed = case.state in DECIDED
    return [
        _preliminary(case, today),
        _acceptance(case, "受理", case.accepted_at, today),
        ("办理", _handling_words(session, case, today), _stage(case, CaseState.IN_HANDLING, case.proposed_at)),
        (
            "签批",
            on_day(case.concluded_at, today, "签批") if signed else on_day(case.proposed_at, today, "提交"),
            _stage(case, CaseState.AWAITING_SIGN_OFF, case.concluded_at if signed else None),
        ),
        _end(case, "办结", on_day(case.concluded_at, today, OUTCOME_WORDS[Outcome(case.outcome)]) if signed else ""),
    ]


def _end(case: Case, word: str, words: str) -> tuple[str, str, str]:
    if case.state == CaseState.REVOKED:
        return (word, CASE.word(case.state), "stopped")
    return (word, words, "stopped" if case.outcome == Outcome.DENIED else _done(bool(words)))


def _preliminary(case: Case, today: date) -> tuple[str, str, str]:
    if case.state == CaseState.REFUSED:
        return ("初审", on_day(case.concluded_at, today, "不予通过"), "stopped")
    passed = case.preliminary_passed_at
    return ("初审", on_day(passed, today, "通过"), _stage(case, CaseState.SUBMITTED, passed or case.accepted_at))


def _acceptance(case: Case, word: str, done_at: datetime | None, today: date) -> tuple[str, str, str]:
    if case.state == CaseState.NOT_ACCEPTED:
        return (word, on_day(case.concluded_at, today, "不予受理"), "stopped")
    if case.state == CaseState.AWAITING_SUPPLEMENT:
        return (word, "待补正", "now")
    if case.is_deemed and case.accepted_on is not None:
        return (word, date_words(case.accepted_on, today, "视为受理"), "done")
    detail = on_day(case.accepted_at or done_at, today, "发通知书" if case.accepted_at else "齐全")
    return (word, detail, _stage(case, CaseState.UNDER_ACCEPTANCE, done_at))


def _handling_words(session: Session, case: Case, today: date) -> str:
    if case.accepted_at is None:
        return ""
    row = next((one for one in clocks.clocks_of(session, case.id or 0) if one.kind == "handling"), None)
    if row is None or row.limit_days is None or case.state != CaseState.IN_HANDLING:
        return case.handler_name
    counted = clocks.reading(session, row, on=today).elapsed
    return f"已计 {counted} 天，共 {limit_words(row.limit_days + row.extension_days, row.unit)}"


def _stage(case: Case, state: CaseState, done_at: datetime | None) -> str:
    return "now" if case.state == state else _done(done_at is not None)


def _done(is_done: bool) -> str:
    return "done" if is_done else ""


def _state_words(case: Case, today: date) -> str:
    if case.state != CaseState.CONCLUDED:
        return CASE.word(case.state)
    return f"{OUTCOME_WORDS[Outcome(case.outcome)]}　{on_day(case.concluded_at, today)}"


def _decision_rows(decision: Decision, today: date) -> tuple[tuple[str, str], ...]:
    on = decision.document_on
    told: Mapping[str, str] = {
        "结果": OUTCOME_WORDS[Outcome(decision.outcome)],
        "批复文号": decision.document_number,
        "批复标题": decision.document_title,
        "批复日期": f"{on.year} 年 {on.month} 月 {on.day} 日",
        "附加条件": decision.conditions,
        "不予批准的理由" if decision.outcome == Outcome.DENIED else "理由": decision.reasons,
        "办理意见": decision.opinion,
        "承办人": f"{decision.proposer_name}　{on_day(decision.proposed_at, today, '提交')}",
        "签批人": f"{decision.approver_name}　{on_day(decision.approved_at, today, '签批')}"
        if decision.approved_at
        else "",
    }
    return tuple((label, words) for label, words in told.items() if words)
