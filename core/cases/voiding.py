"""What becomes of a project's cases when the project ends or goes on under a new code (A12.2, A14.1e). Extranet.

Neither happens by silence: whoever decides on the project chooses for each case, and each case bears its own trace.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.cases.following import CARRIED, follow
from core.cases.intake import end_case
from core.cases.messages import CaseCarriedOver, CaseVoided
from core.cases.moves import move_case_for_project
from core.cases.tables import Case
from core.database import ExtranetTable, bump
from core.domain.case_states import FAVOURABLE, OPEN_STATES, CaseState
from core.domain.policy import PLATFORM, Actor
from core.exchange.outbox import send
from core.projects.tables import Project
from core.trace import record


def open_cases(session: Session, project_code: str) -> Sequence[Case]:
    """The cases of a project that still need someone, in the order they were opened."""
    found = select(Case).where(col(Case.project_code) == project_code, col(Case.state).in_(OPEN_STATES))
    return session.exec(found.order_by(col(Case.id))).all()


def granted_cases(session: Session, project_code: str) -> Sequence[Case]:
    """The cases of a project whose decision stands in its favour, in the order they were opened."""
    stands = col(Case.state) == CaseState.CONCLUDED, col(Case.outcome).in_(FAVOURABLE)
    return session.exec(
        select(Case).where(col(Case.project_code) == project_code, *stands).order_by(col(Case.id))
    ).all()


def void(session: Session, case: Case, *, reason: str, by: Actor, at: datetime) -> None:
    """End an open case because its project was terminated or superseded; the trace names who decided that (A12.2)."""
    move_case_for_project(session, case, "void", by=by, at=at, reason=reason)
    end_case(session, case, reason, at=at)
    told = CaseVoided(project_code=case.project_code, application_id=case.application_id, at=at, reason=reason)
    send(session, told, at=at)


def carry_over(session: Session, case: Case, new: Project, *, at: datetime) -> None:
    """A case goes on under its project's new code: clocks, materials, notices, decision stay as they are (A12.2)."""
    old_code, words = case.project_code, CARRIED[case.state == CaseState.CONCLUDED]
    bump(session, case)
    case.project_code = new.code
    session.add(case)
    session.flush()
    follow(session, ExtranetTable, case.application_id, new.code)
    for code in (old_code, new.code):
        record(
            session, "case.carry_over", "case", case.application_id, f"{words}：{case.item_name}",
            by=PLATFORM, at=at, project_code=code, change={"project_code": [old_code, new.code]},
        )  # fmt: skip
    told = CaseCarriedOver(project_code=new.code, application_id=case.application_id, at=at, from_code=old_code)
    send(session, told, at=at)
