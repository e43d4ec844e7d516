"""Sessions as rows (A20.1): a token nobody can read back, ended when it must be; who a request comes from."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from core.accounts.actors import look_up
from core.accounts.sessions import (
    ABSOLUTE,
    HALF,
    IDLE,
    SIGNED_IN,
    digest,
    end_session,
    is_alive,
    is_due_to_be_seen,
    mark_seen,
    open_session,
    rotate,
)
from core.accounts.tables import ExtranetSession, Officer, OfficerGrant, PublicSession
from core.database import Zone
from core.domain.policy import CITIZEN, Role


def opened(world, *, actor_id=None, stage=SIGNED_IN):
    with world.public.writing() as session:
        identity = world.unit.id if actor_id is None else actor_id
        return open_session(session, actor_id=identity, stage=stage, address="1.2.3.4", at=world.now)


def who(world, token, *, zone=Zone.PUBLIC):
    with (world.public if zone is Zone.PUBLIC else world.extranet).reading() as session:
        _, expired, actor, _ = look_up(session, token, world.now)
        return CITIZEN if expired else actor


def test_a20_1_the_token_itself_is_nowhere_in_the_database(world):
    token, _ = opened(world)
    with world.public.reading() as session:
        row = session.exec(select(PublicSession)).one()
    assert row.id == digest(token)
    assert token not in str(row.model_dump())


def test_a_signed_in_unit_is_recognised_with_its_enterprise(world):
    token, _ = opened(world)
    assert who(world, token) == world.unit


@pytest.mark.parametrize("token", ["", "made up"])
def test_an_unknown_token_is_a_citizen(world, token):
    opened(world)
    assert who(world, token) is CITIZEN


def test_a20_1_who_is_half_signed_in_is_nobody_yet(world):
    token, _ = opened(world, stage=HALF)
    assert who(world, token) is CITIZEN


def test_a_session_of_an_account_that_is_gone_is_nobodys(world):
    token, _ = opened(world, actor_id="gone")
    assert who(world, token) is CITIZEN


def test_a20_1_a_session_ends_by_idleness_unless_it_is_used(world):
    token, known = opened(world)
    world.later(minutes=29)
    assert who(world, token) == world.unit
    with world.public.writing() as session:
        mark_seen(session, known.id, world.now)
    world.later(minutes=29)
    assert who(world, token) == world.unit
    world.later(minutes=2)
    assert who(world, token) is CITIZEN


def test_a20_1_a_session_ends_after_half_a_day_however_busy(world):
    token, known = opened(world)
    world.now += ABSOLUTE
    with world.public.writing() as session:
        mark_seen(session, known.id, world.now)
        assert look_up(session, token, world.now)[1]
    assert who(world, token) is CITIZEN


def test_t20_each_step_up_has_a_new_token_and_the_old_one_is_worth_nothing(world):
    old, known = opened(world, actor_id="", stage="stranger")
    with world.public.writing() as session:
        new, _ = rotate(session, known.id, actor_id=world.unit.id, stage=SIGNED_IN, address="1.2.3.4", at=world.now)
    assert who(world, new) == world.unit
    assert who(world, old) is CITIZEN


def test_signing_out_ends_this_session_alone(world):
    (first, known), (second, _) = opened(world), opened(world)
    with world.public.writing() as session:
        end_session(session, known.id)
    assert [who(world, token) is CITIZEN for token in (first, second)] == [True, False]


def test_a9_1_an_identity_in_one_zone_means_nothing_in_the_other(world):
    token, _ = opened(world)
    assert who(world, token, zone=Zone.EXTRANET) is CITIZEN


def test_t6_an_officers_grants_are_read_at_every_request(world):
    with world.extranet.writing() as session:
        session.add(officer := Officer(login="x", name="王敏", org_unit="220184-ee", password_hash="", totp_secret=""))
        session.flush()
        grants = [("clerk", None), ("handler", date(2026, 11, 22))]
        for role, until in grants:
            session.add(OfficerGrant(officer_id=officer.id, role=role, org_unit="220184-ee",
                                     valid_from=date(2026, 1, 1), valid_to=until))  # fmt: skip
        token, _ = open_session(session, actor_id=officer.id, stage=SIGNED_IN, address="", at=world.now)
    found = who(world, token, zone=Zone.EXTRANET)
    assert (found.name, found.roles) == ("王敏", {Role.OFFICER, Role.CLERK})
    with world.extranet.writing() as session:
        session.exec(select(OfficerGrant).where(OfficerGrant.role == "clerk")).one().valid_to = date(2026, 11, 22)
    assert who(world, token, zone=Zone.EXTRANET).roles == {Role.OFFICER}
    with world.extranet.writing() as session:
        session.get_one(Officer, officer.id).is_active = False
        assert session.exec(select(ExtranetSession)).one().stage == SIGNED_IN
    assert who(world, token, zone=Zone.EXTRANET) is CITIZEN


def test_a_use_is_written_down_once_a_minute(world):
    assert not is_due_to_be_seen(world.now, world.now + timedelta(seconds=59))
    assert is_due_to_be_seen(world.now, world.now + timedelta(seconds=60))


@pytest.mark.parametrize("zone", list(Zone))
def test_the_last_instant_of_a_session_does_not_count(world, zone):
    end = world.now + timedelta(hours=1)
    assert is_alive(zone, world.now, end, world.now + IDLE[zone] - timedelta(seconds=1))
    assert not is_alive(zone, world.now, end, world.now + IDLE[zone])
    assert not is_alive(zone, end, end, end)
