"""The states of a project, from declaration to completion of construction (A14.1, A14.5, A12.2)."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role


class ProjectState(StrEnum):
    """Where a project stands."""

    DECLARED = "declared"
    RETURNED = "returned"
    VERIFIED = "verified"
    IN_APPROVAL = "in_approval"
    APPROVED = "approved"
    NOT_APPROVED = "not_approved"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class ProjectFacts:
    """What the guards of the project machine look at: the due items and how each was concluded."""

    due: int = 0
    concluded: int = 0
    denied: int = 0
    resumes_to: str = ""


def everything_granted(facts: ProjectFacts) -> str | None:
    """Approval of the project needs every due item concluded, none denied (A14.5)."""
    return still_open(facts) or (f"有 {facts.denied} 项不予批准" if facts.denied else None)


def everything_concluded(facts: ProjectFacts) -> str | None:
    """The 办结通知书 needs every due item concluded (A14.5); with a denial the project is not approved."""
    return still_open(facts) or (None if facts.denied else "没有不予批准的事项")


def still_open(facts: ProjectFacts) -> str | None:
    """Why the project is not concluded yet: how many due items are open (A14.5)."""
    if not facts.due:
        return "没有应办事项"
    left = facts.due - facts.concluded
    return f"还有 {left} 项应办事项未办结" if left else None


def was(state: ProjectState) -> Callable[[ProjectFacts], str | None]:
    """A resumed project is where it was when it was suspended, nowhere else (A14.1e)."""

    def guard(facts: ProjectFacts) -> str | None:
        return None if facts.resumes_to == state else "项目中止前不是这个状态"

    return guard


S, R = ProjectState, Role
_LIVE = (S.VERIFIED, S.IN_APPROVAL, S.APPROVED, S.NOT_APPROVED)
# fmt: off
PROJECT = Machine("project", [
    # from            event                to              by              article    guard
    (S.DECLARED,      "verify",            S.VERIFIED,     R.PLATFORM,     "A13.2",   None),
    (S.DECLARED,      "return",            S.RETURNED,     R.PLATFORM,     "A13.2",   None),
    (S.VERIFIED,      "begin_approval",    S.IN_APPROVAL,  R.PROJECT_UNIT, "A14.1d",  None),
    (S.IN_APPROVAL,   "complete",          S.APPROVED,     R.PLATFORM,     "A14.5",   everything_granted,    "", "completion"),
    (S.IN_APPROVAL,   "complete_denied",   S.NOT_APPROVED, R.PLATFORM,     "A14.5",   everything_concluded,  "", "completion"),
    (S.NOT_APPROVED,  "reopen",            S.IN_APPROVAL,  R.PROJECT_UNIT, "A14.1d",  None),
    (S.APPROVED,      "reopen",            S.IN_APPROVAL,  R.PROJECT_UNIT, "A14.1d",  None),
    (S.NOT_APPROVED,  "extend_list",       S.IN_APPROVAL,  R.PLATFORM,     "A14.1c",  None),
    (S.APPROVED,      "extend_list",       S.IN_APPROVAL,  R.PLATFORM,     "A14.1c",  None),
    (S.NOT_APPROVED,  "reopen_revoked",    S.IN_APPROVAL,  R.PLATFORM,     "A14.5",   None),
    (S.APPROVED,      "reopen_revoked",    S.IN_APPROVAL,  R.PLATFORM,     "A14.5",   None),
    *((state,         "suspend",           S.SUSPENDED,    R.COORDINATOR,  "A14.1e",  None) for state in _LIVE),
    *((S.SUSPENDED,   f"resume_to_{state}", state,         R.COORDINATOR,  "A14.1e",  was(state)) for state in _LIVE),
    *((state,         "terminate",         S.TERMINATED,   R.COORDINATOR,  "A14.1e",  None) for state in (*_LIVE, S.SUSPENDED)),
    *((state,         "supersede",         S.SUPERSEDED,   R.COORDINATOR,  "A12.2",   None) for state in _LIVE),
], {
    S.DECLARED: "已申报", S.RETURNED: "申报已退回", S.VERIFIED: "已核验", S.IN_APPROVAL: "审批中", S.APPROVED: "审批办结",
    S.NOT_APPROVED: "办结（含不予批准）", S.SUSPENDED: "已中止", S.TERMINATED: "已终止", S.SUPERSEDED: "已重新赋码",
    "verify": "核验项目代码", "return": "退回申报", "begin_approval": "开始审批", "complete": "项目办结",
    "complete_denied": "项目办结（含不予批准）", "reopen": "继续审批", "extend_list": "增加应办事项，继续审批",
    "reopen_revoked": "决定被撤销，继续审批",
    "suspend": "中止项目",
    "resume_to_verified": "恢复项目（待申请）", "resume_to_in_approval": "恢复项目", "resume_to_approved": "恢复项目（已办结）",
    "resume_to_not_approved": "恢复项目（含不予批准）", "terminate": "终止项目", "supersede": "由新代码取代",
})
# fmt: on

CONCLUDED = frozenset({S.APPROVED, S.NOT_APPROVED})
"""States in which every due item is concluded and the list of due items is frozen (A14.5)."""

LIST_CHANGES_IN = frozenset(_LIVE)
"""States in which items may be added to or dropped from the list of due items (A14.1c)."""

ENDED = frozenset({S.RETURNED, S.TERMINATED, S.SUPERSEDED})
"""Nothing happens to a project in one of these any more."""

AT_REST = frozenset({S.SUSPENDED, S.TERMINATED, S.SUPERSEDED})
"""A verified project in one of these does not go on, for a time or for good (A12.2, A14.1e)."""

TAKES_APPLICATIONS = frozenset(_LIVE)


def why_no_applications(state: str) -> str:
    """Why nothing can be applied for in this state of the project, in words; empty when it can (A14.1d, A14.1e)."""
    if state in TAKES_APPLICATIONS:
        return ""
    return {
        S.DECLARED: "项目代码还在核验",
        S.RETURNED: "项目代码未通过核验",
        S.SUSPENDED: "项目已中止，恢复后才能申请事项",
        S.TERMINATED: "项目已终止，不能再申请事项",
        S.SUPERSEDED: "项目已重新赋码，请在新代码下申请事项",
    }[ProjectState(state)]
