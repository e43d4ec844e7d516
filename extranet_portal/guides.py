"""The guides of all items, version by version; the coordinator changes when an item applies (A8.1, A14.1c)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.domain.clock import limit_words
from core.domain.condition_words import in_sentence, read_rule
from core.domain.policy import Actor, may_ever
from core.domain.project_code import PROJECT_TYPES
from core.errors import Conflict, NotAllowed, Refusal, RuleRefusal
from core.guides.editing import LONGEST_REASON, Edition, may_edit_text, newest_version
from core.guides.guide import Guide, Version, without_remark
from core.guides.publishing import catalogue, versions_of
from core.projects import rule_editing
from core.projects.rule_editing import Hit, Preview
from core.projects.rules import labels
from core.reference import loader
from core.trace import entries_of
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown
from extranet_portal.shown import errors_given

_SHOWN_HITS = 20
_OPERATORS = "=、!=、>、>=、<、<=、in (甲, 乙)，用 and、or 连接；and 先于 or，不用括号分组"


@dataclass(frozen=True)
class GuideRow:
    """One item in the list: its version in force, and the one that is to come."""

    code: str
    name: str
    department: str
    number: int
    since: date
    words: str
    coming: str
    href: str


@dataclass(frozen=True)
class VersionShown:
    """One version in the history: from when to when, the rule in words, who published it and why."""

    number: int
    state: str
    tone: str
    since: date
    until: date | None
    words: str
    expression: str
    published: str
    reason: str


@dataclass(frozen=True)
class PreviewShown:
    """What the new rule would have meant for the last projects."""

    looked_at: int
    gain_count: int
    lose_count: int
    keep: int
    gain: tuple[ProjectShown, ...]
    lose: tuple[ProjectShown, ...]


@action(allow="guide_version.see")
def see_guides(ask: Ask) -> Response:
    """Every item with the version of its guide that is in force."""
    department = ask.query("department")[:40]
    held = catalogue(ask.session, on=ask.today).guides.values()
    known = loader.load().department_by_code
    used = {guide.department for guide in held}
    rows = [_row(ask, guide) for guide in held if department in ("", guide.department)]
    return reply.page(
        ask,
        "extranet/guides/list.html",
        title="办事指南",
        rows=rows,
        department=department,
        departments=[(code, _department(code)) for code in known if code in used],
        may_publish=rule_editing.may_publish_rules(ask.actor),
    )


@action(allow="guide_version.see")
def see_guide(ask: Ask) -> Response:
    """One item: when it applies, in words and as written, and the history of its versions."""
    guide = newest_version(ask.session, ask.path("item_code")[:20])
    versions = versions_of(ask.session, guide.item_code)
    now = next((one.guide for one in versions if one.holds(ask.today)), guide)
    return reply.page(
        ask,
        "extranet/guides/guide.html",
        title=f"{now.name} 办事指南",
        guide=now,
        facts=[
            ("事项编码", now.item_code),
            ("主管部门", _department(now.department)),
            ("适用项目", "、".join(PROJECT_TYPES[one] for one in now.project_types)),
            ("办理时限", limit_words(now.handling_days, now.handling_unit) or "不设时限"),
            ("依据", without_remark(now.legal_basis)),
            ("现行版本", f"第 {now.number} 版"),
        ],
        words=_words(now),
        history=[_version(ask, one) for one in reversed(versions)],
        text_href=ask.url("guide_text.ask", item_code=now.item_code) if may_edit_text(ask.actor, guide) else "",
        rule_href=ask.url("guide_rule.ask", item_code=now.item_code)
        if rule_editing.may_publish_rules(ask.actor)
        else "",
    )


def rule_page(ask: Ask, refusal: Refusal | None = None, *, tried: Preview | None = None) -> Response:
    """The editor: the rule as typed, what it says in words, what it would have meant, and how to publish it."""
    guide = newest_version(ask.session, ask.path("item_code")[:20])
    typed = ask.shown("applies_when", guide.applies_when)
    if tried is None and isinstance(refusal, Refusal) and "applies_when" not in reply.errors_of(refusal):
        tried = _tried(ask, guide.item_code, typed)
    conflict = refusal if isinstance(refusal, Conflict) else None
    return reply.page(
        ask,
        "extranet/guides/rule.html",
        title=f"适用条件 {guide.name}",
        guide=guide,
        guide_href=ask.url("guide_version.see", item_code=guide.item_code),
        try_href=ask.url("guide_rule.try", item_code=guide.item_code),
        publish_href=ask.url("guide_rule.publish", item_code=guide.item_code),
        now_words=_words(guide),
        typed=typed,
        typed_words=_words(guide.model_copy(update={"applies_when": typed})) if tried else "",
        tried=_preview(ask, tried) if tried else None,
        fields=_fields(),
        operators=_OPERATORS,
        version=ask.shown("version", str(guide.number)) if conflict is None else str(guide.number),
        example=ask.today.isoformat(),
        longest=LONGEST_REASON,
        conflict=conflict,
        **({"status": 409} if conflict else errors_given(refusal)),
    )


@action(allow="guide_rule.publish")
def ask_rule(ask: Ask) -> Response:
    """Show the editor."""
    _refuse_others(ask)
    return rule_page(ask)


@action(allow="guide_rule.publish", again=rule_page)
def try_rule(ask: Ask) -> Response:
    """Read the rule back in words and try it on past projects; nothing is changed (A14.1c)."""
    _refuse_others(ask)
    tried = rule_editing.preview(ask.session, ask.path("item_code")[:20], ask.text("applies_when"))
    return rule_page(ask, tried=tried)


@action(allow="guide_rule.publish", again=rule_page, creates=True)
def publish_rule(ask: Ask) -> Response:
    """Publish the rule as a new version from a day on (A8.1, A14.1c)."""
    made = rule_editing.publish_rule(
        ask.session, ask.path("item_code")[:20], ask.text("applies_when"), edition=edition_sent(ask), by=ask.actor,
        at=ask.now,
    )  # fmt: skip
    return reply.to(ask.url("guide_version.see", item_code=made.item_code))


def edition_sent(ask: Ask) -> Edition:
    """Day, reason and shown version as a form of a new version sends them."""
    return Edition(ask.day("in_force_from"), ask.text("reason").strip(), ask.seen())


def has_guides(actor: Actor) -> bool:
    """Whether this officer has to do with guides."""
    return may_ever(actor, "guide_version.see")


def _refuse_others(ask: Ask) -> None:
    if not rule_editing.may_publish_rules(ask.actor):
        raise NotAllowed("适用条件由省综合管理部门修改", article="A14.1c")


def _row(ask: Ask, guide: Guide) -> GuideRow:
    versions = versions_of(ask.session, guide.item_code)
    held = next(one for one in versions if one.guide.number == guide.number)
    coming = [one for one in versions if one.in_force_from > ask.today and one.in_force_to != one.in_force_from]
    return GuideRow(
        code=guide.item_code,
        name=guide.name,
        department=_department(guide.department),
        number=guide.number,
        since=held.in_force_from,
        words=_words(guide),
        coming="；".join(
            f"第 {one.guide.number} 版自 {one.in_force_from.month} 月 {one.in_force_from.day} 日施行" for one in coming
        ),
        href=ask.url("guide_version.see", item_code=guide.item_code),
    )


def _version(ask: Ask, one: Version) -> VersionShown:
    published = next(iter(entries_of(ask.session, "guide", one.guide.version_id, limit=1)), None)
    who = f"{published.actor_name}　{published.org_name}".strip() if published else ""
    state, tone = _state(one, ask.today)
    return VersionShown(
        number=one.guide.number,
        state=state,
        tone=tone,
        since=one.in_force_from,
        until=one.in_force_to,
        words=_words(one.guide),
        expression=one.guide.applies_when,
        published=who,
        reason=published.reason if published else "",
    )


def _state(one: Version, today: date) -> tuple[str, str]:
    if one.holds(today):
        return "现行", "green"
    if one.in_force_to == one.in_force_from:
        return "未施行即被替换", "still"
    return ("待施行", "blue") if one.in_force_from > today else ("已失效", "still")


def _words(guide: Guide) -> str:
    try:
        return in_sentence(read_rule(guide.applies_when, labels()), labels())
    except RuleRefusal:  # what somebody types is read back as soon as it can be read
        return ""


def _tried(ask: Ask, item_code: str, typed: str) -> Preview | None:
    try:
        return rule_editing.preview(ask.session, item_code, typed)
    except RuleRefusal:  # somebody else has published just this rule: there is nothing to try
        return None


def _preview(ask: Ask, tried: Preview) -> PreviewShown:
    return PreviewShown(
        looked_at=tried.looked_at,
        gain_count=len(tried.gain),
        lose_count=len(tried.lose),
        keep=tried.keep,
        gain=_hits(ask, tried.gain),
        lose=_hits(ask, tried.lose),
    )


def _hits(ask: Ask, found: Sequence[Hit]) -> tuple[ProjectShown, ...]:
    return tuple(ProjectShown(hit.name, hit.code, ask.url("project.see", code=hit.code)) for hit in found[:_SHOWN_HITS])


def _fields() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every field a rule may name, by group of the form: identifier, and its name with unit or choices."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for step in loader.load().steps:
        for name in step.fields:
            spec = labels()[name]
            more = "、".join(f"{one.code} {one.name}" for one in spec.choices[:12]) or spec.unit
            groups.setdefault(step.title, []).append((name, f"{spec.spoken}（{more}）" if more else spec.spoken))
    return list(groups.items())


def _department(code: str) -> str:
    found: Any = loader.load().department_by_code.get(code)
    return found.name.removeprefix("吉林省") if found else code


routes = [
    Route("/guides", see_guides, methods=["GET"], name="guide_version.list"),
    Route("/guides/{item_code}", see_guide, methods=["GET"], name="guide_version.see"),
    Route("/guides/{item_code}/rule", ask_rule, methods=["GET"], name="guide_rule.ask"),
    Route("/guides/{item_code}/rule-trials", try_rule, methods=["POST"], name="guide_rule.try"),
    Route("/guides/{item_code}/rule", publish_rule, methods=["POST"], name="guide_rule.publish"),
]
