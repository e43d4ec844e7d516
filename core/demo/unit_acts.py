"""What project units do in the demonstration: declare, apply, supplement, withdraw. Internet zone."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from core.cases import applying
from core.cases.tables import Application
from core.clocks import business_date
from core.demo.papers import Papers
from core.demo.plans import Plan, Round
from core.demo.stories import draw_story
from core.documents import materials
from core.domain.policy import Actor
from core.domain.project_states import ProjectState
from core.guides.guide import Guide, MaterialNeed
from core.guides.publishing import guide_version
from core.projects import declaring
from core.projects.rules import steps
from core.projects.tables import DeclaredProject, ToldDueItem

_REASONS = ("投资方案调整，需重新确定建设内容", "选址变更，补充完善后重新申请", "申请材料需重新编制")


@dataclass
class Undertaking:
    """A plan being carried out; `code` is empty until it is declared."""

    plan: Plan
    by: Actor
    turn: int
    code: str = ""


@dataclass
class Matter:
    """One application of the demonstration and the story it follows."""

    application_id: str
    project_code: str
    project_name: str
    item_code: str
    org_unit: str
    is_filing: bool
    limit: int
    story: str
    by: Actor
    turn: int
    faulty: tuple[MaterialNeed, ...] = field(default=())


def answers_of(plan: Plan, at: datetime) -> dict[str, list[str]]:
    """The declaration form of a plan as its unit types it."""
    kind, owner, place = plan.archetype, plan.owner, plan.place
    start = business_date(at) + timedelta(days=100 + plan.number % 60)
    end = start + timedelta(days=300 + plan.number % 7 * 60)
    typed = kind.plain_answers | _money(plan) | {
        "project_name": plan.name,
        "project_type": kind.project_type,
        "project_level": plan.level,
        "region_code": place.region,
        "industry_division": kind.industry,
        "site_address": f"{place.name}{place.spots[plan.number % len(place.spots)]} {plan.number % 88 + 1} 号",
        "planned_start": f"{start:%Y-%m}",
        "planned_completion": f"{end:%Y-%m}",
        "scale_and_content": kind.content.format(n=plan.number),
        "main_products": kind.products.format(n=plan.number),
        "unit_name": owner.name,
        "unit_id_type": "credit_code",
        "unit_uscc": owner.credit_code,
        "unit_nature": owner.kind,
        "unit_address": f"{place.name}{place.spots[0]} {plan.total % 97 + 1} 号",
        "legal_representative": plan.owner.contact,
        "contact_name": owner.contact,
        "contact_mobile": owner.mobile,
    }  # fmt: skip
    if plan.zone:
        typed |= {"in_development_zone": "true", "development_zone_code": plan.zone}
    if kind.project_type != "03":
        typed |= {"legal_representative_id": "220102199003070013"}
    if kind.project_type == "02":
        typed |= {"ratification_catalogue_item": "二、能源" if kind.industry == "44" else "五、原材料"}
    return {name: [text] for name, text in typed.items() if text}


def declare(session: Session, under: Undertaking, *, at: datetime) -> None:
    """Fill in the form, step by step as far as anyone can see, and submit it."""
    draft = declaring.begin_draft(session, by=under.by, at=at - timedelta(minutes=24))
    typed = answers_of(under.plan, at)
    declaring.save_step(session, draft, typed, step=steps()[-1].slug, by=under.by, at=at - timedelta(minutes=3))
    under.code = declaring.submit(session, draft, by=under.by, at=at).code


def leave_a_draft(session: Session, plan: Plan, by: Actor, *, at: datetime) -> None:
    """Begin a declaration and leave it after the first pages."""
    draft = declaring.begin_draft(session, by=by, at=at - timedelta(minutes=12))
    typed = answers_of(plan, at)
    for step in steps()[:2]:
        here = {name: typed[name] for name in step.fields if name in typed}
        declaring.save_step(session, draft, here, step=step.slug, by=by, at=at)


def apply(
    session: Session, under: Undertaking, asked: Round, papers: Papers, drawn: random.Random, *, at: datetime
) -> list[Matter]:
    """Apply for what a round asks for and the rules allow now; the new applications with their stories."""
    project = session.get_one(DeclaredProject, under.code)
    if project.state == ProjectState.DECLARED:
        return []
    latest = applying.latest_by_item(applying.applications_of(session, project.code))
    can = [row for row in declaring.due_items_of(session, project.code) if not applying.why_not_yet(row, latest)]
    chosen = _chosen(session, can, asked)
    matters: dict[str, Matter] = {}
    for row, guide in chosen:
        matter = _matter(under, project, row, guide, asked.stories, drawn)
        _hand_in(session, matter, guide, papers, missing=drawn.random() < 0.5, at=at - timedelta(minutes=6))
        matters[row.item_code] = matter
    if matters:
        for one in applying.apply(session, project, list(matters), knowing_missing=True, by=under.by, at=at):
            matters[one.item_code].application_id = one.id
    return list(matters.values())


def supply(session: Session, matter: Matter, papers: Papers, *, at: datetime) -> None:
    """Hand in what the request to supplement names, and send it."""
    application = session.get_one(Application, matter.application_id)
    project = session.get_one(DeclaredProject, matter.project_code)
    due = {row.item_code: row for row in declaring.due_items_of(session, matter.project_code)}[matter.item_code]
    guide = guide_version(session, due.guide_version)
    for need in matter.faulty:
        filed = papers.material(f"{need.name}（补正）", business_date(at))
        materials.hand_in(session, matter.project_code, guide, need, filed, by=matter.by, at=at - timedelta(minutes=5))
    applying.supplement(session, application, project, by=matter.by, at=at)


def withdraw(session: Session, matter: Matter, *, at: datetime) -> None:
    """Take the application back, with a reason."""
    application = session.get_one(Application, matter.application_id)
    project = session.get_one(DeclaredProject, matter.project_code)
    reason = _REASONS[matter.turn % len(_REASONS)]
    applying.withdraw(session, application, project, reason=reason, by=matter.by, at=at)


def _money(plan: Plan) -> dict[str, str]:
    first = plan.total * 2 // 5
    rest = plan.total - first
    if plan.archetype.project_type == "01":
        return {
            "total_investment": str(plan.total),
            "uses_government_funds": "true",
            "government_funding_mode": "direct",
            "fund_central_budget": "0",
            "fund_provincial_fiscal": str(first),
            "fund_local_fiscal": str(rest),
        }
    return {
        "total_investment": str(plan.total),
        "project_capital": str(plan.total * 3 // 10),
        "fund_own_funds": str(first),
        "fund_domestic_loan": str(rest),
    }


def _chosen(session: Session, can: list[ToldDueItem], asked: Round) -> list[tuple[ToldDueItem, Guide]]:
    """Items the round names come first, then those that come first by the rules, at most as many as it wants."""
    guides = [(row, guide_version(session, row.guide_version)) for row in can]
    sensible = [(row, guide) for row, guide in guides if asked.finishing or guide.stage != "completion_acceptance"]
    named = list(asked.stories)
    sensible.sort(key=lambda one: named.index(one[0].item_code) if one[0].item_code in named else len(named))
    return sensible[: asked.most]


def _matter(
    under: Undertaking, project: DeclaredProject, row: ToldDueItem, guide: Guide, stories: Mapping[str, str],
    drawn: random.Random,
) -> Matter:  # fmt: skip
    story = draw_story(drawn, is_filing=guide.is_filing, wanted=stories.get(row.item_code, ""))
    needs = [need for need in guide.materials if need.must_be_handed_in]
    if story.startswith("paused") and not guide.pause_grounds:
        story = "slow"
    if story in ("supplemented", "unanswered") and not needs:
        story = "plain"
    return Matter(
        application_id="",
        project_code=project.code,
        project_name=project.name,
        item_code=row.item_code,
        org_unit=row.org_unit,
        is_filing=guide.is_filing,
        limit=guide.handling_days or 8,
        story=story,
        by=under.by,
        turn=under.turn,
        faulty=tuple(needs[:2]) if story in ("supplemented", "unanswered") else (),
    )


def _hand_in(session: Session, matter: Matter, guide: Guide, papers: Papers, *, missing: bool, at: datetime) -> None:
    """Hand in what acceptance waits for, but perhaps not what a request to supplement will name first."""
    left_out = {matter.faulty[0].code} if matter.faulty and missing else set()
    for wanted in materials.wanted_for(session, matter.project_code, guide):
        if wanted.is_missing and wanted.need.code not in left_out:
            filed = papers.material(wanted.need.name, business_date(at))
            materials.hand_in(session, matter.project_code, guide, wanted.need, filed, by=matter.by, at=at)
