"""What the exchange needs of a file store, which the zones' stores by content fulfil, and how files cross (A2.1)."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

from core.exchange.chain import files_of

log = logging.getLogger(__name__)

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


def copy_files(source: FileStore, target: FileStore, files: str) -> None:
    """Copy what is missing of the files that a stored message names.

    One that is broken or gone doesn't hold the others up: its message waits for it. Raises OSError when a store fails.
    """
    try:
        digests = [file.digest for file in files_of(files)]
    except ValueError:
        log.exception("exchange files not understood")  # the receiving zone stops the channel over it
        return
    for digest in digests:
        if not target.has(digest):
            _copy_file(source, target, digest)


def _copy_file(source: FileStore, target: FileStore, digest: str) -> None:
    if not source.has(digest):
        log.error("exchange file missing at its origin", extra={"digest": digest})
        return
    try:
        _copy_content(source, target, digest)
    except OSError:
        raise
    except Exception:
        log.exception("exchange file not carried", extra={"digest": digest})


def _copy_content(source: FileStore, target: FileStore, digest: str) -> None:
    """Bring the content over: after a cut from where it had come, where both stores can; else from its start."""
    if isinstance(source, Continuing) and isinstance(target, Resuming):
        target.resume_verified(digest, lambda start: source.read_from(digest, start))
    else:
        target.write_verified(digest, source.read_chunks(digest))
