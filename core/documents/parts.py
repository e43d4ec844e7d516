"""Files on their way into a store: what had arrived at a cut lies in a folder until the rest is there too (A2.1)."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from core.documents.content import CorruptBlob, Stored, checked, copied, hashed_so_far


@dataclass(frozen=True)
class Whole:
    """A file that arrived whole and has the digest it must have; not durable yet."""

    file: BinaryIO
    path: Path
    stored: Stored


@contextmanager
def resumed(folder: Path, digest: str, read_from: Callable[[int], Iterator[bytes]]) -> Iterator[Whole | None]:
    """The whole file, gone on with from what an earlier transfer left; None while another process has it in hand.

    What arrived before is hashed again, not believed. Another digest at the end is `CorruptBlob` and keeps nothing; any
    other failure keeps what arrived.
    """
    part = folder / f"{checked(digest)}.part"
    with part.open("a+b") as file:
        if not _is_ours(file, part):
            yield None
            return
        file.seek(0)
        hashed, begun = hashed_so_far(file)
        rest = read_from(begun) if hashed.hexdigest() != digest else ()
        try:
            stored = copied(rest, file, digest, hashed=hashed, begun=begun)
        except CorruptBlob:
            part.unlink(missing_ok=True)
            raise
        yield Whole(file, part, stored)


def clear_parts(folder: Path, *, older_than: datetime) -> int:
    """Delete what interrupted writers left in the folder and nobody went on with; how many files went."""
    gone = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # it became whole, or another process cleared it
            if path.stat().st_mtime < older_than.timestamp():
                path.unlink()
                gone += 1
    return gone


def own_folder() -> Path:
    """A folder of this user's alone among the temporary files, the same after a restart."""
    folder = Path(tempfile.gettempdir()) / f"tzxm-parts-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if found.st_uid != os.geteuid() or not folder.is_dir() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to another user")
    return folder


def _is_ours(file: BinaryIO, path: Path) -> bool:
    """Whether this process alone writes the file, and it still lies where it was opened."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
