"""What the desk adds to the page of a case: with whom it lies, internal notes, the thread with the unit."""

from dataclasses import dataclass
from datetime import datetime

from core.cases import letters, notes
from core.cases.assigning import holding
from core.cases.tables import Case
from core.domain.assignment import may_pass_on
from core.domain.case_states import OPEN_STATES
from core.domain.policy import reach
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal.panel import PanelShown


@dataclass(frozen=True)
class LyingShown:
    """With whom a case lies, and whether this reader may take, give or hand it over."""

    name: str
    is_mine: bool
    may_take: bool
    may_give: bool
    href: str


@dataclass(frozen=True)
class WordsShown:
    """One note or letter."""

    at: datetime
    who: str
    words: str
    is_from_unit: bool = False
    is_unread: bool = False


def lying(ask: Ask, case: Case) -> LyingShown:
    """With whom the case lies (分办)."""
    works_here = _works_here(ask, case) and case.state in OPEN_STATES
    held = holding(ask.session, case, on=ask.today)
    is_mine = case.assigned_to == ask.actor.id
    return LyingShown(
        name=case.assigned_name,
        is_mine=is_mine,
        may_take=works_here and held.is_free and not is_mine,
        may_give=works_here and (held.is_free or may_pass_on(held, ask.actor)),
        href=f"/cases/{case.id}",
    )


def notes_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """The internal notes, for officers of the unit alone: those above and beside it don't read them."""
    if not _works_here(ask, case):
        return None
    found = [WordsShown(note.at, note.officer_name, note.words) for note in notes.notes_of(ask.session, case)]
    return PanelShown("extranet/desk/_notes.html", {"notes": found, "href": f"/cases/{case.id}/notes"}, "side")


def letters_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """The thread with the unit; whoever sees the case reads it, the officers of its unit write."""
    thread = letters.letters_of_case(ask.session, case)
    may_write = _works_here(ask, case) and case.state in OPEN_STATES
    if not thread and not may_write:
        return None
    found = [
        WordsShown(one.at, one.writer_name, one.words, one.is_from_unit, one.is_from_unit and one.read_at is None)
        for one in thread
    ]
    unread = sum(one.is_unread for one in found)
    shown = {"letters": found, "href": f"/cases/{case.id}/letters", "may_write": may_write, "unread": unread}
    return PanelShown("extranet/desk/_letters.html", shown)


def _works_here(ask: Ask, case: Case) -> bool:
    return case.org_unit in reach(ask.actor, "case.note").org_units
