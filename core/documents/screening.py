"""What a file is by its content, and what its content must not hold (both zones, A14.1d).

A watch sees every chunk of a file while it is being stored and says at the end why the file is refused, in Chinese, or
None. It reads bytes only: nothing is unpacked, drawn or executed. What hides inside compressed parts is the work of
the virus scanner.
"""

import io
import re
import zipfile
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

TAIL = 256 * 1024
UNPACKED_LIMIT = 1024 * 1024 * 1024
PIXEL_LIMIT = 200_000_000
# Colour profiles and previews may stand before the size of a JPEG.
IMAGE_HEAD = 2 * 1024 * 1024


class FileKind(StrEnum):
    """The kinds of file the platform takes."""

    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    OFD = "ofd"
    DOC = "doc"
    DOCX = "docx"
    XLS = "xls"
    XLSX = "xlsx"


class Watch(Protocol):
    """Sees a file pass by, in order."""

    def see(self, chunk: bytes) -> None:
        """The next bytes of the file."""

    def verdict(self) -> str | None:
        """Why the file is refused, in Chinese, once all of it was seen; None when nothing speaks against it."""


SIGNATURES = (
    (b"%PDF-", "PDF 文件"),
    (b"\xff\xd8\xff", "JPG 图片"),
    (b"\x89PNG\r\n\x1a\n", "PNG 图片"),
    (b"PK\x03\x04", "压缩包或 OFD、新版 Office 文件"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文件"),
)
_ZIP, _OLE = SIGNATURES[3][0], SIGNATURES[4][0]
SIGNATURE_OF = {
    FileKind.PDF: SIGNATURES[0][0],
    FileKind.JPEG: SIGNATURES[1][0],
    FileKind.PNG: SIGNATURES[2][0],
    FileKind.OFD: _ZIP,
    FileKind.DOCX: _ZIP,
    FileKind.XLSX: _ZIP,
    FileKind.DOC: _OLE,
    FileKind.XLS: _OLE,
}


def content_words(head: bytes) -> str:
    """What the first bytes say the file is, in Chinese."""
    return next((words for start, words in SIGNATURES if head.startswith(start)), "无法识别的文件")


def watch_for(kind: FileKind) -> Watch:
    """A fresh watch for one file of this kind."""
    return _WATCHES[kind]()


def _name_pattern(name: str) -> bytes:
    # A PDF may write any letter of a name as #hh: /J#61vaScript is /JavaScript.
    return b"".join(b"(?:%c|#(?i:%02x))" % (letter, letter) for letter in name.encode())


_PDF_WORDS = {"JavaScript": "脚本", "Launch": "启动程序的动作", "EmbeddedFile": "附件", "RichMedia": "多媒体内容"}
_PDF_NAMES = re.compile(
    rb"/(?:" + b"|".join(b"(%s)" % _name_pattern(name) for name in _PDF_WORDS) + rb")s?(?=[\0\t\n\f\r ()<>\[\]{}/%]|$)"
)


class PdfWatch:
    """Refuses scripts, programs to start, embedded files and media, and a file without its end (T13)."""

    _OVERLAP = 64

    def __init__(self) -> None:
        """Nothing seen yet."""
        self._before = b""
        self._found: set[int] = set()
        self._tail = b""

    def see(self, chunk: bytes) -> None:
        """The next bytes; a name cut by the chunk's edge is found with the next one."""
        window = self._before + chunk
        # At the very edge `$` would take the beginning of a longer name for the name: `verdict` looks at the end.
        self._search(window, len(window) - 1)
        self._before = window[-self._OVERLAP :]
        self._tail = (self._tail + chunk)[-1024:]

    def verdict(self) -> str | None:
        """Why the file is refused."""
        self._search(self._before, len(self._before))
        if self._found:
            words = "、".join(list(_PDF_WORDS.values())[number] for number in sorted(self._found))
            return f"PDF 内含{words}，请打印为不含这些内容的 PDF 后再上传"
        if b"%%EOF" not in self._tail:
            return "PDF 不完整（缺少文件结尾），请重新导出或重新扫描后再上传"
        return None

    def _search(self, window: bytes, end: int) -> None:
        for match in _PDF_NAMES.finditer(window):
            if match.end() <= end and match.lastindex:
                self._found.add(match.lastindex - 1)


class PackageWatch:
    """Refuses a ZIP package that is not the document it claims to be, holds macros, or would burst when unpacked."""

    def __init__(self, parts: tuple[str, ...], words: str) -> None:
        """`parts` begin the names of what must be in the package; `words` name the kind for the reader."""
        self._parts, self._words, self._tail = parts, words, b""

    def see(self, chunk: bytes) -> None:
        """The next bytes; only the list of contents at the end of the package is kept."""
        self._tail = (self._tail + chunk)[-TAIL:]

    def verdict(self) -> str | None:
        """Why the file is refused."""
        try:
            entries = zipfile.ZipFile(io.BytesIO(self._tail)).infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError):
            return f"{self._words}不完整或已损坏，请重新导出后再上传"
        names = {entry.filename for entry in entries}
        if not all(any(name.startswith(part) for name in names) for part in self._parts):
            return f"内容不是{self._words}，请另存为{self._words}后再上传"
        if any("vbaproject" in name.lower() for name in names):
            return f"{self._words}内含宏，请另存为不含宏的文件后再上传"
        if any(".." in name.split("/") or name.startswith("/") or "\\" in name for name in names):
            return f"{self._words}内部路径异常，请重新导出后再上传"
        if sum(entry.file_size for entry in entries) > UNPACKED_LIMIT:
            return f"{self._words}解开后超过 1 GB，请拆分后再上传"
        return None


class OldOfficeWatch:
    """Refuses an old Office file that is not the document it claims to be, or holds macros."""

    _MACROS = "_VBA_PROJECT".encode("utf-16-le")

    def __init__(self, streams: tuple[str, ...], words: str) -> None:
        """One of `streams` must be in the file; `words` name the kind for the reader."""
        self._wanted = tuple(name.encode("utf-16-le") + b"\0\0" for name in streams)
        self._words, self._before = words, b""
        self._is_kind = self._has_macros = False

    def see(self, chunk: bytes) -> None:
        """The next bytes."""
        window = self._before + chunk
        self._is_kind = self._is_kind or any(name in window for name in self._wanted)
        self._has_macros = self._has_macros or self._MACROS in window
        self._before = window[-64:]

    def verdict(self) -> str | None:
        """Why the file is refused."""
        if not self._is_kind:
            return f"内容不是{self._words}，请另存为{self._words}后再上传"
        return f"{self._words}内含宏，请另存为不含宏的文件后再上传" if self._has_macros else None


class ImageWatch:
    """Refuses an image whose stated size would flood the reader's memory, or that states none."""

    def __init__(self, measure: Callable[[bytes], int]) -> None:
        """`measure` reads the number of pixels from the beginning of the file; 0 when it states none."""
        self._measure, self._head = measure, bytearray()

    def see(self, chunk: bytes) -> None:
        """The next bytes; the size stands near the beginning."""
        if len(self._head) < IMAGE_HEAD:
            self._head += chunk

    def verdict(self) -> str | None:
        """Why the file is refused."""
        pixels = self._measure(bytes(self._head))
        if not pixels:
            return "图片不完整或已损坏，请重新扫描后再上传"
        if pixels > PIXEL_LIMIT:
            return "图片超过 2 亿像素，请降低分辨率（300 dpi 即可）后再上传"
        return None


def _png_pixels(head: bytes) -> int:
    if head[12:16] != b"IHDR" or len(head) < 24:
        return 0
    return int.from_bytes(head[16:20], "big") * int.from_bytes(head[20:24], "big")


def _jpeg_pixels(head: bytes) -> int:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(head[at + 5 : at + 7], "big") * int.from_bytes(head[at + 7 : at + 9], "big")
        # 0xFF before a marker is padding, one byte of it at a time.
        at += 1 if marker == 0xFF else 2 + length
    return 0


_WATCHES: dict[FileKind, Callable[[], Watch]] = {
    FileKind.PDF: PdfWatch,
    FileKind.JPEG: lambda: ImageWatch(_jpeg_pixels),
    FileKind.PNG: lambda: ImageWatch(_png_pixels),
    FileKind.OFD: lambda: PackageWatch(("OFD.xml",), "OFD 文件"),
    FileKind.DOCX: lambda: PackageWatch(("[Content_Types].xml", "word/"), "DOCX 文档"),
    FileKind.XLSX: lambda: PackageWatch(("[Content_Types].xml", "xl/"), "XLSX 表格"),
    FileKind.DOC: lambda: OldOfficeWatch(("WordDocument",), "DOC 文档"),
    FileKind.XLS: lambda: OldOfficeWatch(("Workbook", "Book"), "XLS 表格"),
}
