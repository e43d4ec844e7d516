"""Which project a code means, whichever of its codes it is (A12.1, A12.2). Both zones."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from core.database import Zone, zone_of
from core.domain import project_code
from core.domain.legacy_codes import key_of
from core.errors import RuleRefusal
from core.projects.link_tables import LEGACY, LINKS, LegacyCodeRow
from core.projects.tables import DeclaredProject, Project


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
    """The other codes of a project: before and after a major change, and given outside the platform."""
    table = LINKS[zone_of(session)]
    rows = session.exec(select(table).where((col(table.old_code) == code) | (col(table.new_code) == code))).all()
    return Linked(
        before=next((_neighbour(session, row.old_code) for row in rows if row.new_code == code), None),
        after=next((_neighbour(session, row.new_code) for row in rows if row.old_code == code), None),
        legacy=tuple(row.value for row in legacy_codes_of(session, code)),
    )


def _neighbour(session: Session, code: str) -> Neighbour:
    return Neighbour(code, _name(session, code))


def _bears(session: Session, code: str) -> bool:
    return bool(_name(session, code))


def _name(session: Session, code: str) -> str:
    """The name of the project that bears a code; empty when none does."""
    found = session.get(Project, code) if zone_of(session) is Zone.EXTRANET else session.get(DeclaredProject, code)
    return found.name if found else ""
