"""Print notices as PDF/A-2b: same facts, same bytes, on any machine with the same fonts (A13.2, A14.3, A14.5).

The layout lies in templates/notices, one file per notice; it holds no rule. The QR code opens the verification page,
the code in the foot is computed from the facts alone. No network, no clock: the document's date is the date of issue.
"""

import io
import json
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import Lock

import segno
import typst

from core.documents.notice_facts import KINDS, TITLES, Facts, FilingFacts, NoticeKind, check_code
from core.documents.notice_tags import LAYOUTS, findings

FONTS = Path("/usr/share/fonts/opentype/noto")
FAMILIES = frozenset({"Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC"})
# 〓 is what Chinese typesetting prints for a character that is not in the case.
UNPRINTABLE = "〓"
PLAIN = frozenset(map(chr, range(32, 127))) | {"\n"}


class FontsMissing(Exception):
    """The folder lacks a font that notices are set in; nothing is printed with another one."""


class TagsUnknown(Exception):
    """A template names a fact that its notice does not have: nothing is issued from it (A7.1)."""


def render(kind: NoticeKind, facts: Facts, *, verify_url: str, fonts: Path = FONTS) -> bytes:
    """The notice as PDF/A-2b.

    `verify_url` is the absolute address the QR code opens; `fonts` the folder of the Noto CJK fonts. Refuses facts of
    another kind of notice (TypeError) and a folder without the fonts (`FontsMissing`). A13.1, A13.2.
    """
    if KINDS[type(facts)] is not kind:
        raise TypeError(f"{type(facts).__name__} are not the facts of {kind.value}")
    title = facts.title if isinstance(facts, FilingFacts) else TITLES[kind]
    shown = {"title": title, "check": check_code(facts), **asdict(facts)}
    return _press(fonts).print(kind.value, shown, issued_on=facts.head.issued_on, qr=_qr(verify_url))


def sample_scan(title: str, number: str, organ: str, issued_on: date, *, fonts: Path = FONTS) -> bytes:
    """A one-page PDF like a department's approval document, for demonstrations and tests; its foot says so."""
    shown = {"title": title, "number": number, "organ": organ, "date": issued_on}
    return _press(fonts).print("sample_scan", shown, issued_on=issued_on)


def sample_material(title: str, issued_on: date, *, fonts: Path = FONTS) -> bytes:
    """A report of two pages as a unit hands it in, for demonstrations; its foot says so."""
    return _press(fonts).print("sample_material", {"title": title, "date": issued_on}, issued_on=issued_on)


@lru_cache(maxsize=2)
def warm(fonts: Path = FONTS) -> None:
    """Read the fonts before the first notice needs them: half a second that no transaction should wait for."""
    _press(fonts).print("sample_material", {"title": "", "date": date(2000, 1, 1)}, issued_on=date(2000, 1, 1))


def chinese_date(day: date) -> str:
    """2026 年 11 月 13 日, as notices print it."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


class Press:
    """One warm compiler: fonts are read once; used by one thread at a time."""

    def __init__(self, fonts: Path) -> None:
        """Refuses a folder without the fonts, and templates with a tag that does not exist."""
        if unknown := findings():
            raise TagsUnknown("; ".join(unknown))
        found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
        if missing := FAMILIES - set(found.families()):
            raise FontsMissing(f"{fonts}: {', '.join(sorted(missing))}")
        self._compiler = typst.Compiler(root=LAYOUTS, font_paths=found, ignore_system_fonts=True)
        self._lock = Lock()

    def print(self, layout: str, shown: dict[str, object], *, issued_on: date, qr: str = "") -> bytes:
        """The layout filled with what is to be shown, as PDF/A-2b dated with the date of issue."""
        day = [issued_on.year, issued_on.month, issued_on.day]
        text = json.dumps(shown | {"day": day}, default=chinese_date, ensure_ascii=False)
        with self._lock:
            try:
                return self._compile(layout, text, qr)
            except typst.TypstError:
                told = _replaced(json.loads(text), self._shapeless(text))
                return self._compile(layout, json.dumps(told, ensure_ascii=False), qr)

    def _compile(self, layout: str, facts: str, qr: str) -> bytes:
        made = self._compiler.compile(
            input=LAYOUTS / f"{layout}.typ",
            sys_inputs={"facts": facts, "qr": qr},
            format="pdf",
            pdf_standards=["a-2b"],
        )
        assert isinstance(made, bytes)
        return made

    def _shapeless(self, text: str) -> frozenset[str]:
        # PDF/A forbids a character without a shape. Each is tried alone, which is slow and happens to rare names only.
        return frozenset(letter for letter in {*text, *map(chr, range(32))} - PLAIN if not self._prints(letter))

    def _prints(self, letter: str) -> bool:
        try:
            self._compile("_letter", json.dumps(letter), "")
        except (typst.TypstError, UnicodeEncodeError):
            return False
        return True


def _replaced(value: object, letters: frozenset[str]) -> object:
    if isinstance(value, str):
        return "".join(UNPRINTABLE if letter in letters else letter for letter in value)
    if isinstance(value, list):
        return [_replaced(part, letters) for part in value]
    if isinstance(value, dict):
        return {name: _replaced(part, letters) for name, part in value.items()}
    return value


@lru_cache(maxsize=2)
def _press(fonts: Path) -> Press:
    return Press(fonts)


def _qr(url: str) -> str:
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
