"""Who may be given a case, who may take one, and who may hand one over (分办、领取、移交)."""

from dataclasses import dataclass
from functools import lru_cache

from core.domain.case_states import CASE, OPEN_STATES
from core.domain.policy import CASE_ROLES, Actor, Role

SHORTEST_REASON = 2
"""Characters of a reason for handing over."""


@dataclass(frozen=True)
class Holding:
    """With whom a case of an organisational unit lies: id and name of the officer, empty while with nobody."""

    org_unit: str
    officer_id: str = ""
    officer_name: str = ""
    is_open: bool = True


@dataclass(frozen=True)
class Needed:
    """The states in which a case needs somebody: `own` if it lies with them or with nobody, `whoever` in any case."""

    own: tuple[str, ...]
    whoever: tuple[str, ...]


@lru_cache(maxsize=64)
def needed_by(roles: frozenset[Role]) -> Needed:
    """Where the next step is for someone with these roles, read from the state table.

    A case lies with whoever prepares it; what those above decide on comes to them whoever prepared it. Where the unit
    has to answer, nobody here is needed.
    """
    units_turn = {move.source for move in CASE.moves if move.by is Role.PROJECT_UNIT and move.event != "withdraw"}
    own: set[str] = set()
    whoever: set[str] = set()
    for move in CASE.moves:
        if move.by in roles and move.source in OPEN_STATES - units_turn and move.target != move.source:
            (own if move.by in (Role.CLERK, Role.HANDLER) else whoever).add(move.source)
    return Needed(tuple(sorted(own - whoever)), tuple(sorted(whoever)))


def why_not_take(held: Holding) -> str:
    """Why nobody may take this case now; empty when anyone of the unit may."""
    if not held.is_open:
        return "这件已经办结，不再分办"
    return f"这件已由{held.officer_name}经办。需要接手请由其移交" if held.officer_id else ""


def why_not_give(held: Holding, by: Actor, *, to: str, to_roles: frozenset[Role], reason: str) -> tuple[str, str]:
    """Why `by` may not give the case to the officer `to`: (field, words); both empty when they may.

    What lies with someone is handed over by themselves, their substitute, or an approver of the unit, with a reason;
    what lies with nobody is given by anybody who works there.
    """
    if not held.is_open:
        return "", "这件已经办结，不再分办"
    if not to_roles & set(CASE_ROLES):
        return "officer", "请选择本单位办件岗位的工作人员"
    if to == held.officer_id:
        return "officer", f"这件本来就由{held.officer_name}经办"
    if not held.officer_id:
        return "", ""
    if not may_pass_on(held, by):
        return "", f"这件由{held.officer_name}经办，由其本人或者本单位签批人移交"
    return ("", "") if len(reason) >= SHORTEST_REASON else ("reason", "移交请写明理由")


def may_pass_on(held: Holding, by: Actor) -> bool:
    """Whether what lies with somebody is theirs to hand over: the officer's, a substitute's, an approver's."""
    stands_in = any(grant.on_behalf_of == held.officer_id for grant in by.grants)
    return by.id == held.officer_id or stands_in or Role.APPROVER in by.roles_at(held.org_unit)
