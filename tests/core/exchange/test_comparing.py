"""Both zones side by side, and a receiving end that is full or carried to by two relays (A2.1)."""

import pytest

from core.errors import NotAllowed, RuleRefusal
from core.exchange import relay, worker
from core.exchange.carrying import far_end
from core.exchange.comparing import compare_zones
from core.exchange.message import Direction
from core.exchange.rebuilding import rebuild
from core.exchange.standing import Mark
from tests.core.exchange.crossing import CODE, NOW, OTHER_CODE, Crossing, poison, rows_of, steps_at
from tests.core.exchange.test_reconciling import tamper


def differences(crossing: Crossing) -> dict[str, str]:
    return {one.direction: one.difference for one in compare_zones(crossing.public, crossing.extranet)}


@pytest.fixture
def told(crossing: Crossing) -> Crossing:
    crossing.tell(1, 2)
    poison[OTHER_CODE] = RuleRefusal("不予办理")
    crossing.tell(1, code=OTHER_CODE)
    crossing.post.pump(now=NOW)
    return crossing


def test_both_zones_agree_and_what_is_on_its_way_is_no_difference(told: Crossing):
    told.tell(3)
    told.seal()
    outward = compare_zones(told.public, told.extranet)[0]
    assert (outward.sealed, outward.received, outward.days) == (4, 3, {"2026-03-02": 3})
    assert set(differences(told).values()) == {""}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE exchange_message SET subject = 'x' WHERE number = 2 AND direction = 'to_extranet'", "发送方 2 件"),
        ("UPDATE exchange_message SET state = 'applied' WHERE state = 'rejected'", "接收方办理，发送方所知为退回"),
        ("UPDATE exchange_channel SET number = 9 WHERE direction = 'to_extranet'", "由较早的备份恢复"),
        (f"UPDATE exchange_channel SET digest = '{'0' * 64}' WHERE direction = 'to_extranet'", "分叉"),
    ],
)
def test_the_first_difference_is_named(told: Crossing, change: str, words: str):
    tamper(told.extranet, change)
    assert words in differences(told)[Direction.TO_EXTRANET]
    assert differences(told)[Direction.TO_INTERNET] == ""


def test_the_relay_waits_while_the_receiving_end_is_full(told: Crossing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(relay, "CROWD", 2)
    source, target = told.outward
    told.tell(3, 4, 5)
    told.seal()
    assert not relay.is_crowded(far_end(target.database, Direction.TO_EXTRANET))
    relay.carry(source, target)
    assert relay.is_crowded(far_end(target.database, Direction.TO_EXTRANET))
    told.receive()
    assert not relay.is_crowded(far_end(target.database, Direction.TO_EXTRANET))


def test_a_worker_behind_with_applying_takes_nothing_more_in(told: Crossing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "AT_ONCE", 2)
    source, target = told.outward
    told.tell(3, 4, 5)
    told.seal()
    relay.carry(source, target)
    told.receive()
    told.tell(6)
    told.seal()
    relay.carry(source, target)
    keys = told.post.signers[told.extranet.zone], told.post.verifiers[told.public.zone]
    own = {"own_keys": told.post.verifiers[told.extranet.zone], "mark": Mark()}
    worker.exchange_step(told.extranet, *keys, told.extranet_files, **own)
    assert rows_of(told.extranet, Direction.TO_EXTRANET)[-1].state == "arrived"
    worker.exchange_step(told.extranet, *keys, told.extranet_files, **own)
    worker.exchange_step(told.extranet, *keys, told.extranet_files, **own)
    assert steps_at(told.extranet) == [1, 2, 3, 4, 5, 6]


def test_a_standby_relay_takes_over_where_the_first_one_stopped(told: Crossing):
    source, target = told.outward
    told.tell(3, 4)
    told.seal(limit=1)
    with relay.turn(target.database, Direction.TO_EXTRANET) as first:
        assert first is not None
        relay.carry(source, target)
        with relay.turn(target.database, Direction.TO_EXTRANET) as second:
            assert second is None  # it stands by
    told.seal()
    with relay.turn(target.database, Direction.TO_EXTRANET) as second:
        assert second is not None
        relay.carry(source, target)
    told.post.pump(now=NOW)
    assert steps_at(told.extranet) == [1, 2, 3, 4]


def test_a_mirror_is_rebuilt_only_from_a_whole_log_into_an_empty_database(told: Crossing):
    with pytest.raises(RuleRefusal, match="已有报文"):
        rebuild(told.public, told.extranet, told.post.verifiers[told.public.zone], ())


def test_a_held_message_is_on_its_way_and_no_difference(crossing: Crossing):
    poison[CODE] = NotAllowed("不属于")
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    assert set(differences(crossing).values()) == {""}
