"""A dump of a zone's database shows no number that leads to a person, and keys change under it (A9.1, MLPS 8.1.4.8)."""

from contextlib import closing

import sqlalchemy as sa
from sqlmodel import select

from core.accounts.mobiles import account_by_mobile
from core.accounts.signing_in import note_failure
from core.accounts.tables import Account, Officer, PublicParkedForm
from core.changes import requesting
from core.columns import JSONDoc
from core.database import Zone, open_database
from core.projects import declaring
from core.projects.tables import Declaration, DeclaredProject
from core.sealing import seal_everything, sealed_columns
from core.vault import Vault
from tests.world import CREDIT_CODE, FIELD_KEY, declare

IDENTITY, MOBILE, LANDLINE, MAIL = "220102199003070013", "13812345678", "0431-88901234", "sun.yan@example.cn"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def dump(database):
    """Every value of every table as text, but the exchange's: its messages are what the other zone must read."""
    with database.engine.connect() as connection:
        tables = [name for name in sa.inspect(connection).get_table_names() if not name.startswith("exchange_")]
        quote = connection.dialect.identifier_preparer.quote
        return "\n".join(str(connection.exec_driver_sql(f"SELECT * FROM {quote(name)}").all()) for name in tables)


def furnish(world):
    """A draft, a declared project, a change request, a parked form, an officer, a failed sign-in."""
    typed = {"contact_mobile": MOBILE, "contact_phone": LANDLINE, "contact_email": MAIL}
    code = declare(world, "renovation", project_type="02", legal_representative_id=IDENTITY,
                   ratification_catalogue_item="能源", **typed)  # fmt: skip
    with world.public.writing() as session:
        draft = declaring.begin_draft(session, by=world.unit, at=world.now)
        given = {"not_classified_declared": ["true"], "legal_representative_id": [IDENTITY]}
        declaring.save_step(session, draft, given, step="unit", by=world.unit, at=world.now)
        project = session.get_one(DeclaredProject, code)
        requesting.begin(session, project, "change", by=world.unit, at=world.now)
        session.add(PublicParkedForm(id="p", actor_id=world.unit.id, path="/x", fields={"contact_mobile": [MOBILE]},
                                     at=world.now))  # fmt: skip
        note_failure(session, ("account:x",), who="x", at=world.now)
    with world.extranet.writing() as session:
        session.add(Officer(login="o", name="王敏", org_unit="220184-ee", password_hash="", totp_secret=SECRET))
    return code


def test_a9_1_a_dump_holds_no_identity_number_no_telephone_and_no_secret(either_world):
    code = furnish(either_world)
    inside, outside = dump(either_world.public), dump(either_world.extranet)
    assert code in inside
    assert code in outside
    for planted in (IDENTITY, MOBILE, LANDLINE, MAIL, SECRET):
        assert planted not in inside
        assert planted not in outside
    with either_world.public.reading() as session:
        assert session.get_one(DeclaredProject, code).facts["legal_representative_id"] == IDENTITY
        assert account_by_mobile(session, MOBILE).credit_code == CREDIT_CODE
    with either_world.extranet.reading() as session:
        assert session.exec(select(Officer)).one().totp_secret == SECRET
        assert session.exec(select(Declaration)).one().facts["contact_mobile"] == MOBILE
        assert "legal_representative_id" not in session.exec(select(Declaration)).one().facts


def test_what_was_left_in_clear_is_sealed_once(either_world):
    code = furnish(either_world)
    in_clear = sa.table("project", sa.column("code"), sa.column("facts", JSONDoc()))
    with either_world.public.engine.begin() as connection:  # as an older release wrote it
        facts = {"legal_representative_id": IDENTITY, "contact_mobile": MOBILE}
        connection.execute(sa.update(in_clear).where(in_clear.c.code == code).values(facts=facts))
        connection.exec_driver_sql(f"UPDATE account SET mobile = '{MOBILE}', mobile_digest = NULL")
    assert MOBILE in dump(either_world.public)
    with either_world.public.reading() as session:
        assert account_by_mobile(session, MOBILE) is not None
    assert seal_everything(either_world.public) == 2
    assert IDENTITY not in dump(either_world.public)
    assert MOBILE not in dump(either_world.public)
    assert seal_everything(either_world.public) == 0
    with either_world.public.reading() as session:
        assert session.get_one(DeclaredProject, code).facts["contact_mobile"] == MOBILE
        assert account_by_mobile(session, MOBILE) is not None


def test_everything_is_sealed_anew_under_a_new_key_which_then_is_enough(either_world):
    furnish(either_world)
    new = b"n" * 32
    url = either_world.public.engine.url.render_as_string(hide_password=False)
    with closing(open_database(url, Zone.PUBLIC, vault=Vault([new, FIELD_KEY]))) as changing:
        with changing.reading() as session:
            assert account_by_mobile(session, MOBILE) is not None
        assert seal_everything(changing) >= 5
    with closing(open_database(url, Zone.PUBLIC, vault=Vault([new]))) as after, after.reading() as session:
        assert session.exec(select(Account)).one().mobile == MOBILE
        assert account_by_mobile(session, MOBILE) is not None
        assert [one.facts["contact_phone"] for one in session.exec(select(DeclaredProject))] == [LANDLINE]


def test_every_column_that_bears_such_numbers_is_sealed():
    sealed = {f"{zone}.{table.name}.{column.name}" for zone in Zone for table, columns in sealed_columns(zone)
              for column in columns}  # fmt: skip
    assert sealed == {
        "public.account.mobile", "public.draft.answers", "public.project.facts", "public.parked_form.fields",
        "public.change_request.answers", "public.change_request.before", "public.change_request.facts",
        "extranet.officer.totp_secret", "extranet.declaration.facts", "extranet.project_change.facts",
        "extranet.parked_form.fields",
    }  # fmt: skip
