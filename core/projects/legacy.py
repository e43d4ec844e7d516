"""Officers map legacy codes to projects, one by one or by file; the internet zone is told (A12.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from core.database import bump
from core.domain import legacy_codes as rules
from core.domain.legacy_codes import LegacyCode, Row, Verdict
from core.domain.legacy_states import EntryState
from core.domain.policy import PLATFORM, Actor, reach
from core.errors import Absent, Conflict, RuleRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.legacy_messages import LegacyCodesTold, LegacyCodeTold
from core.projects.legacy_tables import LegacyProject
from core.projects.link_tables import ExtranetLegacyCode, LegacyImport, PublicLegacyCode
from core.projects.links import legacy_codes_of
from core.projects.tables import Project
from core.trace import record

_AWAITS = "原编码的项目正在补录，等待赋码"
_TOO_MANY = f"一个项目最多对应 {rules.MOST_OF_PROJECT} 个原编码"


@dataclass(frozen=True)
class Judged:
    """One row of a file with its verdict, in words for the officer."""

    row: Row
    verdict: Verdict
    words: str


def map_code(
    session: Session, project_code: str, typed: str, *, kind: str = "", by: Actor, at: datetime, source: str = "officer"
) -> None:
    """Map one legacy code to a project of ours (A12.1).

    Refuses a code that is mapped already, our own code, and a project beyond the officer's reach.
    """
    legacy = rules.read_legacy(typed, kind)
    project = _project_in_reach(session, project_code, by)
    verdict, words = _verdict(session, legacy, project.code)
    if verdict is not Verdict.OK:
        raise RuleRefusal(words, field="legacy", article="A12.1")
    _keep(session, project.code, legacy, by=by, at=at, source=source)
    _tell(session, project.code, at=at)


def mapping_for(session: Session, actor: Actor, key: str) -> ExtranetLegacyCode:
    """One mapping whose project lies within the actor's reach; any other looks like none (T5)."""
    row = session.get(ExtranetLegacyCode, key[:300])
    if row is None or not _codes_in_reach(session, {row.project_code}, actor):
        raise Absent("没有找到这个原编码")
    return row


def unmap_code(session: Session, key: str, *, reason: str, by: Actor, at: datetime) -> None:
    """Take a mapping back that was wrong, with the reason (A12.1)."""
    row = mapping_for(session, by, key)
    project = session.get_one(Project, row.project_code)
    if not reason.strip():
        raise RuleRefusal("请写明取消对应的理由", field="reason", article="A12.1")
    session.delete(row)
    session.flush()
    record(
        session, "legacy_code.unmap", "project", project.code, f"取消原编码对应：{row.value}",
        by=by, at=at, project_code=project.code, reason=reason.strip(),
    )  # fmt: skip
    _tell(session, project.code, at=at)


def map_declared(session: Session, project_code: str, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Map the legacy codes that a declaration names, those that mean no other project yet (A12.1)."""
    declared: list[LegacyCode] = []
    for one in facts.get("legacy_codes") or ():
        try:
            declared.append(rules.read_legacy(str(one["value"]), str(one["kind"])))
        except RuleRefusal:
            continue  # the declaration stands; what is no code is not found by
    map_if_free(session, project_code, declared, by=PLATFORM, at=at, source="declared")


def map_if_free(
    session: Session, project_code: str, codes: Sequence[LegacyCode], *, by: Actor, at: datetime, source: str
) -> None:
    """Map those of these codes that mean no other project; the trace names the others (A12.1)."""
    found = False
    for legacy in codes:
        verdict, words = _verdict(session, legacy, project_code)
        if verdict is Verdict.OK:
            _keep(session, project_code, legacy, by=by, at=at, source=source)
            found = True
        elif verdict is Verdict.DUPLICATE:
            record(
                session, "legacy_code.keep_out", "project", project_code, f"申报的原编码未对应：{words}"[:400],
                by=by, at=at, project_code=project_code,
            )  # fmt: skip
    if found:
        _tell(session, project_code, at=at)


def read_import(session: Session, data: bytes, file_name: str, *, by: Actor, at: datetime) -> LegacyImport:
    """Keep a file as it was read, to be looked at before anything is mapped (A12.1)."""
    rows = rules.read_file(data)
    kept = LegacyImport(officer_id=by.id, file_name=file_name[:200], rows=[asdict(row) for row in rows], read_at=at)
    session.add(kept)
    session.flush()
    return kept


def import_of(session: Session, by: Actor, import_id: str) -> LegacyImport:
    """One's own file; another's looks like none."""
    found = session.get(LegacyImport, import_id)
    if found is None or found.officer_id != by.id:
        raise Absent("没有找到这次导入")
    return found


def judge(session: Session, kept: LegacyImport, *, by: Actor) -> list[Judged]:
    """What would become of every row now: a dry run that changes nothing (A12.1)."""
    rows = [Row(**row) for row in kept.rows]
    projects = _codes_in_reach(session, {row.code for row in rows if not row.fault}, by)
    keys = [rules.key_of(row.legacy) for row in rows if not row.fault]
    mapped = mapped_to(session, keys) | dict.fromkeys(awaiting_code(session, keys), "")
    judged: list[Judged] = []
    first: dict[str, int] = {}
    held = _counts(session, projects)
    for row in rows:
        one = _judge(row, projects, mapped, first)
        if one.verdict is Verdict.OK:
            held[row.code] = held.get(row.code, 0) + 1
            one = one if held[row.code] <= rules.MOST_OF_PROJECT else Judged(row, Verdict.TOO_MANY, _TOO_MANY)
        judged.append(one)
    return judged


def confirm(session: Session, kept: LegacyImport, *, by: Actor, at: datetime, seen: int | None = None) -> int:
    """Map every row that can be mapped; the number of mappings. Refuses a file that was confirmed already (A12.1)."""
    bump(session, kept, seen=seen)
    if kept.confirmed_at is not None:
        raise RuleRefusal("这次导入已经确认过", article="A12.1")
    fit = [one.row for one in judge(session, kept, by=by) if one.verdict is Verdict.OK]
    grouped: dict[str, list[LegacyCode]] = {}
    for row in fit:
        grouped.setdefault(row.code, []).append(rules.read_legacy(row.legacy))
    for code, legacies in grouped.items():
        _keep(session, code, *legacies, by=by, at=at, source="import")
        _tell(session, code, at=at)
    kept.confirmed_at, kept.mapped = at, len(fit)
    session.add(kept)
    record(session, "legacy_code.import", "legacy_import", kept.id, f"导入原编码 {len(fit)} 个", by=by, at=at)
    return len(fit)


@applies(LegacyCodesTold)
def show_legacy_codes(session: Session, told: LegacyCodesTold, envelope: Envelope) -> None:
    """Internet zone: a project is found by exactly these legacy codes now (A12.1)."""
    del envelope
    wanted = {one.key: one for one in told.codes}
    for row in legacy_codes_of(session, told.project_code):
        if row.key not in wanted:
            session.delete(row)
    session.flush()
    for one in told.codes:
        session.merge(
            PublicLegacyCode(
                key=one.key, value=one.value, kind=one.kind, project_code=told.project_code, mapped_at=told.told_at
            )
        )


def _judge(row: Row, projects: set[str], mapped: Mapping[str, str], first: dict[str, int]) -> Judged:
    if row.fault:
        return Judged(row, Verdict.MALFORMED, row.fault)
    key = rules.key_of(row.legacy)
    if row.code not in projects:
        return Judged(row, Verdict.UNKNOWN_CODE, "本平台没有这个项目代码，或者项目不在你的管辖范围")
    if key in first:
        return Judged(row, Verdict.DUPLICATE, f"与第 {first[key]} 行的原编码相同")
    first[key] = row.line
    if key not in mapped:
        return Judged(row, Verdict.OK, rules.VERDICT_WORDS[Verdict.OK])
    if mapped[key] == row.code:
        return Judged(row, Verdict.KNOWN, "已经对应到这个项目，不再重复")
    return Judged(row, Verdict.DUPLICATE, f"已对应到项目 {mapped[key]}" if mapped[key] else _AWAITS)


def _verdict(session: Session, legacy: LegacyCode, project_code: str) -> tuple[Verdict, str]:
    if session.get(Project, legacy.value) is not None:
        return Verdict.MALFORMED, "这是本平台的项目代码，不是原编码"
    held = session.get(ExtranetLegacyCode, legacy.key)
    if held is None and awaiting_code(session, [legacy.key]):
        return Verdict.DUPLICATE, _AWAITS
    if held is None:
        full = _counts(session, {project_code}).get(project_code, 0) >= rules.MOST_OF_PROJECT
        return (Verdict.TOO_MANY, _TOO_MANY) if full else (Verdict.OK, "")
    if held.project_code == project_code:
        return Verdict.KNOWN, f"原编码“{held.value}”已经对应到这个项目"
    return Verdict.DUPLICATE, f"原编码“{held.value}”已对应到项目 {held.project_code}"


def _keep(session: Session, code: str, *legacies: LegacyCode, by: Actor, at: datetime, source: str) -> None:
    rows = [
        ExtranetLegacyCode(
            key=one.key, value=one.value, kind=one.kind, project_code=code, mapped_at=at, source=source,
            mapped_by=by.name,
        )
        for one in legacies
    ]  # fmt: skip
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError:
        raise Conflict("其他人刚刚对应了其中的原编码，请看最新情况后再办") from None
    values = [one.value for one in legacies]
    words = f"对应原编码：{values[0]}" if len(values) == 1 else f"对应原编码 {len(values)} 个"
    record(
        session, "legacy_code.map", "project", code, words, by=by, at=at, project_code=code,
        change={"legacy_codes": [[], values]},
    )  # fmt: skip


def _tell(session: Session, code: str, *, at: datetime) -> None:
    codes = legacy_codes_of(session, code)
    told = tuple(LegacyCodeTold(key=row.key, value=row.value, kind=row.kind) for row in codes)
    send(session, LegacyCodesTold(project_code=code, codes=told, told_at=at), at=at)


def _project_in_reach(session: Session, code: str, by: Actor) -> Project:
    project = session.get(Project, code)
    if project is None or not _codes_in_reach(session, {code}, by):
        raise RuleRefusal("本平台没有这个项目代码，或者项目不在你的管辖范围", field="code", article="A12.1")
    return project


def _codes_in_reach(session: Session, codes: set[str], by: Actor) -> set[str]:
    tree, tops = organisations(session), reach(by, "legacy_code.map").regions_below
    found: set[str] = set()
    wanted = sorted(codes)
    for start in range(0, len(wanted), 500):
        part = select(Project.code, Project.region_code).where(col(Project.code).in_(wanted[start : start + 500]))
        found |= {code for code, region in session.exec(part).all() if tops & tree.above.get(region, frozenset())}
    return found


def _counts(session: Session, codes: set[str]) -> dict[str, int]:
    """How many legacy codes each of these projects has; those without any are left out."""
    found: dict[str, int] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), 500):
        of_part = col(ExtranetLegacyCode.project_code).in_(wanted[start : start + 500])
        part = select(ExtranetLegacyCode.project_code, func.count()).where(of_part)
        found |= {code: count for code, count in session.exec(part.group_by(ExtranetLegacyCode.project_code)).all()}
    return found


def mapped_to(session: Session, keys: Sequence[str]) -> dict[str, str]:
    """Which project each of these legacy codes is mapped to, by what it is compared by; without those that aren't."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):
        part = select(ExtranetLegacyCode.key, ExtranetLegacyCode.project_code)
        rows = session.exec(part.where(col(ExtranetLegacyCode.key).in_(keys[start : start + 500]))).all()
        found |= {key: code for key, code in rows}
    return found


def awaiting_code(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of these legacy codes whose project was entered and has no code yet: they will mean that one (A12.1)."""
    found: set[str] = set()
    for start in range(0, len(keys), 500):
        waiting = select(LegacyProject.key).where(col(LegacyProject.state) == EntryState.REQUESTED)
        found |= set(session.exec(waiting.where(col(LegacyProject.key).in_(keys[start : start + 500]))).all())
    return found
