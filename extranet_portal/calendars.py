"""工作日历: the official calendar year by year; its coordinator revises it, seeing what moves (A15.1).

What a region has off of its own is listed beside it and revised on a page of its own (`local_days`).
"""

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response
from starlette.routing import Route

from core import clocks
from core.calendar_rows import calendars
from core.cases.moving_dates import STATUTE
from core.cases.recounting import MovedCase, preview, recount
from core.consultations.replies import MovedReply, moving
from core.consultations.tables import Consultation
from core.domain.calendar_states import REVISION, RevisionState
from core.domain.calendar_text import ExceptionDay, write_calendar
from core.domain.clock_words import title_of_clock
from core.domain.policy import Actor, may_ever
from core.errors import Absent, Refusal
from core.guides import calendar_revisions as revising
from core.guides.tables import CalendarRevision
from core.organisations import organisations
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.shown import page_number, page_of
from extranet_portal.shown import errors_given, on_day
from extranet_portal.typed import Limits, read_texts

_DAYS: Limits = {"days": ("工作日历", 8000)}
_PAGE = 50
_WEEKDAYS = "一二三四五六日"
_LAST_DAYS = {STATUTE: "法定最迟日期"}


@dataclass(frozen=True)
class YearShown:
    """One year of the calendar in numbers; one that was not announced counts Monday to Friday for now."""

    year: int
    href: str
    is_announced: bool
    working_days: int
    holidays: int
    make_up_days: int


@dataclass(frozen=True)
class RevisionShown:
    """One revision in the list."""

    words: str
    href: str
    who: str
    state: str
    moved: str


@dataclass(frozen=True)
class MovedShown:
    """One open case of which a last day moves: its words, the day now, the day then; that of the step first."""

    number: str
    href: str
    item: str
    org_unit: str
    dates: tuple[tuple[str, date | None, date | None], ...]


def is_for(actor: Actor) -> bool:
    """Whether this officer has use for the calendar's pages."""
    return may_ever(actor, "calendar.see")


def calendar_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The years and the latest revisions."""
    days = clocks.calendar(ask.session)
    years = sorted({*days.announced_years, ask.today.year, ask.today.year + 1}, reverse=True)
    return reply.page(
        ask,
        "extranet/calendar/years.html",
        title="工作日历",
        years=[_year(ask, year) for year in years if year >= ask.today.year - 3],
        revisions=[_revision(ask, one) for one in revising.revisions(ask.session)],
        may_revise=revising.keeps_calendar(ask.session, ask.actor),
        done=ask.query("done") == "1",
        **errors_given(refusal),
    )


@action(allow="calendar.see")
def see_calendar(ask: Ask) -> Response:
    """Show the years."""
    return calendar_page(ask)


def year_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """One year: its days off and make-up days, and for the coordinator the form to revise them."""
    year = year_asked(ask)
    days = revising.days_of_year(ask.session, year)
    return reply.page(
        ask,
        "extranet/calendar/year.html",
        title=f"{year} 年工作日历",
        year=_year(ask, year),
        spans=[line for line in write_calendar(days).splitlines() if line],
        text=write_calendar(days),
        may_revise=revising.keeps_calendar(ask.session, ask.actor),
        action_href=f"/calendar/{year}/revisions",
        local=local_days(ask, year),
        places=places_to_revise(ask),
        **errors_given(refusal),
    )


@action(allow="calendar.see")
def see_year(ask: Ask) -> Response:
    """Show one year."""
    return year_page(ask)


@action(allow="calendar.revise", again=year_page, creates=True)
def draft(ask: Ask) -> Response:
    """Keep a year as it was pasted, and show what it would move (A15.1)."""
    return keep_draft(ask, "")


def keep_draft(ask: Ask, region_code: str) -> Response:
    """Keep what was pasted for a year of the province or of a region, and show what it would move (A15.1)."""
    text = read_texts(ask, _DAYS)["days"]
    revision = revising.draft_revision(
        ask.session, year_asked(ask), text, region_code=region_code, by=ask.actor, at=ask.now
    )
    return reply.to(f"/calendar/revisions/{revision.id}")


def revision_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """A revision: which days change, and every open case whose due date moves, old date and new."""
    revision = revising.revision_of(ask.session, ask.number("revision_id"))
    is_draft = revision.state == RevisionState.DRAFT
    page = page_number(ask.query("page"))
    total, moved, replies = revision.moved, list[MovedCase](), list[MovedReply]()
    if is_draft:
        days = revising.revised(ask.session, revision)
        total, moved = preview(ask.session, days, first=revision.first_change, page=page, size=_PAGE)
        replies = moving(ask.session, days)
    href = f"/calendar/revisions/{revision.id}"
    return reply.page(
        ask,
        "extranet/calendar/revision.html",
        title=f"{revising.words_of(ask.session, revision)}工作日历调整",
        revision=revision,
        heading=revising.words_of(ask.session, revision),
        back_href=_back(revision),
        state=REVISION.word(revision.state),
        is_draft=is_draft,
        is_counting=revision.state == RevisionState.PUBLISHED,
        changes=_changes(ask, revision) if is_draft else (),
        spans=write_calendar(revising.exceptions_of(revision)).splitlines(),
        total=total,
        moved=[_moved(ask, one) for one in moved],
        replies=[_moved_reply(ask, one) for one in replies[:_PAGE]],
        replies_total=len(replies),
        pager_page=page_of(
            href, {}, page, size=_PAGE, shown=len(moved), more=page * _PAGE < total, total=f"共 {total} 件"
        )
        if moved
        else None,
        may_revise=revising.keeps_calendar(ask.session, ask.actor, revision.region_code),
        href=href,
        version=revision.version,
        **errors_given(refusal),
    )


@action(allow="calendar.see")
def see_revision(ask: Ask) -> Response:
    """Show one revision."""
    return revision_page(ask)


@action(allow="calendar.revise", again=revision_page, creates=True)
def publish(ask: Ask) -> Response:
    """Put the year into force and count the first cases anew; the worker counts the others (A15.1)."""
    revision = revising.revision_of(ask.session, ask.number("revision_id"))
    revising.publish_revision(ask.session, revision, by=ask.actor, at=ask.now, seen=ask.seen())
    recount(ask.session, at=ask.now)
    return reply.to(f"/calendar/revisions/{revision.id}")


@action(allow="calendar.revise", again=revision_page, creates=True)
def discard(ask: Ask) -> Response:
    """Give a draft up."""
    revision = revising.revision_of(ask.session, ask.number("revision_id"))
    revising.discard_revision(ask.session, revision, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to("/calendar?done=1")


def local_days(ask: Ask, year: int) -> list[tuple[str, str, str]]:
    """The regions with days off of their own in a year: name, days in words, address."""
    tree = organisations(ask.session)
    return [
        (tree.region_name(code), "、".join(write_calendar(days).splitlines()), f"/calendar/{year}/regions/{code}")
        for code in sorted(calendars(ask.session).local)
        if (days := revising.days_of_year(ask.session, year, code))
    ]


def places_to_revise(ask: Ask) -> list[tuple[str, str]]:
    """The regions below the province whose days off this officer keeps: code and name."""
    tree = organisations(ask.session)
    below = [code for code in tree.regions if code != revising.PROVINCE]
    return [(code, tree.path(code)) for code in below if revising.keeps_calendar(ask.session, ask.actor, code)]


def _back(revision: CalendarRevision) -> str:
    place = f"/regions/{revision.region_code}" if revision.region_code else ""
    return f"/calendar/{revision.year}{place}"


def year_asked(ask: Ask) -> int:
    """The year in the address, if there is a calendar of it."""
    year = ask.number("year")
    if not revising.FIRST_YEAR <= year <= ask.today.year + revising.YEARS_AHEAD:
        raise Absent("没有这一年的工作日历")
    return year


def _year(ask: Ask, year: int) -> YearShown:
    days = clocks.calendar(ask.session)
    return YearShown(
        year=year,
        href=f"/calendar/{year}",
        is_announced=year in days.announced_years,
        working_days=days.working_days(date(year - 1, 12, 31), date(year, 12, 31)),
        holidays=sum(day.year == year for day in days.holidays),
        make_up_days=sum(day.year == year for day in days.make_up_days),
    )


def _revision(ask: Ask, row: CalendarRevision) -> RevisionShown:
    is_draft = row.state == RevisionState.DRAFT
    return RevisionShown(
        words=f"{revising.words_of(ask.session, row)}工作日历",
        href=f"/calendar/revisions/{row.id}",
        who=f"{row.drafter_name}　{on_day(row.published_at or row.drafted_at, ask.today)}",
        state=REVISION.word(row.state),
        moved="" if is_draft else f"{row.moved} 件改了到期日",
    )


def _changes(ask: Ask, revision: CalendarRevision) -> list[str]:
    before = set(revising.days_of_year(ask.session, revision.year, revision.region_code))
    after = set(revising.exceptions_of(revision))
    told = [(one, "改为") for one in after - before]
    kept = {one.day for one in after}
    told += [(one, "不再") for one in before - after if one.day not in kept]
    return [_change(one, verb) for one, verb in sorted(told)]


def _change(one: ExceptionDay, verb: str) -> str:
    kind = "上班" if one.is_working else "放假"
    weekday = _WEEKDAYS[one.day.weekday()]
    return f"{one.day.month} 月 {one.day.day} 日（星期{weekday}）{verb}{kind}　{one.name}"


def _moved(ask: Ask, one: MovedCase) -> MovedShown:
    case = one.case
    unit = organisations(ask.session).unit_name(case.org_unit)
    dates = tuple((_LAST_DAYS.get(day.what) or title_of_clock(day.what), day.before, day.after) for day in one.dates)
    return MovedShown(case.number, f"/cases/{case.id}", case.item_name, unit, dates)


def _moved_reply(ask: Ask, one: MovedReply) -> MovedShown:
    tree, found = organisations(ask.session), ask.session.get_one(Consultation, one.reply.consultation_id)
    days = (("答复期限", one.before, one.after),)
    return MovedShown("会商函询", "", found.subject, tree.unit_name(one.reply.org_unit), days)


routes = [
    Route("/calendar", see_calendar, methods=["GET"], name="calendar.see"),
    Route("/calendar/{year:int}", see_year, methods=["GET"], name="calendar.see_year"),
    Route("/calendar/{year:int}/revisions", see_year, methods=["GET"], name="calendar.draft_form"),
    Route("/calendar/{year:int}/revisions", draft, methods=["POST"], name="calendar.draft"),
    Route("/calendar/revisions/{revision_id:int}", see_revision, methods=["GET"], name="calendar.see_revision"),
    Route(
        "/calendar/revisions/{revision_id:int}/publication", see_revision, methods=["GET"], name="calendar.publish_form"
    ),
    Route("/calendar/revisions/{revision_id:int}/publication", publish, methods=["POST"], name="calendar.publish"),
    Route("/calendar/revisions/{revision_id:int}/discard", see_revision, methods=["GET"], name="calendar.discard_form"),
    Route("/calendar/revisions/{revision_id:int}/discard", discard, methods=["POST"], name="calendar.discard"),
]
