"""Projects begun before the platform (存量项目补录): what an officer enters, one by one or as a table (A12.1).

Fewer facts than a declaration: those that the code names, and what a reader needs to know the project again. The rest
is the unit's to complete. A table names its columns in its first row; codes may be written as their names.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Any

from core.domain.declaration import read_answers
from core.domain.declaration_rules import fits_level, months_in_order
from core.domain.fields import FieldSpec, Industry, JsonValue, Kind
from core.domain.legacy_codes import LegacyCode, read_cells, read_legacy, refuse_too_many
from core.domain.remit import Region
from core.domain.secrecy import refuse_classified
from core.errors import FormRefusal, RuleRefusal

COLUMNS: Mapping[str, str] = {
    "legacy": "原编码",
    "project_name": "项目名称",
    "project_type": "项目类型",
    "project_level": "项目级别",
    "region_code": "建设地点",
    "industry_division": "行业大类",
    "planned_start": "开工时间",
    "planned_completion": "建成时间",
    "total_investment": "总投资（万元）",
    "unit_name": "项目单位",
    "unit_uscc": "统一社会信用代码",
}
"""What is asked, as form and table call it, in their order."""

VOUCHED = "not_classified_declared"
"""What the officer vouches for with a whole entry or file: nothing in it is classified (A3.2)."""

EARLIEST_START = "1949-01"
"""A legacy project began before it was entered: only what is no month at all is refused."""

LONGEST_CELL = 200
"""Characters of a cell; a longer one is cut, and refused by the rule of its field."""


@dataclass(frozen=True)
class Ground:
    """What entries are judged against: the form's fields, the day, the regions valid on it, the industries."""

    specs: tuple[FieldSpec, ...]
    today: date
    regions: Mapping[str, Region]
    industries: Mapping[str, Industry]

    @property
    def asked(self) -> tuple[FieldSpec, ...]:
        """The fields of a declaration that an entry holds."""
        return tuple(spec for spec in self.specs if spec.identifier in COLUMNS or spec.identifier == VOUCHED)


@dataclass(frozen=True)
class Entry:
    """One legacy project as it was understood."""

    legacy: LegacyCode
    facts: dict[str, JsonValue]


@dataclass(frozen=True)
class Row:
    """One row of a table: its line, what was read, and what is wrong with it (empty when nothing is)."""

    line: int
    legacy: str
    kind: str
    name: str
    facts: dict[str, Any]
    fault: str = ""


class Verdict(StrEnum):
    """What becomes of one row."""

    OK = "ok"
    WAITING = "waiting"
    ISSUED = "issued"
    KNOWN = "known"
    DUPLICATE = "duplicate"
    MALFORMED = "malformed"


VERDICT_WORDS = {
    Verdict.OK: "可以赋码",
    Verdict.WAITING: "已提交，等待赋码",
    Verdict.ISSUED: "已赋码",
    Verdict.KNOWN: "已经对应",
    Verdict.DUPLICATE: "原编码重复",
    Verdict.MALFORMED: "填写有误",
}


def read_entry(typed: Mapping[str, str], kind: str, ground: Ground) -> Entry:
    """One legacy project as typed, names of codes allowed: 审批 for 01, 长春市 for 220100.

    Refuses with every wrong field at once; a word that may be classified before anything else (A3.2, A12.1).
    """
    refuse_classified({name: typed.get(name, "") for name in COLUMNS})
    errors: dict[str, str] = {}
    legacy = None
    try:
        legacy = read_legacy(typed.get("legacy", ""), kind)
    except RuleRefusal as refusal:
        errors["legacy"] = refusal.words
    answers = {spec.identifier: [_code_of(spec, typed.get(spec.identifier, ""), ground)] for spec in ground.asked}
    read = read_answers(
        ground.asked, answers, today=ground.today, regions=ground.regions, industries=ground.industries,
        earliest_start=EARLIEST_START, rules=(fits_level, months_in_order),
    )  # fmt: skip
    errors |= read.errors
    if errors or legacy is None:
        raise FormRefusal(errors, article="A12.1")
    return Entry(legacy, {**read.facts, "legacy_codes": [{"kind": legacy.kind, "value": legacy.value}]})


def read_table(data: bytes, ground: Ground) -> list[Row]:
    """The rows of a table whose first row names the columns, in any order; each with what is wrong in itself.

    Refuses a file that can't be read, has no such first row, no row beneath it, or too many (A12.1).
    """
    lines = read_cells(data)
    places = _places(lines[0][1]) if lines else {}
    if missing := [words for name, words in COLUMNS.items() if name not in places]:
        words = f"第一行应是各栏的名称，缺少：{'、'.join(missing)}。可以下载空白表格对照"
        raise RuleRefusal(words, field="file", article="A12.1")
    if len(lines) == 1:
        raise RuleRefusal("表格里只有各栏的名称，没有项目", field="file", article="A12.1")
    refuse_too_many(len(lines) - 1)
    return [_row(line, _cells_by_name(cells, places), ground) for line, cells in lines[1:]]


def blank_table() -> list[str]:
    """The first row of an empty table."""
    return list(COLUMNS.values())


def _row(line: int, typed: dict[str, str], ground: Ground) -> Row:
    try:
        entry = read_entry({**typed, VOUCHED: "true"}, "", ground)
    except FormRefusal as refusal:
        said = "；".join(f"{COLUMNS[field]}：{words}" for field, words in refusal.errors.items())
        # of a text that may be classified nothing is kept, not even in a preview
        told = ("", "") if refusal.article == "A3.2" else (typed["legacy"], typed["project_name"])
        return Row(line, told[0], "", told[1], {}, said)
    return Row(line, entry.legacy.value, entry.legacy.kind, str(entry.facts["project_name"]), entry.facts)


def _cells_by_name(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    return {name: cells[place][:LONGEST_CELL] if place < len(cells) else "" for name, place in places.items()}


def _places(heading: Sequence[str]) -> dict[str, int]:
    """Column → where it stands, however its name is spaced and whatever stands in brackets behind it."""
    bare = [_bare(cell) for cell in heading]
    return {name: bare.index(_bare(words)) for name, words in COLUMNS.items() if _bare(words) in bare}


@lru_cache(maxsize=4096)  # the names of places and industries are compared with every row
def _bare(words: str) -> str:
    return re.sub(r"\(.*?\)|\s", "", unicodedata.normalize("NFKC", words))


def _code_of(spec: FieldSpec, text: str, ground: Ground) -> str:
    """The code that a text means: itself, or the one of that name; a spreadsheet drops the noughts before a number."""
    said = _bare(text)
    if spec.kind is Kind.CHOICE:
        names = [(choice.name, choice.code) for choice in spec.choices]
    elif spec.kind is Kind.INDUSTRY:
        names = [(industry.name, code) for code, industry in ground.industries.items()]
    elif spec.kind is Kind.REGION:
        names = [(region.name, code) for code, region in ground.regions.items()]
    else:
        return text
    meant = [code for name, code in names if _bare(name) == said]
    if len(meant) == 1:
        return meant[0]
    return said.zfill(2) if said.isdecimal() else said
