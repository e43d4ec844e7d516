"""Builders of consultations: the environment office of 公主岭 asks the development office about ECO-02."""

from sqlmodel import select

from core.cases.tables import Case
from core.consultations import asking, replies
from core.consultations.asking import Addressee, Asker, Letter
from core.consultations.tables import Consultation, ConsultationReply
from core.domain.policy import Actor, Role
from tests import world as cast
from tests.world import World, case_of, make_officer

ASKING, ASKED, OTHER = "220184-ee", "220184-drc", "220184-water"


def handler_of(unit: str, name: str = "李文静") -> Actor:
    return make_officer((Role.HANDLER, unit), name=name, identity=f"{unit}-{name}")


def letter(*units: str, days: int | None = 5, **changed) -> Letter:
    values = {"kind": "consultation", "subject": "是否占用红线", "question": "请确认是否占用生态保护红线"}
    return Letter(**{**values, **changed}, addressees=tuple(Addressee(unit, days) for unit in units))


def asker(world: World) -> Asker:
    with world.extranet.reading() as session:
        case = session.get_one(Case, case_of(world, "ECO-02"))
        return Asker(case.project_code, case.org_unit, case.id, case.application_id, case.item_code, case.item_name)


def handled(world: World) -> None:
    """The case is in handling."""
    cast.accept(world, case_of(world, "ECO-02"))


def draft(world: World, *units: str, by: Actor | None = None, **changed) -> int:
    who = by or handler_of(ASKING)
    with world.extranet.writing() as session:
        made = asking.draft(session, asker(world), letter(*(units or (ASKED,)), **changed), by=who, at=world.now)
        return made.id


def send(world: World, *units: str, **changed) -> int:
    found = draft(world, *units, **changed)
    act(world, found, asking.send, by=handler_of(ASKING))
    return found


def act(world: World, consultation_id: int, stage, *, by: Actor, **given) -> None:
    with world.extranet.writing() as session:
        stage(session, session.get_one(Consultation, consultation_id), by=by, at=world.now, **given)


def act_on(world: World, consultation_id: int, unit: str, stage, *, by: Actor, **given) -> None:
    """Something done with one addressee."""
    with world.extranet.writing() as session:
        found = session.get_one(Consultation, consultation_id)
        one = next(row for row in replies.replies_of(session, found) if row.org_unit == unit)
        stage(session, found, one, by=by, at=world.now, **given)


def answer(world: World, consultation_id: int, unit: str = ASKED, opinion: str = "agree", statement: str = "") -> None:
    act_on(world, consultation_id, unit, replies.answer, by=handler_of(unit), opinion=opinion, statement=statement)


def close(world: World, consultation_id: int, **dispositions: str) -> None:
    """Close it; dispositions are by position of the addressee: r1="已采纳"."""
    found = {int(key[1:]): words for key, words in dispositions.items()}
    by_reply = {one.id: found.get(place, "") for place, one in enumerate(rows(world, consultation_id), start=1)}
    act(world, consultation_id, asking.close, by=handler_of(ASKING), conclusion="各单位意见一致", dispositions=by_reply)


def one(world: World, consultation_id: int) -> Consultation:
    with world.extranet.reading() as session:
        return session.get_one(Consultation, consultation_id)


def rows(world: World, consultation_id: int) -> list[ConsultationReply]:
    with world.extranet.reading() as session:
        wanted = select(ConsultationReply).where(ConsultationReply.consultation_id == consultation_id)
        return list(session.exec(wanted.order_by(ConsultationReply.id)).all())
