"""What the unit sees when the approval zone refuses what it sent: never "delivered", never stuck (A14.1d, A14.3)."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select

from core.cases import letters
from core.cases.tables import Message
from core.changes.tables import ChangeRequest
from core.errors import RuleRefusal
from core.exchange import message
from core.exchange.message import Direction, kind_of
from core.exchange.status import Delivery, answer_to
from core.projects.tables import DeclaredProject
from tests import world as cast
from tests.core.cases.acts import bring, do, own
from tests.core.changes import requests
from tests.world import World

REASON = "报文与已办结的记录不符"


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Let the extranet refuse a kind as a rule would."""

    def refused(session: object, told: object, envelope: object) -> None:
        raise RuleRefusal(REASON)

    def refuse(kind: str) -> None:
        assert kind_of(kind, Direction.TO_EXTRANET)
        monkeypatch.setitem(message._appliers, (kind, Direction.TO_EXTRANET), refused)

    return refuse


def asked_of_unit(world: World) -> str:
    """The last word to the unit that wants it to act."""
    with world.public.reading() as session:
        found = select(Message.words).where(col(Message.wants_action))
        return str(session.exec(found.order_by(col(Message.at).desc(), col(Message.id).desc())).first())


def test_an_application_that_was_refused_can_be_made_again(world: World, refuse):
    refuse("items.applied.v1")
    code = cast.declare(world)
    assert cast.apply_for(world, code, "ECO-02") == []
    first = cast.application(world, code, "ECO-02")
    assert (first.state, first.reason) == ("rejected", REASON)
    assert asked_of_unit(world).endswith(f"申请没有被接收，可以重新申请。{REASON}")
    cast.apply_for(world, code, "ECO-02")


def test_a_declaration_that_was_refused_is_returned_with_its_reason(world: World, refuse):
    refuse("project.declared.v1")
    code = cast.declare(world)
    with world.public.reading() as session:
        project = session.get_one(DeclaredProject, code)
        assert (project.state, project.state_reason) == ("returned", REASON)
        assert answer_to(session, project.message_id).delivery is Delivery.REFUSED


def test_a_withdrawal_that_was_refused_leaves_the_application_as_it_was(applied_world: World, refuse):
    refuse("application.withdrawn.v1")
    do(applied_world, cast.case_of(applied_world, "ECO-02"), "withdraw")
    after = cast.application(applied_world, applied_world.code, "ECO-02")
    assert (after.state, after.withdrawal_sent_at) == ("submitted", None)
    assert "撤回没有生效" in asked_of_unit(applied_world)


def test_a14_3_a_supplement_that_was_refused_is_asked_for_again(applied_world: World, refuse):
    refuse("supplement.given.v1")
    case_id = bring(applied_world, cast.case_of(applied_world, "ECO-02"), "awaiting_supplement")
    do(applied_world, case_id, "supplement")
    assert cast.application(applied_world, applied_world.code, "ECO-02").state == "awaiting_supplement"
    assert "补正没有被接收" in asked_of_unit(applied_world)


def test_a_letter_that_was_refused_says_so(applied_world: World, refuse):
    refuse("letter.from_unit.v1")
    one, project = own(applied_world, cast.case_of(applied_world, "ECO-02"))
    with applied_world.public.writing() as session:
        letter = letters.write_to_department(
            session, one, project, "请问进度", by=applied_world.unit, at=applied_world.now
        )
    applied_world.pump()
    with applied_world.public.reading() as session:
        answer = answer_to(session, letter.message_id)
    assert (answer.delivery, answer.reason) == (Delivery.REFUSED, REASON)
    assert "留言没有送达" in asked_of_unit(applied_world)


def test_a14_1e_a_change_that_was_refused_may_be_amended_and_sent_again(applied_world: World, refuse, monkeypatch):
    refuse("change.submitted.v1")
    change_id = requests.ask(applied_world, applied_world.code, "suspension")
    with applied_world.public.reading() as session:
        found = session.get_one(ChangeRequest, change_id)
        assert (found.state, found.decision) == ("returned", REASON)
    monkeypatch.undo()
    requests.send(applied_world, change_id)
    refuse("change.withdrawn.v1")
    requests.withdraw(applied_world, change_id)
    with applied_world.public.reading() as session:
        found = session.get_one(ChangeRequest, change_id)
        assert (found.state, found.withdrawn_at) == ("submitted", None)
    assert "撤回没有生效" in asked_of_unit(applied_world)
