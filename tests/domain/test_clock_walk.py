"""The clock against an independent walk, day by day, over random calendars and ledgers (A14.4d, A15.1, A15.2)."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.domain.calendar import Calendar
from core.domain.clock import (
    Clock,
    Light,
    Pause,
    Unit,
    due_on,
    elapsed,
    overtime_from,
    paused_days,
    reading,
    warn_on,
)
from tests.domain.official import OFFICIAL

ONE_DAY = timedelta(days=1)


@st.composite
def clocks(draw, *, endless=True, stopped=True):
    start = draw(st.dates(date(2024, 12, 1), date(2026, 3, 31)))
    pauses, cursor = [], start
    for _ in range(draw(st.integers(0, 4))):
        begins = cursor + timedelta(days=draw(st.integers(0, 12)))
        cursor = begins + timedelta(days=draw(st.integers(0, 15)))
        pauses.append(Pause(begins, cursor, "hearing"))
    if pauses and draw(st.booleans()):
        pauses[-1] = replace(pauses[-1], ends_on=None)
    limit = draw(st.integers(0, 30) | st.none()) if endless else draw(st.integers(0, 30))
    stop = start + timedelta(days=draw(st.integers(0, 90))) if stopped and draw(st.booleans()) else None
    return Clock(
        started_on=start,
        limit=limit,
        unit=draw(st.sampled_from(Unit)),
        warn_at=draw(st.none() | st.integers(0, 8)),
        pauses=tuple(pauses),
        stopped_on=stop,
    )


CALENDARS = st.builds(
    lambda off, worked: Calendar({d: "假" for d in off}, {d: "班" for d in worked if d not in off}, [2024, 2025, 2026]),
    st.sets(st.dates(date(2024, 12, 1), date(2026, 6, 30)), max_size=60),
    st.sets(st.dates(date(2024, 12, 1), date(2026, 6, 30)), max_size=60),
) | st.just(OFFICIAL)


def walk(counted, until, calendar):
    """Count one day after the other; what the rules say, in the slowest and plainest way."""
    threshold = counted.warn_at
    if threshold is None and counted.limit is not None:
        threshold = max([1] + [n for n in range(1, 31) if 5 * (n - 1) < counted.limit])
    n, due, warned, red, paused_count, today = 0, None, None, None, 0, counted.started_on
    while today <= until:
        paused = any(p.begins_on < today and (p.ends_on is None or today <= p.ends_on) for p in counted.pauses)
        works = counted.unit is Unit.CALENDAR_DAY or calendar.is_working(today)
        if today > counted.started_on and works:
            n, paused_count = (n, paused_count + 1) if paused else (n + 1, paused_count)
        if counted.limit is not None:
            if due is not None and red is None and not paused:
                red = today
            if due is None and n >= counted.limit:
                due = today
            if warned is None and counted.limit - n <= threshold:
                warned = today
        today += ONE_DAY
    return n, due, warned, red, paused_count


@given(clocks(), st.integers(-10, 150), CALENDARS)
def test_the_clock_agrees_with_the_walk(running, later, calendar):
    on = running.started_on + timedelta(days=later)
    until = on if running.stopped_on is None else min(on, running.stopped_on)
    n, _, warned, red, paused_count = walk(running, until, calendar)
    found = reading(running, on, calendar)
    assert (found.elapsed, found.paused_days, found.was_red) == (n, paused_count, red is not None)
    assert found.remaining == (None if running.limit is None else max(0, running.limit - n))
    assert found.overtime == (0 if running.limit is None else max(0, n - running.limit))
    paused = any(p.begins_on < on and (p.ends_on is None or on <= p.ends_on) for p in running.pauses)
    if running.stopped_on is not None and running.stopped_on <= on:
        light = Light.CLOSED
    elif on < running.started_on or running.limit is None:
        light = Light.NONE
    elif red:
        light = Light.RED
    elif paused:
        light = Light.PAUSED
    else:
        light = Light.YELLOW if warned else Light.GREEN
    assert found.light is light
    assert found.words


@given(clocks(), CALENDARS)
def test_the_dates_agree_with_the_walk(running, calendar):
    _, due, warned, red, _ = walk(running, running.started_on + timedelta(days=260), calendar)
    hidden = bool(running.pauses) and running.pauses[-1].ends_on is None and red is None
    assert due_on(running, calendar) == (None if hidden else due)
    assert warn_on(running, calendar) == (None if hidden else warned)
    assert overtime_from(running, calendar) == red


@given(clocks(endless=False, stopped=False), CALENDARS)
def test_the_due_date_is_the_first_date_that_reaches_the_limit(running, calendar):
    due = due_on(running, calendar)
    if due is not None:
        assert elapsed(running, due, calendar) == running.limit
        if due > running.started_on:
            assert elapsed(running, due - ONE_DAY, calendar) < running.limit


@given(clocks(endless=False, stopped=False), CALENDARS)
def test_a_pause_never_makes_it_due_earlier(running, calendar):
    due = due_on(running, calendar)
    for kept in range(len(running.pauses)):
        without = due_on(replace(running, pauses=running.pauses[:kept]), calendar)
        assert due is None or without <= due


@given(clocks(endless=False, stopped=False), CALENDARS)
def test_pauses_before_the_due_date_add_up(running, calendar):
    due = due_on(running, calendar)
    if due is not None:
        lost = paused_days(running, due, calendar)
        assert due_on(replace(running, limit=running.limit + lost, pauses=()), calendar) == due


@given(clocks(), CALENDARS)
def test_elapsed_never_falls_and_grows_by_one_at_most(running, calendar):
    counts = [elapsed(running, running.started_on + timedelta(days=n), calendar) for n in range(-3, 90)]
    assert counts[:4] == [0, 0, 0, 0]
    assert all(0 <= later - earlier <= 1 for earlier, later in pairwise(counts))


@given(clocks(endless=False, stopped=False), CALENDARS)
def test_the_lights_come_in_order_and_red_stays(running, calendar):
    order = {Light.GREEN: 0, Light.YELLOW: 1, Light.RED: 2}
    shown = [reading(running, running.started_on + timedelta(days=n), calendar).light for n in range(90)]
    lit = [order[light] for light in shown if light is not Light.PAUSED]
    assert lit == sorted(lit)
    assert Light.RED not in shown or set(shown[shown.index(Light.RED) :]) == {Light.RED}
