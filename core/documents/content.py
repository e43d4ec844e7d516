"""What a store of files promises, and the digests it lives by (both zones, A14.1d, A14.4a).

A digest is the lower-case hexadecimal SHA-256 of the content.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1024 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")


class Hashed(Protocol):
    """A digest that is being taken."""

    def update(self, told: bytes, /) -> None: ...  # noqa: D102
    def hexdigest(self) -> str: ...  # noqa: D102


class CorruptBlob(Exception):
    """The stored or carried bytes are not those the digest names."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"content of {digest} does not match its digest")
        self.digest = digest


class MissingBlob(LookupError):
    """No blob of this digest is in the store."""

    def __init__(self, digest: str) -> None:
        super().__init__(f"no blob {digest}")
        self.digest = digest


@dataclass(frozen=True)
class Stored:
    """What `put` answers: the name of the bytes and how many there are."""

    digest: str
    size: int


@dataclass(frozen=True)
class Held:
    """One blob as the store lists it; `stored_at` is an aware instant."""

    digest: str
    stored_at: datetime


class Store(Protocol):
    """What the platform asks of any place that keeps files."""

    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Store the bytes; visible only when complete, and not at all when `chunks` raises."""

    def write_verified(self, digest: str, chunks: Iterable[bytes]) -> Stored:
        """Store bytes that must have this digest, as the relay carries them; else `CorruptBlob`, nothing stored."""

    def has(self, digest: str) -> bool:
        """Whether the complete bytes are here."""

    def read_chunks(self, digest: str) -> Iterator[bytes]:
        """The bytes, at most 1 MiB at a time; `MissingBlob` at the start, `CorruptBlob` after the last chunk."""

    def path_or_none(self, digest: str) -> Path | None:
        """A local file to serve from; None where there is none. Reading it checks no digest."""

    def held(self) -> Iterator[Held]:
        """Every blob in the store."""

    def remove(self, digest: str, *, stored_before: datetime | None = None) -> bool:
        """Delete the bytes for good, unless they were stored (again) at or after `stored_before`; whether they went."""

    def clear_unfinished(self, *, older_than: datetime) -> int:
        """Delete what interrupted transfers left and nobody went on with; how many files went."""


def chunks_of(file: BinaryIO) -> Iterator[bytes]:
    """The rest of an open file, 1 MiB at a time."""
    while chunk := file.read(CHUNK):
        yield chunk


def checked(digest: str) -> str:
    """The digest itself; it becomes part of a path, so anything but 64 hexadecimal digits is refused (ValueError)."""
    if not DIGEST.fullmatch(digest):
        raise ValueError("not a SHA-256 digest")
    return digest


def hashed_so_far(file: BinaryIO) -> tuple[Hashed, int]:
    """The hash and the length of what an open file holds from here to its end."""
    hashed, size = hashlib.sha256(), 0
    for chunk in chunks_of(file):
        hashed.update(chunk)
        size += len(chunk)
    return hashed, size


def copied(
    chunks: Iterable[bytes], file: BinaryIO, expected: str | None, *, hashed: Hashed | None = None, begun: int = 0
) -> Stored:
    """Write the chunks while hashing them, after what was `begun`; `CorruptBlob` when another digest was expected."""
    hashed, size = hashed or hashlib.sha256(), begun
    for chunk in chunks:
        hashed.update(chunk)
        file.write(chunk)
        size += len(chunk)
    digest = hashed.hexdigest()
    if expected and digest != expected:
        raise CorruptBlob(expected)
    return Stored(digest, size)


def verified(digest: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pass the chunks on; after the last one `CorruptBlob` when they were not what the digest names."""
    hashed = hashlib.sha256()
    for chunk in chunks:
        hashed.update(chunk)
        yield chunk
    if hashed.hexdigest() != digest:
        raise CorruptBlob(digest)
