"""Every act on a case by its event, as whoever may do it, and the way into each state."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, timedelta
from itertools import count
from typing import Any

from core.cases import (
    amending,
    applying,
    arriving,
    closing,
    extending,
    handling,
    intake,
    resting,
    sign_off,
    transferring,
    voiding,
)
from core.cases.facts import CORRECTION, REVOCATION, decision_of
from core.cases.messages import ApplicationMade, ItemsApplied
from core.cases.tables import Application, Case
from core.clocks import business_date
from core.documents import materials
from core.domain.case_states import CASE
from core.domain.policy import PLATFORM, Actor, Role
from core.exchange.heartbeats import tell_life
from core.guides.publishing import catalogue, publish_guide
from core.projects.tables import DeclaredProject
from tests.world import PDF, Filed, World, act, case, make_officer, proposal, unit_of

FAULTS = (
    {"material_code": "EIA_TABLE", "name": "环境影响报告表", "fault": "缺少总平面图", "cure": "补充总平面图后重新上传"},
)
BEYOND_SILENCE = date(2026, 12, 1)
"""Applied for on Monday 23 November, an application is unanswered for five working days on 30 November."""

NUMBERS = count(1)

Act = Callable[..., Any]


def of_case(stage: Callable[..., Any], **given: Any) -> Act:
    return lambda world, case_id, by: act(world, case_id, stage, by=by, **given)


def pause(world: World, case_id: int, by: Actor) -> None:
    expected = business_date(world.now) + timedelta(days=30)
    words = {"ground": "technical_assessment", "expected_on": expected, "reason": "委托技术评估"}
    act(world, case_id, handling.pause, by=by, **words)


def propose(world: World, case_id: int, by: Actor, *, outcome: str = "granted") -> None:
    offered = proposal(world, outcome=outcome, number=f"审〔2026〕{next(NUMBERS)} 号")
    act(world, case_id, handling.propose, by=by, proposal=offered)


def amend(world: World, case_id: int, by: Actor, kind: str) -> None:
    """Propose to correct or revoke the decision, its sense unchanged."""
    with world.extranet.reading() as session:
        before = decision_of(session, session.get_one(Case, case_id))
    words = {"outcome": before.outcome if before else "granted", "reasons": "原决定引用条款有误"}
    offered = proposal(world, number=f"更〔2026〕{next(NUMBERS)} 号", conditions="按批复要求落实。", **words)
    act(world, case_id, amending.propose_amendment, by=by, kind=kind, proposal=offered)


def transfer(world: World, case_id: int, by: Actor) -> None:
    """To the same department of the prefecture, or back to the county's."""
    _, _, department = unit_of(world, case_id).partition("-")
    to = f"220184-{department}" if unit_of(world, case_id).startswith("220100") else f"220100-{department}"
    act(world, case_id, transferring.transfer, by=by, to=to, reason="项目跨区域，应由上级办理")


def request_supplement(world: World, case_id: int, by: Actor) -> None:
    """Ask for an answer within 30 days."""
    until = business_date(world.now) + timedelta(days=30)
    act(world, case_id, intake.request_supplement, by=by, items=FAULTS, answer_by=until)


def hear(world: World) -> None:
    """The extranet is told everything that the internet zone has to tell until now."""
    tell_life(world.public, world.now.astimezone(UTC))
    world.pump()


def decline(world: World, case_id: int, by: Actor) -> None:
    """On the ground that fits: of what was asked for and not answered only one does."""
    waits = case(world, case_id).state == "awaiting_supplement"
    ground, reason = ("materials_not_cured", "逾期未补正") if waits else ("prohibited", "属于禁止投资建设的项目")
    act(world, case_id, intake.decline, by=by, ground=ground, reason=reason)


def needs_reviews(world: World, item_code: str, *, levels: int) -> None:
    """From now on the item's guide asks for reviewers before the approver."""
    with world.extranet.writing() as session:
        guide = catalogue(session, on=business_date(world.now)).guides[item_code]
        changed = guide.model_copy(update={"number": guide.number + 1, "sign_off_levels": levels})
        publish_guide(session, changed, in_force_from=business_date(world.now), by=PLATFORM, at=world.now)


def supplement(world: World, case_id: int, by: Actor, *, carried: bool = True) -> None:
    """The unit, once it knows, hands in anew what was asked for, and the exchange carries it."""
    if carried:
        world.pump()
    one, project = own(world, case_id)
    world.later(minutes=10)
    with world.public.writing() as session:
        guide = applying.guide_of_application(session, one, on=business_date(world.now))
        asked = applying.asked_for(session, one, guide)
        stored = session.info["store"].put([PDF + b"% once more\n"])
        filed = Filed("补正.pdf", "application/pdf", stored.digest, stored.size)
        for wanted in asked.values():
            materials.hand_in(session, project.code, guide, wanted.need, filed, by=by, at=world.now)
        applying.supplement(session, session.get_one(Application, one.id), project, by=by, at=world.now)
    if carried:
        world.pump()


def withdraw(world: World, case_id: int, by: Actor, *, carried: bool = True) -> None:
    """The unit takes its application back, and the exchange carries it."""
    one, project = own(world, case_id)
    with world.public.writing() as session:
        found = session.get_one(Application, one.id)
        applying.withdraw(session, found, project, reason="投资计划调整", by=by, at=world.now)
    if carried:
        world.pump()


def deem_accepted(world: World, case_id: int, _by: Actor) -> None:
    with world.extranet.writing() as session:
        intake.deem_accepted(session, session.get_one(Case, case_id), at=world.now)


def own(world: World, case_id: int) -> tuple[Application, DeclaredProject]:
    """The unit's side of a case."""
    with world.public.reading() as session:
        return applying.application_of(session, world.unit, case(world, case_id).application_id)


ACTS: dict[str, Act] = {
    "pass_preliminary": of_case(intake.pass_preliminary),
    "refuse_preliminary": of_case(
        intake.refuse_preliminary, ground="out_of_remit", reason="应由长春市办理", right_organ="长春市生态环境局"
    ),
    "accept": of_case(intake.accept),
    "record_filing": of_case(intake.record_filing),
    "request_supplement": lambda world, case_id, by: request_supplement(world, case_id, by),
    "decline": lambda world, case_id, by: decline(world, case_id, by),
    "pause": pause,
    "resume": of_case(handling.resume),
    "extend": of_case(extending.extend, days=10, reason="评审意见分歧较大，需要复核"),
    "propose": propose,
    "send_back": of_case(sign_off.send_back, reason="依据不足，请补充"),
    "propose_correction": lambda world, case_id, by: amend(world, case_id, by, CORRECTION),
    "propose_revocation": lambda world, case_id, by: amend(world, case_id, by, REVOCATION),
    "return_amendment": of_case(sign_off.return_amendment, reason="原决定无误，不必改动"),
    "correct": of_case(amending.sign_amendment, kind=CORRECTION),
    "revoke": of_case(amending.sign_amendment, kind=REVOCATION),
    "review": of_case(sign_off.review, comment="同意"),
    "return_review": of_case(sign_off.return_review, reason="结论依据不足，请补充"),
    "approve": of_case(closing.approve),
    "transfer": lambda world, case_id, by: transfer(world, case_id, by),
    "supplement": supplement,
    "withdraw": withdraw,
    "deem_accepted": deem_accepted,
    "rest": of_case(resting.rest, expected_on=None, reason="资金未到位"),
    "wake": of_case(resting.wake),
    "void": of_case(voiding.void, reason="项目终止"),
}

WAYS: dict[str, tuple[str, ...]] = {
    "submitted": (),
    "under_acceptance": ("pass_preliminary",),
    "awaiting_supplement": ("pass_preliminary", "request_supplement"),
    "in_handling": ("pass_preliminary", "accept"),
    "awaiting_sign_off": ("pass_preliminary", "accept", "propose"),
    "concluded": ("pass_preliminary", "accept", "propose", "approve"),
    "refused": ("refuse_preliminary",),
    "not_accepted": ("pass_preliminary", "decline"),
    "withdrawn": ("withdraw",),
    "revoked": ("pass_preliminary", "accept", "propose", "approve", "propose_revocation", "revoke"),
    "voided": ("void",),
}
"""The shortest way of a licence into each state."""

SIGNATURES = ("approve", "correct", "revoke")
"""What waits until every level of review has agreed."""


def holder(world: World, role: Role, org_unit: str) -> Actor:
    """Someone who holds a role: at the organisational unit, or as what they are."""
    if role is Role.PLATFORM:
        return PLATFORM
    if role in (Role.CITIZEN, Role.PROJECT_UNIT, Role.OFFICER):
        return replace(world.unit, role=role)
    return make_officer((role, org_unit), name=f"某{role}")


def rightful(world: World, case_id: int, event: str) -> Actor:
    """Who may do it: the role the state table names, at the case's own unit."""
    role = next(move.by for move in CASE.moves if move.event == event)
    return world.unit if role is Role.PROJECT_UNIT else holder(world, role, unit_of(world, case_id))


def do(world: World, case_id: int, event: str, *, by: Actor | None = None) -> None:
    """One act on a case, by whoever may do it unless told otherwise."""
    ACTS[event](world, case_id, by or rightful(world, case_id, event))


def lead(world: World, case_id: int, state: str) -> int:
    """Lead a case that was applied for into a state; what is told of it waits for the exchange."""
    for event in WAYS[state]:
        if event in SIGNATURES:
            have_reviewed(world, case_id)
        do(world, case_id, event)
    return case_id


def have_reviewed(world: World, case_id: int) -> None:
    """Every level of review that is still open agrees, each another person."""
    for number in range(case(world, case_id).reviews_left):
        do(world, case_id, "review", by=make_officer((Role.REVIEWER, unit_of(world, case_id)), name=f"审核人{number}"))


def bring(world: World, case_id: int, state: str) -> int:
    """Lead a case into a state that both zones know of."""
    lead(world, case_id, state)
    world.pump()
    return case_id


def arrive(world: World, *item_codes: str, credit_code: str = "", code: str = "") -> None:
    """An application that the internet zone never checked reaches the extranet."""
    made = tuple(
        ApplicationMade(application_id=f"{'a' * 34}{place:02d}", item_code=item, org_unit="", materials=())
        for place, item in enumerate(item_codes)
    )
    told = ItemsApplied(
        project_code=code or world.code,
        credit_code=credit_code or world.unit.credit_code,
        applications=made,
        applied_at=world.now,
    )
    with world.extranet.writing() as session:
        arriving.open_cases(session, told, None)
