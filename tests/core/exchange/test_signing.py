"""Keys in files, seals by one key known by the other zone, and leases with a fencing number."""

import stat
from contextlib import ExitStack
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from core.exchange import channels, leases, outbox
from core.exchange.channels import Overtaken
from core.exchange.message import Direction
from core.exchange.sealed_batch import LEASE_SECONDS
from core.exchange.sealing import seal, seal_all
from core.exchange.signing import load_signer, load_verifier, make_key, new_signer, public_path
from tests.core.exchange.crossing import NOW, OTHER_CODE, Crossing, Noted, check_invariants, rows_of, steps_at
from tests.core.exchange.fused import Crash, Fuse, fused_database


def test_a_key_pair_signs_and_verifies(tmp_path: Path):
    public = make_key(tmp_path / "keys" / "public.key")
    signer, verifier = load_signer(tmp_path / "keys" / "public.key"), load_verifier(public)
    signature = signer.sign(b"told")
    assert verifier.knows(signer.key_id)
    assert verifier.verify(signer.key_id, signature, b"told")
    assert not verifier.verify(signer.key_id, signature, b"tolD")
    assert not verifier.verify(signer.key_id, signature[:-2], b"told")
    assert not verifier.verify(signer.key_id, "not hexadecimal", b"told")
    assert not verifier.verify("ed25519-other", signature, b"told")
    assert signer.hash_of(b"abc") == verifier.hash_of(signer.key_id, b"abc")
    assert signer.hash_of(b"abc").startswith("ba7816bf")


def test_a_private_key_is_its_owners_alone(tmp_path: Path):
    path = tmp_path / "key"
    make_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o640)
    with pytest.raises(PermissionError):
        load_signer(path)


def test_a_key_is_never_overwritten(tmp_path: Path):
    path = tmp_path / "key"
    make_key(path)
    before = path.read_bytes(), public_path(path).read_bytes()
    with pytest.raises(FileExistsError):
        make_key(path)
    assert (path.read_bytes(), public_path(path).read_bytes()) == before


def test_old_and_new_key_may_both_be_known(tmp_path: Path):
    publics = [make_key(tmp_path / name) for name in ("old", "new")]
    verifier = load_verifier(*publics)
    assert all(verifier.knows(load_signer(tmp_path / name).key_id) for name in ("old", "new"))


def test_a_lease_is_one_holders_until_it_runs_out(crossing: Crossing):
    def take(holder: str, after: float) -> int | None:
        with crossing.public.writing() as session:
            return leases.take(session, "work", now=NOW + timedelta(seconds=after), seconds=10, holder=holder)

    assert take("first", 0) == 1
    assert take("second", 5) is None
    assert take("first", 9) == 1
    assert take("second", 18) is None
    assert take("second", 19) == 2
    assert take("first", 20) is None


def test_a_lease_given_back_is_free_at_once(crossing: Crossing):
    with crossing.public.writing() as session:
        leases.take(session, "work", now=NOW, seconds=10, holder="first")
        leases.release(session, "work", now=NOW, holder="second")
        assert leases.take(session, "work", now=NOW, seconds=10, holder="second") is None
        leases.release(session, "work", now=NOW, holder="first")
        assert leases.take(session, "work", now=NOW, seconds=10, holder="second") == 2


def test_two_sealers_never_give_one_number_twice(crossing: Crossing):
    signer = crossing.post.signers[crossing.public.zone]
    later = NOW + timedelta(seconds=LEASE_SECONDS + 1)
    ids = crossing.tell(1, 2)
    assert seal(crossing.public, signer, now=NOW, limit=1, holder="first") == 1
    assert seal(crossing.public, signer, now=NOW, limit=1, holder="second") == 0
    assert seal(crossing.public, signer, now=later, limit=1, holder="second") == 1
    ids += crossing.tell(3)
    assert seal(crossing.public, signer, now=later, limit=1, holder="first") == 0
    assert {row.id: row.number for row in rows_of(crossing.public)} == dict(zip(ids, (1, 2, None), strict=True))


def test_a_sealer_that_slept_through_its_lease_is_fenced_off(crossing: Crossing):
    direction = Direction.TO_EXTRANET
    with crossing.public.writing() as session:
        stale = channels.head_of(session, direction)
        channels.advance(session, stale, number=1, digest="a" * 64, at=NOW, fence=2)
    for fence, head in ((3, stale), (1, None)):
        with crossing.public.writing() as session:
            seen = head or channels.head_of(session, direction)
            with pytest.raises(Overtaken):
                channels.advance(session, seen, number=2, digest="b" * 64, at=NOW, fence=fence)


def test_a_batch_is_signed_once_and_carries_the_whole_chain(crossing: Crossing):
    crossing.tell(*range(5))
    assert crossing.seal(limit=3) == 3
    assert crossing.seal(limit=3) == 2
    assert crossing.seal() == 0
    batch = crossing.take()
    assert [link.number for link in batch.links] == [1, 2, 3, 4, 5]
    assert [(note.number, note.digest) for note in batch.seals] == [
        (number, batch.links[number - 1].digest) for number in (3, 5)
    ]
    assert [link.previous_digest for link in batch.links[1:]] == [link.digest for link in batch.links[:-1]]


def test_batch_after_batch_is_sealed_each_by_its_own_seal(crossing: Crossing):
    crossing.tell(*range(11))
    signer = crossing.post.signers[crossing.public.zone]
    assert seal_all(crossing.public, signer, now=lambda: NOW, at_most=100, limit=2) == 11
    assert seal_all(crossing.public, signer, now=lambda: NOW, at_most=100, limit=2) == 0
    batch = crossing.take()
    assert [link.number for link in batch.links] == list(range(1, 12))
    assert [note.number for note in batch.seals] == [2, 4, 6, 8, 10, 11]
    crossing.bring(batch)
    assert crossing.receive() == 11


def test_a_sealer_overtaken_after_its_look_seals_nothing(crossing: Crossing):
    signer = crossing.post.signers[crossing.public.zone]
    crossing.tell(1, 2, 3)
    taken = []

    def late() -> datetime:
        if not taken:
            taken.append(seal(crossing.public, signer, now=NOW, limit=1, holder="second"))
        return NOW + timedelta(seconds=LEASE_SECONDS + 1)

    assert seal_all(crossing.public, signer, now=late, at_most=100) == 0
    assert [row.number for row in rows_of(crossing.public) if row.number] == [1] == taken
    assert seal_all(crossing.public, signer, now=late, at_most=100) == 2
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)


def test_what_may_not_travel_stays_behind_while_the_others_are_sealed(crossing: Crossing):
    signer = crossing.post.signers[crossing.public.zone]
    crossing.tell(1, 2, 3)
    with crossing.public.writing() as session:
        forged = (
            "INSERT INTO exchange_message (id, direction, kind, subject, body, files, happened_at, state, attempts)"
        )
        own = "SELECT 'forged', 'to_internet', kind, subject, body, files, happened_at, state, attempts"
        session.connection().exec_driver_sql(f"{forged} {own} FROM exchange_message WHERE position = 1")
    assert seal_all(crossing.public, signer, now=lambda: NOW, at_most=100, limit=10) == 3
    assert {row.state for row in rows_of(crossing.public) if row.id == "forged"} == {"rejected"}


def test_a_batch_of_which_a_row_went_another_way_is_undone_as_a_whole(crossing: Crossing):
    signer = crossing.post.signers[crossing.public.zone]
    crossing.tell(1)
    assert seal_all(crossing.public, signer, now=lambda: NOW, at_most=100) == 1
    crossing.tell(2, 3, 4)

    def late() -> datetime:
        with crossing.public.writing() as session:
            session.connection().exec_driver_sql("DELETE FROM exchange_unsealed WHERE position = 3")
        return NOW

    with pytest.raises(Overtaken):
        seal_all(crossing.public, signer, now=late, at_most=100)
    assert [row.number for row in rows_of(crossing.public) if row.number] == [1]
    with crossing.public.reading() as session:
        assert channels.head_of(session, Direction.TO_EXTRANET).number == 1
        assert session.connection().exec_driver_sql("SELECT count(*) FROM exchange_seal").scalar() == 1
    assert seal_all(crossing.public, signer, now=lambda: NOW, at_most=100) == 2
    assert crossing.bring(crossing.take()) == crossing.receive() == 3


def test_a_chain_that_moved_on_or_stopped_after_a_look_gets_nothing_of_what_was_seen(crossing: Crossing):
    signer = crossing.post.signers[crossing.public.zone]
    direction = Direction.TO_EXTRANET
    crossing.tell(1)
    assert seal_all(crossing.public, signer, now=lambda: NOW, at_most=100) == 1
    crossing.tell(2, 3)
    taken = []

    def overtaken() -> datetime:
        taken.append(seal(crossing.public, signer, now=NOW + timedelta(seconds=3), limit=1, holder="second"))
        return NOW + timedelta(seconds=3 + LEASE_SECONDS)

    def stopped() -> datetime:
        with crossing.public.writing() as session:
            channels.stop(session, direction, "a reason", at=NOW)
        return NOW + timedelta(seconds=10)

    for late in (overtaken, stopped):
        assert seal_all(crossing.public, signer, now=late, at_most=100) == 0
        assert [row.number for row in rows_of(crossing.public) if row.number] == [1, 2]
    assert taken == [1]


@pytest.mark.parametrize("engine_kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_message_told_slowly_keeps_its_place_before_the_next_of_its_subject(crossing: Crossing):
    """Its row has its position long before it is committed: meanwhile later rows are seen and sealed."""
    signer = crossing.post.signers[crossing.public.zone]
    telling = ExitStack()
    outbox.send(telling.enter_context(crossing.public.writing()), Noted(code=OTHER_CODE, step=1), at=NOW)
    crossing.tell(*range(12))
    batches = count()

    def late() -> datetime:
        if next(batches) == 2:
            telling.close()
            crossing.tell(2, code=OTHER_CODE)
        return NOW

    assert seal_all(crossing.public, signer, now=late, at_most=100, limit=2) == 14
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)
    assert steps_at(crossing.extranet, OTHER_CODE) == [1, 2]
    assert steps_at(crossing.extranet) == list(range(12))


@pytest.mark.parametrize("engine_kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
@pytest.mark.parametrize("instant", ["infinity", "-infinity", "10000-01-01 00:00+00", "0001-01-01 00:00+00 BC"])
def test_an_instant_beyond_the_calendar_stays_behind_while_the_others_are_sealed(crossing: Crossing, instant: str):
    signer = crossing.post.signers[crossing.public.zone]
    crossing.tell(1, 2)
    with crossing.public.writing() as session:
        forged = (
            "INSERT INTO exchange_message (id, direction, kind, subject, body, files, happened_at, state, attempts)"
        )
        own = f"SELECT 'forged', direction, kind, subject, body, files, '{instant}', state, attempts"
        session.connection().exec_driver_sql(f"{forged} {own} FROM exchange_message WHERE position = 1")
    assert seal_all(crossing.public, signer, now=lambda: NOW, at_most=100) == 2
    with crossing.public.reading() as session:
        state = "SELECT state FROM exchange_message WHERE id = 'forged'"
        assert session.connection().exec_driver_sql(state).scalar() == "rejected"


@pytest.mark.parametrize("before", [True, False], ids=["before_commit", "after_commit"])
def test_cut_between_batches_every_message_gets_one_number(crossing: Crossing, before: bool):
    crossing.tell(*range(7))
    signer = crossing.post.signers[crossing.public.zone]
    for step in range(20):
        cut = fused_database(crossing.public, Fuse(step, before))
        try:
            seal_all(cut, signer, now=lambda: NOW, at_most=100, limit=2)
        except Crash:
            continue
        break
    assert step > 1
    assert sorted(row.number for row in rows_of(crossing.public)) == list(range(1, 8))
    crossing.post.pump(now=NOW)
    check_invariants(crossing.post)


def test_a_seal_by_an_unknown_key_stops_the_channel(crossing: Crossing):
    crossing.tell(1)
    seal(crossing.public, new_signer(), now=NOW)
    crossing.bring(crossing.take())
    assert crossing.receive() == 0
    assert "未知的密钥" in crossing.stop_reason()
