"""Lists of legacy codes and of legacy projects, as coordinators and supervisors read them in their regions (A12.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.database import ESCAPE, like_pattern, table_of
from core.domain.legacy_codes import key_of
from core.domain.policy import Actor, reach
from core.organisations import organisations
from core.projects.legacy_tables import LegacyProject
from core.projects.link_tables import ExtranetLegacyCode
from core.projects.links import bears
from core.projects.tables import Project

_L, _P = table_of(ExtranetLegacyCode), table_of(Project)
PAGE = 20


@dataclass(frozen=True)
class LegacyRow:
    """One mapping with the project it leads to."""

    key: str
    value: str
    kind: str
    source: str
    mapped_by: str
    mapped_at: datetime
    project_code: str
    project_name: str


def legacy_page(session: Session, actor: Actor, *, words: str = "", page: int = 1) -> Sequence[LegacyRow]:
    """One page of the mappings within reach, the newest first, one row more if there is a next."""
    tree, tops = organisations(session), reach(actor, "legacy_code.see").regions_below
    regions = sorted({code for top in tops for code in tree.below.get(top, ())})
    found = (
        sa.select(
            _L.c.key, _L.c.value, _L.c.kind, _L.c.source, _L.c.mapped_by, _L.c.mapped_at, _L.c.project_code,
            _P.c.name.label("project_name"),
        )
        .join(_P, _P.c.code == _L.c.project_code)
        .where(_P.c.region_code.in_(regions))
    )  # fmt: skip
    if words:
        by_key = _L.c.key.like(like_pattern(key_of(words) or words), escape=ESCAPE)
        found = found.where(sa.or_(by_key, bears(session, words, (), _L.c.project_code)))
    ordered = found.order_by(_L.c.mapped_at.desc(), _L.c.key).limit(PAGE + 1).offset((max(page, 1) - 1) * PAGE)
    return [LegacyRow(**row) for row in session.connection().execute(ordered).mappings()]


def entries_page(
    session: Session, actor: Actor, *, words: str = "", state: str = "", page: int = 1
) -> Sequence[LegacyProject]:
    """One page of the legacy projects entered within reach, the newest first, one row more if there is a next."""
    tree, tops = organisations(session), reach(actor, "legacy_project.see").regions_below
    regions = sorted({code for top in tops for code in tree.below.get(top, ())})
    found = select(LegacyProject).where(col(LegacyProject.region_code).in_(regions))
    if state:
        found = found.where(col(LegacyProject.state) == state)
    if words:
        pattern = like_pattern(words)
        columns = (LegacyProject.name, LegacyProject.unit_name, LegacyProject.value, LegacyProject.project_code)
        by_key = col(LegacyProject.key).like(like_pattern(key_of(words) or words), escape=ESCAPE)
        found = found.where(sa.or_(by_key, *(col(one).like(pattern, escape=ESCAPE) for one in columns)))
    ordered = found.order_by(col(LegacyProject.requested_at).desc(), col(LegacyProject.id).desc())
    return session.exec(ordered.limit(PAGE + 1).offset((max(page, 1) - 1) * PAGE)).all()
