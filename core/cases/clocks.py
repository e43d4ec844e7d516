"""Which clock of a case runs when, and the dates that lists show (A14.2, A14.3, A15.1). Extranet."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from core import clocks
from core.cases.messages import ClockTold, PauseTold
from core.cases.tables import Case
from core.clocks import CaseClock, CasePause
from core.domain import clock as rules
from core.domain.case_states import ACCEPTANCE_DAYS, PRELIMINARY_DAYS
from core.domain.clock import Unit
from core.guides.guide import Guide

CURRENT = ("handling", "preliminary", "acceptance")
"""Which running clock a list shows, the first that runs: review before acceptance, which it lies inside."""


def start_receipt_clocks(session: Session, case: Case) -> None:
    """Both clocks of an application start on the day of receipt (A14.2, A14.3)."""
    identity = case.id or 0
    clocks.start(session, identity, "preliminary", on=case.received_on, limit=PRELIMINARY_DAYS)
    acceptance = clocks.start(session, identity, "acceptance", on=case.received_on, limit=ACCEPTANCE_DAYS)
    case.acceptance_due_on = acceptance.due_on
    show_current(session, case)


def restart_acceptance(session: Session, case: Case, *, on: date) -> None:
    """After the supplement the acceptance clock begins again in full (A14.3)."""
    acceptance = clocks.start(session, case.id or 0, "acceptance", on=on, limit=ACCEPTANCE_DAYS)
    case.acceptance_due_on = acceptance.due_on
    show_current(session, case)


def start_handling(session: Session, case: Case, guide: Guide, *, on: date) -> None:
    """The handling clock: on the promise, with the statute as the second, graver line (A15.1)."""
    statutory = None
    if guide.statutory_days:
        since = on if guide.statutory_from == "acceptance" else case.received_on
        statutory = (guide.statutory_days, guide.statutory_unit, since)
    clocks.start(
        session,
        case.id or 0,
        "handling",
        on=on,
        limit=guide.handling_days,
        unit=guide.handling_unit,
        warn_days=guide.warn_days,
        statutory=statutory,
    )
    case.acceptance_due_on = None
    show_current(session, case)


def stop(session: Session, case: Case, *kinds: str, on: date) -> None:
    """Stop the named clocks of a case, those that run."""
    for row in clocks.clocks_of(session, case.id or 0):
        if row.kind in kinds and row.stopped_on is None:
            clocks.stop(session, row, on=on)
    if "acceptance" in kinds:
        case.acceptance_due_on = None
    show_current(session, case)


def current(session: Session, case: Case) -> CaseClock | None:
    """The clock that matters now: the one that runs, else the last that was stopped."""
    rows = clocks.clocks_of(session, case.id or 0)
    running = {row.kind: row for row in rows if row.stopped_on is None}
    return next((running[kind] for kind in CURRENT if kind in running), rows[-1] if rows else None)


def show_current(session: Session, case: Case) -> None:
    """Keep on the case what its list row needs: due and warning date of the clock that matters now."""
    session.flush()
    row = current(session, case)
    runs = row if row is not None and row.stopped_on is None else None
    case.due_on = runs.due_on if runs else None
    case.warn_on = runs.warn_on if runs else None
    case.red_on = runs.red_on if runs else None
    case.is_paused = runs is not None and any(pause.ends_on is None for pause in clocks.pauses_of(session, runs))
    session.add(case)
    session.flush()


def told(session: Session, row: CaseClock) -> ClockTold:
    """A clock as the internet zone may count with it."""
    return ClockTold(
        kind=row.kind,
        started_on=row.started_on,
        limit=row.limit_days,
        unit=row.unit,
        warn_days=row.warn_days,
        pauses=tuple(
            PauseTold(
                begins_on=pause.begins_on,
                ends_on=pause.ends_on,
                ground=pause.ground,
                restarts=pause.restarts,
                expected_on=pause.expected_on,
            )
            for pause in clocks.pauses_of(session, row)
        ),
        stopped_on=row.stopped_on,
        extension=row.extension_days,
        statutory_days=row.statutory_days,
        statutory_unit=row.statutory_unit,
        statutory_from=row.statutory_from,
    )


def told_current(session: Session, case: Case) -> ClockTold:
    """The clock that matters now, told."""
    row = current(session, case)
    if row is None:
        raise ValueError(f"case {case.number} has no clock")
    return told(session, row)


def statute_of(row: CaseClock, pauses: Sequence[CasePause]) -> rules.Clock | None:
    """The statute as a clock of its own beside the promise: the same pauses and extension; None without one."""
    if row.statutory_days is None or row.statutory_from is None:
        return None
    return rules.Clock(
        started_on=row.statutory_from,
        limit=row.statutory_days,
        unit=Unit(row.statutory_unit),
        pauses=clocks.as_pauses(pauses),
        extension=row.extension_days,
    )


def statutory_due(session: Session, row: CaseClock) -> date | None:
    """The last day of the statute's limit, pauses counted in; None without a statute or while paused."""
    statute = statute_of(row, clocks.pauses_of(session, row))
    return None if statute is None else rules.due_on(statute, clocks.calendar(session))
