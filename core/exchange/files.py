"""What the exchange needs of a file store; the zones' stores by content fulfil it."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

ReadFrom = Callable[[int], Iterator[bytes]]
"""The content from a byte on, in pieces of at most 1 MiB."""


class FileStore(Protocol):
    """Files named by the SHA-256 of their content, 64 hexadecimal characters."""

    def has(self, digest: str) -> bool:
        """Whether the whole file is here."""

    def read_chunks(self, digest: str) -> Iterator[bytes]:
        """The content in pieces of at most 1 MiB; raises when the file is absent or its content changed."""

    def write_verified(self, digest: str, chunks: Iterable[bytes]) -> object:
        """Store the content durably, or raise and leave nothing visible when it doesn't have that digest."""


@runtime_checkable
class Continuing(Protocol):
    """A store that can hand out a file from a byte on."""

    def read_from(self, digest: str, start: int) -> Iterator[bytes]:
        """The content from this byte on, in pieces of at most 1 MiB; whoever puts it together verifies it."""


@runtime_checkable
class Resuming(Protocol):
    """A store that keeps what had arrived of a file when the transfer was cut, and goes on from there."""

    def resume_verified(self, digest: str, read_from: ReadFrom) -> object:
        """Store the content durably, or raise; a cut keeps what arrived, another digest at the end keeps nothing."""
