"""通知书模板: what each notice says, with which tags, and how it prints; for whoever keeps the standards (A7.1)."""

from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from core.documents.notice_facts import TITLES, NoticeKind
from core.documents.notice_samples import TAG_WORDS, sample_of
from core.documents.notice_tags import LAYOUTS, tags_of
from core.documents.rendering import render
from core.domain.case_states import CASE
from core.domain.policy import Actor, may_ever
from core.domain.project_states import PROJECT
from core.errors import Absent
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.files import PDF

_SHARED = "_layout"


@dataclass(frozen=True)
class TemplateRow:
    """One kind of notice in the list: when it is issued, how many tags it has, how many of them do not exist."""

    title: str
    href: str
    issued_at: str
    tags: int
    unknown: int


@dataclass(frozen=True)
class TagShown:
    """One tag of a template: as it is written, what it stands for, whether the notice has such a fact."""

    tag: str
    words: str
    exists: bool


def is_for(actor: Actor) -> bool:
    """Whether this officer has use for the templates."""
    return may_ever(actor, "notice_template.see")


@action(allow="notice_template.see")
def list_templates(ask: Ask) -> Response:
    """Every kind of notice, and the frame that all share."""
    rows = [_row(ask, kind.value, TITLES[kind]) for kind in NoticeKind]
    return reply.page(
        ask, "extranet/notices/list.html", title="通知书模板",
        rows=rows, shared=_row(ask, _SHARED, "共用版式（文头、时限、救济途径、印章、页脚）"),
    )  # fmt: skip


@action(allow="notice_template.see")
def see_template(ask: Ask) -> Response:
    """One template: its words, its tags, and the notice it makes."""
    name = _name_asked(ask)
    text = _text(name)
    kind = None if name == _SHARED else NoticeKind(name)
    heading = "共用版式" if kind is None else TITLES[kind]
    return reply.page(
        ask,
        "extranet/notices/template.html",
        title=heading,
        heading=heading,
        issued_at=_issued_at(name),
        text=text,
        tags=[TagShown(tag, _words(tag), exists) for tag, exists in tags_of(name, text)],
        sample_href="" if kind is None else ask.url("notice_template.sample", kind=name),
    )


@action(allow="notice_template.see")
def see_sample(ask: Ask) -> Response:
    """The notice with each fact's name in its place, as it prints; it bears no number and proves nothing."""
    name = _name_asked(ask)
    if name == _SHARED:
        raise Absent("共用版式不单独出具")
    kind = NoticeKind(name)
    pdf = render(kind, sample_of(kind), verify_url=ask.session.info["public_url"])
    return reply.file(iter([pdf]), name=f"{TITLES[kind]}样张.pdf", media_type=PDF, size=len(pdf), inline=True)


def _row(ask: Ask, name: str, title: str) -> TemplateRow:
    tags = tags_of(name, _text(name))
    href = ask.url("notice_template.see_one", kind=name)
    return TemplateRow(title, href, _issued_at(name), len(tags), sum(not exists for _, exists in tags))


def _issued_at(name: str) -> str:
    """The events of the state tables that issue it: 受理, 延期 …"""
    events = (machine.word(move.event) for machine in (CASE, PROJECT) for move in machine.moves if move.notice == name)
    return "、".join(dict.fromkeys(events))


def _words(tag: str) -> str:
    parts = tag.split(".")
    named = [TAG_WORDS[part] for part in parts[1:] if part in TAG_WORDS]
    return "的".join(named)


def _name_asked(ask: Ask) -> str:
    name = ask.path("kind")
    if name != _SHARED and name not in set(NoticeKind):
        raise Absent("没有这种通知书")
    return name


def _text(name: str) -> str:
    return (LAYOUTS / f"{name}.typ").read_text(encoding="utf-8")


routes = [
    Route("/notice-templates", list_templates, methods=["GET"], name="notice_template.see"),
    Route("/notice-templates/{kind}", see_template, methods=["GET"], name="notice_template.see_one"),
    Route("/notice-templates/{kind}/sample", see_sample, methods=["GET"], name="notice_template.sample"),
]
