"""会商函询: lists of what a unit is asked and asks others, the form, one page for asker and addressee (A14.4b)."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.cases import consulting
from core.cases import queries as case_queries
from core.cases.consulting import asker_of_case
from core.cases.project_queries import declared_facts
from core.cases.tables import Case
from core.consultations import asking, queries
from core.consultations.queries import ListFilter
from core.consultations.tables import Consultation, ConsultationMaterial
from core.domain.consultation_states import (
    CONSULTATION,
    KIND_WORDS,
    OPINION_WORDS,
    REPLY,
    ConsultationState,
    ReplyState,
)
from core.domain.policy import Actor, may_ever, reach
from core.errors import Absent, Conflict, Refusal
from core.organisations import organisations, reaches
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown, address_of, page_number, page_of
from extranet_portal import consultation_views as views
from extranet_portal.case_page import case_head
from extranet_portal.consultation_form import (
    asker_of,
    asker_of_project,
    letter_form,
    read_letter,
)
from extranet_portal.files import sent as sent_file
from extranet_portal.shown import errors_given, fact_groups

DONE_WORDS = {
    "send": "已发出，对方单位在“会商函询”里看到",
    "draft": "已存为草稿，只有本单位承办人能看到",
    "remind": "已催办",
    "ask_again": "已再次征求意见，重新计算答复期限",
    "withdraw": "已撤回，对方单位不再需要答复",
    "close": "已结束，可以继续办理",
    "reopen": "已重新征求意见",
    "answer": "已答复，发起单位可以看到",
}


@action(allow="consultation.see")
def list_consultations(ask: Ask) -> Response:
    """What was asked of the officer's units, or with `view=sent` what they asked others."""
    is_sent = ask.query("view") == "sent"
    machine = CONSULTATION if is_sent else REPLY
    states = [state for state in (ConsultationState if is_sent else ReplyState) if state != ReplyState.CHOSEN]
    chosen = ListFilter(
        words=ask.query("q")[:100],
        state=ask.query("state") if ask.query("state") in {str(state) for state in states} else "",
        page=page_number(ask.query("page")),
    )
    filters = {"view": "sent" if is_sent else "", "q": chosen.words, "state": chosen.state}
    if is_sent:
        rows = [views.sent_row(ask, row) for row in queries.sent(ask.session, ask.actor, chosen)]
    else:
        rows = [views.received_row(ask, row) for row in queries.received(ask.session, ask.actor, chosen)]
    here = rows[: queries.PAGE]
    return reply.page(
        ask,
        "extranet/consultations/list.html",
        title="发出的会商函询" if is_sent else "收到的会商函询",
        is_sent=is_sent,
        chosen=chosen,
        is_filtered=bool(chosen.words or chosen.state),
        states=[(str(state), machine.word(state)) for state in states],
        rows=here,
        waiting=queries.waiting_for(ask.session, ask.actor),
        clear_href=address_of("/consultations", {"view": filters["view"]}),
        pager_page=page_of(
            "/consultations", filters, chosen.page, size=queries.PAGE, shown=len(here), more=len(rows) > queries.PAGE
        )
        if here
        else None,
    )


def has_list(actor: Actor) -> bool:
    """Whether this officer's units can be asked anything."""
    return may_ever(actor, "consultation.see")


def waiting(ask: Ask) -> int:
    """How many questions wait for this officer's units: the number in the menu."""
    return queries.waiting_for(ask.session, ask.actor)


def case_form(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form of a consultation about one case."""
    case = case_queries.case_for(ask.session, ask.actor, ask.number("case_id"), "consultation.open")
    project = ask.session.get_one(Project, case.project_code)
    return _form(ask, asker_of_case(case), project, f"/cases/{case.id}/consultations", refusal, case=case)


@action(allow="consultation.open")
def ask_about_case(ask: Ask) -> Response:
    """Show the form, with the units to ask and why."""
    return case_form(ask)


@action(allow="consultation.open", again=case_form, creates=True)
def open_about_case(ask: Ask) -> Response:
    """Send a consultation about a case, or keep it as a draft (A14.4b)."""
    case = case_queries.case_for(ask.session, ask.actor, ask.number("case_id"), "consultation.open")
    return _opened(ask, asker_of_case(case))


def project_form(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form of a consultation about a project as a whole."""
    project = case_queries.project_for(ask.session, ask.actor, ask.path("code"))
    return _form(ask, asker_of_project(ask, project), project, f"/projects/{project.code}/consultations", refusal)


@action(allow="consultation.open")
def ask_about_project(ask: Ask) -> Response:
    """Show the form, with the units to ask and why."""
    return project_form(ask)


@action(allow="consultation.open", again=project_form, creates=True)
def open_about_project(ask: Ask) -> Response:
    """Send a consultation about a project, or keep it as a draft (A14.4b)."""
    project = case_queries.project_for(ask.session, ask.actor, ask.path("code"))
    return _opened(ask, asker_of_project(ask, project))


def consultation_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The consultation that the address names."""
    return page_of_one(ask, ask.number("consultation_id"), refusal)


def page_of_one(ask: Ask, identity: int, refusal: Refusal | None) -> Response:
    """One consultation: whole for the asking unit and supervisors, the question alone for an addressee (A9.1)."""
    if not queries.is_own(ask.session, ask.actor, identity):
        return _asked_page(ask, identity, refusal)
    found = queries.own_consultation(ask.session, ask.actor, identity)
    if found.state == ConsultationState.DRAFTED:
        project = ask.session.get_one(Project, found.project_code)
        return _form(ask, asker_of(found), project, f"/consultations/{found.id}/draft", refusal, draft=found)
    shown = views.replies_shown(ask, found)
    may_act = reaches(ask.session, reach(ask.actor, "consultation.open"), found.org_unit)
    return reply.page(
        ask,
        "extranet/consultations/own.html",
        title=f"{KIND_WORDS[found.kind]} {found.subject}",
        **_head(ask, found),
        **_errors(ask, refusal),
        replies=shown,
        objections=views.objections(shown),
        asked_reply=ask.request.path_params.get("reply_id"),
        may_act=may_act,
        is_sent=found.state == ConsultationState.SENT,
        may_reopen=may_act and found.state == ConsultationState.CLOSED and not found.case_has_ended,
    )


@action(allow="consultation.see")
def see_consultation(ask: Ask) -> Response:
    """One consultation, as far as it is this reader's."""
    return consultation_page(ask)


@action(allow="consultation.see")
def see_material(ask: Ask) -> Response:
    """A material that goes along with the question: the asker's and every addressee's to read (T5)."""
    identity = ask.number("consultation_id")
    if queries.is_own(ask.session, ask.actor, identity):
        found = queries.own_consultation(ask.session, ask.actor, identity)
    else:
        found, _ = queries.asked_of(ask.session, ask.actor, identity)
    one = ask.session.get(ConsultationMaterial, ask.number("enclosure_id"))
    if one is None or one.consultation_id != found.id:
        raise Absent("没有找到这件会商函询")
    return sent_file(ask, one.digest, name=one.file_name, media_type=one.media_type, size=one.size)


def _asked_page(ask: Ask, identity: int, refusal: Refusal | None) -> Response:
    """The question for an addressee: what it needs to answer, nothing else of the case (A9.1, A14.4b)."""
    found, one = queries.asked_of(ask.session, ask.actor, identity)
    may_answer = reaches(ask.session, reach(ask.actor, "consultation.answer"), one.org_unit)
    return reply.page(
        ask,
        "extranet/consultations/asked.html",
        title=f"{KIND_WORDS[found.kind]} {found.subject}",
        **_head(ask, found),
        **_errors(ask, refusal),
        mine=views.reply_shown(ask, one),
        may_answer=may_answer and one.state == ReplyState.AWAITED,
        opinions=[(str(key), words) for key, words in OPINION_WORDS.items()],
        declared=fact_groups(declared_facts(ask.session, found.project_code), with_contacts=False),
    )


def _head(ask: Ask, found: Consultation) -> dict[str, Any]:
    project = ask.session.get_one(Project, found.project_code)
    case = ask.session.get(Case, found.case_id) if found.case_id else None
    sees_case = case is not None and case_queries.may_see_case(ask.session, ask.actor, case.org_unit)
    done = ask.query("done")
    return {
        "found": found,
        "kind": KIND_WORDS[found.kind],
        "state": CONSULTATION.word(found.state),
        "tone": views.TONES[ConsultationState(found.state)],
        "project": ProjectShown(project.name, project.code),
        "unit_name": project.unit_name,
        "place": organisations(ask.session).path(project.region_code),
        "rows": views.head_rows(ask.session, found),
        "case_href": ask.url("case.see", case_id=found.case_id) if sees_case else "",
        "materials": [views.material_shown(ask, found, one) for one in queries.materials_of(ask.session, found)],
        "done_words": DONE_WORDS.get(done, ""),
        "base": f"/consultations/{found.id}",
    }


def _form(
    ask: Ask, asker: asking.Asker, project: Project, href: str, refusal: Refusal | None, *,
    case: Case | None = None, draft: Consultation | None = None,
) -> Response:  # fmt: skip
    heading = "发起会商或函询" if draft is None else "会商函询草稿"
    head = case_head(ask, case, project) if case is not None else {"case": None}
    return reply.page(
        ask,
        "extranet/consultations/form.html",
        title=f"{heading} {project.code}",
        **({"project": ProjectShown(project.name, project.code), "unit_name": project.unit_name} | head),
        **_errors(ask, refusal),
        heading=heading,
        form=letter_form(ask, asker, draft),
        act_href=href,
        draft=draft,
        about=asker.item_name or "项目整体",
    )


def _errors(ask: Ask, refusal: Refusal | None) -> dict[str, Any]:
    given = {"errors": {}, "status": 200, "conflict": "", "failed": "", **errors_given(refusal)}
    if isinstance(refusal, Conflict):
        given |= {"errors": {}, "conflict": refusal.words}
    if refusal is not None:
        given["failed"] = ask.request.url.path.rsplit("/", 1)[-1]
    return given


def _opened(ask: Ask, asker: asking.Asker) -> Response:
    return sent_or_kept(ask, asking.draft(ask.session, asker, read_letter(ask, asker), by=ask.actor, at=ask.now))


def sent_or_kept(ask: Ask, found: Consultation) -> Response:
    """Send the letter, unless the second button keeps it as a draft."""
    if ask.text("then") == "leave":
        return done(ask, found, "draft")
    consulting.send(ask.session, found, by=ask.actor, at=ask.now)
    return done(ask, found, "send")


def done(ask: Ask, found: Consultation, event: str) -> Response:
    """After an act: back to the consultation, which says what was done."""
    return reply.to(f"{ask.url('consultation.see_one', consultation_id=found.id)}?done={event}")


_ONE = "/consultations/{consultation_id:int}"
routes = [
    Route("/consultations", list_consultations, methods=["GET"], name="consultation.see"),
    Route("/cases/{case_id:int}/consultations/new", ask_about_case, methods=["GET"], name="consultation.case_form"),
    Route("/cases/{case_id:int}/consultations", ask_about_case, methods=["GET"], name="consultation.case_form_again"),
    Route("/cases/{case_id:int}/consultations", open_about_case, methods=["POST"], name="consultation.open_about_case"),
    Route("/projects/{code}/consultations/new", ask_about_project, methods=["GET"], name="consultation.project_form"),
    Route("/projects/{code}/consultations", ask_about_project, methods=["GET"], name="consultation.project_form_again"),
    Route(
        "/projects/{code}/consultations", open_about_project, methods=["POST"], name="consultation.open_about_project"
    ),
    Route(_ONE, see_consultation, methods=["GET"], name="consultation.see_one"),
    Route(
        f"{_ONE}/materials/{{enclosure_id:int}}/file", see_material, methods=["GET"], name="consultation.material_file"
    ),
]
