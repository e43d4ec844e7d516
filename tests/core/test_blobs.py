"""Files stored by their content: whole or not at all, verified, swept only when nothing names them."""

import hashlib
import os
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obstore.store import LocalStore as BucketFolder
from obstore.store import MemoryStore

from core.documents.blobs import CorruptBlob, LocalStore, MissingBlob, S3Store, Store, open_store, sweep_orphans

TEXT = "环境影响报告表".encode()
DIGEST = hashlib.sha256(TEXT).hexdigest()
OTHER = hashlib.sha256(b"other").hexdigest()
FUTURE = datetime(2100, 1, 1, tzinfo=UTC)
PAST = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture(params=["folder", "bucket", "bucket in a folder"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return LocalStore(tmp_path / "blobs")
    bucket = MemoryStore() if request.param == "bucket" else BucketFolder(tmp_path)
    return S3Store(bucket, "files")


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def broken_line() -> Iterator[bytes]:
    yield TEXT
    raise ConnectionError("client went away")


def test_what_is_put_is_read_back_under_its_digest(store):
    stored = store.put([TEXT[:5], b"", TEXT[5:]])
    assert (stored.digest, stored.size) == (DIGEST, len(TEXT))
    assert store.has(DIGEST)
    assert b"".join(store.read_chunks(DIGEST)) == TEXT


def test_the_same_bytes_twice_are_one_blob(store):
    assert store.put([TEXT]) == store.put([TEXT])
    assert [held.digest for held in store.held()] == [DIGEST]


def test_an_empty_file_is_a_blob_too(store):
    assert b"".join(store.read_chunks(store.put([]).digest)) == b""


@pytest.mark.parametrize("size", [1024 * 1024 - 1, 1024 * 1024, 3 * 1024 * 1024 + 7])
def test_large_files_come_in_chunks(store, size):
    content = os.urandom(size)
    chunks = list(store.read_chunks(store.put([content]).digest))
    assert b"".join(chunks) == content
    assert all(chunks)


def test_an_interrupted_upload_leaves_nothing(store, tmp_path):
    with pytest.raises(ConnectionError):
        store.put(broken_line())
    assert not store.has(DIGEST)
    assert list(store.held()) == []
    assert files_under(tmp_path) == []


def test_the_relay_stores_only_what_the_digest_names(store):
    with pytest.raises(CorruptBlob):
        store.write_verified(OTHER, [TEXT])
    assert not store.has(OTHER)
    assert not store.has(DIGEST)
    assert store.write_verified(DIGEST, [TEXT]).size == len(TEXT)
    assert store.has(DIGEST)


def test_an_absent_blob_is_said_to_be_absent(store):
    assert not store.has(DIGEST)
    assert not store.remove(DIGEST)
    assert store.path_or_none(DIGEST) is None
    with pytest.raises(MissingBlob):
        store.read_chunks(DIGEST)


@pytest.mark.parametrize("name", ["../../etc/passwd", DIGEST.upper(), DIGEST[:-1], DIGEST + "0", "", DIGEST + "\n"])
def test_only_digests_are_looked_up(store, name):
    for act in (store.has, store.read_chunks, store.path_or_none, store.remove):
        with pytest.raises(ValueError, match="digest"):
            act(name)
    with pytest.raises(ValueError, match="digest"):
        store.write_verified(name, [TEXT])


def test_one_flipped_bit_is_found_at_reading(tmp_path):
    store = LocalStore(tmp_path)
    path = store.path_or_none(store.put([TEXT]).digest)
    path.write_bytes(bytes([TEXT[0] ^ 1]) + TEXT[1:])
    with pytest.raises(CorruptBlob):
        list(store.read_chunks(DIGEST))


def test_a_changed_object_is_found_at_reading():
    bucket = MemoryStore()
    S3Store(bucket).put([TEXT])
    bucket.put(f"{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}", b"something else")
    with pytest.raises(CorruptBlob):
        list(S3Store(bucket).read_chunks(DIGEST))


def test_file_and_folders_reach_the_disk_before_put_returns(tmp_path, monkeypatch):
    store, synced = LocalStore(tmp_path), []
    really_sync = os.fsync
    monkeypatch.setattr(
        os, "fsync", lambda handle: (synced.append(os.readlink(f"/proc/self/fd/{handle}")), really_sync(handle))
    )
    path = store.path_or_none(store.put([TEXT]).digest)
    assert synced[0].endswith(".part")
    assert synced[1:] == [str(path.parent), str(path.parent.parent), str(tmp_path)]


def test_orphans_go_and_named_blobs_stay(store):
    store.put([TEXT])
    store.put([b"other"])
    assert sweep_orphans(store, {DIGEST}, older_than=FUTURE) == [OTHER]
    assert [held.digest for held in store.held()] == [DIGEST]


def test_a_young_orphan_stays_its_row_may_not_be_committed_yet(store):
    store.put([TEXT])
    assert sweep_orphans(store, set(), older_than=PAST) == []
    assert store.has(DIGEST)


def test_a_blob_stored_again_while_it_is_swept_stays(store):
    store.put([TEXT])
    assert not store.remove(DIGEST, stored_before=PAST)
    assert b"".join(store.read_chunks(DIGEST)) == TEXT
    assert store.remove(DIGEST)
    assert not store.has(DIGEST)


def test_the_sweep_clears_what_a_killed_writer_left(tmp_path):
    store = LocalStore(tmp_path)
    old, young = tmp_path / "incoming/old.part", tmp_path / "incoming/young.part"
    old.write_bytes(TEXT)
    young.write_bytes(TEXT)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    os.utime(old, (yesterday.timestamp() - 60,) * 2)
    sweep_orphans(store, set(), older_than=yesterday)
    assert files_under(tmp_path) == [young]


@settings(max_examples=40, deadline=None)
@given(chunks=st.lists(st.binary(max_size=200), max_size=8))
def test_any_cutting_into_chunks_gives_the_same_blob(chunks):
    whole = b"".join(chunks)
    store = S3Store(MemoryStore())
    assert store.put(chunks) == store.put([whole])
    assert b"".join(store.read_chunks(hashlib.sha256(whole).hexdigest())) == whole


def test_a_setting_names_the_store(tmp_path):
    for url in (str(tmp_path / "甲 乙"), (tmp_path / "甲 乙").as_uri()):
        assert open_store(url).put([TEXT]).digest == DIGEST
    assert len(files_under(tmp_path / "甲 乙")) == 1


@pytest.mark.parametrize("url", ["ftp://host/files", "s3://bucket/p?acl=public", "file://host/folder", ""])
def test_a_setting_that_names_no_store_is_refused(url):
    with pytest.raises(ValueError, match="store"):
        open_store(url)


class Bucket(BaseHTTPRequestHandler):
    """As much of an S3-compatible server as the store asks of one."""

    objects: dict[str, bytes]

    def do_PUT(self) -> None:
        self.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, b"")

    def do_GET(self) -> None:
        found = self.objects.get(self.path)
        self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>") if found is None else self.answer(200, found)

    def do_HEAD(self) -> None:
        self.do_GET()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


def test_an_s3_address_reaches_the_bucket_over_http(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    Bucket.objects = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Bucket)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        store = open_store(f"s3://files/extranet?endpoint=http://127.0.0.1:{server.server_port}&region=cn-north-1")
        assert not store.has(DIGEST)
        store.put([TEXT])
        assert store.has(DIGEST)
        assert b"".join(store.read_chunks(DIGEST)) == TEXT
        assert list(Bucket.objects) == [f"/files/extranet/{DIGEST[:2]}/{DIGEST[2:4]}/{DIGEST}"]
    finally:
        server.shutdown()
        server.server_close()
