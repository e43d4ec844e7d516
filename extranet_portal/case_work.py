"""Working together on a case: with whom it lies, internal notes, letters to and from the unit (分办、备注、留言)."""

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import Route

from core.cases import assigning, letters, notes, queries
from core.cases.tables import Case
from core.domain.case_states import OPEN_STATES
from core.domain.policy import ROLE_NAMES
from core.errors import Refusal
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.case_page import case_head, case_page, case_to_change, errors_of
from extranet_portal.desk_lists import list_of
from extranet_portal.intake import see_case
from extranet_portal.typed import Limits, read_texts

_REASON: Limits = {"reason": ("理由", 500)}


def assignment_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask to whom the case is given; whose it is already is handed over with a reason."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.assign")
    project = ask.session.get_one(Project, case.project_code)
    heading = "移交" if case.assigned_to else "分办"
    return reply.page(
        ask,
        "extranet/desk/assignment.html",
        title=f"{heading} {project.code}",
        **case_head(ask, case, project),
        **errors_of(ask, case, refusal),
        heading=heading,
        officers=officer_choices(ask, case.org_unit, but=case.assigned_to),
        is_open=case.state in OPEN_STATES,
    )


@action(allow="case.assign")
def ask_assignment(ask: Ask) -> Response:
    """Show the form for giving or handing over a case."""
    return assignment_page(ask)


@action(allow="case.assign", again=assignment_page, creates=True)
def assign(ask: Ask) -> Response:
    """Give the case to an officer of the unit, or hand it over with a reason."""
    case = case_to_change(ask, "case.assign")
    reason = read_texts(ask, _REASON)["reason"]
    assigning.assign(
        ask.session, case, to=ask.text("officer"), reason=reason, by=ask.actor, at=ask.now, seen=ask.seen()
    )
    return back(ask, case, "tasks")


@action(allow="case.take", again=case_page, creates=True)
def take(ask: Ask) -> Response:
    """Take a case that lies with nobody."""
    case = case_to_change(ask, "case.take")
    assigning.take(ask.session, case, by=ask.actor, at=ask.now, seen=ask.seen())
    return back(ask, case, "tasks")


@action(allow="case.note", again=case_page, creates=True)
def add_note(ask: Ask) -> Response:
    """Keep an internal note."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.note")
    notes.add_note(ask.session, case, ask.text("note"), by=ask.actor, at=ask.now)
    return back(ask, case, "notes")


@action(allow="case.write", again=case_page, creates=True)
def write(ask: Ask) -> Response:
    """Write to the project unit."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.write")
    letters.write_to_unit(ask.session, case, ask.text("letter"), by=ask.actor, at=ask.now)
    return back(ask, case, "letters")


@action(allow="case.write", again=case_page)
def mark_read(ask: Ask) -> Response:
    """Note that the department has read what the unit wrote."""
    case = queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case.write")
    letters.mark_read(ask.session, case, at=ask.now)
    return back(ask, case, "letters")


def officer_choices(ask: Ask, org_unit: str, *, but: str = "") -> Sequence[tuple[str, str]]:
    """The officers of a unit to choose from: id, and name with roles."""
    return [
        (one.id, f"{one.name}（{'、'.join(ROLE_NAMES[role] for role in sorted(one.roles))}）")
        for one in assigning.colleagues(ask.session, org_unit, on=ask.today)
        if one.id != but
    ]


def back(ask: Ask, case: Case, place: str) -> Response:
    """Back to the case, at the part that changed."""
    trail = list_of(ask)
    return reply.to(f"{ask.url('case.see', case_id=case.id)}{'?' if trail else ''}{trail}#{place}")


_CASE = "/cases/{case_id:int}"
routes = [
    Route(f"{_CASE}/assignment", ask_assignment, methods=["GET"], name="desk.assign_form"),
    Route(f"{_CASE}/assignment", assign, methods=["POST"], name="desk.assign"),
    Route(f"{_CASE}/claim", see_case, methods=["GET"], name="desk.take_form"),
    Route(f"{_CASE}/claim", take, methods=["POST"], name="desk.take"),
    Route(f"{_CASE}/notes", see_case, methods=["GET"], name="case.note_form"),
    Route(f"{_CASE}/notes", add_note, methods=["POST"], name="case.note"),
    Route(f"{_CASE}/letters", see_case, methods=["GET"], name="case.write_form"),
    Route(f"{_CASE}/letters", write, methods=["POST"], name="case.write"),
    Route(f"{_CASE}/letters/reading", see_case, methods=["GET"], name="desk.mark_read_form"),
    Route(f"{_CASE}/letters/reading", mark_read, methods=["POST"], name="desk.mark_read"),
]
