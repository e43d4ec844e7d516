"""Completion of a project, and what becomes of it when something it was proved by changes (A14.5). Extranet.

The 办结通知书 is as good as the list it prints. Whoever changes that list or a decision in it calls `judge_anew`: a
notice that says something else than the files is void, and one that says what they say is issued in its place, now if
everything still is concluded, else when it is again.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from core.cases import notices, proof
from core.cases.notice_voiding import last_of_kind, mark_void, void_by_platform
from core.cases.tables import Case, Notice
from core.database import bump
from core.documents.notice_facts import NoticeKind
from core.domain.case_states import FAVOURABLE, OPEN_STATES, CaseState
from core.domain.policy import PLATFORM, Actor, Role, reach
from core.domain.project_states import CONCLUDED, PROJECT, ProjectFacts, ProjectState, still_open
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.messages import ProjectConcluded
from core.projects.tables import DueItem, Project
from core.trace import step

_BY_PLATFORM = frozenset({Role.PLATFORM})


def complete_if_due(session: Session, project_code: str, *, at: datetime) -> None:
    """When the last due item is concluded the platform issues the 办结通知书 and tells the unit (A14.5)."""
    project = _hold(session, project_code)
    facts = project_facts(session, project_code)
    if project.state != ProjectState.IN_APPROVAL or still_open(facts):
        return
    event = "complete_denied" if facts.denied else "complete"
    move = step(session, PROJECT, project, event, facts, by=PLATFORM, held=_BY_PLATFORM, at=at)
    project.completed_at = at
    session.add(project)
    send(session, ProjectConcluded(project_code=project_code, state=project.state, concluded_at=at), at=at)
    notices.issue_completion(session, move.notice, project, proof.freeze_list(session, project, at=at), at=at)


def judge_anew(session: Session, project_code: str, *, reason: str, at: datetime) -> bool:
    """The list of due items or a decision in it changed, for this reason: does the 办结通知书 still hold (A14.5)?

    With an item open again the notice is void, and a concluded project is in approval again: the answer is whether it
    is. With every item concluded, but not as the notice says, the list is frozen anew and a new notice takes its place.
    """
    project = _hold(session, project_code)
    facts = project_facts(session, project_code)
    notice = standing_notice(session, project_code)
    if still_open(facts):
        reopens = project.state in CONCLUDED
        if reopens:
            step(session, PROJECT, project, "reopen_revoked", facts, by=PLATFORM, held=_BY_PLATFORM, at=at)
        project.completed_at = None
        session.add(project)
        void_by_platform(session, notice, reason=reason, at=at)
        return reopens
    if notice is not None and not proof.is_as_frozen(session, project):
        frozen = proof.freeze_list(session, project, at=at)
        made = notices.issue_completion(session, NoticeKind.COMPLETION, project, frozen, at=at)
        mark_void(session, notice, reason=reason, successor=made, by=PLATFORM, at=at)
    return False


def reissue(
    session: Session, project: Project, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> Notice:
    """Void the 办结通知书 by hand and issue it anew over the same list, with unit and project as they are now (A14.5).

    Only a coordinator above the project does so, with a reason. Refuses a project whose notice doesn't stand. A14.3.
    """
    if not may_reissue(session, by, project):
        raise NotAllowed("办结通知书由综合管理部门作废和重新签发", article="A14.5")
    if len(reason.strip()) < 5:
        raise FormRefusal({"reason": "请写明作废的原因，项目单位会看到"}, article="A14.3")
    bump(session, project, seen=seen)
    held = _hold(session, project.code)
    notice = standing_notice(session, held.code)
    if notice is None:
        raise RuleRefusal("没有可以重新签发的办结通知书", field="reason", article="A14.5")
    frozen = proof.frozen_lists(session, held.code)[0]
    made = notices.issue_completion(session, NoticeKind.COMPLETION, held, frozen, at=at)
    mark_void(session, notice, reason=reason.strip(), successor=made, by=by, at=at)
    return made


def may_reissue(session: Session, actor: Actor, project: Project) -> bool:
    """Whether this officer coordinates the region of the project, or one above it (A5.1)."""
    above = organisations(session).above.get(project.region_code, frozenset())
    return bool(reach(actor, "completion.reissue").regions_below & above)


def standing_notice(session: Session, project_code: str) -> Notice | None:
    """The 办结通知书 of a project that is not void."""
    return last_of_kind(session, NoticeKind.COMPLETION, project_code=project_code, case=None)


def project_facts(session: Session, project_code: str) -> ProjectFacts:
    """How many items are due, how many concluded by their latest case, how many of these denied (A14.5)."""
    due = session.exec(
        select(DueItem.item_code).where(col(DueItem.project_code) == project_code, col(DueItem.dropped_on).is_(None))
    ).all()
    outcomes: dict[str, str] = {}
    for item_code, state, outcome in session.exec(
        select(Case.item_code, Case.state, Case.outcome)
        .where(col(Case.project_code) == project_code)
        .order_by(col(Case.id))
    ).all():
        if outcomes.get(item_code) in FAVOURABLE or (state not in OPEN_STATES and not outcome):
            continue  # what ended without a decision leaves the earlier one standing
        outcomes[item_code] = outcome if state == CaseState.CONCLUDED else ""
    concluded = [outcomes[code] for code in due if outcomes.get(code)]
    return ProjectFacts(
        due=len(due),
        concluded=len(concluded),
        denied=sum(outcome not in FAVOURABLE for outcome in concluded),
    )


def _hold(session: Session, project_code: str) -> Project:
    """The project, locked: of two departments that conclude the last two items at once, the second sees the first.

    NO KEY UPDATE: both already hold the share of the key that a case's foreign key takes.
    """
    session.flush()
    return session.get_one(Project, project_code, with_for_update={"key_share": True}, populate_existing=True)
