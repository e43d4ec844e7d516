"""Changing the list of due items of a project: added or dropped with a reason, or recomputed (A14.1c). Extranet.

What the cases say stands here: an item with an open or concluded case can't be dropped, and a list that lost its last
open item completes the project. The internet zone holds the list as told, and the unit has word of each change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core.cases.completing import complete_if_due, judge_anew
from core.cases.tables import Case, Message, ProjectEvent
from core.database import bump
from core.domain.case_states import OPEN_STATES, CaseState
from core.domain.due_items import lead_item
from core.domain.policy import Actor, admits, reach
from core.domain.project_states import LIST_CHANGES_IN
from core.domain.publicity import is_public_item
from core.domain.remit import department_of
from core.errors import NotAllowed, RuleRefusal
from core.exchange.message import Envelope, applies
from core.guides.publishing import item_name
from core.organisations import organisations
from core.projects import due_list
from core.projects.messages import DueItemsChanged
from core.projects.tables import DeclaredProject, DueItem, Project
from core.projects.verifying import hold_due_items

_STANDING = frozenset({*OPEN_STATES, CaseState.CONCLUDED})


def may_change_list(session: Session, actor: Actor, project: Project) -> bool:
    """Whether this officer may add and drop: coordinator of the region, or of the lead department (A14.1c)."""
    found = reach(actor, "due_item.change")
    lead = _lead_unit(session, project)
    above = organisations(session).above.get(project.region_code, frozenset())
    return admits(found, org_unit=lead, department=department_of(lead), regions=above)


def may_change_list_now(session: Session, actor: Actor, project: Project) -> bool:
    """The same of a project whose list can still change (A14.1c)."""
    return project.state in LIST_CHANGES_IN and may_change_list(session, actor, project)


def add_due_item(
    session: Session, project: Project, item_code: str, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Make an item due, with the reason the unit reads; a concluded project is in approval again (A14.1c).

    Refuses whoever is neither coordinator nor of the lead department, and what `due_list.add_item` refuses.
    """
    _begin(session, project, by=by, seen=seen)
    added = due_list.add_item(session, project, item_code, reason=reason, by=by, at=at)
    why = f"增加应办事项“{item_name(session, added.item_code)}”，项目继续审批"
    judge_anew(session, project.code, reason=why, at=at)


def drop_due_item(
    session: Session, project: Project, item_code: str, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Take an item off the list, with the reason the unit reads; the project may be complete without it (A14.1c).

    Refuses an item with an open or a concluded case, and what `due_list.drop_item` refuses.
    """
    _begin(session, project, by=by, seen=seen)
    due_list.hold_list(session, project.code)
    if standing := standing_cases(session, project.code).get(item_code):
        told = "已办结" if standing.state == CaseState.CONCLUDED else "正在办理"
        words = f"“{standing.item_name}”{told}（办件 {standing.number}），不能去掉"
        raise RuleRefusal(words, field="item", article="A14.1c")
    due_list.drop_item(session, project, item_code, reason=reason, by=by, at=at)
    complete_if_due(session, project.code, at=at)


def facts_changed(
    session: Session, project: Project, facts: Mapping[str, Any], *, reason: str, by: Actor, at: datetime
) -> due_list.Changed:
    """Recompute the list after the facts of a project changed: what has a case or was decided by hand stays (A12.1)."""
    due_list.hold_list(session, project.code)
    keep = standing_cases(session, project.code).keys()
    changed = due_list.recompute(session, project, facts, keep=keep, reason=reason, by=by, at=at)
    if changed.added:
        names = "、".join(item_name(session, code) for code in changed.added)
        judge_anew(session, project.code, reason=f"{reason}，增加应办事项{names}，项目继续审批"[:1000], at=at)
    elif changed.dropped:
        complete_if_due(session, project.code, at=at)
    return changed


def standing_cases(session: Session, project_code: str) -> dict[str, Case]:
    """The open or concluded case of each item that has one: such an item stays on the list."""
    found = select(Case).where(col(Case.project_code) == project_code, col(Case.state).in_(_STANDING))
    return {case.item_code: case for case in session.exec(found.order_by(col(Case.id))).all()}


@applies(DueItemsChanged)
def show_changed_list(session: Session, told: DueItemsChanged, envelope: Envelope) -> None:
    """Internet zone: hold the list as it stands now, with a line of the timeline and word to the unit (A14.1c)."""
    hold_due_items(session, told.project_code, told.items)
    project = session.get_one(DeclaredProject, told.project_code)
    if project.state != told.state:
        project.state, project.completed_at = told.state, None
    session.add(project)
    for place, change in enumerate(told.changes):
        words = f"{'增加' if change.is_added else '去掉'}应办事项：{change.item_name}"
        event = ProjectEvent(
            id=f"{envelope.id}-{place}",
            project_code=project.code,
            at=told.at,
            words=words,
            who=told.decided_by,
            is_public=is_public_item(change.item_code),
        )
        session.merge(event)
        word = Message(
            id=f"{envelope.id}-{place}",
            credit_code=project.credit_code,
            project_code=project.code,
            at=told.at,
            words=f"{words}。理由：{change.reason}（{told.decided_by}）",
            href=f"/projects/{project.code}",
            wants_action=change.is_added,
        )
        session.merge(word)


def _begin(session: Session, project: Project, *, by: Actor, seen: int | None) -> None:
    if not may_change_list(session, by, project):
        raise NotAllowed("应办事项由综合管理部门或项目牵头部门增减", article="A14.1c")
    bump(session, project, seen=seen)


def _lead_unit(session: Session, project: Project) -> str:
    rows = session.exec(
        select(DueItem).where(col(DueItem.project_code) == project.code, col(DueItem.dropped_on).is_(None))
    ).all()
    units = {row.item_code: row.org_unit for row in rows}
    return units.get(lead_item(units), f"{project.region_code}-drc")
