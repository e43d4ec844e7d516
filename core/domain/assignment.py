"""Whom a case needs now, who may be given one, who may take one, and who may hand one over (分办、领取、移交)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from core.domain.case_states import CASE, OPEN_STATES, CaseFacts, CaseState
from core.domain.policy import CASE_ROLES, Actor, Role

SHORTEST_REASON = 2
"""Characters of a reason for handing over."""


@dataclass(frozen=True)
class Holding:
    """With whom a case of an organisational unit lies: id and name of the officer, empty while with nobody.

    `is_over`: the officer's part in it is over (`part_is_over`).
    """

    org_unit: str
    officer_id: str = ""
    officer_name: str = ""
    is_open: bool = True
    is_over: bool = False

    @property
    def is_free(self) -> bool:
        """Whether anybody of the unit may take or give it: it lies with nobody, or with one whose part is over."""
        return not self.officer_id or self.is_over


class Matter(StrEnum):
    """What lies open in a case and decides, beside its state, whose turn it is."""

    NOTHING = ""
    REVIEW = "review"  # a level of review is left (A14.4a)
    AMENDMENT = "amendment"  # a correction or revocation was proposed, and its reviews are through (A14.5)
    UNANSWERED = "unanswered"  # the unit let pass the day set for its supplement, and may be declined (A14.3)


@dataclass(frozen=True)
class Standing:
    """How a case stands: what decides whom it needs.

    `assigned_roles` are what the officer with whom it lies may do at its unit today, `parties` who proposed what lies
    open or has signed a level of it.
    """

    org_unit: str
    state: str
    matter: Matter = Matter.NOTHING
    assigned_to: str = ""
    assigned_roles: frozenset[Role] = frozenset()
    parties: frozenset[str] = frozenset()


PREPARING = (Role.CLERK, Role.HANDLER)
"""Roles that prepare a case, each step by one person; what the others decide on comes to all who may decide it."""

_DONE = CaseFacts(
    code_verified=True, document_number="-", document_title="-", has_scan=True, proposed_by="another", acting="one"
)
"""The facts of a case in which everything was done that the guards wait for."""

_FACTS = {
    Matter.NOTHING: _DONE,
    Matter.REVIEW: replace(_DONE, reviews_left=1, amendment="correction"),
    Matter.AMENDMENT: replace(_DONE, amendment="correction"),
    Matter.UNANSWERED: replace(_DONE, supplement_ran_out=True),
}


def _turn(state: str, matter: Matter) -> Role | None:
    if state not in OPEN_STATES and matter not in (Matter.REVIEW, Matter.AMENDMENT):
        return None  # what has ended may be amended, but waits for nobody
    # what no guard holds back can be done at any time (sending back, taking back): it is never what a case waits for
    guarded = (move for move in CASE.moves if move.source == state and move.by in CASE_ROLES and move.guard)
    return next((move.by for move in guarded if move.guard and move.guard(_FACTS[matter]) is None), None)


TURNS: Mapping[tuple[str, Matter], Role] = {
    (state, matter): role for state in CaseState for matter in Matter if (role := _turn(state, matter))
}
"""State and open matter → whose turn it is, read from the state table and its guards; no row where nobody's here."""


def needed_by(case: Standing, actor: Actor) -> bool:
    """Whether the next step of a case is this officer's, or one's for whom they stand in.

    It is when they hold the role whose turn it is at the case's unit. What is prepared is one person's: the officer
    with whom it lies, as long as that officer may take the step; else everybody's who may. What is decided is
    everybody's who may decide, but those who proposed it or signed a level of it (A14.4a).
    """
    role = TURNS.get((case.state, case.matter))
    if role is None or role not in actor.roles_at(case.org_unit):
        return False
    if role in PREPARING:
        return case.assigned_to in actor.stands_for or role not in case.assigned_roles
    return not case.parties & set(actor.counts_as(case.org_unit))


def part_is_over(state: str, roles: frozenset[Role]) -> bool:
    """Whether somebody with these roles has no part any more in preparing a case: a clerk once it was accepted."""
    turn = TURNS.get((state, Matter.NOTHING))
    return turn in PREPARING and not roles & set(CASE_ROLES[CASE_ROLES.index(turn) :])


def why_not_take(held: Holding) -> str:
    """Why nobody may take this case now; empty when anyone of the unit may."""
    if not held.is_open:
        return "这件已经办结，不再分办"
    return "" if held.is_free else f"这件已由{held.officer_name}经办。需要接手请由其移交"


def why_not_give(held: Holding, by: Actor, *, to: str, to_roles: frozenset[Role], reason: str) -> tuple[str, str]:
    """Why `by` may not give the case to the officer `to`: (field, words); both empty when they may.

    What lies with someone is handed over by themselves, their substitute, or an approver of the unit, with a reason;
    what lies with nobody, or with one whose part in it is over, is given by anybody who works there.
    """
    if not held.is_open:
        return "", "这件已经办结，不再分办"
    if not to_roles & set(CASE_ROLES):
        return "officer", "请选择本单位办件岗位的工作人员"
    if to == held.officer_id:
        return "officer", f"这件本来就由{held.officer_name}经办"
    if held.is_free:
        return "", ""
    if not may_pass_on(held, by):
        return "", f"这件由{held.officer_name}经办，由其本人或者本单位签批人移交"
    return ("", "") if len(reason) >= SHORTEST_REASON else ("reason", "移交请写明理由")


def may_pass_on(held: Holding, by: Actor) -> bool:
    """Whether what lies with somebody is theirs to hand over: the officer's, a substitute's, an approver's."""
    stands_in = any(grant.on_behalf_of == held.officer_id for grant in by.grants)
    return by.id == held.officer_id or stands_in or Role.APPROVER in by.roles_at(held.org_unit)
