"""With whom a case lies: assign, take, hand over (分办、领取、移交)."""

from datetime import date

import pytest

from core.accounts.signing_in import actor_of_officer
from core.accounts.tables import Officer, OfficerGrant
from core.cases import assigning
from core.domain.assignment import Holding, why_not_give, why_not_take
from core.errors import Conflict, RuleRefusal
from core.trace import entries_of
from tests.core.cases.acts import lead
from tests.together import together
from tests.world import act, case, case_of, make_officer, unit_of


def employ(world, case_id, *names, role="handler", unit=""):
    """Officers of the case's unit, as they act."""
    org_unit = unit or unit_of(world, case_id)
    with world.extranet.writing() as session:
        made = []
        for name in names:
            officer = Officer(login=name, name=name, org_unit=org_unit, password_hash="", totp_secret="")
            session.add(officer)
            session.flush()
            session.add(OfficerGrant(officer_id=officer.id, role=role, org_unit=org_unit, valid_from=date(2020, 1, 1)))
            session.flush()
            made.append(actor_of_officer(session, officer, at=world.now))
        return made


def trace(world, case_id):
    with world.extranet.reading() as session:
        return entries_of(session, "case", case(world, case_id).application_id)


def test_of_two_officers_who_take_the_same_case_at_once_one_has_it_and_the_other_is_told(either_applied_world):
    world = either_applied_world
    case_id = case_of(world, "ECO-02")
    seen = case(world, case_id).version
    both = employ(world, case_id, "李岩", "王敏")
    came_to = together(lambda by: act(world, case_id, assigning.take, by=by, seen=seen), both)
    (lost,) = [one for one in came_to if one is not None]
    assert isinstance(lost, Conflict)
    winner = both[came_to.index(None)]
    assert (case(world, case_id).assigned_to, case(world, case_id).assigned_name) == (winner.id, winner.name)
    assert [entry.action for entry in trace(world, case_id)].count("case.take") == 1


def test_what_lies_with_someone_is_not_taken(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    li, wang = employ(applied_world, case_id, "李岩", "王敏")
    act(applied_world, case_id, assigning.take, by=li)
    with pytest.raises(RuleRefusal, match="已由李岩经办"):
        act(applied_world, case_id, assigning.take, by=wang)


def test_a_handler_takes_the_case_from_the_clerk_whose_part_is_over(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    (wang,) = employ(applied_world, case_id, "王敏", role="clerk")
    (li,) = employ(applied_world, case_id, "李岩")
    act(applied_world, case_id, assigning.take, by=wang)
    with pytest.raises(RuleRefusal, match="已由王敏经办"):
        act(applied_world, case_id, assigning.take, by=li)
    lead(applied_world, case_id, "in_handling")
    act(applied_world, case_id, assigning.take, by=li)
    assert trace(applied_world, case_id)[0].words == "领取：由李岩经办，原由王敏经办"


def test_a_case_is_given_and_handed_over_with_a_reason(either_applied_world):
    world = either_applied_world
    case_id = case_of(world, "ECO-02")
    li, wang = employ(world, case_id, "李岩", "王敏")
    act(world, case_id, assigning.assign, by=wang, to=li.id)
    with pytest.raises(RuleRefusal, match="由其本人或者本单位签批人移交"):
        act(world, case_id, assigning.assign, by=wang, to=wang.id, reason="我来办")
    with pytest.raises(RuleRefusal, match="移交请写明理由") as refused:
        act(world, case_id, assigning.assign, by=li, to=wang.id)
    assert refused.value.field == "reason"
    act(world, case_id, assigning.assign, by=li, to=wang.id, reason="下周出差")
    latest = trace(world, case_id)[0]
    assert (latest.action, latest.words, latest.reason) == ("case.hand_over", "移交：由李岩转王敏经办", "下周出差")
    assert latest.change == {"assigned_to": ["李岩", "王敏"]}


def test_an_officer_of_another_unit_is_given_nothing(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    (li,) = employ(applied_world, case_id, "李岩")
    (stranger,) = employ(applied_world, case_id, "金美花", unit="220200-ee")
    with pytest.raises(RuleRefusal, match="本单位办件岗位"):
        act(applied_world, case_id, assigning.assign, by=li, to=stranger.id)


def test_someone_whose_page_is_old_gives_nothing(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    li, wang = employ(applied_world, case_id, "李岩", "王敏")
    seen = case(applied_world, case_id).version
    act(applied_world, case_id, assigning.take, by=li, seen=seen)
    with pytest.raises(Conflict):
        act(applied_world, case_id, assigning.assign, by=li, to=wang.id, reason="出差", seen=seen)
    with pytest.raises(Conflict, match="李岩已先领取"):
        act(applied_world, case_id, assigning.take, by=wang, seen=seen)


def test_an_approver_of_the_unit_hands_over_what_lies_with_another():
    held = Holding("220184-ee", "li", "李岩")
    approver = make_officer(("approver", "220184-ee"))
    elsewhere = make_officer(("approver", "220200-ee"))
    clerks = frozenset({"clerk"})
    assert why_not_give(held, approver, to="wang", to_roles=clerks, reason="出差") == ("", "")
    assert "移交" in why_not_give(held, elsewhere, to="wang", to_roles=clerks, reason="出差")[1]


def test_what_is_concluded_or_lies_there_already_goes_nowhere():
    by = make_officer(("clerk", "220184-ee"))
    over = Holding("220184-ee", is_open=False)
    assert "已经办结" in why_not_take(over)
    assert "已经办结" in why_not_give(over, by, to="li", to_roles=frozenset({"clerk"}), reason="")[1]
    held = Holding("220184-ee", by.id, "李文静")
    assert why_not_give(held, by, to=by.id, to_roles=frozenset({"clerk"}), reason="出差")[0] == "officer"
