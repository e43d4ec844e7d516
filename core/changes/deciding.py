"""The coordinator decides what a unit applied for (A12.2, A14.1e). Extranet.

What a grant does to the project happens in the same transaction: a new version of the declaration and a list of due
items worked out anew, another state of the project, or its end together with what becomes of its open cases.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from core.cases.completing import complete_if_due, judge_anew, standing_notice
from core.cases.notice_voiding import void_by_platform
from core.cases.replanning import facts_changed
from core.cases.resting import rest_cases, wake_cases
from core.cases.voiding import granted_cases, open_cases, void
from core.changes.effects import carryable, cases_to_decide, change_facts
from core.changes.messages import ChangeGranted, ChangeRefused, ChangeReturned, MajorChangeGranted
from core.changes.queries import declaration, may_decide
from core.changes.tables import ProjectChange
from core.clocks import business_date
from core.consultations.asking import lapse_of_project
from core.database import bump
from core.domain.change_states import (
    CHANGE,
    PROJECT_EVENTS,
    WITH_FACTS,
    ChangeKind,
    ChangeState,
    Fate,
    resuming_event,
)
from core.domain.policy import Actor, Role
from core.domain.project_states import PROJECT, ProjectFacts, ProjectState
from core.errors import RuleRefusal
from core.exchange.outbox import send
from core.projects.tables import Declaration, Project
from core.projects.verifying import make_findable
from core.trace import record, step

LONGEST_REASON = 1000
Fates = Mapping[str, str]
"""Application id of a case → what becomes of it, a `core.domain.change_states.Fate`."""


def grant(
    session: Session, change: ProjectChange, *, fates: Fates | None = None, opinion: str = "", by: Actor, at: datetime,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Grant the request; the code stays (A12.2, A14.1e).

    Refuses a major change and one of what the code names, and a termination while the fate of an open case was not
    chosen.
    """
    chosen = dict(fates or {})
    _decide(session, change, "grant", chosen, opinion, by=by, at=at, seen=seen)
    project = session.get_one(Project, change.project_code)
    if change.kind in WITH_FACTS:
        _alter(session, change, project, by=by, at=at)
    elif change.kind == ChangeKind.RESUMPTION:
        _resume(session, change, project, by=by, at=at)
    else:
        change.resumes_to = project.state
        _move(session, project, PROJECT_EVENTS[ChangeKind(change.kind)], by=by, at=at, reason=change.reason)
        if change.kind == ChangeKind.TERMINATION:
            _end_work(session, change, "项目终止", by=by, at=at)
            # whoever is shown it would let building begin that is not to be
            void_by_platform(session, standing_notice(session, project.code), reason="项目已终止，不再建设", at=at)
        else:
            expected, why = change.expected_on, change.reason
            rest_cases(session, project.code, expected_on=expected, reason=why, by=by, at=at)
    told = ChangeGranted(
        project_code=project.code,
        change_id=change.id,
        decider=by.org_name,
        words=change.decision,
        at=at,
        project_state=project.state,
    )
    send(session, told, at=at)


def grant_as_major(
    session: Session, change: ProjectChange, *, fates: Fates, opinion: str = "", by: Actor, at: datetime,
    seen: int | None = None,
) -> None:  # fmt: skip
    """Grant as a major change: this project is over, the internet zone declares it anew under a new code (A12.2).

    Refuses while the fate of an open case or a granted decision was not chosen, and to carry over what the new
    declaration does not make due before the same unit.
    """
    can = carryable(session, change, on=business_date(at))
    for case in (*open_cases(session, change.project_code), *granted_cases(session, change.project_code)):
        if fates.get(case.application_id) == Fate.CARRY and case.application_id not in can:
            words = f"{case.item_name}在变更后的项目里不再由这个单位办理，不能转入，请另选去向"
            raise RuleRefusal(words, field=f"fate-{case.application_id}", article="A12.2")
    _decide(session, change, "grant_as_major", dict(fates), opinion, by=by, at=at, seen=seen)
    project = session.get_one(Project, change.project_code)
    _move(session, project, "supersede", by=by, at=at, reason=change.reason)
    _end_work(session, change, "项目发生重大变化，重新赋码", by=by, at=at)
    told = MajorChangeGranted(
        project_code=project.code, change_id=change.id, decider=by.org_name, words=change.decision, at=at
    )
    send(session, told, at=at)


def send_back(
    session: Session, change: ProjectChange, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Give the request back to the unit, which amends it and submits it again (A14.1e)."""
    _decide(session, change, "return", {}, _needed(reason), by=by, at=at, seen=seen)
    told = ChangeReturned(
        project_code=change.project_code, change_id=change.id, decider=by.org_name, words=change.decision, at=at
    )
    send(session, told, at=at)


def refuse(
    session: Session, change: ProjectChange, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Refuse the request; the project stays as it is (A14.1e)."""
    _decide(session, change, "refuse", {}, _needed(reason), by=by, at=at, seen=seen)
    told = ChangeRefused(
        project_code=change.project_code, change_id=change.id, decider=by.org_name, words=change.decision, at=at
    )
    send(session, told, at=at)


def _decide(
    session: Session, change: ProjectChange, event: str, fates: dict[str, str], words: str, *, by: Actor, at: datetime,
    seen: int | None,
) -> None:  # fmt: skip
    facts = change_facts(session, change, event, fates)
    asked = {case.application_id for cases, _ in cases_to_decide(session, change, event) for case in cases}
    held = frozenset({by.role}) | (frozenset({Role.COORDINATOR}) if may_decide(session, by, change) else frozenset())
    step(session, CHANGE, change, event, facts, by=by, held=held, at=at, seen=seen, reason=words)
    change.decision = words.strip()
    change.fates = {identity: fate for identity, fate in fates.items() if identity in asked}
    change.decided_by, change.decider_name, change.decided_at = by.id, by.name, at
    session.add(change)


def _alter(session: Session, change: ProjectChange, project: Project, *, by: Actor, at: datetime) -> None:
    """A new version of the declaration, and the due items that it makes (A12.2, A14.1c)."""
    facts = dict(change.facts or {})
    bump(session, project)
    number = declaration(session, project.code).number + 1
    session.add(Declaration(project_code=project.code, number=number, facts=facts, declared_at=change.submitted_at))
    change.number = number
    project.name, project.unit_name = str(facts["project_name"])[:200], str(facts["unit_name"])[:120]
    session.add(project)
    session.flush()
    make_findable(session, project)
    record(
        session, "declaration.alter", "project", project.code, f"申报信息变更为第 {number} 版",
        by=by, at=at, project_code=project.code, change={"declaration": [number - 1, number]},
    )  # fmt: skip
    facts_changed(session, project, facts, reason="申报信息变更后重新核对", by=by, at=at)


def _resume(session: Session, change: ProjectChange, project: Project, *, by: Actor, at: datetime) -> None:
    """Back to where the project was when it was suspended: its clocks count on (A14.1e).

    What was concluded meanwhile may complete it, and what was revoked meanwhile puts it back into approval.
    """
    suspension = session.exec(
        select(ProjectChange)
        .where(
            col(ProjectChange.project_code) == project.code,
            col(ProjectChange.kind) == ChangeKind.SUSPENSION,
            col(ProjectChange.state) == ChangeState.GRANTED,
        )
        .order_by(col(ProjectChange.decided_at).desc())
        .limit(1)
    ).first()
    back = suspension.resumes_to if suspension else ProjectState.VERIFIED
    _move(
        session, project, resuming_event(back), by=by, at=at, reason=change.reason, facts=ProjectFacts(resumes_to=back)
    )
    wake_cases(session, project.code, by=by, at=at)
    complete_if_due(session, project.code, at=at)
    judge_anew(session, project.code, reason="项目恢复后仍有应办事项未办结", at=at)


def _end_work(session: Session, change: ProjectChange, why: str, *, by: Actor, at: datetime) -> None:
    """The project is over: its cases end as chosen, and what was asked about it as a whole is asked no more."""
    reason = f"{why}：{change.reason}"
    lapse_of_project(session, change.project_code, reason=reason, at=at)
    for case in open_cases(session, change.project_code):
        if change.fates.get(case.application_id) == Fate.VOID:
            void(session, case, reason=reason[:4000], by=by, at=at)


def _move(
    session: Session, project: Project, event: str, *, by: Actor, at: datetime, reason: str,
    facts: ProjectFacts | None = None,
) -> None:  # fmt: skip
    held = frozenset({Role.COORDINATOR})
    step(session, PROJECT, project, event, facts or ProjectFacts(), by=by, held=held, at=at, reason=reason)


def _needed(reason: str) -> str:
    if len(reason.strip()) < 5:
        raise RuleRefusal("请写明理由，项目单位会看到", field="reason", article="A14.1e")
    if len(reason.strip()) > LONGEST_REASON:
        raise RuleRefusal(f"理由最多 {LONGEST_REASON} 个字", field="reason")
    return reason.strip()
