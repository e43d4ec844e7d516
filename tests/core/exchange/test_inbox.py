"""Chain level: what arrives in order and whole is received; what is missing is waited for; what is wrong stops all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.database import Zone
from core.exchange import channels
from core.exchange.batches import Batch, Place, read_batch, write_batch
from core.exchange.carrying import carry, far_end
from core.exchange.chain import Link, link_digest, sealed_words
from core.exchange.inbox import receive
from core.exchange.message import Direction
from core.exchange.sealing import seal
from core.exchange.signing import Ed25519Signer, new_signer
from core.exchange.status import status
from tests.core.exchange.crossing import (
    CODE,
    NOW,
    OTHER_CODE,
    Answered,
    Crossing,
    Echoed,
    check_invariants,
    lay_out,
    make_crossing,
    outbox,
    rows_of,
    steps_at,
)


def signer_of(crossing: Crossing) -> Ed25519Signer:
    return crossing.post.signers[crossing.public.zone]


def altered(batch: Batch, place: int, **columns: object) -> Batch:
    links = list(batch.links)
    links[place] = links[place]._replace(**columns)
    return replace(batch, links=links)


def resealed(batch: Batch, signer: Ed25519Signer) -> Batch:
    """The batch with its chain and last seal made right again, as only the key's owner can."""
    links: list[Link] = []
    digest = batch.links[0].previous_digest
    for link in batch.links:
        relinked = link._replace(previous_digest=digest)
        digest = link_digest(relinked, signer.hash_of)
        links.append(relinked._replace(digest=digest))
    note = batch.seals[-1]._replace(number=links[-1].number, digest=digest, key_id=signer.key_id)
    return Batch(links, [note._replace(signature=signer.sign(sealed_words(note)))])


@pytest.fixture
def batch(crossing: Crossing) -> Batch:
    crossing.tell(1, 2, 3)
    crossing.seal()
    return crossing.take()


def test_messages_arrive_in_the_order_in_which_they_were_told(crossing: Crossing):
    crossing.tell(1, 2)
    crossing.tell(7, code=OTHER_CODE)
    crossing.tell(3)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    assert steps_at(crossing.extranet, OTHER_CODE) == [7]
    check_invariants(crossing.post)


def test_an_answer_goes_back_and_names_its_cause(crossing: Crossing):
    with crossing.public.writing() as session:
        asked = outbox.send(session, Echoed(code=CODE, step=5), at=NOW)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.public) == [5]
    answer = next(row for row in rows_of(crossing.public) if row.kind == "test.answered.v1")
    assert answer.cause == asked
    check_invariants(crossing.post)


def test_the_same_batch_again_changes_nothing(crossing: Crossing, batch: Batch):
    assert crossing.bring(batch) == 3
    assert crossing.bring(batch) == 0
    assert crossing.receive() == 3
    assert crossing.bring(batch) == 0
    assert crossing.receive() == 0
    assert crossing.apply() == 3
    assert crossing.apply() == 0
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    check_invariants(crossing.post)


def test_rows_are_believed_only_when_a_seal_covers_them(crossing: Crossing, batch: Batch):
    crossing.bring(replace(batch, seals=[]))
    assert crossing.receive() == 0
    assert crossing.apply() == 0
    assert status(crossing.extranet).arrived.count == 3
    crossing.bring(batch)
    assert crossing.receive() == 3


def test_a_batch_cut_short_is_gone_on_with(crossing: Crossing, batch: Batch):
    crossing.bring(Batch(batch.links[:2], []))
    assert crossing.receive() == 0
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    check_invariants(crossing.post)


def test_a_missing_number_holds_what_follows_and_is_carried_again(crossing: Crossing, batch: Batch):
    crossing.bring(replace(batch, links=[batch.links[0], batch.links[2]]))
    assert crossing.receive() == 0
    assert status(crossing.extranet).channels[Direction.TO_EXTRANET].reason == "缺少第 2 号报文"
    assert crossing.apply() == 0
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    assert status(crossing.extranet).channels[Direction.TO_EXTRANET].state == "open"
    check_invariants(crossing.post)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"body": '{"code":"x","step":1}'}, "内容与摘要不符"),
        ({"body": ""}, "内容与摘要不符"),
        ({"subject": OTHER_CODE}, "内容与摘要不符"),
        ({"kind": "test.echoed.v1"}, "内容与摘要不符"),
        ({"happened_at": NOW + timedelta(microseconds=1)}, "内容与摘要不符"),
        ({"cause": "other"}, "内容与摘要不符"),
        ({"files": '[{"digest":"' + "a" * 64 + '","size":1}]'}, "内容与摘要不符"),
        ({"id": "another"}, "内容与摘要不符"),
        ({"digest": "f" * 64}, "内容与摘要不符"),
        ({"previous_digest": "f" * 64}, "不相衔接"),
        ({"body": "x" * (256 * 1024 + 1)}, "超过允许的大小"),
        ({"files": "[5]"}, "写法不合规定"),
    ],
)
def test_what_was_altered_on_the_way_stops_the_channel(crossing: Crossing, batch: Batch, columns: dict, words: str):
    crossing.bring(altered(batch, 1, **columns))
    assert crossing.receive() == 0
    assert words in crossing.stop_reason()
    assert crossing.apply() == 0
    assert steps_at(crossing.extranet) == []


def test_two_messages_in_each_others_place_stop_the_channel(crossing: Crossing, batch: Batch):
    first, second, third = batch.links
    swapped = [first, third._replace(number=2), second._replace(number=3)]
    crossing.bring(replace(batch, links=swapped))
    assert crossing.receive() == 0
    assert "不相衔接" in crossing.stop_reason()


def test_a_body_too_large_is_refused_even_under_a_good_seal(crossing: Crossing, batch: Batch):
    crossing.bring(resealed(altered(batch, 2, body="x" * (256 * 1024 + 1)), signer_of(crossing)))
    assert crossing.receive() == 0
    assert "超过允许的大小" in crossing.stop_reason()


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"signature": "00" * 64}, "签名不符"),
        ({"digest": "f" * 64}, "签名不符"),
        ({"number": 2}, "签名不符"),
        ({"sealed_at": NOW + timedelta(seconds=1)}, "签名不符"),
        ({"key_id": "ed25519-other"}, "未知的密钥"),
        ({"epoch": 2}, "未经确认的纪元"),
    ],
)
def test_an_altered_seal_stops_the_channel(crossing: Crossing, batch: Batch, columns: dict, words: str):
    crossing.bring(replace(batch, seals=[batch.seals[0]._replace(**columns)]))
    assert crossing.receive() == 0
    assert words in crossing.stop_reason()
    assert steps_at(crossing.extranet) == []


def test_a_chain_forged_by_another_key_stops_the_channel(crossing: Crossing, batch: Batch):
    forged = resealed(altered(batch, 0, body='{"code":"x","step":9}'), new_signer())
    crossing.bring(forged)
    assert crossing.receive() == 0
    assert "未知的密钥" in crossing.stop_reason()


def test_a_message_of_the_other_direction_is_not_taken_for_ours(crossing: Crossing, batch: Batch):
    turned = [link._replace(direction=Direction.TO_INTERNET) for link in batch.links]
    write_batch(crossing.public, Batch(turned, batch.seals))
    crossing.bring(Batch(turned, [note._replace(direction=Direction.TO_INTERNET) for note in batch.seals]))
    assert crossing.receive() == 0
    assert crossing.apply() == 0
    assert steps_at(crossing.extranet) == []
    assert steps_at(crossing.public) == []


def test_a_message_spliced_in_from_the_other_direction_stops_the_channel(crossing: Crossing, batch: Batch):
    """Genuine at home, under its own zone's seal: turned round, or put into a genuine chain in place of another."""
    with crossing.extranet.writing() as session:
        outbox.send(session, Answered(code=CODE, step=2), at=NOW)
    seal(crossing.extranet, crossing.post.signers[Zone.EXTRANET], now=NOW)
    back = read_batch(crossing.extranet, Place(1, 0), limit=10)
    turned = back.links[0]._replace(direction=Direction.TO_EXTRANET)
    crossing.bring(Batch([turned], [back.seals[0]._replace(direction=Direction.TO_EXTRANET)]))
    assert crossing.receive() == 0
    assert "未知的密钥" in crossing.stop_reason()
    with crossing.extranet.writing() as session:
        channels.reopen(session, Direction.TO_EXTRANET, at=NOW)
    first, second, third = batch.links
    spliced = turned._replace(number=2, previous_digest=second.previous_digest)
    crossing.bring(replace(batch, links=[first, spliced, third]))
    assert crossing.receive() == 0
    channel = status(crossing.extranet).channels[Direction.TO_EXTRANET]
    assert (channel.state, channel.reason) == (
        "gap",
        "缺少第 2 号报文",
    )  # its id is taken by the message sent from here
    crossing.bring(replace(batch, links=[spliced._replace(id="another")]))
    assert crossing.receive() == 0
    assert "第 2 号报文的内容与摘要不符" in crossing.stop_reason()
    assert steps_at(crossing.extranet) == steps_at(crossing.public) == []


def test_two_messages_with_each_others_files_stop_the_channel(crossing: Crossing):
    for code, content in ((CODE, b"plan"), (OTHER_CODE, b"map")):
        crossing.tell(1, code=code, file=crossing.public_files.put(content))
    crossing.seal()
    batch = crossing.take()
    swapped = altered(altered(batch, 0, files=batch.links[1].files), 1, files=batch.links[0].files)
    crossing.bring(swapped)
    assert crossing.receive() == 0
    assert "第 1 号报文的内容与摘要不符" in crossing.stop_reason()


def test_a_second_history_shows_as_a_fork(crossing: Crossing, batch: Batch):
    """A zone restored from an older backup seals numbers again that the other zone has seen."""
    crossing.post.pump(now=NOW)
    other = resealed(altered(batch, 1, body='{"code":"x","step":9}'), signer_of(crossing))
    assert crossing.bring(other) == 0
    assert crossing.receive() == 0
    assert "分叉" in crossing.stop_reason()
    assert steps_at(crossing.extranet) == [1, 2, 3]


def test_a_restored_zone_that_seals_again_is_found_out_by_its_newest_seal(crossing: Crossing, tmp_path):
    crossing.tell(1, 2, 3)
    crossing.post.pump(now=NOW)
    urls = [f"sqlite:///{tmp_path / name}.db" for name in ("restored", "unused")]
    for url, zone in zip(urls, Zone, strict=True):
        lay_out(url, zone)
    restored = make_crossing(*urls)
    restored.tell(9)
    restored.post.signers[crossing.public.zone] = signer_of(crossing)
    restored.seal()
    assert carry(restored.outward[0], crossing.outward[1]) == 0
    assert crossing.receive() == 0
    assert "分叉" in crossing.stop_reason()
    restored.public.close()
    restored.extranet.close()


def test_a_history_that_continues_from_elsewhere_shows_as_a_fork(crossing: Crossing, batch: Batch):
    crossing.bring(resealed(Batch(batch.links[:2], batch.seals), signer_of(crossing)))
    assert crossing.receive() == 2
    elsewhere = resealed(altered(batch, 1, body='{"code":"x","step":9}'), signer_of(crossing))
    crossing.bring(elsewhere)
    assert crossing.receive() == 0
    assert "分叉" in crossing.stop_reason()


def test_nothing_more_is_received_while_a_channel_is_stopped(crossing: Crossing, batch: Batch):
    crossing.bring(altered(batch, 1, body="{}"))
    crossing.receive()
    first = crossing.stop_reason()
    crossing.tell(4)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == []
    assert crossing.stop_reason() == first


def test_a_reopened_channel_takes_the_true_messages_and_keeps_the_false_as_evidence(crossing: Crossing, batch: Batch):
    crossing.bring(altered(batch, 1, body="{}"))
    crossing.receive()
    with crossing.extranet.writing() as session:
        channels.reopen(session, Direction.TO_EXTRANET, at=NOW)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    refused = [row for row in rows_of(crossing.extranet, Direction.TO_EXTRANET) if row.state == "refused"]
    assert [row.number for row in refused] == [1, 2, 3]
    assert refused[1].body == "{}"


def test_a_seal_from_the_future_is_flagged_and_nothing_else(crossing: Crossing, batch: Batch, caplog):
    note = batch.seals[0]._replace(sealed_at=NOW + timedelta(minutes=6))
    signed = note._replace(signature=signer_of(crossing).sign(sealed_words(note)))
    crossing.bring(replace(batch, seals=[signed]))
    assert crossing.receive() == 3
    assert "seal from the future" in caplog.text
    channel = status(crossing.extranet).channels[Direction.TO_EXTRANET]
    assert (channel.state, channel.clock_words) == ("open", "对方时钟比本区快 6 分钟，请核对两区时间")
    crossing.tell(4)
    crossing.post.pump(now=NOW)
    assert not status(crossing.extranet).channels[Direction.TO_EXTRANET].clock_words


def test_carrying_stops_at_its_limits_and_goes_on(crossing: Crossing):
    crossing.tell(1, 2, 3, 4, 5, words="光" * 80_000)
    crossing.seal()
    source, target = crossing.outward
    assert carry(source, target, limit=2) == 2
    assert crossing.receive() == 0
    assert [carry(source, target, limit=2) for _ in range(3)] == [2, 1, 0]
    assert crossing.receive() == 5
    crossing.tell(*range(60), words="光" * 80_000)
    crossing.seal()
    assert len(read_batch(source.database, far_end(target.database, Direction.TO_EXTRANET).place, limit=500).links) > 30


def test_a_large_backlog_of_seals_is_received_piece_by_piece(crossing: Crossing):
    crossing.tell(*range(6))
    while crossing.seal(limit=2):
        pass
    crossing.bring(crossing.take())
    verifier = crossing.post.verifiers[crossing.public.zone]
    assert [receive(crossing.extranet, verifier, now=NOW, limit=2) for _ in range(4)] == [2, 2, 2, 0]
