"""What the coordinator does in the demonstration: items added and dropped with a reason, a rule to come. Extranet.

Which projects it touches follows from the data: the last ones in approval for which the change makes sense.
"""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.cases.replanning import add_due_item, drop_due_item, standing_cases
from core.clocks import business_date
from core.domain.policy import Actor
from core.domain.project_states import ProjectState
from core.guides.editing import Edition
from core.projects.rule_editing import publish_rule
from core.projects.tables import DueItem, Project

_ADDED = (
    ("FOR-01", "现场核实，取土场占用林地 0.62 公顷"),
    ("TRA-03", "施工图显示厂区道路与县道平面交叉"),
)
_DROPPED = (
    ("HUD-11", "污水由园区集中处理，不排入市政管网"),
    ("HUD-07", "利用既有厂房，不新建需要归档的房屋"),
    ("NRD-04", "用地已取得规划许可，继续有效"),
)
_RULE = (
    "HUD-09",
    "digs_city_road = true or affects_green_space = true",
    "占用城市绿地施工一般须同时占用道路，按会议纪要调整",
)
_LOOKED_AT = 40


def replan(session: Session, *, by: Actor, at: datetime) -> None:
    """Add two items, drop up to two, and publish a rule that counts from a month later on."""
    found = select(Project).where(col(Project.state) == ProjectState.IN_APPROVAL)
    projects = session.exec(found.order_by(col(Project.declared_at).desc(), col(Project.code)).limit(_LOOKED_AT)).all()
    left = list(projects)
    for item_code, reason in _ADDED:
        _first(session, left, item_code, reason, is_due=False, by=by, at=at)
    for item_code, reason in _DROPPED:
        _first(session, left, item_code, reason, is_due=True, by=by, at=at)
    item_code, rule, reason = _RULE
    begins = business_date(at) + timedelta(days=30)
    publish_rule(session, item_code, rule, edition=Edition(begins, reason), by=by, at=at)


def _first(
    session: Session, left: list[Project], item_code: str, reason: str, *, is_due: bool, by: Actor, at: datetime
) -> None:
    """Change the first project's list that has (or lacks) the item and no case of it; each project once."""
    for project in left:
        row = session.get(DueItem, (project.code, item_code))
        listed = row is not None and row.dropped_on is None
        if listed != is_due or item_code in standing_cases(session, project.code):
            continue
        act = drop_due_item if is_due else add_due_item
        act(session, project, item_code, reason=reason, by=by, at=at)
        left.remove(project)
        return
