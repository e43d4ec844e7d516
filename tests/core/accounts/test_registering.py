"""An enterprise registers with its credit code, a contact and credentials (A14.1a)."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.accounts.registering import Registration, register, store
from core.accounts.signing_in import hasher
from core.accounts.tables import Account, Enterprise, KnownEnterprise
from core.errors import FormRefusal, RuleRefusal
from tests.together import together
from tests.world import CREDIT_CODE, PASSWORD

FORM = Registration(
    credit_code="91220100MA17000134",
    enterprise_name="长春某某实业有限公司",
    enterprise_kind="enterprise",
    contact_name="赵晓明",
    mobile="13900000001",
    password=PASSWORD,
    password_again=PASSWORD,
)
KINDS = frozenset({"enterprise", "public_institution"})


def registered(world, **differs):
    with world.public.writing() as session:
        return register(session, replace(FORM, **differs), password_hash="kept", kinds=KINDS, at=world.now)


def rows(credit_code, mobile, *, at):
    enterprise = Enterprise(credit_code=credit_code, name="某某有限公司", kind="enterprise", registered_at=at)
    account = Account(credit_code=credit_code, mobile=mobile, name="某人", password_hash="", registered_at=at)
    return enterprise, account


def store_once(world, pair):
    with world.public.writing() as session:
        return store(session, *rows(*pair, at=world.now), at=world.now).mobile


def test_a14_1a_a_registered_enterprise_is_known_in_both_zones_its_contact_only_in_one(world):
    account = registered(world)
    world.pump()
    with world.extranet.reading() as session:
        known = session.get_one(KnownEnterprise, FORM.credit_code)
    assert (known.name, known.kind) == (FORM.enterprise_name, "enterprise")
    assert set(KnownEnterprise.model_fields) == {"credit_code", "name", "kind", "registered_at"}
    assert account.mandate == "owner"


def test_a14_1a_the_password_is_kept_as_a_hash_of_argon2id(world):
    of_the_platform = hasher.__wrapped__()  # that of the tests hashes more cheaply
    made = of_the_platform.hash(PASSWORD)
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert of_the_platform.verify(PASSWORD, made)
    assert registered(world).password_hash == "kept"


def test_a14_1a_a_code_is_read_forgivingly_and_kept_canonically(world):
    assert registered(world, credit_code=" ９1220100ma17000134 ").credit_code == "91220100MA17000134"


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"credit_code": "91220100MA17000135"}, "credit_code"),
        ({"credit_code": ""}, "credit_code"),
        ({"credit_code": CREDIT_CODE}, "credit_code"),
        ({"enterprise_name": "某司"}, "enterprise_name"),
        ({"enterprise_kind": "gang"}, "enterprise_kind"),
        ({"contact_name": " "}, "contact_name"),
        ({"mobile": "12900000001"}, "mobile"),
        ({"mobile": "139000000011"}, "mobile"),
        ({"mobile": "13812345678"}, "mobile"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "111111111111", "password_again": "111111111111"}, "password"),
        ({"password": "my 13900000001 key", "password_again": "my 13900000001 key"}, "password"),
        ({"password_again": "another"}, "password_again"),
    ],
)
def test_a14_1a_what_is_wrong_is_said_beside_its_field(world, differs, field):
    with pytest.raises(FormRefusal) as refused:
        registered(world, **differs)
    assert list(refused.value.errors) == [field]


def test_a14_1a_every_wrong_field_is_named_at_once(world):
    with pytest.raises(FormRefusal) as refused:
        registered(world, credit_code="1", enterprise_name="", mobile="1", password="x", password_again="y")
    assert list(refused.value.errors) == ["credit_code", "enterprise_name", "mobile", "password", "password_again"]


def test_t4_a_second_registrant_of_a_code_learns_nothing_and_gets_nothing(world):
    with pytest.raises(FormRefusal) as refused:
        registered(world, credit_code=CREDIT_CODE)
    assert "已注册" in refused.value.words
    assert "孙岩" not in refused.value.words
    with world.public.reading() as session:
        assert [one.name for one in session.exec(select(Account))] == ["孙岩"]


def test_a14_1a_of_two_who_register_one_code_at_once_one_has_it(either_world):
    pairs = [("91220100MA17000134", "13900000001"), ("91220100MA17000134", "13900000002")]
    came_to = together(lambda pair: store_once(either_world, pair), pairs)
    (lost,) = [one for one in came_to if isinstance(one, RuleRefusal)]
    assert lost.field == "credit_code"
    with either_world.public.reading() as session:
        assert len(session.exec(select(Account)).all()) == 2  # this one, and the enterprise of the beginning


def test_of_two_who_take_one_mobile_number_at_once_the_second_is_told_which_field(either_world):
    pairs = [("91220100MA17000134", "13900000001"), ("91220000MA0Y00016D", "13900000001")]
    came_to = together(lambda pair: store_once(either_world, pair), pairs)
    (lost,) = [one for one in came_to if isinstance(one, RuleRefusal)]
    assert lost.field == "mobile"
    with either_world.public.reading() as session:
        assert len(session.exec(select(Enterprise)).all()) == 2
