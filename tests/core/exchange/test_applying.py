"""Subject level: each message once, in its subject's order; a bad one holds its own subject and nothing else."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from threading import Event

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from core.errors import Conflict, NotAllowed, RuleRefusal
from core.exchange import message, outbox, quarantine
from core.exchange.applying import MAX_ATTEMPTS, apply_next
from core.exchange.chain import canonical
from core.exchange.message import Direction, Envelope, applier_of
from core.exchange.receipts import ReceiptToInternet
from core.exchange.status import answer_to, status
from core.exchange.tables import tables_of
from tests.core.exchange.crossing import (
    CODE,
    LATER,
    NOW,
    OTHER_CODE,
    Crossing,
    MemoryFiles,
    Noted,
    check_invariants,
    listening,
    poison,
    row_of,
    rows_of,
    steps_at,
)

PASSING = sa.exc.OperationalError("UPDATE", {}, Exception("connection lost"))


def tell_raw(crossing: Crossing, **columns: object) -> str:
    """Tell what no honest portal of this release would: a row as it is, sealed by the zone's own key."""
    row = {
        "id": f"raw-{len(rows_of(crossing.public))}",
        "direction": Direction.TO_EXTRANET,
        "kind": "test.noted.v1",
        "subject": CODE,
        "body": canonical({"code": CODE, "step": 1, "words": "", "file": None}),
        "files": "[]",
        "happened_at": NOW,
        "state": "told",
        "attempts": 0,
        **columns,
    }
    with crossing.public.writing() as session:
        session.connection().execute(sa.insert(tables_of(crossing.public.zone).message), row)
    return str(row["id"])


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"kind": "test.unheard_of.v1"}, "未知的报文种类"),
        ({"kind": "test.answered.v1"}, "未知的报文种类或方向"),
        ({"kind": "test.many.v1", "body": '{"digests":[]}'}, "尚不能处理"),
        ({"body": '{"code":"' + CODE + '","more":1,"step":1}'}, "more"),
        ({"body": '{"code":"' + CODE + '"}'}, "step"),
        ({"body": "not json"}, "不合规定"),
        ({"body": '{"words":"' + "a" * 60 + '"}', "kind": "test.short.v1"}, "超过本种类"),
        ({"subject": OTHER_CODE}, "主体"),
    ],
)
def test_a_message_that_no_release_may_send_goes_into_quarantine(crossing: Crossing, columns: dict, words: str):
    bad = tell_raw(crossing, **columns)
    crossing.post.pump(now=NOW)
    row = row_of(crossing.extranet, bad)
    assert row.state == "quarantined"
    assert words in row.reason
    assert not crossing.stop_reason()


def test_a_poison_message_holds_only_its_own_subject(crossing: Crossing):
    poison[CODE] = ZeroDivisionError()
    held = crossing.tell(1, 2)
    crossing.tell(7, 8, code=OTHER_CODE)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet, OTHER_CODE) == [7, 8]
    for attempt in range(1, MAX_ATTEMPTS):
        assert row_of(crossing.extranet, held[0]).attempts == attempt
        crossing.post.pump(now=NOW + attempt * LATER)
    row = row_of(crossing.extranet, held[0])
    assert (row.state, row.attempts, row.reason) == ("quarantined", MAX_ATTEMPTS, "处理失败：ZeroDivisionError")
    assert row_of(crossing.extranet, held[1]).state == "received"
    assert steps_at(crossing.extranet) == []
    crossing.tell(9, code=OTHER_CODE)
    crossing.post.pump(now=NOW + 20 * LATER)
    assert steps_at(crossing.extranet, OTHER_CODE) == [7, 8, 9]
    assert row_of(crossing.extranet, held[0]).attempts == MAX_ATTEMPTS


def test_a_held_subject_takes_no_room_from_the_others(crossing: Crossing):
    poison[CODE] = NotAllowed("该项目不属于申报单位")
    crossing.tell(*range(5))
    crossing.tell(7, code=OTHER_CODE)
    crossing.seal()
    crossing.bring(crossing.take())
    crossing.receive()
    for _ in range(2):
        apply_next(crossing.extranet, crossing.extranet_files, limit=2, now=NOW)
    assert steps_at(crossing.extranet, OTHER_CODE) == [7]


def test_order_does_not_hang_on_the_block_alone(crossing: Crossing):
    poison[CODE] = NotAllowed("该项目不属于申报单位")
    crossing.tell(1, 2)
    crossing.post.pump(now=NOW)
    poison.clear()
    with crossing.extranet.writing() as session:
        session.connection().execute(sa.delete(tables_of(crossing.extranet.zone).block))
    crossing.post.pump(now=NOW + LATER)
    assert steps_at(crossing.extranet) == []


def test_a_failed_message_is_tried_again_only_after_its_pause(crossing: Crossing):
    poison[CODE] = ZeroDivisionError()
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    poison.clear()
    assert crossing.apply(at=NOW + timedelta(milliseconds=900)) == 0
    assert crossing.apply(at=NOW + timedelta(milliseconds=1100)) == 1
    assert steps_at(crossing.extranet) == [1]
    crossing.post.pump(now=NOW + LATER)
    check_invariants(crossing.post)


def test_a_released_message_is_applied_as_it_was_and_its_subject_goes_on(crossing: Crossing):
    poison[CODE] = NotAllowed("该项目不属于申报单位")
    held = crossing.tell(1, 2, 3)
    crossing.post.pump(now=NOW)
    row = row_of(crossing.extranet, held[0])
    assert (row.state, row.reason) == ("quarantined", "该项目不属于申报单位")
    poison.clear()
    with crossing.extranet.writing() as session:
        quarantine.release(session, held[0])
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    check_invariants(crossing.post)


def test_a_message_given_up_is_answered_and_its_subject_goes_on(crossing: Crossing):
    poison[CODE] = NotAllowed("该项目不属于申报单位")
    held = crossing.tell(1, 2)
    crossing.post.pump(now=NOW)
    poison.clear()
    with crossing.extranet.writing() as session:
        quarantine.reject(session, held[0], reason="已由双方核对作废", at=NOW)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [2]
    assert row_of(crossing.public, held[0]).reason == "已由双方核对作废"
    check_invariants(crossing.post)


def test_only_a_message_in_quarantine_leaves_it(crossing: Crossing):
    (sent,) = crossing.tell(1)
    crossing.post.pump(now=NOW)
    for leave in (
        lambda session: quarantine.release(session, sent),
        lambda session: quarantine.reject(session, sent, reason="重复", at=NOW),
    ):
        with pytest.raises(Conflict), crossing.extranet.writing() as session:
            leave(session)
    assert row_of(crossing.extranet, sent).state == "applied"


def test_a_refused_message_is_answered_with_the_reason_and_changes_nothing(crossing: Crossing):
    poison[CODE] = RuleRefusal("该事项已经受理，不能重复申请", article="A14.2")
    sent = crossing.tell(1)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == []
    assert row_of(crossing.extranet, sent[0]).state == "rejected"
    own = row_of(crossing.public, sent[0])
    assert (own.state, own.reason) == ("settled", "该事项已经受理，不能重复申请")
    poison.clear()
    crossing.tell(2)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [2]
    check_invariants(crossing.post)


def test_a_passing_failure_counts_as_no_attempt(crossing: Crossing):
    poison[CODE] = PASSING
    (sent,) = crossing.tell(1)
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(sa.exc.OperationalError):
            crossing.post.pump(now=NOW)
    row = row_of(crossing.extranet, sent)
    assert (row.state, row.attempts) == ("received", 0)
    poison.clear()
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1]
    check_invariants(crossing.post)


def test_a_file_goes_before_the_message_that_names_it(crossing: Crossing):
    digest = crossing.public_files.put("总平面图".encode())
    crossing.tell(1, file=digest)
    crossing.post.pump(now=NOW)
    assert crossing.extranet_files.held[digest] == "总平面图".encode()
    assert steps_at(crossing.extranet) == [1]
    check_invariants(crossing.post)


def test_a_message_waits_for_its_file_and_only_its_subject_with_it(crossing: Crossing):
    digest = crossing.public_files.put("总平面图".encode())
    content = crossing.public_files.held.pop(digest)
    waiting = crossing.tell(1, file=digest)[0]
    crossing.tell(2)
    crossing.tell(7, code=OTHER_CODE)
    crossing.post.pump(now=NOW)
    assert (row_of(crossing.extranet, waiting).state, row_of(crossing.extranet, waiting).attempts) == ("waiting", 0)
    assert steps_at(crossing.extranet) == []
    assert steps_at(crossing.extranet, OTHER_CODE) == [7]
    crossing.post.pump(now=NOW + LATER)
    assert status(crossing.extranet).waiting.count == 1
    crossing.public_files.held[digest] = content
    crossing.post.pump(now=NOW + 2 * LATER)
    assert steps_at(crossing.extranet) == [1, 2]
    check_invariants(crossing.post)


def test_a_file_whose_content_changed_is_not_carried(crossing: Crossing):
    digest = crossing.public_files.put(b"plan")
    crossing.public_files.held[digest] = b"another plan"
    (sent,) = crossing.tell(1, file=digest)
    crossing.post.pump(now=NOW)
    assert not crossing.extranet_files.has(digest)
    assert row_of(crossing.extranet, sent).state == "waiting"


def test_two_files_in_each_others_place_hold_both_messages(crossing: Crossing):
    first, second = crossing.public_files.put(b"plan"), crossing.public_files.put(b"map")
    crossing.public_files.held |= {first: b"map", second: b"plan"}
    crossing.tell(1, file=first)
    crossing.tell(1, code=OTHER_CODE, file=second)
    crossing.post.pump(now=NOW)
    assert not crossing.extranet_files.held
    assert status(crossing.extranet).waiting.count == 2
    crossing.public_files.held |= {first: b"plan", second: b"map"}
    crossing.post.pump(now=NOW + LATER)
    assert steps_at(crossing.extranet) == steps_at(crossing.extranet, OTHER_CODE) == [1]
    check_invariants(crossing.post)


def test_a_submission_is_delivered_when_the_other_zone_has_answered(crossing: Crossing):
    (first,) = crossing.tell(1, at=NOW - LATER)
    poison[OTHER_CODE] = ZeroDivisionError()
    (second,) = crossing.tell(1, code=OTHER_CODE)

    def delivered() -> list[bool]:
        with crossing.public.reading() as session:
            return [not answer_to(session, each).is_open for each in (first, second, "unknown")]

    assert delivered() == [False, False, False]
    assert status(crossing.public).unsealed.count == 2
    assert status(crossing.public).oldest_outgoing_at == NOW - LATER
    crossing.seal()
    assert status(crossing.public).sealed.count == 2
    crossing.post.pump(now=NOW)
    assert delivered() == [True, False, False]
    there, here = status(crossing.public), status(crossing.extranet)
    assert (there.carried.count, there.oldest_outgoing_at) == (1, NOW)
    assert (here.received.count, here.received.oldest_at) == (1, NOW)
    poison.clear()
    crossing.post.pump(now=NOW + LATER)
    assert delivered() == [True, True, False]
    assert status(crossing.public).oldest_outgoing_at is None


def test_a_receipt_for_what_was_never_sealed_stops_the_direction(crossing: Crossing):
    (sent,) = crossing.tell(1)
    crossing.seal()
    wrong = ReceiptToInternet(message_id=sent, number=1, digest="f" * 64, outcome="applied")
    with crossing.extranet.writing() as session:
        outbox.send(session, wrong, at=NOW)
    crossing.post.pump(now=NOW)
    assert "分叉" in crossing.stop_reason(crossing.public)
    crossing.tell(2)
    assert crossing.seal() == 0


def test_a_wrong_receipt_among_good_ones_is_found_and_the_good_ones_count(crossing: Crossing):
    good = crossing.tell(1, 2, 3)
    (bad,) = crossing.tell(4)
    crossing.seal()
    with crossing.extranet.writing() as session:
        for number, each in enumerate([*good, bad], 1):
            digest = "f" * 64 if each == bad else row_of(crossing.public, each).digest
            told = ReceiptToInternet(message_id=each, number=number, digest=digest, outcome="applied")
            outbox.send(session, told, at=NOW)
    crossing.post.pump(now=NOW)
    assert [row_of(crossing.public, each).state for each in good] == ["settled"] * 3
    assert "第 4 号" in crossing.stop_reason(crossing.public)


def test_a_repeated_receipt_changes_nothing(crossing: Crossing):
    (sent,) = crossing.tell(1)
    crossing.post.pump(now=NOW)
    digest = row_of(crossing.public, sent).digest
    again = ReceiptToInternet(message_id=sent, number=1, digest=digest, outcome="rejected", reason="迟到的回执")
    with crossing.extranet.writing() as session:
        outbox.send(session, again, at=NOW)
    crossing.post.pump(now=NOW)
    assert row_of(crossing.public, sent).reason is None
    check_invariants(crossing.post)


def test_two_appliers_at_once_apply_each_message_once(crossing: Crossing):
    for step in range(10):
        crossing.tell(step)
        crossing.tell(step, code=OTHER_CODE)
    crossing.seal()
    crossing.bring(crossing.take())
    crossing.receive()
    with ThreadPoolExecutor(3) as pool:
        for each in [pool.submit(_apply_all, crossing) for _ in range(3)]:
            each.result()
    assert steps_at(crossing.extranet) == steps_at(crossing.extranet, OTHER_CODE) == list(range(10))
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)


@pytest.mark.parametrize("engine_kind", ["postgresql"], indirect=True)
@pytest.mark.postgresql
def test_while_one_worker_is_busy_with_a_subject_another_applies_the_others(
    crossing: Crossing, monkeypatch: pytest.MonkeyPatch
):  # SQLite has one writer at a time, whatever is applied
    begun, may_end = Event(), Event()
    apply_note = applier_of(Noted)

    def slow(session: Session, told: Noted, envelope: Envelope) -> None:
        if envelope.subject == CODE:
            begun.set()
            assert may_end.wait(30)
        apply_note(session, told, envelope)

    monkeypatch.setitem(message._appliers, (Noted.kind, Noted.direction), slow)
    crossing.tell(1)
    crossing.tell(2, 3, code=OTHER_CODE)
    crossing.seal()
    crossing.bring(crossing.take())
    crossing.receive()
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(crossing.apply)
        assert begun.wait(30)
        try:
            crossing.apply()
            assert (steps_at(crossing.extranet), steps_at(crossing.extranet, OTHER_CODE)) == ([], [2, 3])
        finally:
            may_end.set()
        busy.result()
    assert steps_at(crossing.extranet) == [1]


def _apply_all(crossing: Crossing) -> None:
    while status(crossing.extranet).received.count:
        crossing.apply()


def test_a_worker_that_read_a_message_before_its_quarantine_leaves_it_to_the_next_look(crossing: Crossing):
    """What was read before another worker held it and an operator released it is stale: its block would stay."""
    digest = crossing.public_files.put(b"plan")
    (held,) = crossing.tell(1, file=digest)
    crossing.tell(2)
    crossing.seal()
    crossing.bring(crossing.take())
    crossing.receive()
    crossing.extranet_files.put(b"plan")

    class Meanwhile(MemoryFiles):
        def has(self, digest: str) -> bool:
            poison[CODE] = NotAllowed("该项目不属于申报单位")
            crossing.apply()
            poison.clear()
            with crossing.extranet.writing() as session:
                quarantine.release(session, held)
            return True

    apply_next(crossing.extranet, Meanwhile(), now=NOW, limit=1)
    assert steps_at(crossing.extranet) == []
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2]
    with crossing.extranet.reading() as session:
        assert session.connection().execute(sa.select(tables_of(crossing.extranet.zone).block)).all() == []


def test_idle_polling_writes_nothing(crossing: Crossing):
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    begun: list[str] = []

    def hear(_connection, _cursor, words: str, *_rest) -> None:
        begun.append(words.split()[0].upper())

    with ExitStack() as heard:
        for engine in {one for db in (crossing.public, crossing.extranet) for one in (db.engine, db.reader)}:
            heard.enter_context(listening(engine, "before_cursor_execute", hear))
        assert crossing.post.pump(now=NOW) == 0
    assert "INSERT" not in begun
    assert "UPDATE" not in begun
    assert "SELECT" in begun


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"direction": Direction.TO_INTERNET}, "方向不符"),
        ({"subject": ""}, "长度不合规定"),
        ({"body": "x" * (256 * 1024 + 1)}, "超过允许的大小"),
        ({"files": "[" * 9000}, "写法不合规定"),
        ({"files": "5"}, "写法不合规定"),
        ({"files": '[{"digest":"../../etc/passwd","size":1}]'}, "写法不合规定"),
        ({"files": "[" + ",".join(['{"digest":"' + "a" * 64 + '","size":1}'] * 65) + "]"}, "文件过多"),
    ],
)
def test_a_row_that_no_portal_would_write_gets_no_seal_and_stops_nobody(crossing: Crossing, columns: dict, words: str):
    bad = tell_raw(crossing, **columns)
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    row = row_of(crossing.public, bad)
    assert (row.state, row.number) == ("rejected", None)
    assert words in row.reason
    assert steps_at(crossing.extranet) == [1]
