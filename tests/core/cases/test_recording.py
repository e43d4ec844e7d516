"""When it happened and when it was recorded (A15.2): both are kept, what came late is noted and listed for good."""

from datetime import date, timedelta

import pytest

from core.cases import handling
from core.cases.recording import late_records, late_records_of
from core.cases.tables import Case
from core.clocks import clocks_of, pauses_of
from core.domain.policy import Role
from core.errors import FormRefusal, RuleRefusal
from core.trace import entries_of
from tests.core.cases.acts import lead, rightful
from tests.core.supervision.lights_of import lights_of
from tests.world import act, case, case_of, make_officer, proposal


@pytest.fixture
def case_id(applied_world):
    """In handling since Monday 23 November 2026, 15 working days: due on 14 December."""
    return lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")


def pause(world, case_id, begins_on):
    words = {"ground": "technical_assessment", "reason": "委托技术评估", "begins_on": begins_on}
    by, until = rightful(world, case_id, "pause"), world.now.date() + timedelta(days=30)
    act(world, case_id, handling.pause, by=by, expected_on=until, **words)


def resume(world, case_id, ends_on):
    act(world, case_id, handling.resume, by=rightful(world, case_id, "resume"), ends_on=ends_on)


def late_of(world, case_id):
    with world.extranet.reading() as session:
        return [
            (one.act, one.happened_on, one.lag_days) for one in late_records_of(session, session.get_one(Case, case_id))
        ]


def test_a15_2_a_pause_recorded_afterwards_counts_from_the_day_it_began_and_is_noted(applied_world, case_id):
    world = applied_world.on(date(2026, 12, 1))
    pause(world, case_id, date(2026, 11, 25))
    resume(world.on(date(2026, 12, 4)), case_id, date(2026, 12, 2))
    assert case(world, case_id).due_on == date(2026, 12, 21)  # five working days of pause: 26 November to 2 December
    assert late_of(world, case_id) == [("pause", date(2026, 11, 25), 3), ("resume", date(2026, 12, 2), 1)]
    with world.extranet.reading() as session:
        row = pauses_of(session, clocks_of(session, case_id)[-1])[0]
        assert (row.begins_on, row.recorded_at.day, row.ends_on, row.ended_at.day) == (
            date(2026, 11, 25), 1, date(2026, 12, 2), 4
        )  # fmt: skip
        entry = next(
            one
            for one in entries_of(session, "case", case(world, case_id).application_id)
            if one.action == "case.record_late"
        )
        assert entry.change == {"happened_on": ["2026-12-02", "2026-12-04"]}


def test_a15_2_what_is_recorded_by_the_next_working_day_is_in_time(applied_world, case_id):
    world = applied_world.on(date(2026, 11, 30))
    pause(world, case_id, date(2026, 11, 27))  # the Friday before
    assert late_of(world, case_id) == []


def test_a14_4d_no_late_record_puts_out_a_red_light(applied_world, case_id):
    world = applied_world.on(date(2026, 12, 16))
    with pytest.raises(FormRefusal) as refused:
        pause(world, case_id, date(2026, 12, 10))
    assert "已亮红灯" in refused.value.errors["begins_on"]
    pause(world, case_id, date(2026, 12, 16))
    assert case(world, case_id).red_on == date(2026, 12, 15)
    assert lights_of(world, case_id, "handling") == {}  # nobody has swept yet; the date stands


@pytest.mark.parametrize(
    ("begins_on", "says"),
    [
        (date(2026, 12, 2), "不能晚于今天"),
        (date(2026, 11, 20), "不能早于 2026 年 11 月 23 日"),
    ],
)
def test_a15_2_an_act_lies_between_what_came_before_and_today(applied_world, case_id, begins_on, says):
    world = applied_world.on(date(2026, 12, 1))
    with pytest.raises(FormRefusal) as refused:
        pause(world, case_id, begins_on)
    assert says in refused.value.errors["begins_on"]
    pause(world, case_id, None)
    with pytest.raises(RuleRefusal, match="不能早于 2026 年 12 月 1 日"):
        resume(world.on(date(2026, 12, 3)), case_id, date(2026, 11, 30))


def test_a15_2_a_document_older_than_its_proposal_is_noted(applied_world, case_id):
    world = applied_world.on(date(2026, 12, 8))
    offered = proposal(world, document_on=date(2026, 12, 1))
    act(world, case_id, handling.propose, by=rightful(world, case_id, "propose"), proposal=offered)
    assert late_of(world, case_id) == [("document", date(2026, 12, 1), 4)]


def test_a15_2_supervision_lists_what_came_late_and_others_see_nothing_of_it(applied_world, case_id):
    pause(applied_world.on(date(2026, 12, 1)), case_id, date(2026, 11, 25))
    with applied_world.extranet.reading() as session:
        supervisor = make_officer((Role.SUPERVISOR, "220100-drc"))
        (row,) = late_records(session, supervisor, page=1)
        assert (row.act, row.lag_days, row.item_name) == ("暂停计时", 3, "环境影响报告表审批")
        for stranger in ((Role.SUPERVISOR, "222400-drc"), (Role.APPROVER, "220184-hc")):
            assert late_records(session, make_officer(stranger), page=1) == []
