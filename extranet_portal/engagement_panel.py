"""The panel 中介服务 on the page of a case: what was commissioned from whom, until when, with which result (A16.1)."""

from dataclasses import dataclass
from datetime import date

from core.cases.tables import Case
from core.domain.case_states import CaseState
from core.domain.engagement_states import (
    ENGAGEMENT,
    FINDING_WORDS,
    PAYERS,
    SELECTIONS,
    SERVICES,
    EngagementState,
    Finding,
)
from core.domain.policy import reach
from core.intermediaries.queries import engagements_of_case
from core.organisations import reaches
from core.projects.tables import Project
from core.web.ask import Ask
from core.web.templating import number
from extranet_portal.panel import PanelShown


@dataclass(frozen=True)
class EngagementShown:
    """One commissioned service."""

    identity: str
    what: str
    state: str
    tone: str
    begins_on: date
    expected_on: date
    ended_on: date | None
    details: str
    result: str
    is_open: bool


def engagement_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """The services commissioned in this case; nothing where there are none and this reader commissions none."""
    del project
    is_handler = reaches(ask.session, reach(ask.actor, "engagement.commission"), case.org_unit)
    rows = engagements_of_case(ask.session, case.id or 0)
    may_open = is_handler and case.state == CaseState.IN_HANDLING
    if not rows and not may_open:
        return None
    tones = {EngagementState.RUNNING: "blue", EngagementState.DELIVERED: "green", EngagementState.CANCELLED: "still"}
    shown = []
    for row in rows:
        state = EngagementState(row.state)
        is_late = state is EngagementState.RUNNING and row.expected_on < ask.today
        finding = f"{FINDING_WORDS[Finding(row.finding)]}　" if row.finding else ""
        fee = f"费用 {number(row.fee)} 元，{PAYERS[row.payer]}" if row.fee else "无费用"
        shown.append(
            EngagementShown(
                identity=row.id,
                what=f"{SERVICES[row.service]}　{row.agency_name}",
                state="逾期未完成" if is_late else ENGAGEMENT.word(state),
                tone="red" if is_late else tones[state],
                begins_on=row.begins_on,
                expected_on=row.expected_on,
                ended_on=row.ended_on,
                details=f"{SELECTIONS[row.selection]}　{fee}{'　期间暂停计时' if row.ground else ''}",
                result=f"{finding}{row.report}{'：' if row.report else ''}{row.result}",
                is_open=is_handler and state is EngagementState.RUNNING,
            )
        )
    href = ask.url("engagement.commission_page", case_id=case.id) if may_open else ""
    return PanelShown("extranet/engagements/_panel.html", {"engagements": shown, "open_href": href})
