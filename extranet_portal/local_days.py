"""地方放假: what one region has off of its own, year by year, revised like the calendar (A15.1)."""

from starlette.responses import Response
from starlette.routing import Route

from core.domain.calendar_text import write_calendar
from core.errors import Absent, Refusal
from core.guides import calendar_revisions as revising
from core.organisations import organisations
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.calendars import keep_draft, year_asked
from extranet_portal.shown import errors_given


def region_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One region in one year: its own days off, and for whoever keeps them the form to revise them."""
    year, code = year_asked(ask), _region_asked(ask)
    lines = write_calendar(revising.days_of_year(ask.session, year, code))
    return reply.page(
        ask,
        "extranet/calendar/region.html",
        title=f"{organisations(ask.session).region_name(code)} {year} 年放假安排",
        year=year,
        place=organisations(ask.session).path(code),
        spans=lines.splitlines(),
        text=lines,
        may_revise=revising.keeps_calendar(ask.session, ask.actor, code),
        action_href=f"/calendar/{year}/regions/{code}/revisions",
        **errors_given(refusal),
    )


@action(allow="calendar.see")
def see_region(ask: Ask) -> Response:
    """Show one region."""
    return region_page(ask)


@action(allow="calendar.see")
def choose_region(ask: Ask) -> Response:
    """From the page of the year to that of the region chosen there."""
    year, code = year_asked(ask), ask.query("region")
    return reply.to(f"/calendar/{year}/regions/{code}" if code in _regions(ask) else f"/calendar/{year}")


@action(allow="calendar.revise", again=region_page, creates=True)
def draft(ask: Ask) -> Response:
    """Keep the region's days off as they were written, and show what they would move (A15.1)."""
    return keep_draft(ask, _region_asked(ask))


def _region_asked(ask: Ask) -> str:
    code = ask.path("region")
    if code not in _regions(ask):
        raise Absent("没有这个地方的放假安排")
    return code


def _regions(ask: Ask) -> frozenset[str]:
    return frozenset(organisations(ask.session).regions) - {revising.PROVINCE}


routes = [
    Route("/calendar/{year:int}/regions", choose_region, methods=["GET"], name="calendar.choose_region"),
    Route("/calendar/{year:int}/regions/{region}", see_region, methods=["GET"], name="calendar.see_region"),
    Route(
        "/calendar/{year:int}/regions/{region}/revisions", see_region, methods=["GET"], name="calendar.draft_local_form"
    ),
    Route("/calendar/{year:int}/regions/{region}/revisions", draft, methods=["POST"], name="calendar.draft_local"),
]
