"""Projects: verification of a code in one step, the list within reach, the whole of one project (A2.3, A4.4, A13.2)."""

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from core.cases import completing, project_queries, queries, replanning
from core.cases.project_queries import ProjectFilter
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.calendar import full_date
from core.domain.policy import Actor, may_ever
from core.domain.project_code import PROJECT_TYPES
from core.domain.project_states import PROJECT, ProjectState, why_no_applications
from core.errors import RuleRefusal
from core.organisations import organisations
from core.projects.legacy_entering import origin_of
from core.projects.links import codes_meant, linked, resolve
from core.projects.tables import Project
from core.reference import loader
from core.trace import entries_of_project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import LinksShown, ProjectShown, address_of, links_shown, page_number, page_of
from extranet_portal.change_views import changes_shown
from extranet_portal.consultation_panel import project_letters
from extranet_portal.decision_panels import void_words
from extranet_portal.files import sent_notice
from extranet_portal.project_views import added, dropped, matrix_rows, plan, proofs
from extranet_portal.shown import fact_groups, on_day, trace_lines

_UNKNOWN = "没有找到这个代码。请核对 24 位代码；项目原有的编码，经综合管理部门对应后才能查到"
_TONES = {
    ProjectState.RETURNED: "red",
    ProjectState.NOT_APPROVED: "red",
    ProjectState.APPROVED: "green",
    ProjectState.IN_APPROVAL: "blue",
    ProjectState.SUSPENDED: "yellow",
    ProjectState.TERMINATED: "red",
}


@dataclass(frozen=True)
class RowShown:
    """One project in the list."""

    project: ProjectShown
    unit_name: str
    kind: str
    place: str
    state: str
    tone: str
    declared_at: datetime


@dataclass(frozen=True)
class NoticeShown:
    """One notice of the project; `href` only within reach, `reissue_href` only for who may issue it anew."""

    title: str
    number: str
    issued_at: datetime
    href: str
    void_words: str
    reissue_href: str = ""


@action(allow="code.verify")
def verify(ask: Ask) -> Response:
    """Verify a code in one step: project, unit, status and due items, or what is wrong with it (A13.2)."""
    typed = ask.query("code")[:100]
    project, fault = _find(ask, typed) if typed else (None, "")
    opens = project is not None and queries.may_see_project(ask.session, ask.actor, project)
    return reply.page(
        ask,
        "extranet/projects/verification.html",
        title="核验项目代码",
        typed=typed,
        fault=fault,
        project=ProjectShown(project.name, project.code, f"/projects/{project.code}" if opens else "")
        if project
        else None,
        stands=project is not None and project.verified_at is not None,
        facts=_facts(ask, project) if project else [],
        links=_links(ask, project.code) if project else None,
        rests=why_no_applications(project.state) if project and project.verified_at else "",
        rows=matrix_rows(ask, project) if project else (),
    )


@action(allow="project.see")
def list_projects(ask: Ask) -> Response:
    """The projects within reach, the newest first."""
    chosen = ProjectFilter(
        words=ask.query("q")[:100],
        codes=codes_meant(ask.session, ask.query("q")[:100]) if ask.query("q") else (),
        region=ask.query("region")[:6],
        state=ask.query("state")[:20],
        page=page_number(ask.query("page")),
    )
    filters = {"q": chosen.words, "region": chosen.region, "state": chosen.state}
    rows = project_queries.projects_page(ask.session, ask.actor, chosen)
    total = project_queries.projects_total(ask.session, ask.actor, chosen)
    here = rows[: project_queries.PAGE]
    counted = f"{project_queries.COUNTED} 个以上" if total > project_queries.COUNTED else f"{total} 个"
    tree = organisations(ask.session)
    return reply.page(
        ask,
        "extranet/projects/list.html",
        title="项目",
        chosen=chosen,
        counted=counted,
        is_filtered=any(filters.values()),
        regions=[(code, tree.path(code)) for code in project_queries.regions_in_reach(ask.session, ask.actor)],
        states=[(str(state), PROJECT.word(state)) for state in ProjectState],
        rows=[_list_row(ask, row) for row in here],
        address=address_of("/projects", filters, page=chosen.page),
        pager_page=page_of(
            "/projects",
            filters,
            chosen.page,
            size=project_queries.PAGE,
            shown=len(here),
            more=len(rows) > project_queries.PAGE,
            total=f"共 {counted}",
        )
        if here
        else None,
    )


@action(allow="project.see")
def see_project(ask: Ask) -> Response:
    """One project with everything that hangs on its code (A10.1)."""
    project = queries.project_for(ask.session, ask.actor, ask.path("code"))
    may_reissue = completing.may_reissue(ask.session, ask.actor, project)
    reissue_href = ask.url("completion.reissue_form", code=project.code) if may_reissue else ""
    notices = [
        NoticeShown(
            TITLES[NoticeKind(notice.kind)],
            notice.number,
            notice.issued_at,
            ask.url("project.notice_file", code=project.code, notice_id=notice.id)
            if not org_unit or queries.may_see_case(ask.session, ask.actor, org_unit)
            else "",
            void_words(ask, notice),
            reissue_href if notice.kind == NoticeKind.COMPLETION and notice.voided_at is None else "",
        )
        for notice, org_unit in project_queries.notices_of_project(ask.session, project.code)
    ]
    return reply.page(
        ask,
        "extranet/projects/project.html",
        title=f"项目 {project.code}",
        project=ProjectShown(project.name, project.code),
        facts=_facts(ask, project),
        links=_links(ask, project.code),
        rows=matrix_rows(ask, project),
        added=added(ask, project.code),
        dropped=dropped(ask, project.code),
        plan=None if why_no_applications(project.state) else plan(ask, project.code),
        proofs=proofs(ask, project),
        changes=changes_shown(ask, project.code),
        may_change=replanning.may_change_list_now(ask.session, ask.actor, project),
        rests=why_no_applications(project.state),
        declared=fact_groups(project_queries.declared_facts(ask.session, project.code), with_contacts=False),
        notices=notices,
        letters=project_letters(ask, project),
        trace=trace_lines(entries_of_project(ask.session, project.code), with_reasons=False),
    )


@action(allow="project.see")
def see_matrix(ask: Ask) -> Response:
    """The approval matrix alone: the sheet that all departments share, printed on one page (A2.3)."""
    project = queries.project_for(ask.session, ask.actor, ask.path("code"))
    return reply.page(
        ask,
        "extranet/projects/matrix.html",
        title=f"审批矩阵 {project.code}",
        project=ProjectShown(project.name, project.code),
        unit_name=project.unit_name,
        state=PROJECT.word(project.state),
        printed_on=full_date(ask.today),
        place=organisations(ask.session).path(project.region_code),
        rows=matrix_rows(ask, project),
    )


@action(allow="project.see")
def see_notice(ask: Ask) -> Response:
    """A notice of the project: the 办结通知书, or one of a case within reach."""
    project = queries.project_for(ask.session, ask.actor, ask.path("code"))
    notice = project_queries.notice_of_project(ask.session, ask.actor, project.code, ask.number("notice_id"))
    return sent_notice(ask, notice)


def has_list(actor: Actor) -> bool:
    """Whether there is any project that this officer may see."""
    return may_ever(actor, "project.see")


def _find(ask: Ask, typed: str) -> tuple[Project | None, str]:
    try:
        code = resolve(ask.session, typed)
    except RuleRefusal as refusal:  # a lookup answers in its page what is wrong with the code; nothing was to be done
        return None, refusal.words
    project = ask.session.get(Project, code)
    return project, "" if project else _UNKNOWN


def _links(ask: Ask, code: str) -> LinksShown:
    def href(other: str) -> str:
        project = ask.session.get_one(Project, other)
        opens = queries.may_see_project(ask.session, ask.actor, project)
        return ask.url("project.see", code=other) if opens else ""

    return links_shown(linked(ask.session, code), href)


def _facts(ask: Ask, project: Project) -> list[tuple[str, object]]:
    reference = loader.load()
    tree = organisations(ask.session)
    industry = reference.industry_by_code.get(project.industry)
    return [
        ("项目单位", project.unit_name),
        ("统一社会信用代码", project.credit_code),
        ("项目类型", PROJECT_TYPES.get(project.project_type, project.project_type)),
        ("建设地点", tree.path(project.region_code)),
        ("行业", industry.name if industry else project.industry),
        ("申报日期", on_day(project.declared_at, ask.today)),
        ("状态", PROJECT.word(project.state)),
        *_origin(ask, project),
    ]


def _origin(ask: Ask, project: Project) -> list[tuple[str, object]]:
    """Who entered a project that began before the platform (A12.1)."""
    entry = origin_of(ask.session, project.code)
    return [("来源", f"存量项目补录：{entry.org_name}　{entry.officer_name}")] if entry else []


def _list_row(ask: Ask, row: project_queries.ProjectRow) -> RowShown:
    return RowShown(
        project=ProjectShown(row.name, row.code, ask.url("project.see", code=row.code)),
        unit_name=row.unit_name,
        kind=PROJECT_TYPES.get(row.project_type, row.project_type),
        place=organisations(ask.session).path(row.region_code),
        state=PROJECT.word(row.state),
        tone=_TONES.get(ProjectState(row.state), "still"),
        declared_at=row.declared_at,
    )


routes = [
    Route("/verification", verify, methods=["GET"], name="code.verify"),
    Route("/projects", list_projects, methods=["GET"], name="project.list"),
    Route("/projects/{code}", see_project, methods=["GET"], name="project.see"),
    Route("/projects/{code}/matrix", see_matrix, methods=["GET"], name="project.matrix"),
    Route("/projects/{code}/notices/{notice_id:int}/file", see_notice, methods=["GET"], name="project.notice_file"),
]
