"""Projects as officers list and read them, by the policy of `project_for` (A2.2, A2.3, A9.1). Extranet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases.queries import cases_of_project, may_see_case
from core.cases.tables import Case, Notice
from core.database import Zone, table_of
from core.domain.policy import Actor, reach
from core.errors import Absent
from core.organisations import organisations
from core.projects.tables import Declaration, DueItem, Project
from core.search import Shape, is_sought, seek

_P, _D = table_of(Project), table_of(DueItem)
PAGE = 20
COUNTED = 1000
"""Further than this a list is not counted: the reader is told that there are more."""


class ProjectRow(NamedTuple):
    """One row of a list of projects."""

    code: str
    name: str
    unit_name: str
    project_type: str
    region_code: str
    state: str
    declared_at: datetime


@dataclass(frozen=True)
class ProjectFilter:
    """What the list of projects shows; every part is in the page's address. `region` takes in all below it."""

    words: str = ""
    region: str = ""
    state: str = ""
    page: int = 1
    codes: tuple[str, ...] = ()
    """The codes of the project that `words` name, if they name one (`core.projects.links.codes_meant`)."""


def projects_page(session: Session, actor: Actor, chosen: ProjectFilter) -> Sequence[ProjectRow]:
    """One page of the projects within the actor's reach, the newest first, one row more if there is a next."""
    statement, values = _page_statement(_parts(session, actor, chosen)), _values(session, actor, chosen)
    values |= {"limit": PAGE + 1, "offset": (max(chosen.page, 1) - 1) * PAGE}
    return [ProjectRow._make(row) for row in session.connection().execute(statement, values).all()]


def projects_total(session: Session, actor: Actor, chosen: ProjectFilter) -> int:
    """How many projects the list holds, counted no further than one beyond `COUNTED`."""
    statement, values = _total_statement(_parts(session, actor, chosen)), _values(session, actor, chosen)
    counted: int = session.connection().execute(statement, values).scalar_one()
    return counted


def regions_in_reach(session: Session, actor: Actor) -> tuple[str, ...]:
    """The regions by which this actor may want to filter: their own and all below, in the order of their codes."""
    tree = organisations(session)
    tops = {grant.region for grant in actor.grants}
    return tuple(sorted({code for top in tops for code in tree.below.get(top, ())}))


def due_items_of_project(session: Session, project_code: str) -> Sequence[DueItem]:
    """Every due item of a project in the order in which it is told, those dropped as well (A14.1c)."""
    found = select(DueItem).where(col(DueItem.project_code) == project_code).order_by(col(DueItem.position))
    return session.exec(found).all()


def latest_cases(session: Session, project_code: str) -> Mapping[str, Case]:
    """The latest case of each item of a project."""
    return {case.item_code: case for case in cases_of_project(session, project_code)}


def declared_facts(session: Session, project_code: str) -> Mapping[str, Any]:
    """The facts as last declared (A14.1b)."""
    newest = (
        select(Declaration)
        .where(col(Declaration.project_code) == project_code)
        .order_by(col(Declaration.number).desc())
        .limit(1)
    )
    found = session.exec(newest).first()
    return found.facts if found else {}


def notices_of_project(session: Session, project_code: str) -> Sequence[tuple[Notice, str]]:
    """Every notice of a project, newest first, each with the organisational unit of its case ("" for the project's)."""
    found = (
        select(Notice, Case.org_unit)
        .join(Case, col(Case.id) == col(Notice.case_id), isouter=True)
        .where(col(Notice.project_code) == project_code)
        .order_by(col(Notice.id).desc())
    )
    return [(notice, org_unit or "") for notice, org_unit in session.exec(found).all()]


def notice_of_project(session: Session, actor: Actor, project_code: str, notice_id: int) -> Notice:
    """One notice of a project the actor may see; that of a case only with the case in reach (T5)."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.project_code != project_code:
        raise Absent("没有找到这份通知书")
    if notice.case_id is not None and not may_see_case(session, actor, session.get_one(Case, notice.case_id).org_unit):
        raise Absent("没有找到这份通知书")
    return notice


class _Parts(NamedTuple):
    """What tells one statement of the list from another: its filters, and how the actor's reach is bounded."""

    sought: Shape | None
    by_code: bool
    by_region: bool
    by_state: bool
    by_reach: bool
    by_project: bool


def _parts(session: Session, actor: Actor, chosen: ProjectFilter) -> _Parts:
    found = reach(actor, "project.see")
    by_reach = not found.everything
    sought = seek(session, chosen.words).shape if chosen.words else None
    by_project = by_reach and bool(found.by_project)
    return _Parts(sought, bool(chosen.codes), bool(chosen.region), bool(chosen.state), by_reach, by_project)


def _values(session: Session, actor: Actor, chosen: ProjectFilter) -> dict[str, Any]:
    found, tree = reach(actor, "project.see"), organisations(session)
    return {
        "codes": list(chosen.codes),
        "below": sorted(tree.below.get(chosen.region, frozenset({chosen.region}))),
        "state": chosen.state,
        "regions": sorted({code for top in found.regions_below for code in tree.below.get(top, ())}),
        "units": sorted(found.by_project),
        **(seek(session, chosen.words).values if chosen.words else {}),
    }


@lru_cache(maxsize=64)
def _page_statement(parts: _Parts) -> sa.Select[Any]:
    return (
        sa.select(
            _P.c.code, _P.c.name, _P.c.unit_name, _P.c.project_type, _P.c.region_code, _P.c.state, _P.c.declared_at
        )
        .where(*_conditions(parts))
        .order_by(_P.c.declared_at.desc(), _P.c.code)
        .limit(sa.bindparam("limit"))
        .offset(sa.bindparam("offset"))
    )


@lru_cache(maxsize=64)
def _total_statement(parts: _Parts) -> sa.Select[Any]:
    some = sa.select(sa.literal(1)).select_from(_P).where(*_conditions(parts)).limit(COUNTED + 1)
    return sa.select(sa.func.count()).select_from(some.subquery())


def _conditions(parts: _Parts) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if parts.by_reach:
        within = _P.c.region_code.in_(sa.bindparam("regions", expanding=True))
        conditions.append(sa.or_(within, _IS_DUE_HERE) if parts.by_project else within)
    if parts.sought:
        meant = [_P.c.code.in_(sa.bindparam("codes", expanding=True))] if parts.by_code else []
        conditions.append(sa.or_(is_sought(Zone.EXTRANET, _P.c.code, parts.sought), *meant))
    if parts.by_region:
        conditions.append(_P.c.region_code.in_(sa.bindparam("below", expanding=True)))
    if parts.by_state:
        conditions.append(_P.c.state == sa.bindparam("state"))
    return conditions


_IS_DUE_HERE = sa.exists().where(
    _D.c.project_code == _P.c.code, _D.c.org_unit.in_(sa.bindparam("units", expanding=True))
)
"""The actor's unit takes part in the project (A2.3)."""
