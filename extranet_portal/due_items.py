"""Adding to and dropping from the list of due items of a project, with a reason that the unit reads (A14.1c)."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.cases import queries, replanning
from core.cases.project_queries import due_items_of_project
from core.domain.case_states import CaseState
from core.errors import Conflict, NotAllowed, Refusal
from core.guides.publishing import catalogue, item_name
from core.projects.due_list import LONGEST_REASON
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown
from extranet_portal.shown import errors_given
from extranet_portal.typed import Limits, read_texts

_REASON: Limits = {"reason": ("理由", LONGEST_REASON)}


def addition_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask which item of the catalogue becomes due, and why."""
    project = _project(ask)
    live = {row.item_code for row in due_items_of_project(ask.session, project.code) if row.dropped_on is None}
    choices = [
        (guide.item_code, f"{guide.name}（{guide.item_code}）")
        for guide in catalogue(ask.session, on=ask.today).guides.values()
        if guide.item_code not in live and project.project_type in guide.project_types
    ]
    return _page(ask, project, "extranet/due_items/addition.html", refusal, "增加应办事项", choices=choices)


def removal_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask which item is due no longer, and why; those with a case can't be chosen and say so."""
    project = _project(ask)
    standing = replanning.standing_cases(ask.session, project.code)
    live = [row for row in due_items_of_project(ask.session, project.code) if row.dropped_on is None]
    choices = [(row.item_code, item_name(ask.session, row.item_code)) for row in live if row.item_code not in standing]
    staying = [
        (case.item_name, f"{'已办结' if case.state == CaseState.CONCLUDED else '正在办理'}（办件 {case.number}）")
        for row in live
        if (case := standing.get(row.item_code))
    ]
    template = "extranet/due_items/removal.html"
    return _page(ask, project, template, refusal, "去掉应办事项", choices=choices, staying=staying)


@action(allow="due_item.change")
def ask_addition(ask: Ask) -> Response:
    """Show the form for an addition."""
    return addition_page(ask)


@action(allow="due_item.change", again=addition_page, creates=True)
def add(ask: Ask) -> Response:
    """Make an item due; the unit is told (A14.1c)."""
    return _change(ask, replanning.add_due_item)


@action(allow="due_item.change")
def ask_removal(ask: Ask) -> Response:
    """Show the form for a removal."""
    return removal_page(ask)


@action(allow="due_item.change", again=removal_page, creates=True)
def drop(ask: Ask) -> Response:
    """Take an item off the list; the unit is told (A14.1c)."""
    return _change(ask, replanning.drop_due_item)


def _change(ask: Ask, act: Callable[..., None]) -> Response:
    project = _project(ask)
    reason = read_texts(ask, _REASON)["reason"]
    act(ask.session, project, ask.text("item")[:20], reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to(ask.url("project.see", code=project.code))


def _project(ask: Ask) -> Project:
    project = queries.project_for(ask.session, ask.actor, ask.path("code"))
    if not replanning.may_change_list(ask.session, ask.actor, project):
        raise NotAllowed("应办事项由综合管理部门或项目牵头部门增减，你可以查看项目", article="A14.1c")
    return project


def _page(ask: Ask, project: Project, template: str, refusal: Refusal | None, title: str, **content: Any) -> Response:
    return reply.page(
        ask,
        template,
        title=f"{title} {project.code}",
        heading=title,
        project=ProjectShown(project.name, project.code),
        project_href=ask.url("project.see", code=project.code),
        act_href=ask.request.url.path,
        version=project.version,
        longest=LONGEST_REASON,
        conflict=refusal if isinstance(refusal, Conflict) else None,
        **content,
        **errors_given(None if isinstance(refusal, Conflict) else refusal),
        **({"status": reply.status_of(refusal)} if isinstance(refusal, Conflict) else {}),
    )


routes = [
    Route("/projects/{code}/additions", ask_addition, methods=["GET"], name="due_item.ask_addition"),
    Route("/projects/{code}/additions", add, methods=["POST"], name="due_item.add"),
    Route("/projects/{code}/removals", ask_removal, methods=["GET"], name="due_item.ask_removal"),
    Route("/projects/{code}/removals", drop, methods=["POST"], name="due_item.drop"),
]
