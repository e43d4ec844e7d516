"""Keys that change while the exchange runs, and the suites to choose from: who may seal which number."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from core.errors import RuleRefusal
from core.exchange import channels
from core.exchange.inbox import receive
from core.exchange.key_files import KeyFile, PeerKeys, fingerprint, prepare_key, take_key, trust_key
from core.exchange.message import Direction
from core.exchange.sealing import seal
from core.exchange.signing import ChainHash, Ed25519Verifier, load_signer, make_key, new_signer, public_path
from tests.core.exchange.crossing import NOW, Crossing, rows_of, steps_at

ABC_BY_SM3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""The first example of GB/T 32905-2016, annex A."""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "own" / "exchange.key")
    return tmp_path / "own" / "exchange.key"


@pytest.fixture
def peer(tmp_path: Path, key: Path) -> Path:
    """The folder in which the other zone keeps the keys that it accepts."""
    folder = tmp_path / "peer"
    folder.mkdir()
    trust_key(public_path(key), folder)
    return folder


def told(crossing: Crossing, signer: object, step: int) -> None:
    crossing.tell(step)
    assert seal(crossing.public, signer, now=NOW) == 1  # type: ignore[arg-type]
    crossing.bring(crossing.take())


def received(crossing: Crossing, verifier: object) -> int:
    return receive(crossing.extranet, verifier, now=NOW)  # type: ignore[arg-type]


def test_sm3_is_the_national_digest_and_says_so_in_the_key():
    signer = new_signer(ChainHash.SM3)
    assert signer.hash_of(b"abc") == ABC_BY_SM3
    assert signer.key_id.startswith("ed25519-sm3-")
    assert signer.verifier().hash_of(signer.key_id, b"abc") == ABC_BY_SM3
    plain = new_signer()
    assert plain.verifier().hash_of(plain.key_id, b"abc") == hashlib.sha256(b"abc").hexdigest()


def test_a_chain_goes_on_from_sha256_to_sm3_with_the_same_key(crossing: Crossing, key: Path, peer: Path):
    verifier = PeerKeys(peer)
    told(crossing, KeyFile(key), 1)
    told(crossing, KeyFile(key, ChainHash.SM3), 2)
    assert received(crossing, verifier) == 2
    told(crossing, KeyFile(key, ChainHash.SM3), 3)
    assert received(crossing, verifier) == 1
    crossing.apply()
    assert steps_at(crossing.extranet) == [1, 2, 3]


def test_a_seal_does_not_pass_for_one_of_the_other_suite(crossing: Crossing, key: Path, peer: Path):
    crossing.tell(1)
    seal(crossing.public, KeyFile(key, ChainHash.SM3), now=NOW)
    batch = crossing.take()
    crossing.bring(replace(batch, seals=[batch.seals[0]._replace(key_id=KeyFile(key).key_id)]))
    assert received(crossing, PeerKeys(peer)) == 0
    assert "签名不符" in crossing.stop_reason()


def test_a_new_key_is_taken_without_stopping_and_the_old_one_still_verifies(crossing: Crossing, key: Path, peer: Path):
    signer, verifier = KeyFile(key), PeerKeys(peer)
    first = signer.key_id
    told(crossing, signer, 1)
    public, name = prepare_key(key)
    trust_key(public, peer, name)
    told(crossing, signer, 2)
    assert take_key(key) == name
    assert signer.key_id == name != first
    told(crossing, signer, 3)
    assert received(crossing, verifier) == 3
    assert verifier.knows(first)
    crossing.apply()
    assert steps_at(crossing.extranet) == [1, 2, 3]
    assert (key.parent / f"exchange.key.{first}.pub").exists()
    assert not list(key.parent.glob("*.next*"))


def test_a_key_that_another_has_followed_seals_nothing_more(crossing: Crossing, key: Path, peer: Path):
    verifier, old = PeerKeys(peer), load_signer(key)
    told(crossing, old, 1)
    received(crossing, verifier)
    public, name = prepare_key(key)
    trust_key(public, peer, name)
    take_key(key)
    told(crossing, KeyFile(key), 2)
    assert received(crossing, verifier) == 1
    told(crossing, old, 3)
    assert received(crossing, verifier) == 0
    assert "已停用的密钥" in crossing.stop_reason()


def test_a_key_followed_within_one_look_seals_nothing_more_either(crossing: Crossing, key: Path, peer: Path):
    old, new = load_signer(key), new_signer()
    for signer, step in ((old, 1), (new, 2), (old, 3)):
        told(crossing, signer, step)
    verifier = PeerKeys(peer)
    both = Ed25519Verifier([old._key.public_key(), new._key.public_key()])
    assert verifier.knows(old.key_id)
    assert not verifier.knows(new.key_id)
    assert received(crossing, both) == 2
    assert "已停用的密钥" in crossing.stop_reason()


def test_a_key_taken_before_the_other_zone_trusts_it_stops_the_channel(crossing: Crossing, key: Path, peer: Path):
    prepare_key(key)
    take_key(key)
    told(crossing, KeyFile(key), 1)
    assert received(crossing, PeerKeys(peer)) == 0
    assert "未知的密钥" in crossing.stop_reason()


def test_a_key_no_longer_accepted_is_unknown_at_once(key: Path, peer: Path):
    verifier = PeerKeys(peer)
    name = fingerprint(public_path(key))
    assert verifier.knows(name)
    next(peer.glob("*.pub")).unlink()
    assert not verifier.knows(name)


def test_a_seal_by_a_withdrawn_key_stops_the_channel(crossing: Crossing, key: Path, peer: Path):
    verifier = PeerKeys(peer)
    told(crossing, KeyFile(key), 1)
    assert received(crossing, verifier) == 1
    next(peer.glob("*.pub")).unlink()
    told(crossing, KeyFile(key), 2)
    assert received(crossing, verifier) == 0
    assert "未知的密钥" in crossing.stop_reason()
    crossing.apply()
    assert steps_at(crossing.extranet) == [1]


def test_only_the_compared_fingerprint_is_trusted(key: Path, peer: Path, tmp_path: Path):
    other = make_key(tmp_path / "forged.key")
    with pytest.raises(RuleRefusal, match="指纹不符"):
        trust_key(other, peer, fingerprint(public_path(key)))
    assert len(list(peer.iterdir())) == 1


def test_one_key_at_a_time_follows(key: Path):
    with pytest.raises(RuleRefusal, match="没有待启用"):
        take_key(key)
    prepare_key(key)
    with pytest.raises(RuleRefusal, match="已有一把"):
        prepare_key(key)


@pytest.mark.parametrize("moves", [0, 1], ids=["before_the_private_key_moved", "before_the_public_key_moved"])
def test_taking_a_key_that_was_cut_short_is_finished(key: Path, moves: int, monkeypatch: pytest.MonkeyPatch):
    old = fingerprint(public_path(key))
    _, name = prepare_key(key)
    move, moved = Path.replace, []

    def cut(self: Path, target: Path) -> Path:
        if len(moved) == moves:
            raise KeyboardInterrupt
        moved.append(target)
        return move(self, target)

    monkeypatch.setattr(Path, "replace", cut)
    with pytest.raises(KeyboardInterrupt):
        take_key(key)
    monkeypatch.undo()
    assert take_key(key) == name == load_signer(key).key_id
    assert (key.parent / f"exchange.key.{old}.pub").exists()


def test_a_prepared_key_without_its_public_half_is_made_anew(key: Path):
    following = key.with_name("exchange.key.next")
    following.write_text("half")
    _, name = prepare_key(key)
    assert take_key(key) == name


def test_a_seal_of_the_old_key_that_comes_again_is_harmless(crossing: Crossing, key: Path, peer: Path):
    verifier = PeerKeys(peer)
    told(crossing, load_signer(key), 1)
    again = crossing.take()
    old = [*again.links], [*again.seals]
    received(crossing, verifier)
    public, name = prepare_key(key)
    trust_key(public, peer, name)
    take_key(key)
    told(crossing, KeyFile(key), 2)
    received(crossing, verifier)
    crossing.bring(type(again)(*old))
    assert received(crossing, verifier) == 0
    assert not crossing.stop_reason()
    assert [row.number for row in rows_of(crossing.extranet)] == [1, 2]


def test_a_key_seals_nothing_after_its_end_until_it_is_trusted_anew(crossing: Crossing, key: Path, peer: Path):
    end = NOW + timedelta(days=1)
    trust_key(public_path(key), peer, until=end)
    verifier = PeerKeys(peer)
    told(crossing, KeyFile(key), 1)
    assert received(crossing, verifier) == 1
    crossing.tell(2)
    seal(crossing.public, KeyFile(key), now=end)
    crossing.bring(crossing.take())
    assert received(crossing, verifier) == 0
    assert "第 2 号签章作出时密钥" in crossing.stop_reason()
    assert "已过有效期" in crossing.stop_reason()
    trust_key(public_path(key), peer, until=end + timedelta(days=1))
    with crossing.extranet.writing() as session:
        channels.reopen(session, Direction.TO_EXTRANET, at=end)
    crossing.bring(crossing.take())
    assert received(crossing, verifier) == 1


def test_an_end_that_cannot_be_read_lets_no_key_in(key: Path, peer: Path):
    trust_key(public_path(key), peer, until=NOW)
    (end,) = peer.glob("*.until")
    end.write_text("2026-03-02T09:00:00")
    with pytest.raises(ValueError, match="time zone"):
        PeerKeys(peer)
    trust_key(public_path(key), peer)
    assert PeerKeys(peer).valid_until(fingerprint(public_path(key))) is None
