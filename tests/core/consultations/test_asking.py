"""Consultations through their stages: asked, answered, reminded, withdrawn, closed, asked anew (A14.4b)."""

from datetime import date

import pytest
from sqlmodel import col, select

from core.cases import closing, handling, intake, transferring
from core.cases.tables import Case
from core.consultations import asking, queries, replies
from core.consultations.reply_lights import note_lights
from core.consultations.tables import ConsultationReply, ReplyLight
from core.domain.case_states import CaseState
from core.domain.consultation_states import CONSULTATION, REPLY
from core.domain.policy import PLATFORM, Role
from core.errors import Absent, Conflict, FormRefusal, NotAllowed, RuleRefusal
from core.trace import entries_of, step
from extranet_portal.worker import record_lights
from tests import world as cast
from tests.core.consultations import letters
from tests.core.consultations.letters import ASKED, ASKING, OTHER, handler_of
from tests.world import World, case_of, make_officer


@pytest.fixture
def world(applied_world: World) -> World:
    letters.handled(applied_world)
    return applied_world


def trace(world):
    with world.extranet.reading() as session:
        case = session.get_one(Case, case_of(world, "ECO-02"))
        return [entry.words for entry in entries_of(session, "case", case.application_id)]


def test_a14_4b_it_reaches_every_addressee_with_a_clock_of_its_own(world):
    found = letters.send(world, ASKED, OTHER, days=3)
    assert letters.one(world, found).state == "sent"
    assert {(row.org_unit, row.state, row.due_on) for row in letters.rows(world, found)} == {
        (ASKED, "awaited", date(2026, 11, 26)),
        (OTHER, "awaited", date(2026, 11, 26)),
    }
    assert {"发出会商函询", "征求意见"} <= set(trace(world))


def test_a14_4b_every_gap_is_refused_before_it_is_sent_and_a_draft_is_nobodys_question(world):
    found = letters.draft(world, ASKED, days=40, question="短")
    with pytest.raises(FormRefusal) as refused:
        letters.act(world, found, asking.send, by=handler_of(ASKING))
    assert list(refused.value.errors) == ["question", "days"]
    with world.extranet.reading() as session, pytest.raises(Absent):
        queries.asked_of(session, handler_of(ASKED), found)


def test_a14_4b_a_draft_is_written_anew_what_was_sent_never_changes(world):
    found = letters.draft(world, ASKED, subject="")
    with world.extranet.writing() as session:
        row = session.get_one(letters.Consultation, found)
        asking.redraft(session, row, letters.letter(OTHER), seen=row.version)
        asking.send(session, row, by=handler_of(ASKING), at=world.now)
    assert [row.org_unit for row in letters.rows(world, found)] == [OTHER]
    with world.extranet.writing() as session, pytest.raises(RuleRefusal, match="已发出，不能再改"):
        asking.redraft(session, session.get_one(letters.Consultation, found), letters.letter(ASKED))


def test_a14_4b_it_is_closed_when_every_objection_has_its_disposition(world):
    found = letters.send(world, ASKED, OTHER)
    letters.answer(world, found, opinion="object", statement="占用红线 0.2 公顷")
    with pytest.raises(FormRefusal, match="请写明对公主岭市发展和改革局意见的处理情况"):
        letters.close(world, found)
    letters.close(world, found, r1="已调整红线避让方案")
    first, second = letters.rows(world, found)
    assert (first.state, first.disposition) == ("answered", "已调整红线避让方案")
    assert second.state == "released"
    assert letters.one(world, found).conclusion == "各单位意见一致"
    assert "结束会商函询" in trace(world)


def test_a14_4b_a_second_round_keeps_the_first_answer(world):
    found = letters.send(world, ASKED, days=2)
    world.on(date(2026, 11, 26))  # due on the 25th
    letters.answer(world, found, opinion="need_more", statement="请补充坐标")
    again = {"note": "已补充坐标文件", "days": 3, "by": handler_of(ASKING)}
    letters.act_on(world, found, ASKED, replies.ask_anew, **again)
    row = letters.rows(world, found)[0]
    assert (row.state, row.opinion, row.due_on) == ("awaited", "", date(2026, 12, 1))
    letters.answer(world, found)
    with world.extranet.reading() as session:
        given = queries.answers_of(session, [row.id])
    assert [(one.opinion, one.was_late) for one in given] == [("need_more", True), ("agree", False)]


def test_a14_4b_closed_it_is_reopened_for_chosen_addressees(world):
    found = letters.send(world, ASKED, OTHER)
    letters.answer(world, found)
    letters.close(world, found)
    chosen = [letters.rows(world, found)[0].id]
    how = {"reason": "方案变更", "days": 4, "by": handler_of(ASKING)}
    with pytest.raises(FormRefusal, match="请至少选择一个"):
        letters.act(world, found, asking.reopen, reply_ids=[], **how)
    letters.act(world, found, asking.reopen, reply_ids=chosen, **how)
    assert [row.state for row in letters.rows(world, found)] == ["awaited", "released"]
    assert letters.one(world, found).state == "sent"


def test_a14_4b_withdrawn_nobody_need_answer_any_more(world):
    found = letters.send(world)
    letters.act(world, found, asking.withdraw, by=handler_of(ASKING), reason="改为书面征求")
    assert letters.rows(world, found)[0].state == "released"
    with pytest.raises(RuleRefusal, match="现在是“未答复”"):
        letters.answer(world, found)


def test_a14_4b_a_discarded_draft_is_gone_for_good(world):
    found = letters.draft(world)
    letters.act(world, found, asking.discard, by=handler_of(ASKING))
    with pytest.raises(RuleRefusal, match="现在是“已撤回”"):
        letters.act(world, found, asking.send, by=handler_of(ASKING))


def test_an_officer_reminding_another_departments_addressee_is_refused(world):
    found = letters.send(world, ASKED, OTHER)
    before = letters.rows(world, found)
    for stranger in (handler_of(ASKED), handler_of(OTHER), handler_of("220102-ee"), make_officer((Role.CLERK, ASKING))):
        with pytest.raises(NotAllowed, match="催办答复由其他岗位办理"):
            letters.act_on(world, found, OTHER, replies.remind, by=stranger)
    assert letters.rows(world, found) == before
    letters.act_on(world, found, OTHER, replies.remind, by=handler_of(ASKING))
    assert [row.reminders for row in letters.rows(world, found)] == [0, 1]
    with pytest.raises(RuleRefusal, match="今天已经催办过"):
        letters.act_on(world, found, OTHER, replies.remind, by=handler_of(ASKING, name="赵洪涛"))
    letters.act_on(world.later(days=1), found, OTHER, replies.remind, by=handler_of(ASKING))


def test_a14_4b_only_a_handler_of_the_addressed_unit_answers(world):
    found = letters.send(world)
    for by in (handler_of(ASKING), handler_of(OTHER), make_officer((Role.APPROVER, ASKED))):
        with pytest.raises(NotAllowed):
            letters.act_on(world, found, ASKED, replies.answer, by=by, opinion="agree", statement="")
    with pytest.raises(FormRefusal, match="须写明理由"):
        letters.answer(world, found, opinion="object")
    letters.answer(world, found)
    with pytest.raises(RuleRefusal, match="现在是“已答复”"):
        letters.answer(world, found)


@pytest.mark.parametrize(("machine", "table"), [(CONSULTATION, "one"), (REPLY, "rows")])
def test_a14_4b_from_a_state_nothing_goes_but_its_rows(world, machine, table):
    found = letters.draft(world)
    with world.extranet.writing() as session:
        row = session.get_one(letters.Consultation, found)
        subject = row if table == "one" else replies.replies_of(session, row)[0]
        everybody = frozenset(Role)
        rows = {(move.source, move.event) for move in machine.moves}
        for state in sorted(machine.states):
            for event in sorted(machine.events):
                if (state, event) not in rows:
                    subject.state = state
                    with pytest.raises(RuleRefusal, match="不能"):
                        step(session, machine, subject, event, by=PLATFORM, held=everybody, at=world.now)
        session.rollback()


def test_a14_4b_a_case_is_not_proposed_while_others_are_asked(world):
    found = letters.send(world)
    case_id = case_of(world, "ECO-02")
    with pytest.raises(RuleRefusal, match="会商函询尚未结束"):
        cast.propose(world, case_id)
    letters.close(world, found)
    cast.propose(world, case_id)
    assert cast.case(world, case_id).state == CaseState.AWAITING_SIGN_OFF


def test_a14_4b_the_clock_of_the_case_runs_on_and_a_pause_is_an_act_of_its_own(world):
    case_id = case_of(world, "ECO-02")
    due = cast.case(world, case_id).due_on
    letters.send(world)
    assert cast.case(world, case_id).due_on == due
    assert not cast.case(world, case_id).is_paused
    pause = {"ground": "technical_assessment", "expected_on": date(2026, 12, 31), "reason": "会商期间委托评估"}
    cast.act(world, case_id, handling.pause, by=handler_of(ASKING), **pause)
    assert cast.case(world, case_id).is_paused


def test_a14_4b_what_is_asked_lapses_with_its_case(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    sent, kept = letters.send(applied_world), letters.draft(applied_world)
    closed = letters.send(applied_world)
    letters.close(applied_world, closed)
    cast.pass_preliminary(applied_world, case_id)

    clerk = cast.staff(ASKING)[0]
    cast.act(applied_world, case_id, intake.decline, by=clerk, ground="prohibited", reason="属于禁止投资建设")
    assert [letters.one(applied_world, one).state for one in (sent, kept, closed)] == ["lapsed", "lapsed", "closed"]
    assert letters.rows(applied_world, sent)[0].state == "released"
    reply = letters.rows(applied_world, closed)[0].id
    how = {"reason": "再问", "days": 3, "reply_ids": [reply], "by": handler_of(ASKING)}
    with pytest.raises(RuleRefusal, match="已结束办理"):
        letters.act(applied_world, closed, asking.reopen, **how)


def test_a14_4b_what_is_asked_lapses_when_another_unit_takes_the_case_over(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    found = letters.send(applied_world)
    to, clerk = "220100-ee", cast.staff(ASKING)[0]
    cast.act(applied_world, case_id, transferring.transfer, by=clerk, to=to, reason="应由上级生态环境部门办理")
    assert (letters.one(applied_world, found).state, letters.rows(applied_world, found)[0].state) == (
        "lapsed",
        "released",
    )


def test_a15_1_deadlines_are_counted_anew_with_the_calendar(world):
    found = letters.send(world, letters.ASKED, letters.OTHER, days=5)
    assert letters.rows(world, found)[0].due_on == date(2026, 11, 30)
    with world.extranet.writing() as session:
        for row in replies.replies_of(session, session.get_one(letters.Consultation, found)):
            row.due_on = date(2026, 12, 1)  # as a holiday that was taken back had made it
            session.add(row)
    again = {"reason": "2026 年工作日历调整", "at": world.now, "limit": 1}
    with world.extranet.writing() as session:
        assert replies.recount(session, **again) is True
    with world.extranet.writing() as session:
        assert replies.recount(session, **again) is False
        assert replies.recount(session, **again) is False
    assert [one.due_on for one in letters.rows(world, found)] == [date(2026, 11, 30)] * 2
    with world.extranet.reading() as session:
        told = [one.action for one in entries_of(session, "case", letters.one(world, found).application_id)]
    assert told.count("reply.recount") == 2


def test_a14_4b_of_two_at_once_one_wins(world):
    found = letters.send(world)
    seen = letters.rows(world, found)[0].version
    letters.answer(world, found)
    with pytest.raises(Conflict):
        letters.act_on(
            world, found, ASKED, replies.answer, by=handler_of(ASKED), opinion="agree", statement="", seen=seen
        )
    stale = letters.one(world, found).version
    letters.close(world, found)
    with pytest.raises(Conflict):
        letters.act(world, found, asking.withdraw, by=handler_of(ASKING), reason="不再需要", seen=stale)


def test_a14_4b_the_whole_exchange_of_letters(either_applied_world):
    """Three units are asked; one agrees, one objects late after a reminder, one is silent; then the case is decided."""
    world = either_applied_world
    letters.handled(world)
    found = letters.send(world, ASKED, OTHER, "220184-nr", days=3)
    letters.answer(world, found)
    world.on(date(2026, 11, 27))
    letters.act_on(world, found, OTHER, replies.remind, by=handler_of(ASKING))
    letters.answer(world, found, OTHER, "object", "取水口上游不宜建设")
    letters.close(world, found, r2="已调整排口位置")
    states = [(row.state, row.opinion) for row in letters.rows(world, found)]
    assert states == [("answered", "agree"), ("answered", "object"), ("released", "")]
    with world.extranet.reading() as session:
        late = [replies.reading_of(session, row, on=date(2027, 3, 1)).was_red for row in letters.rows(world, found)]
        mine = queries.received(session, handler_of(OTHER), queries.ListFilter(words="红线"))
        sent = queries.sent(session, handler_of(ASKING), queries.ListFilter(state="closed"))
        assert queries.waiting_for(session, handler_of(ASKED)) == 0
    assert late == [False, True, True]  # for good, whatever day it is looked at
    assert [(row.addressed_unit, row.opinion) for row in mine] == [(OTHER, "object")]
    assert [(row.asked, row.answered) for row in sent] == [(3, 2)]
    case_id = case_of(world, "ECO-02")
    cast.propose(world, case_id)
    cast.act(world, case_id, closing.approve, by=cast.staff(ASKING)[2])
    assert cast.case(world, case_id).state == CaseState.CONCLUDED


def test_a14_4d_a_light_that_two_write_down_at_once_is_written_once_and_never_on_a_question_asked_anew(world):
    found = letters.send(world, days=5)
    world.on(date(2026, 12, 1))
    one = letters.rows(world, found)[0]
    with world.extranet.writing() as session:
        late = session.get_one(ConsultationReply, one.id)  # as the sweep read it, before the answer came
        session.expunge(late)
    letters.answer(world, found)
    earned = lights_of(world)
    with world.extranet.writing() as session:
        session.add(late)
        assert note_lights(session, late, on=date(2026, 12, 1), at=world.now) == 0
        session.expunge(late)
    again = {"note": "方案已调整，请再看", "days": 5}
    letters.act_on(world, found, ASKED, replies.ask_anew, by=letters.handler_of(ASKING), **again)
    with world.extranet.writing() as session:
        session.add(late)
        assert note_lights(session, late, on=date(2026, 12, 1), at=world.now) == 0
        session.expunge(late)
    assert (lights_of(world), letters.rows(world, found)[0].lit) == (earned, 0)


def lights_of(world):
    with world.extranet.reading() as session:
        found = session.exec(select(ReplyLight).order_by(col(ReplyLight.id))).all()
        return [(one.org_unit, one.started_on, one.light, one.earned_on) for one in found]


def test_a14_4d_a_reply_earns_its_lights_for_good_also_when_it_is_asked_anew(world):
    monday, until, late = date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 1)
    found = letters.send(world, days=5)
    record_lights(world.extranet, world.on(date(2026, 11, 26)).now)
    assert lights_of(world) == []
    for on in (until, late, late):
        record_lights(world.extranet, world.on(on).now)
    earned = [(ASKED, monday, "yellow", date(2026, 11, 27)), (ASKED, monday, "red", late)]
    assert lights_of(world) == earned
    letters.answer(world, found)
    again = {"note": "方案已调整，请再看", "days": 5}
    letters.act_on(world, found, ASKED, replies.ask_anew, by=letters.handler_of(ASKING), **again)
    record_lights(world.extranet, world.on(date(2026, 12, 2)).now)
    assert lights_of(world) == earned


def test_a14_4d_a_light_earned_while_nobody_looked_is_written_down_when_the_answer_comes(world):
    found = letters.send(world, days=5)
    letters.answer(world.on(date(2026, 12, 1)), found)
    assert [light for _, _, light, _ in lights_of(world)] == ["yellow", "red"]
    record_lights(world.extranet, world.on(date(2026, 12, 9)).now)
    assert len([one for one in lights_of(world) if one[0] == ASKED]) == 2
