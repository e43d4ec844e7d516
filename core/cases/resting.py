"""The clocks of a suspended project rest with it: what the unit asked for is its own time (A14.1e, A15.2). Extranet.

From the day the suspension is granted until the project resumes, the handling clocks of its cases are not counted, on
the ground `applicant_request`; nor is that of a case whose handling begins meanwhile, that comes back from sign-off, or
whose pause on another ground ends. Review and acceptance go on: the law gives their days no ground to rest. Whoever
handles a case may let its clock count again before.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from core.cases.counting import count_again, stop_counting
from core.cases.moves import move_case_for_project
from core.cases.tables import Case
from core.clocks import SUSPENSION_GROUND, CaseClock, CasePause, business_date
from core.domain.case_states import CaseState
from core.domain.policy import PLATFORM, Actor
from core.domain.project_states import ProjectState
from core.projects.tables import Project
from core.reference import loader


def rest_cases(
    session: Session, project_code: str, *, expected_on: date | None, reason: str, by: Actor, at: datetime
) -> None:
    """Let the clocks of every case in handling rest, but those that rest already; each unit and the public are told."""
    for case in _handled(session, project_code):
        if not (case.is_paused or _counts_on()):
            rest(session, case, expected_on=expected_on, reason=reason, by=by, at=at)


def rest_if_suspended(session: Session, case: Case, *, at: datetime) -> None:
    """Let the clock of a case rest that begins to count, or would count on, while its project is suspended."""
    project = session.get_one(Project, case.project_code)
    if project.state == ProjectState.SUSPENDED and not _counts_on():
        rest(session, case, expected_on=None, reason="项目已中止", by=PLATFORM, at=at)


def wake_cases(session: Session, project_code: str, *, by: Actor, at: datetime) -> None:
    """Count on, from tomorrow, what rested because its project was suspended."""
    for case in _handled(session, project_code):
        if rests_with_project(session, case):
            wake(session, case, by=by, at=at)


def rest(session: Session, case: Case, *, expected_on: date | None, reason: str, by: Actor, at: datetime) -> None:
    """Let the handling clock of one case rest; the trace names who decided on the project."""
    name = loader.load().pause_ground_by_code[SUSPENSION_GROUND].name
    move_case_for_project(session, case, "rest", by=by, at=at, reason=f"{name}：{reason}")
    stop_counting(
        session,
        case,
        ground=SUSPENSION_GROUND,
        begins_on=business_date(at),
        expected_on=expected_on,
        reason=reason,
        at=at,
    )


def wake(session: Session, case: Case, *, by: Actor, at: datetime) -> None:
    """Let the handling clock of one case count on."""
    move_case_for_project(session, case, "wake", by=by, at=at, reason="项目恢复")
    count_again(session, case, ends_on=business_date(at), at=at)


def rests_with_project(session: Session, case: Case) -> bool:
    """Whether the clock of a case rests because its project is suspended, and so counts on when the project resumes."""
    if not case.is_paused:
        return False
    found = select(CasePause.id).join(CaseClock, col(CaseClock.id) == col(CasePause.clock_id))
    of_case = col(CaseClock.case_id) == case.id, col(CasePause.ends_on).is_(None)
    return session.exec(found.where(*of_case, col(CasePause.ground) == SUSPENSION_GROUND)).first() is not None


def _counts_on() -> bool:
    """Whether the reference data has time count during a suspension: how the regulation is read is not certain."""
    return loader.load().pause_ground_by_code[SUSPENSION_GROUND].counts_in_limit


def _handled(session: Session, project_code: str) -> Sequence[Case]:
    of_project = col(Case.project_code) == project_code, col(Case.state) == CaseState.IN_HANDLING
    return session.exec(select(Case).where(*of_project).order_by(col(Case.id))).all()
