"""中介服务: what is commissioned in a case, its result, and the list that supervision reads (A16.1)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.cases import queries as case_queries
from core.cases.tables import Case
from core.clocks import calendar
from core.domain.engagement_states import (
    ENGAGEMENT,
    FINDING_WORDS,
    PAYERS,
    SELECTIONS,
    SERVICES,
    AgencyState,
    EngagementState,
    Finding,
)
from core.domain.policy import Actor, may_ever
from core.engagements.tables import Engagement
from core.errors import Absent, Conflict, Refusal
from core.intermediaries import commissioning, queries, registering
from core.intermediaries.commissioning import Commission
from core.intermediaries.queries import OVERDUE, EngagementFilter, EngagementRow
from core.organisations import organisations
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown, page_number, page_of
from core.web.templating import number
from extranet_portal.case_page import case_head
from extranet_portal.shown import errors_given
from extranet_portal.typed import Limits, read_texts, refuse_stale

_RESULT: Limits = {"result": ("结果", 1000)}
_REPORT: Limits = {"report": ("成果名称", 200)}
STATES = (*((str(state), ENGAGEMENT.word(state)) for state in EngagementState), (OVERDUE, "逾期未完成"))
TONES = {EngagementState.RUNNING: "blue", EngagementState.DELIVERED: "green", EngagementState.CANCELLED: "still"}


@dataclass(frozen=True)
class RowShown:
    """One commissioned service in the list."""

    state: str
    tone: str
    service: str
    agency: str
    selection: str
    fee: str
    payer: str
    begins_on: date
    end_words: str
    finding: str
    is_paused: bool
    project: ProjectShown
    item: str
    org: str


@action(allow="engagement.see")
def list_engagements(ask: Ask) -> Response:
    """The services that units within reach commissioned, filtered by what stands in the address (A16.1)."""
    state, service = ask.query("state"), ask.query("service")
    chosen = EngagementFilter(
        words=ask.query("q")[:100],
        state=state if state in dict(STATES) else "",
        service=service if service in SERVICES else "",
        page=page_number(ask.query("page")),
    )
    filters = {"q": chosen.words, "state": chosen.state, "service": chosen.service}
    rows = queries.engagements_page(ask.session, ask.actor, chosen, today=ask.today)
    here = rows[: queries.PAGE]
    return reply.page(
        ask,
        "extranet/engagements/list.html",
        title="中介服务",
        chosen=chosen,
        is_filtered=any(filters.values()),
        states=STATES,
        services=list(SERVICES.items()),
        rows=[_row(ask, row) for row in here],
        pager_page=page_of(
            "/engagements", filters, chosen.page, size=queries.PAGE, shown=len(here), more=len(rows) > queries.PAGE
        )
        if here
        else None,
    )


def has_list(actor: Actor) -> bool:
    """Whether there is any commissioned service that this officer may see."""
    return may_ever(actor, "engagement.see")


def commission_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form of a commission: the agencies of the register, and the grounds that may pause the clock."""
    case = case_queries.case_for(ask.session, ask.actor, ask.number("case_id"), "engagement.commission")
    agencies = [
        (one.id, f"{one.name}（{'、'.join(SERVICES[service] for service in one.services)}）")
        for one in registering.agencies(ask.session)
        if one.state == AgencyState.LISTED
    ]
    grounds = commissioning.grounds_of_commission(ask.session, case)
    return _form(
        ask, case, "extranet/engagements/commission.html", "委托中介服务", f"/cases/{case.id}/engagements", refusal,
        agencies=agencies,
        services=list(SERVICES.items()),
        selections=list(SELECTIONS.items()),
        payers=list(PAYERS.items()),
        grounds=list(grounds.items()),
        today_text=ask.today.isoformat(),
        example=calendar(ask.session).nth_working_day(ask.today, 15).isoformat(),
    )  # fmt: skip


@action(allow="engagement.commission")
def ask_commission(ask: Ask) -> Response:
    """Show the form of a commission."""
    return commission_page(ask)


@action(allow="engagement.commission", again=commission_page, creates=True)
def commission(ask: Ask) -> Response:
    """Commission a service, and pause the clock where the ground allows (A15.2, A16.1)."""
    case = case_queries.case_for(ask.session, ask.actor, ask.number("case_id"), "engagement.commission")
    refuse_stale(ask, case.version)
    fee = ask.text("fee").strip().replace(",", "")
    wanted = Commission(
        service=ask.text("service"),
        agency_id=ask.text("agency_id")[:36],
        selection=ask.text("selection"),
        fee=int(fee) if fee.isascii() and fee.isdigit() and len(fee) < 10 else None,
        begins_on=ask.day("begins_on"),
        expected_on=ask.day("expected_on"),
        ground=ask.text("ground"),
        payer=ask.text("payer"),
    )
    commissioning.commission(ask.session, case, wanted, by=ask.actor, at=ask.now, seen=ask.seen())
    return _back(case)


def result_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form of a result."""
    return _end_form(ask, "engagement.deliver", "登记中介服务结果", "result", refusal)


@action(allow="engagement.deliver")
def ask_result(ask: Ask) -> Response:
    """Show the form of a result."""
    return result_page(ask)


@action(allow="engagement.deliver", again=result_page)
def deliver(ask: Ask) -> Response:
    """Enter the result; the pause it opened ends with it (A15.2, A16.1)."""
    case, row = _engagement(ask, "engagement.deliver")
    refuse_stale(ask, row.version)
    texts = read_texts(ask, {**_RESULT, **_REPORT})
    commissioning.deliver(
        ask.session, case, row, finding=ask.text("finding"), result=texts["result"], report=texts["report"],
        by=ask.actor, at=ask.now, seen=ask.seen(),
    )  # fmt: skip
    return _back(case)


def cancellation_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form that asks why a commission is given up."""
    return _end_form(ask, "engagement.cancel", "终止中介服务", "cancellation", refusal)


@action(allow="engagement.cancel")
def ask_cancellation(ask: Ask) -> Response:
    """Show the form of a cancellation."""
    return cancellation_page(ask)


@action(allow="engagement.cancel", again=cancellation_page)
def cancel(ask: Ask) -> Response:
    """Give a commission up (A16.1)."""
    case, row = _engagement(ask, "engagement.cancel")
    refuse_stale(ask, row.version)
    result = read_texts(ask, _RESULT)["result"]
    commissioning.cancel(ask.session, case, row, result=result, by=ask.actor, at=ask.now, seen=ask.seen())
    return _back(case)


def yuan(fee: int) -> str:
    """A fee in words: 12,000 元; nothing to pay is 无."""
    return f"{number(fee)} 元" if fee else "无"


def end_words(state: str, expected_on: date, ended_on: date | None, today: date) -> str:
    """Until when: ended, expected, or expected and overdue."""
    if ended_on is not None:
        return f"{_dense(ended_on)} {ENGAGEMENT.word(state)}"
    return f"应于 {_dense(expected_on)} 完成{'，已逾期' if expected_on < today else ''}"


def _engagement(ask: Ask, allow: str) -> tuple[Case, Engagement]:
    row = ask.session.get(Engagement, ask.path("engagement_id")[:36])
    if row is None:
        raise Absent("没有找到这个办件")
    return case_queries.case_for(ask.session, ask.actor, row.case_id, allow), row


def _end_form(ask: Ask, allow: str, heading: str, noun: str, refusal: Refusal | None) -> Response:
    case, row = _engagement(ask, allow)
    return _form(
        ask, case, "extranet/engagements/ending.html", heading, f"/engagements/{row.id}/{noun}", refusal,
        engagement=row,
        about=f"{SERVICES[row.service]}　{row.agency_name}",
        is_result=noun == "result",
        findings=[(str(key), words) for key, words in FINDING_WORDS.items()],
        ends_pause=row.pause_id is not None and case.is_paused,
    )  # fmt: skip


def _form(
    ask: Ask, case: Case, template: str, heading: str, href: str, refusal: Refusal | None, **context: Any
) -> Response:
    project = ask.session.get_one(Project, case.project_code)
    given = {"errors": {}, "status": 200, "conflict": "", **errors_given(refusal)}
    if isinstance(refusal, Conflict):
        given |= {"errors": {}, "conflict": refusal.words}
    return reply.page(
        ask, template, title=f"{heading} {project.code}", **case_head(ask, case, project), **given, heading=heading,
        act_href=href, **context,
    )  # fmt: skip


def _back(case: Case) -> Response:
    return reply.to(f"/cases/{case.id}#engagements")


def _row(ask: Ask, row: EngagementRow) -> RowShown:
    state = EngagementState(row.state)
    return RowShown(
        state=ENGAGEMENT.word(state),
        tone="red" if state is EngagementState.RUNNING and row.expected_on < ask.today else TONES[state],
        service=SERVICES[row.service],
        agency=row.agency_name,
        selection=SELECTIONS[row.selection],
        fee=yuan(row.fee),
        payer=PAYERS[row.payer] if row.fee else "",
        begins_on=row.begins_on,
        end_words=end_words(row.state, row.expected_on, row.ended_on, ask.today),
        finding=FINDING_WORDS[Finding(row.finding)] if row.finding else "",
        is_paused=bool(row.ground),
        project=ProjectShown(row.project_name, row.project_code, f"/cases/{row.case_id}"),
        item=row.item_name,
        org=organisations(ask.session).unit_name(row.org_unit),
    )


def _dense(day: date) -> str:
    return f"{day.month} 月 {day.day} 日"


routes = [
    Route("/engagements", list_engagements, methods=["GET"], name="engagement.see"),
    Route("/cases/{case_id:int}/engagements/new", ask_commission, methods=["GET"], name="engagement.commission_page"),
    Route("/cases/{case_id:int}/engagements", ask_commission, methods=["GET"], name="engagement.commission_form"),
    Route("/cases/{case_id:int}/engagements", commission, methods=["POST"], name="engagement.commission"),
    Route("/engagements/{engagement_id}/result", ask_result, methods=["GET"], name="engagement.deliver_form"),
    Route("/engagements/{engagement_id}/result", deliver, methods=["POST"], name="engagement.deliver"),
    Route(
        "/engagements/{engagement_id}/cancellation", ask_cancellation, methods=["GET"], name="engagement.cancel_form"
    ),
    Route("/engagements/{engagement_id}/cancellation", cancel, methods=["POST"], name="engagement.cancel"),
]
