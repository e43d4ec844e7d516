"""What follows when a handling clock rests or counts on, whoever decided it: handler or project (A15.2). Extranet."""

from datetime import date, datetime

from sqlmodel import Session

from core import clocks
from core.cases import clocks as case_clocks
from core.cases.messages import CasePaused, CaseResumed
from core.cases.tables import Case
from core.errors import RuleRefusal
from core.exchange.outbox import send
from core.reference import loader


def stop_counting(
    session: Session, case: Case, *, ground: str, begins_on: date, expected_on: date | None, reason: str, at: datetime
) -> None:
    """What follows a pause: the clock rests after that day, and the internet zone is told."""
    row, known = _handling_clock(session, case), loader.load().pause_ground_by_code[ground]
    clocks.pause(
        session, row, on=begins_on, ground=ground, expected_on=expected_on, reason=reason[:1000], at=at,
        restarts=known.restarts,
    )  # fmt: skip
    case_clocks.show_current(session, case)
    told = CasePaused(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        ground=known.name,
        expected_on=expected_on,
        clock=case_clocks.told(session, row),
    )
    send(session, told, at=at)


def count_again(session: Session, case: Case, *, ends_on: date, at: datetime) -> None:
    """What follows the end of a pause: the clock counts on from the next day, and the internet zone is told."""
    row = _handling_clock(session, case)
    clocks.resume(session, row, on=ends_on, at=at)
    case_clocks.show_current(session, case)
    told = CaseResumed(
        project_code=case.project_code,
        application_id=case.application_id,
        at=at,
        due_on=case.due_on,
        clock=case_clocks.told(session, row),
    )
    send(session, told, at=at)


def _handling_clock(session: Session, case: Case) -> clocks.CaseClock:
    row = clocks.running(session, case.id or 0, "handling")
    if row is None:
        raise RuleRefusal("这个办件没有在计时")
    return row
