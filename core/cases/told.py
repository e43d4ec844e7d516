"""What the internet portal reads of projects and cases: clocks as told, progress, figures (A15.2, A17.2)."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts.actors import table_of
from core.cases.applying import OPEN
from core.cases.tables import Application, ReceivedNotice
from core.domain.clock import Clock, Pause, Unit
from core.domain.declaration import public_facts
from core.domain.publicity import is_public_item
from core.errors import Absent
from core.projects.declaring import due_items_of
from core.projects.rules import field_specs
from core.projects.tables import DeclaredProject, ToldDueItem

_A, _P = table_of(Application), table_of(DeclaredProject)


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
    facts: Mapping[str, Any]


def told_clock(one: Application) -> Clock | None:
    """The clock that the extranet told last for an application; None when none runs or ran."""
    told = one.clock
    if not told:
        return None
    return Clock(
        started_on=date.fromisoformat(told["started_on"]),
        limit=told["limit"],
        unit=Unit(told["unit"]),
        warn_at=told["warn_days"],
        pauses=tuple(
            Pause(
                date.fromisoformat(pause["begins_on"]),
                date.fromisoformat(pause["ends_on"]) if pause["ends_on"] else None,
                pause["ground"],
            )
            for pause in told["pauses"]
        ),
        stopped_on=date.fromisoformat(told["stopped_on"]) if told["stopped_on"] else None,
    )


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


_PUBLIC_PROJECT = sa.select(
    _P.c.code, _P.c.name, _P.c.unit_name, _P.c.project_type, _P.c.region_code, _P.c.state, _P.c.declared_at,
    _P.c.verified_at, _P.c.completed_at, _P.c.facts,
).where(_P.c.code == sa.bindparam("code"))  # fmt: skip


def public_project(session: Session, code: str) -> PublicProject | None:
    """A project by its canonical code, as everybody may see it; None when no project bears it (A17.2)."""
    found = session.connection().execute(_PUBLIC_PROJECT, {"code": code}).first()
    if found is None:
        return None
    return PublicProject(
        code=found.code,
        name=found.name,
        unit_name=found.unit_name,
        project_type=found.project_type,
        region_code=found.region_code,
        state=found.state,
        declared_at=found.declared_at,
        verified_at=found.verified_at,
        completed_at=found.completed_at,
        facts=public_facts(field_specs(), found.facts),
    )


def public_due_items(session: Session, code: str) -> Sequence[ToldDueItem]:
    """The due items that everybody may know of; one of state security isn't among them (A17.1)."""
    return [row for row in due_items_of(session, code) if is_public_item(row.item_code)]


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
