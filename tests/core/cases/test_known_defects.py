"""Defects that systems of this kind have shipped with: each named, and shown not to be here (A14.4d, A15.1, A15.2)."""

from datetime import date

import pytest

from core import clocks
from core.cases import intake
from core.cases.inbox import InboxFilter, counts, inbox, urgency
from core.clocks import clocks_of, running
from core.consultations.replies import remind
from core.domain.clock import Light
from core.errors import NotAllowed, RuleRefusal
from extranet_portal.worker import record_lights, recount_dates
from tests.core.cases.acts import ACTS, do, hear, lead, rightful
from tests.core.cases.test_recounting import HOLIDAY, drafted, published
from tests.core.consultations import letters
from tests.core.supervision.lights_of import lights_of
from tests.world import act, application, case, case_of, make_officer


@pytest.fixture
def case_id(applied_world):
    """In handling since Monday 23 November 2026, 15 working days: due on 14 December."""
    return lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")


def test_a14_4d_a_finished_case_is_judged_at_its_conclusion_and_not_against_today(applied_world, case_id):
    applied_world.on(date(2026, 12, 14))
    do(applied_world, case_id, "propose")
    do(applied_world, case_id, "approve")
    record_lights(applied_world.extranet, applied_world.on(date(2027, 12, 14)).now)
    with applied_world.extranet.reading() as session:
        found = clocks.reading(session, clocks_of(session, case_id)[-1], on=date(2027, 12, 14))
    assert (found.light, found.was_red, found.overtime, found.words) == (Light.CLOSED, False, 0, "已办结")
    assert set(lights_of(applied_world, case_id, "handling")) == {"yellow"}


def test_a14_3_the_time_a_supplement_takes_never_turns_a_case_late(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "awaiting_supplement")
    record_lights(applied_world.extranet, applied_world.on(date(2027, 3, 1)).now)
    do(applied_world, case_id, "supplement")
    record_lights(applied_world.extranet, applied_world.now)
    assert case(applied_world, case_id).due_on == date(2027, 3, 8)
    assert lights_of(applied_world, case_id, "acceptance") == {}
    do(applied_world.on(date(2027, 3, 8)), case_id, "accept")
    assert case(applied_world, case_id).due_on == date(2027, 3, 29)


def test_a15_2_a_pause_moves_the_due_date_by_the_days_it_took(applied_world, case_id):
    do(applied_world.on(date(2026, 11, 24)), case_id, "pause")
    do(applied_world.on(date(2026, 12, 1)), case_id, "resume")
    assert case(applied_world, case_id).due_on == date(2026, 12, 21)


def test_a15_2_pauses_again_and_again_add_up(applied_world, case_id):
    for begins, ends in ((24, 25), (26, 27), (30, 30)):
        do(applied_world.on(date(2026, 11, begins)), case_id, "pause")
        do(applied_world.on(date(2026, 11, ends)), case_id, "resume")
    do(applied_world.on(date(2026, 12, 1)), case_id, "pause")
    do(applied_world.on(date(2026, 12, 3)), case_id, "resume")
    assert case(applied_world, case_id).due_on == date(2026, 12, 18)  # 14 December and 1 + 1 + 0 + 2 working days


def test_a15_1_a_holiday_announced_late_is_not_ignored_by_cases_that_run(applied_world, case_id):
    applied_world.on(date(2026, 11, 30))
    published(applied_world, drafted(applied_world, HOLIDAY))
    recount_dates(applied_world.extranet, applied_world.now)
    record_lights(applied_world.extranet, applied_world.on(date(2026, 12, 15)).now)
    assert case(applied_world, case_id).due_on == date(2026, 12, 15)
    assert lights_of(applied_world, case_id, "handling") == {"yellow": date(2026, 12, 10)}


def test_a14_4d_a_yellow_earned_while_the_worker_was_down_is_not_lost_behind_a_pause(applied_world, case_id):
    do(applied_world.on(date(2026, 12, 10)), case_id, "pause")  # yellow since the 9th, and nobody had looked
    record_lights(applied_world.extranet, applied_world.now)
    assert lights_of(applied_world, case_id, "handling") == {"yellow": date(2026, 12, 9)}


def test_a14_4d_who_was_paused_on_the_last_day_is_not_overdue_on_the_day_of_going_on(applied_world, case_id):
    do(applied_world.on(date(2026, 12, 14)), case_id, "pause")
    do(applied_world.on(date(2026, 12, 18)), case_id, "resume")
    officer = make_officer(("handler", "220184-ee"))
    with applied_world.extranet.reading() as session:
        row = next(row for row in inbox(session, officer, InboxFilter(), today=date(2026, 12, 18)) if row.id == case_id)
        sizes = counts(session, officer, today=date(2026, 12, 18)).groups("open")
        assert running(session, case_id, "handling").red_on == date(2026, 12, 19)
    assert (row.due_on, urgency(row, date(2026, 12, 18))) == (date(2026, 12, 14), "tomorrow")
    assert sizes.get("overdue", 0) == 0
    assert urgency(row, date(2026, 12, 19)) == "overdue"


def test_a2_1_a_case_is_never_stuck_between_the_two_portals(applied_world, case_id):
    """What one zone did while the other had not heard is neither lost nor blocks anything once it is carried."""
    do(applied_world, case_id, "pause")
    do(applied_world.later(days=1), case_id, "resume")
    do(applied_world.later(days=1), case_id, "propose")
    ACTS["withdraw"](applied_world, case_id, applied_world.unit, carried=False)  # the unit knows of nothing yet
    do(applied_world.later(hours=1), case_id, "approve")
    applied_world.pump()
    one = application(applied_world, applied_world.code, "ECO-02")
    assert (one.state, one.outcome) == ("concluded", "granted")
    assert case(applied_world, case_id).state == "concluded"
    assert applied_world.pump() == 0


def test_a14_3_a_supplement_given_in_time_is_never_turned_down_as_late_because_it_is_still_on_its_way(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "awaiting_supplement")
    applied_world.pump()
    clerk = rightful(applied_world, case_id, "decline")
    given = {"by": clerk, "ground": "materials_not_cured", "reason": "逾期未补正"}
    ACTS["supplement"](applied_world.on(date(2026, 12, 23), hour=23), case_id, applied_world.unit, carried=False)
    with pytest.raises(RuleRefusal, match="还在送达途中"):
        act(applied_world.on(date(2026, 12, 24)), case_id, intake.decline, **given)
    applied_world.pump()
    one = application(applied_world, applied_world.code, "ECO-02")
    assert (one.state, case(applied_world, case_id).state) == ("under_acceptance", "under_acceptance")


def test_a14_3_a_supplement_that_lies_here_unapplied_keeps_the_request_from_ending(applied_world, monkeypatch):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "awaiting_supplement")
    applied_world.pump()
    ACTS["supplement"](applied_world, case_id, applied_world.unit, carried=False)
    monkeypatch.setattr("core.cases.arriving.move_case", broken)
    hear(applied_world.on(date(2026, 12, 24)))
    with pytest.raises(RuleRefusal, match="还在送达途中"):
        do(applied_world, case_id, "decline")


def broken(*_args, **_given):
    raise ZeroDivisionError


def test_a14_4b_an_officer_does_not_remind_another_departments_addressee(applied_world, case_id):
    asked = letters.send(applied_world, letters.ASKED)
    before = letters.rows(applied_world, asked)[0].reminders
    for unit in (letters.ASKED, letters.OTHER, "220100-ee"):  # the addressee's own, a third one, the superior
        with pytest.raises(NotAllowed, match="催办答复由其他岗位办理"):
            letters.act_on(applied_world, asked, letters.ASKED, remind, by=letters.handler_of(unit))
    assert letters.rows(applied_world, asked)[0].reminders == before
    letters.act_on(applied_world, asked, letters.ASKED, remind, by=letters.handler_of(letters.ASKING))
    assert letters.rows(applied_world, asked)[0].reminders == before + 1
