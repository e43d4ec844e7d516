"""What stands in the cells of the approval matrix beside date and light: why time rests, who is being asked (A2.3).

A capability adds a function to `MARKS`: it is given the cases of the project and answers with words by case.
"""

from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col

from core.cases.tables import Case
from core.clocks import CaseClock, CasePause
from core.consultations.tables import Consultation, ConsultationReply
from core.domain.consultation_states import ConsultationState, ReplyState
from core.reference import loader

Mark = Callable[[Session, Sequence[Case]], Mapping[int, str]]


def pause_marks(session: Session, cases: Sequence[Case]) -> Mapping[int, str]:
    """On which ground the clock of a case rests, and until when that is expected (A15.2)."""
    resting = [case.id for case in cases if case.is_paused]
    if not resting:
        return {}
    names = {ground.code: ground.name for ground in loader.load().pause_grounds}
    found = (
        sa.select(col(CaseClock.case_id), col(CasePause.ground), col(CasePause.expected_on))
        .join(CasePause, col(CasePause.clock_id) == col(CaseClock.id))
        .where(col(CaseClock.case_id).in_(resting), col(CasePause.ends_on).is_(None))
        .order_by(col(CasePause.id))
    )
    rows = session.connection().execute(found).all()
    return {
        case_id: names.get(ground, "") + (f"，预计 {until.month}-{until.day:02}" if until else "")
        for case_id, ground, until in rows
    }


def consultation_marks(session: Session, cases: Sequence[Case]) -> Mapping[int, str]:
    """How many departments are asked about a case and have not answered yet (A14.4b)."""
    found = (
        sa.select(col(Consultation.case_id), sa.func.count())
        .join(ConsultationReply, col(ConsultationReply.consultation_id) == col(Consultation.id))
        .where(
            col(Consultation.case_id).in_([case.id for case in cases]),
            col(Consultation.state) == ConsultationState.SENT,
            col(ConsultationReply.state) == ReplyState.AWAITED,
        )
        .group_by(col(Consultation.case_id))
    )
    rows = session.connection().execute(found).all()
    return {case_id: f"会商 {number} 个部门未复" for case_id, number in rows if case_id is not None}


MARKS: tuple[Mark, ...] = (pause_marks, consultation_marks)


def marks_of(session: Session, cases: Sequence[Case]) -> Mapping[int, str]:
    """Everything there is to say, by case, in the order of `MARKS`."""
    found: dict[int, str] = {}
    for mark in MARKS:
        for case_id, words in mark(session, cases).items():
            found[case_id] = "；".join(filter(None, (found.get(case_id, ""), words)))
    return found
