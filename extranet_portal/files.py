"""Files of a case: reached only through a row of a case within reach, never by their digest (T3, T5)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases import queries
from core.cases.facts import decision_of, proposal_of
from core.cases.tables import Case, CaseMaterial, Notice
from core.documents.notice_facts import TITLES, NoticeKind
from core.errors import Absent
from core.web import reply
from core.web.action import action
from core.web.ask import Ask

PDF = "application/pdf"


@action(allow="case_document.see")
def see_material(ask: Ask) -> Response:
    """A material as the unit handed it in."""
    case = _case(ask)
    found = ask.session.get(CaseMaterial, ask.number("material_id"))
    if found is None or found.case_id != case.id:
        raise Absent("没有找到这份材料")
    return sent(ask, found.digest, name=found.file_name, media_type=found.media_type, size=found.size)


@action(allow="case_document.see")
def see_notice(ask: Ask) -> Response:
    """A notice as it was issued."""
    case = _case(ask)
    found = ask.session.get(Notice, ask.number("notice_id"))
    if found is None or found.case_id != case.id:
        raise Absent("没有找到这份通知书")
    return sent_notice(ask, found)


@action(allow="case_document.see")
def see_decision(ask: Ask) -> Response:
    """The scan of the approval document: decided, or proposed."""
    case = _case(ask)
    found = decision_of(ask.session, case) or proposal_of(ask.session, case)
    if found is None:
        raise Absent("没有找到批复扫描件")
    return sent(ask, found.scan_digest, name=found.scan_name, media_type=PDF, size=found.scan_size)


def sent_notice(ask: Ask, notice: Notice) -> Response:
    """A notice under its title and number."""
    name = f"{TITLES[NoticeKind(notice.kind)]} {notice.number}.pdf"
    return sent(ask, notice.digest, name=name, media_type=PDF, size=notice.size)


def sent(ask: Ask, digest: str, *, name: str, media_type: str, size: int) -> Response:
    """A stored file, to be looked at, or saved when the address says `download`."""
    chunks = ask.portal.store.read_chunks(digest)
    return reply.file(chunks, name=name, media_type=media_type, size=size, inline=not ask.query("download"))


def _case(ask: Ask) -> Case:
    return queries.case_for(ask.session, ask.actor, ask.number("case_id"), "case_document.see")


routes = [
    Route(
        "/cases/{case_id:int}/materials/{material_id:int}/file",
        see_material,
        methods=["GET"],
        name="case.material_file",
    ),
    Route("/cases/{case_id:int}/notices/{notice_id:int}/file", see_notice, methods=["GET"], name="case.notice_file"),
    Route("/cases/{case_id:int}/decision/file", see_decision, methods=["GET"], name="case.decision_file"),
]
