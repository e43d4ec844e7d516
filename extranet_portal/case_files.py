"""The files of one case as its page lists and shows them: materials, notices, the approval document (design 07)."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.cases.facts import guide_of, materials_of
from core.cases.notices import notices_of_case
from core.cases.tables import Case, CaseMaterial, Decision
from core.documents.notice_facts import TITLES, NoticeKind
from core.guides.guide import MaterialNeed
from core.web.ask import Ask
from extranet_portal.shown import on_day

_VIEWABLE = ("application/pdf", "image/png", "image/jpeg")


@dataclass(frozen=True)
class FileShown:
    """One file of a case: how the list names it and where it is seen and downloaded."""

    key: str
    title: str
    hint: str
    file_name: str
    size: int
    href: str
    is_viewable: bool


@dataclass(frozen=True)
class NeedShown:
    """One material the guide asks for: what of it is here (current first), or why not."""

    name: str
    files: tuple[FileShown, ...]
    words: str
    is_missing: bool


@dataclass(frozen=True)
class MaterialsShown:
    """Every material of the case, with how many are missing."""

    needs: tuple[NeedShown, ...]
    heading: str
    missing: int


def materials(ask: Ask, case: Case) -> MaterialsShown:
    """The materials in the guide's order, each with its files; what came beyond the guide stands last."""
    handed_in: dict[str, list[CaseMaterial]] = {}
    for row in materials_of(ask.session, case):
        handed_in.setdefault(row.material_code, []).append(row)
    needs = guide_of(ask.session, case).materials
    known = {need.code for need in needs}
    shown = [_need(ask, case, need, handed_in.get(need.code, [])) for need in needs]
    shown += [
        NeedShown(rows[0].name, _files(ask, case, rows), "", False)
        for code, rows in handed_in.items()
        if code not in known
    ]
    missing = sum(one.is_missing for one in shown)
    count = sum(bool(one.files) for one in shown)
    wanted = any(need.must_be_handed_in for need in needs)
    state = f"缺 {missing} 份" if missing else "必需材料齐全"
    heading = f"材料　{count} 份，{state}" if count or wanted else "材料　免提交"
    return MaterialsShown(tuple(shown), heading, missing)


def decision_file(ask: Ask, case: Case, decision: Decision) -> FileShown:
    """The scan of the approval document."""
    href = ask.url("case.decision_file", case_id=case.id)
    title = f"批复扫描件　{decision.document_number}"
    return FileShown("decision", title, "PDF", decision.scan_name, decision.scan_size, href, True)


def notice_files(ask: Ask, case: Case) -> tuple[FileShown, ...]:
    """The notices issued in this case, newest first."""
    return tuple(
        FileShown(
            f"notice-{notice.id}",
            TITLES[NoticeKind(notice.kind)],
            f"{'已作废　' if notice.voided_at else ''}{notice.number}　{on_day(notice.issued_at, ask.today)}",
            f"{TITLES[NoticeKind(notice.kind)]}.pdf",
            notice.size,
            ask.url("case.notice_file", case_id=case.id, notice_id=notice.id),
            True,
        )
        for notice in notices_of_case(ask.session, case)
    )


def chosen_file(wanted: str, files: Sequence[FileShown]) -> FileShown | None:
    """The file in the viewer: the one asked for, else the first that can be looked at, else the first."""
    by_key = {one.key: one for one in files}
    viewable = next((one for one in files if one.is_viewable), None)
    return by_key.get(wanted) or viewable or (files[0] if files else None)


def _need(ask: Ask, case: Case, need: MaterialNeed, rows: Sequence[CaseMaterial]) -> NeedShown:
    there = any(row.is_current for row in rows)
    if need.is_shared:
        words = "共享核验，免提交"
    elif there:
        words = ""
    else:
        words = {
            "yes": "必需，未提交",
            "conditional": f"按情况提交：{need.condition}".rstrip("："),
            "no": "选交，未提交",
        }[need.required]
    return NeedShown(need.name, _files(ask, case, rows), words, need.must_be_handed_in and not there)


def _files(ask: Ask, case: Case, rows: Sequence[CaseMaterial]) -> tuple[FileShown, ...]:
    return tuple(
        FileShown(
            str(row.id),
            row.name,
            f"{'' if row.is_current else '补正前　'}{row.file_name}",
            row.file_name,
            row.size,
            ask.url("case.material_file", case_id=case.id, material_id=row.id),
            row.media_type in _VIEWABLE,
        )
        for row in rows
    )
