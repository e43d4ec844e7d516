"""项目申报: drafts, the steps of the form, the review, and the code at once (A14.1b, A14.1c, A11.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response
from starlette.routing import Route

from core.domain.declaration import Result, step_errors
from core.domain.fields import Step
from core.errors import Absent, Refusal
from core.projects.declaring import begin_draft, draft_for, draft_shown, drafts_of, read, save_step, submit
from core.projects.rules import field_specs, steps
from core.projects.tables import Draft
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from public_portal.declare_views import Answers, asked_of, expected, fields_shown, review, steps_shown

REVIEW = "review"


@dataclass(frozen=True)
class DraftShown:
    """One unfinished declaration in the list."""

    title: str
    href: str
    saved_at: datetime
    steps_done: int


def drafts_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The unfinished declarations and the way to begin another."""
    drafts = drafts_of(ask.session, ask.actor)
    return reply.page(
        ask,
        "public/declare/drafts.html",
        title="项目申报",
        status=reply.status_of(refusal) if refusal else 200,
        drafts=[_draft_shown(ask, draft) for draft in drafts],
        steps=[step.title for step in steps()],
        step_count=len(steps()),
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


@action(allow="declaration.see")
def see_declarations(ask: Ask) -> Response:
    """List the unit's unfinished declarations."""
    return drafts_page(ask)


@action(allow="declaration.write", again=drafts_page, creates=True)
def begin(ask: Ask) -> Response:
    """Begin a declaration with what the platform knows of the unit."""
    draft = begin_draft(ask.session, by=ask.actor, at=ask.now)
    return reply.to(ask.url("declaration.see_step", draft_id=draft.id, step=steps()[0].slug))


def step_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """A step after a refusal: as it was typed, with what may not be stored."""
    draft, step = draft_shown(ask.session, ask.actor, ask.path("draft_id")), _step(ask)
    errors = reply.errors_of(refusal) if refusal else {}
    return _step_page(
        ask, draft, step, _as_typed(ask, draft, step), errors, status=reply.status_of(refusal) if refusal else 200
    )


@action(allow="declaration.write")
def see_step(ask: Ask) -> Response:
    """Show a step as it was saved, or as it was typed when the session ended meanwhile."""
    draft, step = draft_shown(ask.session, ask.actor, ask.path("draft_id")), _step(ask)
    if draft.project_code is not None:
        return reply.to(ask.url("my_project.see_one", code=draft.project_code))
    if step.slug == REVIEW:
        return review_page(ask)
    answers = _as_typed(ask, draft, step)
    errors = {}
    if ask.query("check"):
        errors = step_errors(field_specs(), read(ask.session, answers, at=ask.now), step.slug)
    return _step_page(ask, draft, step, answers, errors, more=bool(ask.query("more")))


@action(allow="declaration.write", again=step_page)
def keep_step(ask: Ask) -> Response:
    """Save a step, right or wrong, and go on; what is wrong is shown at once, and is saved all the same."""
    draft, step = draft_for(ask.session, ask.actor, ask.path("draft_id")), _step(ask)
    if draft.project_code is not None:
        return reply.to(ask.url("my_project.see_one", code=draft.project_code))
    if step.slug == REVIEW:
        return reply.to(ask.url("declaration.see_step", draft_id=draft.id, step=REVIEW))
    asked = _asked(ask, step)
    save_step(ask.session, draft, {name: ask.texts(name) for name in asked}, step=step.slug, by=ask.actor, at=ask.now)
    if ask.text("then") == "leave":
        return reply.to(ask.url("declaration.see"))
    found = step_errors(field_specs(), read(ask.session, draft.answers, at=ask.now), step.slug)
    errors = {name: words for name, words in found.items() if name in asked}
    if errors:
        return _step_page(ask, draft, step, draft.answers, errors, status=422)
    if found:
        # What was answered asks more questions: show them first, they were not left out.
        return reply.to(ask.url("declaration.see_step", draft_id=draft.id, step=step.slug) + "?more=1")
    return reply.to(ask.url("declaration.see_step", draft_id=draft.id, step=_after(step).slug))


@action(allow="declaration.write")
def preview(ask: Ask) -> Response:
    """What the answers typed so far lead to: the expected items, and further questions of this step. Stores nothing."""
    draft, step = draft_shown(ask.session, ask.actor, ask.path("draft_id")), _step(ask)
    answers = _as_typed(ask, draft, step)
    result = read(ask.session, answers, at=ask.now)
    asked = [spec.identifier for spec in asked_of(step, result.facts)]
    return reply.page(
        ask,
        "public/declare/_preview.html",
        title="",
        draft_id=draft.id,
        step=step,
        expected=expected(ask, result.facts),
        fields=fields_shown(ask, step, answers, result.facts, {}),
        asks_anew=asked != _asked(ask, step),
    )


def review_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Everything declared, by section, with every error of every step."""
    draft = draft_shown(ask.session, ask.actor, ask.path("draft_id"))
    if draft.project_code is not None:
        return reply.to(ask.url("my_project.see_one", code=draft.project_code))
    result = read(ask.session, draft.answers, at=ask.now)
    general = {} if refusal is None else {k: v for k, v in reply.errors_of(refusal).items() if k not in result.errors}
    sections = review(ask, draft, result)
    return reply.page(
        ask,
        "public/declare/review.html",
        title="核对并提交",
        status=reply.status_of(refusal) if refusal else 200,
        draft_id=draft.id,
        sections=sections,
        wrong=sum(len(section.errors) for section in sections),
        general=list(general.values()),
        steps=steps_shown(ask, draft, result, steps()[-1]),
        step_count=len(steps()),
        expected=expected(ask, result.facts),
        back=ask.url("declaration.see_step", draft_id=draft.id, step=steps()[-2].slug),
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


@action(allow="declaration.submit")
def see_submission(ask: Ask) -> Response:
    """Whoever comes back to the address of submitting finds the review."""
    return review_page(ask)


@action(allow="declaration.submit", again=review_page, creates=True)
def submit_declaration(ask: Ask) -> Response:
    """Submit: the project exists and bears its code (A11.1)."""
    draft = draft_for(ask.session, ask.actor, ask.path("draft_id"))
    project = submit(ask.session, draft, by=ask.actor, at=ask.now)
    return reply.to(ask.url("my_project.see_one", code=project.code) + "?declared=1")


def _step_page(
    ask: Ask,
    draft: Draft,
    step: Step,
    answers: Answers,
    errors: dict[str, str],
    *,
    status: int = 200,
    more: bool = False,
) -> Response:
    result: Result = read(ask.session, answers, at=ask.now)
    place = steps().index(step)
    return reply.page(
        ask,
        "public/declare/step.html",
        title=f"{step.title} 项目申报",
        status=status,
        draft_id=draft.id,
        saved_at=draft.saved_at,
        step=step,
        step_count=len(steps()),
        steps=steps_shown(ask, draft, result, step),
        fields=fields_shown(ask, step, answers, result.facts, errors),
        expected=expected(ask, result.facts),
        more=more,
        back=ask.url("declaration.see_step", draft_id=draft.id, step=steps()[place - 1].slug) if place else "",
        errors=errors,
    )


def _step(ask: Ask) -> Step:
    for step in steps():
        if step.slug == ask.path("step"):
            return step
    raise Absent("没有这一步，请从项目申报进入")


def _after(step: Step) -> Step:
    return steps()[steps().index(step) + 1]


def _asked(ask: Ask, step: Step) -> list[str]:
    """The fields that stood on the page that was posted; an unticked box posts nothing, yet it was answered."""
    typed = ask.typed or {}
    named = set(typed.get("asked", [""])[0].split(",")) if "asked" in typed else set(step.fields)
    return [name for name in step.fields if name in named]


def _as_typed(ask: Ask, draft: Draft, step: Step) -> Answers:
    """The saved answers, and over them what stands on the page."""
    if ask.typed is None:
        return draft.answers
    return {**draft.answers, **{name: ask.typed.get(name, []) for name in _asked(ask, step)}}


def _draft_shown(ask: Ask, draft: Draft) -> DraftShown:
    names: Sequence[str] = draft.answers.get("project_name") or [""]
    visited = [step.slug for step in steps() if step.slug in draft.visited]
    onward = next((step for step in steps() if step.slug not in visited), steps()[-1])
    return DraftShown(
        names[0] or "尚未填写项目名称",
        ask.url("declaration.see_step", draft_id=draft.id, step=onward.slug),
        draft.saved_at,
        len(visited),
    )


routes = [
    Route("/declarations", see_declarations, methods=["GET"], name="declaration.see"),
    Route("/declarations", begin, methods=["POST"], name="declaration.begin"),
    Route("/declarations/{draft_id}/submission", see_submission, methods=["GET"], name="declaration.see_submission"),
    Route("/declarations/{draft_id}/submission", submit_declaration, methods=["POST"], name="declaration.submit"),
    Route("/declarations/{draft_id}/{step}", see_step, methods=["GET"], name="declaration.see_step"),
    Route("/declarations/{draft_id}/{step}", keep_step, methods=["POST"], name="declaration.write"),
    Route("/declarations/{draft_id}/{step}/preview", see_step, methods=["GET"], name="declaration.see_preview"),
    Route("/declarations/{draft_id}/{step}/preview", preview, methods=["POST"], name="declaration.preview"),
]
