"""Applying: choose due items, hand in each material once, apply for all of them in one go (A14.1d)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.cases.applying import apply, why_not_yet
from core.errors import Refusal
from core.projects.declaring import project_of
from core.projects.tables import ToldDueItem
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown
from public_portal.material_views import ACCEPT, RULES, material_rows
from public_portal.project_views import ANSWERED_IN, Held, held_of


@dataclass(frozen=True)
class ChoiceShown:
    """A due item to choose, or why it can't be chosen yet."""

    code: str
    name: str
    org_unit_name: str
    why: str
    why_not: str
    chosen: bool


def choose_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Items to choose, and for the chosen ones their materials, each once."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    held = held_of(ask, project)
    chosen = [row for row in open_items(held) if row.item_code in chosen_codes(ask)]
    errors = reply.errors_of(refusal) if refusal else {}
    return reply.page(
        ask,
        "public/apply/choose.html",
        title="申请事项",
        status=reply.status_of(refusal) if refusal else 200,
        project=ProjectShown(project.name, project.code, ask.url("my_project.see_one", code=project.code)),
        code=project.code,
        open_items=[_choice(row, held, chosen) for row in open_items(held)],
        later_items=[_choice(row, held, chosen) for row in held.due if _waits(row, held)],
        chosen=[row.item_name for row in chosen],
        errors=errors,
        **materials_shown(ask, held, chosen, errors),
    )


@action(allow="application.make")
def choose(ask: Ask) -> Response:
    """Show what can be applied for."""
    return choose_page(ask)


@action(allow="application.make", again=choose_page, creates=True)
def apply_now(ask: Ask) -> Response:
    """Apply for the chosen items in one go."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    made = apply(
        ask.session,
        project,
        ask.texts("item"),
        knowing_missing=ask.text("knowing_missing") == "true",
        by=ask.actor,
        at=ask.now,
    )
    return reply.to(f"{ask.url('my_project.see_one', code=project.code)}?applied={len(made)}")


def materials_shown(ask: Ask, held: Held, chosen: Sequence[ToldDueItem], errors: dict[str, str]) -> dict[str, Any]:
    """What the page shows of the materials of the chosen items; `errors` by the id of a row."""
    guides = [held.guides[row.item_code] for row in chosen]
    rows = material_rows(ask, held.project.code, guides, held.wanted)
    return {
        "rows": [replace(row, error=errors.get(row.id, "")) for row in rows if not row.is_shared],
        "shared": [row for row in rows if row.is_shared],
        "missing": [row.name for row in rows if row.is_missing],
        "chosen_codes": [row.item_code for row in chosen],
        "accept": ACCEPT,
        "rules": RULES,
        "answered_in": ANSWERED_IN,
    }


def chosen_codes(ask: Ask) -> list[str]:
    """The items chosen, from the form or the address."""
    if ask.typed is not None and "item" in ask.typed:
        return ask.typed["item"]
    return ask.request.query_params.getlist("item")


def open_items(held: Held) -> list[ToldDueItem]:
    """The due items that can be applied for now."""
    return [row for row in held.due if held.takes_applications and not why_not_yet(row, held.latest)]


def _waits(row: ToldDueItem, held: Held) -> bool:
    return bool(why_not_yet(row, held.latest)) and row.item_code not in held.latest


def _choice(row: ToldDueItem, held: Held, chosen: Sequence[ToldDueItem]) -> ChoiceShown:
    return ChoiceShown(
        row.item_code, row.item_name, row.org_unit_name, row.why, why_not_yet(row, held.latest), row in chosen
    )


routes = [
    Route("/projects/{code}/applications/new", choose, methods=["GET"], name="application.choose"),
    Route("/projects/{code}/applications", choose, methods=["GET"], name="application.choose_again"),
    Route("/projects/{code}/applications", apply_now, methods=["POST"], name="application.make"),
]
