"""公开公示: disclosed results by region, department and words (A17.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from starlette.responses import Response
from starlette.routing import Route

from core.disclosure.published import PAGE, ResultFilter, ResultRow, result_of, results
from core.domain.case_states import OUTCOME_WORDS, Outcome
from core.errors import Absent
from core.reference import loader
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown, page_number, page_of
from public_portal.regions import filter_groups
from public_portal.shown import department_name, in_department_order, names_in

_KINDS = {
    "approval_result": ("审批", "green"),
    "filing_result": ("备案", "green"),
    "supervision_result": ("监管", "yellow"),
    "penalty_result": ("处罚", "red"),
}


@dataclass(frozen=True)
class ResultShown:
    """One disclosed result in a list."""

    href: str
    kind: str
    tone: str
    project: ProjectShown
    unit_name: str
    org_unit_name: str
    item_name: str
    outcome: str
    amendment: str
    document_number: str
    published_on: date


def shown_result(row: ResultRow) -> ResultShown:
    """A row of the list as it is printed."""
    kind, tone = _KINDS.get(row.kind, (names_in("disclosure_kind").get(row.kind, "公开"), "still"))
    return ResultShown(
        href=f"/disclosures/{row.id}",
        kind=kind,
        tone="still" if row.outcome in (Outcome.DENIED, Outcome.REVOKED) else tone,
        project=ProjectShown(row.project_name, row.project_code, f"/disclosures/{row.id}"),
        unit_name=row.unit_name,
        org_unit_name=row.org_unit_name,
        item_name=row.item_name,
        outcome=outcome_words(row.outcome),
        amendment="已更正" if row.amendment == "corrected" else "",
        document_number=row.document_number,
        published_on=row.published_on,
    )


def outcome_words(outcome: str) -> str:
    """How a result is called."""
    return OUTCOME_WORDS[Outcome(outcome)] if outcome in set(Outcome) else outcome


@action(allow="disclosure.see")
def see_disclosures(ask: Ask) -> Response:
    """The list with its filters; every part is in the address, so that it can be passed on."""
    chosen = {"region": ask.query("region")[:6], "department": ask.query("department")[:30], "q": ask.query("q")[:100]}
    page = page_number(ask.query("page"))
    found = results(
        ask.session,
        ResultFilter(region=chosen["region"], department=chosen["department"], words=chosen["q"], page=page),
    )
    rows = [shown_result(row) for row in found[:PAGE]]
    return reply.page(
        ask,
        "public/disclosure/list.html",
        title="公开公示",
        rows=rows,
        chosen=chosen,
        is_filtered=any(chosen.values()),
        region_groups=filter_groups(ask.session),
        departments=_departments(),
        pager=page_of("/disclosures", chosen, page, size=PAGE, shown=len(rows), more=len(found) > PAGE),
    )


@action(allow="disclosure.see")
def see_disclosure(ask: Ask) -> Response:
    """One disclosed result with everything that is public of it."""
    found = result_of(ask.session, ask.path("disclosure_id"))
    if found is None:
        raise Absent("没有找到这条公开信息。可能已依法撤回，可从公开公示查找")
    kind, tone = _KINDS.get(found.kind, ("公开", "still"))
    return reply.page(
        ask,
        "public/disclosure/result.html",
        title=f"{found.project_name} {found.project_code}",
        result=found,
        kind=kind,
        tone=tone,
        outcome=outcome_words(found.outcome),
        project=ProjectShown(found.project_name, found.project_code),
    )


@cache
def _departments() -> Sequence[tuple[str, str]]:
    used = in_department_order(item.department for item in loader.load().items)
    return [(code, department_name(code)) for code in used]


routes = [
    Route("/disclosures", see_disclosures, methods=["GET"], name="disclosure.see"),
    Route("/disclosures/{disclosure_id}", see_disclosure, methods=["GET"], name="disclosure.see_one"),
]
