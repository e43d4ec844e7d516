"""A table of projects begun before the platform: looked at row by row first, then entered batch by batch (A12.1).

Extranet. What becomes of a row is asked of the entries themselves, so a file can be gone through again at any time:
what was entered is not entered twice, and the results stay readable while the codes come in.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core.accounts.tables import KnownEnterprise
from core.database import bump
from core.domain import legacy_projects as rules
from core.domain.legacy_codes import LegacyCode, key_of
from core.domain.legacy_projects import Entry, Row, Verdict
from core.domain.legacy_states import EntryState
from core.domain.policy import Actor, reach
from core.errors import Absent, RuleRefusal
from core.organisations import organisations
from core.projects import legacy_entering as entering
from core.projects.legacy import mapped_to
from core.projects.legacy_tables import LegacyProject, LegacyProjectImport
from core.projects.tables import Project
from core.trace import record

BATCH = 500
"""Rows that one confirmation enters: one transaction, so that nobody else waits long."""

_AT_ONCE = 500


@dataclass(frozen=True)
class Judged:
    """One row of a file with its verdict, what there is to say of it to the officer, and the code it has got."""

    row: Row
    verdict: Verdict
    words: str
    project_code: str = ""


@dataclass(frozen=True)
class _Known:
    """What the platform knows already of the rows of a file, read at once."""

    entries: Mapping[str, LegacyProject]
    mapped: Mapping[str, str]
    ours: frozenset[str]
    names: Mapping[str, str]
    tops: frozenset[str]
    above: Mapping[str, frozenset[str]]


def read_import(session: Session, data: bytes, file_name: str, *, by: Actor, at: datetime) -> LegacyProjectImport:
    """Keep a table as it was read, to be looked at before anything is entered (A12.1)."""
    rows = rules.read_table(data, entering.ground_on(session, at))
    kept = LegacyProjectImport(
        officer_id=by.id, file_name=file_name[:200], rows=[asdict(row) for row in rows], read_at=at
    )
    session.add(kept)
    session.flush()
    return kept


def import_of(session: Session, by: Actor, import_id: str) -> LegacyProjectImport:
    """One's own file; another's looks like none."""
    found = session.get(LegacyProjectImport, import_id[:36])
    if found is None or found.officer_id != by.id:
        raise Absent("没有找到这次导入")
    return found


def judge(session: Session, kept: LegacyProjectImport, *, by: Actor) -> list[Judged]:
    """What has become of every row, or would if it were entered now; changes nothing (A12.1)."""
    rows = [Row(**row) for row in kept.rows]
    known = _known(session, [row for row in rows if not row.fault], by)
    first: dict[str, int] = {}
    return [_judge(row, known, first) for row in rows]


def enter_next(session: Session, kept: LegacyProjectImport, *, by: Actor, at: datetime, seen: int | None = None) -> int:
    """Enter the next `BATCH` rows that can get a code, in one transaction; how many were entered (A12.1).

    Refuses when no row is left that could.
    """
    bump(session, kept, seen=seen)
    fit = [one.row for one in judge(session, kept, by=by) if one.verdict is Verdict.OK][:BATCH]
    if not fit:
        raise RuleRefusal("没有可以赋码的行了", article="A12.1")
    for row in fit:
        entry = Entry(LegacyCode(key_of(row.legacy), row.legacy, row.kind), row.facts)
        entering.put_in(session, entry, by=by, at=at)
    kept.entered += len(fit)
    session.add(kept)
    record(
        session, "legacy_project.import", "legacy_project_import", kept.id, f"导入存量项目 {len(fit)} 个", by=by, at=at
    )
    return len(fit)


def _judge(row: Row, known: _Known, first: dict[str, int]) -> Judged:
    if row.fault:
        return Judged(row, Verdict.MALFORMED, row.fault)
    key = key_of(row.legacy)
    if key in first:
        return Judged(row, Verdict.DUPLICATE, f"原编码：与第 {first[key]} 行相同")
    first[key] = row.line
    entry = known.entries.get(key)
    if entry is not None and entry.state == EntryState.ISSUED:
        return Judged(row, Verdict.ISSUED, "", entry.project_code or "")
    if entry is not None and entry.state == EntryState.REQUESTED:
        return Judged(row, Verdict.WAITING, entering.entered_words(entry.state, None))
    if key in known.mapped:
        return Judged(row, Verdict.KNOWN, entering.mapped_words(known.mapped[key]), known.mapped[key])
    if fault := _fault(row, known):
        return Judged(row, Verdict.MALFORMED, fault)
    return Judged(row, Verdict.OK, f"上次未能赋码：{entry.reason}" if entry else "")


def _fault(row: Row, known: _Known) -> str:
    """Why a row contradicts what the platform knows, naming its columns; empty when it doesn't."""
    registered = known.names.get(str(row.facts["unit_uscc"]), "")
    is_near = entering.is_in_reach(str(row.facts["region_code"]), known.tops, known.above)
    found = {
        "legacy": entering.ours_words(row.legacy in known.ours),
        "region_code": "" if is_near else entering.BEYOND_REACH,
        "unit_name": entering.name_words(registered, str(row.facts["unit_name"])),
    }
    return "；".join(f"{rules.COLUMNS[field]}：{words}" for field, words in found.items() if words)


def _known(session: Session, rows: Sequence[Row], by: Actor) -> _Known:
    keys = [key_of(row.legacy) for row in rows]

    def entries(part: Sequence[str]) -> Any:
        found = session.exec(select(LegacyProject).where(col(LegacyProject.key).in_(part))).all()
        return {entry.key: entry for entry in found}

    def ours(part: Sequence[str]) -> Any:
        return dict.fromkeys(session.exec(select(Project.code).where(col(Project.code).in_(part))).all(), True)

    def names(part: Sequence[str]) -> Any:
        wanted = select(KnownEnterprise.credit_code, KnownEnterprise.name)
        return dict(session.exec(wanted.where(col(KnownEnterprise.credit_code).in_(part))).all())

    return _Known(
        entries=_in_parts(keys, entries),
        mapped=mapped_to(session, keys),
        ours=frozenset(_in_parts([row.legacy for row in rows], ours)),
        names=_in_parts(sorted({str(row.facts["unit_uscc"]) for row in rows}), names),
        tops=reach(by, "legacy_project.enter").regions_below,
        above=organisations(session).above,
    )


def _in_parts(wanted: Sequence[str], ask: Callable[[Sequence[str]], dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        found |= ask(wanted[start : start + _AT_ONCE])
    return found
