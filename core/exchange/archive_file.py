"""An archive file: a range of one direction, compressed, that proves itself with nothing but the public key (A2.1).

JSON lines under gzip: a manifest, the seals of the range, its messages with what became of them. Files of a direction
are chained: a manifest names the digest before its first message and the digest of the file before it.
"""

import gzip
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from core.canonical import canonical_bytes
from core.exchange.chain import Link, SealNote, instant, link_digest, sealed_words
from core.exchange.signing import Verifier

FORMAT = "exchange-archive-v1"
OUTCOME = ("state", "reason", "received_at", "applied_at")
"""What became of a message in this zone: kept beside it, not part of the chain."""

_PIECE = 1024 * 1024


class NotGenuine(Exception):
    """The file doesn't prove what it says; the words name the first thing wrong."""


@dataclass(frozen=True)
class Manifest:
    """What a file holds. `previous_file` is the digest of the file before it in its direction, "" for the first."""

    format: str
    zone: str
    direction: str
    epoch: int
    first: int
    last: int
    previous_digest: str
    last_digest: str
    previous_file: str

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.direction}-{self.epoch}-{self.first:010}-{self.last:010}.archive.gz"


def write_archive(folder: Path, manifest: Manifest, seals: Iterable[SealNote], rows: Iterable[Any]) -> Path:
    """Write a range durably under its name, by way of a temporary one; the same range gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / manifest.name
    half = path.with_name(f"{path.name}.part")
    with half.open("wb") as raw:
        with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
            file.write(_line({"manifest": asdict(manifest)}))
            for seal in seals:
                file.write(_line({"seal": _plain(seal._asdict())}))
            for row in rows:
                file.write(_line({"message": _plain({name: getattr(row, name) for name in (*Link._fields, *OUTCOME)})}))
        raw.flush()
        os.fsync(raw.fileno())
    half.replace(path)
    sync_folder(folder)
    return path


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify_archive(path: Path, verifier: Verifier) -> Manifest:
    """Check a file from its first byte to its last: every link, every digest, every seal. Raises `NotGenuine`."""
    try:
        return _verified(path, verifier)
    except (OSError, EOFError, ValueError, TypeError, LookupError) as error:
        raise NotGenuine(f"{path.name}：无法读取或格式不符（{type(error).__name__}）") from error


def _verified(path: Path, verifier: Verifier) -> Manifest:
    lines = _lines(path)
    manifest = Manifest(**next(lines)["manifest"])
    if manifest.format != FORMAT or manifest.name != path.name:
        raise NotGenuine(f"{path.name}：清单与文件名不符")
    seals: list[SealNote] = []
    digest, number = manifest.previous_digest, manifest.first - 1
    for line in lines:
        if "seal" in line:
            seals.append(_seal(line["seal"], manifest, verifier, path))
            continue
        link = _link(line["message"])
        number += 1
        while seals and seals[0].number < number:
            seals.pop(0)
        if not seals:
            raise NotGenuine(f"{path.name}：第 {number} 号没有签章")
        digest = _followed(link, manifest, number, digest, seals[0], verifier, path)
    if (number, digest) != (manifest.last, manifest.last_digest):
        raise NotGenuine(f"{path.name}：止于第 {number} 号，与清单不符")
    return manifest


def _seal(told: dict[str, Any], manifest: Manifest, verifier: Verifier, path: Path) -> SealNote:
    note = SealNote(**(told | {"sealed_at": datetime.fromisoformat(told["sealed_at"])}))
    if (note.direction, note.epoch) != (manifest.direction, manifest.epoch):
        raise NotGenuine(f"{path.name}：第 {note.number} 号签章属于别的方向或纪元")
    if not verifier.knows(note.key_id) or not verifier.verify(note.key_id, note.signature, sealed_words(note)):
        raise NotGenuine(f"{path.name}：第 {note.number} 号签章的签名不符或密钥未知")
    return note


def _followed(
    link: Link, manifest: Manifest, number: int, digest: str, seal: SealNote, verifier: Verifier, path: Path
) -> str:
    place = (manifest.direction, manifest.epoch, number, digest)
    if (link.direction, link.epoch, link.number, link.previous_digest) != place:
        raise NotGenuine(f"{path.name}：第 {number} 号缺少或与前一号不相衔接")
    found = link_digest(link, lambda told: verifier.hash_of(seal.key_id, told))
    if found != link.digest or (seal.number == number and seal.digest != found):
        raise NotGenuine(f"{path.name}：第 {number} 号的内容与摘要不符")
    return found


def file_digest(path: Path) -> str:
    """SHA-256 of a file as it lies there."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            found.update(piece)
    return found.hexdigest()


def manifest_of(path: Path) -> Manifest:
    """The manifest alone, unverified. Raises `NotGenuine` when there is none."""
    with suppress(OSError, EOFError, ValueError, TypeError, LookupError, StopIteration):
        return Manifest(**next(_lines(path))["manifest"])
    raise NotGenuine(f"{path.name}：无法读取清单")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rb") as file:
        for line in file:
            yield json.loads(line)


def _link(told: dict[str, Any]) -> Link:
    fields = {name: told[name] for name in Link._fields}
    fields |= {name: datetime.fromisoformat(told[name]) for name in ("happened_at", "sealed_at")}
    return Link(**fields)


def _plain(told: dict[str, Any]) -> dict[str, Any]:
    return {name: instant(value) if isinstance(value, datetime) else value for name, value in told.items()}


def _line(told: dict[str, Any]) -> bytes:
    return canonical_bytes(told) + b"\n"


def contents_of(path: Path, *, portion: int) -> Iterator[tuple[list[Link], list[SealNote]]]:
    """The messages and seals of a file in portions; whoever receives them verifies them. The seals come first."""
    links: list[Link] = []
    seals: list[SealNote] = []
    lines = _lines(path)
    next(lines)
    for line in lines:
        if "seal" in line:
            told = line["seal"]
            seals.append(SealNote(**(told | {"sealed_at": datetime.fromisoformat(told["sealed_at"])})))
            continue
        links.append(_link(line["message"]))
        if len(links) == portion:
            yield links, seals
            links, seals = [], []
    if links or seals:
        yield links, seals
