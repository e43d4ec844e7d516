"""The living plan (A2.3, A14.1c): earliest dates on the official calendar, the critical path, what cannot start yet."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.calendar import Calendar
from core.domain.clock import Unit
from core.domain.due_items import Blocker, Due, RelationKind
from core.domain.schedule import Limit, Progress, Schedule, Standing, schedule
from tests.domain.official import OFFICIAL

MONDAY = date(2026, 11, 23)
PLAIN = Calendar({}, {}, range(2016, 2030))
MUST = RelationKind.MUST_PRECEDE


def due(code, *needs, follows=(), one_of=()):
    blockers = tuple(Blocker((need,), MUST, "") for need in needs)
    blockers += (Blocker(tuple(one_of), RelationKind.ONE_OF, ""),) if one_of else ()
    return Due(code, "", 0, blockers, tuple(follows))


def plan(dues, limits, standings=None, calendar=PLAIN, today=MONDAY):
    told = {code: Limit(days) for code, days in limits.items()}
    return schedule(dues, told, standings or {}, calendar, today=today)


def dates(found: Schedule):
    return {one.item_code: (one.starts_on, one.finishes_on) for one in found.items}


CHAIN = (due("A"), due("B"), due("C", "A"), due("D", "C", "B"))


def test_a2_3_what_may_run_at_the_same_time_does_and_the_longest_chain_is_critical():
    found = plan(CHAIN, {"A": 5, "B": 3, "C": 5, "D": 1})
    assert dates(found) == {
        "A": (MONDAY, date(2026, 11, 30)),
        "B": (MONDAY, date(2026, 11, 26)),
        "C": (date(2026, 11, 30), date(2026, 12, 7)),
        "D": (date(2026, 12, 7), date(2026, 12, 8)),
    }
    assert (found.finishes_on, found.critical) == (date(2026, 12, 8), ("A", "C", "D"))
    assert [one.is_critical for one in found.items] == [True, False, True, True]


def test_a14_1c_an_item_says_what_it_waits_for_until_that_is_granted():
    first, _, third, last = plan(CHAIN, {}).items
    assert (first.progress, third.progress) == (Progress.READY, Progress.WAITING)
    assert [one.item_codes for one in last.waits_for] == [("C",), ("B",)]
    later = plan(CHAIN, {}, {"A": Standing(MONDAY, None, MONDAY), "B": Standing(MONDAY, None, MONDAY)})
    assert [one.progress for one in later.items] == ["done", "done", "ready", "waiting"]


def test_a2_3_what_runs_is_over_when_its_clock_says_and_what_overran_today():
    ran = date(2026, 11, 10)
    found = plan(CHAIN, {"C": 5}, {"A": Standing(ran, date(2026, 11, 25)), "B": Standing(ran, date(2026, 11, 20))})
    assert dates(found)["A"] == (ran, date(2026, 11, 25))
    assert dates(found)["B"] == (ran, MONDAY)
    assert dates(found)["C"] == (date(2026, 11, 25), date(2026, 12, 2))


def test_a2_3_what_runs_without_a_date_takes_its_whole_limit_from_today():
    found = plan((due("A"),), {"A": 5}, {"A": Standing(date(2026, 11, 10))})
    assert dates(found)["A"] == (date(2026, 11, 10), date(2026, 11, 30))


def test_a2_3_of_alternatives_the_quickest_counts_and_practice_orders_without_blocking():
    dues = (due("A"), due("B"), due("E", one_of=("A", "B")), due("F", follows=("A",)))
    found = plan(dues, {"A": 10, "B": 3, "E": 1, "F": 1})
    assert dates(found)["E"][0] == date(2026, 11, 26)
    assert dates(found)["F"][0] == date(2026, 12, 7)
    assert {one.item_code: one.progress for one in found.items}["F"] == Progress.READY


def test_a15_1_the_plan_counts_by_the_official_calendar():
    found = schedule((due("A"),), {"A": Limit(5)}, {}, OFFICIAL, today=date(2026, 9, 28))
    assert found.finishes_on == OFFICIAL.nth_working_day(date(2026, 9, 28), 5) > date(2026, 10, 7)
    in_days = schedule((due("A"),), {"A": Limit(30, Unit.CALENDAR_DAY)}, {}, PLAIN, today=date(2026, 11, 2))
    assert in_days.finishes_on == date(2026, 12, 2)


def test_a14_5_when_everything_is_done_nothing_is_critical():
    granted = {code: Standing(MONDAY, None, MONDAY + timedelta(days=place)) for place, code in enumerate("ABCD")}
    found = plan(CHAIN, {}, granted)
    assert (found.finishes_on, found.critical) == (MONDAY + timedelta(days=3), ())
    assert plan((), {}) == Schedule()


def test_items_that_wait_for_each_other_are_refused():
    with pytest.raises(ValueError, match="circle"):
        plan((due("A", "B"), due("B", "A")), {})


CODES = "ABCDEFGH"


@st.composite
def projects(draw):
    """Items that come only after earlier letters, their limits, and how far each is."""
    dues = []
    for place, code in enumerate(CODES[: draw(st.integers(1, len(CODES)))]):
        earlier = st.lists(st.sampled_from(CODES[:place]), unique=True, max_size=2) if place else st.just([])
        dues.append(due(code, *draw(earlier), follows=draw(earlier), one_of=draw(earlier)))
    codes = [one.item_code for one in dues]
    limits = {code: draw(st.one_of(st.none(), st.integers(0, 30))) for code in codes}
    past, ahead = st.dates(date(2026, 9, 1), MONDAY), st.dates(date(2026, 11, 1), date(2027, 2, 1))
    standing = st.one_of(
        st.just(Standing()),
        st.builds(Standing, past, st.one_of(st.none(), ahead)),
        st.builds(Standing, past, granted_on=past),
    )
    return tuple(dues), limits, {code: draw(standing) for code in codes}


@given(projects())
def test_a2_3_nothing_is_over_before_what_it_waits_for_and_nothing_begins_in_the_past(made):
    dues, limits, standings = made
    found = {one.item_code: one for one in plan(dues, limits, standings, OFFICIAL).items}
    for one in dues:
        own = found[one.item_code]
        if own.progress is Progress.DONE:
            continue
        assert own.finishes_on >= MONDAY
        assert own.progress is Progress.RUNNING or MONDAY <= own.starts_on <= own.finishes_on
        for blocker in one.blockers:
            open_ones = [found[code] for code in blocker.item_codes]
            if all(each.progress is not Progress.DONE for each in open_ones):
                assert own.finishes_on >= min(each.finishes_on for each in open_ones)
                assert blocker in own.waits_for


@given(projects())
def test_a2_3_the_critical_path_is_one_chain_that_ends_with_the_project(made):
    found = plan(*made, OFFICIAL)
    by_code = {one.item_code: one for one in found.items}
    assert set(found.critical) == {one.item_code for one in found.items if one.is_critical}
    if not found.critical:
        assert all(one.progress is Progress.DONE for one in found.items)
        return
    assert by_code[found.critical[-1]].finishes_on == found.finishes_on
    assert by_code[found.critical[0]].behind is None
    for earlier, later in zip(found.critical, found.critical[1:], strict=False):
        assert by_code[later].behind == earlier
        assert by_code[later].progress is Progress.RUNNING or by_code[later].starts_on == by_code[earlier].finishes_on


@given(projects(), st.sampled_from(CODES), st.integers(1, 20))
def test_a2_3_more_time_for_one_item_never_makes_anything_earlier(made, code, more):
    dues, limits, standings = made
    slower = limits | {code: (limits.get(code) or 0) + more}
    before, after = dates(plan(dues, limits, standings)), dates(plan(dues, slower, standings))
    assert all(after[one][1] >= before[one][1] for one in before)


@given(projects(), st.sampled_from(CODES))
def test_a2_3_a_grant_today_never_makes_anything_later(made, code):
    dues, limits, standings = made
    granted = standings | {code: replace(standings.get(code, Standing()), granted_on=MONDAY)}
    before, after = dates(plan(dues, limits, standings)), dates(plan(dues, limits, granted))
    assert all(after[one][1] <= max(before[one][1], MONDAY) for one in before)


@given(projects(), st.integers(1, 40))
def test_a2_3_a_day_later_nothing_is_earlier(made, days):
    dues, limits, standings = made
    later = MONDAY + timedelta(days=days)
    before = plan(dues, limits, standings).finishes_on
    assert before <= plan(dues, limits, standings, today=later).finishes_on
