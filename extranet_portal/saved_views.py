"""An officer's own views of the inbox: save the filters as they are, rename, delete (我的视图)."""

from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response
from starlette.routing import Route

from core.cases import saved_views
from core.cases.inbox import InboxFilter
from core.errors import Refusal
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.desk_lists import as_query
from extranet_portal.shown import errors_given

KEPT = tuple(as_query(InboxFilter()))
"""The parts of the inbox's address that a view keeps: what is shown, never the page one stood on."""


def views_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The officer's views; above them the form that saves the filters one came with."""
    query = filters_of(ask.text("query") or str(ask.request.url.query))
    return reply.page(
        ask,
        "extranet/desk/views.html",
        title="我的视图",
        views=saved_views.views_of(ask.session, ask.actor),
        query=query,
        failed=ask.text("id") if refusal else "",
        **errors_given(refusal),
    )


@action(allow="desk.keep")
def see_views(ask: Ask) -> Response:
    """Show the officer's own views."""
    return views_page(ask)


@action(allow="desk.keep", again=views_page, creates=True)
def save(ask: Ask) -> Response:
    """Keep the filters under a name and go back to the list they show."""
    view = saved_views.save_view(ask.session, ask.text("name"), filters_of(ask.text("query")), by=ask.actor)
    return reply.to(f"/cases?{view.query}" if view.query else "/cases")


@action(allow="desk.keep", again=views_page)
def rename(ask: Ask) -> Response:
    """Give a view another name."""
    saved_views.rename_view(ask.session, _number(ask), ask.text("name"), by=ask.actor)
    return reply.to("/views")


@action(allow="desk.keep", again=views_page)
def delete(ask: Ask) -> Response:
    """Forget a view."""
    saved_views.delete_view(ask.session, _number(ask), by=ask.actor)
    return reply.to("/views")


def filters_of(query: str) -> str:
    """The filters in a part of an address, in one order, whatever else it holds."""
    given = {name: value.strip()[:100] for name, value in parse_qsl(query[:1000]) if name in KEPT and value.strip()}
    return urlencode({name: given[name] for name in KEPT if name in given})


def _number(ask: Ask) -> int:
    typed = ask.text("id")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


routes = [
    Route("/views", see_views, methods=["GET"], name="view.see"),
    Route("/views", save, methods=["POST"], name="view.save"),
    Route("/views/names", see_views, methods=["GET"], name="view.see_name"),
    Route("/views/names", rename, methods=["POST"], name="view.rename"),
    Route("/views/deletions", see_views, methods=["GET"], name="view.see_deletion"),
    Route("/views/deletions", delete, methods=["POST"], name="view.delete"),
]
