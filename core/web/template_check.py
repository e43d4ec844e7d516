"""What a template may not hold, found by reading it: `python -m core.web.template_check` prints file:line: words.

The content security policy allows no inline style or script and nothing from other hosts; a form that posts carries its
token; a project is printed with its code (A13.1); files stay short enough to be read. The tags of the notices are
checked too (`core.documents.notice_tags`).
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.documents import notice_tags

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGE_LINES = 120
MACRO_LINES = 40


@dataclass(frozen=True, order=True)
class Finding:
    """One thing to mend: `path` below templates/, `line` from 1, in `words`."""

    path: str
    line: int
    words: str

    def __str__(self) -> str:
        """As editors and terminals like it: path, line, words."""
        return f"templates/{self.path}:{self.line}: {self.words}"


@dataclass(frozen=True)
class Ban:
    """A pattern and why it may not stand. `in_html`: sought outside the braces of Jinja only."""

    pattern: re.Pattern[str]
    words: str
    in_html: bool = False


def _ban(pattern: str, words: str, *, in_html: bool = False) -> Ban:
    return Ban(re.compile(pattern, re.IGNORECASE), words, in_html)


BANS = (
    _ban(r"\sstyle\s*=", "no inline style: add a class to app.css"),
    _ban(r"<style\b", "no style element: add to app.css"),
    _ban(r"<script\b(?![^>]*\ssrc=)", "no inline script"),
    _ban(r"\son[a-z]+\s*=", "no event attribute", in_html=True),
    _ban(r"\bhx-on\b", "no hx-on: it evaluates script"),
    _ban(r"\b(?:js|javascript):", "no js: value: it evaluates script"),
    _ban(r"hx-trigger\s*=\s*(?:\"[^\"]*\[|'[^']*\[)", "no event filter in hx-trigger: it evaluates script"),
    _ban(r"\|\s*safe\b", "no |safe: everything printed is escaped"),
    _ban(r"\{%-?\s*autoescape\b", "no autoescape block: everything printed is escaped"),
    _ban(r"\bhttps?://", "no other host"),
    _ban(r"\b(?:src|href|action|formaction|hx-\w+)\s*=\s*[\"']//", "no other host"),
    _ban(r"<img\b(?![^>]*\salt=)", "an img says what it shows in alt", in_html=True),
)
NAME = re.compile(r"\bproject\.name\b")
NAME_IS_INPUT = re.compile(r"(?:value=(?:\"\{\{\s*)?|<title>[^<]*)$")
POSTING = re.compile(
    r"<form\b(?=[^>]*(?:\smethod\s*=\s*[\"']?post|\shx-(?:post|put|patch|delete)\s*=))[^>]*>", re.IGNORECASE
)
FORM_END = re.compile(r"</form\s*>", re.IGNORECASE)
MACRO = re.compile(r"\{%-?\s*macro\s+(\w+).*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
BRACES = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


def findings(root: Path = TEMPLATES) -> list[Finding]:
    """Everything to mend in the HTML templates below `root`, file by file."""
    return [
        found
        for path in sorted(root.rglob("*.html"))
        for found in check(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    ]


def check(path: str, text: str) -> list[Finding]:
    """Everything to mend in one template; `path` is the one below templates/."""
    source = COMMENT.sub(_blank, text)
    html = BRACES.sub(_blank, source)
    rules: tuple[Callable[[str, str, str], Iterator[tuple[int, str]]], ...] = (_banned, _forms, _names, _sizes)
    return sorted(
        Finding(path, source.count("\n", 0, at) + 1, words) for rule in rules for at, words in rule(path, source, html)
    )


def _banned(_path: str, source: str, html: str) -> Iterator[tuple[int, str]]:
    for ban in BANS:
        for found in ban.pattern.finditer(html if ban.in_html else source):
            yield found.end(), ban.words


def _forms(_path: str, source: str, html: str) -> Iterator[tuple[int, str]]:
    for found in POSTING.finditer(html):
        end = FORM_END.search(html, found.end())
        if "csrf(" not in source[found.end() : end.start() if end else len(source)]:
            yield found.start(), "a form that posts carries csrf(csrf_token)"


def _names(path: str, source: str, _html: str) -> Iterator[tuple[int, str]]:
    if path == "components/project_name.html":
        return
    for found in NAME.finditer(source):
        line_start = source.rfind("\n", 0, found.start()) + 1
        if not NAME_IS_INPUT.search(source[line_start : found.start()]):
            yield found.start(), "a project is printed by project_name, with its code (A13.1)"


def _sizes(path: str, source: str, _html: str) -> Iterator[tuple[int, str]]:
    if source.count("\n") > PAGE_LINES:
        yield len(source) - 1, f"more than {PAGE_LINES} lines: make a fragment or a component"
    for found in MACRO.finditer(source):
        if found.group(0).count("\n") >= MACRO_LINES:
            yield found.start(), f"macro {found.group(1)} has more than {MACRO_LINES} lines"


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found.group(0))


def main() -> int:
    """Print what is to mend, also in the notices' templates; 1 if there is anything, else 0."""
    found = [*map(str, findings()), *notice_tags.findings()]
    sys.stdout.writelines(f"{one}\n" for one in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
