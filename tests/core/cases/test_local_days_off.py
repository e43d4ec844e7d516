"""A region's own days off (A15.1): Yanbian rests on 3 September, its offices alone, and both zones count so."""

from datetime import date

import pytest

from core.calendar_rows import calendar, calendar_at
from core.cases.recounting import preview, recount
from core.cases.tables import Case
from core.cases.told import days_of, told_clock
from core.cases.transferring import transfer
from core.clocks import clocks_of, running
from core.consultations import asking
from core.consultations.replies import reading_of, replies_of
from core.domain import clock as rules
from core.domain.calendar_text import write_calendar
from core.domain.clock_account import explain
from core.domain.policy import Role
from core.errors import NotAllowed, RuleRefusal
from core.guides import calendar_revisions as revising
from core.guides.tables import CalendarRevision
from extranet_portal.worker import recount_dates
from tests.core.cases.acts import do, lead
from tests.core.consultations import letters
from tests.world import application, apply_for, case, declare, make_officer

YANBIAN = "222400"
COORDINATOR = make_officer((Role.COORDINATOR, "222400-drc"), name="朴主任")
CHANGCHUN = make_officer((Role.COORDINATOR, "220100-drc"), name="吴主任")
MONDAY = date(2026, 8, 31)


@pytest.fixture
def yanji(world):
    """A renovation in 延吉市 whose environmental report is applied for on Monday 31 August 2026."""
    world.on(MONDAY)
    world.code = declare(world, "renovation", region_code="222401")
    return apply_for(world, world.code, "ECO-02")[0]


def due_dates(world, case_id):
    with world.extranet.reading() as session:
        return [row.due_on for row in clocks_of(session, case_id)]


def test_a15_1_an_office_in_yanbian_does_not_count_its_founding_day(world, yanji):
    assert case(world, yanji).org_unit == "222401-ee"
    assert due_dates(world, yanji) == [date(2026, 9, 4), date(2026, 9, 8)]
    elsewhere = apply_for(world, declare(world, "renovation"), "ECO-02")[0]
    assert due_dates(world, elsewhere) == [date(2026, 9, 3), date(2026, 9, 7)]


def test_a15_2_the_account_names_the_day_and_the_unit_sees_the_same_date(world, yanji):
    one = application(world, world.code, "ECO-02")
    with world.public.reading() as session:
        days = days_of(session, one)
        clock = told_clock(one)
        cells = {cell.on: cell.words for cell in explain(clock, MONDAY, days, pause_words={})}
        assert days is calendar_at(session, "222401-ee")
        assert calendar_at(session, "220184-ee") is calendar(session)
    assert rules.due_on(clock, days) == date(2026, 9, 4)
    assert cells[date(2026, 9, 3)] == "延边朝鲜族自治州成立纪念日"


def test_a14_2_a_case_passed_to_an_office_elsewhere_counts_by_the_days_of_that_place(world, yanji):
    clerk = make_officer((Role.CLERK, "222401-ee"))
    with world.extranet.writing() as session:
        found = session.get_one(Case, yanji)
        transfer(session, found, to="220000-ee", reason="项目跨地区，应由省级办理", by=clerk, at=world.now)
    assert due_dates(world, yanji) == [date(2026, 9, 3), date(2026, 9, 7)]
    assert case(world, yanji).acceptance_due_on == date(2026, 9, 7)


def test_a14_4b_each_addressee_answers_by_the_days_of_its_own_place(world, yanji):
    lead(world, yanji, "in_handling")
    handler = letters.handler_of("222401-ee")
    with world.extranet.writing() as session:
        letter = letters.letter("222401-nr", "220000-water")
        asked = asking.draft(session, letters.asker(world), letter, by=handler, at=world.now)
        asking.send(session, asked, by=handler, at=world.now)
        rows = replies_of(session, asked)
        assert {one.org_unit: one.due_on for one in rows} == {
            "222401-nr": date(2026, 9, 8), "220000-water": date(2026, 9, 7)
        }  # fmt: skip
        assert [reading_of(session, one, on=MONDAY).due_on for one in rows] == [one.due_on for one in rows]


def drafted(world, text, *, region=YANBIAN, year=2026, by=COORDINATOR):
    with world.extranet.writing() as session:
        return revising.draft_revision(session, year, text, region_code=region, by=by, at=world.now)


def test_a15_1_a_region_revises_its_days_seeing_what_moves_and_nobody_else_moves(world, yanji):
    elsewhere = apply_for(world, declare(world, "renovation"), "ECO-02")[0]
    draft = drafted(world, "9月3日 放假 延边朝鲜族自治州成立纪念日\n9月4日 放假 补休")
    with world.extranet.reading() as session:
        row = session.get_one(CalendarRevision, draft.id)
        total, moved = preview(session, revising.revised(session, row), first=row.first_change, page=1)
    assert (total, [(one.case.id, one.dates[0].after) for one in moved]) == (1, [(yanji, date(2026, 9, 7))])
    with world.extranet.writing() as session:
        row = session.get_one(CalendarRevision, draft.id)
        revising.publish_revision(session, row, by=COORDINATOR, at=world.now)
    recount_dates(world.extranet, world.now)
    world.pump()
    assert due_dates(world, yanji) == [date(2026, 9, 7), date(2026, 9, 9)]
    assert due_dates(world, elsewhere) == [date(2026, 9, 3), date(2026, 9, 7)]
    with world.public.reading() as session:
        one = application(world, world.code, "ECO-02")
        assert rules.due_on(told_clock(one), days_of(session, one)) == date(2026, 9, 7)


def test_a7_1_a_regions_coordinator_keeps_neither_the_provinces_year_nor_anothers_days(world):
    text = "9月3日 放假 延边朝鲜族自治州成立纪念日\n9月4日 放假 补休"
    for region, by in (("", COORDINATOR), ("220100", COORDINATOR), (YANBIAN, CHANGCHUN)):
        with pytest.raises(NotAllowed, match="由本级或上级综合管理部门发布"):
            drafted(world, text, region=region, by=by)
    draft = drafted(world, text)
    for stage in (revising.publish_revision, revising.discard_revision):
        with world.extranet.writing() as session, pytest.raises(NotAllowed):
            stage(session, session.get_one(CalendarRevision, draft.id), by=CHANGCHUN, at=world.now)


def test_a15_1_the_provinces_year_leaves_the_regions_days_as_they_are(world, yanji):
    coordinator = make_officer((Role.COORDINATOR, "220000-drc"))
    with world.extranet.writing() as session:
        text = write_calendar(revising.days_of_year(session, 2026)) + "\n9月1日 放假 临时放假"
        draft = revising.draft_revision(session, 2026, text, by=coordinator, at=world.now)
        revising.publish_revision(session, draft, by=coordinator, at=world.now)
        recount(session, at=world.now)
    do(world.later(hours=1), yanji, "pass_preliminary")
    with world.extranet.reading() as session:
        assert running(session, yanji, "acceptance").due_on == date(2026, 9, 9)
        assert revising.days_of_year(session, 2026, YANBIAN)[0].day == date(2026, 9, 3)


@pytest.mark.parametrize(
    ("text", "says"),
    [("9月3日 放假 延边朝鲜族自治州成立纪念日", "完全相同"), ("9月6日 上班 调休", "调休上班由全省统一安排")],
)
def test_a15_1_a_region_adds_days_off_and_nothing_else(world, text, says):
    with pytest.raises(RuleRefusal, match=says):
        drafted(world, text)
