"""Clocks in the demonstration: two limits extended, and a draft of next year's calendar. Extranet."""

from datetime import datetime

from sqlmodel import Session, col, select

from core.calendar_rows import calendar
from core.cases.extending import extend
from core.cases.facts import extension_of
from core.cases.tables import Case
from core.clocks import business_date
from core.demo.staff import Staff
from core.domain.case_states import CaseState
from core.domain.policy import Role
from core.guides.calendar_revisions import draft_revision

_REASONS = (
    (10, "评审专家对取值依据意见分歧较大，需要补充论证后复核"),
    (5, "涉及跨区域协调，需要会同相邻地区主管部门研究"),
)


def extend_limits(session: Session, staff: Staff, *, at: datetime) -> None:
    """The approvers of two cases that fall due soonest, and may be extended, grant further days."""
    today = business_date(at)
    found = select(Case).where(col(Case.state) == CaseState.IN_HANDLING, col(Case.red_on) > today)
    left = list(_REASONS)
    for case in session.exec(found.order_by(col(Case.due_on), col(Case.id)).limit(200)).all():
        rule = extension_of(session, case)
        if left and rule is not None and rule.days >= left[0][0]:
            days, reason = left.pop(0)
            extend(session, case, days=days, reason=reason, by=staff.officer(case.org_unit, Role.APPROVER, 0), at=at)


def draft_next_year(session: Session, staff: Staff, *, at: datetime) -> None:
    """The coordinator has begun next year's calendar, as far as it is known; nothing counts by it yet."""
    year = business_date(at).year + 1
    if year not in calendar(session).announced_years:
        draft_revision(session, year, "1月1日 放假 元旦", by=staff.special["jl-drc-coordinator"], at=at)
