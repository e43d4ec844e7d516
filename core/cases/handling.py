"""Handling (办理): pauses and proposal (A14.4a, A15.2). Extranet."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core import clocks
from core.cases import notices
from core.cases.counting import count_again, stop_counting
from core.cases.facts import DECISION, facts_of, guide_of, with_document
from core.cases.messages import CaseProposed
from core.cases.moves import move_case
from core.cases.recording import note_if_late
from core.cases.resting import rest_if_suspended, rests_with_project
from core.cases.sign_off import begin_levels
from core.cases.tables import Case, Decision
from core.clocks import SUSPENSION_GROUND, business_date
from core.documents.materials import Filed
from core.domain.case_states import Outcome
from core.domain.document_numbers import number_key
from core.domain.pauses import expected_end_fault
from core.domain.policy import Actor
from core.domain.project_states import ProjectState
from core.domain.recording import day_fault
from core.errors import FormRefusal, RuleRefusal
from core.exchange.outbox import send
from core.organisations import ExtranetOrgUnit
from core.projects.tables import Project
from core.reference import loader


@dataclass(frozen=True)
class Proposal:
    """What the handler proposes, as the form gives it; `scan` is the scanned approval document."""

    outcome: str
    document_number: str
    document_title: str
    document_on: date | None
    opinion: str
    conditions: str
    reasons: str
    scan: Filed | None


def pause(
    session: Session, case: Case, *, ground: str, expected_on: date | None, reason: str, by: Actor, at: datetime,
    begins_on: date | None = None, seen: int | None = None,
) -> None:  # fmt: skip
    """Stop counting on one of the grounds the item's guide allows, with an expected end, told in writing (A15.2).

    `begins_on`, else today, is the day on which it began; recorded later than that it is noted as late.
    """
    today = business_date(at)
    begins_on = begins_on or today
    words = allowed_grounds(session, case)
    errors: dict[str, str] = {}
    if fault := _day_fault(session, case, begins_on, today, "暂停开始"):
        errors["begins_on"] = fault
    if ground not in words:
        errors["ground"] = "请选择本事项办事指南列明的理由"
    if fault := expected_end_fault(expected_on, today):
        errors["expected_on"] = fault
    if len(reason.strip()) < 5:
        errors["reason"] = "请写明暂停计时的具体情况，项目单位会看到"
    if errors:
        raise FormRefusal(errors, article="A15.2")
    told = reason.strip()
    move = move_case(session, case, "pause", by=by, at=at, seen=seen, reason=f"{words[ground]}：{told}")
    stop_counting(session, case, ground=ground, begins_on=begins_on, expected_on=expected_on, reason=told, at=at)
    note_if_late(session, case, "pause", happened_on=begins_on, by=by, at=at)
    notices.issue_for_case(session, move.notice, case, at=at, by=by, reason=told)


def resume(
    session: Session, case: Case, *, by: Actor, at: datetime, ends_on: date | None = None, seen: int | None = None
) -> None:
    """Count on from the next day, or anew where the ground of the pause says so; the due date has moved (A15.2).

    `ends_on`, else today, is the day on which the pause ended; recorded later than that it is noted as late. While its
    project is suspended the clock rests on with it, unless that very pause is ended (A14.1e).
    """
    had_own_ground = not rests_with_project(session, case)
    today = business_date(at)
    ends_on = ends_on or today
    if case.is_paused and (fault := _day_fault(session, case, ends_on, today, "暂停结束")):
        raise RuleRefusal(fault, field="ends_on", article="A15.2")
    move_case(session, case, "resume", by=by, at=at, seen=seen)
    count_again(session, case, ends_on=ends_on, at=at)
    note_if_late(session, case, "resume", happened_on=ends_on, by=by, at=at)
    if had_own_ground:
        rest_if_suspended(session, case, at=at)


def propose(
    session: Session, case: Case, proposal: Proposal, *, by: Actor, at: datetime, seen: int | None = None
) -> Decision:
    """Propose a decision with the number, title, date and scan of its approval document (A14.4a).

    Refuses every gap at once: a denial needs reasons, conditions need a conditional grant.
    """
    errors = _gaps(session, case, proposal, on=business_date(at))
    if errors:
        raise FormRefusal(errors, article="A14.4a")
    facts = with_document(
        facts_of(session, case, by=by, on=business_date(at)),
        number=proposal.document_number,
        title=proposal.document_title,
        has_scan=proposal.scan is not None,
    )
    move_case(session, case, "propose", by=by, at=at, seen=seen, facts=facts, reason=proposal.opinion.strip())
    decision = decision_from(case, proposal, by=by, at=at)
    session.add(decision)
    case.proposed_at = at
    case.handler_id, case.handler_name = by.id, by.name
    begin_levels(session, case)
    session.flush()
    note_if_late(session, case, "document", happened_on=decision.document_on, by=by, at=at)
    send(
        session,
        CaseProposed(project_code=case.project_code, application_id=case.application_id, at=at),
        at=at,
    )
    return decision


def decision_from(case: Case, proposal: Proposal, *, by: Actor, at: datetime) -> Decision:
    """The row that keeps a proposal. Refuses one without scan or date of its document (A14.4a)."""
    scan = proposal.scan
    if scan is None or proposal.document_on is None:
        raise RuleRefusal("提交签批前请补全：批复扫描件", field="scan", article="A14.4a")
    return Decision(
        case_id=case.id or 0,
        outcome=proposal.outcome,
        document_number=proposal.document_number.strip(),
        number_key=number_key(proposal.document_number),
        document_title=proposal.document_title.strip(),
        document_on=proposal.document_on,
        opinion=proposal.opinion.strip(),
        conditions=proposal.conditions.strip(),
        reasons=proposal.reasons.strip(),
        scan_digest=scan.digest,
        scan_size=scan.size,
        scan_name=scan.file_name,
        proposed_by=by.id,
        proposer_name=by.name,
        proposed_at=at,
    )


def allowed_grounds(session: Session, case: Case) -> dict[str, str]:
    """The grounds on which this case's clock may be paused: code → Chinese name (A15.2).

    Those of its guide; of a suspended project also that its unit asked for it (A14.1e).
    """
    names = {ground.code: ground.name for ground in loader.load().pause_grounds if not ground.counts_in_limit}
    wanted = [*guide_of(session, case).pause_grounds]
    if session.get_one(Project, case.project_code).state == ProjectState.SUSPENDED:
        wanted.append(SUSPENSION_GROUND)
    return {code: names[code] for code in dict.fromkeys(wanted) if code in names}


def suggested_number(session: Session, case: Case) -> str:
    """The number of the unit's last approval document for this item, to go on from; empty when there is none."""
    last = session.exec(
        select(Decision.document_number)
        .join(Case, col(Case.id) == col(Decision.case_id))
        .where(col(Case.org_unit) == case.org_unit, col(Case.item_code) == case.item_code)
        .order_by(col(Decision.id).desc())
        .limit(1)
    ).first()
    return last or ""


def _gaps(session: Session, case: Case, proposal: Proposal, *, on: date) -> dict[str, str]:
    allowed = {Outcome.GRANTED, Outcome.GRANTED_WITH_CONDITIONS, Outcome.DENIED}
    chosen = {} if proposal.outcome in allowed else {"outcome": "请选择拟办结果"}
    return chosen | document_gaps(session, case, proposal, on=on)


def document_gaps(session: Session, case: Case, proposal: Proposal, *, on: date) -> dict[str, str]:
    """What a decision's document lacks, by field: number, title, date, scan, denial reasons, conditions (A14.4a)."""
    number = proposal.document_number.strip()
    checks = (
        ("document_number", not number, "请填写批复文号"),
        ("document_number", _number_is_taken(session, case, number), "这个批复文号已用于另一份批复，请核对"),
        ("document_title", not proposal.document_title.strip(), "请填写批复标题"),
        ("document_on", proposal.document_on is None, "请填写批复日期，如 2026-11-23"),
        ("document_on", bool(proposal.document_on and proposal.document_on > on), "批复日期不能晚于今天"),
        ("scan", proposal.scan is None, "请上传批复文件的扫描件（PDF）"),
        ("reasons", proposal.outcome == Outcome.DENIED and len(proposal.reasons.strip()) < 5, "不予批准须写明理由"),
        (
            "conditions",
            proposal.outcome == Outcome.GRANTED_WITH_CONDITIONS and len(proposal.conditions.strip()) < 2,
            "附条件准予须写明条件",
        ),
    )
    errors: dict[str, str] = {}
    for name, wrong, words in checks:
        if wrong:
            errors.setdefault(name, words)
    return errors


_WAS_SIGNED = col(Decision.state).in_(("decided", "corrected", "revoked"))
_STILL_WAITS = sa.and_(
    col(Decision.state) == "proposed", sa.or_(col(Case.concluded_at).is_(None), col(Decision.kind) != DECISION)
)


def _number_is_taken(session: Session, case: Case, number: str) -> bool:
    """Whether the unit's number stands for another document: one it gave away is never given again (A14.4a, A14.5).

    A document that was corrected or revoked keeps its number in the files, in copies and in notices. However it is
    spelled it is the same number. The unit is held: of two who give one number away at once, the second sees the first.
    """
    session.get_one(ExtranetOrgUnit, case.org_unit, with_for_update={"key_share": True})
    # a release before the key left it empty
    is_spelled_so = sa.and_(col(Decision.number_key) == "", col(Decision.document_number) == number)
    found = session.exec(
        select(Decision.id)
        .join(Case, col(Case.id) == col(Decision.case_id))
        .where(
            sa.or_(col(Decision.number_key) == number_key(number), is_spelled_so),
            col(Case.org_unit) == case.org_unit,
            sa.or_(_WAS_SIGNED, _STILL_WAITS),
        )
        .limit(1)
    ).first()
    return bool(number) and found is not None


def _day_fault(session: Session, case: Case, on: date, today: date, what: str) -> str:
    """Why an act on the handling clock can't be recorded as of this day; empty when it can (A15.2)."""
    row = clocks.running(session, case.id or 0, "handling")
    if row is None:
        return ""
    pauses = clocks.pauses_of(session, row)
    last = [row.started_on, *(one.ends_on or one.begins_on for one in pauses)]
    red_on = None if case.is_paused else row.red_on
    return day_fault(on, today, not_before=max(last), red_on=red_on, what=what)
