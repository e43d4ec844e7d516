"""我的项目: what waits for the unit, due items with why and when, matrix, messages, timeline (A14.1c, A17.2)."""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from core.accounts.contesting import attempts_on
from core.cases.applying import why_not_yet
from core.cases.progress import events_of, messages_of
from core.cases.tables import Message
from core.cases.told import Standing, notice_by_token, standings
from core.clocks import business_date
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.case_states import CaseState
from core.domain.fields import in_words
from core.domain.project_code import PROJECT_TYPES
from core.domain.project_states import PROJECT, ProjectState
from core.errors import Absent
from core.intermediaries.published import engagements_of_project
from core.projects.declaring import count_projects_of, project_of, projects_of, region_words
from core.projects.links import codes_meant, linked
from core.projects.rules import labels
from core.projects.tables import DeclaredProject
from core.reference import loader
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import EntryShown, ProjectShown, links_shown, page_number, page_of
from core.web.templating import money
from public_portal.case_views import LEGACY_WORDS, project_stages, timeline
from public_portal.deliveries import under_way
from public_portal.intermediaries import engagements_shown
from public_portal.project_views import (
    ANSWERED_IN,
    due_groups,
    held_of,
    matrix_row,
    plan_of,
    proofs_of,
    tasks_of,
    waiting_for_answer,
)

SIZE = 20
MESSAGES = 5

_OVERVIEW = ("land_area", "planned_start", "planned_completion")


@dataclass(frozen=True)
class ProjectRow:
    """One project in the list."""

    project: ProjectShown
    state: str
    tone: str
    declared_on: date
    standing: Standing
    is_legacy: bool


@action(allow="my_project.see")
def see_projects(ask: Ask) -> Response:
    """The unit's projects, newest first."""
    words = ask.query("q")[:100]
    if words and (one := _found(ask, words)):
        return reply.to(ask.url("my_project.see_one", code=one))
    page = page_number(ask.query("page"))
    total = count_projects_of(ask.session, ask.actor, words=words)
    named = words if total else ""
    if words and not total:
        total = count_projects_of(ask.session, ask.actor)
    found = projects_of(ask.session, ask.actor, words=named, limit=SIZE, offset=(page - 1) * SIZE)
    stand = standings(ask.session, [one.code for one in found])
    return reply.page(
        ask,
        "public/projects/list.html",
        title="我的项目",
        words=words,
        is_filtered=bool(named),
        attempts=[business_date(one) for one in attempts_on(ask.session, ask.actor.credit_code, now=ask.now)],
        rows=[_row(ask, one, stand[one.code]) for one in found],
        pager=page_of(
            "/projects",
            {"q": named},
            page,
            size=SIZE,
            shown=len(found),
            more=page * SIZE < total,
            total=f"共 {total} 个",
        ),
    )


@action(allow="my_project.see")
def see_project(ask: Ask) -> Response:
    """One project: what to do, the items, the plan, messages."""
    held = held_of(ask, project_of(ask.session, ask.actor, ask.path("code")))
    project = held.project
    concluded = sum(1 for one in held.latest.values() if one.state == CaseState.CONCLUDED)
    events = events_of(ask.session, project.code)
    entries = timeline(project, events, notices_at=f"/projects/{project.code}/notices/")
    return reply.page(
        ask,
        "public/projects/project.html",
        title=f"{project.name} {project.code}",
        project=ProjectShown(project.name, project.code),
        after=_after_code(ask, project),
        just_declared=bool(ask.query("declared")),
        just_applied=ask.query("applied")[:3],
        answered_in=ANSWERED_IN,
        is_declared=project.state == ProjectState.DECLARED,
        is_legacy=project.is_legacy,
        legacy_words=LEGACY_WORDS,
        declaration=under_way(
            ask, project.message_id, "项目信息" if project.is_legacy else "申报", then="送达后自动核验"
        )
        if project.state == ProjectState.DECLARED
        else None,
        stages=project_stages(project, len(held.due), concluded, ask.today),
        tasks=tasks_of(ask, held),
        due_number=len(held.due),
        due=due_groups(ask, held),
        matrix_rows=[matrix_row(ask, held, row) for row in held.due if row.item_code in held.latest],
        not_begun=sum(row.item_code not in held.latest for row in held.due),
        plan=plan_of(ask, held) if held.takes_applications else None,
        proofs=proofs_of(ask, project),
        may_apply=held.takes_applications and any(not why_not_yet(row, held.latest) for row in held.due),
        waiting=waiting_for_answer(ask, held),
        engagements=engagements_shown(engagements_of_project(ask.session, project.code)),
        messages=[_message(one) for one in messages_of(ask.session, project.code, limit=MESSAGES)],
        timeline=entries,
        overview=_overview(ask, project),
        links=links_shown(linked(ask.session, project.code), lambda code: ask.url("my_project.see_one", code=code)),
    )


@action(allow="document.see")
def see_notice(ask: Ask) -> Response:
    """One's own notice as the file that was issued, under whichever code of the project (A12.2)."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    found = notice_by_token(ask.session, ask.path("token"))
    if found.project_code not in codes_meant(ask.session, project.code):
        raise Absent("没有找到这份通知书")
    return reply.file(
        ask.portal.store.read_chunks(found.digest),
        name=f"{TITLES[NoticeKind(found.kind)]} {found.number}.pdf",
        media_type="application/pdf",
        size=found.size,
        inline=True,
    )


def _found(ask: Ask, words: str) -> str:
    """The code of one's own project that these words mean, a legacy code included; empty when none (A12.1)."""
    try:
        return project_of(ask.session, ask.actor, words).code
    except Absent:
        return ""


def _row(ask: Ask, one: DeclaredProject, standing: Standing) -> ProjectRow:
    tones = {ProjectState.RETURNED: "red", ProjectState.APPROVED: "green", ProjectState.IN_APPROVAL: "blue"}
    return ProjectRow(
        ProjectShown(one.name, one.code, ask.url("my_project.see_one", code=one.code)),
        PROJECT.word(one.state),
        tones.get(ProjectState(one.state), "still"),
        business_date(one.declared_at),
        standing,
        one.is_legacy,
    )


def _message(one: Message) -> EntryShown:
    return EntryShown(one.at, one.words, "", "now" if one.wants_action else "done", one.href)


def _after_code(ask: Ask, project: DeclaredProject) -> str:
    place, kind = region_words(ask.session, project), PROJECT_TYPES.get(project.project_type, "")
    industry = loader.load().place_names.get(project.industry, "")
    return f"{project.code[:4]} 年 · {place} · {industry} · {kind} · 第 {project.code[-6:]} 号"


def _overview(ask: Ask, project: DeclaredProject) -> list[tuple[str, str]]:
    investment = money(project.facts.get("total_investment"))
    rows = [
        ("项目单位", project.unit_name),
        ("建设地点", region_words(ask.session, project)),
        ("总投资", investment),
    ]
    return rows + [(labels()[name].label, in_words(labels()[name], project.facts.get(name))) for name in _OVERVIEW]


routes = [
    Route("/projects", see_projects, methods=["GET"], name="my_project.see"),
    Route("/projects/{code}", see_project, methods=["GET"], name="my_project.see_one"),
    Route("/projects/{code}/notices/{token}", see_notice, methods=["GET"], name="document.see_notice"),
]
