"""The clock against a walk day by day over ledgers of twenty years: pauses that go on or restart, extensions, both
units (A15.1, A15.2).

The walk knows nothing of `core.domain.clock`: it looks at one day after the other and keeps what it has counted.
"""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.clock import Clock, Light, Pause, Unit, due_on, elapsed, overtime_from, reading, restarts_on, warned_on
from core.domain.clock_account import explain
from tests.domain.official import OFFICIAL

ONE_DAY = timedelta(days=1)


@st.composite
def ledgers(draw):
    start = draw(st.dates(date(2007, 1, 1), date(2026, 12, 31)))
    pauses, cursor = [], start
    for _ in range(draw(st.integers(0, 6))):
        begins = cursor + timedelta(days=draw(st.integers(0, 25)))
        cursor = begins + timedelta(days=draw(st.integers(0, 90)))
        pauses.append(Pause(begins, cursor, "hearing", restarts=draw(st.booleans())))
    if pauses and draw(st.integers(0, 3)) == 0:
        pauses[-1] = replace(pauses[-1], ends_on=None)
    return Clock(
        started_on=start,
        limit=draw(st.integers(0, 60)),
        unit=draw(st.sampled_from(Unit)),
        warn_at=draw(st.none() | st.integers(0, 10)),
        pauses=tuple(pauses),
        extension=draw(st.sampled_from([0, 0, 5, 10, 40])),
    )


class Walk:
    """What happened by a day, found by living through every day before it."""

    def __init__(self, ledger, until):
        self.ledger, self.allowed = ledger, ledger.limit + ledger.extension
        self.near = ledger.warn_at if ledger.warn_at is not None else max(1, (ledger.limit + 4) // 5)
        self.counted, self.due, self.warned, self.red, self.restarted = 0, None, None, None, []
        today = ledger.started_on
        while today <= until:
            self.live(today)
            if self.red is None and any(one.restarts and one.ends_on == today for one in ledger.pauses):
                # the day a pause ends is not counted; from the next one on everything begins again
                self.counted, self.due, self.warned = 0, None, None
                self.restarted.append(today)
                self.look(today)
            today += ONE_DAY

    def live(self, today):
        pauses = self.ledger.pauses
        rests = any(one.begins_on < today and (one.ends_on is None or today <= one.ends_on) for one in pauses)
        works = self.ledger.unit is Unit.CALENDAR_DAY or OFFICIAL.is_working(today)
        self.counted += today > self.ledger.started_on and works and not rests
        if not rests and self.due is not None and self.red is None:
            self.red = today
        self.look(today)

    def look(self, today):
        if self.warned is None and self.allowed - self.counted <= self.near:
            self.warned = today
        if self.due is None and self.counted >= self.allowed:
            self.due = today


def end_of(ledger):
    last = max([ledger.started_on, *(p.ends_on or p.begins_on for p in ledger.pauses)])
    return last + timedelta(days=200)


@settings(max_examples=300)
@given(ledgers())
def test_a15_2_the_dates_are_those_of_the_walk(ledger):
    lived = Walk(ledger, end_of(ledger))
    assert overtime_from(ledger, OFFICIAL) == lived.red
    assert list(dict.fromkeys(restarts_on(ledger, OFFICIAL))) == list(dict.fromkeys(lived.restarted))
    still_open = bool(ledger.pauses) and ledger.pauses[-1].ends_on is None and lived.red is None
    assert due_on(ledger, OFFICIAL) == (None if still_open else lived.due)
    if not still_open:
        assert warned_on(ledger, OFFICIAL) == lived.warned


@settings(max_examples=300)
@given(ledgers(), st.integers(0, 250))
def test_a15_2_on_any_day_what_is_counted_is_what_the_walk_counted(ledger, later):
    on = ledger.started_on + timedelta(days=later)
    lived = Walk(ledger, on)
    ends_today = on in lived.restarted
    known = replace(ledger, pauses=tuple(p for p in ledger.pauses if p.begins_on <= on))
    if not ends_today:  # on that day itself the old count is still told
        assert elapsed(known, on, OFFICIAL) == lived.counted
    found = reading(known, on, OFFICIAL)
    assert found.was_red == (lived.red is not None)
    assert (found.light is Light.RED) == (lived.red is not None)


@settings(max_examples=60)
@given(ledgers(), st.integers(0, 120))
def test_a15_2_the_account_numbers_each_day_as_the_walk_does(ledger, later):
    on = ledger.started_on + timedelta(days=later)
    for cell in explain(ledger, on, OFFICIAL, pause_words={}):
        if cell.number is not None and ledger.started_on < cell.on <= on:
            assert cell.number == Walk(ledger, cell.on).counted
