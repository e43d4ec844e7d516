"""Clocks in the demonstration: limits extended, a pause recorded late, a draft of next year's calendar. Extranet."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core import clocks
from core.calendar_rows import calendar
from core.cases import handling
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


def record_late(session: Session, staff: Staff, *, at: datetime) -> None:
    """A handler writes down only now that an assessment began a week ago: supervision sees how late (A15.2)."""
    today = business_date(at)
    began = today - timedelta(days=7)
    found = select(Case).where(
        col(Case.state) == CaseState.IN_HANDLING, col(Case.is_paused).is_(False), col(Case.accepted_on) < began,
        col(Case.red_on) > today,
    )  # fmt: skip
    for case in session.exec(found.order_by(col(Case.id).desc())).all():
        row, grounds = clocks.running(session, case.id or 0, "handling"), list(handling.allowed_grounds(session, case))
        if row is not None and grounds and not clocks.pauses_of(session, row) and staff.works_at(case.org_unit):
            by, expected = staff.officer(case.org_unit, Role.HANDLER, 0), today + timedelta(days=16)
            reason = "评估单位上周已进场，评估期间不计入办理时限"
            handling.pause(
                session, case, ground=grounds[0], begins_on=began, expected_on=expected, reason=reason, by=by, at=at
            )
            return


def draft_next_year(session: Session, staff: Staff, *, at: datetime) -> None:
    """The coordinator has begun next year's calendar, as far as it is known; nothing counts by it yet."""
    year = business_date(at).year + 1
    if year not in calendar(session).announced_years:
        draft_revision(session, year, "1月1日 放假 元旦", by=staff.special["jl-drc-coordinator"], at=at)
