"""What officers may see of cases and projects, all by one policy (A5.1, A9.1). Extranet.

`case_for` and `project_for` are the only ways to load one; `visible` filters every list by the same reach.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases.tables import Case
from core.database import table_of
from core.domain.policy import CASE_ROLES, Actor, reach
from core.errors import Absent, NotAllowed
from core.organisations import organisations, reaches, units_within
from core.projects.links import code_meant
from core.projects.tables import DueItem, Project

_C, _P, _D = table_of(Case), table_of(Project), table_of(DueItem)


def case_for(session: Session, actor: Actor, case_id: int, action: str = "case.see") -> Case:
    """One case, if the actor may do `action` on it; what they may not even see looks like none (T5)."""
    case = session.get(Case, case_id)
    if case is None or not reaches(session, reach(actor, "case.see"), case.org_unit):
        raise Absent("没有找到这个办件")
    if not reaches(session, reach(actor, action), case.org_unit):
        name = organisations(session).unit_name(case.org_unit)
        raise NotAllowed(f"这件由{name}的相应岗位办理，你可以查看进度")
    return case


def project_for(session: Session, actor: Actor, code: str) -> Project:
    """One project by any of its codes, if the actor's unit takes part in it or its region lies below theirs.

    A2.2, A2.3, A12.1.
    """
    project = session.get(Project, code[:24]) or session.get(Project, code_meant(session, code))
    if project is None or not may_see_project(session, actor, project):
        raise Absent("没有找到这个项目")
    return project


def may_see_case(session: Session, actor: Actor, org_unit: str) -> bool:
    """Whether the actor may open cases of this organisational unit."""
    return reaches(session, reach(actor, "case.see"), org_unit)


def may_see_project(session: Session, actor: Actor, project: Project) -> bool:
    """Whether the actor may open this project: their unit takes part in it, or their region holds it (A2.2, A2.3)."""
    found = reach(actor, "project.see")
    tree = organisations(session)
    if found.everything or found.regions_below & tree.above.get(project.region_code, frozenset()):
        return True
    if not found.by_project:
        return False
    due = sa.select(_D.c.item_code).where(
        _D.c.project_code == project.code, _D.c.org_unit.in_(sorted(found.by_project))
    )
    return session.connection().execute(due.limit(1)).first() is not None


def own_units(actor: Actor) -> tuple[str, ...]:
    """The organisational units on whose cases the actor works."""
    return tuple(dict.fromkeys(grant.org_unit for grant in actor.grants if grant.role in CASE_ROLES))


def cases_of_project(session: Session, project_code: str) -> Sequence[Case]:
    """Every case of a project, in the order they were opened."""
    return session.exec(select(Case).where(col(Case.project_code) == project_code).order_by(col(Case.id))).all()


def visible(session: Session, actor: Actor, action: str = "case.see") -> sa.ColumnElement[bool]:
    """The condition that keeps a list of cases within the actor's reach: the same as `case_for` (A9.1)."""
    found = reach(actor, action)
    if found.everything:
        return sa.true()
    return _C.c.org_unit.in_(units_within(session, found))
