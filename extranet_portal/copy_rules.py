"""抄送规则: to whom the decision on each item goes by itself, and why, as the guides in force say it (A14.4c)."""

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.domain.addressees import related_items
from core.domain.copies import WHY_CONSULTED, WHY_COORDINATING
from core.guides.guide import Catalogue, Guide, without_remark
from core.guides.publishing import catalogue
from core.projects.rules import item_relations
from core.reference import loader
from core.web import reply
from core.web.action import action
from core.web.ask import Ask


@dataclass(frozen=True)
class NamedShown:
    """A department that the item's guide names: why, and by which law."""

    department: str
    why: str
    basis: str


@dataclass(frozen=True)
class RelatedShown:
    """An item whose department gets a copy where the project has to obtain it: how the two stand to each other."""

    item: str
    department: str
    words: str


@dataclass(frozen=True)
class RuleShown:
    """One item with everybody who gets copies of its decisions."""

    code: str
    name: str
    department: str
    href: str
    named: tuple[NamedShown, ...]
    related: tuple[RelatedShown, ...]


@action(allow="copy_rule.see")
def see_rules(ask: Ask) -> Response:
    """The rules of every item, or of one department's."""
    department = ask.query("department")[:40]
    held = catalogue(ask.session, on=ask.today)
    used = {guide.department for guide in held.guides.values()}
    return reply.page(
        ask,
        "extranet/copies/rules.html",
        title="抄送规则",
        department=department,
        departments=[(code, _department(code)) for code in loader.load().department_by_code if code in used],
        rows=[_rule(ask, held, one) for one in held.guides.values() if department in ("", one.department)],
        why_consulted=WHY_CONSULTED,
        why_coordinating=WHY_COORDINATING,
    )


def _rule(ask: Ask, held: Catalogue, guide: Guide) -> RuleShown:
    related = related_items(guide.item_code, item_relations(held))
    return RuleShown(
        code=guide.item_code,
        name=guide.name,
        department=_department(guide.department),
        href=ask.url("guide_version.see", item_code=guide.item_code),
        named=tuple(
            NamedShown(_department(one.department), one.reason, without_remark(one.legal_basis)) for one in guide.copies
        ),
        related=tuple(
            RelatedShown(other.name, _department(other.department), words)
            for code, words in related.items()
            if (other := held.guides.get(code)) is not None
        ),
    )


def _department(code: str) -> str:
    found: Any = loader.load().department_by_code.get(code)
    return found.name.removeprefix("吉林省") if found else code


routes = [Route("/copies/rules", see_rules, methods=["GET"], name="copy_rule.see")]
