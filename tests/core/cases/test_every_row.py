"""Every row of the case machine through its stage, the neighbours it refuses, everyone else who tries (A14.2–A14.5)."""

import pytest

from core.cases.moves import move_case, open_moves
from core.cases.tables import Case
from core.domain.case_states import CASE
from core.domain.policy import PLATFORM, Grant, Role
from core.errors import NotAllowed, RuleRefusal
from core.trace import entries_of
from tests.core.cases.acts import ACTS, BEYOND_SILENCE, do, hear, holder, lead, needs_reviews, rightful
from tests.world import case, case_of, make_officer, unit_of

ROWS = [pytest.param(move, id=f"{move.source}-{move.event}") for move in CASE.moves]
BY_OFFICERS = (Role.CLERK, Role.HANDLER, Role.REVIEWER, Role.APPROVER)


def ready(world, move):
    """A case in the state where this row begins, with nothing against it."""
    case_id = case_of(world, {"record_filing": "IIT-01", "extend": "DRC-06"}.get(move.event, "ECO-02"))
    if move.by is Role.REVIEWER:
        needs_reviews(world, "ECO-02", levels=2)
    lead(world, case_id, move.source)
    if move.event in ("correct", "return_amendment"):
        do(world, case_id, "propose_correction")
    if move.event == "revoke":
        do(world, case_id, "propose_revocation")
    if move.source == "concluded" and move.by is Role.REVIEWER:
        do(world, case_id, "propose_correction")
    if move.event == "deem_accepted":
        world.on(BEYOND_SILENCE)
    if (move.source, move.event) == ("awaiting_supplement", "decline"):
        hear(world.later(days=31))
    if move.event in ("resume", "wake"):
        do(world, case_id, "pause")
    return case_id


@pytest.mark.parametrize("move", ROWS)
def test_a_row_leads_where_the_table_says_and_leaves_its_trace(applied_world, move):
    case_id = ready(applied_world, move)
    do(applied_world, case_id, move.event)
    assert case(applied_world, case_id).state == move.target
    with applied_world.extranet.reading() as session:
        entry = entries_of(session, "case", case(applied_world, case_id).application_id)[0]
    assert (entry.action, entry.words) == (f"case.{move.event}", CASE.word(move.event))
    assert entry.change["state"] == [move.source, move.target]
    assert (entry.actor_id, entry.at) == (acting(applied_world, case_id, move), applied_world.now)


def acting(world, case_id, move):
    # The unit's person stays in the internet zone: what the extranet knows of them is their enterprise.
    return world.unit.credit_code if move.by is Role.PROJECT_UNIT else rightful(world, case_id, move.event).id


@pytest.mark.parametrize("move", ROWS)
def test_a_row_is_refused_to_everyone_else(applied_world, move):
    case_id = ready(applied_world, move)
    before = case(applied_world, case_id)
    for by in others(applied_world, case_id, move):
        with pytest.raises(NotAllowed, match=f"{CASE.word(move.event)}由其他岗位办理"):
            attempt(applied_world, case_id, move, by)
    assert case(applied_world, case_id) == before


def others(world, case_id, move):
    place = unit_of(world, case_id)
    yield from (holder(world, role, place) for role in Role if role is not move.by)
    if move.by in BY_OFFICERS:
        yield from (make_officer((move.by, elsewhere)) for elsewhere in ("220100-ee", "220102-ee", "220184-hc"))


def attempt(world, case_id, move, by):
    if move.by in BY_OFFICERS:
        do(world, case_id, move.event, by=by)
        return
    # What the unit and the platform do has no stage that an officer could call: the table itself is asked.
    with world.extranet.writing() as session:
        move_case(session, session.get_one(Case, case_id), move.event, by=by, at=world.now)


@pytest.mark.parametrize("state", sorted(CASE.states))
def test_from_a_state_nothing_goes_but_its_rows(applied_world, state):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), state)
    before = case(applied_world, case_id)
    rows = {move.event for move in CASE.moves if move.source == state}
    for event in sorted(CASE.events - rows):
        with pytest.raises(RuleRefusal) as refused:
            attempt_anyway(applied_world, case_id, event)
        assert refused.value.words == f"现在是“{CASE.word(state)}”，不能{CASE.word(event)}"
    assert case(applied_world, case_id) == before


def attempt_anyway(world, case_id, event):
    by = rightful(world, case_id, event)
    if by is PLATFORM or by is world.unit:
        with world.extranet.writing() as session:
            move_case(session, session.get_one(Case, case_id), event, by=by, at=world.now)
    else:
        do(world, case_id, event, by=by)


def test_the_page_is_told_what_is_open_to_an_officer_and_why_not_yet(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "under_acceptance")
    clerk = make_officer((Role.CLERK, "220184-ee"))
    with applied_world.extranet.reading() as session:
        found = open_moves(session, session.get_one(Case, case_id), clerk, at=applied_world.now)
    assert {move.event: words for move, words in found} == {
        "transfer": "",
        "accept": "",
        "record_filing": "只有备案事项可以直接备案",
        "request_supplement": "",
        "decline": "",
    }


def test_an_officer_of_another_unit_is_shown_no_act(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    prefecture = make_officer((Role.CLERK, "220100-ee"))
    with applied_world.extranet.reading() as session:
        assert open_moves(session, session.get_one(Case, case_id), prefecture, at=applied_world.now) == ()


def test_the_way_into_every_state_is_known_and_every_act_has_a_stage():
    assert set(ACTS) == CASE.events
    assert Grant(Role.CLERK, "220184-ee", "ee", "220184") in make_officer((Role.CLERK, "220184-ee")).grants
