"""The documents of the demonstration: scans to hand in and approval documents with numbers as departments give them."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from core.demo.places import place_of
from core.documents.content import Store
from core.documents.materials import Filed
from core.documents.rendering import sample_material, sample_scan
from core.organisations import OrgUnit

_SERIES = {
    "ECO-01": "环审（书）",
    "ECO-02": "环审（表）",
    "DRC-01": "发改审批",
    "DRC-02": "发改审批",
    "DRC-03": "发改审批",
    "DRC-04": "发改核准",
    "DRC-06": "发改节能",
    "DRC-07": "发改招标",
    "NRD-01": "自然资预审",
    "NRD-02": "自然资用地",
    "NRD-04": "自然资地规",
    "NRD-05": "自然资建规",
    "WAT-01": "水保审",
    "WAT-03": "水洪审",
    "FOR-01": "林地审",
}
_BY_DEPARTMENT = {
    "drc": "发改审",
    "nr": "自然资审",
    "ee": "环审",
    "hc": "住建审",
    "water": "水许可",
    "forestry": "林许可",
    "transport": "交许可",
    "culture": "文旅许可",
    "emergency": "应急审",
    "civil_defence": "人防审",
    "earthquake": "震审",
    "meteorology": "气许可",
}
_BRACKETS = re.compile("（[^）]*）")


@dataclass
class Papers:
    """Numbers and scans. One scan of each material serves every project; an approval document is one of its own."""

    unit_files: Store
    office_files: Store
    _numbers: Counter[str] = field(default_factory=Counter)
    _scans: dict[str, Filed] = field(default_factory=dict)

    def material(self, name: str, on: date) -> Filed:
        """A scan that passes for this material, dated when it was first wanted."""
        if name not in self._scans:
            stored = self.unit_files.put([sample_material(name, on)])
            self._scans[name] = Filed(
                f"{name[:60].replace('/', '、')}.pdf", "application/pdf", stored.digest, stored.size
            )
        return self._scans[name]

    def number(self, unit: OrgUnit, item_code: str, on: date) -> str:
        """The next document number of a unit for this item: 南环审（表）〔2026〕64 号."""
        word = _SERIES.get(item_code) or _BY_DEPARTMENT.get(unit.department, "审")
        series = f"{place_of(unit.region_code).letter}{word}〔{on.year}〕"
        self._numbers[series] += 1
        return f"{series}{self._numbers[series] + len(series) % 7 * 6} 号"

    def approval(self, title: str, number: str, organ: str, on: date) -> Filed:
        """The scan of one approval document."""
        stored = self.office_files.put([sample_scan(title, number, organ, on)])
        return Filed(f"{number}.pdf", "application/pdf", stored.digest, stored.size)


def document_title(outcome_document: str, project_name: str, *, denied: bool) -> str:
    """What an approval document is called: 关于某某项目环境影响报告表的批复, 某某项目建设用地规划许可证.

    `outcome_document` is the name the item's guide gives it.
    """
    plain = _BRACKETS.sub("", outcome_document).removeprefix("建设项目")
    if plain.startswith("关于"):
        subject = plain.removeprefix("关于").removesuffix("的批复")
        return f"关于不予批准{project_name}{subject}的决定" if denied else f"关于{project_name}{subject}的批复"
    return f"关于不予批准{project_name}{plain}的决定" if denied else f"{project_name}{plain}"
