"""Which clock of a case runs when, and the dates that lists show (A14.2, A14.3, A15.1). Extranet."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from sqlmodel import Session

from core import clocks
from core.cases.messages import ClockTold, PauseTold
from core.cases.tables import Case
from core.clocks import CaseClock, CasePause, business_date
from core.domain import clock as rules
from core.domain.case_states import ACCEPTANCE_DAYS, PRELIMINARY_DAYS
from core.domain.clock import Unit
from core.domain.remit import region_of
from core.guides.guide import Guide
from core.guides.publishing import guide_version

CURRENT = ("handling", "preliminary", "acceptance")
"""Which running clock a list shows, the first that runs: review before acceptance, which it lies inside."""


def start_receipt_clocks(session: Session, case: Case) -> None:
    """Both clocks of an application start on the day of receipt (A14.2, A14.3)."""
    identity, place = case.id or 0, place_of(case)
    clocks.start(session, identity, "preliminary", on=case.received_on, limit=PRELIMINARY_DAYS, place=place)
    acceptance = clocks.start(session, identity, "acceptance", on=case.received_on, limit=ACCEPTANCE_DAYS, place=place)
    case.acceptance_due_on = acceptance.due_on
    show_current(session, case)


def restart_acceptance(session: Session, case: Case, *, on: date) -> None:
    """After the supplement the acceptance clock begins again in full (A14.3)."""
    acceptance = clocks.start(session, case.id or 0, "acceptance", on=on, limit=ACCEPTANCE_DAYS, place=place_of(case))
    case.acceptance_due_on = acceptance.due_on
    show_current(session, case)


def start_handling(session: Session, case: Case, guide: Guide, *, on: date) -> None:
    """The handling clock: on the promise, with the statute as the second, graver line (A15.1).

    A limit that the law counts from receipt begins on the day on which everything was received: what the unit took for
    its supplement is not the department's time. Without a promise the clock runs on the statute, from its own start.
    """
    statutory = None
    since = received_in_full_on(session, case) if guide.statutory_from == "receipt" else on
    if guide.statutory_days:
        statutory = (guide.statutory_days, guide.statutory_unit, since)
    clocks.start(
        session,
        case.id or 0,
        "handling",
        on=on if guide.promised_days else since,
        limit=guide.handling_days,
        unit=guide.handling_unit,
        warn_days=guide.warn_days,
        statutory=statutory,
        place=place_of(case),
    )
    case.acceptance_due_on = None
    show_current(session, case)


def received_in_full_on(session: Session, case: Case) -> date:
    """The day on which the department had everything: that of the supplement, else that of the application."""
    rows = [row for row in clocks.clocks_of(session, case.id or 0) if row.kind == "acceptance"]
    return rows[-1].started_on if rows else case.received_on


def move(session: Session, case: Case) -> None:
    """The case lies with another office: its running clocks go on by the calendar of that place (A14.2, A15.1)."""
    for row in clocks.clocks_of(session, case.id or 0):
        if row.stopped_on is None:
            clocks.move(session, row, place=place_of(case))
            if row.kind == "acceptance":
                case.acceptance_due_on = row.due_on
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
    rests = [pause for pause in clocks.pauses_of(session, runs) if pause.ends_on is None] if runs else []
    case.is_paused = bool(rests)
    case.paused_until = rests[-1].expected_on if rests else None
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
        pauses=_pauses_told(clocks.as_pauses(clocks.pauses_of(session, row))),
        stopped_on=row.stopped_on,
        extension=row.extension_days,
        statutory_days=row.statutory_days,
        statutory_unit=row.statutory_unit,
        statutory_from=row.statutory_from,
        whole=_whole_told(session, session.get_one(Case, row.case_id)),
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
    return None if statute is None else rules.due_on(statute, clocks.calendar_of(session, row))


def whole_case(session: Session, case: Case) -> rules.Clock:
    """The whole case as one clock beside that of its step: from receipt to the decision (A15.1).

    Its limit is what acceptance and handling may take together; what the unit took for its supplement begins it anew,
    as it does the acceptance. Without a limit where handling has none, or counts other days than acceptance does.
    """
    rows = clocks.clocks_of(session, case.id or 0)
    paused = {row.id or 0: clocks.pauses_of(session, row) for row in rows if row.kind == "handling"}
    return whole_of(session, case, rows, paused)


def whole_of(
    session: Session, case: Case, rows: Sequence[CaseClock], paused: Mapping[int, Sequence[CasePause]]
) -> rules.Clock:
    """The same from rows that were read already: every clock of the case in order, and pauses by clock."""
    handling = next((row for row in rows if row.kind == "handling"), None)
    pauses = _supplement_of([row for row in rows if row.kind == "acceptance"], case)
    if handling is not None:
        pauses += clocks.as_pauses(paused.get(handling.id or 0, ()))
    ended = business_date(case.concluded_at) if case.concluded_at else None
    limit, unit = _whole_limit(guide_version(session, case.guide_version))
    return rules.Clock(
        started_on=case.received_on,
        limit=limit,
        unit=unit,
        pauses=pauses,
        stopped_on=max(ended, case.received_on, *(one.begins_on for one in pauses)) if ended else None,
        extension=handling.extension_days if handling is not None and limit is not None else 0,
    )


def _supplement_of(acceptances: Sequence[CaseClock], case: Case) -> tuple[rules.Pause, ...]:
    """The time between the request to supplement and its answer, which may never come."""
    last = acceptances[-1] if acceptances else None
    found = [
        rules.Pause(before.stopped_on, after.started_on, _SUPPLEMENT, restarts=True)
        for before, after in pairwise(acceptances)
        if before.stopped_on is not None
    ]
    if case.supplements and len(acceptances) == 1 and last is not None and last.stopped_on is not None:
        found.append(rules.Pause(last.stopped_on, None, _SUPPLEMENT, restarts=True))
    return tuple(found)


def _whole_limit(guide: Guide) -> tuple[int | None, Unit]:
    if guide.is_filing:
        return ACCEPTANCE_DAYS, Unit.WORKING_DAY
    if guide.handling_days is None or guide.handling_unit is Unit.WORKING_DAY:
        return (guide.handling_days + ACCEPTANCE_DAYS if guide.handling_days else None), Unit.WORKING_DAY
    return (guide.handling_days if guide.statutory_from == "receipt" else None), guide.handling_unit


_SUPPLEMENT = "supplement"
"""The ground in `pause_grounds.csv` for what the unit takes to answer."""


def _whole_told(session: Session, case: Case) -> ClockTold:
    whole = whole_case(session, case)
    return ClockTold(
        kind="whole",
        started_on=whole.started_on,
        limit=whole.limit,
        unit=whole.unit,
        warn_days=whole.warn_at,
        pauses=_pauses_told(whole.pauses),
        stopped_on=whole.stopped_on,
        extension=whole.extension,
    )


def _pauses_told(pauses: Sequence[rules.Pause]) -> tuple[PauseTold, ...]:
    return tuple(
        PauseTold(
            begins_on=pause.begins_on,
            ends_on=pause.ends_on,
            ground=pause.ground,
            restarts=pause.restarts,
            expected_on=pause.expected_on,
        )
        for pause in pauses
    )


def place_of(case: Case) -> str:
    """The region by whose days off the case is counted: that of its office (A15.1)."""
    return region_of(case.org_unit)
