"""What a project unit may apply for once its project is declared, and how that is decided (A12.2, A14.1e).

A change (变更) keeps the code and makes a new version of the declaration; a major change (重大变更) takes a new code;
suspension, resumption and termination move the project's own state. One table for all of them: who decides is the
coordinator, who also keeps the due items.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role
from core.domain.project_states import PROJECT, ProjectState


class ChangeKind(StrEnum):
    """What is applied for."""

    CHANGE = "change"
    MAJOR = "major_change"
    SUSPENSION = "suspension"
    RESUMPTION = "resumption"
    TERMINATION = "termination"


KIND_WORDS = {
    ChangeKind.CHANGE: "变更",
    ChangeKind.MAJOR: "重大变更",
    ChangeKind.SUSPENSION: "中止",
    ChangeKind.RESUMPTION: "恢复",
    ChangeKind.TERMINATION: "终止",
}

KIND_HINTS = {
    ChangeKind.CHANGE: "延期、调整建设内容或投资等，项目代码不变；同意后按新的内容重新核对应办事项。",
    ChangeKind.MAJOR: "建设地点、所属行业、项目类型改变，或者需要重新审批、核准、备案的。同意后重新赋码，新旧代码互相对应。",
    ChangeKind.SUSPENSION: "项目暂时停下。中止期间不能申请新的事项；办理中的事项暂停计时，恢复后接着计算；初审、受理照常进行。",
    ChangeKind.RESUMPTION: "中止的项目继续进行，可以继续申请事项；因中止暂停的时限接着计算。",
    ChangeKind.TERMINATION: "项目不再建设。在办的事项全部作废，项目代码不再使用，也不再分配给其他项目。",
}

WITH_FACTS = frozenset({ChangeKind.CHANGE, ChangeKind.MAJOR})
"""Kinds that alter what was declared; the others only ask for another state of the project."""

_LIVE = frozenset({ProjectState.VERIFIED, ProjectState.IN_APPROVAL, ProjectState.APPROVED, ProjectState.NOT_APPROVED})
_FROM = {
    ChangeKind.CHANGE: _LIVE,
    ChangeKind.MAJOR: _LIVE,
    ChangeKind.SUSPENSION: _LIVE,
    ChangeKind.RESUMPTION: frozenset({ProjectState.SUSPENDED}),
    ChangeKind.TERMINATION: _LIVE | {ProjectState.SUSPENDED},
}


class ChangeState(StrEnum):
    """Where a change request stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    GRANTED = "granted"
    GRANTED_AS_MAJOR = "granted_as_major"
    SUPERSEDED = "superseded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ChangeFacts:
    """What the guards look at: the kind, the fields that differ, those of them the code names, cases without a fate."""

    kind: str = ""
    changed: tuple[str, ...] = ()
    in_code: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()


def may_apply_for(state: str) -> tuple[ChangeKind, ...]:
    """The kinds that a project in this state may apply for, in the order of the list (A14.1e)."""
    return tuple(kind for kind in ChangeKind if state in _FROM[kind])


def why_not_now(kind: str, state: str, open_kinds: Collection[str]) -> str:
    """Why this kind can't be applied for now, in words; empty when it can. One request at a time (A14.1e)."""
    if open_kinds:
        words = "、".join(KIND_WORDS[ChangeKind(one)] for one in open_kinds)
        return f"已有{words}申请在办理，办完或撤回后才能再申请"
    if kind not in set(ChangeKind) or state not in _FROM[ChangeKind(kind)]:
        word = KIND_WORDS.get(ChangeKind(kind), "") if kind in set(ChangeKind) else ""
        return f"项目现在是“{PROJECT.word(state)}”，不能申请{word}"
    return ""


def something_to_decide(facts: ChangeFacts) -> str | None:
    """A change needs at least one fact that differs (A14.1e)."""
    if facts.kind in WITH_FACTS and not facts.changed:
        return "还没有修改任何内容。请选择要改的部分，修改后再提交"
    return None


def keeps_the_code(facts: ChangeFacts) -> str | None:
    """What the code itself names can't change under it: such a change takes a new code (A11.1, A12.2)."""
    if facts.kind == ChangeKind.MAJOR:
        return "这是重大变更，同意后应当重新赋码，请按重大变更办理"
    if facts.in_code:
        return f"{'、'.join(facts.in_code)}写在项目代码里，改变后应当重新赋码，请按重大变更办理"
    return all_decided(facts)


def takes_a_new_code(facts: ChangeFacts) -> str | None:
    """Only an altered declaration takes a new code, and every open case is decided on with it (A12.2)."""
    if facts.kind not in WITH_FACTS:
        return "只有申报信息变更才能重新赋码"
    return all_decided(facts)


def all_decided(facts: ChangeFacts) -> str | None:
    """What becomes of each case, open or granted, is chosen explicitly, never by silence (A12.2, A14.1e)."""
    if facts.undecided:
        return f"请逐件选择事项的去向，还没有选择：{'、'.join(facts.undecided)}"
    return None


S, R = ChangeState, Role
# fmt: off
CHANGE = Machine("change", [
    # from               event              to                   by               article    guard
    (S.DRAFT,            "submit",          S.SUBMITTED,         R.PROJECT_UNIT,  "A14.1e",  something_to_decide),
    (S.RETURNED,         "submit",          S.SUBMITTED,         R.PROJECT_UNIT,  "A14.1e",  something_to_decide),
    (S.DRAFT,            "withdraw",        S.WITHDRAWN,         R.PROJECT_UNIT,  "A14.1e",  None),
    (S.SUBMITTED,        "withdraw",        S.WITHDRAWN,         R.PROJECT_UNIT,  "A14.1e",  None),
    (S.RETURNED,         "withdraw",        S.WITHDRAWN,         R.PROJECT_UNIT,  "A14.1e",  None),
    (S.SUBMITTED,        "return",          S.RETURNED,          R.COORDINATOR,   "A14.1e",  None),
    (S.SUBMITTED,        "refuse",          S.REFUSED,           R.COORDINATOR,   "A14.1e",  None),
    (S.SUBMITTED,        "grant",           S.GRANTED,           R.COORDINATOR,   "A12.2",   keeps_the_code),
    (S.SUBMITTED,        "grant_as_major",  S.GRANTED_AS_MAJOR,  R.COORDINATOR,   "A12.2",   takes_a_new_code),
    (S.GRANTED_AS_MAJOR, "supersede",       S.SUPERSEDED,        R.PLATFORM,      "A12.2",   None),
], {
    S.DRAFT: "未提交", S.SUBMITTED: "待决定", S.RETURNED: "已退回修改", S.GRANTED: "已同意",
    S.GRANTED_AS_MAJOR: "已同意，正在重新赋码", S.SUPERSEDED: "已重新赋码", S.REFUSED: "不予同意", S.WITHDRAWN: "已撤回",
    "submit": "提交变更申请", "withdraw": "撤回变更申请", "return": "退回修改", "refuse": "不同意变更", "grant": "同意变更",
    "grant_as_major": "同意并重新赋码", "supersede": "赋新代码",
})
# fmt: on

OPEN_STATES = frozenset({S.DRAFT, S.SUBMITTED, S.RETURNED, S.GRANTED_AS_MAJOR})
"""A request in one of these is not over: no other may be begun."""

EDITABLE = frozenset({S.DRAFT, S.RETURNED})
"""The unit may still alter what it asks for."""

PROJECT_EVENTS = {
    ChangeKind.SUSPENSION: "suspend",
    ChangeKind.TERMINATION: "terminate",
}
"""What granting does to the project itself; a resumption leads back to where the project was suspended."""


def resuming_event(resumes_to: str) -> str:
    """The event that leads a suspended project back to the state it was suspended in."""
    return f"resume_to_{resumes_to}"


class Fate(StrEnum):
    """What becomes of a case when its project ends or goes on under a new code."""

    VOID = "void"
    CARRY = "carry"
    LEAVE = "leave"


OPEN_FATES = {Fate.CARRY: "转入新项目继续办理", Fate.VOID: "作废"}
"""What may become of an open case under a new code; where the project is terminated it can only be voided."""

DECIDED_FATES = {Fate.CARRY: "转入新项目，继续有效", Fate.LEAVE: "留在原项目，新项目需要的重新办理"}
"""What may become of a granted decision under a new code; to revoke it is for the department that decided (A14.5)."""

FATE_WORDS = {Fate.CARRY: "转入新项目", Fate.VOID: "作废", Fate.LEAVE: "留在原项目"}
"""What became of a case, once that was decided."""


def undecided(cases: Sequence[tuple[str, str]], fates: Mapping[str, str], allowed: Collection[str]) -> tuple[str, ...]:
    """The names of the cases for which nothing that may become of them was chosen; cases are (id, name) pairs."""
    return tuple(name for identity, name in cases if fates.get(identity) not in allowed)
