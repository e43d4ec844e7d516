"""What officers see of consultations: their own whole, of others only the question they are asked (A9.1, A14.4b)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.consultations.tables import Consultation, ConsultationAnswer, ConsultationMaterial, ConsultationReply
from core.database import table_of
from core.domain.addressees import HeldItem, Suggested, suggested_addressees
from core.domain.consultation_states import ConsultationState, ReplyState
from core.domain.due_items import Relation
from core.domain.policy import Actor, reach
from core.errors import Absent, NotAllowed
from core.guides.publishing import catalogue, item_name
from core.organisations import organisations, reaches, units_within
from core.prepared import Prepared
from core.projects.links import bears
from core.projects.rules import item_relations
from core.projects.tables import DueItem, Project

_C, _R, _P = table_of(Consultation), table_of(ConsultationReply), table_of(Project)
PAGE = 20


class ReceivedRow(NamedTuple):
    """One question that a unit was asked."""

    consultation_id: int
    kind: str
    subject: str
    asking_unit: str
    addressed_unit: str
    state: str
    opinion: str
    limit_days: int
    started_on: date | None
    stopped_on: date | None
    sent_at: datetime | None
    reminders: int
    project_code: str
    project_name: str


class SentRow(NamedTuple):
    """One consultation that a unit sent or drafted, with how many were asked and how many answered."""

    consultation_id: int
    kind: str
    subject: str
    asking_unit: str
    item_name: str
    state: str
    opened_at: datetime
    asked: int
    answered: int
    project_code: str
    project_name: str


@dataclass(frozen=True)
class ListFilter:
    """What a list shows; `state` is one of the machine of that list, empty for all."""

    words: str = ""
    state: str = ""
    page: int = 1


def own_consultation(
    session: Session, actor: Actor, consultation_id: int, action: str = "consultation.see"
) -> Consultation:
    """A consultation as its asker has it, if the actor may do `action` on it.

    To whom neither its unit nor an addressed unit is in reach it looks like none; an addressee is told whose it is.
    """
    found = session.get(Consultation, consultation_id)
    if found is None or not (_sees_as_asker(session, actor, found) or _addressed(session, actor, found)):
        raise Absent("没有找到这件会商函询")
    if not reaches(session, reach(actor, action), found.org_unit):
        name = organisations(session).unit_name(found.org_unit)
        raise NotAllowed(f"这件会商函询由{name}发起和办理，你可以答复和查看", article="A14.4b")
    return found


def is_own(session: Session, actor: Actor, consultation_id: int) -> bool:
    """Whether the actor sees the consultation as the asking unit does."""
    found = session.get(Consultation, consultation_id)
    return found is not None and _sees_as_asker(session, actor, found)


def asked_of(
    session: Session, actor: Actor, consultation_id: int, action: str = "consultation.see"
) -> tuple[Consultation, ConsultationReply]:
    """The question as a unit of the actor's is asked it, with that unit's reply; a draft is nobody's question yet."""
    found = session.get(Consultation, consultation_id)
    mine = _addressed(session, actor, found) if found is not None else ()
    if found is None or not (mine or _sees_as_asker(session, actor, found)):
        raise Absent("没有找到这件会商函询")
    own = reach(actor, action)
    for one in mine:
        if reaches(session, own, one.org_unit):
            return found, one
    raise NotAllowed("这件会商函询由征求意见的单位答复，你可以查看", article="A14.4b")


def materials_of(session: Session, found: Consultation) -> Sequence[ConsultationMaterial]:
    """What goes along with the question."""
    wanted = select(ConsultationMaterial).where(col(ConsultationMaterial.consultation_id) == found.id)
    return session.exec(wanted.order_by(col(ConsultationMaterial.id))).all()


def answers_of(session: Session, reply_ids: Sequence[int]) -> Sequence[ConsultationAnswer]:
    """Every answer given by some addressees, the earlier ones first."""
    wanted = select(ConsultationAnswer).where(col(ConsultationAnswer.reply_id).in_(reply_ids))
    return session.exec(wanted.order_by(col(ConsultationAnswer.id))).all()


def of_case(session: Session, case_id: int) -> Sequence[Consultation]:
    """The consultations of a case, the newest first."""
    wanted = select(Consultation).where(col(Consultation.case_id) == case_id)
    return session.exec(wanted.order_by(col(Consultation.id).desc())).all()


def of_project(session: Session, project_code: str) -> Sequence[Consultation]:
    """The consultations about a project as a whole, the newest first."""
    wanted = select(Consultation).where(
        col(Consultation.project_code) == project_code, col(Consultation.case_id).is_(None)
    )
    return session.exec(wanted.order_by(col(Consultation.id).desc())).all()


def open_of_case(session: Session, case_id: int) -> int:
    """How many consultations of a case still wait to be closed."""
    counted = sa.select(sa.func.count()).where(_C.c.case_id == case_id, _C.c.state == ConsultationState.SENT)
    number: int = session.connection().execute(counted).scalar_one()
    return number


def waiting_for(session: Session, actor: Actor) -> int:
    """How many questions wait for an answer that this actor may give: the number in the menu."""
    units = sorted(reach(actor, "consultation.answer").org_units)
    if not units:
        return 0
    named = {f"unit_{place}": unit for place, unit in enumerate(units)}
    (number,) = _waiting_statement(len(units)).one(session, named)
    return number


@lru_cache(maxsize=32)
def _waiting_statement(units: int) -> Prepared[tuple[int]]:
    """Built once for each number of units: every page of the portal runs it for its menu."""
    wanted = [sa.bindparam(f"unit_{place}", type_=sa.String()) for place in range(units)]
    counted = sa.select(sa.func.count()).where(_R.c.org_unit.in_(wanted), _R.c.state == ReplyState.AWAITED)
    return Prepared(counted, tuple)


def received(session: Session, actor: Actor, chosen: ListFilter) -> Sequence[ReceivedRow]:
    """What the actor's units were asked, open questions first, soonest due first; one row more if there is more."""
    asked = (
        sa.select(
            _C.c.id, _C.c.kind, _C.c.subject, _C.c.org_unit, _R.c.org_unit.label("addressed"), _R.c.state,
            _R.c.opinion, _R.c.limit_days, _R.c.started_on, _R.c.stopped_on, _C.c.sent_at, _R.c.reminders,
            _P.c.code, _P.c.name,
        )
        .select_from(_R.join(_C, _C.c.id == _R.c.consultation_id).join(_P, _P.c.code == _C.c.project_code))
        .where(_R.c.org_unit.in_(_units(session, actor)), _R.c.state != ReplyState.CHOSEN, *_matching(session, chosen))
    )  # fmt: skip
    if chosen.state:
        asked = asked.where(_R.c.state == chosen.state)
    waits_first = sa.case((_R.c.state == ReplyState.AWAITED, 0), else_=1)
    asked = _paged(asked.order_by(waits_first, _R.c.due_on, _R.c.id.desc()), chosen)
    return [ReceivedRow._make(row) for row in session.connection().execute(asked).all()]


def sent(session: Session, actor: Actor, chosen: ListFilter) -> Sequence[SentRow]:
    """What the actor's units asked others, the newest first; one row more if there is more."""
    replies = sa.select(sa.func.count()).where(_R.c.consultation_id == _C.c.id)
    wanted = (
        sa.select(
            _C.c.id, _C.c.kind, _C.c.subject, _C.c.org_unit, _C.c.item_name, _C.c.state, _C.c.opened_at,
            replies.scalar_subquery(), replies.where(_R.c.state == ReplyState.ANSWERED).scalar_subquery(),
            _P.c.code, _P.c.name,
        )
        .select_from(_C.join(_P, _P.c.code == _C.c.project_code))
        .where(
            _C.c.org_unit.in_(_units(session, actor)),
            sa.or_(_C.c.sent_at.is_not(None), _C.c.org_unit.in_(sorted(reach(actor, "consultation.open").org_units))),
            *_matching(session, chosen),
        )
    )  # fmt: skip
    if chosen.state:
        wanted = wanted.where(_C.c.state == chosen.state)
    wanted = _paged(wanted.order_by(_C.c.id.desc()), chosen)
    return [SentRow._make(row) for row in session.connection().execute(wanted).all()]


def suggestions(
    session: Session, project_code: str, *, item_code: str, own_unit: str, on: date
) -> tuple[Suggested, ...]:
    """Whom to ask, each with the reason: holders of the project's other due items, by that day's guides (A14.4b)."""
    rows = session.exec(
        select(DueItem)
        .where(col(DueItem.project_code) == project_code, col(DueItem.dropped_on).is_(None))
        .order_by(col(DueItem.position))
    ).all()
    due = [HeldItem(row.item_code, item_name(session, row.item_code), row.org_unit) for row in rows]
    relations: Sequence[Relation] = item_relations(catalogue(session, on=on))
    return suggested_addressees(item_code, own_unit, due, relations)


def _sees_as_asker(session: Session, actor: Actor, found: Consultation) -> bool:
    needed = "consultation.open" if found.sent_at is None else "consultation.see"  # a draft is its handlers' alone
    return reaches(session, reach(actor, needed), found.org_unit)


def _addressed(session: Session, actor: Actor, found: Consultation) -> Sequence[ConsultationReply]:
    if found.sent_at is None:
        return ()
    wanted = select(ConsultationReply).where(
        col(ConsultationReply.consultation_id) == found.id,
        col(ConsultationReply.org_unit).in_(_units(session, actor)),
    )
    return session.exec(wanted.order_by(col(ConsultationReply.id))).all()


def _units(session: Session, actor: Actor) -> list[str]:
    return units_within(session, reach(actor, "consultation.see"))


def _matching(session: Session, chosen: ListFilter) -> list[sa.ColumnElement[bool]]:
    return [bears(session, chosen.words, (_C.c.subject,), _P.c.code)] if chosen.words else []


def _paged(wanted: sa.Select[Any], chosen: ListFilter) -> sa.Select[Any]:
    return wanted.limit(PAGE + 1).offset((max(chosen.page, 1) - 1) * PAGE)
