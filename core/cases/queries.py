"""What officers may see of cases and projects: loaders and lists, all by one policy (A5.1, A9.1). Extranet.

`case_for` and `project_for` are the only ways to load one; `visible` filters every list by the same reach. List
statements are built once for each combination of filters and read as tuples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts.actors import table_of
from core.cases.tables import Case
from core.domain.case_states import OPEN_STATES, CaseState
from core.domain.policy import Actor, Reach, admits, reach
from core.errors import Absent, NotAllowed
from core.organisations import organisations
from core.projects.tables import DueItem, Project

_C, _P, _D = table_of(Case), table_of(Project), table_of(DueItem)
PAGE = 20

GROUPS = (
    ("overdue", "已超时"),
    ("tomorrow", "今明两天到期"),
    ("week", "本周到期"),
    ("later", "以后到期"),
    ("none", "没有到期日"),
)
"""How the inbox groups its rows by urgency: code and Chinese title."""


class CaseRow(NamedTuple):
    """One row of a list of cases."""

    id: int
    number: str
    state: str
    item_code: str
    item_name: str
    org_unit: str
    due_on: date | None
    warn_on: date | None
    red_on: date | None
    is_paused: bool
    handler_name: str
    applied_at: datetime
    concluded_at: datetime | None
    outcome: str
    project_code: str
    project_name: str
    unit_name: str


@dataclass(frozen=True)
class InboxFilter:
    """What the inbox shows; every part is in the page's address. `view` is one of `VIEWS`."""

    view: str = "open"
    words: str = ""
    item: str = ""
    light: str = ""
    sort: str = "due"
    page: int = 1


VIEWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("全部待办", tuple(sorted(OPEN_STATES - {CaseState.AWAITING_SUPPLEMENT}))),
    "submitted": ("待初审", (CaseState.SUBMITTED,)),
    "under_acceptance": ("待受理", (CaseState.UNDER_ACCEPTANCE,)),
    "in_handling": ("办理中", (CaseState.IN_HANDLING,)),
    "awaiting_sign_off": ("待签批", (CaseState.AWAITING_SIGN_OFF,)),
    "awaiting_supplement": ("待补正", (CaseState.AWAITING_SUPPLEMENT,)),
    "paused": ("暂停计时", (CaseState.IN_HANDLING,)),
    "concluded": ("已办结", (CaseState.CONCLUDED,)),
    "ended": ("未予办理", (CaseState.REFUSED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN)),
}


def case_for(session: Session, actor: Actor, case_id: int, action: str = "case.see") -> Case:
    """One case, if the actor may do `action` on it; what they may not even see looks like none (T5)."""
    case = session.get(Case, case_id)
    if case is None or not _admits(session, reach(actor, "case.see"), case.org_unit):
        raise Absent("没有找到这个办件")
    if not _admits(session, reach(actor, action), case.org_unit):
        name = organisations(session).unit_name(case.org_unit)
        raise NotAllowed(f"这件由{name}的相应岗位办理，你可以查看进度")
    return case


def project_for(session: Session, actor: Actor, code: str) -> Project:
    """One project, if the actor's unit takes part in it or its region lies below theirs (A2.2, A2.3)."""
    project = session.get(Project, code)
    if project is None or not _sees_project(session, actor, project):
        raise Absent("没有找到这个项目")
    return project


def may_see_case(session: Session, actor: Actor, org_unit: str) -> bool:
    """Whether the actor may open cases of this organisational unit."""
    return _admits(session, reach(actor, "case.see"), org_unit)


def own_units(actor: Actor) -> tuple[str, ...]:
    """The organisational units on whose cases the actor works."""
    return tuple(
        dict.fromkeys(grant.org_unit for grant in actor.grants if grant.role in ("clerk", "handler", "approver"))
    )


def inbox(session: Session, actor: Actor, chosen: InboxFilter, *, today: date) -> Sequence[CaseRow]:
    """One page of the actor's units' cases, soonest due first (or first received), one row more if there is a next."""
    statement = _inbox_statement(
        chosen.view, bool(chosen.words), bool(chosen.item), chosen.light, chosen.sort == "received"
    )
    values = {
        "units": own_units(actor),
        "today": today,
        "words": f"%{_escaped(chosen.words)}%",
        "item": chosen.item,
        "limit": PAGE + 1,
        "offset": (max(chosen.page, 1) - 1) * PAGE,
    }
    rows = session.connection().execute(statement, values).all()
    return [CaseRow._make(row) for row in rows]


def counts(session: Session, actor: Actor, *, today: date) -> dict[str, int]:
    """How many cases lie in each view and show each light, of the actor's units (open ones only, and concluded)."""
    rows = session.connection().execute(_COUNTS, {"units": own_units(actor), "today": today}).all()
    found = dict.fromkeys([*VIEWS, *(f"light_{light}" for light in ("red", "yellow", "green", "paused", "none"))], 0)
    for state, is_paused, light, number in rows:
        for view, (_, states) in VIEWS.items():
            if state in states and (view != "paused" or is_paused):
                found[view] += number
        if state in VIEWS["open"][1]:
            found[f"light_{light}"] += number
    return found


def cases_of_project(session: Session, project_code: str) -> Sequence[Case]:
    """Every case of a project, in the order they were opened."""
    return session.exec(select(Case).where(col(Case.project_code) == project_code).order_by(col(Case.id))).all()


def urgency(row: CaseRow, today: date) -> str:
    """The group of a row: overdue, due today or tomorrow, this week, later, or without a date."""
    if row.due_on is None:
        return "none"
    if row.due_on < today:
        return "overdue"
    if row.due_on <= today + timedelta(days=1):
        return "tomorrow"
    return "week" if row.due_on <= today + timedelta(days=6 - today.weekday()) else "later"


def visible(session: Session, actor: Actor, action: str = "case.see") -> sa.ColumnElement[bool]:
    """The condition that keeps a list of cases within the actor's reach: the same as `case_for` (A9.1)."""
    found = reach(actor, action)
    if found.everything:
        return sa.true()
    tree = organisations(session)
    units = set(found.org_units)
    for unit in tree.org_units.values():
        line = tree.above.get(unit.region_code, frozenset())
        if admits(found, org_unit=unit.code, department=unit.department, regions=line):
            units.add(unit.code)
    return _C.c.org_unit.in_(sorted(units))


def _admits(session: Session, found: Reach, org_unit: str) -> bool:
    tree = organisations(session)
    region, _, department = org_unit.partition("-")
    return admits(found, org_unit=org_unit, department=department, regions=tree.above.get(region, frozenset()))


def _sees_project(session: Session, actor: Actor, project: Project) -> bool:
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


@lru_cache(maxsize=256)
def _inbox_statement(view: str, by_words: bool, by_item: bool, light: str, by_received: bool) -> sa.Select[Any]:
    states = VIEWS.get(view, VIEWS["open"])[1]
    found = (
        sa.select(
            _C.c.id, _C.c.number, _C.c.state, _C.c.item_code, _C.c.item_name, _C.c.org_unit, _C.c.due_on, _C.c.warn_on,
            _C.c.red_on, _C.c.is_paused, _C.c.handler_name, _C.c.applied_at, _C.c.concluded_at, _C.c.outcome,
            _C.c.project_code, _P.c.name, _P.c.unit_name,
        )
        .select_from(_C.join(_P, _P.c.code == _C.c.project_code))
        .where(_C.c.org_unit.in_(sa.bindparam("units", expanding=True)), _C.c.state.in_(states))
    )  # fmt: skip
    if view not in ("concluded", "ended"):
        found = found.where(_C.c.concluded_at.is_(None))
    if view == "paused":
        found = found.where(_C.c.is_paused)
    if by_words:
        words = sa.bindparam("words", type_=sa.String())
        found = found.where(
            sa.or_(
                _P.c.name.like(words, escape="\\"),
                _C.c.project_code.like(words, escape="\\"),
                _P.c.unit_name.like(words, escape="\\"),
                _C.c.number.like(words, escape="\\"),
            )
        )
    if by_item:
        found = found.where(_C.c.item_code == sa.bindparam("item"))
    if light:
        found = found.where(_light_is(light))
    return found.order_by(*_order(view, by_received)).limit(sa.bindparam("limit")).offset(sa.bindparam("offset"))


def _order(view: str, by_received: bool) -> tuple[sa.ColumnElement[Any], ...]:
    if view in ("concluded", "ended"):
        return (_C.c.concluded_at.desc(), _C.c.id.desc())
    if by_received:
        return (_C.c.applied_at, _C.c.id)
    return (_C.c.due_on.is_(None), _C.c.due_on, _C.c.id)


_TODAY = sa.bindparam("today", type_=sa.Date())
_LIGHT = sa.case(
    (_C.c.red_on <= _TODAY, "red"),
    (_C.c.is_paused, "paused"),
    (_C.c.due_on.is_(None), "none"),
    (_C.c.warn_on <= _TODAY, "yellow"),
    else_="green",
)
"""How an open case stands today, from its stored dates: a red once earned outlasts a pause (A14.4d)."""


def _light_is(light: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"'{light}'") == _LIGHT if light in ("red", "paused", "yellow", "green") else sa.true()


_COUNTS = (
    sa.select(
        _C.c.state,
        _C.c.is_paused,
        _LIGHT.label("light"),
        sa.func.count(),
    )
    .where(_C.c.org_unit.in_(sa.bindparam("units", expanding=True)))
    .group_by(_C.c.state, _C.c.is_paused, sa.text("light"))
)


def _escaped(words: str) -> str:
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
