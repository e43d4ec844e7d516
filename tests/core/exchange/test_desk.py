"""The desk's acts on a quarantined message: one person tries again, two give it up, all of it in the trace (A2.1)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from core.database import Zone
from core.domain.masking import masked
from core.domain.policy import Actor, Grant, Role
from core.errors import Absent, Conflict, NotAllowed, RuleRefusal
from core.exchange import channels, desk, pulses, skips
from core.exchange.carrying import carry
from core.exchange.desk import Shelf
from core.exchange.message import Direction
from core.exchange.tables import tables_of
from core.trace import entries_of
from tests.core.exchange.crossing import CODE, NOW, Crossing, poison, row_of, steps_at


def administrator(role: Role, name: str) -> Actor:
    return Actor(Role.OFFICER, id=f"officer-{name}", name=name, grants=(Grant(role, "220000-eic", "eic", "220000"),))


OPERATOR = administrator(Role.SYSTEM_ADMINISTRATOR, "赵磊")
SECOND = administrator(Role.SECURITY_ADMINISTRATOR, "孙静")


@pytest.fixture
def held(crossing: Crossing) -> tuple[str, int]:
    """A message that no attempt could apply, with another of its subject behind it; its id and position."""
    poison[CODE] = NotAllowed("项目不属于发送单位")
    first, _ = crossing.tell(1, 2)
    crossing.post.pump(now=NOW)
    return first, row_of(crossing.extranet, first).position


def act(crossing: Crossing, do, *told, **more):
    with crossing.extranet.writing() as session:
        return do(session, *told, at=NOW, **more)


def words_of(crossing: Crossing, message_id: str) -> list[tuple[str, str]]:
    with crossing.extranet.reading() as session:
        return [(one.words, one.actor_name) for one in reversed(entries_of(session, desk.OBJECT, message_id))]


def test_a_message_tried_again_is_applied_with_the_ones_behind_it(crossing: Crossing, held):
    message_id, position = held
    poison.clear()
    act(crossing, desk.retry, position, reason="已补登单位", by=OPERATOR)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2]
    assert words_of(crossing, message_id) == [("重试报文", "赵磊")]
    with pytest.raises(Conflict):
        act(crossing, desk.retry, position, reason="再来", by=OPERATOR)


def test_a_message_is_given_up_by_two_persons_and_its_sender_is_told(crossing: Crossing, held):
    message_id, position = held
    act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
    with pytest.raises(Conflict, match="赵磊已申请"):
        act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
    act(crossing, desk.decide_skip, position, "confirm", by=SECOND)
    poison.clear()
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [2]
    assert row_of(crossing.extranet, message_id).state == "rejected"
    assert row_of(crossing.public, message_id).reason == "经两人确认跳过：单位已注销"
    assert words_of(crossing, message_id) == [("申请跳过报文", "赵磊"), ("确认跳过报文", "孙静")]


def test_nobody_confirms_what_they_asked_for(crossing: Crossing, held):
    _, position = held
    both = Actor(Role.OFFICER, id=OPERATOR.id, name="赵磊", grants=(*OPERATOR.grants, *SECOND.grants))
    act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
    with pytest.raises(RuleRefusal, match="不能确认自己的申请"):
        act(crossing, desk.decide_skip, position, "confirm", by=both)
    with pytest.raises(NotAllowed):
        act(crossing, desk.decide_skip, position, "confirm", by=administrator(Role.SYSTEM_ADMINISTRATOR, "钱进"))
    assert steps_at(crossing.extranet) == []


def test_a_request_is_declined_withdrawn_or_falls_away_when_the_message_is_tried_again(crossing: Crossing, held):
    message_id, position = held
    for event, by, reason in (("decline", SECOND, "先查数据"), ("withdraw", OPERATOR, "")):
        act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
        act(crossing, desk.decide_skip, position, event, by=by, reason=reason)
    act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
    with pytest.raises(NotAllowed, match="由申请人自己撤回"):
        act(crossing, desk.decide_skip, position, "withdraw", by=administrator(Role.SYSTEM_ADMINISTRATOR, "钱进"))
    act(crossing, desk.retry, position, reason="已补登单位", by=OPERATOR)
    assert [words for words, _ in words_of(crossing, message_id)][-2:] == ["撤回跳过申请", "重试报文"]
    with pytest.raises(Conflict, match="没有待确认"):
        act(crossing, desk.decide_skip, position, "confirm", by=SECOND)


def test_no_reason_lets_anybody_withdraw_the_request_of_a_colleague(crossing: Crossing, held):
    _, position = held
    act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
    colleague = administrator(Role.SYSTEM_ADMINISTRATOR, "钱进")
    with pytest.raises(NotAllowed, match="由申请人自己撤回"):
        act(crossing, desk.decide_skip, position, "withdraw", by=colleague, reason="改为重试")


def test_a_message_released_from_the_shell_leaves_no_request_behind(crossing: Crossing, held):
    message_id, position = held
    act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
    shell = Actor(Role.SYSTEM_ADMINISTRATOR, id="shell", name="钱进")
    act(crossing, desk.release, message_id, reason="已补登单位", by=shell)
    with crossing.extranet.reading() as session:
        assert skips.open_skips(session) == {}
    assert words_of(crossing, message_id)[-2:] == [("撤回跳过申请", "钱进"), ("重试报文", "钱进")]


@pytest.mark.parametrize("do", [desk.retry, desk.propose_skip])
def test_every_act_needs_its_reason(crossing: Crossing, held, do):
    with pytest.raises(RuleRefusal, match="理由"):
        act(crossing, do, held[1], reason=" ", by=OPERATOR)


def test_the_lists_hold_what_was_quarantined_returned_and_refused(crossing: Crossing, held):
    message_id, position = held
    with crossing.extranet.reading() as session:
        assert [row.id for row in desk.shelved(session, Shelf.HELD)] == [message_id]
        opened = desk.open_message(session, position)
        assert opened.is_held
        assert '"step": 1' in opened.payload
        assert desk.shelved(session, Shelf.REJECTED) == desk.shelved(session, Shelf.REFUSED) == []
        with pytest.raises(Absent):
            desk.open_message(session, 999)
    act(crossing, desk.propose_skip, position, reason="单位已注销", by=OPERATOR)
    act(crossing, desk.decide_skip, position, "confirm", by=SECOND)
    with crossing.extranet.reading() as session:
        assert [row.id for row in desk.shelved(session, Shelf.REJECTED)] == [message_id]


def test_a_stopped_direction_is_reopened_with_a_reason_and_a_trace(crossing: Crossing):
    with pytest.raises(RuleRefusal, match="没有停止"):
        act(crossing, desk.reopen_channel, Direction.TO_EXTRANET, reason="查明", by=OPERATOR)
    with crossing.extranet.writing() as session:
        channels.stop(session, Direction.TO_EXTRANET, "签名不符", at=NOW)
    act(crossing, desk.reopen_channel, Direction.TO_EXTRANET, reason="搬运介质损坏，已更换", by=OPERATOR)
    assert crossing.stop_reason() == ""
    with crossing.extranet.reading() as session:
        assert ["签名不符" in one.words for one in desk.channel_history(session, Direction.TO_EXTRANET)] == [True]


def test_what_the_internet_zone_tells_of_itself_is_kept_and_never_by_an_older_account(crossing: Crossing):
    with crossing.extranet.reading() as session:
        assert pulses.far_standing(session) is None
    crossing.tell(1)
    assert pulses.tell_standing(crossing.public, NOW) == 1
    assert pulses.tell_standing(crossing.public, NOW) == 0  # the first is on its way
    crossing.post.pump(now=NOW)
    with crossing.extranet.reading() as session:
        told = pulses.far_standing(session)
        assert told is not None
        assert (told.told_at, told.counts["unsealed"], told.oldest_at, told.held) == (NOW, 1, NOW, [])
    assert pulses.tell_standing(crossing.public, NOW - timedelta(hours=1)) == 1
    crossing.post.pump(now=NOW)
    with crossing.extranet.reading() as session:
        again = pulses.far_standing(session)
        assert again is not None
        assert again.told_at == NOW


def test_a_sign_of_life_is_renewed_and_keeps_when_something_was_carried(crossing: Crossing):
    name = pulses.relay_name(Direction.TO_EXTRANET)
    pulses.beat(crossing.extranet, name, at=NOW, carried_at=NOW)
    pulses.beat(crossing.extranet, name, at=NOW + timedelta(seconds=9))
    with crossing.extranet.reading() as session:
        sign = pulses.pulses(session)[name]
    assert (sign.at, sign.carried_at) == (NOW + timedelta(seconds=9), NOW)


def test_personal_data_is_masked_by_field_and_by_shape():
    told = {
        "facts": {
            "contact_name": "孙岩",
            "legal_representative_id": "220102199003070013",
            "unit_uscc": "91220101MA1400A22H",
        },
        "reason": "请联系13812345678或sunyan@example.cn，证件220102199003070013，电话0431-88901234",
        "count": 3,
    }  # fmt: skip
    shown = masked(told)
    assert shown["facts"] == {
        "contact_name": "孙*", "legal_representative_id": "220***********0013", "unit_uscc": "91220101MA1400A22H",
    }  # fmt: skip
    assert shown["reason"] == f"请联系138****5678或s***@example.cn，证件220***********0013，电话{'*' * 13}"
    assert shown["count"] == 3


def test_only_the_internet_zone_tells_how_it_stands(crossing: Crossing):
    with pytest.raises(ValueError, match="internet zone"):
        pulses.tell_standing(crossing.extranet, NOW)
    with crossing.public.reading() as session:
        table = tables_of(Zone.PUBLIC).message
        assert session.connection().execute(sa.select(table.c.id)).all() == []


def test_a_message_told_here_says_how_far_it_has_come(crossing: Crossing):
    """As on its page: not sealed, not carried, not answered, answered."""
    (told,) = crossing.tell(1)
    position = row_of(crossing.public, told).position

    def state() -> str:
        with crossing.public.reading() as session:
            row = desk._row(session, position)
            return desk._state_words(row)

    seen = [state()]
    for act in (crossing.seal, lambda: carry(*crossing.outward), lambda: crossing.post.pump(now=NOW)):
        act()
        seen.append(state())
    assert seen == ["待封签", "待搬运", "待回执", "已答复"]
