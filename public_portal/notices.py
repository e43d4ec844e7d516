"""Is this notice genuine? By the QR code or by the check code in its foot (A13.2)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases.proof import list_of_notice
from core.cases.tables import ReceivedNotice
from core.cases.told import notice_by_check_code, notice_by_token, public_project
from core.clocks import business_date
from core.documents.notice_facts import TITLES, NoticeKind
from core.domain.project_states import AT_REST, PROJECT
from core.errors import Absent, Refusal, RuleRefusal
from core.projects.links import resolve
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.plan import public_rows
from core.web.shown import ProjectShown


@action(allow="notice.verify")
def see_notice(ask: Ask) -> Response:
    """What the platform knows of a notice, to be compared with the paper."""
    try:
        found = notice_by_token(ask.session, ask.path("token"))
    except Absent:
        return reply.page(ask, "public/notices/unknown.html", title="没有找到这份通知书", status=404)
    return _genuine(ask, found)


def verify_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form that asks for project code and check code."""
    return reply.page(
        ask,
        "public/notices/verify.html",
        title="通知书核验",
        status=reply.status_of(refusal) if refusal else 200,
        typed_code=ask.query("code")[:100],
        typed_check=ask.query("check_code")[:40],
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


@action(allow="notice.verify", again=verify_page)
def verify(ask: Ask) -> Response:
    """Find a notice by project code and check code."""
    if "check_code" not in ask.request.query_params:
        return verify_page(ask)
    code = resolve(ask.session, ask.query("code")[:100])
    found = notice_by_check_code(ask.session, code, ask.query("check_code")[:40])
    if found is None:
        words = "没有找到校验码相符的通知书。请核对项目代码和通知书下方的 12 位校验码；仍不相符的，请向发出机关核实"
        raise RuleRefusal(words, field="check_code", article="A13.2")
    return reply.to(ask.url("notice.verify", token=found.token))


def _genuine(ask: Ask, found: ReceivedNotice) -> Response:
    project = public_project(ask.session, found.project_code)
    title = TITLES[NoticeKind(found.kind)]
    proved = list_of_notice(ask.session, found)
    return reply.page(
        ask,
        "public/notices/genuine.html",
        title=f"{title} {found.number}",
        kind=title,
        notice=found,
        voided_on=business_date(found.voided_at) if found.voided_at else None,
        successor=notice_by_token(ask.session, found.successor_token) if found.successor_token else None,
        issued_on=business_date(found.issued_at),
        project=ProjectShown(
            project.name if project else "", found.project_code, ask.url("query.see_project", code=found.project_code)
        ),
        unit_name=project.unit_name if project else "",
        project_state=PROJECT.word(project.state) if project and project.state in AT_REST else "",
        list_number=proved.number if proved else 0,
        list_digest=proved.digest if proved else "",
        proved=public_rows(proved) if proved else (),
    )


routes = [
    Route("/notices/{token}", see_notice, methods=["GET"], name="notice.verify"),
    Route("/verify", verify, methods=["GET"], name="notice.verify_by_code"),
]
