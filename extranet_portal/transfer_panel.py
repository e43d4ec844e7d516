"""From where a case was passed on, and why: for the unit that has it now (A14.2)."""

from core.cases.tables import Case
from core.cases.transferring import transfers_of
from core.organisations import organisations
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal.panel import PanelShown
from extranet_portal.shown import on_day


def transfer_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """Every passing on of the case, oldest first; none where it never was."""
    del project
    tree = organisations(ask.session)
    rows = [
        (
            on_day(one.at, ask.today, one.officer_name),
            tree.unit_name(one.from_unit),
            tree.unit_name(one.to_unit),
            one.reason,
        )
        for one in transfers_of(ask.session, case)
    ]
    return PanelShown("extranet/intake/_transfers.html", {"rows": rows}, place="side") if rows else None
