"""Whom a case needs: what a list asks of the database is what the rule says of each case (A14.3, A14.4a, A14.5)."""

import runpy
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from core.accounts.signing_in import actor_of_officer
from core.accounts.tables import Officer, OfficerGrant
from core.cases.inbox import PAGE, InboxFilter, counts, ids_in_order, inbox
from core.cases.tables import Case, Decision, SignOff
from core.clocks import business_date
from core.domain.assignment import Matter, Standing, needed_by
from core.domain.case_states import OPEN_STATES, CaseState
from core.domain.policy import Role
from tests.core.cases.acts import do, lead
from tests.world import case_of, make_officer

UNIT, ELSEWHERE = "220184-ee", "220200-ee"
TODAY = date(2026, 11, 23)
LONG_AGO = date(2020, 1, 1)
STAFF = {
    "clerk": (("clerk", UNIT, ""),),
    "handler": (("handler", UNIT, ""),),
    "reviewer": (("reviewer", UNIT, ""),),
    "approver": (("approver", UNIT, ""),),
    "both": (("clerk", UNIT, ""), ("handler", UNIT, "")),
    "in two places": (("handler", UNIT, ""), ("approver", ELSEWHERE, "")),
    "substitute": (("handler", UNIT, ""), ("clerk", UNIT, "clerk"), ("approver", UNIT, "approver")),
    "gone": (("clerk", UNIT, ""), ("handler", UNIT, "")),
}
"""Officers of the unit by what they are: role, unit, for whom they stand in."""

OPEN_MATTERS = (
    (Matter.NOTHING, {}),
    (Matter.NOTHING, {"answer_by": TODAY}),
    (Matter.NOTHING, {"answer_by": LONG_AGO, "item_kind": "filing"}),
    (Matter.REVIEW, {"reviews_left": 1, "amendment": "correction"}),  # what is concluded has reviews of an amendment
    (Matter.AMENDMENT, {"amendment": "revocation"}),
    (Matter.UNANSWERED, {"answer_by": TODAY - timedelta(days=1)}),
)
LIES_WITH = ("", "clerk", "handler", "gone", "approver")
PARTIES = ((), ("approver",), ("handler", "reviewer"))
"""Nobody proposed anything; an approver did; a handler did and a reviewer has signed."""


def employ(session):
    """The staff as rows, by what they are."""
    made = {}
    for name in STAFF:
        officer = Officer(login=name, name=name, org_unit=UNIT, password_hash="", totp_secret="")
        officer.is_active = name != "gone"
        session.add(officer)
        made[name] = officer
    session.flush()
    for name, grants in STAFF.items():
        for role, unit, behalf in grants:
            given = {"officer_id": made[name].id, "role": role, "org_unit": unit, "valid_from": LONG_AGO}
            absent = made[behalf].id if behalf else ""
            session.add(OfficerGrant(**given, on_behalf_of=absent, behalf_name=behalf))
    session.flush()
    return {name: officer.id for name, officer in made.items()}


def every_case(session, like, ids):
    """One case for each way of standing; its id → how the rule knows it."""
    known = session.get_one(Case, like).model_dump(exclude={"id", "application_id", "number"})
    ways = list(product(CaseState, OPEN_MATTERS, LIES_WITH, PARTIES))
    rows = [case_like(known, place, state, columns, ids.get(holder, ""))
            for place, (state, (_, columns), holder, _) in enumerate(ways)]  # fmt: skip
    session.add_all(rows)
    session.flush()
    for row, (_, _, _, parties) in zip(rows, ways, strict=True):
        if parties:
            session.add(proposal_of(row, ids[parties[0]]))
    session.flush()
    decisions = {one.case_id: one.id for one in session.exec(select(Decision)).all()}
    found = {}
    for row, (state, (matter, _), holder, parties) in zip(rows, ways, strict=True):
        said = {"verdict": "agreed", "level": 1, "at": row.applied_at}
        for one in parties[1:]:
            session.add(SignOff(decision_id=decisions[row.id], officer_id=ids[one], officer_name=one, **said))
        roles = frozenset(Role(role) for role, unit, _ in STAFF.get(holder, ()) if unit == UNIT and holder != "gone")
        names = frozenset(ids[one] for one in parties)
        found[row.id] = Standing(UNIT, state, matter, row.assigned_to, roles, names)
    return found


def case_like(known, place, state, columns, assigned_to):
    is_open = state in OPEN_STATES
    due_on = TODAY + timedelta(days=place % 5) if is_open and place % 3 else None
    given = {"org_unit": UNIT, "state": state, "assigned_to": assigned_to, "due_on": due_on}
    given |= {"is_paused": place % 2 == 0, "concluded_at": None if is_open else known["applied_at"], **columns}
    return Case(**known | given, application_id=f"{place:036}", number=f"又 {place}")


def proposal_of(row, proposer):
    words = {"outcome": "granted", "document_number": "1", "document_title": "批复", "document_on": TODAY}
    scan = {"scan_digest": "", "scan_size": 0, "scan_name": ""}
    said = {"proposed_by": proposer, "proposer_name": "某", "proposed_at": row.applied_at}
    return Decision(case_id=row.id, **words, **scan, **said)


def test_a_list_of_what_needs_me_is_what_the_rule_says_of_every_case(either_applied_world):
    """Every state, open matter, holder and party, for every kind of officer; the figure and both orders agree too."""
    world = either_applied_world
    with world.extranet.writing() as session:
        for one in session.exec(select(Case)).all():
            one.org_unit = "220100-drc"
        like = case_of(world, "ECO-02")
        ids = employ(session)
        standings = every_case(session, like, ids)
    with world.extranet.reading() as session:
        for name, identity in ids.items():
            actor = actor_of_officer(session, session.get_one(Officer, identity), at=world.now)
            wanted = {one for one, standing in standings.items() if needed_by(standing, actor)}
            mine = InboxFilter(who="me")
            listed = ids_in_order(session, actor, mine, today=business_date(world.now))
            assert set(listed) == wanted, name
            assert len(listed) == len(wanted)
            assert counts(session, actor, today=TODAY).number("open", "me") == len(wanted)
            pages = [inbox(session, actor, InboxFilter(who="me", page=page), today=TODAY)[:PAGE] for page in (1, 2, 3)]
            assert [row.id for page in pages for row in page] == listed[: 3 * PAGE], name


def test_a_migration_fills_in_what_waited_before_it_was_kept(either_applied_world):
    world = either_applied_world
    do(world, lead(world, case_of(world, "ECO-02"), "concluded"), "propose_correction")
    do(world, lead(world, case_of(world, "DRC-06"), "in_handling"), "pause")
    lead(world, case_of(world, "IIT-01"), "awaiting_supplement")
    kept = waiting(world)
    assert {column for row in kept for column, value in zip("acp", row, strict=True) if value} == set("acp")
    (found,) = (Path(__file__).parents[3] / "migrations/extranet/versions").glob("*_whom_cases_need.py")
    migration = runpy.run_path(str(found))
    with world.extranet.writing() as session:
        session.execute(sa.update(Case).values(amendment="", answer_by=None, paused_until=None))
        for name in ("AMENDED", "ANSWERED", "PAUSED"):
            session.execute(sa.text(migration[name]))
    assert waiting(world) == kept


def waiting(world):
    with world.extranet.reading() as session:
        rows = session.exec(select(Case.amendment, Case.answer_by, Case.paused_until).order_by(Case.id))
        return [tuple(row) for row in rows]


CLERK, HANDLER = Role.CLERK, Role.HANDLER


@pytest.mark.parametrize(
    ("state", "held", "needs"),
    [
        ("submitted", {CLERK}, False),  # it lies with a clerk, and a clerk has to review it
        ("submitted", {HANDLER}, True),  # given to a handler, it needs every clerk all the same
        ("submitted", set(), True),  # with somebody who left
        ("in_handling", {CLERK}, False),  # no clerk is needed
    ],
)
def test_a14_3_a_holder_counts_only_while_they_may_take_the_step(state, held, needs):
    other = Standing(UNIT, state, assigned_to="another", assigned_roles=frozenset(held))
    assert needed_by(other, make_officer((CLERK, UNIT))) is needs
