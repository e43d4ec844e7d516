"""Other departments are asked about a case only while what they say can still be weighed (A14.4b)."""

import pytest

from core.cases import consulting
from core.cases.tables import Case
from core.consultations import asking
from core.errors import RuleRefusal
from core.projects.tables import Project
from tests import world as cast
from tests.core.cases.acts import do
from tests.core.consultations import letters
from tests.world import case_of, declare


def test_a14_4b_a_draft_kept_until_the_case_lies_before_the_approver_is_not_sent(applied_world):
    letters.handled(applied_world)
    kept = letters.draft(applied_world)
    cast.propose(applied_world, case_of(applied_world, "ECO-02"))
    with pytest.raises(RuleRefusal, match="已提交签批"):
        letters.act(applied_world, kept, consulting.send, by=letters.handler_of(letters.ASKING))
    assert letters.one(applied_world, kept).state == "drafted"
    do(applied_world, case_of(applied_world, "ECO-02"), "send_back")
    letters.act(applied_world, kept, consulting.send, by=letters.handler_of(letters.ASKING))
    assert letters.one(applied_world, kept).state == "sent"


def test_a14_4b_what_was_closed_is_not_asked_anew_while_the_case_waits_for_its_signature(applied_world):
    letters.handled(applied_world)
    found = letters.send(applied_world)
    letters.answer(applied_world, found)
    letters.close(applied_world, found)
    cast.propose(applied_world, case_of(applied_world, "ECO-02"))
    first = letters.rows(applied_world, found)[0].id
    words = {"reason": "情况有变", "days": 3, "reply_ids": [first]}
    with pytest.raises(RuleRefusal, match="已提交签批"):
        letters.act(applied_world, found, consulting.reopen, by=letters.handler_of(letters.ASKING), **words)


def test_a14_4b_nothing_is_asked_about_a_case_that_has_ended(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    do(applied_world, case_id, "refuse_preliminary")
    with applied_world.extranet.reading() as session, pytest.raises(RuleRefusal, match="已结束办理"):
        consulting.asker_of_case(session.get_one(Case, case_id))


@pytest.mark.parametrize("state", ["terminated", "superseded"])
def test_a14_4b_nothing_is_asked_about_a_project_that_is_over(world, state):
    code, handler = declare(world, "renovation"), letters.handler_of(letters.ASKING)
    world.pump()
    with world.extranet.writing() as session:
        asker = consulting.asker_of_project(session.get_one(Project, code), letters.ASKING)
        kept = asking.draft(session, asker, letters.letter(letters.ASKED), by=handler, at=world.now)
        session.get_one(Project, code).state = state
        session.flush()
        with pytest.raises(RuleRefusal, match="不能再会商或函询"):
            consulting.asker_of_project(session.get_one(Project, code), letters.ASKING)
        with pytest.raises(RuleRefusal, match="不能再会商或函询"):
            consulting.send(session, kept, by=handler, at=world.now)
