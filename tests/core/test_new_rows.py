"""New rows are their fields' defaults and what they were given, and can be written past the session."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from core.accounts.tables import Enterprise
from core.database import Database, Zone, open_database, table_of
from core.new_rows import write_new
from core.projects.tables import DeclaredProject, Draft
from tests.world import MONDAY_9AM

UNIT = "91220101MA1400A22H"


@pytest.fixture
def database(database_urls: Callable[[Zone], str]) -> Iterator[Database]:
    with closing(open_database(database_urls(Zone.PUBLIC), Zone.PUBLIC)) as opened:
        yield opened


def enterprise() -> Enterprise:
    return Enterprise(credit_code=UNIT, name="吉林启辰汽车零部件有限公司", kind="enterprise", registered_at=MONDAY_9AM)


def project(code: str, **more: object) -> DeclaredProject:
    return DeclaredProject(
        code=code,
        credit_code=UNIT,
        unit_name="吉林启辰汽车零部件有限公司",
        name="铝合金零部件智能化生产线",
        project_type="03",
        region_code="220184",
        industry="36",
        facts={"total_investment": "46800", "kinds": ["新建"]},
        declared_at=MONDAY_9AM,
        **more,
    )


def test_every_field_has_what_was_given_its_default_or_one_made_for_this_row():
    one, other = (Draft(credit_code=UNIT, account_id="1", begun_at=MONDAY_9AM, saved_at=MONDAY_9AM) for _ in range(2))
    assert (one.version, one.project_code, one.answers) == (1, None, {})
    assert one.id != other.id
    assert one.answers is not other.answers
    assert Draft(id="mine", credit_code=UNIT, account_id="1").id == "mine"


def test_a_field_that_no_table_has_is_refused():
    with pytest.raises(TypeError, match="colour"):
        project("2026-220184-36-03-000001", colour="green")
    with pytest.raises(AttributeError, match="colour"):
        _ = project("2026-220184-36-03-000001").colour


def test_what_is_written_at_once_is_read_as_what_a_session_writes(database: Database):
    with database.writing() as session:
        session.add(enterprise())  # pending: the project points to it
        write_new(session, project("2026-220184-36-03-000001"))
        session.add(project("2026-220184-36-03-000002"))
    with database.reading() as session:
        rows = session.connection().execute(sa.select(table_of(DeclaredProject)).order_by("code")).all()
        assert [row.code[-1] for row in rows] == ["1", "2"]
    first, second = ({**row._mapping, "code": ""} for row in rows)
    assert first == second


def test_what_is_written_at_once_can_be_read_and_changed_in_the_same_change(database: Database):
    with database.writing() as session:
        session.add(enterprise())
        write_new(session, project("2026-220184-36-03-000001"))
        found = session.get_one(DeclaredProject, "2026-220184-36-03-000001")
        found.state = "verified"
        session.add(found)
    with database.reading() as session:
        assert session.get_one(DeclaredProject, "2026-220184-36-03-000001").state == "verified"


def test_a_row_that_is_there_already_is_refused(database: Database):
    rows = [enterprise(), project("2026-220184-36-03-000001"), project("2026-220184-36-03-000001")]
    with pytest.raises(IntegrityError), database.writing() as session:
        assert [write_new(session, row) for row in rows] == []
    with database.reading() as session:
        assert session.get(Enterprise, UNIT) is None
