"""Bundles: sealed messages, their seals and their files as one signed ZIP file for a way that no cable goes (A2.1).

`manifest.json` says what is inside, `manifest.sig` is the sending zone's signature over it, `messages.jsonl` and
`seals.jsonl` hold the rows as RFC 8785 lines, `files/DIGEST` the files. `core.exchange.bundle_reading` opens them.
"""

import hashlib
import os
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from core.exchange.chain import Link, SealNote, canonical, instant
from core.exchange.files import FileStore
from core.exchange.message import Direction
from core.exchange.signing import Signer

SUFFIX = ".bundle.zip"
MESSAGES_LIMIT = 500
ROWS_BYTES = 64 * 1024 * 1024
FILES_BYTES = 1024 * 1024 * 1024
"""Bytes of all files in one bundle; a message alone may exceed it, up to the second bound."""
BUNDLE_BYTES = 8 * FILES_BYTES
WORDS = b"exchange-bundle-v1\n"
"""What stands before the manifest in the bytes that are signed."""
MANIFEST, SIGNATURE, MESSAGES, SEALS = "manifest.json", "manifest.sig", "messages.jsonl", "seals.jsonl"
FILES = "files/"


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Part(_Strict):
    """Rows in a bundle: how many, how many bytes, and the SHA-256 of these."""

    count: int = Field(ge=0, le=10 * MESSAGES_LIMIT)
    size: int = Field(ge=0, le=ROWS_BYTES)
    sha256: Digest


class BundledFile(_Strict):
    """A file in a bundle."""

    digest: Digest
    size: int = Field(ge=0, le=BUNDLE_BYTES)


class Acknowledged(_Strict):
    """How far the sender has verified the other direction, and the first range it misses there."""

    epoch: int = Field(ge=1, lt=2**31)
    number: int = Field(ge=0, lt=2**53)
    digest: Digest
    missing: tuple[int, int] | None = None


class Manifest(_Strict):
    """What a bundle holds: the numbers `first` to `last` of one direction and epoch, none when `last` is smaller."""

    format: Literal["exchange-bundle-v1"] = "exchange-bundle-v1"
    direction: Direction = Field(strict=False)
    epoch: int = Field(ge=1, lt=2**31)
    first: int = Field(ge=1, lt=2**53)
    last: int = Field(ge=0, lt=2**53)
    previous_digest: Digest
    digest: Digest
    messages: Part
    seals: Part
    files: tuple[BundledFile, ...] = Field(strict=False)
    acknowledges: Acknowledged
    made_at: str = Field(max_length=40)
    key_id: str = Field(max_length=80)

    @property
    def name(self) -> str:
        """The name of its file; what is made again of the same numbers has the same name."""
        span = f"{self.first:010d}-{self.last:010d}" if self.last >= self.first else f"ack-{self.acknowledges.number}"
        return f"{self.direction}-{self.epoch:03d}-{span}{SUFFIX}"


def write_bundle(folder: Path, manifest: Manifest, rows: Mapping[str, bytes], files: FileStore, signer: Signer) -> Path:
    """Write a bundle: temporary name, fsync, rename, so that whoever looks into the folder sees whole ones alone."""
    folder.mkdir(parents=True, exist_ok=True)
    told = canonical(manifest.model_dump(mode="json")).encode()
    part = folder / f".{uuid4()}.part"
    try:
        with part.open("xb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                for name, content in ((MANIFEST, told), (SIGNATURE, signer.sign(WORDS + told).encode())):
                    archive.writestr(name, content)
                for name, content in rows.items():
                    archive.writestr(name, content, zipfile.ZIP_DEFLATED)
                for each in manifest.files:
                    _add_file(archive, each, files)
            file.flush()
            os.fsync(file.fileno())
        made = part.replace(folder / manifest.name)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    _sync(folder)
    return made


def rows_of_bundle(links: Sequence[Link], seals: Sequence[SealNote]) -> dict[str, bytes]:
    """Messages and seals as the lines of a bundle."""
    return {MESSAGES: _lines(links), SEALS: _lines(seals)}


def part_of(content: bytes) -> Part:
    """What the manifest says of rows."""
    return Part(count=content.count(b"\n"), size=len(content), sha256=hashlib.sha256(content).hexdigest())


def _add_file(archive: zipfile.ZipFile, file: BundledFile, files: FileStore) -> None:
    entry = zipfile.ZipInfo(FILES + file.digest)
    entry.file_size = file.size
    with archive.open(entry, "w", force_zip64=True) as place:
        for chunk in files.read_chunks(file.digest):
            place.write(chunk)


def _lines(rows: Sequence[Link] | Sequence[SealNote]) -> bytes:
    """One canonical line per row, instants as they are digested."""
    told = []
    for row in rows:
        columns = row._asdict()
        instants = {name: instant(value) for name, value in columns.items() if isinstance(value, datetime)}
        told.append(canonical(columns | instants) + "\n")
    return "".join(told).encode()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
