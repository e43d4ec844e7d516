"""Which clock of a case runs when, and the dates that lists show (A14.2, A14.3, A15.1). Extranet."""

from datetime import date

from sqlmodel import Session

from core import clocks
from core.cases.messages import ClockTold
from core.cases.tables import Case
from core.clocks import CaseClock
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
    for kind in kinds:
        if row := clocks.running(session, case.id or 0, kind):
            clocks.stop(session, row, on=on)
    if "acceptance" in kinds:
        case.acceptance_due_on = None
    show_current(session, case)


def current(session: Session, case: Case) -> CaseClock | None:
    """The clock that matters now: the one that runs, else the last that was stopped."""
    for kind in CURRENT:
        if row := clocks.running(session, case.id or 0, kind):
            return row
    rows = clocks.clocks_of(session, case.id or 0)
    return rows[-1] if rows else None


def show_current(session: Session, case: Case) -> None:
    """Keep on the case what its list row needs: due and warning date of the clock that matters now."""
    session.flush()
    row = current(session, case)
    runs = row is not None and row.stopped_on is None
    case.due_on = row.due_on if row and runs else None
    case.warn_on = row.warn_on if row and runs else None
    case.red_on = row.red_on if row and runs else None
    case.is_paused = bool(
        row and runs and rules.is_paused(clocks.as_rule(row, clocks.pauses_of(session, row)), date.max)
    )
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
            {
                "begins_on": pause.begins_on.isoformat(),
                "ends_on": pause.ends_on.isoformat() if pause.ends_on else None,
                "ground": pause.ground,
            }
            for pause in clocks.pauses_of(session, row)
        ),
        stopped_on=row.stopped_on,
    )


def told_current(session: Session, case: Case) -> ClockTold:
    """The clock that matters now, told."""
    row = current(session, case)
    if row is None:
        raise ValueError(f"case {case.number} has no clock")
    return told(session, row)


def statutory_due(session: Session, row: CaseClock) -> date | None:
    """The last day of the statute's limit, pauses counted in; None without a statute or while paused."""
    if row.statutory_days is None or row.statutory_from is None:
        return None
    value = clocks.as_rule(row, clocks.pauses_of(session, row))
    statute = rules.Clock(
        started_on=row.statutory_from,
        limit=row.statutory_days,
        unit=Unit(row.statutory_unit),
        pauses=value.pauses,
        stopped_on=None,
    )
    return rules.due_on(statute, clocks.calendar(session))
