"""What capabilities add to the page of a case: each gives one panel, or none when it has nothing to say of this case.

A panel's function lives in a module of its capability that imports `extranet_portal.panel`, never this list or the
case page. Order here is order on the page.
"""

from core.cases.tables import Case
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal import decision_panels, desk_panels
from extranet_portal.change_panel import change_panel
from extranet_portal.clock_panel import clock_panel
from extranet_portal.consultation_panel import consultation_panel
from extranet_portal.copy_panel import copy_panel
from extranet_portal.engagement_panel import engagement_panel
from extranet_portal.panel import Panel, PanelShown
from extranet_portal.supplement_panel import supplement_panel
from extranet_portal.transfer_panel import transfer_panel

PANELS: tuple[Panel, ...] = (
    decision_panels.decisions_panel,
    supplement_panel,
    transfer_panel,
    change_panel,
    decision_panels.notices_panel,
    clock_panel,
    consultation_panel,
    engagement_panel,
    copy_panel,
    desk_panels.letters_panel,
    desk_panels.notes_panel,
)


def panels(ask: Ask, case: Case, project: Project) -> tuple[PanelShown, ...]:
    """The panels of this case for this reader."""
    return tuple(found for panel in PANELS if (found := panel(ask, case, project)) is not None)
