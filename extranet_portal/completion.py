"""The 办结通知书 voided and issued anew by the coordinator, when what it says of its unit is wrong (A14.3, A14.5)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases import completing, queries
from core.errors import Conflict, NotAllowed, Refusal
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown
from extranet_portal.shown import errors_given
from extranet_portal.typed import Limits, read_texts

_REASON: Limits = {"reason": ("作废的原因", 500)}


def reissue_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask why; a project without a notice that stands says so."""
    project = _project(ask)
    notice = completing.standing_notice(ask.session, project.code)
    conflict = refusal.words if isinstance(refusal, Conflict) else ""
    return reply.page(
        ask,
        "extranet/projects/reissue.html",
        title=f"重新签发办结通知书 {project.code}",
        project=ProjectShown(project.name, project.code),
        project_href=ask.url("project.see", code=project.code),
        act_href=ask.request.url.path,
        number=notice.number if notice else "",
        version=project.version,
        conflict=conflict,
        **errors_given(None if conflict else refusal),
        **({"status": reply.status_of(refusal)} if conflict and refusal else {}),
    )


@action(allow="completion.reissue")
def ask_reissue(ask: Ask) -> Response:
    """Show the form."""
    return reissue_page(ask)


@action(allow="completion.reissue", again=reissue_page, creates=True)
def reissue(ask: Ask) -> Response:
    """Void the notice and issue it anew over the same list (A14.5)."""
    project = _project(ask)
    reason = read_texts(ask, _REASON)["reason"]
    completing.reissue(ask.session, project, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to(ask.url("project.see", code=project.code))


def _project(ask: Ask) -> Project:
    project = queries.project_for(ask.session, ask.actor, ask.path("code"))
    if not completing.may_reissue(ask.session, ask.actor, project):
        raise NotAllowed("办结通知书由综合管理部门作废和重新签发，你可以查看项目", article="A14.5")
    return project


routes = [
    Route("/projects/{code}/completion-reissues", ask_reissue, methods=["GET"], name="completion.reissue_form"),
    Route("/projects/{code}/completion-reissues", reissue, methods=["POST"], name="completion.reissue"),
]
