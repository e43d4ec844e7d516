"""Lights earned for good (A14.4d): one event for each clock and colour, however often or late the sweep runs."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlmodel import select

from core.clocks import SHANGHAI, CaseClock
from core.supervision import lights
from core.supervision.lights import sweep
from core.supervision.tables import LightEvent, PauseOverrun
from tests.core.cases.acts import do, lead
from tests.core.supervision.lights_of import lights_of
from tests.world import case_of


def swept(world, day):
    """The worker looks on a day; how many lights were new."""
    world.on(day)
    with world.extranet.writing() as session:
        return sweep(session, today=day, at=world.now)


@pytest.fixture
def case_id(applied_world):
    return lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")  # due on 14 December, warned on the 9th


def test_a14_4d_yellow_on_the_day_of_the_warning_and_not_before(applied_world, case_id):
    swept(applied_world, date(2026, 12, 8))
    assert lights_of(applied_world, case_id, "handling") == {}
    swept(applied_world, date(2026, 12, 9))
    assert lights_of(applied_world, case_id, "handling") == {"yellow": date(2026, 12, 9)}


def test_a14_4d_red_from_the_day_after_it_was_due(applied_world, case_id):
    swept(applied_world, date(2026, 12, 14))
    assert set(lights_of(applied_world, case_id, "handling")) == {"yellow"}
    swept(applied_world, date(2026, 12, 15))
    assert lights_of(applied_world, case_id, "handling")["red"] == date(2026, 12, 15)


def test_a14_4d_looking_again_finds_nothing_new(applied_world, case_id):
    assert swept(applied_world, date(2026, 12, 20)) > 0
    assert swept(applied_world, date(2026, 12, 21)) == 0


def test_a14_4d_a_sweep_that_comes_late_knows_the_day_all_the_same(applied_world, case_id):
    swept(applied_world, date(2027, 2, 1))
    with applied_world.extranet.reading() as session:
        event = session.exec(select(LightEvent).where(LightEvent.light == "red", LightEvent.case_id == case_id)).one()
    assert (event.earned_on, event.recorded_at) == (date(2026, 12, 15), applied_world.now)
    assert (event.org_unit, event.project_code) == ("220184-ee", applied_world.code)


def test_a14_4d_a_case_decided_late_keeps_its_red_light_although_the_sweep_came_after(applied_world, case_id):
    applied_world.on(date(2026, 12, 16))
    do(applied_world, case_id, "propose")
    do(applied_world, case_id, "approve")
    swept(applied_world, date(2026, 12, 17))
    assert lights_of(applied_world, case_id, "handling") == {"yellow": date(2026, 12, 9), "red": date(2026, 12, 15)}


def test_a14_4d_a_case_decided_in_time_has_no_light(applied_world, case_id):
    applied_world.on(date(2026, 12, 8))
    do(applied_world, case_id, "propose")
    do(applied_world, case_id, "approve")
    swept(applied_world, date(2027, 2, 1))
    assert lights_of(applied_world, case_id, "handling") == {}


def test_a14_4d_a_case_decided_on_the_last_day_has_been_yellow_and_never_red(applied_world, case_id):
    applied_world.on(date(2026, 12, 14))
    do(applied_world, case_id, "propose")
    do(applied_world, case_id, "approve")
    swept(applied_world, date(2027, 2, 1))
    assert set(lights_of(applied_world, case_id, "handling")) == {"yellow"}


def test_a15_2_a_paused_clock_earns_nothing(applied_world, case_id):
    do(applied_world.on(date(2026, 12, 7)), case_id, "pause")
    swept(applied_world, date(2027, 2, 1))
    assert lights_of(applied_world, case_id, "handling") == {}


def test_a14_4d_a_step_may_be_late_although_the_whole_is_not(applied_world):
    late = case_of(applied_world, "DRC-06")
    do(applied_world.on(date(2026, 11, 27)), late, "pass_preliminary")
    do(applied_world, late, "accept")
    swept(applied_world, date(2026, 11, 27))
    assert set(lights_of(applied_world, late, "preliminary")) == {"yellow", "red"}
    assert lights_of(applied_world, late, "acceptance") == {"yellow": date(2026, 11, 27)}
    assert lights_of(applied_world, late, "handling") == {}


def test_a_full_hand_is_taken_again(applied_world, case_id):
    with applied_world.extranet.writing() as session:
        taken = [sweep(session, today=date(2027, 2, 1), at=applied_world.now, limit=2) for _ in range(6)]
    assert taken[0] <= 8
    assert taken[-1] == 0
    with applied_world.extranet.reading() as session:
        assert len(session.exec(select(LightEvent)).all()) == sum(taken)


def test_the_sweep_walks_no_clock_that_stopped_in_time(applied_world):
    with applied_world.extranet.reading() as session:
        for _, statement in lights._SWEEPS:
            made = statement.compile(dialect=sqlite.dialect(paramstyle="named"))
            values = made.params | {"today": "2026-12-01", "limit": 500}
            plan = session.connection().execute(sa.text(f"EXPLAIN QUERY PLAN {made}"), values).all()
            assert "USING INDEX ix_clock_" in " / ".join(row[-1] for row in plan)


def test_a15_2_a_pause_that_outlasts_its_expected_end_is_written_down_once(applied_world, case_id):
    do(applied_world.on(date(2026, 12, 1)), case_id, "pause")  # expected to end on the last day of the year
    swept(applied_world, date(2026, 12, 31))
    with applied_world.extranet.reading() as session:
        assert session.exec(select(PauseOverrun)).all() == []
    swept(applied_world, date(2027, 1, 1))
    swept(applied_world, date(2027, 1, 20))
    with applied_world.extranet.reading() as session:
        (found,) = session.exec(select(PauseOverrun)).all()
    assert (found.case_id, found.ground, found.expected_on) == (case_id, "technical_assessment", date(2026, 12, 31))
    assert found.recorded_at.astimezone(SHANGHAI).date() == date(2027, 1, 1)


def test_a15_2_a_pause_that_ended_late_before_anybody_looked_is_written_down_too(applied_world, case_id):
    do(applied_world.on(date(2026, 12, 1)), case_id, "pause")
    do(applied_world.on(date(2027, 1, 4)), case_id, "resume")
    swept(applied_world, date(2027, 1, 5))
    with applied_world.extranet.reading() as session:
        assert len(session.exec(select(PauseOverrun)).all()) == 1


def test_the_sweep_writes_only_where_a_light_was_crossed(applied_world, case_id):
    swept(applied_world, date(2026, 12, 9))
    with applied_world.extranet.reading() as session:
        before = {row.id: row.lit for row in session.exec(select(CaseClock)).all()}
    assert swept(applied_world, date(2026, 12, 15)) == 1
    with applied_world.extranet.reading() as session:
        after = {row.id: row.lit for row in session.exec(select(CaseClock)).all()}
        kinds = {row.id: (row.case_id, row.kind) for row in session.exec(select(CaseClock)).all()}
    assert [kinds[one] for one in after if after[one] != before[one]] == [(case_id, "handling")]
