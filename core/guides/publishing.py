"""Guides, regions and calendar: put into force in the extranet, mirrored in the internet zone (A7.1, A8.1)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.calendar_rows import DAYS, YEARS, CalendarDayRow
from core.database import zone_of
from core.domain.policy import Actor
from core.errors import Absent, Conflict
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.guides.guide import Catalogue, Guide, Version, Versions
from core.guides.messages import (
    CalendarPublished,
    DayTold,
    GuidePublished,
    LocalDaysPublished,
    OrganisationsPublished,
    OrgUnitTold,
    RegionTold,
)
from core.guides.tables import GUIDE_VERSIONS
from core.organisations import ORG_UNITS, REGIONS, organisations
from core.publications import Kept, renew
from core.trace import record


def publish_organisations(
    session: Session, regions: Sequence[RegionTold], org_units: Sequence[OrgUnitTold], *, by: Actor, at: datetime
) -> None:
    """Replace the tree of regions and organisational units and tell the internet zone."""
    told = OrganisationsPublished(regions=tuple(regions), org_units=tuple(org_units))
    _replace_organisations(session, told)
    record(session, "organisations.publish", "organisations", "all", "发布区划和承办机构", by=by, at=at)
    send(session, told, at=at)


def publish_calendar(
    session: Session, years: Sequence[int], days: Sequence[DayTold], *, by: Actor, at: datetime
) -> None:
    """Put the official calendar of some years into force and tell the internet zone (A15.1)."""
    told = CalendarPublished(years=tuple(years), days=tuple(days))
    _replace_calendar(session, told)
    words = f"发布工作日历：{min(years)}—{max(years)} 年"
    record(session, "calendar.publish", "calendar", "all", words, by=by, at=at)
    send(session, told, at=at)


def publish_local_days(
    session: Session, region_code: str, year: int, days: Mapping[date, str], *, by: Actor, at: datetime
) -> None:
    """Put the days off that a region has of its own in one year into force, in place of those it had (A15.1)."""
    told = LocalDaysPublished(
        region_code=region_code,
        year=year,
        days=tuple(
            DayTold(day=day, region_code=region_code, is_working=False, name=name) for day, name in sorted(days.items())
        ),
    )
    _replace_local_days(session, told)
    place = organisations(session).region_name(region_code)
    words = f"发布地方放假安排：{place} {year} 年"
    record(session, "calendar.publish", "calendar", region_code, words, by=by, at=at)
    send(session, told, at=at)


def publish_guide(
    session: Session, guide: Guide, *, in_force_from: date, by: Actor, at: datetime, reason: str = ""
) -> None:
    """Publish a version that is in force from a day on; the ones before it stay for their cases (A8.1).

    Raises Conflict when the number was published already with other words: a version never changes.
    """
    _refuse_another(session, guide, in_force_from=in_force_from)
    told = GuidePublished(in_force_from=in_force_from, guide=guide)
    _put_in_force(session, told)
    words = f"发布办事指南：{guide.name}（第 {guide.number} 版）"
    record(session, "guide.publish", "guide", guide.version_id, words, by=by, at=at, reason=reason)
    send(session, told, at=at)


@applies(OrganisationsPublished)
def mirror_organisations(session: Session, told: OrganisationsPublished, envelope: Envelope) -> None:
    """Internet zone: hold the same tree as the extranet."""
    del envelope
    _replace_organisations(session, told)


@applies(CalendarPublished)
def mirror_calendar(session: Session, told: CalendarPublished, envelope: Envelope) -> None:
    """Internet zone: count by the same calendar as the extranet."""
    del envelope
    _replace_calendar(session, told)


@applies(LocalDaysPublished)
def mirror_local_days(session: Session, told: LocalDaysPublished, envelope: Envelope) -> None:
    """Internet zone: count by the same days off of a region."""
    del envelope
    _replace_local_days(session, told)


@applies(GuidePublished)
def mirror_guide(session: Session, told: GuidePublished, envelope: Envelope) -> None:
    """Internet zone: show the guide that is in force."""
    del envelope
    _put_in_force(session, told)


def catalogue(session: Session, *, on: date) -> Catalogue:
    """The guides in force on a day in this zone; kept in memory until one is published (A8.1, A15.1)."""
    return _VERSIONS.of(session).on(on)


def item_name(session: Session, item_code: str) -> str:
    """An item's name by its newest guide, in force or not; its code when none was ever published."""
    versions = _VERSIONS.of(session).by_item.get(item_code)
    return versions[-1].guide.name if versions else item_code


def guide_version(session: Session, version_id: str) -> Guide:
    """One version of a guide, in force or not: a case keeps the version it was accepted under (A8.1)."""
    found = _VERSIONS.of(session).by_id.get(version_id)
    if found is None:
        raise Absent("没有找到这一版办事指南")
    return found.guide


def guide_in_force(session: Session, item_code: str, *, on: date) -> Guide | None:
    """The version of an item's guide that holds on a day; None when there was none yet (A8.1, A15.1)."""
    return catalogue(session, on=on).guides.get(item_code)


def versions_of(session: Session, item_code: str) -> tuple[Version, ...]:
    """Every version of an item's guide, the oldest first, those not in force yet as well (A8.1)."""
    return _VERSIONS.of(session).by_item.get(item_code, ())


def _replace_organisations(session: Session, told: OrganisationsPublished) -> None:
    zone = zone_of(session)
    for table, rows in ((REGIONS[zone], told.regions), (ORG_UNITS[zone], told.org_units)):
        session.execute(sa.delete(table))
        session.connection().execute(sa.insert(table), [row.model_dump() for row in rows])
    renew(session, "organisations")


def _replace_calendar(session: Session, told: CalendarPublished) -> None:
    days, years = DAYS[zone_of(session)], YEARS[zone_of(session)]
    for year in told.years:
        session.execute(sa.delete(days).where(*_of_year(days, year, "")))
        session.merge(years(year=year))
    if told.days:
        session.connection().execute(sa.insert(days), [day.model_dump() for day in told.days])
    renew(session, "calendar")


def _replace_local_days(session: Session, told: LocalDaysPublished) -> None:
    days = DAYS[zone_of(session)]
    session.execute(sa.delete(days).where(*_of_year(days, told.year, told.region_code)))
    if told.days:
        session.connection().execute(sa.insert(days), [day.model_dump() for day in told.days])
    renew(session, "calendar")


def _of_year(days: type[CalendarDayRow], year: int, region_code: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(days.day).between(date(year, 1, 1), date(year, 12, 31)),
        col(days.region_code) == region_code,
    )


def _put_in_force(session: Session, told: GuidePublished) -> None:
    """Keep the version; those before it hold until its day, and one that was to begin later never begins."""
    table = GUIDE_VERSIONS[zone_of(session)]
    guide, begins = told.guide, told.in_force_from
    of_item = select(table).where(col(table.item_code) == guide.item_code, col(table.number) < guide.number)
    for row in session.exec(of_item).all():
        if row.in_force_to is None or row.in_force_to > begins:
            row.in_force_to = max(begins, row.in_force_from)
            session.add(row)
    session.merge(
        table(
            id=guide.version_id,
            item_code=guide.item_code,
            number=guide.number,
            in_force_from=begins,
            body=guide.model_dump(mode="json"),
        )
    )
    renew(session, "guides")


def _refuse_another(session: Session, guide: Guide, *, in_force_from: date) -> None:
    """A version never changes: refuses a number that somebody has published with other words."""
    renew(session, "guides")  # whoever else publishes waits here until this transaction ends
    table = GUIDE_VERSIONS[zone_of(session)]
    known = session.get(table, guide.version_id, populate_existing=True)
    if known is None:
        return
    if known.body != guide.model_dump(mode="json") or known.in_force_from != in_force_from:
        raise Conflict(f"第 {guide.number} 版办事指南刚刚由其他人发布，请看最新一版再改")


def _read(session: Session) -> Versions:
    table = GUIDE_VERSIONS[zone_of(session)]
    rows = session.exec(select(table).order_by(col(table.item_code), col(table.number))).all()
    return Versions(Version(Guide.model_validate(row.body), row.in_force_from, row.in_force_to) for row in rows)


_VERSIONS = Kept("guides", _read)
