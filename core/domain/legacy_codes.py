"""Codes given outside the platform (原编码): how they are compared, and how a file of them is read (A12.1).

Two spellings of one code are one code: width, case, spaces and dashes don't count. A file comes as it was saved:
UTF-8 with or without mark, GB 18030, UTF-16; parted by commas, tabs or semicolons.
"""

import csv
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from core.domain import project_code
from core.domain.secrecy import find_classified, refusal_words
from core.errors import RuleRefusal

LONGEST = 100
"""Characters of a legacy code."""

MOST_ROWS = 5000
"""Rows of one file; more come as several files."""

MOST_OF_PROJECT = 200
"""Legacy codes of one project: more are a mistake, and would not fit into one message."""

MOST_BYTES = 2 * 1024 * 1024

KINDS = {
    "platform2017": "2017 年规则的项目代码",
    "gb40058": "2020 年国家规则的项目代码",
    "department": "部门原有编号",
    "other": "其他",
}


class Verdict(StrEnum):
    """What becomes of one row."""

    OK = "ok"
    KNOWN = "known"
    UNKNOWN_CODE = "unknown_code"
    DUPLICATE = "duplicate"
    TOO_MANY = "too_many"
    MALFORMED = "malformed"


VERDICT_WORDS = {
    Verdict.OK: "可以对应",
    Verdict.KNOWN: "已经对应",
    Verdict.UNKNOWN_CODE: "没有这个项目代码",
    Verdict.DUPLICATE: "原编码重复",
    Verdict.TOO_MANY: "项目的原编码过多",
    Verdict.MALFORMED: "填写有误",
}


@dataclass(frozen=True)
class LegacyCode:
    """A code as it is kept: `key` is what it is compared by."""

    key: str
    value: str
    kind: str


@dataclass(frozen=True)
class Row:
    """One row of a file: its line, both cells as they stand, and what is wrong with them (empty when nothing is)."""

    line: int
    legacy: str
    code: str
    fault: str = ""


def key_of(text: str) -> str:
    """What a legacy code is compared by: one width, one case, no blanks, no dashes."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        letter for letter in folded if not letter.isspace() and unicodedata.category(letter) not in ("Pd", "Cf", "Cc")
    ).replace("−", "").replace("_", "")  # fmt: skip


def read_legacy(text: str, kind: str = "") -> LegacyCode:
    """One legacy code as typed; its kind is known by its form unless it is told.

    Refuses an empty or overlong one, one without letter or digit, and one that may be classified (A3.2, A12.1).
    """
    value = " ".join(unicodedata.normalize("NFKC", text).split())
    key = key_of(value)
    if not any(letter.isalnum() for letter in key):
        raise RuleRefusal("请填写原编码", field="legacy", article="A12.1")
    if len(value) > LONGEST:
        raise RuleRefusal(f"原编码最多 {LONGEST} 个字，现在是 {len(value)} 个字", field="legacy", article="A12.1")
    if hit := find_classified(value):
        raise RuleRefusal(refusal_words(hit), field="legacy", article="A3.2")
    return LegacyCode(key, value, kind if kind in KINDS else _kind(value))


def read_file(data: bytes) -> list[Row]:
    """The rows of a file, its heading and blank lines left out; each with what is wrong in itself.

    Refuses a file that is empty, too large, has too many rows, or whose text can't be read (A12.1).
    """
    lines = read_cells(data)
    if lines and _is_heading(lines[0][1]):
        del lines[0]
    if not lines:
        raise _refusal("文件里没有内容。每行写一个原编码和对应的项目代码")
    refuse_too_many(len(lines))
    return [_row(number, cells) for number, cells in lines]


def read_cells(data: bytes) -> list[tuple[int, list[str]]]:
    """The lines of a table that hold anything: number and cells, blanks at their ends trimmed.

    Refuses a file that is too large, or whose text can't be read (A12.1).
    """
    if len(data) > MOST_BYTES:
        raise _refusal(f"文件不能大于 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件")
    return _cells(_text(data))


def refuse_too_many(lines: int) -> None:
    """Refuse a file of more rows than are looked at in one go (A12.1)."""
    if lines > MOST_ROWS:
        raise _refusal(f"一个文件最多 {MOST_ROWS:,} 行，现在有 {lines:,} 行，请分成几个文件")


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names: tuple[str, ...] = ("utf-16",)
    else:
        names = ("utf-8-sig", "gb18030")
    for name in names:
        try:
            return data.decode(name).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise _refusal("认不出文件的文字编码。请另存为 CSV（UTF-8）后再导入")


def _cells(text: str) -> list[tuple[int, list[str]]]:
    first = text.lstrip().partition("\n")[0]
    delimiter = max((",", "\t", ";", "，"), key=first.count)
    try:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        reader = csv.reader([f"{line}\n" for line in lines], delimiter=delimiter)
        found = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error:
        raise _refusal("文件不是 CSV 表格。请用表格软件另存为 CSV 后再导入") from None
    return [(line, cells) for line, cells in found if any(cells)]


def _is_heading(cells: list[str]) -> bool:
    return any("编码" in cell or "代码" in cell for cell in cells) and not any(
        character.isdigit() for cell in cells for character in cell
    )


def _row(line: int, cells: list[str]) -> Row:
    legacy, code = [*cells, "", ""][:2]
    shown = Row(line, legacy[: LONGEST + 20], code[:60])
    if len([cell for cell in cells if cell]) != 2 or not legacy or not code:
        return Row(line, shown.legacy, shown.code, "每行应有两栏：原编码、项目代码")
    try:
        read = read_legacy(legacy)
        parsed = str(project_code.parse(code))
    except RuleRefusal as refusal:
        # of a text that may be classified nothing is kept, not even in a preview
        told = "" if refusal.article == "A3.2" else shown.legacy
        return Row(line, told, shown.code, refusal.words)
    if key_of(parsed) == read.key:
        return Row(line, read.value, parsed, "原编码就是这个项目代码，不需要对应")
    return Row(line, read.value, parsed)


def _kind(value: str) -> str:
    if project_code.is_gb40058(value):
        return "gb40058"
    try:
        project_code.parse(value)
    except RuleRefusal:
        return "other"
    return "platform2017"


def _refusal(words: str) -> RuleRefusal:
    return RuleRefusal(words, field="file", article="A12.1")
