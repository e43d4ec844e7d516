"""Decisions that did not stay as they were: one corrected, one revoked, one whose revocation waits. Extranet.

Which cases it touches follows from the data: the last ones granted in projects that go on, at units that are fully
staffed, those of the accounts most worth trying first.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.cases import sign_off
from core.cases.amending import propose_amendment, sign_amendment
from core.cases.facts import CORRECTION, REVOCATION, decision_of
from core.cases.handling import Proposal
from core.cases.tables import Case, Decision
from core.clocks import business_date
from core.demo.desk_acts import DESK
from core.demo.papers import Papers
from core.demo.staff import Staff
from core.domain.case_states import CaseState, Outcome
from core.domain.policy import Role
from core.domain.project_states import ProjectState
from core.organisations import organisations
from core.projects.tables import Project

_GRANTED = (Outcome.GRANTED, Outcome.GRANTED_WITH_CONDITIONS)
_STORIES = (
    (CORRECTION, "原批复第二条所列用地面积有笔误，应为 2.36 公顷", True),
    (REVOCATION, "项目单位隐瞒有关情况取得批准，依照行政许可法第六十九条予以撤销", True),
    (REVOCATION, "据以作出决定的规划条件已依法调整，拟依法撤销后由项目单位重新申请", False),
)
"""What is done to a decision, why, and whether it is signed already."""


def amend(session: Session, staff: Staff, papers: Papers, *, at: datetime) -> None:
    """Correct and revoke, each by a document of its own, proposed, reviewed and signed by different people (A14.5)."""
    for turn, ((kind, reason, is_signed), case) in enumerate(zip(_STORIES, _granted(session, staff), strict=False)):
        made_at = at + timedelta(minutes=7 * turn)
        decision = decision_of(session, case)
        if decision is None:
            continue
        proposal = _proposal(session, case, decision, papers, kind=kind, reason=reason, at=made_at)
        by = staff.officer(case.org_unit, Role.HANDLER, turn)
        propose_amendment(session, case, kind, proposal, by=by, at=made_at)
        if is_signed:
            signed_at = made_at + timedelta(minutes=5)
            while case.reviews_left:
                reviewer = staff.officer(case.org_unit, Role.REVIEWER, turn)
                sign_off.review(session, case, comment="审核无误，建议签批。", by=reviewer, at=signed_at)
            sign_amendment(session, case, kind, by=staff.officer(case.org_unit, Role.APPROVER, turn), at=signed_at)


def _granted(session: Session, staff: Staff) -> Sequence[Case]:
    wanted = (
        select(Case)
        .join(Project, col(Project.code) == col(Case.project_code))
        .where(
            col(Case.state) == CaseState.CONCLUDED,
            col(Case.outcome).in_(_GRANTED),
            col(Project.state) == ProjectState.IN_APPROVAL,
        )
        .order_by(col(Case.id).desc())
    )
    found = [case for case in session.exec(wanted).all() if staff.works_at(case.org_unit)]
    return sorted(found, key=lambda case: case.org_unit != DESK)


def _proposal(
    session: Session, case: Case, decision: Decision, papers: Papers, *, kind: str, reason: str, at: datetime
) -> Proposal:
    unit, on = organisations(session).org_units[case.org_unit], business_date(at)
    number = papers.number(unit, case.item_code, on)
    done = "更正" if kind == CORRECTION else "撤销"
    title = f"关于{done}{decision.document_number}的决定"
    return Proposal(
        outcome=decision.outcome,
        document_number=number,
        document_title=title,
        document_on=on,
        opinion=f"经核查，建议{done}原决定。",
        conditions=decision.conditions if kind == CORRECTION else "",
        reasons=reason,
        scan=papers.approval(title, number, unit.name, on),
    )
