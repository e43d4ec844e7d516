"""What the internet portal reads of projects and cases: clocks as told, progress, figures (A15.2, A17.2)."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.cases.applying import OPEN
from core.cases.tables import Application, ProjectEvent, ReceivedNotice
from core.clocks import calendar, calendar_at
from core.database import table_of
from core.domain.calendar import Calendar
from core.domain.clock import Clock, Pause, Unit
from core.domain.declaration import public_facts
from core.domain.publicity import is_public_item
from core.errors import Absent
from core.prepared import Prepared
from core.projects.rules import field_specs
from core.projects.tables import DeclaredProject, ToldDueItem

_A, _P = table_of(Application), table_of(DeclaredProject)
_D, _E = table_of(ToldDueItem), table_of(ProjectEvent)


@dataclass(frozen=True)
class Figures:
    """What the home page counts: projects with a code, cases not concluded, cases concluded since a day."""

    projects: int
    open_cases: int
    concluded: int


@dataclass(frozen=True)
class Standing:
    """How far one project is: due items, those concluded, those that wait for the unit."""

    due: int = 0
    concluded: int = 0
    waiting: int = 0


@dataclass(frozen=True)
class PublicProject:
    """A project as everybody may see it: nothing personal, nothing withheld (A17.2)."""

    code: str
    name: str
    unit_name: str
    project_type: str
    region_code: str
    state: str
    declared_at: datetime
    verified_at: datetime | None
    completed_at: datetime | None
    is_legacy: bool
    facts: Mapping[str, Any]


class ApplicationStands(Protocol):
    """What lights and words of an application are told from, be it one's own or the public's view."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def outcome(self) -> str: ...  # noqa: D102
    @property
    def asked_for(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def clock(self) -> Mapping[str, Any] | None: ...  # noqa: D102
    @property
    def accepted_on(self) -> date | None: ...  # noqa: D102
    @property
    def concluded_on(self) -> date | None: ...  # noqa: D102
    @property
    def org_unit(self) -> str: ...  # noqa: D102


class PublicApplication(NamedTuple):
    """The application that counts for an item, as everybody may see it; never why it was turned down (A17.1)."""

    item_code: str
    state: str
    outcome: str
    document_number: str
    asked_for: Sequence[Any]
    clock: Mapping[str, Any] | None
    accepted_on: date | None
    concluded_on: date | None
    org_unit: str


class PublicDueItem(NamedTuple):
    """A due item as everybody may see it."""

    item_code: str
    item_name: str
    org_unit_name: str


class PublicEvent(NamedTuple):
    """One line of the public timeline."""

    at: datetime
    words: str
    who: str
    notice_token: str


def told_clock(one: ApplicationStands) -> Clock | None:
    """The clock that the extranet told last for an application; None when none runs or ran."""
    return _clock_of(one.clock) if one.clock else None


def told_whole(one: ApplicationStands) -> Clock | None:
    """The whole case as a clock beside that of its step; None where the extranet told of none (A15.1)."""
    whole = one.clock.get("whole") if one.clock else None
    return _clock_of(whole) if whole else None


def _clock_of(told: Mapping[str, Any]) -> Clock:
    return Clock(
        started_on=date.fromisoformat(told["started_on"]),
        limit=told["limit"],
        unit=Unit(told["unit"]),
        warn_at=told["warn_days"],
        pauses=_told_pauses(told),
        stopped_on=_told_day(told["stopped_on"]),
        extension=told.get("extension", 0),
    )


def told_statute(one: ApplicationStands) -> Clock | None:
    """The statute that stands behind the promise, as a clock of its own; None where the clock has none (A15.1)."""
    told = one.clock
    since = _told_day(told.get("statutory_from")) if told else None
    if not told or since is None:
        return None
    return Clock(
        started_on=since,
        limit=told["statutory_days"],
        unit=Unit(told["statutory_unit"]),
        pauses=_told_pauses(told),
        extension=told.get("extension", 0),
    )


def days_of(session: Session, one: ApplicationStands | None) -> Calendar:
    """The calendar by which the office of an application counts; the official one where there is none (A15.1)."""
    return calendar_at(session, one.org_unit) if one else calendar(session)


def _told_pauses(told: Mapping[str, Any]) -> tuple[Pause, ...]:
    return tuple(
        Pause(
            date.fromisoformat(pause["begins_on"]),
            _told_day(pause["ends_on"]),
            pause["ground"],
            pause.get("restarts", False),
            _told_day(pause.get("expected_on")),
        )
        for pause in told["pauses"]
    )


def _told_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def figures(session: Session, *, since: date) -> Figures:
    """What the home page counts; `since` is a day in Asia/Shanghai."""
    counted = sa.select(
        sa.select(sa.func.count()).select_from(_P).scalar_subquery(),
        sa.select(sa.func.count()).select_from(_A).where(_A.c.state.in_(sorted(OPEN))).scalar_subquery(),
        sa.select(sa.func.count())
        .select_from(_A)
        .where(_A.c.state == "concluded", _A.c.concluded_on >= since)
        .scalar_subquery(),
    )
    return Figures(*session.connection().execute(counted).one())


def standings(session: Session, project_codes: Sequence[str]) -> Mapping[str, Standing]:
    """How far each of some projects is, by two statements; a project without due items yet stands at nought."""
    due_table = table_of(ToldDueItem)
    counted = session.connection().execute(
        sa.select(due_table.c.project_code, sa.func.count().label("due"))
        .where(due_table.c.project_code.in_(project_codes))
        .group_by(due_table.c.project_code)
    )
    due: dict[str, int] = {row.project_code: row.due for row in counted}
    made = session.connection().execute(
        sa.select(_A.c.project_code, _A.c.item_code, _A.c.state)
        .where(_A.c.project_code.in_(project_codes))
        .order_by(_A.c.applied_at)
    )
    latest = {(row.project_code, row.item_code): row.state for row in made}
    return {
        code: Standing(
            due=due.get(code, 0),
            concluded=sum(state == "concluded" for (project, _), state in latest.items() if project == code),
            waiting=sum(state == "awaiting_supplement" for (project, _), state in latest.items() if project == code),
        )
        for code in project_codes
    }


def _as_public(row: Any) -> PublicProject:
    declared = PublicProject(*row)
    return replace(declared, facts=public_facts(field_specs(), declared.facts))


_PUBLIC_PROJECT = Prepared(
    sa.select(
        _P.c.code, _P.c.name, _P.c.unit_name, _P.c.project_type, _P.c.region_code, _P.c.state, _P.c.declared_at,
        _P.c.verified_at, _P.c.completed_at, _P.c.legacy_request_id.is_not(None), _P.c.facts,
    ).where(_P.c.code == sa.bindparam("code")),
    _as_public,
)  # fmt: skip


def public_project(session: Session, code: str) -> PublicProject | None:
    """A project by its canonical code, as everybody may see it; None when no project bears it (A17.2)."""
    return _PUBLIC_PROJECT.first(session, {"code": code})


_PUBLIC_DUE_ITEMS = Prepared(
    sa.select(_D.c.item_code, _D.c.item_name, _D.c.org_unit_name)
    .where(_D.c.project_code == sa.bindparam("code"))
    .order_by(_D.c.position),
    PublicDueItem._make,
)
_PUBLIC_APPLICATIONS = Prepared(
    sa.select(
        _A.c.item_code, _A.c.state, _A.c.outcome, _A.c.document_number, _A.c.asked_for, _A.c.clock, _A.c.accepted_on,
        _A.c.concluded_on, _A.c.org_unit,
    )
    .where(_A.c.project_code == sa.bindparam("code"))
    .order_by(_A.c.applied_at),
    PublicApplication._make,
)  # fmt: skip
_PUBLIC_EVENTS = Prepared(
    sa.select(_E.c.at, _E.c.words, _E.c.who, _E.c.notice_token)
    .where(_E.c.project_code == sa.bindparam("code"), _E.c.is_public)
    .order_by(_E.c.at.desc(), _E.c.id.desc())
    .limit(300),
    PublicEvent._make,
)


def public_due_items(session: Session, code: str) -> Sequence[PublicDueItem]:
    """The due items that everybody may know of; one of state security isn't among them (A17.1)."""
    return [row for row in _PUBLIC_DUE_ITEMS.all(session, {"code": code}) if is_public_item(row.item_code)]


def public_applications(session: Session, code: str) -> Mapping[str, PublicApplication]:
    """The application that counts for each item of a project: the last one made."""
    return {row.item_code: row for row in _PUBLIC_APPLICATIONS.all(session, {"code": code})}


def public_events(session: Session, code: str) -> Sequence[PublicEvent]:
    """The public timeline of a project, newest first; it carries no personal data (A17.2)."""
    return _PUBLIC_EVENTS.all(session, {"code": code})


def notice_by_token(session: Session, token: str) -> ReceivedNotice:
    """The notice whose QR code bears this token; refuses one that was never issued (A13.2)."""
    found = session.get(ReceivedNotice, token[:40])
    if found is None:
        raise Absent("没有找到这份通知书。请核对网址或重新扫描通知书上的二维码")
    return found


def notice_by_check_code(session: Session, project_code: str, check_code: str) -> ReceivedNotice | None:
    """The notice of a project that bears this check code, typed with or without hyphens; None when none does."""
    plain = unicodedata.normalize("NFKC", check_code).upper()
    wanted = "".join(letter for letter in plain if letter in "0123456789ABCDEF")
    found = session.exec(select(ReceivedNotice).where(col(ReceivedNotice.project_code) == project_code)).all()
    return next((one for one in found if one.check_code.replace("-", "") == wanted), None)
