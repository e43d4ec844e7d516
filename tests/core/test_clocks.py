"""The rows behind every clock of the platform (A15.1, A15.2): dates stored at each event, one calendar for all."""

from datetime import date, datetime

import pytest

from core import clocks
from core.clocks import SHANGHAI, business_date, calendar
from core.domain.clock import Light, Unit
from core.domain.policy import PLATFORM
from core.errors import Conflict
from core.guides.messages import DayTold
from core.guides.publishing import publish_calendar
from tests.world import case_of


@pytest.fixture
def case_id(applied_world):
    return case_of(applied_world, "ECO-02")


def started(world, case_id, **given):
    """A clock of a case, started on Monday 23 November 2026."""
    with world.extranet.writing() as session:
        return clocks.start(session, case_id, "handling", on=date(2026, 11, 23), **{"limit": 10, **given})


def changed(world, row, change, **given):
    """One event of a clock, in a transaction of its own."""
    with world.extranet.writing() as session:
        held = session.get_one(clocks.CaseClock, row.id)
        change(session, held, **given)
        return held


def pause(session, row, *, on, at):
    clocks.pause(session, row, on=on, ground="hearing", expected_on=None, reason="听证", at=at)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-23T00:00+08:00", date(2026, 11, 23)),
        ("2026-11-23T23:59+08:00", date(2026, 11, 23)),
        ("2026-11-22T16:00+00:00", date(2026, 11, 23)),
        ("2026-11-22T15:59+00:00", date(2026, 11, 22)),
    ],
)
def test_a_day_is_a_day_in_shanghai(instant, day):
    assert business_date(datetime.fromisoformat(instant)) == day


def test_a15_1_the_dates_are_stored_when_the_clock_starts(applied_world, case_id):
    row = started(applied_world, case_id)
    assert (row.due_on, row.warn_on, row.red_on) == (date(2026, 12, 7), date(2026, 12, 3), date(2026, 12, 8))


def test_a15_1_calendar_days_are_counted_as_such(applied_world, case_id):
    row = started(applied_world, case_id, limit=7, unit=Unit.CALENDAR_DAY)
    assert row.due_on == date(2026, 11, 30)


def test_a_clock_without_a_limit_never_falls_due(applied_world, case_id):
    row = started(applied_world, case_id, limit=None)
    assert (row.due_on, row.warn_on, row.red_on) == (None, None, None)


def test_a15_2_pause_and_resume_move_the_stored_dates(applied_world, case_id):
    row = started(applied_world, case_id)
    paused = changed(applied_world, row, pause, on=date(2026, 11, 25), at=applied_world.now)
    assert (paused.due_on, paused.warn_on, paused.red_on) == (None, None, None)
    resumed = changed(applied_world, row, clocks.resume, on=date(2026, 11, 27), at=applied_world.now)
    assert resumed.due_on == date(2026, 12, 9)


def test_a14_4d_a_red_light_that_was_earned_outlasts_a_pause(applied_world, case_id):
    row = started(applied_world, case_id)
    paused = changed(applied_world, row, pause, on=date(2026, 12, 10), at=applied_world.now)
    assert (paused.due_on, paused.red_on) == (date(2026, 12, 7), date(2026, 12, 8))


def test_a_stopped_clock_is_judged_at_its_stop_for_ever(applied_world, case_id):
    row = started(applied_world, case_id)
    changed(applied_world, row, clocks.stop, on=date(2026, 12, 4))
    with applied_world.extranet.reading() as session:
        shown = clocks.reading(session, session.get_one(clocks.CaseClock, row.id), on=date(2027, 3, 1))
    assert (shown.light, shown.elapsed, shown.was_red) == (Light.CLOSED, 9, False)


def test_a_stop_that_arrives_late_never_lies_before_the_beginning(applied_world, case_id):
    row = started(applied_world, case_id)
    assert changed(applied_world, row, clocks.stop, on=date(2026, 11, 20)).stopped_on == date(2026, 11, 23)


def test_a_stop_that_arrives_late_never_lies_inside_what_was_rested_since(applied_world, case_id):
    row = started(applied_world, case_id)
    changed(applied_world, row, pause, on=date(2026, 11, 26), at=applied_world.now)
    assert changed(applied_world, row, clocks.stop, on=date(2026, 11, 24)).stopped_on == date(2026, 11, 26)


def test_two_changes_of_one_clock_do_not_overwrite_each_other(applied_world, case_id):
    row = started(applied_world, case_id)
    changed(applied_world, row, clocks.stop, on=date(2026, 11, 30))
    with applied_world.extranet.writing() as session:
        stale = session.merge(row, load=False)
        with pytest.raises(Conflict):
            clocks.resume(session, stale, on=date(2026, 11, 30), at=applied_world.now)
        session.rollback()


def test_a_case_has_one_running_clock_of_a_kind(applied_world, case_id):
    row = started(applied_world, case_id)
    with applied_world.extranet.reading() as session:
        assert clocks.running(session, case_id, "handling").id == row.id
        assert clocks.running(session, case_id, "rectification") is None
    changed(applied_world, row, clocks.stop, on=date(2026, 11, 30))
    with applied_world.extranet.reading() as session:
        assert clocks.running(session, case_id, "handling") is None


def test_both_zones_count_by_one_calendar_also_after_a_year_was_revised(world):
    holiday = date(2026, 11, 30)
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert calendar(inside).is_working(holiday)
        assert calendar(outside).is_working(holiday)
    told = [DayTold(day=holiday, region_code="", is_working=False, name="临时放假")]
    with world.extranet.writing() as session:
        publish_calendar(session, [2026], told, by=PLATFORM, at=world.now)
    world.pump()
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert calendar(inside).day_off_name(holiday) == calendar(outside).day_off_name(holiday) == "临时放假"
        assert calendar(inside).is_working(date(2026, 10, 1)), "the year is replaced whole"


def test_a_year_nobody_announced_is_counted_monday_to_friday_and_said_to_be_provisional(world):
    with world.extranet.reading() as session:
        days = calendar(session)
    assert days.is_provisional(date(2027, 1, 4))
    assert not days.is_provisional(date(2026, 12, 31))
    assert days.is_working(datetime(2027, 1, 1, tzinfo=SHANGHAI).date())
