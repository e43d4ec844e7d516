"""中介服务: the agencies that departments may commission, and what was commissioned in a project (A4.2, A16.1)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from core.domain.engagement_states import ENGAGEMENT, FINDING_WORDS, PAYERS, SERVICES, Finding
from core.intermediaries.published import EngagementRow, listed_agencies
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.templating import number


@dataclass(frozen=True)
class AgencyShown:
    """One agency of the register."""

    name: str
    credit_code: str
    services: str
    qualification: str


@dataclass(frozen=True)
class EngagementShown:
    """One commissioned service: service, agency, dates, fee with who pays, title of the report; nobody's name."""

    item: str
    service: str
    agency: str
    org: str
    begins_on: date
    expected_on: date
    ended_on: date | None
    state: str
    fee: str
    report: str


@action(allow="intermediary.see")
def see_agencies(ask: Ask) -> Response:
    """The register, filtered by service."""
    chosen = ask.query("service")
    found = [one for one in listed_agencies(ask.session) if not chosen or chosen in one.services]
    return reply.page(
        ask,
        "public/intermediaries/list.html",
        title="中介服务",
        chosen=chosen,
        services=list(SERVICES.items()),
        agencies=[
            AgencyShown(
                one.name, one.credit_code, "、".join(SERVICES.get(key, key) for key in one.services), one.qualification
            )
            for one in found
        ],
    )


def engagements_shown(rows: Iterable[EngagementRow]) -> Sequence[EngagementShown]:
    """What was commissioned in a project, what it cost and found."""
    shown = []
    for row in rows:
        finding = FINDING_WORDS[Finding(row.finding)] if row.finding else ""
        shown.append(
            EngagementShown(
                row.item_name,
                SERVICES.get(row.service, row.service),
                row.agency_name,
                row.org_unit_name,
                row.begins_on,
                row.expected_on,
                row.ended_on,
                f"{ENGAGEMENT.word(row.state)}{'，' if finding else ''}{finding}",
                _fee(row),
                row.report,
            )
        )
    return shown


def _fee(row: EngagementRow) -> str:
    """The fee and who pays it, 12,000 元，本部门经费; empty where it was not disclosed."""
    if row.fee is None:
        return ""
    return f"{number(row.fee)} 元，{PAYERS.get(row.payer, row.payer)}" if row.fee else "无费用"


routes = [Route("/intermediaries", see_agencies, methods=["GET"], name="intermediary.see")]
