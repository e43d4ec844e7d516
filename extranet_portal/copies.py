"""抄送: decisions of other departments that came to one's unit, each opened with a receipt (A14.4c)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from core.cases.queries import may_see_case, may_see_project
from core.copies import copying, queries
from core.copies.queries import CopyFilter, CopyRow
from core.copies.tables import Copy, CopyReceipt
from core.domain.case_states import OUTCOME_WORDS, Outcome
from core.domain.policy import Actor, may_ever
from core.errors import Refusal, RuleRefusal
from core.organisations import organisations
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown, address_of, page_number, page_of
from extranet_portal.case_files import FileShown
from extranet_portal.files import PDF
from extranet_portal.files import sent as sent_file
from extranet_portal.shown import errors_given

STATES = (("unread", "未阅"), ("read", "已阅"))


@dataclass(frozen=True)
class RowShown:
    """One copy in the list."""

    is_read: bool
    copied_at: datetime
    title: str
    number: str
    href: str
    outcome: str
    item: str
    project: ProjectShown
    from_unit: str
    org_unit: str
    why: str
    amends: str
    overtaken: str


@dataclass(frozen=True)
class ReceiptShown:
    """Who read it when."""

    name: str
    at: datetime


@action(allow="copy.see")
def list_copies(ask: Ask) -> Response:
    """What came to the officer's units, unread first; coordinators and supervisors see those of their region."""
    state = ask.query("state")
    chosen = CopyFilter(
        words=ask.query("q")[:100],
        state=state if state in dict(STATES) else "",
        page=page_number(ask.query("page")),
    )
    filters = {"q": chosen.words, "state": chosen.state}
    rows = queries.copies_page(ask.session, ask.actor, chosen)
    here = rows[: queries.PAGE]
    return reply.page(
        ask,
        "extranet/copies/list.html",
        title="抄送我的",
        chosen=chosen,
        is_filtered=any(filters.values()),
        states=STATES,
        rows=[_row(ask, row) for row in here],
        unread=queries.unread(ask.session, ask.actor),
        sees_rules=may_ever(ask.actor, "copy_rule.see"),
        pager_page=page_of(
            "/copies", filters, chosen.page, size=queries.PAGE, shown=len(here), more=len(rows) > queries.PAGE
        )
        if here
        else None,
        address=address_of("/copies", filters, page=chosen.page),
    )


def has_list(actor: Actor) -> bool:
    """Whether copies can come to this officer's units."""
    return may_ever(actor, "copy.see")


def waiting(ask: Ask) -> int:
    """How many copies nobody of the officer's units has read: the number in the menu."""
    return queries.unread(ask.session, ask.actor)


def copy_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One copy: what was decided, why it came, who read it; the document once one has signed for it."""
    copy = queries.copy_for(ask.session, ask.actor, ask.number("copy_id"))
    project = ask.session.get_one(Project, copy.project_code)
    tree = organisations(ask.session)
    sees_project = may_see_project(ask.session, ask.actor, project)
    given: dict[str, Any] = {"errors": {}, "status": 200, **errors_given(refusal)}
    return reply.page(
        ask,
        "extranet/copies/copy.html",
        title=f"抄送 {copy.document_number}",
        **given,
        copy=copy,
        project=ProjectShown(project.name, project.code, f"/projects/{project.code}" if sees_project else ""),
        unit_name=project.unit_name,
        rows=[
            ("批准文件", copy.document_title),
            ("文号", copy.document_number),
            ("日期", _day(copy.document_on)),
            ("结果", OUTCOME_WORDS[Outcome(copy.outcome)]),
            *([("更正或撤销", amends_words(copy.amendment, copy.amends_number))] if copy.amendment else []),
            ("事项", copy.item_name),
            ("办理单位", tree.unit_name(copy.from_unit)),
            ("抄送给", tree.unit_name(copy.org_unit)),
            ("抄送原因", copy.why),
        ],
        case_href=f"/cases/{copy.case_id}" if may_see_case(ask.session, ask.actor, copy.from_unit) else "",
        overtaken=queries.overtaken_by(ask.session, copy),
        must_sign=_must_sign(ask, copy),
        file=_file(ask, copy),
        receipts=[receipt_shown(one) for one in queries.receipts_of(ask.session, [copy.id or 0]).get(copy.id or 0, ())],
    )


@action(allow="copy.see")
def see_copy(ask: Ask) -> Response:
    """Show one copy."""
    return copy_page(ask)


@action(allow="copy.acknowledge", again=copy_page)
def acknowledge(ask: Ask) -> Response:
    """Open the document and leave a receipt (A14.4c)."""
    copy = queries.copy_for(ask.session, ask.actor, ask.number("copy_id"), "copy.acknowledge")
    copying.acknowledge(ask.session, copy, by=ask.actor, at=ask.now)
    return reply.to(ask.url("copy.see_one", copy_id=copy.id))


@action(allow="copy.see")
def see_document(ask: Ask) -> Response:
    """The approval document: for an officer of the addressed unit only with a receipt (A14.4c)."""
    copy = queries.copy_for(ask.session, ask.actor, ask.number("copy_id"))
    if _must_sign(ask, copy):
        raise RuleRefusal("请先在抄送页点“查看批复”，留下阅读记录", article="A14.4c")
    return sent_file(ask, copy.digest, name=f"{copy.document_number}.pdf", media_type=PDF, size=copy.size)


def receipt_shown(one: CopyReceipt) -> ReceiptShown:
    """A receipt as pages print it."""
    return ReceiptShown(one.officer_name, one.read_at)


def amends_words(amendment: str, amends_number: str) -> str:
    """What a document does to an earlier one: 更正 审〔2026〕1 号; empty for a first decision (A14.5)."""
    return f"{_AMENDS[amendment]}{amends_number}" if amendment else ""


_AMENDS = {"corrected": "更正", "revoked": "撤销"}


def _must_sign(ask: Ask, copy: Copy) -> bool:
    return queries.is_addressed(ask.session, ask.actor, copy) and not queries.has_read(ask.session, ask.actor, copy)


def _file(ask: Ask, copy: Copy) -> FileShown:
    href = ask.url("copy.file", copy_id=copy.id)
    return FileShown(
        "copy", copy.document_title, copy.document_number, f"{copy.document_number}.pdf", copy.size, href, True
    )


def _row(ask: Ask, row: CopyRow) -> RowShown:
    tree = organisations(ask.session)
    return RowShown(
        is_read=row.read_at is not None,
        copied_at=row.copied_at,
        title=row.document_title,
        number=row.document_number,
        href=ask.url("copy.see_one", copy_id=row.copy_id),
        outcome=OUTCOME_WORDS[Outcome(row.outcome)],
        item=row.item_name,
        project=ProjectShown(row.project_name, row.project_code),
        from_unit=tree.unit_name(row.from_unit),
        org_unit=tree.unit_name(row.org_unit),
        why=row.why,
        amends=amends_words(row.amendment, row.amends_number),
        overtaken=row.overtaken_by or "",
    )


def _day(day: date) -> str:
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


routes: Sequence[Route] = [
    Route("/copies", list_copies, methods=["GET"], name="copy.see"),
    Route("/copies/{copy_id:int}", see_copy, methods=["GET"], name="copy.see_one"),
    Route("/copies/{copy_id:int}/receipt", see_copy, methods=["GET"], name="copy.acknowledge_form"),
    Route("/copies/{copy_id:int}/receipt", acknowledge, methods=["POST"], name="copy.acknowledge"),
    Route("/copies/{copy_id:int}/file", see_document, methods=["GET"], name="copy.file"),
]
