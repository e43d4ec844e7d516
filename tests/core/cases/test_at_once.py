"""Two people at the same moment, on both engines: one wins, the other is told, nothing is done twice (A4.4, A11.1)."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlmodel import col, select

from core.cases import applying, closing, intake, recounting
from core.cases.tables import Application, Case, Notice
from core.clocks import running
from core.errors import Conflict, FormRefusal, RuleRefusal
from core.projects.tables import DeclaredProject
from core.trace import entries_of
from tests.core.cases.acts import do, lead, rightful
from tests.core.cases.test_handling import other_case
from tests.core.cases.test_recounting import HOLIDAY, drafted, published
from tests.together import together
from tests.world import act, case, case_of, declare, make_officer, propose


def test_of_two_officers_who_accept_at_once_one_wins_and_the_other_is_told(either_applied_world):
    world = either_applied_world
    case_id = lead(world, case_of(world, "ECO-02"), "under_acceptance")
    seen = case(world, case_id).version
    clerks = [make_officer(("clerk", "220184-ee"), name=name) for name in ("王敏", "李岩")]
    came_to = together(lambda by: act(world, case_id, intake.accept, by=by, seen=seen), clerks)
    (lost,) = [one for one in came_to if one is not None]
    assert isinstance(lost, Conflict)
    assert "其他人" in lost.words
    with world.extranet.reading() as session:
        accepted = entries_of(session, "case", case(world, case_id).application_id)[0]
        assert accepted.actor_name == clerks[came_to.index(None)].name
        assert len(session.exec(select(Notice)).all()) == 1


def test_an_act_on_a_page_that_someone_else_made_old_is_refused(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    seen = case(applied_world, case_id).version
    by = rightful(applied_world, case_id, "accept")
    act(applied_world, case_id, intake.pass_preliminary, by=by, seen=seen)
    with pytest.raises(Conflict, match="这一页打开之后"):
        act(applied_world, case_id, intake.accept, by=by, seen=seen)


def test_an_officer_whose_copy_of_the_case_is_old_is_refused(either_applied_world):
    world = either_applied_world
    case_id = lead(world, case_of(world, "ECO-02"), "under_acceptance")
    stale, by = case(world, case_id), rightful(world, case_id, "accept")
    act(world, case_id, intake.accept, by=by)
    with world.extranet.writing() as session:
        held = session.merge(stale, load=False)
        with pytest.raises(Conflict, match="其他人刚刚作了改动"):
            intake.accept(session, held, by=by, at=world.now)
        session.rollback()


def test_a_decision_that_is_signed_twice_at_once_is_signed_once(either_applied_world):
    world = either_applied_world
    case_id = lead(world, case_of(world, "ECO-02"), "awaiting_sign_off")
    approver = rightful(world, case_id, "approve")
    with ThreadPoolExecutor(1) as pool:
        with world.extranet.writing() as session:
            closing.approve(session, session.get_one(Case, case_id), by=approver, at=world.now)
            other = pool.submit(act, world, case_id, closing.approve, by=approver)
            wait([other], timeout=0.3)
        with pytest.raises((Conflict, RuleRefusal)):
            other.result()
    assert case(world, case_id).state == "concluded"


def test_a14_4a_of_two_who_give_one_number_away_at_once_the_second_is_told(either_applied_world):
    world = either_applied_world
    cases = [lead(world, case_of(world, "ECO-02"), "in_handling"), other_case(world)]
    came_to = together(lambda case_id: propose(world, case_id, number="公环审〔2026〕7 号"), cases)
    (lost,) = [one for one in came_to if one is not None]
    assert isinstance(lost, FormRefusal)
    assert "已用于另一份批复" in lost.errors["document_number"]


def test_a15_2_a_pause_while_the_calendar_is_counted_anew_keeps_its_clock_without_a_date(
    either_applied_world, monkeypatch
):
    world = either_applied_world
    case_id = lead(world, case_of(world, "ECO-02"), "in_handling")
    published(world, drafted(world, HOLIDAY))
    read, meanwhile = recounting.moved_of, []

    def read_while_another_pauses(*given, **counters):
        for one in read(*given, **counters):
            if not meanwhile:
                meanwhile.append(pool.submit(do, world, case_id, "pause"))
                wait(meanwhile, timeout=0.5)  # it waits for the row, or on SQLite for its turn
            yield one

    monkeypatch.setattr(recounting, "moved_of", read_while_another_pauses)
    with ThreadPoolExecutor(1) as pool:
        with world.extranet.writing() as session:
            recounting.recount(session, at=world.now)
        meanwhile[0].result()
    paused = case(world, case_id)
    assert (paused.is_paused, paused.due_on, paused.red_on) == (True, None, None)
    with world.extranet.reading() as session:
        assert running(session, case_id, "handling").red_on is None


def test_a_unit_that_applies_twice_at_once_has_one_application(either_world):
    world = either_world
    code = declare(world, "renovation")

    def apply_once(_):
        with world.public.writing() as session:
            project = session.get_one(DeclaredProject, code)
            return applying.apply(session, project, ["IIT-01"], knowing_missing=True, by=world.unit, at=world.now)

    came_to = together(apply_once, [1, 2])
    assert sorted(isinstance(one, Conflict | RuleRefusal) for one in came_to) == [False, True]
    with world.public.reading() as session:
        assert len(session.exec(select(Application).where(col(Application.project_code) == code)).all()) == 1
