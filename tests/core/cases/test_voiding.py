"""What becomes of open cases when their project ends or goes on under a new code (A12.2, A14.1e)."""

from sqlmodel import select

from core.cases.following import STAYING
from core.cases.letters import write_to_department
from core.cases.progress import history_of
from core.cases.tables import Application, Case, Notice, ProjectEvent, ReceivedNotice
from core.changes import deciding
from core.clocks import clocks_of
from core.database import ExtranetTable, PublicTable
from core.projects.links import linked
from tests.core.cases.acts import bring, do, own, supplement, withdraw
from tests.core.changes.requests import ask, decide, fates
from tests.world import application, case, case_of


def carried(world, fate="carry"):
    """A major change in which every open case shares one fate; the new code."""
    change_id = ask(world, world.code, "major_change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, fates=fates(world, world.code, fate))
    world.pump()
    with world.extranet.reading() as session:
        return linked(session, world.code).after.code


def test_a12_2_what_hangs_on_an_application_follows_it():
    for base, follow in (
        (ExtranetTable, {"case", "consultation", "consultation_reply", "engagement"}),
        (PublicTable, {"engagement"}),
    ):
        bears = {
            table.name
            for table in base.metadata.sorted_tables
            if {"application_id", "project_code"} <= set(table.c.keys())
        }
        assert follow <= bears - STAYING


def test_a12_2_notices_and_timeline_stay_with_the_code_under_which_they_were(applied_world):
    bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    new = carried(applied_world)
    with applied_world.extranet.reading() as inside, applied_world.public.reading() as outside:
        assert {one.project_code for one in inside.exec(select(Notice)).all()} == {applied_world.code}
        assert {one.project_code for one in outside.exec(select(ReceivedNotice)).all()} == {applied_world.code}
        assert {one.project_code for one in outside.exec(select(ProjectEvent)).all()} == {applied_world.code, new}


def test_a12_2_a_carried_case_keeps_its_clock(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    before = case(applied_world, case_id)
    carried(applied_world)
    after = case(applied_world, case_id)
    assert (after.due_on, after.warn_on, after.number, after.state) == (
        before.due_on, before.warn_on, before.number, before.state,
    )  # fmt: skip


def test_a12_2_a_voided_case_has_no_clock_that_runs(applied_world):
    bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    carried(applied_world, "void")
    with applied_world.extranet.reading() as session:
        for one in session.exec(select(Case)).all():
            assert all(clock.stopped_on for clock in clocks_of(session, one.id))
            assert one.end_reason.startswith("项目发生重大变化")


def test_a12_2_a_supplement_sent_under_the_old_code_arrives_at_the_carried_case(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "awaiting_supplement")
    supplement(applied_world, case_id, applied_world.unit, carried=False)
    carried(applied_world)
    assert case(applied_world, case_id).state == "under_acceptance"


def test_a12_2_a_letter_sent_under_the_old_code_arrives_at_the_carried_case(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    one, project = own(applied_world, case_id)
    with applied_world.public.writing() as session:
        write_to_department(session, one, project, "请问进度", by=applied_world.unit, at=applied_world.now)
    carried(applied_world)
    assert case(applied_world, case_id).unread == 1


def test_a12_2_the_history_of_a_carried_application_is_whole_under_its_new_code(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    new = carried(applied_world)
    do(applied_world.later(days=1), case_id, "pause")
    applied_world.pump()
    with applied_world.public.reading() as session:
        told = history_of(session, application(applied_world, new, "ECO-02"))
    assert [one.kind for one in told.notices] == ["special_procedure", "acceptance"]
    assert {one.project_code for one in told.events} == {applied_world.code, new}


def test_a12_2_a_carried_application_is_withdrawn_under_its_new_code(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    new = carried(applied_world)
    withdraw(applied_world, case_id, applied_world.unit)
    assert case(applied_world, case_id).state == "withdrawn"
    with applied_world.public.reading() as session:
        one = session.exec(select(Application).where(Application.item_code == "ECO-02")).one()
    assert (one.state, one.project_code) == ("withdrawn", new)
