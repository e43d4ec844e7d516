"""Changes to projects in the demonstration: asked for by their units, decided by the coordinator, some still waiting.

Which projects it touches follows from the data: those in approval with the fewest open cases.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.cases.applying import OPEN, applications_of
from core.cases.voiding import granted_cases, open_cases
from core.changes import deciding, requesting
from core.changes.effects import carryable
from core.changes.tables import ChangeRequest, ProjectChange
from core.clocks import business_date
from core.demo.enterprises import Owner
from core.domain.change_states import ChangeKind, ChangeState, Fate
from core.domain.credit_code import make
from core.domain.legacy_projects import VOUCHED, read_entry
from core.domain.policy import Actor
from core.domain.project_states import ProjectState
from core.projects.legacy import map_code
from core.projects.legacy_entering import enter, ground_on
from core.projects.tables import DeclaredProject, Project


@dataclass(frozen=True)
class Story:
    """What one unit asks for, why, and how it ends; without `ends` it waits for the coordinator."""

    kind: str
    reason: str
    ends: str = ""
    words: str = ""


Asked = Sequence[tuple[str, Story]]
"""Requests by their id, each with its story."""

STORIES = (
    Story("change", "设备交货推迟，工期顺延半年"),
    Story("suspension", "土地交付推迟，暂缓建设，待交付后恢复"),
    Story("change", "按审查意见优化总平面布置，工期顺延", ChangeState.GRANTED, "情况属实，同意变更"),
    Story("major_change", "产品方案和工艺路线改变，需重新办理", ChangeState.GRANTED_AS_MAJOR, "属于重大变化，同意"),
    Story("suspension", "资金安排调整，项目暂缓", ChangeState.GRANTED, "同意中止，恢复前请先申请"),
    Story("termination", "投资方撤资，项目不再建设", ChangeState.GRANTED, "同意终止"),
    Story("change", "工期调整", ChangeState.RETURNED, "请写明延期的原因和新的进度安排"),
    Story("change", "分期建设，延后建成时间", ChangeState.REFUSED, "建成时间不符合年度建设计划的要求"),
    Story("change", "工期顺延三个月", ChangeState.WITHDRAWN),
    Story("change", "", ChangeState.DRAFT),
)
KEPT = 2
"""So many projects in approval are left as they are."""

LEGACY = ("吉发改备字〔2016〕{n:03d}号", "长工信投资2015-{n:03d}", "2016-220184-36-03-{n:06d}")


def ask(session: Session, actors: Mapping[str, Actor], *, at: datetime) -> list[tuple[str, Story]]:
    """The units ask, one project each; the requests with their stories. Internet zone."""
    asked = []
    for project, story in zip(_quietest(session), STORIES, strict=False):
        by = actors[project.credit_code]
        request = requesting.begin(session, project, story.kind, by=by, at=at)
        if story.kind in (ChangeKind.CHANGE, ChangeKind.MAJOR):
            later = f"{int(str(project.facts['planned_completion'])[:4]) + 1}-06"
            requesting.save_step(session, request, {"planned_completion": [later]}, step="scale", by=by, at=at)
        if story.ends != ChangeState.DRAFT:
            requesting.submit(
                session, request, project, kind=story.kind, reason=story.reason, expected_on=None, by=by, at=at
            )
        asked.append((request.id, story))
    return asked


def take_back(
    session: Session, asked: Sequence[tuple[str, Story]], actors: Mapping[str, Actor], *, at: datetime
) -> None:
    """One unit thinks better of it. Internet zone."""
    for change_id, story in asked:
        if story.ends == ChangeState.WITHDRAWN:
            request = session.get_one(ChangeRequest, change_id)
            project = session.get_one(DeclaredProject, request.project_code)
            requesting.withdraw(session, request, project, by=actors[project.credit_code], at=at)


def decide(session: Session, asked: Asked, *, by: Actor, at: datetime) -> None:
    """The coordinator decides what is not left waiting. Extranet."""
    for change_id, story in asked:
        change = session.get(ProjectChange, change_id)
        if change is None:
            continue
        if story.ends == ChangeState.GRANTED:
            fates = {case.application_id: str(Fate.VOID) for case in open_cases(session, change.project_code)}
            ends = story.kind == ChangeKind.TERMINATION
            deciding.grant(session, change, fates=fates if ends else {}, opinion=story.words, by=by, at=at)
        elif story.ends == ChangeState.GRANTED_AS_MAJOR:
            can = carryable(session, change, on=business_date(at))
            fates = {case.application_id: str(Fate.VOID) for case in open_cases(session, change.project_code)}
            fates |= {case.application_id: str(Fate.LEAVE) for case in granted_cases(session, change.project_code)}
            fates |= {identity: str(Fate.CARRY) for identity in can}
            deciding.grant_as_major(session, change, fates=fates, opinion=story.words, by=by, at=at)
        elif story.ends == ChangeState.RETURNED:
            deciding.send_back(session, change, reason=story.words, by=by, at=at)
        elif story.ends == ChangeState.REFUSED:
            deciding.refuse(session, change, reason=story.words, by=by, at=at)


def map_legacy_codes(session: Session, *, by: Actor, at: datetime) -> None:
    """Three of the oldest projects bore codes elsewhere. Extranet."""
    oldest = session.exec(select(Project.code).order_by(col(Project.declared_at), col(Project.code)).limit(len(LEGACY)))
    for place, (code, pattern) in enumerate(zip(oldest.all(), LEGACY, strict=False)):
        map_code(session, code, pattern.format(n=18 + 7 * place), by=by, at=at)


def enter_legacy_projects(session: Session, owner: Owner, *, by: Actor, at: datetime) -> None:
    """Two projects begun before the platform: one of a unit that is registered, one of a unit yet to come. Extranet."""
    ground = ground_on(session, at)
    for typed in (
        {
            "legacy": "吉发改备2014-206", "project_name": "公主岭市农机配件仓储物流中心项目", "industry_division": "59",
            "planned_start": "2014-05", "planned_completion": "2027-10", "total_investment": "6800",
            "unit_name": owner.name, "unit_uscc": owner.credit_code,
        },
        {
            "legacy": "公发改审批〔2013〕41号", "project_name": "公主岭市城区供热管网改造二期工程",
            "industry_division": "44", "planned_start": "2013-09", "planned_completion": "2027-09",
            "total_investment": "15400", "unit_name": "公主岭市城区供热有限公司（演示）",
            "unit_uscc": make("91220184MA0L2013"),
        },
    ):  # fmt: skip
        place = {"project_type": "03", "project_level": "county", "region_code": "220184", VOUCHED: "true"}
        enter(session, read_entry(typed | place, "", ground), by=by, at=at)


def _quietest(session: Session) -> list[DeclaredProject]:
    """Projects in approval, those with the fewest open applications first; some are left as they are."""
    found = session.exec(select(DeclaredProject).where(col(DeclaredProject.state) == ProjectState.IN_APPROVAL)).all()
    counted = [
        (sum(one.state in OPEN for one in applications_of(session, project.code)), project.code, project)
        for project in found
    ]
    ordered = [project for _, _, project in sorted(counted, key=lambda one: one[:2])]
    return ordered[: max(0, len(ordered) - KEPT)]
