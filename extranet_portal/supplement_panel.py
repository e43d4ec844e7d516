"""The one request to supplement beside its case: what was asked for, which file answers it, the one before (A14.3)."""

from dataclasses import dataclass
from typing import Any

from core.cases.facts import materials_of, supplement_of
from core.cases.tables import Case, CaseMaterial, Supplement
from core.projects.tables import Project
from core.web.ask import Ask
from core.web.shown import date_words
from extranet_portal.panel import PanelShown
from extranet_portal.shown import on_day


@dataclass(frozen=True)
class VersionShown:
    """One file of a material; `key` is what the page's viewer knows it by."""

    key: str
    file_name: str
    words: str


@dataclass(frozen=True)
class AskedShown:
    """One material of the request: what was wrong, how to cure it, its answers and its versions before."""

    name: str
    fault: str
    cure: str
    answers: tuple[VersionShown, ...]
    before: tuple[VersionShown, ...]


def supplement_panel(ask: Ask, case: Case, project: Project) -> PanelShown | None:
    """The request with its answers, item by item; none where nothing was asked for."""
    del project
    asked = supplement_of(ask.session, case)
    if asked is None:
        return None
    rows = materials_of(ask.session, case)
    words = on_day(asked.requested_at, ask.today, f"{asked.requested_by}告知")
    shown = {
        "items": [_asked(ask, asked, item, rows) for item in asked.items],
        "asked": words,
        "answered": on_day(asked.answered_at, ask.today, "项目单位补正") or "等待项目单位补正",
        "until": date_words(asked.answer_by, ask.today, "前补正"),
        "href": ask.url("case.see", case_id=case.id),
    }
    return PanelShown("extranet/intake/_supplement.html", shown)


def _asked(ask: Ask, asked: Supplement, item: dict[str, Any], rows: list[CaseMaterial]) -> AskedShown:
    own = [row for row in rows if row.material_code == item["material_code"]]
    return AskedShown(
        name=str(item["name"]),
        fault=str(item["fault"]),
        cure=str(item.get("cure", "")),
        answers=tuple(_version(ask, row) for row in own if row.supplement_id == asked.id),
        before=tuple(_version(ask, row) for row in own if row.supplement_id is None),
    )


def _version(ask: Ask, row: CaseMaterial) -> VersionShown:
    return VersionShown(str(row.id), row.file_name, on_day(row.handed_in_at, ask.today, "提交"))
