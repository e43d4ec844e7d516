"""The panel of a case that tells how its project changed: whoever works on it must know (A12.2, A14.1e)."""

from core.cases.resting import rests_with_project
from core.cases.tables import Case
from core.changes.queries import changes_of
from core.clocks import business_date
from core.domain.case_states import CaseState
from core.domain.change_states import ChangeState
from core.domain.project_states import ProjectState, why_no_applications
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal.change_views import changes_shown
from extranet_portal.panel import PanelShown

_CONCERNS = frozenset(
    {ChangeState.SUBMITTED, ChangeState.GRANTED, ChangeState.GRANTED_AS_MAJOR, ChangeState.SUPERSEDED}
)


def change_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """Requests that wait, or were granted since the application was received; none when the project is as applied."""
    concerns = {
        one.id
        for one in changes_of(ask.session, project.code)
        if one.state in _CONCERNS and business_date(one.decided_at or one.submitted_at) >= case.received_on
    }
    shown = [one for one in changes_shown(ask, project.code) if one.identity in concerns]
    if not shown:
        return None
    rests = why_no_applications(project.state)
    words = _clock_words(ask, case, project)
    return PanelShown("extranet/changes/_panel.html", {"changes": shown, "rests": rests, "clock_words": words})


def _clock_words(ask: Ask, case: Case, project: Project) -> str:
    """What a suspension means for the time of this case (A14.1e, A15.2)."""
    if project.state != ProjectState.SUSPENDED:
        return ""
    if rests_with_project(ask.session, case):
        return "这件暂停计时，项目恢复后接着计算；不需要等的，承办人可以先恢复计时。"
    if case.is_paused:
        return "这件因其他理由暂停计时，项目恢复后不会自动接着计算，由承办人恢复。"
    if case.state == CaseState.IN_HANDLING:
        return "这件照常计时；需要等的，承办人可按“申请人申请中止”暂停计时。"
    return "这件的办理和时限照常。"
