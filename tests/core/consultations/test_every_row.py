"""Every row of both consultation machines through its stage, and everyone else who tries (A14.4b)."""

from dataclasses import replace

import pytest

from core.consultations import asking, replies
from core.consultations.tables import Consultation
from core.domain.consultation_states import CONSULTATION, REPLY, ConsultationFacts, ReplyFacts
from core.domain.policy import PLATFORM, Role
from core.errors import NotAllowed
from core.trace import entries_of, step
from tests.core.consultations import letters
from tests.core.consultations.letters import ASKED, ASKING, OTHER, handler_of
from tests.world import World, case_of, make_officer

ROWS = [
    pytest.param(machine, move, id=f"{machine.name}-{move.source}-{move.event}")
    for machine in (CONSULTATION, REPLY)
    for move in machine.moves
]
AGAIN = {"note": "补充了总平面图", "days": 3}


@pytest.fixture
def world(applied_world: World) -> World:
    letters.handled(applied_world)
    return applied_world


def ready(world, machine, move):
    """A consultation that stands, or whose first addressee stands, where this row begins."""
    if move.source in ("drafted", "chosen"):
        return letters.draft(world, ASKED, OTHER)
    found = letters.send(world, ASKED, OTHER)
    if move.source == "answered":
        letters.answer(world, found)
    if move.source in ("closed", "released"):
        letters.close(world, found)
    if move.source == "released":  # asked no more, while another still is
        other = letters.rows(world, found)[1].id
        letters.act(world, found, asking.reopen, by=handler_of(ASKING), reason="再问一家", days=3, reply_ids=[other])
    return found


def do(world, found, event, by):
    """The stage that leads to this event of the consultation, or of its first addressee."""
    if event == "lapse":
        with world.extranet.writing() as session:
            asking.lapse_of_case(session, case_of(world, "ECO-02"), at=world.now)
        return
    first = letters.rows(world, found)[0].id
    whole = {
        "send": (asking.send, {}), "ask": (asking.send, {}), "discard": (asking.discard, {}),
        "withdraw": (asking.withdraw, {"reason": "改为书面征求"}),
        "release": (asking.withdraw, {"reason": "改为书面征求"}),
        "close": (asking.close, {"conclusion": "各单位意见一致", "dispositions": {}}),
        "reopen": (asking.reopen, {"reason": "情况有变", "days": 3, "reply_ids": [first]}),
    }  # fmt: skip
    one = {
        "answer": (replies.answer, {"opinion": "agree", "statement": ""}),
        "remind": (replies.remind, {}),
        "ask_again": (replies.ask_anew, AGAIN),
    }
    if event in whole:
        stage, given = whole[event]
        letters.act(world, found, stage, by=by, **given)
    else:
        stage, given = one[event]
        letters.act_on(world, found, ASKED, stage, by=by, **given)


def rightful(move):
    if move.by is Role.PLATFORM:
        return PLATFORM
    return handler_of(ASKED if move.event == "answer" else ASKING)


def standing(world, machine, found):
    return (letters.one(world, found) if machine is CONSULTATION else letters.rows(world, found)[0]).state


@pytest.mark.parametrize(("machine", "move"), ROWS)
def test_a_row_leads_where_the_table_says_and_leaves_its_trace(world, machine, move):
    found = ready(world, machine, move)
    world.later(days=1)
    do(world, found, move.event, rightful(move))
    assert standing(world, machine, found) == move.target
    with world.extranet.reading() as session:
        entries = entries_of(session, "case", letters.one(world, found).application_id)
    name = f"{machine.name}.{move.event}"
    entry = [one for one in entries if (one.action, one.at) == (name, world.now)][-1]  # that of the first addressee
    assert (entry.words, entry.change["state"]) == (machine.word(move.event), [move.source, move.target])
    assert entry.actor_id == rightful(move).id


@pytest.mark.parametrize(("machine", "move"), ROWS)
def test_a_row_is_refused_to_everyone_else(world, machine, move):
    found = ready(world, machine, move)
    before = letters.one(world, found), letters.rows(world, found)
    world.later(days=1)
    for by in others(move):
        with pytest.raises(NotAllowed):
            attempt(world, machine, found, move, by)
    assert (letters.one(world, found), letters.rows(world, found)) == before


def others(move):
    unit, elsewhere = (ASKED, ASKING) if move.event == "answer" else (ASKING, ASKED)
    yield from (handler_of(one) for one in (elsewhere, OTHER, "220100-ee"))
    yield from (make_officer((role, unit)) for role in (Role.CLERK, Role.REVIEWER, Role.APPROVER))
    yield make_officer((Role.COORDINATOR, "220184-drc"))
    yield replace(handler_of(unit), grants=())
    if move.by is not Role.PLATFORM:
        yield PLATFORM


def attempt(world, machine, found, move, by):
    if move.by is not Role.PLATFORM:
        do(world, found, move.event, by)
        return
    # what the platform does has no stage that an officer could call: the table itself is asked
    with world.extranet.writing() as session:
        letter = session.get_one(Consultation, found)
        subject = letter if machine is CONSULTATION else replies.replies_of(session, letter)[0]
        facts = ConsultationFacts() if machine is CONSULTATION else ReplyFacts()
        step(session, machine, subject, move.event, facts, by=by, held=by.roles, at=world.now)
