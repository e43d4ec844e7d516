"""The panel of a case that tells how its project changed: whoever works on it must know (A12.2, A14.1e)."""

from core.cases.tables import Case
from core.changes.queries import changes_of
from core.clocks import business_date
from core.domain.change_states import ChangeState
from core.domain.project_states import why_no_applications
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
    return PanelShown("extranet/changes/_panel.html", {"changes": shown, "rests": why_no_applications(project.state)})
