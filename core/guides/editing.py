"""Departments keep their guides: the words of an item, published as its next version from a day on (A8.1). Extranet.

What every new version needs, whatever changes in it, stands here as well: the version it is made from, a day, a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from core.clocks import business_date
from core.domain.clock import Unit
from core.domain.policy import Actor, reach
from core.domain.secrecy import refuse_classified
from core.errors import Absent, Conflict, FormRefusal, NotAllowed
from core.guides.guide import Guide
from core.guides.publishing import publish_guide, versions_of

PROVINCE = "220000"
LONGEST_REASON = 500
LONGEST_PROMISE = 365

TEXTS: Mapping[str, tuple[str, int]] = {
    "content": ("审批内容", 2000),
    "acceptance_conditions": ("受理条件", 4000),
    "process": ("办理流程", 2000),
    "fee": ("收费标准", 500),
    "supervision": ("监管要求", 2000),
    "contact": ("联系方式", 500),
}
"""The words of a guide that its department keeps: field → its name, and how many characters it may have."""


@dataclass(frozen=True)
class Edition:
    """What makes a version: the day from which it holds, why it was made, and the number of the one the page showed."""

    in_force_from: date | None
    reason: str
    seen: int | None = None


def may_edit_text(actor: Actor, guide: Guide) -> bool:
    """Whether this officer keeps the guide: editor of its department at the province, or coordinator there (A8.1)."""
    found = reach(actor, "guide_text.publish")
    return f"{PROVINCE}-{guide.department}" in found.org_units or PROVINCE in found.regions_below


def newest_version(session: Session, item_code: str) -> Guide:
    """The last version published of an item's guide, in force or to come: what the next one is made from."""
    versions = versions_of(session, item_code)
    if not versions:
        raise Absent("没有找到这个事项")
    return versions[-1].guide


def text_of(guide: Guide) -> dict[str, str]:
    """The words of a guide as the editor shows them."""
    words = {name: str(getattr(guide, name)) for name in TEXTS}
    return words | {"fee": "不收费" if guide.fee.startswith("none") else guide.fee}


def publish_text(
    session: Session, item_code: str, given: Mapping[str, str], *, promised: str, edition: Edition, by: Actor,
    at: datetime,
) -> Guide:  # fmt: skip
    """Publish changed words and promise of a guide as its next version (A8.1).

    Refuses, all at once, an empty or overlong element, a promise that is no number or longer than the law allows, what
    `wrong_edition` finds, and no change at all; raises Conflict when somebody published meanwhile.
    """
    guide = newest_version(session, item_code)
    if not may_edit_text(by, guide):
        raise NotAllowed("办事指南由主管部门的省级指南编辑或省综合管理部门发布", article="A8.1")
    refuse_stale(guide, edition)
    words = {name: given.get(name, "").replace("\r\n", "\n").strip() for name in TEXTS}
    days, wrong_days = _promise(guide, promised.strip())
    wrong = {name: error for name, text in words.items() if (error := _wrong_text(name, text))}
    wrong |= ({"promised_days": wrong_days} if wrong_days else {}) | wrong_edition(edition, today=business_date(at))
    if not wrong and words == text_of(guide) and days == guide.promised_days:
        wrong["content"] = "与最新一版相同，没有改动"
    if wrong or edition.in_force_from is None:
        raise FormRefusal(wrong, article="A8.1")
    refuse_classified({**words, "reason": edition.reason})
    made = guide.model_copy(update={**words, "promised_days": days, "number": guide.number + 1})
    publish_guide(session, made, in_force_from=edition.in_force_from, by=by, at=at, reason=edition.reason.strip())
    return made


def refuse_stale(guide: Guide, edition: Edition) -> None:
    """Raise Conflict when the page showed an older version than this newest one."""
    if edition.seen is not None and edition.seen != guide.number:
        raise Conflict(f"第 {guide.number} 版刚刚由其他人发布，请看最新一版再改")


def wrong_edition(edition: Edition, *, today: date) -> dict[str, str]:
    """What is wrong with day and reason, by field: a version begins today or later, and says why it was made."""
    wrong = {}
    if edition.in_force_from is None:
        wrong["in_force_from"] = "请填写施行日期"
    elif edition.in_force_from < today:
        wrong["in_force_from"] = "施行日期不能早于今天"
    if not edition.reason.strip():
        wrong["reason"] = "请说明为什么修改，痕迹中会保留"
    elif len(edition.reason) > LONGEST_REASON:
        wrong["reason"] = f"说明请不超过 {LONGEST_REASON} 字"
    return wrong


def _wrong_text(name: str, text: str) -> str:
    label, longest = TEXTS[name]
    if not text:
        return f"请填写{label}"
    return f"{label}最多 {longest} 个字，现在是 {len(text)} 个字" if len(text) > longest else ""


def _promise(guide: Guide, typed: str) -> tuple[int | None, str]:
    if not typed:
        return None, ""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3 and 0 < int(typed) <= LONGEST_PROMISE):
        return None, f"请填 1 到 {LONGEST_PROMISE} 的整数，不承诺的留空"
    days = int(typed)
    is_longer = guide.statutory_unit is Unit.WORKING_DAY and guide.statutory_days is not None
    if is_longer and days > (guide.statutory_days or 0):
        return None, f"承诺时限不能长于法定时限 {guide.statutory_days} 个工作日"
    return days, ""
