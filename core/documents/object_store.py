"""Blobs in a bucket of any S3-compatible store (both zones, A14.1d, A14.4a)."""

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import obstore
from obstore.store import ObjectStore

from core.documents.content import CHUNK, DIGEST, Held, MissingBlob, Stored, checked, copied, verified
from core.documents.parts import clear_parts, own_folder, resumed


class S3Store:
    """Blobs in a bucket of any S3-compatible store; an object appears only when its upload is complete."""

    def __init__(self, bucket: ObjectStore, prefix: str = "", *, parts: Path | None = None) -> None:
        """`prefix` separates several users of one bucket, without slashes around it.

        `parts` is the local folder in which files wait until they are whole; this user's temporary one unless given.
        """
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._parts = parts

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Store the bytes; they wait in an unnamed local file until their digest, hence their name, is known."""
        return self._take(chunks, None)

    def write_verified(self, digest: str, chunks: Iterable[bytes]) -> Stored:
        """Store bytes that must have this digest; else `CorruptBlob`, nothing stored."""
        return self._take(chunks, checked(digest))

    def resume_verified(self, digest: str, read_from: Callable[[int], Iterator[bytes]]) -> Stored:
        """Store bytes that must have this digest, going on where an earlier transfer was cut (`parts.resumed`).

        They wait in a local folder until they are whole, for a bucket shows nothing of an upload before its end.
        """
        with resumed(self._waiting(), digest, read_from) as whole:
            if whole is None:
                return self._take(read_from(0), digest)
            whole.file.seek(0)
            obstore.put(self._bucket, self._key(digest), whole.file)
            whole.path.unlink(missing_ok=True)
            return whole.stored

    def clear_unfinished(self, *, older_than: datetime) -> int:
        """Delete what interrupted transfers left in the local folder; how many files went."""
        return clear_parts(self._waiting(), older_than=older_than)

    def has(self, digest: str) -> bool:
        """Whether the complete bytes are here."""
        try:
            obstore.head(self._bucket, self._key(digest))
        except FileNotFoundError:
            return False
        return True

    def read_chunks(self, digest: str) -> Iterator[bytes]:
        """The bytes, about 1 MiB at a time, verified at the end."""
        try:
            found = obstore.get(self._bucket, self._key(digest))
        except FileNotFoundError:
            raise MissingBlob(digest) from None
        return verified(digest, (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK)))

    def read_from(self, digest: str, start: int) -> Iterator[bytes]:
        """The bytes from one on, about 1 MiB at a time; whoever puts them together verifies them."""
        try:
            if start >= obstore.head(self._bucket, self._key(digest))["size"]:
                return iter(())
            found = obstore.get(self._bucket, self._key(digest), options={"range": {"offset": start}})
        except FileNotFoundError:
            raise MissingBlob(digest) from None
        return (bytes(chunk) for chunk in found.stream(min_chunk_size=CHUNK))

    def path_or_none(self, digest: str) -> Path | None:
        """Never a path: objects are read through `read_chunks`."""
        checked(digest)
        return None

    def held(self) -> Iterator[Held]:
        """Every blob under the prefix."""
        for page in obstore.list(self._bucket, prefix=self._prefix or None):
            for meta in page:
                name = meta["path"].rpartition("/")[2]
                if DIGEST.fullmatch(name):
                    yield Held(name, meta["last_modified"])

    def remove(self, digest: str, *, stored_before: datetime | None = None) -> bool:
        """Delete the object unless it is newer than asked."""
        try:
            meta = obstore.head(self._bucket, self._key(digest))
        except FileNotFoundError:
            return False
        if stored_before and meta["last_modified"] >= stored_before:
            return False
        obstore.delete(self._bucket, self._key(digest))
        return True

    def _waiting(self) -> Path:
        if self._parts is None:
            return own_folder()
        self._parts.mkdir(parents=True, exist_ok=True)
        return self._parts

    def _key(self, digest: str) -> str:
        checked(digest)
        return f"{self._prefix}{digest[:2]}/{digest[2:4]}/{digest}"

    def _take(self, chunks: Iterable[bytes], expected: str | None) -> Stored:
        with tempfile.TemporaryFile() as file:
            stored = copied(chunks, file, expected)
            file.seek(0)
            obstore.put(self._bucket, self._key(stored.digest), file)
        return stored
