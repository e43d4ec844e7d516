"""待办变更: the coordinator decides what units applied for; everybody in the project reads the difference (A14.1e)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.changes import deciding, queries
from core.changes.effects import effects
from core.changes.tables import ProjectChange
from core.domain.change_states import CHANGE, KIND_HINTS, KIND_WORDS, WITH_FACTS, ChangeKind, ChangeState, Fate
from core.domain.policy import Actor, may_ever
from core.errors import Conflict, Refusal, RuleRefusal
from core.organisations import organisations
from core.projects.tables import Project
from core.trace import entries_of
from core.web import reply
from core.web.action import Endpoint, action
from core.web.ask import Ask
from core.web.shown import ProjectShown, address_of, page_number, page_of
from extranet_portal.change_views import TONES, altered, cases_shown, fates_shown
from extranet_portal.shown import errors_given, trace_lines, who_did
from extranet_portal.typed import Limits, read_texts, refuse_stale

VIEWS = {"waiting": "待决定", "returned": "已退回，等单位修改", "decided": "已决定"}
_OPINION: Limits = {"opinion": ("意见", deciding.LONGEST_REASON)}
_REASON: Limits = {"reason": ("理由", deciding.LONGEST_REASON)}
_DONE = {
    "grant": "已同意，项目单位随即收到",
    "grant_as_major": "已同意重新赋码。新代码赋予后，选定的办件自动转入",
    "return": "已退回项目单位修改",
    "refuse": "已作不予同意处理，项目单位随即收到",
}


@dataclass(frozen=True)
class RowShown:
    """One request in the list."""

    href: str
    kind: str
    state: str
    tone: str
    project: ProjectShown
    unit_name: str
    submitted_at: datetime
    place: str


@action(allow="change.list")
def list_changes(ask: Ask) -> Response:
    """The requests of one's regions: those that wait first."""
    view = ask.query("view") if ask.query("view") in VIEWS else "waiting"
    page, words = page_number(ask.query("page")), ask.query("q").strip()[:100]
    rows = queries.changes_page(ask.session, ask.actor, view, words=words, page=page)
    here = rows[: queries.PAGE]
    tree = organisations(ask.session)
    chosen = {"view": view if view != "waiting" else "", "q": words}
    return reply.page(
        ask,
        "extranet/changes/list.html",
        title="变更",
        views=[(name, word, address_of("/changes", chosen, view=name)) for name, word in VIEWS.items()],
        view=view,
        view_word=VIEWS[view],
        words=words,
        clear_href=address_of("/changes", chosen, q=""),
        rows=[
            RowShown(
                ask.url("change.see", change_id=row.id),
                KIND_WORDS[ChangeKind(row.kind)],
                CHANGE.word(row.state),
                TONES.get(ChangeState(row.state), "still"),
                ProjectShown(row.project_name, row.project_code, ask.url("change.see", change_id=row.id)),
                row.unit_name,
                row.submitted_at,
                tree.path(row.region_code),
            )
            for row in here
        ],
        pager_page=page_of("/changes", chosen, page, size=queries.PAGE, shown=len(here), more=len(rows) > queries.PAGE)
        if here
        else None,
    )


def change_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One request with its difference, what granting would do, and what can be decided."""
    change = queries.change_for(ask.session, ask.actor, ask.path("change_id"))
    project = ask.session.get_one(Project, change.project_code)
    trace = entries_of(ask.session, "change", change.id)
    waits = change.state == ChangeState.SUBMITTED
    decides = waits and queries.may_decide(ask.session, ask.actor, change)
    found = altered(ask, change)
    return reply.page(
        ask,
        "extranet/changes/change.html",
        title=f"{KIND_WORDS[ChangeKind(change.kind)]}申请 {project.code}",
        project=ProjectShown(project.name, project.code, ask.url("project.see", code=project.code)),
        change=change,
        kind=KIND_WORDS[ChangeKind(change.kind)],
        hint=KIND_HINTS[ChangeKind(change.kind)],
        state=CHANGE.word(change.state),
        tone=TONES.get(ChangeState(change.state), "still"),
        unit_name=project.unit_name,
        altered=found,
        effects=effects(ask.session, change, on=ask.today) if waits else None,
        cases=cases_shown(ask, change) if waits else [],
        fates=fates_shown(ask, change),
        decides=decides,
        waits_for=organisations(ask.session).region_name(change.region_code) if waits and not decides else "",
        may_grant=change.kind != ChangeKind.MAJOR and not found.named,
        may_be_major=change.kind in WITH_FACTS,
        asks_fates=change.kind in WITH_FACTS or change.kind == ChangeKind.TERMINATION,
        new_project=_new_project(ask, change),
        done_words=_DONE.get(ask.query("done"), ""),
        conflict=_conflict(ask, refusal, trace),
        trace=trace_lines(trace, with_reasons=True),
        longest=deciding.LONGEST_REASON,
        **errors_given(None if isinstance(refusal, Conflict) else refusal),
        **({"status": 409} if isinstance(refusal, Conflict) else {}),
    )


@action(allow="change.see")
def see_change(ask: Ask) -> Response:
    """Show one request."""
    return change_page(ask)


@action(allow="change.grant", again=change_page, creates=True)
def grant(ask: Ask) -> Response:
    """Grant; the code stays."""
    change = _to_decide(ask, "change.grant")
    opinion = read_texts(ask, _OPINION)["opinion"]
    deciding.grant(
        ask.session, change, fates=_fates(ask), opinion=opinion, by=ask.actor, at=ask.now, seen=ask.seen()
    )  # fmt: skip
    return _done(ask, change, "grant")


@action(allow="change.grant_as_major", again=change_page, creates=True)
def grant_as_major(ask: Ask) -> Response:
    """Grant as a major change: a new code."""
    change = _to_decide(ask, "change.grant_as_major")
    opinion = read_texts(ask, _OPINION)["opinion"]
    deciding.grant_as_major(
        ask.session, change, fates=_fates(ask), opinion=opinion, by=ask.actor, at=ask.now, seen=ask.seen()
    )  # fmt: skip
    return _done(ask, change, "grant_as_major")


@action(allow="change.return", again=change_page, creates=True)
def send_back(ask: Ask) -> Response:
    """Give the request back to the unit."""
    change = _to_decide(ask, "change.return")
    reason = read_texts(ask, _REASON)["reason"]
    deciding.send_back(ask.session, change, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return _done(ask, change, "return")


@action(allow="change.refuse", again=change_page, creates=True)
def refuse(ask: Ask) -> Response:
    """Refuse the request."""
    change = _to_decide(ask, "change.refuse")
    reason = read_texts(ask, _REASON)["reason"]
    deciding.refuse(ask.session, change, reason=reason, by=ask.actor, at=ask.now, seen=ask.seen())
    return _done(ask, change, "refuse")


def has_list(actor: Actor) -> bool:
    """Whether this officer has use for the list."""
    return may_ever(actor, "change.list")


def waiting(ask: Ask) -> int | None:
    """How many requests wait for this officer; None for who decides on none."""
    return queries.waiting_for(ask.session, ask.actor) if may_ever(ask.actor, "change.grant") else None


def _to_decide(ask: Ask, permission: str) -> ProjectChange:
    change = queries.change_for(ask.session, ask.actor, ask.path("change_id"), permission)
    refuse_stale(ask, change.version)
    return change


def _fates(ask: Ask) -> dict[str, str]:
    """What was chosen for each open case; anything else than a fate counts as nothing."""
    typed = ask.answers()
    found = {name.removeprefix("fate-"): values[0] for name, values in typed.items() if name.startswith("fate-")}
    return {identity: fate for identity, fate in found.items() if fate in set(Fate)}


def _done(ask: Ask, change: ProjectChange, event: str) -> Response:
    return reply.to(f"{ask.url('change.see', change_id=change.id)}?done={event}")


def _conflict(ask: Ask, refusal: Refusal | None, trace: Any) -> str:
    """Who was faster, when somebody was."""
    late = isinstance(refusal, Conflict) or (isinstance(refusal, RuleRefusal) and refusal.words.startswith("现在是“"))
    return who_did(trace[0], ask.actor.id, ask.now) if late and trace else ""


def _new_project(ask: Ask, change: ProjectChange) -> ProjectShown | None:
    found = ask.session.get(Project, change.new_code) if change.new_code else None
    return ProjectShown(found.name, found.code, ask.url("project.see", code=found.code)) if found else None


def _act_routes(noun: str, event: str, act: Endpoint) -> list[Route]:
    path = f"/changes/{{change_id}}/{noun}"
    return [
        Route(path, see_change, methods=["GET"], name=f"change.{event}_form"),
        Route(path, act, methods=["POST"], name=f"change.{event}"),
    ]


routes = [
    Route("/changes", list_changes, methods=["GET"], name="change.list"),
    Route("/changes/{change_id}", see_change, methods=["GET"], name="change.see"),
    *_act_routes("approval", "grant", grant),
    *_act_routes("new-code", "grant_as_major", grant_as_major),
    *_act_routes("return", "return", send_back),
    *_act_routes("refusal", "refuse", refuse),
]
