"""迟录监测: what officers wrote down later than it happened, for whoever watches over them (A4.4, A15.2)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases.recording import PAGE, late_records
from core.domain.policy import Actor, may_ever
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown, page_number, page_of


def is_for(actor: Actor) -> bool:
    """Whether this officer watches over late records."""
    return may_ever(actor, "late_record.see")


@action(allow="late_record.see")
def see_late_records(ask: Ask) -> Response:
    """Late records at the units within reach, newest first."""
    page = page_number(ask.query("page"))
    rows = late_records(ask.session, ask.actor, page=page)
    here = rows[:PAGE]
    return reply.page(
        ask,
        "extranet/desk/late_records.html",
        title="迟录监测",
        rows=[(row, ProjectShown(row.project_name, row.project_code)) for row in here],
        pager_page=page_of("/late-records", {}, page, size=PAGE, shown=len(here), more=len(rows) > PAGE)
        if here
        else None,
    )


routes = [Route("/late-records", see_late_records, methods=["GET"], name="late_record.see")]
