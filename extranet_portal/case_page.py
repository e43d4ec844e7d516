"""The page of one case: read, decide, see why; every act on it comes back here (design 07)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from core.cases import queries
from core.cases.facts import guide_of
from core.cases.project_queries import declared_facts
from core.cases.tables import Case
from core.domain.case_states import CASE
from core.domain.project_states import PROJECT
from core.errors import Conflict, Refusal
from core.projects.tables import Project
from core.trace import AuditRow, entries_of
from core.web import reply
from core.web.ask import Ask
from core.web.shown import ProjectShown, date_words
from extranet_portal import case_views as views
from extranet_portal.case_acts import DONE_WORDS, NOUNS, acts, waiting_words
from extranet_portal.case_clocks import clocks_shown
from extranet_portal.case_files import FileShown, chosen_file, materials, notice_files
from extranet_portal.case_panels import panels
from extranet_portal.case_tasks import task_groups
from extranet_portal.desk_lists import list_of, neighbours
from extranet_portal.desk_panels import lying
from extranet_portal.proposal_form import proposal_form
from extranet_portal.shown import errors_given, fact_groups, on_day, trace_lines, who_did
from extranet_portal.typed import refuse_stale

_OWN_FIELDS = ("csrf_token", "nonce", "version", "outcome", "scan_kept", "items", "ground", "document_on")


@dataclass(frozen=True)
class ConflictShown:
    """Someone was faster: who did what, and what the reader had typed in a form that is no longer there."""

    words: str
    kept: tuple[str, ...]


def case_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The case as it stands, with what is wrong in the form that was sent, if one was."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"))
    project = ask.session.get_one(Project, case.project_code)
    entries = entries_of(ask.session, "case", case.application_id)
    open_acts = acts(ask, case, project)
    decision = views.decision_shown(ask, case)
    return reply.page(
        ask,
        "extranet/intake/case.html",
        title=f"{case.item_name} {case.project_code}",
        **case_head(ask, case, project),
        **_files(ask, case, decision),
        **errors_of(ask, case, refusal, entries, is_shown=_event_sent(ask) in open_acts),
        done_words=_done_words(ask, case, entries),
        acts=open_acts,
        acts_heading=CASE.word(case.state),
        neighbours=neighbours(ask, case),
        lying=lying(ask, case),
        tasks=task_groups(ask, case, project, entries, open_acts),
        waiting_words="" if open_acts else waiting_words(ask.session, case),
        code_summary=_code_summary(ask, project) if "pass_preliminary" in open_acts else [],
        proposal=proposal_form(ask, case, project) if "propose" in open_acts else None,
        decision=decision,
        others=views.others(ask.session, ask.actor, case, today=ask.today),
        panels=panels(ask, case, project),
        clocks=clocks_shown(ask.session, case, on=ask.today),
        declared=fact_groups(declared_facts(ask.session, project.code), with_contacts=True),
        trace=trace_lines(entries, with_reasons=True),
        sees_project=queries.may_see_project(ask.session, ask.actor, project),
    )


def case_head(ask: Ask, case: Case, project: Project) -> dict[str, Any]:
    """What the head of every page about a case needs."""
    light, due_on = views.light(ask.session, case, on=ask.today)
    return {
        "case": case,
        "case_href": ask.url("case.see", case_id=case.id),
        "project": ProjectShown(project.name, project.code),
        "unit_name": project.unit_name,
        "guide_number": guide_of(ask.session, case).number,
        "light": light,
        "due_on": due_on,
        "stages": views.stages(ask.session, case, today=ask.today),
        "version": case.version,
    }


def case_to_change(ask: Ask, action: str) -> Case:
    """The case that a form is about, if this officer may do `action` on it and nobody was faster."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), action)
    refuse_stale(ask, case.version)
    return case


def done(ask: Ask, case: Case, event: str) -> Response:
    """After an act: back to the case, which says what was done."""
    return reply.to("&".join(filter(None, (f"{ask.url('case.see', case_id=case.id)}?done={event}", list_of(ask)))))


def errors_of(
    ask: Ask, case: Case, refusal: Refusal | None, entries: Sequence[AuditRow] = (), *, is_shown: bool = True
) -> dict[str, Any]:
    """What a page is told of a refusal: status, words by field, and who was faster if somebody was."""
    given = {"errors": {}, "status": 200, "conflict": None, "failed": "", **errors_given(refusal)}
    given["failed"] = _event_sent(ask) if refusal is not None else ""
    if isinstance(refusal, Conflict):
        is_stale = ask.seen() not in (None, case.version)
        latest = entries or entries_of(ask.session, "case", case.application_id, limit=1)
        words = who_did(latest[0], ask.actor.id, ask.now) if is_stale and latest else refusal.words
        given |= {"errors": {}, "conflict": ConflictShown(words, () if is_shown else _kept(ask))}
    return given


def _kept(ask: Ask) -> tuple[str, ...]:
    typed = ask.typed or {}
    return tuple(
        value.strip() for name, values in typed.items() if name not in _OWN_FIELDS for value in values if value.strip()
    )


def _event_sent(ask: Ask) -> str:
    noun = ask.request.url.path.rsplit("/", 1)[-1]
    return next((event for event, known in NOUNS.items() if known == noun), "")


def _files(ask: Ask, case: Case, decision: views.DecisionShown | None) -> dict[str, Any]:
    shown = materials(ask, case)
    scan = decision.file if decision else None
    files: list[FileShown] = [scan] if scan else []
    files += [one for need in shown.needs for one in need.files]
    notices = notice_files(ask, case)
    return {
        "materials": shown,
        "notices": notices,
        "scan": scan,
        "viewed": chosen_file(ask.query("m"), [*files, *notices]),
    }


def _code_summary(ask: Ask, project: Project) -> list[tuple[str, str]]:
    verified = on_day(project.verified_at, ask.today, "申报信息与代码一致") or "申报信息与代码不一致"
    return [
        ("项目代码", project.code),
        ("项目", project.name),
        ("项目单位", project.unit_name),
        ("状态", PROJECT.word(project.state)),
        ("平台核验", verified),
    ]


def _done_words(ask: Ask, case: Case, entries: Sequence[AuditRow]) -> str:
    event = ask.query("done")
    # what an act brought with it stands in the trace at the same instant
    latest = next((one for one in entries if one.at == entries[0].at and one.action == f"case.{event}"), None)
    if event not in DONE_WORDS or latest is None or latest.actor_id != ask.actor.id:
        return ""
    due = f"，{date_words(case.due_on, ask.today)}到期" if case.due_on and case.concluded_at is None else ""
    return f"{DONE_WORDS[event]}{due}"
