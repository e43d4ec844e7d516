"""The panel 抄送 on the page of a case: to whom the decision went, why, and who there read it when (A14.4c)."""

from dataclasses import dataclass
from datetime import datetime

from core.cases.tables import Case
from core.copies import queries
from core.organisations import organisations
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal.copies import amends_words
from extranet_portal.panel import PanelShown


@dataclass(frozen=True)
class CopyShown:
    """One copy with its readers, the first reader first."""

    name: str
    why: str
    number: str
    amends: str
    readers: tuple[tuple[str, datetime], ...]


def copy_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """The copies of this case's documents; nothing before its conclusion."""
    del project
    copies = queries.copies_of_case(ask.session, case.id or 0)
    if not copies:
        return None
    receipts = queries.receipts_of(ask.session, [one.id or 0 for one in copies])
    tree = organisations(ask.session)
    shown = [
        CopyShown(
            tree.unit_name(one.org_unit),
            one.why,
            one.document_number,
            amends_words(one.amendment, one.amends_number),
            tuple((row.officer_name, row.read_at) for row in receipts.get(one.id or 0, ())),
        )
        for one in copies
    ]
    return PanelShown("extranet/copies/_panel.html", {"copies": shown, "read": sum(bool(one.readers) for one in shown)})
