"""为什么是这天: the clock of one item of a project, day by day, for everybody who has the code (A15.2, A17.2)."""

from starlette.responses import Response
from starlette.routing import Route

from core.cases.told import days_of, public_applications, public_due_items, public_project
from core.errors import Absent
from core.projects.links import code_meant
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import ProjectShown
from public_portal.case_views import light_of
from public_portal.clock_views import account_of


@action(allow="query.see")
def see_clock(ask: Ask) -> Response:
    """The account of one item: the grounds of its pauses, and no names."""
    code, item_code = code_meant(ask.session, ask.path("code")), ask.path("item_code")[:20]
    project = public_project(ask.session, code)
    due = {row.item_code: row for row in public_due_items(ask.session, code)} if project else {}
    one = public_applications(ask.session, code).get(item_code)
    account = account_of(ask, one) if one and item_code in due else None
    if project is None or one is None or account is None:
        raise Absent("没有找到这个事项的时限说明。它可能还没有申请，或者正等待补正")
    return reply.page(
        ask,
        "public/query/clock.html",
        title=f"{due[item_code].item_name} 时限说明 {code}",
        project=ProjectShown(project.name, project.code, ask.url("query.see_project", code=code)),
        item=due[item_code],
        light=light_of(one, ask.today, days_of(ask.session, one)),
        account=account,
    )


routes = [Route("/query/{code}/items/{item_code}", see_clock, methods=["GET"], name="query.see_clock")]
