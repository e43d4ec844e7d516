"""What the pages of a project show: the approval matrix of all its departments (A2.3, A13.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.cases.planning import plan_inside
from core.cases.project_queries import due_items_of_project, latest_cases
from core.cases.proof import frozen_lists
from core.cases.queries import may_see_case
from core.cases.readings import readings_of
from core.cases.tables import Case
from core.clocks import business_date
from core.domain.case_states import CASE, DECIDED, FAVOURABLE, OUTCOME_WORDS, CaseState, Outcome
from core.domain.clock import Light, Reading, as_listed
from core.domain.due_items import is_unmet
from core.domain.project_states import CONCLUDED, ProjectState
from core.guides.publishing import item_name
from core.organisations import organisations
from core.projects.due_list import BY_RULE
from core.projects.tables import DueItem, Project
from core.web.ask import Ask
from core.web.plan import ItemNamed, PlanShown, ProofShown, plan_shown, proofs_shown
from core.web.shown import CellShown, LightShown, MatrixRow
from extranet_portal.matrix_marks import marks_of
from extranet_portal.shown import light_of

_FILING_SKIPS = "备案不设"


@dataclass(frozen=True)
class ChangedShown:
    """An item that was added to the list or dropped from it, and why."""

    item: str
    words: str


def matrix_rows(ask: Ask, project: Project) -> tuple[MatrixRow, ...]:
    """Every due item in the order told, with the stages of its latest case."""
    project_code, rests = project.code, _RESTS.get(ProjectState(project.state))
    cases = latest_cases(ask.session, project_code)
    readings = readings_of(ask.session, [case.id or 0 for case in cases.values()], on=ask.today)
    marks = marks_of(ask.session, list(cases.values()))
    granted = {code for code, case in cases.items() if case.outcome in FAVOURABLE}
    return tuple(
        _marked(_row(ask, due, cases.get(due.item_code), readings, granted, rests), cases.get(due.item_code), marks)
        for due in due_items_of_project(ask.session, project_code)
        if due.dropped_on is None
    )


def added(ask: Ask, project_code: str) -> tuple[ChangedShown, ...]:
    """The items that a person added, each with who and why (A14.1c)."""
    return tuple(
        ChangedShown(item_name(ask.session, due.item_code), due.why)
        for due in due_items_of_project(ask.session, project_code)
        if due.dropped_on is None and due.added_by != BY_RULE
    )


def plan(ask: Ask, project_code: str) -> PlanShown | None:
    """The project's plan with the cases this officer may open; None before anything is due (A2.3, A14.1c)."""
    due = [row for row in due_items_of_project(ask.session, project_code) if row.dropped_on is None]
    if not due:
        return None
    cases, tree = latest_cases(ask.session, project_code), organisations(ask.session)
    named = {
        row.item_code: ItemNamed(
            item_name(ask.session, row.item_code), tree.unit_name(row.org_unit), *_opened(ask, cases.get(row.item_code))
        )
        for row in due
    }
    return plan_shown(plan_inside(ask.session, due, cases, on=ask.today), named, today=ask.today)


def proofs(ask: Ask, project: Project) -> tuple[ProofShown, ...]:
    """What the completion of the project was proved against, the newest list first (A14.5)."""
    return proofs_shown(frozen_lists(ask.session, project.code), is_concluded=project.state in CONCLUDED)


def dropped(ask: Ask, project_code: str) -> tuple[ChangedShown, ...]:
    """The items that were dropped, each with its reason (A14.1c)."""
    return tuple(
        ChangedShown(item_name(ask.session, due.item_code), due.dropped_reason)
        for due in due_items_of_project(ask.session, project_code)
        if due.dropped_on is not None
    )


def _opened(ask: Ask, case: Case | None) -> tuple[str, bool]:
    if case is None:
        return "", False
    opens = may_see_case(ask.session, ask.actor, case.org_unit)
    return f"/cases/{case.id}" if opens else "", case.is_paused or case.state == CaseState.AWAITING_SUPPLEMENT


_RESTS = {
    ProjectState.SUSPENDED: "恢复后可以申请", ProjectState.TERMINATED: "不再申请", ProjectState.SUPERSEDED: "不再申请",
}  # fmt: skip
"""What becomes of an item that nobody applied for, in projects that take no applications."""


def _row(
    ask: Ask, due: DueItem, case: Case | None, readings: Mapping[int, Reading], granted: set[str], rests: str | None
) -> MatrixRow:
    reading = readings.get(case.id or 0) if case else None
    if case and reading:
        reading = as_listed(reading, is_paused=case.is_paused, on=ask.today)
    opens = case is not None and may_see_case(ask.session, ask.actor, case.org_unit)
    return MatrixRow(
        item=item_name(ask.session, due.item_code),
        org=organisations(ask.session).unit_name(due.org_unit),
        href=f"/cases/{case.id}" if case and opens else "",
        light=light_of(case.state, reading, is_paused=case.is_paused, on=ask.today)
        if case
        else LightShown("none", "未申请"),
        cells=_cells(case, reading) if case else (CellShown(words=rests or _waits(due, granted)), *(CellShown(),) * 5),
    )


def _marked(row: MatrixRow, case: Case | None, marks: Mapping[int, str]) -> MatrixRow:
    """The row with what there is to say of its case in the cell of its present stage."""
    words = marks.get(case.id or 0, "") if case else ""
    if not words:
        return row
    cells = [
        replace(cell, words=f"{cell.words} {words}".strip()) if cell.state in ("now", "late") else cell
        for cell in row.cells
    ]
    return replace(row, cells=tuple(cells))


def _waits(due: DueItem, granted: set[str]) -> str:
    waits = any(is_unmet(one["item_codes"], granted) for one in due.blockers)
    return "待前置事项办结" if waits else "可以申请"


def _cells(case: Case, reading: Reading | None) -> tuple[CellShown, ...]:
    is_filing = case.item_kind == "filing"
    skipped = CellShown(words=_FILING_SKIPS) if is_filing else None
    now = _now_cell(case, reading)
    applied = CellShown("done", case.received_on)
    preliminary = _cell(case, CaseState.SUBMITTED, case.preliminary_passed_at or case.accepted_at, now)
    accepted = _cell(case, CaseState.UNDER_ACCEPTANCE, case.accepted_at, now)
    handled = skipped or _cell(case, CaseState.IN_HANDLING, case.proposed_at, now)
    signed_at = case.concluded_at if case.state in DECIDED else None
    signed = skipped or _cell(case, CaseState.AWAITING_SIGN_OFF, signed_at, now)
    if is_filing and signed_at:
        accepted = CellShown("done", business_date(signed_at), "信息齐全")
    if case.state == CaseState.AWAITING_SUPPLEMENT:
        accepted = CellShown("now", None, "待补正")
    if case.is_deemed and case.accepted_on:
        accepted = CellShown("done", case.accepted_on, "视为受理")
    return (applied, preliminary, accepted, handled, signed, _end_cell(case))


def _cell(case: Case, state: CaseState, done_at: datetime | None, now: CellShown) -> CellShown:
    if case.state == state:
        return now
    return CellShown("done", business_date(done_at)) if done_at else CellShown()


def _now_cell(case: Case, reading: Reading | None) -> CellShown:
    if reading is None:
        return CellShown("now", None, "进行中")
    if reading.light is Light.RED:
        return CellShown("late", case.due_on, f"超时 {reading.overtime} 天" if reading.overtime else "已超时")
    words = "暂停计时" if reading.light is Light.PAUSED else ""
    words = words or (f"剩 {reading.remaining} 天" if reading.remaining else "今天到期" if reading.due_on else "进行中")
    return CellShown("now", None, words)


def _end_cell(case: Case) -> CellShown:
    if case.concluded_at is None:
        return CellShown()
    on = business_date(case.concluded_at)
    if case.state == CaseState.CONCLUDED:
        return CellShown("done", on, OUTCOME_WORDS[Outcome(case.outcome)])
    return CellShown("", on, CASE.word(case.state))
