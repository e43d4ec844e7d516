"""The living plan of a project in either zone: its list, what is granted and what runs, put on dates (A2.3, A14.1c)."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel import Session

from core import clocks
from core.cases.applying import OPEN
from core.cases.tables import Application, Case
from core.cases.told import days_of, told_clock
from core.clocks import business_date
from core.domain.calendar import Calendar
from core.domain.case_states import FAVOURABLE, OPEN_STATES
from core.domain.clock import due_on
from core.domain.due_items import STAGES, Blocker, Due, RelationKind
from core.domain.schedule import Limit, Schedule, Standing, schedule
from core.guides.guide import Guide
from core.guides.publishing import guide_version
from core.projects.tables import DueItem, ToldDueItem

Rows = Sequence[DueItem] | Sequence[ToldDueItem]


def plan_inside(session: Session, due: Sequence[DueItem], latest: Mapping[str, Case], *, on: date) -> Schedule:
    """The plan as the extranet knows the project: `due` are the items that are due, `latest` their latest cases."""
    standings = {code: _standing_of_case(case) for code, case in latest.items()}
    return _plan(session, due, standings, on=on)


def plan_outside(
    session: Session, due: Sequence[ToldDueItem], latest: Mapping[str, Application], *, on: date
) -> Schedule:
    """The plan as the internet zone was told of the project."""
    standings = {code: _standing_of_application(one, days_of(session, one)) for code, one in latest.items()}
    return _plan(session, due, standings, on=on)


def _plan(session: Session, rows: Rows, standings: Mapping[str, Standing], *, on: date) -> Schedule:
    guides = {row.item_code: guide_version(session, row.guide_version) for row in rows}
    limits = {row.item_code: _limit(session, row, guides[row.item_code]) for row in rows}
    built = [row for row in rows if guides[row.item_code].stage != STAGES[-1]]
    dues = [_due(row, guides[row.item_code], built) for row in rows]
    return schedule(dues, limits, standings, clocks.calendar(session), today=on)


def _limit(session: Session, row: DueItem | ToldDueItem, guide: Guide) -> Limit:
    return Limit(guide.handling_days, guide.handling_unit, clocks.calendar_at(session, row.org_unit))


def _due(row: DueItem | ToldDueItem, guide: Guide, built: Sequence[DueItem | ToldDueItem]) -> Due:
    """The row as it was told, with the order of practice: what its guide names, and acceptance after all that builds.

    `built` are the rows of every stage before acceptance. A tier is higher than those it comes after, so there is no
    circle.
    """
    usual = RelationKind.NORMALLY_PRECEDES
    follows = [one.prerequisite for one in guide.relations if one.relation == usual]
    if guide.stage == STAGES[-1]:
        follows += [one.item_code for one in built if one.tier < row.tier]
    return Due(
        row.item_code,
        row.why,
        row.tier,
        tuple(Blocker(tuple(one["item_codes"]), RelationKind(one["relation"]), one["reason"]) for one in row.blockers),
        tuple(follows),
    )


def _standing_of_case(case: Case) -> Standing:
    if case.outcome in FAVOURABLE and case.concluded_at is not None:
        return Standing(case.received_on, None, business_date(case.concluded_at))
    if case.state not in OPEN_STATES:
        return Standing()
    return Standing(case.received_on, case.due_on if case.accepted_on and not case.is_paused else None)


def _standing_of_application(one: Application, calendar: Calendar) -> Standing:
    received_on = one.received_on or business_date(one.applied_at)
    if one.outcome in FAVOURABLE and one.concluded_on is not None:
        return Standing(received_on, None, one.concluded_on)
    if one.state not in OPEN:
        return Standing()
    clock = told_clock(one) if one.accepted_on else None
    rests = clock is not None and bool(clock.pauses) and clock.pauses[-1].ends_on is None
    return Standing(received_on, due_on(clock, calendar) if clock is not None and not rests else None)
