"""Asking other departments about a case or project, only while what they say can still be weighed (A14.4b). Extranet.

Cases lie above consultations: what they say to it stands here, and who asks calls these instead of the stages.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from core.cases.tables import Case
from core.consultations import asking
from core.consultations.asking import Asker
from core.consultations.tables import Consultation
from core.domain.case_states import OPEN_STATES, CaseState
from core.domain.policy import Actor
from core.domain.project_states import ENDED, PROJECT
from core.errors import RuleRefusal
from core.projects.tables import Project

_WEIGHED_IN = OPEN_STATES - {CaseState.AWAITING_SIGN_OFF}


def asker_of_case(case: Case) -> Asker:
    """The case's unit asks about its item; refuses a case that nobody can be asked about any more (A14.4b)."""
    if case.state not in _WEIGHED_IN:
        raise RuleRefusal("这件已提交签批或已结束办理，不能再会商或函询", article="A14.4b")
    return Asker(
        project_code=case.project_code,
        org_unit=case.org_unit,
        case_id=case.id,
        application_id=case.application_id,
        item_code=case.item_code,
        item_name=case.item_name,
    )


def why_not_about_project(project: Project) -> str:
    """Why nobody can be asked about this project as a whole, in words; empty while it goes on (A14.4b)."""
    return f"这个项目{PROJECT.word(project.state)}，不能再会商或函询" if project.state in ENDED else ""


def asker_of_project(project: Project, org_unit: str) -> Asker:
    """The unit asks about the project as a whole; refuses one that is over (A14.4b)."""
    if words := why_not_about_project(project):
        raise RuleRefusal(words, article="A14.4b")
    return Asker(project_code=project.code, org_unit=org_unit)


def send(session: Session, found: Consultation, *, by: Actor, at: datetime, seen: int | None = None) -> None:
    """Send it, also a draft that was kept meanwhile; refuses as `asker_of_case` and `asker_of_project` do (A14.4b)."""
    _refuse_late(session, found)
    asking.send(session, found, by=by, at=at, seen=seen)


def reopen(session: Session, found: Consultation, **given: Any) -> None:
    """Ask anew after it was closed; refuses as `send` and `asking.reopen` do (A14.4b)."""
    _refuse_late(session, found)
    asking.reopen(session, found, **given)


def _refuse_late(session: Session, found: Consultation) -> None:
    if found.case_id is not None:
        asker_of_case(session.get_one(Case, found.case_id))
    else:
        # shared: whoever ends the project meanwhile waits, and then finds what was sent
        share = {"read": True}
        project = session.get_one(Project, found.project_code, with_for_update=share, populate_existing=True)
        asker_of_project(project, found.org_unit)
