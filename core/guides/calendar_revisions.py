"""Revising the calendar (A15.1): draft a year, see what it moves, publish. Extranet.

The province's coordinator keeps the calendar of all; what a region has off of its own (Yanbian, 3 September) that
region's coordinator keeps, or the province's.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.calendar_rows import Calendars, ExtranetCalendarDay, calendar, calendars
from core.clocks import business_date
from core.domain.calendar import Calendar
from core.domain.calendar_states import REVISION, RevisionFacts, RevisionState
from core.domain.calendar_text import ExceptionDay, read_calendar
from core.domain.policy import PLATFORM, Actor, Role, reach
from core.errors import Absent, NotAllowed, RuleRefusal
from core.guides.messages import DayTold
from core.guides.publishing import publish_calendar, publish_local_days
from core.guides.tables import CalendarRevision
from core.organisations import organisations
from core.trace import step

PROVINCE = "220000"
"""The region whose coordinator keeps the calendar of the whole province; days off of its own a region keeps itself."""

FIRST_YEAR, YEARS_AHEAD = 2016, 2
"""The platform counts from 2016, and no year is announced more than two years ahead."""


def keeps_calendar(session: Session, actor: Actor, region_code: str = "") -> bool:
    """Whether the actor keeps the calendar of the province, or the days off a region has of its own (A7.1, A15.1)."""
    above = organisations(session).above.get(region_code or PROVINCE, frozenset())
    return bool(reach(actor, "calendar.revise").regions_below & above)


def days_of_year(session: Session, year: int, region_code: str = "") -> tuple[ExceptionDay, ...]:
    """The exceptions of a year as they hold now: those of the whole province, or a region's own days off."""
    rows = session.exec(
        select(ExtranetCalendarDay).where(
            col(ExtranetCalendarDay.day).between(date(year, 1, 1), date(year, 12, 31)),
            col(ExtranetCalendarDay.region_code) == region_code,
        )
    ).all()
    return tuple(sorted(ExceptionDay(row.day, row.is_working, row.name) for row in rows))


def draft_revision(
    session: Session, year: int, text: str, *, region_code: str = "", by: Actor, at: datetime
) -> CalendarRevision:
    """Keep the calendar of a year as it was pasted; nothing counts by it yet.

    With a `region_code` the lines are the days off which the region has of its own; none takes them all away. Refuses
    whoever doesn't keep this calendar, years out of reach, lines that can't be read, a region's own make-up days, and a
    calendar that changes nothing. A15.1.
    """
    _refuse_others(session, region_code, by=by)
    last_year = business_date(at).year + YEARS_AHEAD
    if not FIRST_YEAR <= year <= last_year:
        raise RuleRefusal(f"只能编辑 {FIRST_YEAR} 至 {last_year} 年的工作日历", field="year", article="A15.1")
    days = read_calendar(text, year)
    before = days_of_year(session, year, region_code)
    changed = set(days) ^ set(before)
    is_new = not region_code and year not in calendar(session).announced_years
    if region_code and any(one.is_working for one in days):
        raise RuleRefusal("地方只能增加放假的日子，调休上班由全省统一安排", field="days", article="A15.1")
    if not changed and not is_new:
        raise RuleRefusal("与现行工作日历完全相同，没有需要发布的调整", field="days", article="A15.1")
    if not days and not region_code:
        raise RuleRefusal("请至少填写一个放假的日子", field="days", article="A15.1")
    revision = CalendarRevision(
        region_code=region_code,
        year=year,
        days=_written(days),
        first_change=min((one.day for one in changed), default=date(year, 1, 1)),
        drafted_by=by.id,
        drafter_name=by.name,
        drafted_at=at,
    )
    session.add(revision)
    session.flush()
    return revision


def revision_of(session: Session, revision_id: int) -> CalendarRevision:
    """One revision; refuses one that was never drafted."""
    found = session.get(CalendarRevision, revision_id)
    if found is None:
        raise Absent("没有找到这次日历调整")
    return found


def revisions(session: Session, *, limit: int = 20) -> Sequence[CalendarRevision]:
    """The latest revisions, newest first, without those given up."""
    found = select(CalendarRevision).where(col(CalendarRevision.state) != RevisionState.DISCARDED)
    return session.exec(found.order_by(col(CalendarRevision.id).desc()).limit(limit)).all()


def revised(session: Session, revision: CalendarRevision) -> Calendars:
    """The calendars as they will be once this revision holds."""
    return _with(calendars(session), revision, exceptions_of(revision), is_announced=True)


def calendars_before(session: Session, revision: CalendarRevision) -> Calendars:
    """The calendars as they were before this revision was published; as they are, where that was not kept."""
    if revision.replaced is None:
        return calendars(session)
    return _with(calendars(session), revision, _read(revision.replaced), is_announced=revision.was_announced)


def _with(now: Calendars, revision: CalendarRevision, days: Sequence[ExceptionDay], *, is_announced: bool) -> Calendars:
    """The calendars with other exceptions in the year, and for the region, of a revision."""
    if revision.region_code:
        kept = _without(now.local.get(revision.region_code, {}), revision.year)
        own = {revision.region_code: {**kept, **{one.day: one.name for one in days}}}
        return Calendars(now.official, {**now.local, **own})
    others = now.official.announced_years - {revision.year}
    announced = others | {revision.year} if is_announced else others
    return Calendars(_revised(now.official, revision, days, announced), now.local)


def _revised(
    now: Calendar, revision: CalendarRevision, days: Sequence[ExceptionDay], announced_years: Collection[int]
) -> Calendar:
    return Calendar(
        holidays={**_without(now.holidays, revision.year), **{one.day: one.name for one in days if not one.is_working}},
        make_up_days={
            **_without(now.make_up_days, revision.year),
            **{one.day: one.name for one in days if one.is_working},
        },
        announced_years=announced_years,
    )


def exceptions_of(revision: CalendarRevision) -> tuple[ExceptionDay, ...]:
    """The days of a revision as values."""
    return _read(revision.days)


def publish_revision(
    session: Session, revision: CalendarRevision, *, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Put the year into force in both zones; the dates of open cases are counted anew from now on (A15.1).

    Refuses whoever doesn't keep this calendar, a draft that was overtaken by another revision, and a second one while
    the first is still counted.
    """
    _refuse_others(session, revision.region_code, by=by)
    step(
        session, REVISION, revision, "publish", _facts(session, revision),
        by=by, held=by.roles, at=at, seen=seen, reason=words_of(session, revision),
    )  # fmt: skip
    revision.published_at = at
    revision.replaced = _written(days_of_year(session, revision.year, revision.region_code))
    revision.was_announced = revision.year in calendar(session).announced_years
    session.add(revision)
    if revision.region_code:
        own = {one.day: one.name for one in exceptions_of(revision)}
        publish_local_days(session, revision.region_code, revision.year, own, by=by, at=at)
        return
    days = [
        DayTold(day=one.day, region_code="", is_working=one.is_working, name=one.name)
        for one in exceptions_of(revision)
    ]
    publish_calendar(session, [revision.year], days, by=by, at=at)


def discard_revision(
    session: Session, revision: CalendarRevision, *, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Give a draft up. Refuses whoever doesn't keep this calendar."""
    _refuse_others(session, revision.region_code, by=by)
    words = words_of(session, revision)
    step(session, REVISION, revision, "discard", by=by, held=by.roles, at=at, seen=seen, reason=words)


def words_of(session: Session, revision: CalendarRevision) -> str:
    """What a revision is about: 2027 年, or 延边朝鲜族自治州 2027 年."""
    place = organisations(session).region_name(revision.region_code) if revision.region_code else ""
    return f"{place} {revision.year} 年".strip()


def being_counted(session: Session) -> CalendarRevision | None:
    """The published revision whose dates are not all counted yet; until then no light and no silence is judged."""
    return session.exec(select(CalendarRevision).where(sa.text("state = 'published'")).limit(1)).first()


def finish_counting(session: Session, revision: CalendarRevision, *, at: datetime) -> None:
    """Every open case has the dates of the new calendar."""
    step(session, REVISION, revision, "count", by=PLATFORM, held=frozenset({Role.PLATFORM}), at=at)
    revision.counted_at = at
    session.add(revision)


def _refuse_others(session: Session, region_code: str, *, by: Actor) -> None:
    if not keeps_calendar(session, by, region_code):
        raise NotAllowed("工作日历由本级或上级综合管理部门发布，你可以查看", article="A15.1")


def _facts(session: Session, revision: CalendarRevision) -> RevisionFacts:
    later = select(CalendarRevision.id).where(
        col(CalendarRevision.published_at) > revision.drafted_at, col(CalendarRevision.id) != revision.id
    )
    return RevisionFacts(
        is_outdated=session.exec(later.limit(1)).first() is not None,
        is_another_counting=being_counted(session) is not None,
    )


def _read(rows: Sequence[Mapping[str, Any]]) -> tuple[ExceptionDay, ...]:
    return tuple(ExceptionDay(date.fromisoformat(one["day"]), one["is_working"], one["name"]) for one in rows)


def _written(days: Sequence[ExceptionDay]) -> list[dict[str, Any]]:
    return [{"day": one.day.isoformat(), "is_working": one.is_working, "name": one.name} for one in days]


def _without(days: Mapping[date, str], year: int) -> dict[date, str]:
    return {day: name for day, name in days.items() if day.year != year}
