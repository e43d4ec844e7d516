"""What the exchange needs of a file store; the zones' stores by content fulfil it."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class FileStore(Protocol):
    """Files named by the SHA-256 of their content, 64 hexadecimal characters."""

    def has(self, digest: str) -> bool:
        """Whether the whole file is here."""

    def read_chunks(self, digest: str) -> Iterator[bytes]:
        """The content in pieces of at most 1 MiB; raises when the file is absent or its content changed."""

    def write_verified(self, digest: str, chunks: Iterable[bytes]) -> object:
        """Store the content durably, or raise and leave nothing visible when it doesn't have that digest."""
