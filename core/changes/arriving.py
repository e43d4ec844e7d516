"""What arrives from the internet zone about changes: requests, withdrawals, the new code (A12.2, A14.1e). Extranet."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from core.cases.completing import complete_if_due, judge_anew
from core.cases.voiding import carry_over, granted_cases, open_cases
from core.changes.messages import ChangeReturned, ChangeSubmitted, ChangeTakenBack, ChangeWithdrawn, NewCodeIssued
from core.changes.queries import declaration
from core.changes.tables import ProjectChange
from core.clocks import business_date
from core.database import bump
from core.domain import change_states as rules
from core.domain.change_states import CHANGE, KIND_WORDS, ChangeFacts, ChangeKind, ChangeState, Fate
from core.domain.changes import changed_fields
from core.domain.declaration import home_region
from core.domain.policy import PLATFORM, Actor, Role
from core.domain.project_states import PROJECT
from core.domain.remit import Level, competent_region
from core.errors import NotAllowed
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.examining import refuse_malformed
from core.projects.link_tables import ExtranetProjectLink
from core.projects.rules import field_specs
from core.projects.tables import Project
from core.trace import record, step

_DECIDE_AT = [Level.PROVINCE, Level.PREFECTURE, Level.COUNTY]


@applies(ChangeSubmitted)
def receive_change(session: Session, told: ChangeSubmitted, envelope: Envelope) -> None:
    """A request arrived, or one that was returned comes again, amended; one that can't be filed goes back (A14.1e).

    Refuses the whole message when its sender does not own the project (T11).
    """
    del envelope
    project = _project_of_sender(session, told.project_code, told.credit_code)
    change = session.get(ProjectChange, told.change_id)
    if change is not None and change.project_code != project.code:
        raise NotAllowed("not_owner：变更申请属于另一个项目", article="A14.1e")
    if told.facts is not None:
        refuse_malformed(session, told.facts, on=business_date(told.submitted_at))
    if words := _why_not(session, project, told):
        answer = ChangeReturned(
            project_code=project.code, change_id=told.change_id, decider="平台", words=words, at=told.submitted_at
        )
        send(session, answer, at=told.submitted_at)
        return
    if change is None:
        _file(session, project, told)
        return
    before = declaration(session, project.code).facts
    changed = (*changed_fields(field_specs(), before, told.facts or {}), *told.kept_back)
    step(session, CHANGE, change, "submit", ChangeFacts(kind=told.change_kind, changed=changed), by=_unit(project),
         held=frozenset({Role.PROJECT_UNIT}), at=told.submitted_at, reason=told.reason)  # fmt: skip
    _fill(session, change, project, told)


@applies(ChangeWithdrawn)
def receive_withdrawal(session: Session, told: ChangeWithdrawn, envelope: Envelope) -> None:
    """The unit takes its request back; one that was decided meanwhile stays decided."""
    del envelope
    project = _project_of_sender(session, told.project_code, told.credit_code)
    change = session.get(ProjectChange, told.change_id)
    if change is not None and change.project_code != project.code:
        raise NotAllowed("not_owner：变更申请属于另一个项目", article="A14.1e")
    if change is not None and change.state in CHANGE.sources("withdraw"):
        step(session, CHANGE, change, "withdraw", by=_unit(project), held=frozenset({Role.PROJECT_UNIT}),
             at=told.withdrawn_at)  # fmt: skip
    elif change is not None:
        return
    answer = ChangeTakenBack(
        project_code=project.code, change_id=told.change_id, decider="", words="", at=told.withdrawn_at
    )
    send(session, answer, at=told.withdrawn_at)


@applies(NewCodeIssued)
def link_new_code(session: Session, told: NewCodeIssued, envelope: Envelope) -> None:
    """The project was declared anew: link both codes and carry over the cases that were chosen for it (A12.2).

    Refuses a code for a change that was not granted as a major one.
    """
    del envelope
    new = _project_of_sender(session, told.project_code, told.credit_code)
    change = session.get(ProjectChange, told.change_id)
    if change is None or change.project_code != told.superseded_code:
        raise NotAllowed("没有与这个新代码对应的重大变更", article="A12.2")
    _project_of_sender(session, told.superseded_code, told.credit_code)
    step(session, CHANGE, change, "supersede", by=PLATFORM, held=frozenset({Role.PLATFORM}), at=told.issued_at,
         change={"code": [told.superseded_code, new.code]})  # fmt: skip
    change.new_code = new.code
    session.add(ExtranetProjectLink(old_code=told.superseded_code, new_code=new.code, linked_at=told.issued_at))
    session.flush()
    record(
        session, "project.supersede_with", "project", new.code, f"重大变更后重新赋码，原代码 {told.superseded_code}",
        by=PLATFORM, at=told.issued_at, project_code=new.code,
    )  # fmt: skip
    carried = [
        case
        for case in (*open_cases(session, told.superseded_code), *granted_cases(session, told.superseded_code))
        if change.fates.get(case.application_id) == Fate.CARRY
    ]  # fmt: skip
    for case in carried:
        carry_over(session, case, new, at=told.issued_at)
    if carried:
        why = f"项目重大变更后改用新代码 {new.code}，已转入新代码的事项不再列入"
        judge_anew(session, told.superseded_code, reason=why, at=told.issued_at)
        step(session, PROJECT, new, "begin_approval", by=_unit(new), held=frozenset({Role.PROJECT_UNIT}),
             at=told.issued_at)  # fmt: skip
        complete_if_due(session, new.code, at=told.issued_at)


def _why_not(session: Session, project: Project, told: ChangeSubmitted) -> str:
    open_beside = session.exec(
        select(ProjectChange.kind).where(
            col(ProjectChange.project_code) == project.code,
            col(ProjectChange.state).in_(rules.OPEN_STATES),
            col(ProjectChange.id) != told.change_id,
        )
    ).all()
    return rules.why_not_now(told.change_kind, project.state, open_beside)


def _file(session: Session, project: Project, told: ChangeSubmitted) -> None:
    change = ProjectChange(
        id=told.change_id,
        project_code=project.code,
        region_code=project.region_code,
        kind=told.change_kind,
        state=ChangeState.SUBMITTED,
        base=1,
        reason=told.reason,
        submitted_at=told.submitted_at,
    )
    _fill(session, change, project, told)
    words = f"收到{KIND_WORDS[ChangeKind(told.change_kind)]}申请"
    record(
        session, "change.submit", "change", change.id, words, by=_unit(project), at=told.submitted_at,
        project_code=project.code, reason=told.reason, change={"state": ["", change.state]},
    )  # fmt: skip


def _fill(session: Session, change: ProjectChange, project: Project, told: ChangeSubmitted) -> None:
    newest = declaration(session, project.code)
    change.kind, change.facts, change.kept_back = told.change_kind, told.facts, list(told.kept_back)
    change.base, change.reason, change.expected_on = newest.number, told.reason, told.expected_on
    change.submitted_at, change.decision = told.submitted_at, ""
    change.region_code = _deciding_region(session, project, newest.facts, told)
    session.add(change)
    session.flush()


def _deciding_region(session: Session, project: Project, facts: Mapping[str, Any], told: ChangeSubmitted) -> str:
    """Whose coordinator decides: of the level the project was declared at, at its place (A5.1)."""
    tree = organisations(session)
    place, zone = home_region(facts)
    if place not in tree.regions:
        return project.region_code
    return competent_region(
        _DECIDE_AT,
        project_level=Level(str(facts["project_level"])),
        region_code=place,
        zone_code=zone,
        other_region_codes=[str(code) for code in facts.get("other_region_codes") or ()],
        regions=tree.regions,
        on=business_date(told.submitted_at),
    )


def _unit(project: Project) -> Actor:
    return Actor(Role.PROJECT_UNIT, id=project.credit_code, name=project.unit_name, credit_code=project.credit_code)


def _project_of_sender(session: Session, project_code: str, credit_code: str) -> Project:
    project = session.get(Project, project_code)
    if project is None or project.credit_code != credit_code:
        raise NotAllowed("not_owner：发送单位不是这个项目的申报单位", article="A14.1e")
    bump(session, project)
    return project
