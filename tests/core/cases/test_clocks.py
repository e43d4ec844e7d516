"""Which clock of a case runs when, and what lists show of it (A14.2, A14.3, A15.1, A15.2)."""

from datetime import date

import pytest

from core import clocks
from core.cases import clocks as case_clocks
from core.cases.tables import Case
from core.cases.told import told_whole
from core.clocks import as_rule, calendar, clocks_of, pauses_of
from core.domain import clock as rules
from core.domain.policy import PLATFORM
from core.guides.publishing import catalogue, publish_guide
from tests.core.cases.acts import do, hear, lead
from tests.world import application, apply_for, case, case_of, declare


def kinds(world, case_id):
    """Every clock the case had: kind → (started, due, stopped)."""
    with world.extranet.reading() as session:
        return [(row.kind, row.started_on, row.due_on, row.stopped_on) for row in clocks_of(session, case_id)]


@pytest.fixture
def case_id(applied_world):
    return case_of(applied_world, "ECO-02")


def test_a14_2_three_and_five_working_days_begin_on_the_day_of_receipt(applied_world, case_id):
    received = date(2026, 11, 23)
    assert kinds(applied_world, case_id) == [
        ("preliminary", received, date(2026, 11, 26), None),
        ("acceptance", received, date(2026, 11, 30), None),
    ]


def test_a15_1_what_arrives_before_a_holiday_counts_official_working_days_only(world):
    # Friday 25 September 2026 is the Mid-Autumn Festival; National Day rests from 1 to 7 October, 10 October is worked.
    world.on(date(2026, 9, 24))
    code = declare(world, "renovation")
    (case_id,) = apply_for(world, code, "ECO-02")
    assert [due for _, _, due, _ in kinds(world, case_id)] == [date(2026, 9, 30), date(2026, 10, 9)]


def test_the_list_shows_the_review_first_then_acceptance_then_handling(applied_world, case_id):
    assert case(applied_world, case_id).due_on == date(2026, 11, 26)
    do(applied_world, case_id, "pass_preliminary")
    assert case(applied_world, case_id).due_on == date(2026, 11, 30)
    do(applied_world, case_id, "accept")
    assert (case(applied_world, case_id).due_on, case(applied_world, case_id).warn_on) == (
        date(2026, 12, 14),
        date(2026, 12, 9),
    )


@pytest.mark.parametrize("state", ["awaiting_supplement", "concluded", "refused", "not_accepted", "withdrawn"])
def test_where_the_department_owes_nothing_no_clock_runs_and_no_date_is_shown(applied_world, case_id, state):
    lead(applied_world, case_id, state)
    shown = case(applied_world, case_id)
    assert (shown.due_on, shown.warn_on, shown.red_on, shown.is_paused) == (None, None, None, False)
    assert [stopped for _, _, _, stopped in kinds(applied_world, case_id)].count(None) == 0


def test_a14_3_after_the_supplement_the_five_days_begin_again_in_full(applied_world, case_id):
    lead(applied_world, case_id, "awaiting_supplement")
    do(applied_world.on(date(2026, 12, 2)), case_id, "supplement")
    assert kinds(applied_world, case_id)[-1] == ("acceptance", date(2026, 12, 2), date(2026, 12, 9), None)


def test_a15_1_the_promise_runs_and_the_statute_stays_visible_as_the_graver_line(applied_world, case_id):
    lead(applied_world, case_id, "in_handling")
    with applied_world.extranet.reading() as session:
        row = clocks.running(session, case_id, "handling")
        assert (row.limit_days, row.unit, row.due_on) == (15, "working_day", date(2026, 12, 14))
        # The law's thirty calendar days run from receipt.
        assert case_clocks.statutory_due(session, row) == date(2026, 12, 23)


def test_a15_2_a_pause_moves_the_statutes_line_as_well(applied_world, case_id):
    lead(applied_world, case_id, "in_handling")
    do(applied_world.on(date(2026, 11, 30)), case_id, "pause")
    with applied_world.extranet.reading() as session:
        assert case_clocks.statutory_due(session, clocks.running(session, case_id, "handling")) is None
    do(applied_world.on(date(2026, 12, 7)), case_id, "resume")
    with applied_world.extranet.reading() as session:
        assert case_clocks.statutory_due(session, clocks.running(session, case_id, "handling")) == date(2026, 12, 30)


def test_a_case_that_ends_during_a_pause_is_not_paused_any_more(applied_world, case_id):
    lead(applied_world, case_id, "in_handling")
    do(applied_world, case_id, "pause")
    do(applied_world.on(date(2026, 12, 1)), case_id, "withdraw")
    with applied_world.extranet.reading() as session:
        row = clocks_of(session, case_id)[-1]
        value = as_rule(row, pauses_of(session, row))
        assert (row.stopped_on, value.pauses[0].ends_on) == (date(2026, 12, 1), date(2026, 12, 1))
        assert row.due_on == rules.due_on(value, calendar(session))


def test_what_the_unit_is_told_counts_to_the_same_day(applied_world, case_id):
    lead(applied_world, case_id, "in_handling")
    do(applied_world.on(date(2026, 11, 30)), case_id, "pause")
    do(applied_world.on(date(2026, 12, 7)), case_id, "resume")
    with applied_world.extranet.reading() as session:
        told = case_clocks.told_current(session, session.get_one(Case, case_id))
        pauses = tuple(rules.Pause(one.begins_on, one.ends_on, one.ground) for one in told.pauses)
        counted = rules.Clock(told.started_on, told.limit, rules.Unit(told.unit), told.warn_days, pauses)
        assert rules.due_on(counted, calendar(session)) == case(applied_world, case_id).due_on == date(2026, 12, 21)


def test_a_case_without_any_clock_has_none_to_tell(applied_world):
    stray = Case(number="无", application_id="x")
    with applied_world.extranet.reading() as session, pytest.raises(ValueError, match="无"):
        case_clocks.told_current(session, stray)


def test_a15_1_a_statute_from_receipt_begins_when_everything_was_received(applied_world, case_id):
    lead(applied_world, case_id, "awaiting_supplement")
    applied_world.on(date(2026, 12, 14))
    do(applied_world, case_id, "supplement")
    do(applied_world.on(date(2026, 12, 15)), case_id, "accept")
    with applied_world.extranet.reading() as session:
        row = clocks.running(session, case_id, "handling")
        assert (row.started_on, row.statutory_from) == (date(2026, 12, 15), date(2026, 12, 14))
        assert case_clocks.statutory_due(session, row) == date(2027, 1, 13)


def test_a15_1_without_a_promise_a_limit_from_receipt_runs_from_receipt(applied_world, case_id):
    with applied_world.extranet.writing() as session:
        guide = catalogue(session, on=date(2026, 11, 23)).guides["ECO-02"]
        changed = guide.model_copy(update={"number": guide.number + 1, "promised_days": None})
        publish_guide(session, changed, in_force_from=date(2026, 11, 23), by=PLATFORM, at=applied_world.now)
    do(applied_world, case_id, "pass_preliminary")
    do(applied_world.on(date(2026, 11, 27)), case_id, "accept")
    with applied_world.extranet.reading() as session:
        row = clocks.running(session, case_id, "handling")
        assert (row.started_on, row.unit, row.due_on) == (date(2026, 11, 23), "calendar_day", date(2026, 12, 23))


def whole(world, case_id, on):
    with world.extranet.reading() as session:
        return rules.reading(case_clocks.whole_case(session, session.get_one(Case, case_id)), on, calendar(session))


def test_a15_1_the_whole_case_is_a_clock_of_its_own_beside_that_of_the_step(applied_world, case_id):
    assert whole(applied_world, case_id, date(2026, 11, 23)).due_on == date(2026, 12, 21)  # 5 and 15 working days
    do(applied_world.on(date(2026, 11, 24)), case_id, "pass_preliminary")
    do(applied_world, case_id, "accept")
    do(applied_world.on(date(2026, 12, 1)), case_id, "pause")
    do(applied_world.on(date(2026, 12, 8)), case_id, "resume")
    assert case(applied_world, case_id).due_on == date(2026, 12, 22)
    found = whole(applied_world, case_id, date(2026, 12, 23))
    assert (found.due_on, found.paused_days, found.light) == (date(2026, 12, 28), 5, rules.Light.YELLOW)
    applied_world.pump()
    with applied_world.public.reading():
        told = told_whole(application(applied_world, applied_world.code, "ECO-02"))
    with applied_world.extranet.reading() as session:
        assert told == case_clocks.whole_case(session, session.get_one(Case, case_id))


def test_a14_3_what_the_unit_takes_for_its_supplement_begins_the_whole_case_anew(applied_world, case_id):
    lead(applied_world, case_id, "awaiting_supplement")
    waiting = whole(applied_world, case_id, date(2026, 12, 10))
    assert (waiting.light, waiting.due_on) == (rules.Light.PAUSED, None)
    do(applied_world.on(date(2026, 12, 14)), case_id, "supplement")
    assert whole(applied_world, case_id, date(2026, 12, 15)).due_on == date(2027, 1, 11)


def test_a14_3_an_answer_that_never_came_makes_no_case_late(applied_world, case_id):
    lead(applied_world, case_id, "awaiting_supplement")
    hear(applied_world.on(date(2027, 1, 20)))
    do(applied_world, case_id, "decline")
    found = whole(applied_world, case_id, date(2027, 2, 1))
    assert (found.light, found.was_red, found.elapsed) == (rules.Light.CLOSED, False, 0)


def test_a15_1_the_whole_case_is_judged_at_its_end(applied_world, case_id):
    lead(applied_world, case_id, "concluded")
    found = whole(applied_world, case_id, date(2027, 6, 1))
    assert (found.light, found.elapsed, found.was_red) == (rules.Light.CLOSED, 0, False)
