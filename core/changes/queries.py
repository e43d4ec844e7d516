"""Change requests as officers find them, by one policy for the list and the single page (A9.1, A14.1e). Extranet."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases.queries import may_see_project
from core.cases.tables import Case
from core.changes.tables import ProjectChange
from core.database import table_of
from core.domain.change_states import ChangeState, Fate
from core.domain.policy import Actor, reach
from core.errors import Absent, NotAllowed
from core.organisations import organisations
from core.projects.links import bears
from core.projects.tables import Declaration, Project

_C, _P = table_of(ProjectChange), table_of(Project)
PAGE = 20
WAITING = (ChangeState.SUBMITTED,)
DECIDED = (ChangeState.GRANTED, ChangeState.GRANTED_AS_MAJOR, ChangeState.SUPERSEDED, ChangeState.REFUSED)
VIEWS = {"waiting": WAITING, "returned": (ChangeState.RETURNED,), "decided": DECIDED}


def fates_of(session: Session, change: ProjectChange) -> Sequence[tuple[Case, Fate]]:
    """What was chosen for each case when the change was decided; nothing where none was asked (A12.2)."""
    found = select(Case).where(col(Case.application_id).in_(list(change.fates))).order_by(col(Case.id))
    return [(case, Fate(change.fates[case.application_id])) for case in session.exec(found).all()]


class ChangeRow(NamedTuple):
    """One request in the list, with its project."""

    id: str
    kind: str
    state: str
    submitted_at: datetime
    region_code: str
    project_code: str
    project_name: str
    unit_name: str


def changes_page(session: Session, actor: Actor, view: str, *, words: str = "", page: int = 1) -> Sequence[ChangeRow]:
    """One page of the requests of a view within reach, what waits longest first; one row more if there is a next.

    `words` are of the project's name or unit, or any of its codes (A12.1).
    """
    order = _C.c.submitted_at if view == "waiting" else _C.c.submitted_at.desc()
    found = (
        sa.select(
            _C.c.id, _C.c.kind, _C.c.state, _C.c.submitted_at, _C.c.region_code, _C.c.project_code,
            _P.c.name.label("project_name"), _P.c.unit_name,
        )
        .join(_P, _P.c.code == _C.c.project_code)
        .where(_C.c.state.in_(VIEWS[view]), _C.c.region_code.in_(_regions(session, actor, "change.list")))
        .order_by(order, _C.c.id)
        .limit(PAGE + 1)
        .offset((max(page, 1) - 1) * PAGE)
    )  # fmt: skip
    if words:
        found = found.where(bears(session, words, (), _C.c.project_code))
    return [ChangeRow._make(row) for row in session.connection().execute(found).all()]


def waiting_for(session: Session, actor: Actor) -> int:
    """How many requests wait for this officer's decision."""
    regions = _regions(session, actor, "change.grant")
    if not regions:
        return 0
    found = sa.select(sa.func.count()).where(_C.c.state.in_(WAITING), _C.c.region_code.in_(regions))
    return int(session.connection().execute(found).scalar_one())


def change_for(session: Session, actor: Actor, change_id: str, action: str = "change.see") -> ProjectChange:
    """One request, if the actor may see its project; to decide it also lies within their regions (A5.1, T5)."""
    change = session.get(ProjectChange, change_id)
    project = session.get(Project, change.project_code) if change else None
    if change is None or project is None or not may_see_project(session, actor, project):
        raise Absent("没有找到这个变更申请")
    if action != "change.see" and not may_decide(session, actor, change):
        name = organisations(session).region_name(change.region_code)
        raise NotAllowed(f"这个申请由{name}的综合管理部门决定，你可以查看", article="A5.1")
    return change


def may_decide(session: Session, actor: Actor, change: ProjectChange) -> bool:
    """Whether the actor coordinates the region that decides on this request, or one above it (A5.1)."""
    above = organisations(session).above.get(change.region_code, frozenset())
    return bool(reach(actor, "change.grant").regions_below & above)


def changes_of(session: Session, project_code: str) -> Sequence[ProjectChange]:
    """Every request of a project, the newest first."""
    found = select(ProjectChange).where(col(ProjectChange.project_code) == project_code)
    return session.exec(found.order_by(col(ProjectChange.submitted_at).desc(), col(ProjectChange.id).desc())).all()


def declaration(session: Session, project_code: str, number: int | None = None) -> Declaration:
    """A version of a project's declaration, the newest one unless told."""
    found = select(Declaration).where(col(Declaration.project_code) == project_code)
    if number is not None:
        found = found.where(col(Declaration.number) == number)
    return session.exec(found.order_by(col(Declaration.number).desc()).limit(1)).one()


def _regions(session: Session, actor: Actor, action: str) -> list[str]:
    tree = organisations(session)
    return sorted({code for top in reach(actor, action).regions_below for code in tree.below.get(top, ())})
