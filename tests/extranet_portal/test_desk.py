"""The inbox: whose cases, in which order, under which light (A14.4d, A15.1)."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from core.cases import inbox_statements
from core.cases.inbox import PAGE, InboxFilter, inbox
from core.cases.inbox_conditions import VIEWS, Asked
from core.cases.needing import reader_of
from core.cases.tables import Case
from core.domain.case_states import CaseState
from tests import world as cast
from tests.extranet_portal.conftest import Open
from tests.extranet_portal.seats import Office
from tests.world import World, make_officer


def test_each_department_sees_its_own_cases(either_office: Office) -> None:
    for item, words in (("ECO-02", "环境影响报告表审批"), ("IIT-01", "技术改造投资项目备案")):
        page = either_office.seat("clerk", either_office.unit(item)).open("/cases")
        assert words in page.text
        assert either_office.world.code in page.text
    stranger = either_office.seat("clerk", "220200-ee", name="金美兰").open("/cases")
    assert "没有待办" in stranger.text
    assert either_office.world.code not in stranger.text


def test_a_light_says_its_days_and_red_comes_first(either_office: Office) -> None:
    desk = either_office.seat("clerk", either_office.unit("ECO-02"))
    assert "绿灯 剩 3 个工作日" in desk.open("/cases").text
    either_office.world.on(date(2026, 11, 27))
    either_office.sign_in(desk)
    page = desk.open("/cases")
    assert "红灯 超时 1 个工作日" in page.text
    assert "已超时 1 件" in page.text
    assert "红灯 1" in page.text
    assert "今天 11 月 27 日 星期五，工作日" in page.text


@pytest.mark.parametrize(
    ("query", "is_there"),
    [
        ("view=submitted", True),
        ("view=in_handling", False),
        ("light=green", True),
        ("light=red", False),
        ("item=ECO-02", True),
        ("item=DRC-06", False),
        ("q=2026-", True),
        ("q=没有这个项目", False),
        ("q=%25", False),
        ("sort=received", True),
        ("view=nonsense&light=nonsense&page=x&sort=x", True),
        ("page=2", False),
    ],
)
def test_the_address_says_what_is_shown(office: Office, query: str, is_there: bool) -> None:
    page = office.seat("clerk", office.unit("ECO-02")).open(f"/cases?{query}")
    assert page.status == 200
    assert (office.world.code in page.text) is is_there


def test_every_view_and_filter_answers_on_either_engine(either_office: Office) -> None:
    desk = either_office.seat("clerk", either_office.unit("ECO-02"))
    for view in VIEWS:
        for rest in ("", "&light=red&q=甲&item=ECO-02&due=week", "&sort=received&who=mine&since=2026-11-20"):
            assert desk.open(f"/cases?view={view}{rest}").status == 200


def test_a_paused_case_has_its_own_group_and_no_date(office: Office) -> None:
    world, case_id = office.world, office.case_id("ECO-02")
    cast.accept(world, case_id)
    handler = office.seat("handler", office.unit("ECO-02"))
    form = handler.open(f"/cases/{case_id}/pauses")
    handler.press(form, "暂停计时", ground="technical_assessment", expected_on="2026-12-07", reason="已委托评估机构")
    page = handler.open("/cases?view=paused")
    assert "暂停计时 1 件" in page.text
    assert "暂停计时 已计 0 天" in page.text


def test_an_empty_desk_names_the_next_date(office: Office) -> None:
    page = office.seat("clerk", office.unit("ECO-02")).open("/cases?view=in_handling")
    assert "没有办理中的办件" in page.text
    assert "下一件预计 11 月 26 日到期" in page.text


def test_the_day_begins_with_what_needs_the_officer(office: Office) -> None:
    clerk = office.seat("clerk", office.unit("ECO-02"))
    first = clerk.open("/")
    assert str(first.response.url).endswith("/cases?who=me")
    assert "需要我办 1 件" in first.text
    approver = office.seat("approver", office.unit("ECO-02")).open("/")
    assert "现在没有需要你办的" in approver.text
    assert "本单位待办共 1 件" in approver.text


def test_what_a_filter_changes_beside_the_list_comes_with_it(office: Office) -> None:
    page = office.seat("clerk", office.unit("ECO-02")).open("/cases?q=公主岭&who=nobody")
    for part in ("views", "inbox-head", "clear", "many"):
        assert f'id="{part}"' in page.html
        assert f"#{part}:outerMorph" in page.html
    saved = {href for href in page.links.values() if href.startswith("/views?")}
    assert saved == {"/views?who=nobody&q=%E5%85%AC%E4%B8%BB%E5%B2%AD"}
    assert any("q=%E5%85%AC%E4%B8%BB%E5%B2%AD" in href and "light=red" in href for href in page.links.values())


def test_who_works_on_no_case_begins_with_the_projects(office: Office) -> None:
    coordinator = office.seat("coordinator", "220000-drc", name="宋杰")
    page = coordinator.open("/")
    assert page.path == "/projects"
    assert "我的办件" not in page.links
    assert "不直接办件" in coordinator.open("/cases").text


def test_more_rows_need_no_more_statements(
    applied_world: World, open_office: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.publications.monotonic", lambda: 0.0)  # else what is published may be asked for anew
    office = open_office(applied_world)
    unit = office.unit("ECO-02")
    desk = office.seat("clerk", unit)
    desk.open("/cases")

    def statements() -> int:
        told: list[str] = []
        engine = office.app.state.portal.database.engine
        watch = lambda *given: told.append(given[2])  # noqa: E731 - an event listener
        sa.event.listen(engine, "before_cursor_execute", watch)
        desk.open("/cases")
        sa.event.remove(engine, "before_cursor_execute", watch)
        return len(told)

    before = statements()
    code = cast.declare(applied_world, "renovation", project_name="公主岭另一技术改造项目")
    cast.apply_for(applied_world, code, "ECO-02")
    assert code in desk.open("/cases").text
    assert statements() == before


def test_the_soonest_come_first_then_the_paused_then_those_without_a_date(either_office: Office) -> None:
    """Read by index for one unit, sorted for several: the same order, over all pages and both ways of asking."""
    world, unit = either_office.world, either_office.unit("ECO-02")
    many(world, either_office.case_id("ECO-02"), 50)
    one = make_officer(("clerk", unit))
    two = make_officer(("clerk", unit), ("clerk", "220200-ee"))
    with world.extranet.reading() as session:
        pages = {
            who: [
                row.id
                for page in (1, 2, 3, 4)
                for row in inbox(session, who, InboxFilter(page=page), today=date(2026, 11, 23))[:PAGE]
            ]
            for who in (one, two)
        }
        cases = session.exec(select(Case).where(col(Case.org_unit) == unit)).all()
    wanted = sorted(cases, key=lambda case: (case.due_on is None, case.due_on or date.max, not case.is_paused, case.id))
    assert pages[one] == pages[two] == [case.id for case in wanted]


def many(world: World, like: int, number: int) -> None:
    """So many cases more of the same unit: dated, paused and without a date by turns."""
    with world.extranet.writing() as session:
        known = session.get_one(Case, like).model_dump(exclude={"id", "application_id", "number"})
        for place in range(number):
            due_on = date(2026, 12, 1 + place % 7) if place % 3 == 0 else None
            values = known | {"due_on": due_on, "is_paused": place % 3 == 1}
            session.add(Case(**values, application_id=f"{place:036}", number=f"又 {place}"))


def test_the_first_page_sorts_no_dated_case_of_the_unit(office: Office) -> None:
    reader = reader_of(make_officer(("clerk", office.unit("ECO-02"))))
    asked = Asked(reader, "open", "", by_light=False, by_due=False)
    statement = inbox_statements.inbox_statement(asked, by_received=False).statement
    with office.world.extranet.reading() as session:
        made = str(statement.compile(dialect=session.get_bind().dialect))
        plan = [
            row[3]
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", ("",) * made.count("?"))
        ]
    dated = plan[plan.index("CO-ROUTINE dated") + 1 : plan.index("SCAN dated")]
    assert dated == ["SEARCH case USING INDEX ix_case_inbox (org_unit=? AND due_on>?)"]
    assert any(step.startswith("SEARCH case USING INDEX ix_case_inbox (org_unit=? AND due_on=?)") for step in plan)
    assert any(step.startswith("SEARCH case USING INDEX ix_case_amended (org_unit=?)") for step in plan)


def test_every_state_is_in_a_view() -> None:
    assert {state for _, states in VIEWS.values() for state in states} == set(CaseState)
