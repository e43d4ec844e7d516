"""Opening bundles: nothing is believed before the signature, and nothing a hostile one says reaches beyond it (A2.1).

Names come from the manifest alone, and never more bytes are read than it says. The rows' own chain and seals are
checked afterwards, like those of any other carrier (`core.exchange.inbox`).
"""

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from pydantic import ValidationError

from core.exchange.bundle import (
    BUNDLE_BYTES,
    FILES,
    MANIFEST,
    MESSAGES,
    ROWS_BYTES,
    SEALS,
    SIGNATURE,
    WORDS,
    BundledFile,
    Manifest,
    Part,
    part_of,
)
from core.exchange.chain import Link, SealNote, files_of, unfit
from core.exchange.files import FileStore
from core.exchange.message import Direction
from core.exchange.signing import Verifier

_MANIFEST_BYTES = 8 * 1024 * 1024
_DIRECTORY_BYTES = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_WAYS_TO_PACK = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class RefusedBundle(Exception):
    """The bundle is not what the other zone made, or not for this zone; the words are shown to operators."""


class IncompleteBundle(Exception):
    """The file isn't a whole ZIP file: it is still being copied, or was cut short."""


@dataclass(frozen=True)
class Bundle:
    """A bundle whose signature, names, sizes and digests were checked; its files are checked as they are copied."""

    path: Path
    manifest: Manifest
    links: list[Link]
    seals: list[SealNote]

    def copy_files(self, store: FileStore) -> None:
        """Store the files that aren't there yet, by their digests."""
        for file in self.manifest.files:
            if not store.has(file.digest):
                self._copy(store, file)

    def _copy(self, store: FileStore, file: BundledFile) -> None:
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(FILES + file.digest) as content:
                store.write_verified(file.digest, _chunks(content, file.size))
        except OSError:
            raise
        except Exception as error:
            raise RefusedBundle(f"随附文件与摘要不符：{file.digest}") from error


def open_bundle(path: Path, verifier: Verifier, direction: Direction) -> Bundle:
    """Check a bundle that goes this way; `RefusedBundle` says what is wrong, `IncompleteBundle` that it isn't whole."""
    if path.stat().st_size > BUNDLE_BYTES + ROWS_BYTES:
        raise RefusedBundle("摆渡包超过允许的大小")
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _read(path, archive, verifier, direction)
    except (OSError, RefusedBundle):
        raise
    except Exception as error:  # whatever a hostile file makes the library raise
        raise RefusedBundle("摆渡包已损坏或写法不合规定") from error


def _check_directory(path: Path) -> None:
    """The list of entries stands at the end, and is read whole before anything else: it must be there, and small."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 98))
        end = file.read().rjust(98, b"\0")
    if end[76:80] != b"PK\x05\x06":
        raise IncompleteBundle("摆渡包不完整，可能仍在拷贝")
    large = end[56:60] == b"PK\x06\x07"
    size = int.from_bytes(end[40:48] if large else end[88:92], "little")
    if size > _DIRECTORY_BYTES:
        raise RefusedBundle("摆渡包的条目过多")


def _read(path: Path, archive: zipfile.ZipFile, verifier: Verifier, direction: Direction) -> Bundle:
    told = _content(archive, MANIFEST, _MANIFEST_BYTES)
    try:
        manifest = Manifest.model_validate_json(told)
    except ValidationError as error:
        raise RefusedBundle("摆渡包清单不合规定") from error
    signature = _content(archive, SIGNATURE, 4096).decode("ascii")
    if not verifier.knows(manifest.key_id):
        raise RefusedBundle(f"摆渡包使用了未知的密钥 {manifest.key_id}")
    if not verifier.verify(manifest.key_id, signature, WORDS + told):
        raise RefusedBundle("摆渡包清单的签名不符")
    if manifest.direction != direction:
        raise RefusedBundle("摆渡包方向不符")
    _check_entries(archive, manifest)
    rows = {name: _content(archive, name, part.size) for name, part in _parts(manifest)}
    for name, part in _parts(manifest):
        if part_of(rows[name]) != part:
            raise RefusedBundle(f"摆渡包内容与清单不符：{name}")
    bundle = Bundle(path, manifest, _told(Link, rows[MESSAGES]), _told(SealNote, rows[SEALS]))
    _check_rows(bundle)
    return bundle


def _parts(manifest: Manifest) -> tuple[tuple[str, Part], ...]:
    return (MESSAGES, manifest.messages), (SEALS, manifest.seals)


def _check_entries(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    """Exactly the entries that the manifest names, each of exactly its size."""
    sizes = {FILES + file.digest: file.size for file in manifest.files}
    sizes |= {name: part.size for name, part in _parts(manifest)}
    found = [entry for entry in archive.infolist() if entry.filename not in (MANIFEST, SIGNATURE)]
    if len(archive.infolist()) != len(sizes) + 2 or {entry.filename for entry in found} != set(sizes):
        raise RefusedBundle("摆渡包中的条目与清单不符")
    if any(entry.file_size != sizes[entry.filename] or entry.compress_type not in _WAYS_TO_PACK for entry in found):
        raise RefusedBundle("摆渡包中条目的大小与清单不符")


def _check_rows(bundle: Bundle) -> None:
    manifest, links = bundle.manifest, bundle.links
    is_complete = len(links) == max(0, manifest.last - manifest.first + 1)
    numbered = all(link.number == number for number, link in enumerate(links, manifest.first))
    ways = {(link.direction, link.epoch) for link in links} | {(seal.direction, seal.epoch) for seal in bundle.seals}
    if not is_complete or not numbered or not ways <= {(manifest.direction, manifest.epoch)}:
        raise RefusedBundle("摆渡包中的报文与清单不符")
    for link in links:
        if words := unfit(link, manifest.direction):
            raise RefusedBundle(f"第 {link.number} 号报文不可接收：{words}")
    named = {file.digest for link in links for file in files_of(link.files)}
    if not {file.digest for file in manifest.files} <= named:
        raise RefusedBundle("摆渡包中有报文未提及的文件")


def _content(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    entry = archive.getinfo(name)
    if entry.file_size > limit or entry.compress_type not in _WAYS_TO_PACK:
        raise RefusedBundle(f"摆渡包中的 {name} 超过允许的大小")
    with archive.open(entry) as content:
        return content.read(limit)


def _chunks(content: IO[bytes], size: int) -> Iterator[bytes]:
    while size and (chunk := content.read(min(size, _CHUNK))):
        size -= len(chunk)
        yield chunk


Row = TypeVar("Row", Link, SealNote)

_BOUNDS = {
    **dict.fromkeys(("id", "direction", "kind", "subject", "body", "files"), ROWS_BYTES),
    **{"previous_digest": 64, "digest": 64, "key_id": 80, "signature": 4096},
}


def _told(row: type[Row], content: bytes) -> list[Row]:
    return [row(**_columns(row._fields, json.loads(line))) for line in content.decode().splitlines()]


def _columns(fields: tuple[str, ...], told: Any) -> dict[str, Any]:
    if not isinstance(told, dict) or set(told) != set(fields):
        raise ValueError("not the columns of a row")
    for name in {"happened_at", "sealed_at"} & set(told):
        told[name] = datetime.strptime(told[name], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    for name in _BOUNDS.keys() & set(told):
        if not isinstance(told[name], str) or len(told[name]) > _BOUNDS[name] or "\x00" in told[name]:
            raise ValueError(f"not a text within its bounds: {name}")
    if any(type(told[name]) is not int or not 0 < told[name] < 2**53 for name in ("number", "epoch")):
        raise ValueError("not a place in a chain")
    if not isinstance(told.get("cause"), str | None):
        raise ValueError("not an id")
    return told
