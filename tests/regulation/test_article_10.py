"""第十条：one project, one code, and everything of the project hangs on it."""

from sqlmodel import select

from core.cases.queries import cases_of_project
from core.cases.tables import Application, Case, Notice, ProjectEvent
from core.disclosure.tables import PublishedResult
from core.domain.case_states import OPEN_STATES
from core.projects.tables import DeclaredProject, Project
from core.trace import entries_of_project
from tests.world import case_of, decide, declare


def test_a10_1_the_code_is_the_same_in_both_zones_for_the_projects_whole_life(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    last_item_world.pump()
    with last_item_world.extranet.reading() as inside, last_item_world.public.reading() as outside:
        assert inside.exec(select(Project.code)).one() == outside.exec(select(DeclaredProject.code)).one()
        assert inside.exec(select(Project.state)).one() == "approved"


def test_a10_1_cases_notices_results_and_events_all_bear_the_code(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    last_item_world.pump()
    with last_item_world.extranet.reading() as inside, last_item_world.public.reading() as outside:
        found = [
            (inside, Case),
            (inside, Notice),
            (outside, Application),
            (outside, ProjectEvent),
            (outside, PublishedResult),
        ]
        for session, table in found:
            assert set(session.exec(select(table.project_code)).all()) == {last_item_world.code}, table.__name__


def test_a10_1_two_projects_of_one_unit_have_two_codes_and_two_histories(applied_world):
    other = declare(applied_world, "renovation", project_name="公主岭市玉米淀粉生产线技术改造项目")
    assert other != applied_world.code
    with applied_world.extranet.reading() as session:
        assert len(cases_of_project(session, applied_world.code)) == 3
        assert cases_of_project(session, other) == []
        assert {entry.project_code for entry in entries_of_project(session, other)} == {other}


def test_a10_1_the_whole_process_is_found_under_the_code(applied_world):
    decide(applied_world, case_of(applied_world, "ECO-02"))
    with applied_world.extranet.reading() as session:
        told = [entry.words for entry in entries_of_project(session, applied_world.code)]
        open_cases = [one for one in cases_of_project(session, applied_world.code) if one.state in OPEN_STATES]
    for word in ("收到项目申报", "核验项目代码", "申请：环境影响报告表审批", "受理", "提交签批", "签批"):
        assert word in told
    assert len(open_cases) == 2
