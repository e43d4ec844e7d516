"""Which project a code means, whichever of its codes it is (A12.1, A12.2). Both zones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.database import ESCAPE, Zone, like_pattern, table_of, zone_of
from core.domain import project_code
from core.domain.legacy_codes import key_of
from core.errors import RuleRefusal
from core.prepared import Prepared
from core.projects.link_tables import LEGACY, LINKS, LegacyCodeRow
from core.projects.tables import DeclaredProject, Project
from core.search import matching


@dataclass(frozen=True)
class Neighbour:
    """The project before or after a major change: its code and its name (A12.2)."""

    code: str
    name: str


@dataclass(frozen=True)
class Linked:
    """Out of which project this one came, what took its place, and the legacy codes it is found by (A12.1, A12.2)."""

    before: Neighbour | None = None
    after: Neighbour | None = None
    legacy: tuple[str, ...] = ()


def resolve(session: Session, typed: str) -> str:
    """The platform's code that these words mean: a code of ours however it was typed, or a legacy code (A12.1).

    Refuses what is neither, as `core.domain.project_code.parse` does; a code of ours that no project bears is returned.
    """
    try:
        code = str(project_code.parse(typed))
    except RuleRefusal:
        if mapped := project_of_legacy(session, typed):
            return mapped
        raise
    return code if _bears(session, code) else project_of_legacy(session, typed) or code


def codes_meant(session: Session, words: str) -> tuple[str, ...]:
    """Every code under which a search for these words finds the project they name: whichever of its codes was typed.

    With those before and after a major change, since cases and documents stand under the one or the other. Empty when
    the words are no code of a project. A12.1, A12.2.
    """
    try:
        code = resolve(session, words)
    except RuleRefusal:
        return ()
    if not _bears(session, code):
        return ()
    table = LINKS[zone_of(session)]
    chain = [code]
    for known, other in ((table.new_code, table.old_code), (table.old_code, table.new_code)):
        at: str | None = code
        while at := session.exec(select(other).where(col(known) == at)).first():
            chain.append(at)
    return tuple(chain)


def code_meant(session: Session, words: str) -> str:
    """The code of the project that these words name, whichever of its codes was typed; empty when none (A12.1)."""
    return next(iter(codes_meant(session, words[:100])), "")


def bears(
    session: Session, words: str, columns: Iterable[sa.ColumnElement[Any]], code: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    """The condition of an officers' search: one of the columns contains the words, or they name the project (A12.1).

    It is named by its name, its unit or any of its codes; `code` is the column with the project's code.
    """
    pattern = like_pattern(words)
    found: list[sa.ColumnElement[bool]] = [column.like(pattern, escape=ESCAPE) for column in columns]
    found.append(matching(session, code, words))
    if codes := codes_meant(session, words):
        found.append(code.in_(codes))
    return sa.or_(*found)


def project_of_legacy(session: Session, typed: str) -> str:
    """The project that a legacy code is mapped to; empty when none is (A12.1)."""
    key = key_of(typed)
    found = session.get(LEGACY[zone_of(session)], key) if 0 < len(key) <= 300 else None
    return found.project_code if found else ""


def legacy_codes_of(session: Session, code: str) -> Sequence[LegacyCodeRow]:
    """The legacy codes mapped to a project, in the order they were mapped."""
    table = LEGACY[zone_of(session)]
    found = select(table).where(col(table.project_code) == code).order_by(col(table.mapped_at), col(table.key))
    return session.exec(found).all()


def linked(session: Session, code: str) -> Linked:
    """The other codes of a project, by one statement: before and after a major change, and given elsewhere."""
    rows = _LINKED[zone_of(session)].all(session, {"code": code})
    return Linked(
        before=next((Neighbour(row.old_code, row.words) for row in rows if row.new_code == code), None),
        after=next((Neighbour(row.new_code, row.words) for row in rows if row.old_code == code), None),
        legacy=tuple(row.words for row in rows if not row.old_code),
    )


def _bears(session: Session, code: str) -> bool:
    return session.connection().execute(_BEARS[zone_of(session)], {"code": code}).first() is not None


class _LinkRow(NamedTuple):
    old_code: str
    new_code: str
    words: str
    at: datetime


def _linked_statement(zone: Zone) -> Prepared[_LinkRow]:
    """Links of a code with the other project's name as `words`; then its legacy codes, as they were mapped."""
    links, legacy, projects = table_of(LINKS[zone]), table_of(LEGACY[zone]), _PROJECTS[zone]
    code = sa.bindparam("code", type_=sa.String())
    other = sa.case((links.c.old_code == code, links.c.new_code), else_=links.c.old_code)
    found = sa.union_all(
        sa.select(links.c.old_code, links.c.new_code, projects.c.name.label("words"), links.c.linked_at.label("at"))
        .join_from(links, projects, projects.c.code == other)
        .where(sa.or_(links.c.old_code == code, links.c.new_code == code)),
        sa.select(sa.literal(""), sa.literal(""), legacy.c.value, legacy.c.mapped_at).where(
            legacy.c.project_code == code
        ),
    ).order_by("at", "words")
    return Prepared(found, _LinkRow._make)


_PROJECTS = {Zone.PUBLIC: table_of(DeclaredProject), Zone.EXTRANET: table_of(Project)}
_LINKED = {zone: _linked_statement(zone) for zone in Zone}
_BEARS = {
    zone: sa.select(table.c.code).where(table.c.code == sa.bindparam("code")) for zone, table in _PROJECTS.items()
}
