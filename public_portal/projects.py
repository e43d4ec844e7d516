"""我的项目: what waits for the unit, due items with why and when, matrix, messages, timeline (A14.1c, A17.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from core import clocks
from core.cases.applying import applications_of, latest_by_item, why_not_yet
from core.cases.progress import events_of, messages_of
from core.cases.tables import Application, Message
from core.cases.told import Standing, notice_by_token, standings
from core.clocks import business_date
from core.documents.materials import Wanted, wanted_for_all
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.calendar import Calendar
from core.domain.case_states import CaseState
from core.domain.clock import Unit
from core.domain.fields import in_words
from core.domain.project_code import PROJECT_TYPES
from core.domain.project_states import PROJECT, ProjectState
from core.errors import Absent
from core.exchange.status import is_delivered
from core.guides.guide import Guide
from core.guides.publishing import guide_version
from core.projects.declaring import count_projects_of, due_items_of, project_of, projects_of, region_words
from core.projects.rules import labels
from core.projects.tables import DeclaredProject, ToldDueItem
from core.reference import loader
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.templating import money
from public_portal.case_views import (
    TURNED_DOWN,
    CellShown,
    EntryShown,
    due_of,
    light_of,
    matrix_cells,
    project_stages,
    state_words,
    timeline,
)
from public_portal.guides import limit_words
from public_portal.shown import LightShown, ProjectShown, page_number, page_of

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


@dataclass(frozen=True)
class TaskShown:
    """One thing that waits for the unit."""

    title: str
    words: str
    tone: str
    href: str = ""
    act: str = ""
    main: bool = False


@dataclass(frozen=True)
class DueShown:
    """One due item: why, after what, how long, with which materials, and what to do now."""

    number: int
    name: str
    guide_href: str
    org_unit_name: str
    why: str
    order: tuple[str, ...]
    limit: str
    materials: str
    light: LightShown
    stage: str
    due_on: date | None
    due_words: str
    href: str
    act: str


@dataclass(frozen=True)
class MatrixRow:
    """One row of the approval matrix."""

    item: str
    org: str
    href: str
    light: LightShown
    cells: list[CellShown]


@dataclass(frozen=True)
class Held:
    """What a project page is made of, read once."""

    project: DeclaredProject
    due: Sequence[ToldDueItem]
    latest: Mapping[str, Application]
    guides: Mapping[str, Guide]
    wanted: Mapping[str, tuple[Wanted, ...]]
    days: Calendar


@action(allow="my_project.see")
def see_projects(ask: Ask) -> Response:
    """The unit's projects, newest first."""
    page = page_number(ask.query("page"))
    found = projects_of(ask.session, ask.actor, limit=SIZE, offset=(page - 1) * SIZE)
    total = count_projects_of(ask.session, ask.actor)
    stand = standings(ask.session, [one.code for one in found])
    return reply.page(
        ask,
        "public/projects/list.html",
        title="我的项目",
        rows=[_row(ask, one, stand[one.code]) for one in found],
        pager=page_of("/projects", {}, page, size=SIZE, shown=len(found), more=page * SIZE < total, total=total),
    )


@action(allow="my_project.see")
def see_project(ask: Ask) -> Response:
    """One project: what to do, the items, the plan, messages."""
    held = held_of(ask, project_of(ask.session, ask.actor, ask.path("code")))
    project = held.project
    concluded = sum(1 for one in held.latest.values() if one.state == CaseState.CONCLUDED)
    events = events_of(ask.session, project.code, only_public=False)
    entries = timeline(project, events, notices_at=f"/projects/{project.code}/notices/")
    return reply.page(
        ask,
        "public/projects/project.html",
        title=project.name,
        project=ProjectShown(project.name, project.code),
        after=_after_code(ask, project),
        just_declared=bool(ask.query("declared")),
        just_applied=ask.query("applied")[:3],
        is_declared=project.state == ProjectState.DECLARED,
        is_delivered=is_delivered(ask.session, project.message_id),
        stages=project_stages(project, len(held.due), concluded, ask.today),
        tasks=_tasks(ask, held),
        due=[_due(ask, held, row, place) for place, row in enumerate(held.due, start=1)],
        matrix_rows=[_matrix_row(ask, held, row) for row in held.due],
        may_apply=any(not why_not_yet(row, held.latest) for row in held.due),
        waiting=_undelivered(ask, held),
        messages=[_message(one) for one in messages_of(ask.session, project.code, limit=MESSAGES)],
        timeline=entries,
        overview=_overview(ask, project),
    )


@action(allow="document.see")
def see_notice(ask: Ask) -> Response:
    """One's own notice as the file that was issued."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    found = notice_by_token(ask.session, ask.path("token"))
    if found.project_code != project.code:
        raise Absent("没有找到这份通知书")
    return reply.file(
        ask.portal.store.read_chunks(found.digest),
        name=f"{TITLES[NoticeKind(found.kind)]} {found.number}.pdf",
        media_type="application/pdf",
        size=found.size,
        inline=True,
    )


def held_of(ask: Ask, project: DeclaredProject) -> Held:
    """Everything that the pages of a project show, in a handful of statements."""
    due = due_items_of(ask.session, project.code)
    guides = {row.item_code: guide_version(ask.session, row.guide_version) for row in due}
    return Held(
        project,
        due,
        latest_by_item(applications_of(ask.session, project.code)),
        guides,
        wanted_for_all(ask.session, project.code, list(guides.values())),
        clocks.calendar(ask.session),
    )


def _row(ask: Ask, one: DeclaredProject, standing: Standing) -> ProjectRow:
    tones = {ProjectState.RETURNED: "red", ProjectState.APPROVED: "green", ProjectState.IN_APPROVAL: "blue"}
    return ProjectRow(
        ProjectShown(one.name, one.code, ask.url("my_project.see_one", code=one.code)),
        PROJECT.word(one.state),
        tones.get(ProjectState(one.state), "still"),
        business_date(one.declared_at),
        standing,
    )


def _tasks(ask: Ask, held: Held) -> list[TaskShown]:
    """What waits for the unit, the gravest first."""
    project = held.project
    tasks = []
    if project.state == ProjectState.RETURNED:
        words = f"{project.state_reason}。请核对后重新申报；这个代码不再使用。"
        tasks.append(TaskShown("申报已退回", words, "red", "/declarations", "重新申报", main=True))
    for one in held.latest.values():
        if one.state == CaseState.AWAITING_SUPPLEMENT:
            words = f"{one.org_unit_name}发来《补正告知书》，须一次补齐；补齐后重新计算受理期限。"
            title = f"{one.item_name}：请一次补齐 {len(one.asked_for)} 份材料"
            tasks.append(TaskShown(title, words, "yellow", _case_href(ask, one), "去补正", main=True))
    for one in held.latest.values():
        if one.state in TURNED_DOWN - {CaseState.WITHDRAWN}:
            title = f"{one.item_name}：{state_words(one)}"
            tasks.append(TaskShown(title, one.reason, "yellow", _case_href(ask, one), "查看原因"))
    ready = [row for row in held.due if not why_not_yet(row, held.latest)]
    if ready:
        names = "、".join(row.item_name for row in ready[:4]) + ("等" if len(ready) > 4 else "")
        tasks.append(
            TaskShown(
                f"现在可以申请 {len(ready)} 项",
                f"{names}。材料只交一次，各部门复用。",
                "blue",
                ask.url("application.choose", code=project.code),
                "准备材料",
                main=not tasks,
            )
        )
    return tasks


def _due(ask: Ask, held: Held, row: ToldDueItem, number: int) -> DueShown:
    one, guide = held.latest.get(row.item_code), held.guides[row.item_code]
    due_on, due_words = due_of(one, ask.today, held.days)
    href, act = _what_to_do(ask, held, row, one)
    return DueShown(
        number=number,
        name=row.item_name,
        guide_href=ask.url("guide.see_one", item_code=row.item_code),
        org_unit_name=row.org_unit_name,
        why=row.why,
        order=tuple(str(blocker["reason"]) for blocker in row.blockers),
        limit=_limit(guide),
        materials=_materials_words(held.wanted[row.item_code]),
        light=light_of(one, ask.today, held.days),
        stage=state_words(one),
        due_on=due_on,
        due_words=due_words,
        href=href,
        act=act,
    )


def _what_to_do(ask: Ask, held: Held, row: ToldDueItem, one: Application | None) -> tuple[str, str]:
    if one is not None and one.state == CaseState.AWAITING_SUPPLEMENT:
        return _case_href(ask, one), "去补正"
    if not why_not_yet(row, held.latest):
        return f"{ask.url('application.choose', code=held.project.code)}?item={row.item_code}", "申请"
    return (_case_href(ask, one), "查看") if one is not None else ("", "")


def _limit(guide: Guide) -> str:
    days = limit_words(guide.handling_days, guide.handling_unit)
    if not days:
        return "不设时限"
    statutory = limit_words(guide.statutory_days, Unit(guide.statutory_unit)) if guide.promised_days else ""
    return f"{days}（法定 {statutory}）" if statutory else days


def _materials_words(wanted: Sequence[Wanted]) -> str:
    needed = [one for one in wanted if one.need.must_be_handed_in]
    missing = sum(one.is_missing for one in needed)
    if not needed:
        return "不用交材料"
    return f"必交 {len(needed)} 份，" + (f"还缺 {missing} 份" if missing else "已齐")


def _matrix_row(ask: Ask, held: Held, row: ToldDueItem) -> MatrixRow:
    one = held.latest.get(row.item_code)
    return MatrixRow(
        row.item_name,
        row.org_unit_name,
        _case_href(ask, one) if one else "",
        light_of(one, ask.today, held.days),
        matrix_cells(one, ask.today, held.days),
    )


def _undelivered(ask: Ask, held: Held) -> list[str]:
    """Applications that the approval zone has not confirmed yet, told honestly."""
    sent = [one for one in held.latest.values() if one.state == "sent"]
    return [one.item_name for one in sent if not is_delivered(ask.session, one.message_id)]


def _message(one: Message) -> EntryShown:
    return EntryShown(one.at, one.words, "", "now" if one.wants_action else "done", one.href)


def _case_href(ask: Ask, one: Application) -> str:
    return ask.url("application.see", code=one.project_code, application_id=one.id)


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
