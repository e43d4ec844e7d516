"""Many cases at once: preliminary review and assignment, each row with its own outcome (design 6).

Each row is a savepoint of its own: one that is refused is undone and says why, and the others stand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from core.cases import assigning, intake, queries
from core.cases.queries import own_units
from core.cases.tables import Case
from core.errors import Refusal, RuleRefusal
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import LARGEST_ID, Ask
from core.web.session import is_local
from core.web.shown import ProjectShown
from extranet_portal.case_work import officer_choices
from extranet_portal.shown import errors_given
from extranet_portal.typed import Limits, read_texts

MOST = 50
"""Rows one act may name: a page of the inbox holds fewer."""

_REASON: Limits = {"reason": ("理由", 500)}


@dataclass(frozen=True)
class RowChosen:
    """One case that was ticked."""

    id: int
    project: ProjectShown
    item: str
    number: str
    lies_with: str


@dataclass(frozen=True)
class Outcome:
    """What came of one row: done, or why not."""

    row: RowChosen
    is_done: bool
    words: str


def each_row(
    ask: Ask, cases: Sequence[int], permission: str, act: Callable[[Case], None], done: str
) -> tuple[Outcome, ...]:
    """Do something with each case; one that fails, for whatever rule, stops no other.

    What the officer may not even see is refused as a whole: no page offered it.
    """
    outcomes = []
    for case_id in cases:
        row = _row(ask, queries.case_for(ask.session, ask.actor, case_id))
        try:
            with ask.session.begin_nested():
                act(queries.case_for(ask.session, ask.actor, case_id, permission))
                ask.session.flush()
            outcomes.append(Outcome(row, True, done))
        except Refusal as refusal:
            ask.session.expire_all()
            outcomes.append(Outcome(row, False, refusal.words))
    return tuple(outcomes)


@action(allow="case.pass_preliminary")
def review(ask: Ask) -> Response:
    """Pass the preliminary review of every ticked case whose code stands (A14.2)."""
    outcomes = each_row(
        ask,
        chosen(ask, ask.texts("case")),
        "case.pass_preliminary",
        lambda case: intake.pass_preliminary(ask.session, case, by=ask.actor, at=ask.now),
        "初审通过，接着作出受理决定",
    )
    return _told(ask, "批量初审", outcomes)


def assignment_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """To whom the ticked cases go."""
    ticked = chosen(ask, ask.texts("case") or ask.request.query_params.getlist("case"))
    rows = [_row(ask, queries.case_for(ask.session, ask.actor, case_id)) for case_id in ticked]
    officers = dict(one for unit in own_units(ask.actor) for one in officer_choices(ask, unit))
    return reply.page(
        ask,
        "extranet/desk/assignments.html",
        title=f"分办所选 {len(rows)} 件",
        rows=rows,
        officers=list(officers.items()),
        needs_reason=any(row.lies_with for row in rows),
        back=back_to(ask),
        **errors_given(refusal),
    )


@action(allow="case.assign")
def ask_assignments(ask: Ask) -> Response:
    """Ask to whom the ticked cases go."""
    return assignment_page(ask)


@action(allow="case.assign", again=assignment_page)
def assign(ask: Ask) -> Response:
    """Give every ticked case to one officer; what lies with someone is handed over with the reason.

    Posted from the list, where nobody was chosen yet, it asks to whom.
    """
    if "officer" not in ask.form:
        return assignment_page(ask)
    ticked, reason, to = chosen(ask, ask.texts("case")), read_texts(ask, _REASON)["reason"], ask.text("officer")
    if not to:
        raise RuleRefusal("请选择经办人", field="officer")
    outcomes = each_row(
        ask,
        ticked,
        "case.assign",
        lambda case: assigning.assign(ask.session, case, to=to, reason=reason, by=ask.actor, at=ask.now),
        "已分办",
    )
    return _told(ask, "批量分办", outcomes)


def chosen(ask: Ask, typed: Sequence[str]) -> list[int]:
    """The ids that were ticked, each once; refuses none and too many."""
    numbers = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) <= 10]
    found = [number for number in dict.fromkeys(numbers) if 0 < number <= LARGEST_ID]
    if not found:
        raise RuleRefusal("请先在列表里勾选办件")
    if len(found) > MOST:
        raise RuleRefusal(f"一次最多办理 {MOST} 件，现在选了 {len(found)} 件")
    return found


def back_to(ask: Ask) -> str:
    """The list one came from; only an address of the inbox counts."""
    address = ask.text("back") or ask.query("back")
    return address if is_local(address) and address.split("?")[0] == "/cases" else "/cases"


def _row(ask: Ask, case: Case) -> RowChosen:
    project = ask.session.get_one(Project, case.project_code)
    shown = ProjectShown(project.name, project.code, ask.url("case.see", case_id=case.id))
    return RowChosen(case.id or 0, shown, case.item_name, case.number, case.assigned_name)


def _told(ask: Ask, heading: str, outcomes: Sequence[Outcome]) -> Response:
    done = sum(one.is_done for one in outcomes)
    return reply.page(
        ask,
        "extranet/desk/outcomes.html",
        title=f"{heading}结果",
        heading=f"{heading}：{done} 件办成，{len(outcomes) - done} 件没有办成",
        outcomes=outcomes,
        back=back_to(ask),
    )


routes = [
    Route("/cases/preliminary-reviews", review, methods=["POST"], name="desk.review_many"),
    Route("/cases/assignments", ask_assignments, methods=["GET"], name="desk.assign_many_form"),
    Route("/cases/assignments", assign, methods=["POST"], name="desk.assign_many"),
]
