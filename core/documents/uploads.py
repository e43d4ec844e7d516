"""Receive a file from a person: name, size, kind by name and by content, then into the store (both zones, A14.1d).

Sizes are bytes; 1 MB is 1,048,576. Words about classified content are checked by the caller (A3.2), and before that
nothing of the file is kept: `receive` stores it only when everything here holds.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.documents.content import Store, Stored
from core.documents.screening import SIGNATURE_OF, FileKind, PdfWatch, Watch, content_words, watch_for
from core.errors import RuleRefusal

__all__ = [
    "MATERIAL_KINDS",
    "MATERIAL_LIMIT",
    "SCAN_KINDS",
    "SCAN_LIMIT",
    "FileKind",
    "PdfWatch",
    "check_upload",
    "receive",
]

MB = 1024 * 1024
MATERIAL_LIMIT = 50 * MB
SCAN_LIMIT = 50 * MB
MATERIAL_KINDS = tuple(FileKind)
SCAN_KINDS = (FileKind.PDF,)
NAME_LIMIT = 100
HEAD = 4096

_OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.JPEG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.OFD: "application/ofd",
    FileKind.DOC: "application/msword",
    FileKind.DOCX: f"{_OFFICE}wordprocessingml.document",
    FileKind.XLS: "application/vnd.ms-excel",
    FileKind.XLSX: f"{_OFFICE}spreadsheetml.sheet",
}
KIND_OF_ENDING = {f".{kind.value}": kind for kind in FileKind} | {".jpg": FileKind.JPEG}
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


@dataclass(frozen=True)
class AcceptedFile:
    """A file that may be taken: its cleaned name, its kind and the media type it is served as."""

    name: str
    kind: FileKind
    media_type: str


@dataclass(frozen=True)
class Received:
    """A file that is in the store; `size` in bytes."""

    name: str
    media_type: str
    digest: str
    size: int


def check_upload(
    filename: str, head: bytes, size: int, *, allowed: Sequence[FileKind], limit: int, field: str = "file"
) -> AcceptedFile:
    """Whether a file may be taken, judged by its name, its first bytes (at least 8) and its size.

    Refuses hostile names, empty files, files over `limit` bytes, and kinds outside `allowed` by ending or by content.
    A14.1d.
    """
    name = _clean_name(filename, field)
    if size == 0:
        raise RuleRefusal(f"“{name}”是空文件（0 字节），请检查后重新选择", field=field, article="A14.1d")
    if size > limit:
        raise _too_large(name, size, limit, field)
    ending = PurePosixPath(name).suffix.lower()
    kind = KIND_OF_ENDING.get(ending)
    if kind is None or kind not in allowed:
        raise RuleRefusal(
            f"“{name}”的类型不在接收范围，请上传 {kind_words(allowed)} 文件", field=field, article="A14.1d"
        )
    if not head.startswith(SIGNATURE_OF[kind]):
        raise RuleRefusal(
            f"“{name}”的内容与扩展名不符：扩展名是 {ending[1:].upper()}，内容是{content_words(head)}，请另存后再上传",
            field=field,
            article="A14.1d",
        )
    return AcceptedFile(name, kind, MEDIA_TYPES[kind])


def receive(
    chunks: Iterable[bytes],
    store: Store,
    *,
    filename: str,
    allowed: Sequence[FileKind],
    limit: int,
    field: str = "file",
) -> Received:
    """Take a file as it comes, hash it into the store, stop as soon as it is too large.

    Refuses what `check_upload` refuses, and what the whole content shows: scripts, macros, attachments, a missing end,
    a package that is another document. A refused file leaves nothing in the store. A14.1d.
    """
    coming = iter(chunks)
    head = _head_of(coming)
    accepted = check_upload(filename, head, len(head), allowed=allowed, limit=limit, field=field)
    watch = watch_for(accepted.kind)
    stored: Stored = store.put(_watched(head, coming, watch, accepted.name, limit, field))
    return Received(accepted.name, accepted.media_type, stored.digest, stored.size)


def kind_words(allowed: Sequence[FileKind]) -> str:
    """The kinds for a sentence or a hint: PDF、JPG、PNG."""
    return "、".join("JPG" if kind is FileKind.JPEG else kind.value.upper() for kind in allowed)


def size_words(size: int) -> str:
    """A size for a sentence: 50 MB, 62.3 MB, 12 KB."""
    if size < MB:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / MB:.1f} MB".replace(".0 ", " ")


def _clean_name(filename: str, field: str) -> str:
    def refused(words: str) -> RuleRefusal:
        return RuleRefusal(f"{words}，请改名后再上传", field=field, article="A14.1d")

    # Control, format (bidi overrides, zero-width), surrogate, private, unassigned characters and line separators.
    if any(unicodedata.category(letter)[0] == "C" or letter in "\u2028\u2029" for letter in filename):
        raise refused("文件名含有不可见字符")
    parts = unicodedata.normalize("NFC", filename).replace("\\", "/").split("/")
    if ".." in (part.strip() for part in parts):
        raise refused("文件名含有上级目录“..”")
    # Some browsers send a made-up folder before the name, as in C:\fakepath\.
    name = parts[-1].strip()
    if not name:
        raise refused("文件没有名称")
    if len(name) > NAME_LIMIT:
        raise refused(f"文件名有 {len(name)} 个字，超过 {NAME_LIMIT} 个字")
    if name.startswith(".") or name.endswith("."):
        raise refused(f"文件名“{name}”以点开头或结尾")
    if _RESERVED.fullmatch(name) or re.search(r'[<>:"|?*]', name):
        raise refused(f"文件名“{name}”含有系统保留的字符或名称")
    return name


def _too_large(name: str, size: int, limit: int, field: str) -> RuleRefusal:
    return RuleRefusal(
        f"“{name}”已达 {size_words(size)}，超过上限 {size_words(limit)}，请压缩或拆分后再上传",
        field=field,
        article="A14.1d",
    )


def _head_of(coming: Iterator[bytes]) -> bytes:
    head = b""
    for chunk in coming:
        head += chunk
        if len(head) >= HEAD:
            break
    return head


def _watched(head: bytes, coming: Iterator[bytes], watch: Watch, name: str, limit: int, field: str) -> Iterator[bytes]:
    """Pass the chunks on to the store; the refusal at the end comes before the store makes the file visible."""
    size, chunk = 0, head
    while chunk:
        size += len(chunk)
        if size > limit:
            raise _too_large(name, size, limit, field)
        watch.see(chunk)
        yield chunk
        chunk = next((more for more in coming if more), b"")
    if words := watch.verdict():
        raise RuleRefusal(f"“{name}”：{words}", field=field, article="A14.1d")
