"""Read back what a PDF made by the platform shows, page by page, so that tests assert what its reader sees."""

import re
import zlib

# A literal string may hold balanced brackets that are not escaped.
LITERAL = rb"\(((?:\\.|[^\\()]|\((?:\\.|[^\\()])*\))*)\)"
SHOWING = rb"/(f\d+) [\d.]+ Tf|((?:<[0-9A-F]*>|" + LITERAL + rb"|[-\d. \[\]])+)T[jJ]"


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page in the order it is drawn, without line ends."""
    objects = {int(found[1]): found[2] for found in re.finditer(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)}
    kids = re.search(rb"/Type/Pages/Count \d+/Kids\[([^\]]*)\]", pdf)
    return [_page_text(objects, int(number)) for number in re.findall(rb"(\d+) 0 R", kids[1])]


def text_of(pdf: bytes) -> str:
    """The text of all pages."""
    return "".join(pages_of(pdf))


def _page_text(objects: dict[int, bytes], page: int) -> str:
    body = objects[page]
    fonts = {
        name: _shapes(objects, int(number))
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", _resources(objects, body))
    }
    drawn, shapes, shown = _stream(objects[_reference(body, b"Contents")]), {}, []
    for font, strings, _ in re.findall(SHOWING, drawn, re.DOTALL):
        if font:
            shapes = fonts[font]
        else:
            shown += [shapes[code] for code in _codes(strings)]
    return "".join(shown)


def _resources(objects: dict[int, bytes], body: bytes) -> bytes:
    referred = re.search(rb"/Resources (\d+) 0 R", body)
    return objects[int(referred[1])] if referred else body


def _reference(body: bytes, name: bytes) -> int:
    return int(re.search(rb"/" + name + rb" (\d+) 0 R", body)[1])


def _stream(body: bytes) -> bytes:
    return zlib.decompress(re.search(rb"stream\r?\n(.*)\nendstream", body, re.DOTALL)[1])


def _shapes(objects: dict[int, bytes], font: int) -> dict[int, str]:
    table = re.search(rb"stream\r?\n(.*)\nendstream", objects[_reference(objects[font], b"ToUnicode")], re.DOTALL)[1]
    table = table if b"beginbfchar" in table else zlib.decompress(table)
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", table)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _codes(strings: bytes) -> list[int]:
    whole = b""
    for digits, literal in re.findall(rb"<([0-9A-F]*)>|" + LITERAL, strings, re.DOTALL):
        whole += bytes.fromhex(digits.decode()) if digits else _unescaped(literal)
    return [int.from_bytes(whole[at : at + 2], "big") for at in range(0, len(whole), 2)]


def _unescaped(literal: bytes) -> bytes:
    named = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def plain(escape: re.Match[bytes]) -> bytes:
        return bytes([int(escape[1], 8)]) if escape[1][:1].isdigit() else named.get(escape[1], escape[1])

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, literal, flags=re.DOTALL)
