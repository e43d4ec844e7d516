"""What citizens read: disclosed results, a project's public progress, and whether a notice is genuine (A17.1, A17.2).

Everything here reads what was told for the public; nothing personal is in reach. Internet zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session

from core.clocks import business_date
from core.database import Zone, table_of
from core.disclosure.messages import DisclosureAmended, DisclosurePublished
from core.disclosure.tables import PublishedResult
from core.domain.remit import Level
from core.exchange.message import Envelope, applies
from core.organisations import organisations
from core.prepared import Prepared
from core.projects.links import codes_meant
from core.search import Shape, is_sought, put, seek

_R = table_of(PublishedResult)
PAGE = 20


class ResultRow(NamedTuple):
    """One disclosed result in a list."""

    id: str
    kind: str
    project_code: str
    project_name: str
    unit_name: str
    org_unit_name: str
    item_name: str
    outcome: str
    document_number: str
    published_on: date
    amendment: str


@dataclass(frozen=True)
class ResultFilter:
    """What the list of results shows; every part is in the page's address."""

    region: str = ""
    department: str = ""
    words: str = ""
    page: int = 1


@applies(DisclosurePublished)
def publish(session: Session, told: DisclosurePublished, envelope: Envelope) -> None:
    """Put a disclosed result where citizens find it."""
    del envelope
    session.merge(
        PublishedResult(
            id=told.disclosure_id,
            kind=told.disclosure_kind,
            project_code=told.project_code,
            project_name=told.project_name,
            unit_name=told.unit_name,
            region_code=told.region_code,
            prefecture_code=prefecture_of(session, told.region_code),
            department=told.department,
            org_unit_name=told.org_unit_name,
            item_code=told.item_code,
            item_name=told.item_name,
            outcome=told.outcome,
            document_number=told.document_number,
            document_title=told.document_title,
            document_on=told.document_on,
            published_on=business_date(told.published_at),
            published_at=told.published_at,
        )
    )
    put(session, told.disclosure_id, (told.project_name, told.unit_name, told.project_code, told.item_name))


@applies(DisclosureAmended)
def amend(session: Session, told: DisclosureAmended, envelope: Envelope) -> None:
    """Say beside a disclosed result that it was corrected or revoked, and by which document (A17.1)."""
    del envelope
    found = session.get(PublishedResult, told.disclosure_id)
    if found is None:
        return
    found.amendment, found.amends_number = told.amendment, told.amends_number
    found.amended_on = business_date(told.amended_at)
    found.outcome = told.outcome
    found.document_number, found.document_title = told.document_number, told.document_title
    found.document_on = told.document_on
    session.add(found)


def prefecture_of(session: Session, region_code: str) -> str:
    """The prefecture a region lies in or is; its own code for what stands directly under the province."""
    regions = organisations(session).regions
    code = region_code
    while code in regions:
        if regions[code].acts_as is Level.PREFECTURE:
            return code
        code = regions[code].parent_code
    return region_code


def results(session: Session, chosen: ResultFilter) -> Sequence[ResultRow]:
    """One page of disclosed results, newest first, one row more if there is a next page (A17.1)."""
    regions = organisations(session).regions
    level = regions[chosen.region].acts_as if chosen.region in regions else None
    scope = "" if level in (None, Level.PROVINCE) else "prefecture" if level is Level.PREFECTURE else "region"
    codes = codes_meant(session, chosen.words) if chosen.words else ()
    sought = seek(session, chosen.words) if chosen.words else None
    statement = _statement(scope, bool(chosen.department), sought.shape if sought else None, bool(codes))
    values = {
        "region": chosen.region,
        "department": chosen.department,
        "codes": list(codes),
        "limit": PAGE + 1,
        "offset": (max(chosen.page, 1) - 1) * PAGE,
        **(sought.values if sought else {}),
    }
    return statement.all(session, values)


def results_of_project(session: Session, project_code: str) -> Sequence[ResultRow]:
    """The disclosed results of one project, newest first (A17.2)."""
    return _OF_PROJECT.all(session, {"code": project_code})


def result_of(session: Session, disclosure_id: str) -> PublishedResult | None:
    """One disclosed result; None when there is none, or no longer."""
    return session.get(PublishedResult, disclosure_id[:36])


_COLUMNS = (
    _R.c.id, _R.c.kind, _R.c.project_code, _R.c.project_name, _R.c.unit_name, _R.c.org_unit_name, _R.c.item_name,
    _R.c.outcome, _R.c.document_number, _R.c.published_on, _R.c.amendment,
)  # fmt: skip
_NEWEST = (_R.c.published_on.desc(), _R.c.id.desc())
_OF_PROJECT = Prepared(
    sa.select(*_COLUMNS).where(_R.c.project_code == sa.bindparam("code")).order_by(*_NEWEST), ResultRow._make
)


@lru_cache(maxsize=32)
def _statement(scope: str, by_department: bool, sought: Shape | None, by_code: bool) -> Prepared[ResultRow]:
    found = sa.select(*_COLUMNS)
    if scope:
        column = _R.c.prefecture_code if scope == "prefecture" else _R.c.region_code
        found = found.where(column == sa.bindparam("region"))
    if by_department:
        found = found.where(_R.c.department == sa.bindparam("department"))
    if sought:
        meant = [_R.c.project_code.in_(sa.bindparam("codes", expanding=True))] if by_code else []
        found = found.where(sa.or_(is_sought(Zone.PUBLIC, _R.c.id, sought), *meant))
    paged = found.order_by(*_NEWEST).limit(sa.bindparam("limit")).offset(sa.bindparam("offset"))
    return Prepared(paged, ResultRow._make)
