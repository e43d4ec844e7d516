"""Extension (延期): once, by the approver, within the item's own maximum, told to the unit (A15.2)."""

from datetime import date

import pytest
from sqlmodel import select

from core.cases import clocks as case_clocks
from core.cases.extending import extend
from core.cases.notices import notices_of_case
from core.cases.tables import Application, Case, Message, ProjectEvent
from core.cases.told import told_clock, told_statute
from core.clocks import calendar, running
from core.domain import clock as rules
from core.errors import FormRefusal, RuleRefusal
from tests.core.cases.acts import do, lead, rightful
from tests.world import act, application, case, case_of

WHY = "评审意见分歧较大，需要复核"


@pytest.fixture
def case_id(applied_world):
    """The energy review: 10 working days promised, due on 7 December; 20 by law, until 21 December; +10 at most."""
    return lead(applied_world, case_of(applied_world, "DRC-06"), "in_handling")


def extended(world, case_id, **given):
    act(world, case_id, extend, by=rightful(world, case_id, "extend"), **{"days": 10, "reason": WHY, **given})


def lines(world, case_id):
    """Promise and statute: the last day of each."""
    with world.extranet.reading() as session:
        row = running(session, case_id, "handling")
        return row.due_on, case_clocks.statutory_due(session, row)


def test_a15_2_promise_and_statute_move_together(applied_world, case_id):
    assert lines(applied_world, case_id) == (date(2026, 12, 7), date(2026, 12, 21))
    extended(applied_world, case_id, days=5)
    assert lines(applied_world, case_id) == (date(2026, 12, 14), date(2026, 12, 28))
    assert case(applied_world, case_id).due_on == date(2026, 12, 14)


def test_a15_2_pauses_and_an_extension_add_up(applied_world, case_id):
    do(applied_world.on(date(2026, 11, 24)), case_id, "pause")
    extended(applied_world, case_id)
    assert case(applied_world, case_id).due_on is None
    do(applied_world.on(date(2026, 12, 1)), case_id, "resume")
    assert case(applied_world, case_id).due_on == date(2026, 12, 28)


@pytest.mark.parametrize("days", [None, 0, 11])
def test_a15_2_never_beyond_what_the_law_of_the_item_gives(applied_world, case_id, days):
    with pytest.raises(FormRefusal) as refused:
        extended(applied_world, case_id, days=days, reason="短")
    assert set(refused.value.errors) == {"days", "reason"}
    assert lines(applied_world, case_id)[0] == date(2026, 12, 7)


def test_a15_2_once_and_not_again(applied_world, case_id):
    extended(applied_world, case_id, days=2)
    with pytest.raises(RuleRefusal, match="不能再次延期"):
        extended(applied_world, case_id, days=2)


def test_a15_2_on_the_last_day_and_not_after_it(applied_world, case_id):
    applied_world.on(date(2026, 12, 8))
    with pytest.raises(RuleRefusal, match="时限已满"):
        extended(applied_world, case_id)
    extended(applied_world.on(date(2026, 12, 7)), case_id)
    assert case(applied_world, case_id).due_on == date(2026, 12, 21)


def test_a15_2_an_item_whose_law_gives_none_has_none(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    with pytest.raises(RuleRefusal, match="没有延期的规定"):
        extended(applied_world, case_id)


def test_a15_2_the_unit_learns_why_the_public_that_it_was(applied_world, case_id):
    extended(applied_world, case_id)
    applied_world.pump()
    told = "经批准延期 10 个工作日，至 2026 年 12 月 21 日"
    with applied_world.public.reading() as session:
        words = [row.words for row in session.exec(select(Message)).all()]
        events = [row.words for row in session.exec(select(ProjectEvent)).all()]
        one = session.get_one(Application, application(applied_world, applied_world.code, "DRC-06").id)
        dates = [rules.due_on(line, calendar(session)) for line in (told_clock(one), told_statute(one))]
    assert any(told in line and WHY in line for line in words)
    assert any(told in line for line in events)
    assert not any(WHY in line for line in events)
    assert dates == [date(2026, 12, 21), date(2027, 1, 4)]


def test_a15_2_the_notice_names_law_reason_and_the_new_day(applied_world, case_id):
    extended(applied_world, case_id)
    with applied_world.extranet.reading() as session:
        notice = notices_of_case(session, session.get_one(Case, case_id))[0]
    assert notice.kind == "extension"
    assert notice.facts["basis"] == "《中华人民共和国行政许可法》第四十二条"
    assert (notice.facts["reason"], notice.facts["extended"]) == (WHY, "10 个工作日")
    assert notice.facts["limits"]["due_on"] == "2026-12-21"
