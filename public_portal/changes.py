"""变更与中止: the unit applies for a change, suspension, resumption, termination or major change (A12.2, A14.1e)."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.changes import requesting
from core.changes.tables import ChangeRequest
from core.domain.change_states import (
    CHANGE,
    EDITABLE,
    KIND_HINTS,
    KIND_WORDS,
    WITH_FACTS,
    ChangeKind,
    ChangeState,
    may_apply_for,
)
from core.domain.changes import in_code, major_signs
from core.domain.declaration import step_errors
from core.domain.fields import Step
from core.domain.project_states import PROJECT
from core.errors import Absent, FormRefusal, Refusal
from core.projects.declaring import project_of
from core.projects.rules import field_specs, labels, steps
from core.projects.tables import DeclaredProject
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown
from public_portal.change_views import differences_shown, list_rows, parts_shown
from public_portal.declare_views import Answers, fields_shown
from public_portal.deliveries import under_way


def list_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Every request of a project, and what may be applied for now."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    open_kinds = requesting.open_kinds(ask.session, project.code)
    return reply.page(
        ask,
        "public/changes/list.html",
        title="变更、中止与终止",
        project=_shown(ask, project),
        code=project.code,
        state=PROJECT.word(project.state),
        rows=list_rows(ask, requesting.requests_of(ask.session, project.code)),
        kinds=[(str(kind), KIND_WORDS[kind], KIND_HINTS[kind]) for kind in may_apply_for(project.state)],
        is_busy=bool(open_kinds),
        **_refused(refusal),
    )


@action(allow="my_change.see")
def see_changes(ask: Ask) -> Response:
    """List the requests of a project."""
    return list_page(ask)


@action(allow="my_change.make", again=list_page, creates=True)
def begin(ask: Ask) -> Response:
    """Begin a request of the chosen kind."""
    project = project_of(ask.session, ask.actor, ask.path("code"))
    request = requesting.begin(ask.session, project, ask.text("kind")[:20], by=ask.actor, at=ask.now)
    return reply.to(ask.url("my_change.see_one", code=project.code, change_id=request.id))


def change_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One request: what was altered, what is still to be filled in, or how it stands."""
    project, request = _own(ask)
    has_facts = request.kind in WITH_FACTS
    is_editable = request.state in EDITABLE and request.withdrawn_at is None
    facts, changed = requesting.changed_now(ask.session, request, at=ask.now)
    result = requesting.read_change(ask.session, request, at=ask.now) if has_facts and is_editable else None
    wrong = dict(result.errors) if result else {}
    errors = reply.errors_of(refusal) if refusal else {}
    beside_form = {name: words for name, words in errors.items() if name in ("", "kind", "reason", "expected_on")}
    return reply.page(
        ask,
        "public/changes/change.html",
        title=f"{_title(request)} {project.code}",
        status=reply.status_of(refusal) if refusal else 200,
        errors=beside_form,
        project=_shown(ask, project),
        code=project.code,
        request=request,
        kind=KIND_WORDS[ChangeKind(request.kind)],
        hint=KIND_HINTS[ChangeKind(request.kind)],
        state="正在撤回"
        if request.withdrawn_at and request.state in EDITABLE | {ChangeState.SUBMITTED}
        else CHANGE.word(request.state),
        has_facts=has_facts,
        is_editable=is_editable,
        may_withdraw=request.state in CHANGE.sources("withdraw") and request.withdrawn_at is None,
        under_way=under_way(ask, request.message_id, "撤回" if request.withdrawn_at else "申请"),
        parts=parts_shown(ask, request, changed, wrong) if has_facts and is_editable else [],
        wrong=[(labels()[name].step, name, words) for name, words in wrong.items()],
        differences=differences_shown(ask, request, facts) if has_facts else (),
        named=[labels()[field].spoken for field in in_code(changed)],
        signs=major_signs(request.before, facts) if has_facts else (),
        kinds=[(str(one), KIND_WORDS[one]) for one in (ChangeKind.CHANGE, ChangeKind.MAJOR)],
        asks_when=request.kind == ChangeKind.SUSPENSION,
        longest=requesting.LONGEST_REASON,
    )


@action(allow="my_change.see")
def see_change(ask: Ask) -> Response:
    """Show one request."""
    return change_page(ask)


def step_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One part of the declaration, filled in with what is declared or was altered already."""
    project, request = _own(ask)
    step = _step(ask)
    if request.state not in EDITABLE or request.withdrawn_at is not None:
        return reply.to(ask.url("my_change.see_one", code=project.code, change_id=request.id))
    errors = reply.errors_of(refusal) if refusal else {}
    answers = _as_typed(ask, request, step)
    result = requesting.read_change(ask.session, request, answers, at=ask.now)
    if refusal is None and (ask.query("check") or ask.query("more")):
        errors = step_errors(field_specs(), result, step.slug) if ask.query("check") else {}
    return reply.page(
        ask,
        "public/changes/step.html",
        title=f"{step.title} 变更",
        status=reply.status_of(refusal) if refusal else 200,
        errors=errors,
        project=_shown(ask, project),
        code=project.code,
        request=request,
        step=step,
        fields=fields_shown(ask, step, answers, result.facts, errors),
        more=bool(ask.query("more")),
    )


@action(allow="my_change.make")
def see_step(ask: Ask) -> Response:
    """Show one part of the declaration."""
    return step_page(ask)


@action(allow="my_change.make", again=step_page)
def keep_step(ask: Ask) -> Response:
    """Save one part, right or wrong; what is wrong is shown at once and is saved all the same."""
    project, request = _own(ask)
    step = _step(ask)
    asked = _asked(ask, step)
    requesting.save_step(
        ask.session, request, {name: ask.texts(name) for name in asked}, step=step.slug, by=ask.actor, at=ask.now
    )
    found = step_errors(field_specs(), requesting.read_change(ask.session, request, at=ask.now), step.slug)
    here = {"code": project.code, "change_id": request.id}
    if any(name in asked for name in found):
        return reply.to(f"{ask.url('my_change.see_step', **here, step=step.slug)}?check=1")
    if found:
        return reply.to(f"{ask.url('my_change.see_step', **here, step=step.slug)}?more=1")
    return reply.to(ask.url("my_change.see_one", **here))


@action(allow="my_change.make", again=change_page, creates=True)
def submit(ask: Ask) -> Response:
    """Send the request to the coordinator."""
    project, request = _own(ask)
    try:
        requesting.submit(
            ask.session, request, project, kind=ask.text("kind")[:20] or request.kind, reason=ask.text("reason"),
            expected_on=ask.day("expected_on"), by=ask.actor, at=ask.now, seen=ask.seen(),
        )  # fmt: skip
    except FormRefusal as refusal:
        if set(refusal.errors) <= {"reason"}:
            raise
        words = "变更后的申报信息还有要改的地方，见“要改正的地方”"
        raise FormRefusal({"": words, **refusal.errors}, article="A14.1e") from None
    return reply.to(ask.url("my_change.see_one", code=project.code, change_id=request.id))


@action(allow="my_change.make", again=change_page, creates=True)
def withdraw(ask: Ask) -> Response:
    """Take the request back."""
    project, request = _own(ask)
    requesting.withdraw(ask.session, request, project, by=ask.actor, at=ask.now)
    return reply.to(ask.url("my_change.see_one", code=project.code, change_id=request.id))


def _own(ask: Ask) -> tuple[DeclaredProject, ChangeRequest]:
    project = project_of(ask.session, ask.actor, ask.path("code"))
    return project, requesting.request_of(ask.session, project.code, ask.path("change_id"))


def _shown(ask: Ask, project: DeclaredProject) -> ProjectShown:
    return ProjectShown(project.name, project.code, ask.url("my_project.see_one", code=project.code))


def _title(request: ChangeRequest) -> str:
    return f"{KIND_WORDS[ChangeKind(request.kind)]}申请"


def _step(ask: Ask) -> Step:
    for step in steps():
        if step.slug == ask.path("step") and step.fields:
            return step
    raise Absent("没有这一部分，请从变更申请进入")


def _asked(ask: Ask, step: Step) -> list[str]:
    typed = ask.typed or {}
    named = set(typed.get("asked", [""])[0].split(",")) if "asked" in typed else set(step.fields)
    return [name for name in step.fields if name in named]


def _as_typed(ask: Ask, request: ChangeRequest, step: Step) -> Answers:
    if ask.typed is None:
        return request.answers
    return {**request.answers, **{name: ask.typed.get(name, []) for name in _asked(ask, step)}}


def _refused(refusal: Refusal | None) -> dict[str, Any]:
    return {"errors": reply.errors_of(refusal), "status": reply.status_of(refusal)} if refusal else {}


_ONE = "/projects/{code}/changes/{change_id}"
routes = [
    Route("/projects/{code}/changes", see_changes, methods=["GET"], name="my_change.see"),
    Route("/projects/{code}/changes", begin, methods=["POST"], name="my_change.begin"),
    Route(_ONE, see_change, methods=["GET"], name="my_change.see_one"),
    Route(f"{_ONE}/submission", see_change, methods=["GET"], name="my_change.see_submission"),
    Route(f"{_ONE}/submission", submit, methods=["POST"], name="my_change.submit"),
    Route(f"{_ONE}/withdrawal", see_change, methods=["GET"], name="my_change.see_withdrawal"),
    Route(f"{_ONE}/withdrawal", withdraw, methods=["POST"], name="my_change.withdraw"),
    Route(f"{_ONE}/parts/{{step}}", see_step, methods=["GET"], name="my_change.see_step"),
    Route(f"{_ONE}/parts/{{step}}", keep_step, methods=["POST"], name="my_change.save_step"),
]
