"""第十五条：timing by the limits of the guide, and what is not counted."""

from datetime import date

import pytest

from core.cases.told import told_clock
from core.clocks import as_rule, calendar, clocks_of, pauses_of, running
from core.domain.clock_account import explain, sentence
from core.guides.from_reference import guides
from core.guides.publishing import catalogue
from tests.core.cases.acts import do, lead
from tests.world import accept, application, apply_for, case, case_of, declare

WORDS = {"technical_assessment": "技术评估"}


@pytest.fixture
def case_id(applied_world):
    return lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")


def told(world, case_id, on):
    """The clock of handling in one paragraph, as the case page shows it on a day."""
    with world.extranet.reading() as session:
        row = running(session, case_id, "handling") or clocks_of(session, case_id)[-1]
        return sentence(as_rule(row, pauses_of(session, row)), on, calendar(session), pause_words=WORDS)


def paused_a_week(world, case_id):
    """From Monday 30 November to Monday 7 December."""
    do(world.on(date(2026, 11, 30)), case_id, "pause")
    do(world.on(date(2026, 12, 7)), case_id, "resume")


@pytest.mark.parametrize(
    ("accepted", "due"),
    [
        (date(2026, 11, 23), date(2026, 12, 14)),
        (date(2026, 9, 18), date(2026, 10, 15)),  # over the Mid-Autumn Festival and the National Day, 10 October worked
        (date(2025, 9, 26), date(2025, 10, 23)),
        (date(2017, 9, 22), date(2017, 10, 19)),
    ],
)
def test_a15_1_fifteen_working_days_of_the_official_calendar(world, accepted, due):
    world.code = declare(world.on(accepted), "renovation")
    (case_id,) = apply_for(world, world.code, "ECO-02")
    accept(world, case_id)
    assert case(world, case_id).due_on == due


def test_a15_1_the_limit_is_that_of_the_guide(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "DRC-06"), "in_handling")
    with applied_world.extranet.reading() as session:
        promised = catalogue(session, on=applied_world.now.date()).guides["DRC-06"].promised_days
        assert running(session, case_id, "handling").limit_days == promised == 10


def test_a15_1_no_guide_promises_a_day_of_grace_that_the_law_does_not_give():
    for guide in guides():
        assert guide.handling_days is None or guide.handling_days > 0


def test_a15_2_what_is_not_counted_moves_the_due_date_by_its_working_days(applied_world, case_id):
    assert case(applied_world, case_id).due_on == date(2026, 12, 14)
    paused_a_week(applied_world, case_id)
    assert case(applied_world, case_id).due_on == date(2026, 12, 21)


def test_a15_2_anyone_entitled_sees_why_the_due_date_is_what_it_is(applied_world, case_id):
    paused_a_week(applied_world, case_id)
    words = told(applied_world, case_id, date(2026, 12, 8))
    for said in ("11 月 23 日受理", "12 月 1—7 日技术评估不计入", "12 月 14 日顺延至 12 月 21 日"):
        assert said in words


def test_a15_2_day_by_day_each_day_says_what_it_is(applied_world, case_id):
    paused_a_week(applied_world, case_id)
    with applied_world.extranet.reading() as session:
        row = running(session, case_id, "handling")
        days = explain(as_rule(row, pauses_of(session, row)), date(2026, 12, 8), calendar(session), pause_words=WORDS)
    by_day = {day.on: day for day in days}
    assert by_day[date(2026, 11, 23)].kind == "start"
    assert by_day[date(2026, 11, 30)].number == 5  # the day the pause begins still counts
    assert by_day[date(2026, 12, 1)].kind == by_day[date(2026, 12, 7)].kind == "paused"
    assert by_day[date(2026, 12, 8)].number == 6  # counting resumes the day after
    assert by_day[date(2026, 11, 28)].kind == "rest"
    assert by_day[date(2026, 12, 21)].kind == "due"


def test_a15_2_a_clock_that_rests_says_so_instead_of_a_date(applied_world, case_id):
    do(applied_world.on(date(2026, 11, 30)), case_id, "pause")
    assert case(applied_world, case_id).due_on is None
    assert "12 月 14 日" not in told(applied_world, case_id, date(2026, 12, 2))


def test_a15_2_both_zones_explain_the_same(applied_world, case_id):
    paused_a_week(applied_world, case_id)
    applied_world.pump()
    with applied_world.public.reading() as session:
        clock = told_clock(application(applied_world, applied_world.code, "ECO-02"))
        outside = sentence(clock, date(2026, 12, 8), calendar(session), pause_words=WORDS)
    assert outside == told(applied_world, case_id, date(2026, 12, 8))
