"""Operators of the extranet decide about what the internet zone holds back; it does so and traces it (A2.1)."""

from dataclasses import replace

import pytest

from core.domain.policy import Actor, Role
from core.errors import Conflict, NotAllowed
from core.exchange import desk, outbox, pulses
from core.exchange.far_quarantine import QuarantineDecided
from core.trace import entries_of
from tests.core.exchange.crossing import CODE, LATER, NOW, Answered, Crossing, poison, row_of, steps_at
from tests.core.exchange.test_desk import OPERATOR, SECOND, act

NOBODY = Actor(Role.OFFICER)
NAMESAKE = replace(SECOND, name=OPERATOR.name)


@pytest.fixture
def held(crossing: Crossing) -> tuple[str, int]:
    """What the extranet told and the internet zone can't apply, as it has reported; id and position here."""
    poison[CODE] = NotAllowed("项目尚不存在")
    with crossing.extranet.writing() as session:
        first, _ = (outbox.send(session, Answered(code=CODE, step=step), at=NOW) for step in (1, 2))
    crossing.post.pump(now=NOW)
    pulses.tell_standing(crossing.public, NOW)
    crossing.post.pump(now=NOW)
    return first, row_of(crossing.extranet, first).position


def opened(crossing: Crossing, position: int) -> desk.Opened:
    with crossing.extranet.reading() as session:
        return desk.open_message(session, position)


def traced(crossing: Crossing, message_id: str) -> list[tuple[str, str]]:
    with crossing.public.reading() as session:
        return [(one.words, one.actor_name) for one in entries_of(session, desk.OBJECT, message_id)]


def decided(message_id: str, *, act: str, by: Actor, second: Actor = NOBODY) -> QuarantineDecided:
    return QuarantineDecided(
        message_id=message_id, act=act, reason="迟到", operator=by.name, operator_id=by.id,
        second=second.name, second_id=second.id,
    )  # fmt: skip


def test_what_is_held_there_is_tried_again_from_here(crossing: Crossing, held):
    message_id, position = held
    assert opened(crossing, position).held_there == "项目尚不存在"
    poison.clear()
    act(crossing, desk.retry, position, reason="已补发项目", by=OPERATOR)
    assert (opened(crossing, position).is_decided, opened(crossing, position).is_held) == (True, False)
    with pytest.raises(Conflict, match="已经发出"):
        act(crossing, desk.retry, position, reason="再来", by=OPERATOR)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.public) == [1, 2]
    assert traced(crossing, message_id) == [("重试报文", "赵磊")]
    assert not opened(crossing, position).is_decided


def test_what_is_held_there_is_given_up_by_two_from_here(crossing: Crossing, held):
    message_id, position = held
    poison.clear()
    act(crossing, desk.propose_skip, position, reason="项目已注销", by=OPERATOR)
    with pytest.raises(NotAllowed):
        act(crossing, desk.decide_skip, position, "confirm", by=OPERATOR)
    act(crossing, desk.decide_skip, position, "confirm", by=SECOND)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.public) == [2]
    assert traced(crossing, message_id) == [("跳过报文，由孙静确认", "赵磊")]
    assert "项目已注销" in row_of(crossing.extranet, message_id).reason  # the receipt of the sender, here


def test_a_decision_that_comes_too_late_is_refused_and_named(crossing: Crossing, held):
    message_id, position = held
    poison.clear()
    act(crossing, desk.retry, position, reason="已补发项目", by=OPERATOR)
    crossing.post.pump(now=NOW)
    late = decided(message_id, act="release", by=OPERATOR)
    with crossing.extranet.writing() as session:
        sent = outbox.send(session, late, at=NOW, cause=message_id)
    crossing.post.pump(now=NOW)
    assert "已不在隔离中" in row_of(crossing.extranet, sent).reason


def test_a_message_that_one_person_gave_up_stays_where_it_is(crossing: Crossing, held):
    message_id, _ = held
    alone = decided(message_id, act="reject", by=OPERATOR, second=OPERATOR)
    with crossing.extranet.writing() as session:
        sent = outbox.send(session, alone, at=NOW, cause=message_id)
    crossing.post.pump(now=NOW + LATER)
    assert row_of(crossing.public, message_id).state == "quarantined"
    assert row_of(crossing.public, sent).state == "quarantined"


def test_two_administrators_of_one_name_are_two_persons(crossing: Crossing, held):
    message_id, position = held
    poison.clear()
    act(crossing, desk.propose_skip, position, reason="项目已注销", by=OPERATOR)
    act(crossing, desk.decide_skip, position, "confirm", by=NAMESAKE)
    crossing.post.pump(now=NOW)
    assert row_of(crossing.public, message_id).state == "rejected"
    assert traced(crossing, message_id) == [("跳过报文，由赵磊确认", "赵磊")]


def test_a_decision_that_is_held_itself_keeps_no_other_message_waiting(crossing: Crossing, held):
    message_id, position = held
    with crossing.extranet.writing() as session:
        outbox.send(session, decided("another", act="reject", by=OPERATOR, second=OPERATOR), at=NOW, cause="another")
    crossing.post.pump(now=NOW)
    poison.clear()
    act(crossing, desk.retry, position, reason="已补发项目", by=OPERATOR)
    crossing.post.pump(now=NOW)
    assert row_of(crossing.public, message_id).state == "applied"
