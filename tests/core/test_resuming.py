"""A file that crosses between the zones goes on after a cut from where it had come, and is still verified whole."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from core.database import utc_now
from core.documents.blobs import CorruptBlob, LocalStore, S3Store, sweep_orphans
from core.documents.content import CHUNK

CONTENT = os.urandom(3 * CHUNK + 77)
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Line:
    """What is read from the far store, chunk by chunk, until the line is cut."""

    def __init__(self, source: LocalStore | S3Store, *, cut_after: int | None = None) -> None:
        self._source = source
        self._cut_after = cut_after
        self.starts: list[int] = []
        self.carried = 0

    def __call__(self, start: int) -> Iterator[bytes]:
        self.starts.append(start)
        rest = b"".join(self._source.read_from(DIGEST, start))
        for place, chunk in enumerate(rest[at : at + CHUNK] for at in range(0, len(rest), CHUNK)):
            if place == self._cut_after:
                raise ConnectionError("the line was cut")
            self.carried += len(chunk)
            yield chunk


@pytest.fixture(params=["folder", "bucket"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> LocalStore | S3Store:
    made = LocalStore(tmp_path / "source") if request.param == "folder" else S3Store(MemoryStore(), "files")
    made.put([CONTENT])
    return made


@pytest.fixture
def incoming(tmp_path: Path) -> Path:
    """Where what had arrived lies, in a folder and for a bucket alike."""
    return tmp_path / "target" / "incoming"


@pytest.fixture(params=["folder", "bucket"])
def target(request: pytest.FixtureRequest, tmp_path: Path, incoming: Path) -> LocalStore | S3Store:
    if request.param == "folder":
        return LocalStore(tmp_path / "target")
    return S3Store(MemoryStore(), "files", parts=incoming)


def cut(source: LocalStore | S3Store, target: LocalStore | S3Store) -> None:
    with pytest.raises(ConnectionError):
        target.resume_verified(DIGEST, Line(source, cut_after=2))
    assert not target.has(DIGEST)


def test_after_a_cut_only_the_rest_is_carried(source, target, incoming: Path):
    cut(source, target)
    line = Line(source)
    assert target.resume_verified(DIGEST, line).size == len(CONTENT)
    assert line.starts == [2 * CHUNK]
    assert line.carried == len(CONTENT) - 2 * CHUNK
    assert b"".join(target.read_chunks(DIGEST)) == CONTENT
    assert list(incoming.iterdir()) == []


def test_what_arrived_before_is_hashed_and_not_believed(source, target, incoming: Path):
    cut(source, target)
    (part,) = incoming.iterdir()
    with part.open("r+b") as file:
        file.write(b"\x00" * 8 if CONTENT[:8] != b"\x00" * 8 else b"\x01" * 8)
    with pytest.raises(CorruptBlob):
        target.resume_verified(DIGEST, Line(source))
    assert not target.has(DIGEST)
    line = Line(source)
    target.resume_verified(DIGEST, line)
    assert (line.starts, target.has(DIGEST)) == ([0], True)


@pytest.mark.parametrize("more", [b"", b"further"])
def test_a_crash_before_the_last_step_is_made_good(source, target, incoming: Path, more: bytes):
    incoming.mkdir(parents=True, exist_ok=True)
    (incoming / f"{DIGEST}.part").write_bytes(CONTENT + more)
    if more:
        with pytest.raises(CorruptBlob):
            target.resume_verified(DIGEST, Line(source))
    line = Line(source)
    target.resume_verified(DIGEST, line)
    assert line.carried == (len(CONTENT) if more else 0)
    assert target.has(DIGEST)


def test_two_carriers_of_one_file_do_not_disturb_each_other(source, target, incoming: Path):
    incoming.mkdir(parents=True, exist_ok=True)
    part = incoming / f"{DIGEST}.part"
    with part.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        target.resume_verified(DIGEST, Line(source))
    assert b"".join(target.read_chunks(DIGEST)) == CONTENT
    assert part.read_bytes() == b""


def test_what_nobody_goes_on_with_is_swept_after_a_day(source, target, incoming: Path):
    cut(source, target)
    sweep_orphans(target, (), older_than=utc_now() - timedelta(days=1))
    assert len(list(incoming.iterdir())) == 1
    sweep_orphans(target, (), older_than=datetime(2100, 1, 1, tzinfo=UTC))
    assert list(incoming.iterdir()) == []


def test_a_bucket_without_a_folder_for_parts_uses_one_of_the_user_alone(source, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    target = S3Store(MemoryStore())
    cut(source, target)
    (folder,) = (each for each in tmp_path.iterdir() if each.name.startswith("tzxm-parts-"))
    assert folder.stat().st_mode & 0o077 == 0
    line = Line(source)
    target.resume_verified(DIGEST, line)
    assert line.starts == [2 * CHUNK]


def test_the_folder_of_another_user_is_not_used(monkeypatch, tmp_path: Path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"tzxm-parts-{os.geteuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError):
        S3Store(MemoryStore()).resume_verified(DIGEST, lambda start: iter([CONTENT[start:]]))
