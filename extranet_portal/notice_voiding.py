"""Voiding a notice and issuing it anew, by the unit's approver (A14.3)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases.notice_voiding import void, why_not_void
from core.documents.notice_facts import TITLES, NoticeKind
from core.errors import Absent, Refusal
from core.projects.tables import Project
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.case_page import case_head, errors_of
from extranet_portal.decision_panels import notice_of
from extranet_portal.typed import Limits, read_texts

_TEXTS: Limits = {"reason": ("作废的原因", 500), "handler": ("承办人", 50)}


def void_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Ask why, and whether a new one is issued in its place."""
    case, notice = notice_of(ask.session, ask, "notice.void")
    if notice is None:
        raise Absent("没有找到这份通知书")
    desk = notice.facts.get("desk") or {}
    return reply.page(
        ask,
        "extranet/handling/void_notice.html",
        **case_head(ask, case, ask.session.get_one(Project, case.project_code)),
        **errors_of(ask, case, refusal),
        title=f"作废通知书 {case.project_code}",
        heading="作废通知书",
        notice=notice,
        notice_title=TITLES[NoticeKind(notice.kind)],
        why=why_not_void(notice, case, reissue=True) and why_not_void(notice, case, reissue=False),
        may_drop=not why_not_void(notice, case, reissue=False),
        handler=str(desk.get("handler", "")),
    )


@action(allow="notice.void")
def ask_void(ask: Ask) -> Response:
    """Show the form."""
    return void_page(ask)


@action(allow="notice.void", again=void_page, creates=True)
def void_notice(ask: Ask) -> Response:
    """Void the notice, and issue it anew if asked (A14.3)."""
    case, notice = notice_of(ask.session, ask, "notice.void")
    if notice is None:
        raise Absent("没有找到这份通知书")
    texts = read_texts(ask, _TEXTS)
    void(
        ask.session,
        case,
        notice,
        reason=texts["reason"],
        reissue=ask.text("reissue") != "no",
        handler=texts["handler"],
        by=ask.actor,
        at=ask.now,
    )
    return reply.to(ask.url("case.see", case_id=case.id))


routes = [
    Route("/cases/{case_id:int}/notices/{notice_id:int}/voiding", ask_void, methods=["GET"], name="notice.void_form"),
    Route("/cases/{case_id:int}/notices/{notice_id:int}/voiding", void_notice, methods=["POST"], name="notice.void"),
]
