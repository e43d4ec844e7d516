"""进度查询: with the project code anyone sees the whole process and its results (A13.2, A17.2)."""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from core.cases.told import (
    PublicApplication,
    PublicDueItem,
    PublicProject,
    days_of,
    public_applications,
    public_due_items,
    public_events,
    public_project,
)
from core.clocks import business_date
from core.disclosure.published import results_of_project
from core.domain import project_code
from core.domain.case_states import CaseState
from core.domain.fields import in_words
from core.domain.project_states import PROJECT, ProjectState
from core.errors import Refusal
from core.intermediaries.published import public_engagements
from core.organisations import organisations
from core.projects.links import linked, resolve
from core.projects.rules import labels
from core.reference import loader
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import LightShown, ProjectShown, links_shown
from core.web.templating import money
from public_portal.case_views import LEGACY_WORDS, due_of, light_of, project_stages, state_words, timeline
from public_portal.disclosure import shown_result
from public_portal.intermediaries import engagements_shown

TOLD = (
    "construction_nature",
    "planned_start",
    "planned_completion",
)
"""Declared facts that the public page shows beside unit, type, place and industry."""

_RESTS = {
    ProjectState.SUSPENDED: "项目已中止",
    ProjectState.TERMINATED: "项目已终止",
    ProjectState.SUPERSEDED: "这个代码已由新代码取代",
}
_RESULTS_UNKNOWN = frozenset({CaseState.REFUSED, CaseState.NOT_ACCEPTED, "rejected"})


@dataclass(frozen=True)
class ItemShown:
    """One due item as the public sees it."""

    light: LightShown
    name: str
    org_unit_name: str
    accepted_on: date | None
    due_on: date | None
    due_words: str
    result: str
    why_href: str = ""


def query_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The look-up form, with what is wrong with the code."""
    return reply.page(
        ask,
        "public/query/form.html",
        title="进度查询",
        status=reply.status_of(refusal) if refusal else 200,
        typed_code=ask.query("code")[:100],
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


@action(allow="query.see", again=query_page)
def see_query(ask: Ask) -> Response:
    """Look a code up however it was typed, one of ours or a legacy one (A12.1); without one show the form."""
    if "code" not in ask.request.query_params:
        return query_page(ask)
    return reply.to(ask.url("query.see_project", code=resolve(ask.session, ask.query("code")[:100])))


@action(allow="query.see", again=query_page)
def see_progress(ask: Ask) -> Response:
    """The public progress of one project, or that no project bears this code."""
    typed = ask.path("code")[:100]
    project = public_project(ask.session, typed)
    if project is not None:
        return _progress_page(ask, project)
    code = resolve(ask.session, typed)
    if code != typed:
        return reply.to(ask.url("query.see_project", code=code))
    return reply.page(ask, "public/query/unknown.html", title="没有找到这个代码", status=404, typed_code=code)


def _progress_page(ask: Ask, project: PublicProject) -> Response:
    due = public_due_items(ask.session, project.code)
    latest = public_applications(ask.session, project.code)
    concluded = sum(1 for row in due if (one := latest.get(row.item_code)) and one.state == CaseState.CONCLUDED)
    events = public_events(ask.session, project.code)
    return reply.page(
        ask,
        "public/query/progress.html",
        title=f"办理进度 {project.code}",
        project=ProjectShown(project.name, project.code),
        declared_on=business_date(project.declared_at),
        verified_on=business_date(project.verified_at) if project.verified_at else None,
        is_returned=project.state == ProjectState.RETURNED,
        state=PROJECT.word(project.state),
        is_legacy=project.is_legacy,
        rests=_RESTS.get(ProjectState(project.state), ""),
        links=links_shown(linked(ask.session, project.code), lambda code: ask.url("query.see_project", code=code)),
        facts=_facts(ask, project),
        stages=project_stages(project, len(due), concluded, ask.today),
        items=[_item(ask, project.code, row, latest.get(row.item_code)) for row in due],
        engagements=engagements_shown(public_engagements(ask.session, project.code)),
        results=[shown_result(row) for row in results_of_project(ask.session, project.code)],
        timeline=timeline(project, events, notices_at="/notices/"),
    )


def _item(ask: Ask, code: str, row: PublicDueItem, one: PublicApplication | None) -> ItemShown:
    days = days_of(ask.session, one)
    due_on, due_words = due_of(one, ask.today, days)
    return ItemShown(
        light=light_of(one, ask.today, days),
        name=row.item_name,
        org_unit_name=row.org_unit_name,
        accepted_on=one.accepted_on if one else None,
        due_on=due_on,
        due_words=due_words,
        result=_result(one),
        why_href=f"/query/{code}/items/{row.item_code}" if one and one.clock else "",
    )


def _result(one: PublicApplication | None) -> str:
    """The result or the stage; why an application was turned down is told to the unit alone (A17.1)."""
    if one is not None and one.state == CaseState.CONCLUDED:
        return f"{state_words(one)}　{one.document_number}".strip()
    return "未受理" if one is not None and one.state in _RESULTS_UNKNOWN else state_words(one)


def _facts(ask: Ask, project: PublicProject) -> list[tuple[str, str]]:
    specs, known = labels(), loader.load()
    told = [(specs[name].spoken, in_words(specs[name], project.facts.get(name))) for name in TOLD]
    investment = project.facts.get("total_investment")
    return [
        ("项目单位", project.unit_name),
        ("项目类型", project_code.PROJECT_TYPES.get(project.project_type, project.project_type)),
        ("建设地点", organisations(ask.session).path(project.region_code)),
        ("所属行业", known.place_names.get(str(project.facts.get("industry_division")), "")),
        ("总投资", money(investment if isinstance(investment, str) else None)),
        *told,
        *([("来源", LEGACY_WORDS)] if project.is_legacy else []),
    ]


routes = [
    Route("/query", see_query, methods=["GET"], name="query.see"),
    Route("/query/{code}", see_progress, methods=["GET"], name="query.see_project"),
]
