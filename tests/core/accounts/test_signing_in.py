"""Signing in (A20.1): one answer for every failure, delays that grow, a second factor that counts once."""

from datetime import date, timedelta

import pyotp
import pytest
from sqlmodel import select

from core.accounts.signing_in import (
    actor_of_officer,
    check_second_factor,
    forget_failures,
    grants_in_force,
    hasher,
    note_failure,
    refuse_while_delayed,
    sign_in_account,
    sign_in_officer,
)
from core.accounts.tables import Account, ExtranetFailure, Officer, OfficerGrant, PublicFailure
from core.domain.policy import Role
from core.errors import RuleRefusal
from core.trace import ExtranetAuditEntry
from tests.together import together
from tests.world import PASSWORD

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASH = hasher().hash(PASSWORD)


@pytest.fixture
def officer(world):
    with world.extranet.writing() as session:
        made = Officer(login="gzl-ee-1", name="王敏", org_unit="220184-ee", password_hash=HASH, totp_secret=SECRET)
        session.add(made)
        return made


def sign_in(world, *, login="gzl-ee-1", password=PASSWORD):
    with world.extranet.writing() as session:
        return sign_in_officer(session, login=login, password=password, address="10.0.0.1", at=world.now)


def give_code(world, officer, code):
    with world.extranet.writing() as session:
        check_second_factor(session, session.get_one(Officer, officer.id), code, at=world.now)


def fail(world, times, *, key="account:gzl-ee-1"):
    for _ in range(times):
        with world.extranet.writing() as session:
            note_failure(session, (key,), who="gzl-ee-1", at=world.now)


def code_at(instant):
    return pyotp.TOTP(SECRET).at(instant)


def test_a14_1a_a_unit_signs_in_with_its_mobile_number(world):
    with world.public.writing() as session:
        session.exec(select(Account)).one().password_hash = HASH
    with world.public.writing() as session:
        given = {"mobile": "13812345678", "address": "1.2.3.4", "at": world.now}
        assert sign_in_account(session, password=PASSWORD, **given).name == "孙岩"
        with pytest.raises(RuleRefusal) as wrong_password:
            sign_in_account(session, password="not this one", **given)
        with pytest.raises(RuleRefusal) as no_account:
            sign_in_account(session, password=PASSWORD, **{**given, "mobile": "13800000000"})
    assert wrong_password.value.words == no_account.value.words == "手机号或密码不正确"


@pytest.mark.parametrize("differs", [{"password": "not this one"}, {"login": "nobody"}])
def test_an_officer_who_fails_learns_nothing(world, officer, differs):
    with pytest.raises(RuleRefusal, match=r"^账号或密码不正确$"):
        sign_in(world, **differs)


def test_a9_1_an_officer_who_left_does_not_sign_in(world, officer):
    assert sign_in(world).id == officer.id
    with world.extranet.writing() as session:
        session.get_one(Officer, officer.id).is_active = False
    with pytest.raises(RuleRefusal, match="账号或密码不正确"):
        sign_in(world)


def test_a20_1_the_second_factor_counts_once(world, officer):
    give_code(world, officer, code_at(world.now))
    with pytest.raises(RuleRefusal, match="已用过"):
        give_code(world, officer, code_at(world.now))
    world.later(seconds=30)
    give_code(world, officer, code_at(world.now))


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a20_1_a_clock_half_a_minute_off_is_forgiven(world, officer, seconds):
    give_code(world, officer, code_at(world.now + timedelta(seconds=seconds)))


@pytest.mark.parametrize("code", ["", "000000", "12345", "abcdef", "٣٣٣٣٣٣"])
def test_a20_1_anything_else_is_refused(world, officer, code):
    with pytest.raises(RuleRefusal, match="动态口令不正确"):
        give_code(world, officer, code)


def test_a20_1_an_older_code_is_worth_nothing_after_a_newer_one(world, officer):
    give_code(world, officer, code_at(world.now))
    with pytest.raises(RuleRefusal):
        give_code(world, officer, code_at(world.now - timedelta(seconds=30)))


def test_a20_1_after_five_failures_each_further_one_doubles_the_wait(world):
    fail(world, 4)
    with world.extranet.writing() as session:
        refuse_while_delayed(session, ("account:gzl-ee-1",), at=world.now)
    for wait in (2, 4, 8):
        fail(world, 1)
        with world.extranet.writing() as session, pytest.raises(RuleRefusal, match=f"请在 {wait + 1} 秒后再试"):
            refuse_while_delayed(session, ("account:gzl-ee-1",), at=world.now)
    world.later(seconds=8)
    with world.extranet.writing() as session:
        refuse_while_delayed(session, ("account:gzl-ee-1",), at=world.now)


def test_a20_1_the_wait_never_grows_beyond_a_quarter_of_an_hour(world):
    fail(world, 30)
    world.later(minutes=15)
    with world.extranet.writing() as session:
        refuse_while_delayed(session, ("account:gzl-ee-1",), at=world.now)


def test_one_address_that_many_people_share_is_given_more_patience(world):
    fail(world, 49, key="address:10.0.0.1")
    with world.extranet.writing() as session:
        refuse_while_delayed(session, ("address:10.0.0.1",), at=world.now)
    fail(world, 1, key="address:10.0.0.1")
    with world.extranet.writing() as session, pytest.raises(RuleRefusal, match="失败次数较多"):
        refuse_while_delayed(session, ("address:10.0.0.1",), at=world.now)


def test_a20_1_a_right_password_does_not_help_while_delayed(world, officer):
    fail(world, 6)
    with pytest.raises(RuleRefusal, match="失败次数较多"):
        sign_in(world)


def test_a_success_ends_the_delay(world, officer):
    fail(world, 6)
    with world.extranet.writing() as session:
        forget_failures(session, ("account:gzl-ee-1",))
    assert sign_in(world).id == officer.id


def test_guesses_made_at_once_count_one_by_one(either_world):
    def guess(_):
        with either_world.public.writing() as session:
            note_failure(session, ("account:13812345678",), who="13812345678", at=either_world.now)

    together(guess, range(8))
    with either_world.public.reading() as session:
        assert session.exec(select(PublicFailure)).one().count == 8


def test_a_login_of_any_length_is_only_a_failure(either_world):
    login = "account:" + "长" * 5000
    with either_world.extranet.writing() as session:
        note_failure(session, (login,), who=login, at=either_world.now)
        refuse_while_delayed(session, (login,), at=either_world.now)
        assert session.exec(select(ExtranetFailure)).one().count == 1
        forget_failures(session, (login,))
        assert session.exec(select(ExtranetFailure)).all() == []


def test_a4_4_a_failed_attempt_is_in_the_trace_as_refused(world):
    fail(world, 1)
    with world.extranet.reading() as session:
        entry = session.exec(select(ExtranetAuditEntry).where(ExtranetAuditEntry.action == "session.fail")).one()
    assert (entry.outcome, entry.words, entry.actor_name) == ("refused", "登录失败", "gzl-ee-1")


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "counts"),
    [
        (date(2026, 11, 23), None, True),
        (date(2026, 11, 24), None, False),
        (date(2026, 1, 1), date(2026, 11, 23), True),
        (date(2026, 1, 1), date(2026, 11, 22), False),
    ],
)
def test_a9_1_a_grant_counts_from_its_first_to_its_last_day(world, officer, valid_from, valid_to, counts):
    with world.extranet.writing() as session:
        grant = {"officer_id": officer.id, "role": "clerk", "org_unit": "220184-ee"}
        session.add(OfficerGrant(**grant, valid_from=valid_from, valid_to=valid_to))
    with world.extranet.reading() as session:
        actor = actor_of_officer(session, session.get_one(Officer, officer.id), at=world.now)
    assert (Role.CLERK in actor.roles) == counts
    assert actor.org_name == "长春市生态环境局公主岭市分局"


def test_a9_1_nobody_is_two_of_the_three_administrators():
    rows = [("system_administrator", "220000-eic"), ("clerk", "220184-ee"), ("audit_administrator", "220000-eic")]
    assert [grant.role for grant in grants_in_force(rows)] == [Role.SYSTEM_ADMINISTRATOR, Role.CLERK]


def test_a_grant_knows_its_department_and_region():
    (grant,) = grants_in_force([("handler", "220184-government_services")])
    assert (grant.department, grant.region) == ("government_services", "220184")
