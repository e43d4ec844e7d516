"""Files stored by their content: a digest names bytes, the same bytes are stored once (both zones, A14.1d, A14.4a).

A digest is the lower-case hexadecimal SHA-256 of the content. It is a name inside the platform and no permission: who
may read a file is decided by the row that names it. A store that already holds the bytes takes them again in full, so
that nobody learns from the time it takes whether someone else has handed in the same file.
"""

import os
from collections.abc import Callable, Container, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import parse_qsl, unquote, urlsplit
from uuid import uuid4

from obstore.store import S3Store as S3Bucket

from core.documents.content import (
    DIGEST,
    CorruptBlob,
    Held,
    MissingBlob,
    Store,
    Stored,
    checked,
    chunks_of,
    copied,
    verified,
)
from core.documents.object_store import S3Store
from core.documents.parts import clear_parts, resumed

if TYPE_CHECKING:
    from obstore.store import S3Config

__all__ = [
    "CorruptBlob",
    "Held",
    "LocalStore",
    "MissingBlob",
    "S3Store",
    "Store",
    "Stored",
    "chunks_of",
    "open_store",
    "sweep_orphans",
]


class LocalStore:
    """Blobs in a folder: `ab/cd/abcd…`, unfinished ones in `incoming`."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when missing."""
        self._folder = folder
        self._incoming = folder / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Store the bytes: temporary name, fsync, rename, fsync of the folder."""
        return self._take(chunks, None)

    def write_verified(self, digest: str, chunks: Iterable[bytes]) -> Stored:
        """Store bytes that must have this digest; else `CorruptBlob`, nothing stored."""
        return self._take(chunks, checked(digest))

    def has(self, digest: str) -> bool:
        """Whether the complete bytes are here."""
        return self._path(digest).is_file()

    def read_chunks(self, digest: str) -> Iterator[bytes]:
        """The bytes, at most 1 MiB at a time, verified at the end."""
        if not self.has(digest):
            raise MissingBlob(digest)
        return verified(digest, self._chunks(digest))

    def read_from(self, digest: str, start: int) -> Iterator[bytes]:
        """The bytes from one on, at most 1 MiB at a time; whoever puts them together verifies them."""
        if not self.has(digest):
            raise MissingBlob(digest)
        return self._chunks(digest, start)

    def resume_verified(self, digest: str, read_from: Callable[[int], Iterator[bytes]]) -> Stored:
        """Store bytes that must have this digest, going on where an earlier transfer was cut (`parts.resumed`).

        A second transfer of the same file at the same time starts its own.
        """
        with resumed(self._incoming, digest, read_from) as whole:
            if whole is None:
                return self._take(read_from(0), digest)
            return self._keep(whole.file, whole.path, whole.stored)

    def path_or_none(self, digest: str) -> Path | None:
        """The file of a blob that is here."""
        path = self._path(digest)
        return path if path.is_file() else None

    def held(self) -> Iterator[Held]:
        """Every complete blob."""
        for path in self._folder.glob("??/??/*"):
            if DIGEST.fullmatch(path.name):
                yield Held(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC))

    def remove(self, digest: str, *, stored_before: datetime | None = None) -> bool:
        """Delete the bytes unless they are newer than asked.

        They are moved aside before their age is read: bytes stored again meanwhile take the place anew and stay.
        """
        path, aside = self._path(digest), self._incoming / f"{uuid4()}.gone"
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if stored_before and aside.stat().st_mtime >= stored_before.timestamp():
            aside.rename(path)
            return False
        aside.unlink()
        _sync_folder(path.parent)
        return True

    def clear_unfinished(self, *, older_than: datetime) -> int:
        """Delete what interrupted writers left in `incoming`; how many files went."""
        return clear_parts(self._incoming, older_than=older_than)

    def _path(self, digest: str) -> Path:
        checked(digest)
        return self._folder / digest[:2] / digest[2:4] / digest

    def _chunks(self, digest: str, start: int = 0) -> Iterator[bytes]:
        with self._path(digest).open("rb") as file:
            file.seek(start)
            yield from chunks_of(file)

    def _take(self, chunks: Iterable[bytes], expected: str | None) -> Stored:
        part = self._incoming / f"{uuid4()}.part"
        try:
            with part.open("xb") as file:
                return self._keep(file, part, copied(chunks, file, expected))
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _keep(self, file: BinaryIO, part: Path, stored: Stored) -> Stored:
        """Make a whole file durable under its own name."""
        file.flush()
        os.fsync(file.fileno())
        path = self._path(stored.digest)
        path.parent.mkdir(parents=True, exist_ok=True)
        part.replace(path)
        # The two shard folders may be new: their names must survive a power loss too.
        for folder in (path.parent, path.parent.parent, self._folder):
            _sync_folder(folder)
        return stored


def open_store(url: str) -> Store:
    """The store a setting names: a folder, `file:///folder` or `s3://bucket/prefix?endpoint=https://…&region=…`.

    `parts=/folder` says where files on their way into a bucket wait until they are whole.
    Keys of S3 come from the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), never from the address. Refuses
    other schemes and unknown settings with ValueError.
    """
    parts = urlsplit(url)
    if parts.scheme in ("", "file"):
        if parts.netloc or not parts.path:
            raise ValueError("the folder of a store is a path or file:///path")
        return LocalStore(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise ValueError(f"no store for {parts.scheme}://")
    asked = dict(parse_qsl(parts.query))
    endpoint, region, parts_at = asked.pop("endpoint", ""), asked.pop("region", "us-east-1"), asked.pop("parts", "")
    if asked:
        raise ValueError(f"unknown settings of the store: {', '.join(asked)}")
    config: S3Config = {"region": region}
    if endpoint:
        config["endpoint"] = endpoint
    # A plain http endpoint is a store in the same closed network, said so by whoever wrote the address.
    plain = endpoint.startswith("http://")
    bucket = S3Bucket(parts.netloc, config=config, client_options={"allow_http": plain})
    return S3Store(bucket, parts.path.strip("/"), parts=Path(parts_at) if parts_at else None)


def sweep_orphans(store: Store, named: Container[str], *, older_than: datetime) -> list[str]:
    """Delete blobs that no row names and that were stored before `older_than`; the digests that went.

    `named` holds every digest a row or a waiting message names. A file written for a row not yet committed is younger
    than `older_than`, which is a day ago (`exchange.md`, failures).
    """
    store.clear_unfinished(older_than=older_than)
    orphans = [held.digest for held in store.held() if held.stored_at < older_than and held.digest not in named]
    return [digest for digest in orphans if store.remove(digest, stored_before=older_than)]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
