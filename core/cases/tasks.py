"""The task list of a case, as one officer sees it (A14.2–A14.5). Extranet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from core.cases.facts import facts_of, guide_of
from core.cases.intake import why_unverified
from core.cases.moves import held_by
from core.cases.tables import Case
from core.clocks import business_date
from core.domain.case_states import CASE, OPEN_STATES, CaseFacts, decline_grounds
from core.domain.policy import Actor
from core.domain.tasks import Situation, Task, tasks
from core.projects.tables import Project
from core.trace import AuditRow

_ACTION = f"{CASE.name}."


def case_tasks(
    session: Session, case: Case, project: Project, entries: Sequence[AuditRow], *, by: Actor, at: datetime
) -> tuple[Task, ...]:
    """The tasks of a case; `entries` is its trace, newest first.

    What a form or the act itself brings (approval document, ground, verification of a code that stands) hinders no
    task: it is part of doing it.
    """
    held = held_by(by, case)
    is_turn = any(move.by in held for move in CASE.moves if move.source == case.state)
    known = replace(
        facts_of(session, case, by=by, on=business_date(at)),
        code_verified=case.code_verified_at is not None or not why_unverified(project),
        document_number="·",
        document_title="·",
        has_scan=True,
        ground=next(reversed(decline_grounds(case.item_kind, case.state))),
    )
    # who proposed may not sign off; that concerns a reader who could sign off, and nobody else
    known = known if is_turn else replace(known, acting="")
    at_best = _at_best(known, is_reviewed=guide_of(session, case).sign_off_levels > 1)
    happened = [entry.action.removeprefix(_ACTION) for entry in reversed(entries) if entry.action.startswith(_ACTION)]
    return tasks(CASE, Situation(case.state, known, at_best, happened, OPEN_STATES))


def _at_best(known: CaseFacts, *, is_reviewed: bool) -> tuple[CaseFacts, ...]:
    """The same case once its code was verified, nothing is missing or asked, and others act; counting and paused.

    With its reviews through, and where its item has any (`is_reviewed`) with one still to come.
    """
    ready = replace(
        known, code_verified=True, missing=(), unmet=(), acting="", proposed_by="·", signed=(), open_consultations=0,
        running_services=0, is_paused=False, reviews_left=0, supplement_unheard=False,
    )  # fmt: skip
    found = (ready, replace(ready, is_paused=True))
    return (*found, replace(ready, reviews_left=1)) if is_reviewed else found
