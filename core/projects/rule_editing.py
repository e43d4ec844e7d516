"""The coordinator changes when an item applies: read, tried on past projects, published (A14.1c, A8.1).

The rule is data of the item's guide. A new version holds from a day on, in both zones; projects told before keep their
list until their facts change. Extranet.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from core.clocks import business_date
from core.database import table_of
from core.domain.condition_words import read_rule
from core.domain.conditions import Rule
from core.domain.due_items import applies
from core.domain.policy import Actor, reach
from core.domain.project_states import ProjectState
from core.domain.secrecy import refuse_classified
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from core.guides.editing import PROVINCE, Edition, newest_version, refuse_stale, wrong_edition
from core.guides.guide import Guide
from core.guides.publishing import publish_guide
from core.projects.rules import item_rule, labels
from core.projects.tables import Declaration, Project

TRIED_ON = 200
"""Projects on which a rule is tried: the last ones that were verified, about a year of a province's county."""

_D, _P = table_of(Declaration), table_of(Project)


@dataclass(frozen=True)
class Hit:
    """A past project for which the two rules differ."""

    code: str
    name: str


@dataclass(frozen=True)
class Preview:
    """What a rule would have meant: how many projects were looked at, which would gain the item, which lose it."""

    looked_at: int
    gain: tuple[Hit, ...]
    lose: tuple[Hit, ...]
    keep: int


def may_publish_rules(actor: Actor) -> bool:
    """Whether this officer coordinates the whole province: a rule holds everywhere (A14.1c)."""
    return PROVINCE in reach(actor, "guide_rule.publish").regions_below


def read_new_rule(session: Session, item_code: str, text: str) -> tuple[Guide, Rule]:
    """The newest guide of an item and the rule that was typed for it; refuses an unchanged one too."""
    guide = newest_version(session, item_code)
    rule = read_rule(text, labels())
    if str(rule) == str(item_rule(guide).rule):
        raise RuleRefusal("与最新一版的适用条件相同，没有改动", field="applies_when", article="A14.1c")
    return guide, rule


def preview(session: Session, item_code: str, text: str) -> Preview:
    """Try a rule on the last projects: who would gain the item, who would lose it, by the facts as last declared."""
    guide, _ = read_new_rule(session, item_code, text)
    before = item_rule(guide)
    after = item_rule(guide.model_copy(update={"applies_when": _canonical(text)}))
    gain: list[Hit] = []
    lose: list[Hit] = []
    keep, looked_at = 0, 0
    for code, name, facts in session.connection().execute(_LAST_PROJECTS, {"limit": TRIED_ON}).all():
        looked_at += 1
        was, will = applies(before, facts), applies(after, facts)
        keep += was and will
        if was != will:
            (gain if will else lose).append(Hit(code, name))
    return Preview(looked_at, tuple(gain), tuple(lose), keep)


def publish_rule(session: Session, item_code: str, text: str, *, edition: Edition, by: Actor, at: datetime) -> Guide:
    """Publish the rule as a new version of the item's guide, in force from a day on; the trace says why (A8.1, A14.1c).

    Refuses an unreadable rule and what `wrong_edition` finds; raises Conflict when somebody published meanwhile.
    """
    if not may_publish_rules(by):
        raise NotAllowed("适用条件由省综合管理部门修改", article="A14.1c")
    refuse_stale(newest_version(session, item_code), edition)
    guide, rule = read_new_rule(session, item_code, text)
    wrong = wrong_edition(edition, today=business_date(at))
    if wrong or edition.in_force_from is None:
        raise FormRefusal(wrong, article="A14.1c")
    refuse_classified({"reason": edition.reason})
    made = guide.model_copy(update={"number": guide.number + 1, "applies_when": str(rule)})
    publish_guide(session, made, in_force_from=edition.in_force_from, by=by, at=at, reason=edition.reason.strip())
    return made


def _canonical(text: str) -> str:
    return str(read_rule(text, labels()))


_OTHER = _D.alias("other")
_NEWEST = sa.select(sa.func.max(_OTHER.c.number)).where(_OTHER.c.project_code == _P.c.code).scalar_subquery()
_LAST_PROJECTS = (
    sa.select(_P.c.code, _P.c.name, _D.c.facts)
    .select_from(_P)
    .join(_D, sa.and_(_D.c.project_code == _P.c.code, _D.c.number == _NEWEST))
    .where(_P.c.state.not_in([ProjectState.DECLARED, ProjectState.RETURNED]))
    .order_by(_P.c.declared_at.desc(), _P.c.code)
    .limit(sa.bindparam("limit"))
)
