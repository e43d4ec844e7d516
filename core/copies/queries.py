"""Copies as officers list and open them; unread are those that nobody of the addressed unit opened (A9.1, A14.4c)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.copies.tables import Copy, CopyReceipt
from core.database import table_of
from core.domain.policy import Actor, reach
from core.errors import Absent
from core.organisations import reaches, units_within
from core.prepared import Prepared
from core.projects.links import bears
from core.projects.tables import Project

_C, _R, _P = table_of(Copy), table_of(CopyReceipt), table_of(Project)
PAGE = 20
# a receipt that an older release left beside this one has not set the day on the copy
_IS_UNREAD = sa.and_(_C.c.read_at.is_(None), ~sa.exists().where(_R.c.copy_id == _C.c.id))
_IS_READ = sa.not_(_IS_UNREAD)


class CopyRow(NamedTuple):
    """One copy in a list; `read_at` None while nobody of the unit opened it."""

    copy_id: int
    document_number: str
    document_title: str
    item_name: str
    outcome: str
    from_unit: str
    org_unit: str
    why: str
    copied_at: datetime
    read_at: datetime | None
    project_code: str
    project_name: str
    amendment: str
    amends_number: str
    overtaken_by: str | None


@dataclass(frozen=True)
class CopyFilter:
    """What a list shows: words, and whether all, unread or read ones ("", "unread", "read")."""

    words: str = ""
    state: str = ""
    page: int = 1


def copy_for(session: Session, actor: Actor, copy_id: int, action: str = "copy.see") -> Copy:
    """A copy that the actor's unit got, or one within a supervisor's region; any other looks like none (T5)."""
    found = session.get(Copy, copy_id)
    if found is None or not reaches(session, reach(actor, action), found.org_unit):
        raise Absent("没有找到这份抄送文件")
    return found


def is_addressed(session: Session, actor: Actor, copy: Copy) -> bool:
    """Whether the actor works at the unit that got the copy: such a reader leaves a receipt (A14.4c)."""
    return reaches(session, reach(actor, "copy.acknowledge"), copy.org_unit)


def has_read(session: Session, actor: Actor, copy: Copy) -> bool:
    """Whether the actor left a receipt."""
    return session.get(CopyReceipt, (copy.id, actor.id)) is not None


def copies_page(session: Session, actor: Actor, chosen: CopyFilter) -> Sequence[CopyRow]:
    """The copies within reach, unread ones first, then the newest; one row more if there is a next page."""
    read_at = sa.select(sa.func.min(_R.c.read_at)).where(_R.c.copy_id == _C.c.id).scalar_subquery()
    wanted = (
        sa.select(
            _C.c.id, _C.c.document_number, _C.c.document_title, _C.c.item_name, _C.c.outcome, _C.c.from_unit,
            _C.c.org_unit, _C.c.why, _C.c.copied_at, read_at, _P.c.code, _P.c.name, _C.c.amendment,
            _C.c.amends_number, _overtaken_by(),
        )
        .select_from(_C.join(_P, _P.c.code == _C.c.project_code))
        .where(_C.c.org_unit.in_(units_within(session, reach(actor, "copy.see"))))
        .order_by(sa.case((_IS_READ, 1), else_=0), _C.c.id.desc())
        .limit(PAGE + 1)
        .offset((max(chosen.page, 1) - 1) * PAGE)
    )  # fmt: skip
    if chosen.words:
        columns = (_C.c.document_number, _C.c.document_title, _C.c.item_name)
        wanted = wanted.where(bears(session, chosen.words, columns, _P.c.code))
    if chosen.state:
        wanted = wanted.where(_IS_READ if chosen.state == "read" else _IS_UNREAD)
    return [CopyRow._make(row) for row in session.connection().execute(wanted).all()]


def overtaken_by(session: Session, copy: Copy) -> str:
    """The number of the document that corrected or revoked this one since; empty while it stands (A14.5)."""
    found = sa.select(_overtaken_by()).where(_C.c.id == copy.id)
    number: str | None = session.connection().execute(found).scalar()
    return number or ""


def _overtaken_by() -> sa.ScalarSelect[str]:
    later = _C.alias("later")
    return (
        sa.select(sa.func.max(later.c.document_number))
        .where(
            later.c.case_id == _C.c.case_id,
            later.c.org_unit == _C.c.org_unit,
            later.c.amendment != "",
            later.c.amends_number == _C.c.document_number,
        )
        .correlate(_C)
        .scalar_subquery()
    )


def unread(session: Session, actor: Actor) -> int:
    """How many copies nobody of the actor's units has opened yet: the number in the menu."""
    units = sorted(reach(actor, "copy.acknowledge").org_units)
    if not units:
        return 0
    named = {f"unit_{place}": unit for place, unit in enumerate(units)}
    (number,) = _unread_statement(len(units)).one(session, named)
    return number


@lru_cache(maxsize=32)
def _unread_statement(units: int) -> Prepared[tuple[int]]:
    """Built once for each number of units: every page of the portal runs it for its menu."""
    wanted = [sa.bindparam(f"unit_{place}", type_=sa.String()) for place in range(units)]
    return Prepared(sa.select(sa.func.count()).select_from(_C).where(_C.c.org_unit.in_(wanted), _IS_UNREAD), tuple)


def copies_of_case(session: Session, case_id: int) -> Sequence[Copy]:
    """To whom the documents of a case were copied, in the order they went out."""
    return session.exec(select(Copy).where(col(Copy.case_id) == case_id).order_by(col(Copy.id))).all()


def receipts_of(session: Session, copy_ids: Sequence[int]) -> Mapping[int, Sequence[CopyReceipt]]:
    """Who opened some copies, the first reader first."""
    found: dict[int, list[CopyReceipt]] = {}
    wanted = select(CopyReceipt).where(col(CopyReceipt.copy_id).in_(copy_ids)).order_by(col(CopyReceipt.read_at))
    for row in session.exec(wanted).all():
        found.setdefault(row.copy_id, []).append(row)
    return found
