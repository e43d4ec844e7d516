"""Bundles: the same rows, seals and guarantees as by cable, and nothing a hostile file can reach."""

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.database import Zone
from core.exchange import outbox
from core.exchange.bundle import MANIFEST, MESSAGES, SIGNATURE, WORDS
from core.exchange.bundling import export, reissue, unanswered
from core.exchange.carrying import Exchangeable
from core.exchange.chain import canonical
from core.exchange.inbox import apply_next
from core.exchange.message import Direction
from core.exchange.sealing import seal
from core.exchange.signing import new_signer
from core.exchange.status import answer_to, status
from core.exchange.unbundling import Taken, take, take_all
from tests.core.exchange.crossing import (
    CODE,
    NOW,
    OTHER_CODE,
    Crossing,
    Echoed,
    check_invariants,
    rows_of,
    steps_at,
)


class Gate:
    """Both zones and the folder that a gatekeeper carries from one to the other."""

    def __init__(self, crossing: Crossing, folder: Path) -> None:
        self.crossing = crossing
        self.folder = folder
        self.public, self.extranet = crossing.outward

    def export(self, end: Exchangeable) -> list[Path]:
        zone = end.database.zone
        seal(end.database, self.crossing.post.signers[zone], now=NOW)
        return export(end, self.folder / zone, self.crossing.post.signers[zone], now=NOW)

    def take(self, end: Exchangeable) -> list[Taken]:
        other = end.database.zone.other
        return take_all(end, self.folder / other, self.crossing.post.verifiers[other], now=NOW)

    def take_one(self, path: Path) -> Taken:
        return take(self.extranet, path, self.crossing.post.verifiers[Zone.PUBLIC], now=NOW)

    def go_round(self) -> None:
        """Both ways until nothing is told any more."""
        for _ in range(10):
            for there, here in ((self.public, self.extranet), (self.extranet, self.public)):
                self.export(there)
                self.take(here)
                while apply_next(here.database, here.files, now=NOW):
                    pass
        for end in (self.public, self.extranet):
            assert status(end.database).sealed.count == status(end.database).unsealed.count == 0


ON_SQLITE = pytest.mark.parametrize("engine_kind", ["sqlite"])
"""Where only the file matters, not the engine."""


@pytest.fixture
def gate(crossing: Crossing, tmp_path: Path) -> Gate:
    for zone in Zone:
        (tmp_path / zone).mkdir()
    return Gate(crossing, tmp_path)


@pytest.fixture
def written(gate: Gate) -> Path:
    """A bundle of three messages and a file."""
    gate.crossing.tell(1, 2, file=gate.crossing.public_files.put(b"plan" * 1000))
    gate.crossing.tell(7, code=OTHER_CODE)
    (path,) = gate.export(gate.public)
    return path


def test_a_story_crosses_in_bundles_as_it_does_by_cable(gate: Gate):
    crossing = gate.crossing
    digest = crossing.public_files.put(b"plan")
    (told,) = crossing.tell(1, file=digest)
    crossing.tell(7, code=OTHER_CODE)
    with crossing.public.writing() as session:
        outbox.send(session, Echoed(code=CODE, step=2), at=NOW)
    gate.go_round()
    assert steps_at(crossing.extranet) == [1, 2]
    assert steps_at(crossing.public) == [2]
    assert crossing.extranet_files.has(digest)
    check_invariants(crossing.post)
    with crossing.public.reading() as session:
        assert not answer_to(session, told).is_open
    assert unanswered(gate.public) is None
    assert crossing.post.pump(now=NOW) == 0  # a cable laid afterwards finds nothing to do


def test_a_bundle_taken_again_or_overlapping_changes_nothing(gate: Gate, written: Path):
    assert [taken.new for taken in gate.take(gate.extranet)] == [3]
    kept = written.parent / "taken" / written.name
    assert gate.take_one(kept) == Taken(kept)
    signer = gate.crossing.post.signers[Zone.PUBLIC]
    gate.crossing.tell(3)
    gate.export(gate.public)
    reissue(gate.public, gate.folder / "public", signer, (2, 4), now=NOW)
    assert sorted(taken.new for taken in gate.take(gate.extranet)) == [0, 1]
    gate.crossing.post.pump(now=NOW)
    assert steps_at(gate.crossing.extranet) == [1, 2, 3]
    check_invariants(gate.crossing.post)


def test_a_lost_bundle_is_named_at_both_ends_and_made_again(gate: Gate, written: Path):
    written.unlink()
    gate.crossing.tell(3)
    gate.export(gate.public)
    (taken,) = gate.take(gate.extranet)
    assert (taken.new, taken.missing) == (1, (1, 3))
    assert status(gate.crossing.extranet).channels[Direction.TO_EXTRANET].reason == "缺少第 1 号报文"
    gate.export(gate.extranet)
    (back,) = gate.take(gate.public)
    assert back.missing_there == (1, 3)
    assert unanswered(gate.public) == (1, 4)
    signer = gate.crossing.post.signers[Zone.PUBLIC]
    reissue(gate.public, gate.folder / "public", signer, back.missing_there, now=NOW)
    assert [(taken.new, taken.missing) for taken in gate.take(gate.extranet)] == [(3, None)]
    gate.go_round()
    assert steps_at(gate.crossing.extranet) == [1, 2, 3]
    check_invariants(gate.crossing.post)


@ON_SQLITE
def test_nothing_to_tell_makes_no_bundle(gate: Gate, written: Path):
    assert gate.export(gate.public) == []


@ON_SQLITE
def test_a_reissue_reaches_to_the_seal_that_covers_it(gate: Gate):
    gate.crossing.tell(1, 2, 3, 4)
    (path,) = gate.export(gate.public)
    path.unlink()
    signer = gate.crossing.post.signers[Zone.PUBLIC]
    reissue(gate.public, gate.folder / "public", signer, (1, 2), now=NOW)
    assert [(taken.new, taken.missing) for taken in gate.take(gate.extranet)] == [(4, None)]


@ON_SQLITE
@pytest.mark.parametrize("crash", ["before_the_rename", "before_the_mark"])
def test_an_export_cut_short_is_made_whole_by_the_next(gate: Gate, crash: str, monkeypatch: pytest.MonkeyPatch):
    gate.crossing.tell(1)
    gate.crossing.seal()

    def cut(*_: object) -> None:
        raise KeyboardInterrupt

    if crash == "before_the_rename":
        monkeypatch.setattr(Path, "replace", cut)
    else:
        monkeypatch.setattr("core.exchange.carrying._mark_carried", cut)
    with pytest.raises(KeyboardInterrupt):
        gate.export(gate.public)
    monkeypatch.undo()
    assert len(list((gate.folder / "public").iterdir())) == (crash == "before_the_mark")
    assert len(gate.export(gate.public)) == 1
    assert [taken.new for taken in gate.take(gate.extranet)] == [1]


@ON_SQLITE
def test_a_file_gone_at_its_origin_holds_its_message_alone(gate: Gate):
    digest = gate.crossing.public_files.put(b"plan")
    gate.crossing.tell(1, file=digest)
    gate.crossing.tell(7, code=OTHER_CODE)
    content = gate.crossing.public_files.held.pop(digest)
    gate.export(gate.public)
    gate.take(gate.extranet)
    gate.crossing.apply()
    assert steps_at(gate.crossing.extranet, OTHER_CODE) == [7]
    assert steps_at(gate.crossing.extranet) == []
    gate.crossing.public_files.held[digest] = content
    signer = gate.crossing.post.signers[Zone.PUBLIC]
    reissue(gate.public, gate.folder / "public", signer, (1, 1), now=NOW)
    gate.take(gate.extranet)
    assert gate.crossing.extranet_files.has(digest)


@ON_SQLITE
def test_an_acknowledgement_of_what_was_never_sealed_stops_the_direction(gate: Gate, written: Path):
    gate.take(gate.extranet)
    gate.crossing.apply()
    (path,) = gate.export(gate.extranet)
    signer = gate.crossing.post.signers[Zone.EXTRANET]
    changed = resigned(path, signer, lambda told: told["acknowledges"].update(digest="f" * 64))
    changed.replace(path)
    gate.take(gate.public)
    assert "分叉" in gate.crossing.stop_reason(gate.crossing.public)


@ON_SQLITE
def test_a_bundle_still_being_copied_is_left_where_it_is(gate: Gate, written: Path):
    whole = written.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        written.write_bytes(whole[:length])
        (taken,) = gate.take(gate.extranet)
        assert "不完整" in taken.left
    written.write_bytes(whole)
    assert [taken.new for taken in gate.take(gate.extranet)] == [3]


def entries(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, content: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    made = path.with_name(f"hostile-{path.name}")
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, told in content.items():
            archive.writestr(name, told)
    return made


def resigned(path: Path, signer: Any, change: Callable[[dict], object], **more: bytes) -> Path:
    """The bundle with another manifest, signed: what only the other zone itself could make."""
    content = entries(path)
    manifest = json.loads(content[MANIFEST])
    change(manifest)
    told = canonical(manifest).encode()
    return packed(path, content | {MANIFEST: told, SIGNATURE: signer.sign(WORDS + told).encode()} | more)


def with_rows(told: dict, rows: bytes) -> None:
    told["messages"] = {"count": rows.count(b"\n"), "size": len(rows), "sha256": hashlib.sha256(rows).hexdigest()}


HOSTILE: dict[str, tuple[Callable[[dict[str, bytes]], dict[str, bytes]], str]] = {
    "a manifest altered": (lambda c: c | {MANIFEST: c[MANIFEST].replace(b'"first":1', b'"first":2')}, "签名不符"),
    "a signature altered": (lambda c: c | {SIGNATURE: b"00" * 64}, "签名不符"),
    "a signature that is no text": (lambda c: c | {SIGNATURE: b"\xff"}, "不合规定"),
    "no signature": (lambda c: {n: told for n, told in c.items() if n != SIGNATURE}, "不合规定"),
    "no manifest": (lambda c: {n: told for n, told in c.items() if n != MANIFEST}, "不合规定"),
    "a manifest that is no JSON": (lambda c: c | {MANIFEST: b"{"}, "清单不合规定"),
    "a manifest nested without end": (lambda c: c | {MANIFEST: b"[" * 100_000}, "清单不合规定"),
    "a further field in the manifest": (lambda c: c | {MANIFEST: b'{"x":1,' + c[MANIFEST][1:]}, "清单不合规定"),
    "a manifest too large": (lambda c: c | {MANIFEST: b" " * (8 * 1024 * 1024 + 1)}, "超过允许的大小"),
    "rows altered": (lambda c: c | {MESSAGES: c[MESSAGES].replace(b"subject", b"subjekt")}, "与清单不符"),
    "rows longer than said": (lambda c: c | {MESSAGES: c[MESSAGES] + b"{}\n"}, "大小与清单不符"),
    "a bomb for rows": (lambda c: c | {MESSAGES: b"0" * 100_000_000}, "大小与清单不符"),
    "a path that climbs": (lambda c: c | {"../../outside": b"x"}, "条目与清单不符"),
    "an absolute path": (lambda c: c | {"/tmp/outside": b"x"}, "条目与清单不符"),
    "a file nobody names": (lambda c: c | {"files/" + "a" * 64: b"x"}, "条目与清单不符"),
    "a file left out": (lambda c: {n: told for n, told in c.items() if not n.startswith("files/")}, "条目与清单不符"),
    "a file's content altered": (
        lambda c: c | {n: told.replace(b"plan", b"plam") for n, told in c.items() if n.startswith("files/")},
        "随附文件与摘要不符",
    ),
}


@ON_SQLITE
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_bundle_is_refused_and_touches_no_row(gate: Gate, written: Path, what: str):
    spoil, words = HOSTILE[what]
    packed(written, spoil(entries(written))).replace(written)
    (taken,) = gate.take(gate.extranet)
    assert words in taken.refused
    assert rows_of(gate.crossing.extranet) == []
    assert (written.parent / "refused" / written.name).exists()
    assert not gate.crossing.stop_reason()


SIGNED: dict[str, tuple[Callable[[dict], object], str]] = {
    "of the other direction": (lambda told: told.update(direction="to_internet"), "方向不符"),
    "numbers without end": (lambda told: told.update(last=2**52), "与清单不符"),
    "another epoch": (lambda told: told.update(epoch=2), "与清单不符"),
    "other numbers": (lambda told: told.update(first=2, last=4), "与清单不符"),
    "a file named by a path": (lambda told: told.update(files=[{"digest": "../x", "size": 1}]), "清单不合规定"),
    "a size below zero": (lambda told: told["files"][0].update(size=-1), "清单不合规定"),
    "a size beyond all bounds": (lambda told: told["messages"].update(size=2**40), "清单不合规定"),
}


@ON_SQLITE
@pytest.mark.parametrize("what", SIGNED)
def test_a_wrong_manifest_is_refused_even_well_signed(gate: Gate, written: Path, what: str):
    change, words = SIGNED[what]
    made = resigned(written, gate.crossing.post.signers[Zone.PUBLIC], change)
    assert words in gate.take_one(made).refused
    assert rows_of(gate.crossing.extranet) == []


ROWS: dict[str, Callable[[dict], object]] = {
    "a further column": lambda row: row.update(state="applied"),
    "a column left out": lambda row: row.pop("cause"),
    "a number for a text": lambda row: row.update(body=5),
    "a text for a number": lambda row: row.update(number="1"),
    "a digest too long": lambda row: row.update(digest="f" * 65),
    "an instant of another form": lambda row: row.update(happened_at="2026-03-02"),
    "an id too long": lambda row: row.update(id="x" * 37),
    "a body too large": lambda row: row.update(body="x" * (256 * 1024 + 1)),
    "a zero byte": lambda row: row.update(subject="a\x00b"),
    "files of another form": lambda row: row.update(files="[5]"),
}


@ON_SQLITE
@pytest.mark.parametrize("what", ROWS)
def test_a_malformed_row_is_refused_even_well_signed(gate: Gate, written: Path, what: str):
    lines = [json.loads(line) for line in entries(written)[MESSAGES].splitlines()]
    ROWS[what](lines[0])
    rows = "".join(canonical(line) + "\n" for line in lines).encode()
    signer = gate.crossing.post.signers[Zone.PUBLIC]
    made = resigned(written, signer, lambda told: with_rows(told, rows), **{MESSAGES: rows})
    assert gate.take_one(made).refused
    assert rows_of(gate.crossing.extranet) == []


@ON_SQLITE
def test_a_bundle_by_an_unknown_key_is_refused(gate: Gate, written: Path):
    stranger = new_signer()
    made = resigned(written, stranger, lambda told: told.update(key_id=stranger.key_id))
    assert "未知的密钥" in gate.take_one(made).refused


@ON_SQLITE
def test_a_bundle_of_the_own_zone_is_refused(gate: Gate, written: Path):
    """The gatekeeper mixed up the folders."""
    taken = take(gate.public, written, gate.crossing.post.verifiers[Zone.PUBLIC], now=NOW)
    assert "方向不符" in taken.refused


@ON_SQLITE
def test_a_way_to_pack_that_we_never_use_is_refused(gate: Gate, written: Path):
    made = packed(written, entries(written), zipfile.ZIP_LZMA)
    assert gate.take_one(made).refused


@ON_SQLITE
def test_a_list_of_entries_without_end_is_refused_unread(gate: Gate, written: Path):
    whole = bytearray(written.read_bytes())
    whole[-10:-6] = (2**31).to_bytes(4, "little")
    written.write_bytes(bytes(whole))
    assert "条目过多" in gate.take_one(written).refused


@ON_SQLITE
def test_an_entry_given_twice_is_refused(gate: Gate, written: Path):
    with zipfile.ZipFile(written, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(MANIFEST, b"{}")
    assert gate.take_one(written).refused


@ON_SQLITE
def test_rows_altered_under_a_good_manifest_stop_the_channel(gate: Gate, written: Path):
    """The chain is believed, not the manifest: whoever signs it may still not change what was sealed."""
    rows = entries(written)[MESSAGES].replace(rb"\"step\":1", rb"\"step\":9")
    signer = gate.crossing.post.signers[Zone.PUBLIC]
    made = resigned(written, signer, lambda told: with_rows(told, rows), **{MESSAGES: rows})
    assert gate.take_one(made).new == 3
    assert "内容与摘要不符" in gate.crossing.stop_reason()
