"""The panel 会商函询 on the page of a case: who was asked what, how each answered, and the way to ask (A14.4b)."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.cases.consulting import why_not_about_project
from core.cases.project_queries import due_items_of_project
from core.cases.tables import Case
from core.consultations import queries
from core.consultations.tables import Consultation
from core.domain.case_states import OPEN_STATES, CaseState
from core.domain.consultation_states import CONSULTATION, KIND_WORDS, ConsultationState
from core.domain.policy import reach
from core.organisations import reaches
from core.projects.tables import Project
from core.web.ask import Ask
from extranet_portal import consultation_views as views
from extranet_portal.panel import PanelShown


@dataclass(frozen=True)
class LetterShown:
    """One consultation with every addressee's answer."""

    kind: str
    subject: str
    href: str
    state: str
    tone: str
    conclusion: str
    replies: tuple[views.ReplyShown, ...]


def consultation_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """What was asked about this case; nothing where nobody asked and this reader can't."""
    del project
    may_open = reaches(ask.session, reach(ask.actor, "consultation.open"), case.org_unit)
    is_open = case.state in OPEN_STATES - {CaseState.AWAITING_SIGN_OFF}
    letters = _letters(ask, queries.of_case(ask.session, case.id or 0))
    open_href = ask.url("consultation.case_form", case_id=case.id) if may_open and is_open else ""
    if not letters and not open_href:
        return None
    return PanelShown("extranet/consultations/_panel.html", {"letters": letters, "open_href": open_href})


def project_letters(ask: Ask, project: Project) -> PanelShown | None:
    """What was asked about the project as a whole by units within reach, and the way to ask for one that takes part."""
    own = reach(ask.actor, "consultation.open").org_units
    takes_part = any(row.org_unit in own for row in due_items_of_project(ask.session, project.code))
    letters = _letters(ask, queries.of_project(ask.session, project.code))
    may_open = takes_part and not why_not_about_project(project)
    open_href = ask.url("consultation.project_form", code=project.code) if may_open else ""
    if not letters and not open_href:
        return None
    return PanelShown("extranet/consultations/_panel.html", {"letters": letters, "open_href": open_href})


def _letters(ask: Ask, found: Sequence[Consultation]) -> list[LetterShown]:
    """Those that this reader may open as the asking unit does; a draft is its handlers' alone."""
    return [
        LetterShown(
            KIND_WORDS[one.kind],
            one.subject or "（未填主题）",
            ask.url("consultation.see_one", consultation_id=one.id),
            CONSULTATION.word(one.state),
            views.TONES[ConsultationState(one.state)],
            one.conclusion,
            views.replies_shown(ask, one),
        )
        for one in found
        if queries.is_own(ask.session, ask.actor, one.id or 0)
    ]
