"""A revised calendar moves the open cases that it concerns, and nothing else (A15.1)."""

from datetime import date

import pytest
from sqlmodel import select

from core.calendar_rows import calendar
from core.cases.recounting import preview, recount
from core.cases.tables import Application, Message, ProjectEvent
from core.cases.told import told_clock
from core.clocks import running
from core.consultations.replies import moving
from core.domain import clock as rules
from core.domain.calendar_text import write_calendar
from core.domain.policy import Role
from core.errors import NotAllowed, RuleRefusal
from core.guides import calendar_revisions as revising
from core.guides.tables import CalendarRevision
from core.trace import entries_of
from extranet_portal.worker import accept_the_silent, record_lights, recount_dates
from tests.core.cases.acts import do, lead
from tests.core.consultations import letters
from tests.world import application, case, case_of, make_officer

COORDINATOR = make_officer((Role.COORDINATOR, "220000-drc"), name="孙主任")
HOLIDAY = "12月1日 放假 临时放假"
"""Tuesday 1 December 2026, announced after the applications of 23 November."""


@pytest.fixture
def case_id(applied_world):
    found = lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    applied_world.pump()
    return found


def drafted(world, line, year=2026):
    """The year as it stands with one line more."""
    with world.extranet.writing() as session:
        text = write_calendar(revising.days_of_year(session, year)) + "\n" + line
        return revising.draft_revision(session, year, text, by=COORDINATOR, at=world.now)


def published(world, draft, *, by=COORDINATOR):
    with world.extranet.writing() as session:
        revising.publish_revision(session, session.get_one(CalendarRevision, draft.id), by=by, at=world.now)


def test_a15_1_a_holiday_announced_late_moves_the_cases_that_run(either_applied_world):
    world = either_applied_world
    case_id = lead(world, case_of(world, "ECO-02"), "in_handling")
    world.pump()
    assert case(world, case_id).due_on == date(2026, 12, 14)
    published(world, drafted(world, HOLIDAY))
    recount_dates(world.extranet, world.now)
    shown = case(world, case_id)
    assert (shown.due_on, shown.warn_on, shown.red_on) == (date(2026, 12, 15), date(2026, 12, 10), date(2026, 12, 16))
    with world.extranet.reading() as session:
        assert running(session, case_id, "handling").due_on == date(2026, 12, 15)
        entry = entries_of(session, "case", shown.application_id)[0]
    assert (entry.action, entry.reason) == ("case.recount", "2026 年工作日历调整")
    assert entry.change["due_on"] == ["2026-12-14", "2026-12-15"]
    assert entry.change["whole_due_on"] == ["2026-12-21", "2026-12-22"]


def test_a15_1_the_unit_is_told_and_its_zone_counts_to_the_same_day(applied_world, case_id):
    published(applied_world, drafted(applied_world, HOLIDAY))
    recount_dates(applied_world.extranet, applied_world.now)
    applied_world.pump()
    words = "2026 年工作日历调整，到期日由 2026 年 12 月 14 日改为 2026 年 12 月 15 日"
    with applied_world.public.reading() as session:
        one = session.get_one(Application, application(applied_world, applied_world.code, "ECO-02").id)
        assert rules.due_on(told_clock(one), calendar(session)) == date(2026, 12, 15)
        for table in (Message, ProjectEvent):
            assert any(words in row.words for row in session.exec(select(table)).all())


def test_a15_1_the_preview_names_each_case_with_old_and_new_date_and_changes_nothing(applied_world, case_id):
    other = lead(applied_world, case_of(applied_world, "DRC-06"), "in_handling")
    draft = drafted(applied_world, HOLIDAY)
    with applied_world.extranet.reading() as session:
        row = session.get_one(CalendarRevision, draft.id)
        total, moved = preview(session, revising.revised(session, row), first=row.first_change, page=1)
    assert row.first_change == date(2026, 12, 1)
    dates = {one.case.id: [(day.what, day.before, day.after) for day in one.dates] for one in moved}
    assert dates == {
        case_id: [  # its statute is one of calendar days
            ("handling", date(2026, 12, 14), date(2026, 12, 15)),
            ("whole", date(2026, 12, 21), date(2026, 12, 22)),
        ],
        other: [
            ("handling", date(2026, 12, 7), date(2026, 12, 8)),
            ("statute", date(2026, 12, 21), date(2026, 12, 22)),
            ("whole", date(2026, 12, 14), date(2026, 12, 15)),
        ],
    }  # of the third the last days lie on 26 and 30 November, before the day that changes
    assert total == 2
    assert case(applied_world, case_id).due_on == date(2026, 12, 14)


def test_the_preview_is_paged(applied_world):
    draft = drafted(applied_world, "11月25日 放假 临时放假")
    with applied_world.extranet.reading() as session:
        row = session.get_one(CalendarRevision, draft.id)
        days = revising.revised(session, row)
        pages = [preview(session, days, first=row.first_change, page=page, size=2) for page in (1, 2, 3)]
    assert [(total, len(moved)) for total, moved in pages] == [(3, 2), (3, 1), (3, 0)]


def test_a15_1_what_falls_due_before_the_change_is_not_written_at_all(applied_world, case_id):
    waiting = case_of(applied_world, "IIT-01")  # a filing: its five working days are all it has
    before = case(applied_world, waiting)
    published(applied_world, drafted(applied_world, HOLIDAY))
    recount_dates(applied_world.extranet, applied_world.now)
    assert case(applied_world, waiting) == before
    with applied_world.extranet.reading() as session:
        assert "case.recount" not in [entry.action for entry in entries_of(session, "case", before.application_id)]
        assert session.exec(select(CalendarRevision)).one().moved == 2


def test_a14_3_an_acceptance_that_moves_behind_a_review_that_does_not_is_previewed_and_told(applied_world):
    waiting = case_of(applied_world, "ECO-02")
    draft = drafted(applied_world, "11月27日 放假 临时放假")
    with applied_world.extranet.reading() as session:
        row = session.get_one(CalendarRevision, draft.id)
        _, moved = preview(session, revising.revised(session, row), first=row.first_change, page=1)
    days = next(one.dates for one in moved if one.case.id == waiting)
    assert (days[0].what, days[0].before, days[0].after) == ("acceptance", date(2026, 11, 30), date(2026, 12, 1))
    published(applied_world, draft)
    recount_dates(applied_world.extranet, applied_world.now)
    applied_world.pump()
    shown = case(applied_world, waiting)
    assert (shown.due_on, shown.acceptance_due_on) == (date(2026, 11, 26), date(2026, 12, 1))
    with applied_world.extranet.reading() as session:
        entry = entries_of(session, "case", shown.application_id)[0]
    assert entry.change["acceptance_due_on"] == ["2026-11-30", "2026-12-01"]
    with applied_world.public.reading() as session:
        said = [row.words for row in session.exec(select(Message)).all() if "工作日历调整" in row.words]
    assert any("受理时限由 2026 年 11 月 30 日改为 2026 年 12 月 1 日" in words for words in said)


def test_a14_4b_an_addressees_last_day_is_previewed_moved_and_traced(applied_world):
    asked = letters.send(applied_world, days=10)
    before = letters.rows(applied_world, asked)[0].due_on
    draft = drafted(applied_world, HOLIDAY)
    with applied_world.extranet.reading() as session:
        calendars = revising.revised(session, session.get_one(CalendarRevision, draft.id))
        assert [(one.before, one.after) for one in moving(session, calendars)] == [(before, date(2026, 12, 8))]
    published(applied_world, draft)
    recount_dates(applied_world.extranet, applied_world.now)
    assert letters.rows(applied_world, asked)[0].due_on == date(2026, 12, 8)
    with applied_world.extranet.reading() as session:
        entries = entries_of(session, "case", case(applied_world, case_of(applied_world, "ECO-02")).application_id)
    assert ("reply.recount", "2026 年工作日历调整") in [(entry.action, entry.reason) for entry in entries]


def test_a15_1_the_calendar_before_a_revision_is_kept_until_all_is_counted(applied_world):
    published(applied_world, drafted(applied_world, "1月1日至3日 放假 元旦", year=2027))
    with applied_world.extranet.reading() as session:
        official = revising.calendars_before(session, revising.being_counted(session)).official
        assert (2027 in official.announced_years, 2027 in calendar(session).announced_years) == (False, True)
        assert official.is_working(date(2027, 1, 1))


def test_a14_3_the_last_day_of_silence_moves_too(applied_world):
    waiting = case_of(applied_world, "ECO-02")
    published(applied_world, drafted(applied_world, "11月25日 放假 临时放假"))
    recount_dates(applied_world.extranet, applied_world.now)
    shown = case(applied_world, waiting)
    assert (shown.due_on, shown.acceptance_due_on) == (date(2026, 11, 27), date(2026, 12, 1))


def test_a15_1_until_all_are_counted_no_light_is_lit_and_no_silence_judged(applied_world, case_id):
    published(applied_world, drafted(applied_world, "11月25日 放假 临时放假"))
    late = applied_world.on(date(2026, 12, 1)).now
    assert (record_lights(applied_world.extranet, late), accept_the_silent(applied_world.extranet, late)) == (0, 0)
    with applied_world.extranet.writing() as session:
        assert recount(session, at=late, limit=2) is True
    with applied_world.extranet.writing() as session:
        assert recount(session, at=late, limit=2) is False
        assert revising.being_counted(session) is None
    assert record_lights(applied_world.extranet, late) > 0


def test_a15_2_a_paused_case_has_no_date_to_move_and_counts_by_the_new_calendar_when_it_goes_on(applied_world, case_id):
    do(applied_world, case_id, "pause")
    published(applied_world, drafted(applied_world, HOLIDAY))
    recount_dates(applied_world.extranet, applied_world.now)
    assert case(applied_world, case_id).due_on is None
    do(applied_world.on(date(2026, 11, 24)), case_id, "resume")
    assert case(applied_world, case_id).due_on == date(2026, 12, 16)


def test_a15_1_the_year_that_was_provisional_is_announced(applied_world):
    draft = drafted(applied_world, "1月1日至3日 放假 元旦", year=2027)
    published(applied_world, draft)
    with applied_world.extranet.reading() as session:
        assert 2027 in calendar(session).announced_years


def test_a_draft_that_was_overtaken_is_refused(applied_world):
    first, second = drafted(applied_world, HOLIDAY), drafted(applied_world, "12月2日 放假 临时放假")
    published(applied_world.later(minutes=1), second)
    recount_dates(applied_world.extranet, applied_world.now)
    with pytest.raises(RuleRefusal, match="起草之后工作日历又有调整"):
        published(applied_world, first)


def test_a_second_revision_waits_until_the_first_is_counted(applied_world):
    published(applied_world, drafted(applied_world, HOLIDAY))
    with pytest.raises(RuleRefusal, match="还在重新计算"):
        published(applied_world, drafted(applied_world.later(minutes=1), "12月2日 放假 临时放假"))


def test_the_years_within_reach_go_by_the_date_where_the_offices_are(world):
    world.on(date(2027, 1, 1), hour=7)  # in UTC the old year still has an hour
    assert drafted(world, "1月1日至3日 放假 元旦", year=2029).year == 2029


def test_only_a_coordinator_publishes_and_what_was_published_is_not_given_up(applied_world):
    draft = drafted(applied_world, HOLIDAY)
    with pytest.raises(NotAllowed):
        published(applied_world, draft, by=make_officer((Role.APPROVER, "220000-drc")))
    published(applied_world, draft)
    with applied_world.extranet.writing() as session:
        row = session.get_one(CalendarRevision, draft.id)
        with pytest.raises(RuleRefusal, match="不能放弃草稿"):
            revising.discard_revision(session, row, by=COORDINATOR, at=applied_world.now)


@pytest.mark.parametrize(
    ("year", "text", "says"),
    [
        (2026, None, "完全相同"),
        (2027, "", "至少填写一个放假的日子"),
        (2031, "1月1日 放假 元旦", "只能编辑 2016 至 2028 年"),
    ],
)
def test_a_draft_that_changes_nothing_or_lies_out_of_reach_is_refused(world, year, text, says):
    with world.extranet.writing() as session:
        given = write_calendar(revising.days_of_year(session, year)) if text is None else text
        with pytest.raises(RuleRefusal, match=says):
            revising.draft_revision(session, year, given, by=COORDINATOR, at=world.now)
