"""What the internet zone is told of cases that end with their project, or go on under its new code (A12.2, A14.1e)."""

from sqlmodel import Session

from core.cases.following import CARRIED, follow
from core.cases.messages import CaseCarriedOver, CaseVoided
from core.cases.telling import application_told, tell, tell_event, tell_unit
from core.clocks import business_date
from core.database import PublicTable
from core.domain.case_states import CaseState
from core.domain.project_states import ProjectState
from core.exchange.message import Envelope, applies
from core.projects.tables import DeclaredProject


@applies(CaseVoided)
def show_voided(session: Session, told: CaseVoided, envelope: Envelope) -> None:
    """The case ended with its project; the reason is for the unit."""
    one = application_told(session, told)
    one.state, one.reason, one.concluded_on, one.clock = "voided", told.reason, business_date(told.at), None
    tell_event(session, one, told, envelope, f"{one.item_name}：作废")
    tell_unit(session, one, told, envelope, f"{one.item_name}：作废。{told.reason}"[:1000])


@applies(CaseCarriedOver)
def show_carried_over(session: Session, told: CaseCarriedOver, envelope: Envelope) -> None:
    """The application belongs to the project's new code; its earlier events stay with the old one."""
    one = application_told(session, told)
    one.project_code = told.project_code
    follow(session, PublicTable, one.id, told.project_code)
    words = CARRIED[one.state == CaseState.CONCLUDED]
    project = session.get_one(DeclaredProject, told.project_code)
    project.state = ProjectState.IN_APPROVAL
    session.add(project)
    tell(session, one, told, envelope, f"{one.item_name}：{words}（原代码 {told.from_code}）")
