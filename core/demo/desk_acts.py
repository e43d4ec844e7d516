"""What lies on the desks of the demonstration: cases given out, notes, letters to and fro, a view, an absence."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.accounts.substituting import be_absent
from core.cases import assigning, letters, notes
from core.cases.desk_tables import ApplicationLetter
from core.cases.saved_views import save_view
from core.cases.tables import Application, Case
from core.clocks import business_date
from core.demo.staff import Staff
from core.domain.case_states import OPEN_STATES
from core.domain.policy import Actor, Role
from core.projects.tables import DeclaredProject

DESK = "220184-ee"
"""The unit of the accounts most worth trying."""

_ASKED = (
    "请补充说明厂区雨水和生产废水的去向，便于核对报告第四章。",
    "评审会拟定于下周举行，请安排熟悉工艺的人员到会说明。",
)
_ANSWERED = "生产废水经厂内处理后排入园区管网，接纳协议作为附件已列入报告。"
_NOTES = ("与园区管委会电话核对过管网接纳能力，数字一致。", "同类项目去年有一件，可参考当时的评审意见。")


def lay_on_desks(session: Session, staff: Staff, *, at: datetime) -> None:
    """Give some of the unit's open cases to its officers, with notes and letters; the extranet's part."""
    handler, colleague = (staff.officer(DESK, Role.HANDLER, turn) for turn in (0, 1))
    clerk = staff.officer(DESK, Role.CLERK, 0)
    waiting = open_cases(session)
    for turn, case in enumerate(waiting[:12]):
        if turn % 3 != 2:
            officer = clerk if case.state in ("submitted", "under_acceptance") else (handler, colleague)[turn % 2]
            assigning.assign(session, case, to=officer.id, by=clerk, at=at)
    for words, case in zip(_NOTES, waiting, strict=False):
        notes.add_note(session, case, words, by=handler, at=at)
    for words, case in zip(_ASKED, waiting, strict=False):
        letters.write_to_unit(session, case, words, by=handler, at=at)
    save_view(session, "快到期的", "view=in_handling&light=yellow", by=handler)
    today = business_date(at)
    away = today + timedelta(days=7)
    be_absent(
        session, substitute=colleague.id, from_on=away, to_on=away + timedelta(days=4), reason="培训", by=handler, at=at
    )


def answer_a_letter(session: Session, unit_of: Mapping[str, Actor], *, at: datetime) -> None:
    """A unit answers the first letter that arrived; the internet zone's part. `unit_of`: credit code → who answers."""
    found = select(ApplicationLetter).order_by(col(ApplicationLetter.at), col(ApplicationLetter.id)).limit(1)
    letter = session.exec(found).first()
    if letter is not None:
        one = session.get_one(Application, letter.application_id)
        project = session.get_one(DeclaredProject, one.project_code)
        letters.write_to_department(session, one, project, _ANSWERED, by=unit_of[project.credit_code], at=at)


def open_cases(session: Session) -> Sequence[Case]:
    """The open cases of the unit, in the order they came."""
    of_desk = col(Case.org_unit) == DESK, col(Case.state).in_(OPEN_STATES)
    return session.exec(select(Case).where(*of_desk).order_by(col(Case.id))).all()
