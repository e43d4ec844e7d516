"""A zone restored from an older backup: it takes back what it had told, gives no number twice, and goes on (A2.1)."""

import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from core.database import Database, Zone
from core.exchange import carrying, faults, outbox, pulses
from core.exchange.applying import apply_next
from core.exchange.batches import read_batch
from core.exchange.carrying import bring, carry, far_end
from core.exchange.chain import sealed_words
from core.exchange.desk import Shelf, shelved
from core.exchange.faults import Behind
from core.exchange.giving_back import RETURNED, give_back, is_behind
from core.exchange.inbox import receive
from core.exchange.message import Direction
from core.exchange.placed import Place, carried_up_to
from core.exchange.relay import RelaySettings, run_relay
from core.exchange.retelling import RECOGNISED, TAKEN
from core.exchange.sealing import seal
from core.exchange.signing import new_signer
from core.exchange.standing import Mark, is_sure
from core.exchange.status import status
from core.exchange.tables import tables_of
from core.exchange.taking_back import FORKED, take_back
from core.exchange.worker import exchange_step, run_worker
from tests.core.exchange.crossing import (
    NOW,
    OTHER_CODE,
    Answered,
    Crossing,
    Echoed,
    check_invariants,
    rows_of,
    steps_at,
)
from tests.core.exchange.test_processes import running, wait_until

BackUp = Callable[[Zone], Callable[[], None]]


@pytest.fixture
def back_up(
    engine_kind: str, request: pytest.FixtureRequest, crossing: Crossing, exchange_urls: tuple[str, str], tmp_path: Path
) -> Iterator[BackUp]:
    """zone → copy its database now; the answer puts that copy in the database's place."""
    names = {zone: make_url(url).database or "" for zone, url in zip(Zone, exchange_urls, strict=True)}
    copies: list[str] = []

    def copy(zone: Zone) -> Callable[[], None]:
        _leave(crossing)
        if engine_kind == "sqlite":
            kept = shutil.copy(names[zone], tmp_path / f"{zone}-copy.db")
        else:
            kept = request.getfixturevalue("postgres_server").create(names[zone])
            copies.append(kept)
        return partial(restore, kept, names[zone])

    def restore(kept: str, name: str) -> None:
        _leave(crossing)
        if engine_kind == "sqlite":
            shutil.copy(kept, name)
        else:
            cluster = request.getfixturevalue("postgres_server")
            cluster.drop(name)
            cluster.create(kept, name)

    yield copy
    for one in copies:
        request.getfixturevalue("postgres_server").drop(one)


def _leave(crossing: Crossing) -> None:
    """Nobody is connected to either database while one of them is copied or replaced."""
    for db in (crossing.public, crossing.extranet):
        db.close()


def ask(crossing: Crossing, *steps: int) -> None:
    for step in steps:
        with crossing.public.writing() as session:
            outbox.send(session, Echoed(code=OTHER_CODE, step=step), at=NOW)


def answer(crossing: Crossing, *steps: int) -> None:
    """What an officer tells, which no message of the internet zone makes anyone tell again."""
    for step in steps:
        with crossing.extranet.writing() as session:
            outbox.send(session, Answered(code="by-hand", step=step), at=NOW)


def reasons(db: Database) -> list[str]:
    return [row.reason for row in rows_of(db, Direction.out_of(db.zone)) if row.state == "refused"]


def story(crossing: Crossing, back_up: BackUp, zone: Zone) -> None:
    """Something of each way before the backup and after it, then the zone is restored."""
    crossing.tell(1)
    ask(crossing, 1)
    answer(crossing, 1)
    crossing.post.pump(now=NOW)
    restore = back_up(zone)
    crossing.tell(2)
    ask(crossing, 2)
    answer(crossing, 2)
    crossing.post.pump(now=NOW)
    restore()


@pytest.mark.parametrize("zone", list(Zone))
def test_a_restored_zone_takes_its_messages_back_and_nothing_happens_twice(crossing, back_up, zone: Zone):
    story(crossing, back_up, zone)
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)
    crossing.tell(3)
    answer(crossing, 3)
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    assert steps_at(crossing.extranet, OTHER_CODE) == steps_at(crossing.public, OTHER_CODE) == [1, 2]
    assert steps_at(crossing.public, "by-hand") == [1, 2, 3]
    for db in (crossing.public, crossing.extranet):
        assert {channel.state for channel in status(db).channels.values()} == {"open"}


def test_what_follows_from_a_message_applied_anew_is_not_told_anew_and_lost_acts_stay_listed(crossing, back_up):
    story(crossing, back_up, Zone.EXTRANET)
    crossing.post.pump(now=NOW)
    copies = [row for row in rows_of(crossing.extranet, Direction.TO_INTERNET) if row.state == "refused"]
    lost = [row.body for row in copies if row.reason == TAKEN and row.kind != "receipt.v1"]
    assert lost == ['{"code":"by-hand","step":2}']
    assert {row.reason for row in copies if row.kind == "test.answered.v1"} == {TAKEN, RECOGNISED}
    with crossing.extranet.reading() as session:
        assert [row.subject for row in shelved(session, Shelf.REFUSED)] == ["by-hand"]


def test_what_was_told_before_the_backup_and_sealed_after_it_gets_the_number_it_had(crossing, back_up):
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    crossing.tell(2)
    restore = back_up(Zone.PUBLIC)
    crossing.post.pump(now=NOW)
    restore()
    crossing.tell(3)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 3]
    held = [row.number for row in rows_of(crossing.public, Direction.TO_EXTRANET) if row.state != "refused"]
    assert held == [1, 2, 3]
    check_invariants(crossing.post)


def test_what_was_sealed_under_a_number_given_before_is_told_again_under_a_new_one(crossing, back_up):
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    restore = back_up(Zone.PUBLIC)
    crossing.tell(2)
    crossing.post.pump(now=NOW)
    restore()
    crossing.tell(7, 8, code=OTHER_CODE)
    assert crossing.seal() == 2  # without a mark the zone can't know
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2]
    assert steps_at(crossing.extranet, OTHER_CODE) == [7, 8]
    assert reasons(crossing.public).count(FORKED) == 2
    assert not crossing.stop_reason()
    check_invariants(crossing.post)


def test_a_zone_whose_mark_is_beyond_its_database_neither_seals_nor_applies(crossing, back_up, tmp_path: Path):
    path = tmp_path / "exchange.key.mark"
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    restore = back_up(Zone.PUBLIC)
    assert is_sure(crossing.public, Mark(path), now=NOW)
    crossing.tell(2)
    answer(crossing, 1)
    crossing.seal()
    assert is_sure(crossing.public, Mark(path), now=NOW)
    crossing.post.pump(now=NOW)
    restore()
    crossing.tell(9)
    post, own = crossing.post, {"own_keys": crossing.post.verifiers[Zone.PUBLIC], "mark": Mark(path)}
    keys = post.signers[Zone.PUBLIC], post.verifiers[Zone.EXTRANET], post.public_files
    for _ in range(2):
        exchange_step(crossing.public, *keys, **own)
    channel = status(crossing.public).channels[Direction.TO_EXTRANET]
    assert channel.state == "gap"
    assert "曾封签到第 2 号，数据库中只到第 1 号" in (channel.reason or "")
    assert status(crossing.public).unsealed.count == 1
    assert crossing.seal() == 0
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 2, 9]


def test_numbers_that_nobody_has_any_more_are_given_again_once_both_ends_were_compared(crossing, back_up, tmp_path):
    path = tmp_path / "exchange.key.mark"
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    restore = back_up(Zone.PUBLIC)
    crossing.tell(2)
    crossing.seal()
    is_sure(crossing.public, Mark(path), now=NOW)
    restore()
    mark = Mark(path)
    assert not is_sure(crossing.public, mark, now=NOW)
    pulses.beat(crossing.public, pulses.relay_name(Direction.TO_EXTRANET), at=NOW - timedelta(seconds=1))
    assert not is_sure(crossing.public, mark, now=NOW)
    pulses.beat(crossing.public, pulses.relay_name(Direction.TO_EXTRANET), at=NOW + timedelta(seconds=1))
    assert is_sure(crossing.public, mark, now=NOW)
    assert is_sure(crossing.public, Mark(path), now=NOW)
    crossing.tell(3)
    crossing.post.pump(now=NOW)
    assert steps_at(crossing.extranet) == [1, 3]


@pytest.mark.parametrize("content", ["", "[]", '{"epoch":1}', "\x00"])
def test_a_mark_that_cannot_be_read_is_no_mark(crossing: Crossing, tmp_path: Path, content: str):
    path = tmp_path / "mark"
    path.write_text(content)
    assert is_sure(crossing.public, Mark(path), now=NOW)


def test_a_receipt_for_a_number_not_sealed_here_is_no_fork_but_an_older_backup(crossing: Crossing, back_up):
    story(crossing, back_up, Zone.PUBLIC)
    target, source = crossing.outward
    carry(source, target)
    receive(crossing.public, crossing.post.verifiers[Zone.EXTRANET], now=NOW)
    with pytest.raises(Behind):
        apply_next(crossing.public, crossing.public_files, now=NOW)
    assert not crossing.stop_reason(crossing.public)
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)


def test_copies_that_the_zone_never_sealed_are_not_taken(crossing: Crossing, back_up):
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    restore = back_up(Zone.PUBLIC)
    crossing.tell(2)
    crossing.post.pump(now=NOW)
    restore()
    source, target = crossing.outward
    give_back(source, target)
    with crossing.public.writing() as session:
        session.connection().execute(sa.text("UPDATE exchange_seal SET state = 'refused' WHERE state = 'arrived'"))
    forger = new_signer()
    forged = crossing.post.verifiers[Zone.PUBLIC]
    assert take_back(crossing.public, forged, now=NOW) == 0  # no seal, no taking
    _lay_a_seal(crossing, forger)
    assert take_back(crossing.public, forged, now=NOW) == 0
    assert "不可信" in crossing.stop_reason(crossing.public)
    assert all(reason != RETURNED for reason in reasons(crossing.public))


def _lay_a_seal(crossing: Crossing, forger) -> None:
    batch = read_batch(crossing.public, Place(1, 0), limit=10)
    copies = [row for row in rows_of(crossing.public, Direction.TO_EXTRANET) if row.state == "refused"]
    note = batch.seals[-1]._replace(number=2, digest=copies[0].digest, key_id=forger.key_id)
    note = note._replace(signature=forger.sign(sealed_words(note)))
    with crossing.public.writing() as session:
        session.connection().execute(sa.insert(tables_of(Zone.PUBLIC).seal), {**note._asdict(), "state": "arrived"})


def test_files_come_back_with_the_messages_that_name_them(crossing: Crossing, back_up):
    restore = back_up(Zone.PUBLIC)
    digest = crossing.public_files.put(b"plan")
    crossing.tell(1, file=digest)
    crossing.post.pump(now=NOW)
    restore()
    del crossing.public_files.held[digest]
    crossing.post.pump(now=NOW)
    assert crossing.public_files.held[digest] == b"plan"


def test_a_zone_that_lost_nothing_is_not_behind(crossing: Crossing):
    source, target = crossing.outward
    assert not is_behind(source, far_end(target.database, Direction.TO_EXTRANET).head)
    crossing.tell(1)
    crossing.seal()
    assert not is_behind(source, far_end(target.database, Direction.TO_EXTRANET).head)
    crossing.post.pump(now=NOW)
    assert not is_behind(source, far_end(target.database, Direction.TO_EXTRANET).head)
    assert give_back(source, target) == 0
    assert reasons(crossing.public) == []


@pytest.mark.parametrize("zone", list(Zone))
def test_relay_and_workers_see_it_by_themselves(crossing, back_up, zone: Zone, tmp_path, monkeypatch):
    """Nobody tells them: the mark stops the zone, the relay gives back, the numbers go on."""
    longer = faults.Backoff.next
    monkeypatch.setattr(faults.Backoff, "next", lambda self: longer(self) / 20)
    marks = {each: Mark(tmp_path / f"{each}.mark") for each in Zone}
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    restore = back_up(zone)
    crossing.tell(2, 3)
    ask(crossing, 1)
    crossing.post.pump(now=NOW)
    for db in (crossing.public, crossing.extranet):
        assert is_sure(db, marks[db.zone], now=NOW)
    restore()
    post = crossing.post
    urls = (str(db.engine.url.render_as_string(hide_password=False)) for db in (post.public, post.extranet))
    often = {"idle_seconds": 0.02, "standby_seconds": 0.05, "mark_seconds": 0.2}
    relay = RelaySettings(*urls, post.public_files, post.extranet_files, **often)

    def work(db: Database, stop: threading.Event) -> None:
        keys = post.signers[db.zone], post.verifiers[db.zone.other]
        files = post.public_files if db.zone is Zone.PUBLIC else post.extranet_files
        own = {"own_keys": post.verifiers[db.zone], "mark": Mark(tmp_path / f"{db.zone}.mark")}
        run_worker(db, [lambda db: exchange_step(db, *keys, files, **own)], stop=stop, idle_seconds=0.02)

    with running(partial(work, post.public), partial(work, post.extranet), lambda stop: run_relay(relay, stop=stop)):
        crossing.tell(4)
        wait_until(lambda: steps_at(crossing.extranet) == [1, 2, 3, 4] and steps_at(crossing.public, OTHER_CODE) == [1])
        wait_until(lambda: not any(_open(db) for db in (post.public, post.extranet)))
    check_invariants(crossing.post)


def _open(db: Database) -> int:
    now = status(db)
    return sum(each.count for each in (now.unsealed, now.sealed, now.carried, now.arrived, now.received))


def test_receipts_brought_before_the_backup_and_not_noted_yet_are_settled(crossing: Crossing, back_up):
    """Nobody answers them: left open, they would lie on the desk for ever and hold every later archive up."""
    source, far = crossing.outward[::-1]
    crossing.tell(1, 2, 3)
    crossing.seal()
    carry(*crossing.outward)
    crossing.receive()
    while crossing.apply():
        pass
    seal(crossing.extranet, crossing.post.signers[Zone.EXTRANET], now=NOW)
    bring(source, far, after=Place(1, 0), limit=10, at_most=10)
    restore = back_up(Zone.EXTRANET)
    answer(crossing, 1)
    crossing.post.pump(now=NOW)
    restore()
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)
    assert status(crossing.extranet).carried.count == 0


def test_what_is_told_again_while_bundles_are_written_is_not_taken_for_carried(
    crossing: Crossing, back_up, monkeypatch: pytest.MonkeyPatch
):
    source, far = crossing.outward
    keys = crossing.post.signers[Zone.PUBLIC].verifier()
    crossing.tell(1)
    crossing.post.pump(now=NOW)
    restore = back_up(Zone.PUBLIC)
    crossing.tell(2)
    crossing.post.pump(now=NOW)
    restore()
    crossing.tell(11, 12, 13)
    crossing.seal()

    def taken_back_meanwhile(session, *, keep: bool = False) -> Place:
        found = carried_up_to(session, keep=keep)
        if not keep:
            monkeypatch.undo()
            give_back(source, far)
            assert take_back(crossing.public, keys, now=NOW) == 1
        return found

    monkeypatch.setattr(carrying, "carried_up_to", taken_back_meanwhile)
    carrying._mark_carried(source, Place(1, 4))
    with crossing.public.reading() as session:
        assert carried_up_to(session) == Place(1, 2)
