"""Serial numbers and project codes (A10.1, A11.1): no number twice, none lost, clear words at the end."""

from contextlib import closing

import pytest
import sqlalchemy as sa

from core.database import Zone, open_database
from core.domain.project_code import parse
from core.errors import RuleRefusal
from core.projects.codes import issue_code
from core.serials import take
from tests.together import together

SERIES = {"year": 2026, "region": "220184", "industry": "13", "project_type": "03"}
NAME = "code:2026-220184-13-03"


@pytest.fixture
def database(database_urls):
    with closing(open_database(database_urls(Zone.PUBLIC), Zone.PUBLIC)) as opened:
        yield opened


def issue(database, **differs):
    with database.writing() as session:
        return issue_code(session, **{**SERIES, **differs})


def set_last(database, last):
    with database.writing() as session:
        row = {"series": NAME, "last": last}
        session.connection().execute(sa.text("INSERT INTO serial (series, last) VALUES (:series, :last)"), row)


def last_of(database):
    with database.reading() as session:
        found = session.connection().execute(sa.text("SELECT last FROM serial WHERE series = :name"), {"name": NAME})
        return found.scalar()


def test_a11_1_thirty_two_people_at_once_get_every_number_once(database):
    came_to = together(lambda _: [str(issue(database)) for _ in range(4)], range(32))
    codes = sorted(code for issued in came_to for code in issued)
    assert codes == [f"2026-220184-13-03-{serial:06d}" for serial in range(1, 129)]


def test_a11_1_every_series_counts_for_itself(database):
    codes = [
        issue(database),
        issue(database, region="220102"),
        issue(database, industry="36"),
        issue(database, year=2027),
    ]
    assert [code.serial for code in codes] == [1, 1, 1, 1]
    assert issue(database).serial == 2


def test_a11_1_a_rolled_back_declaration_gives_its_number_back(database):
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        abandon(issue_code(session, **SERIES))
    assert issue(database).serial == 1


def abandon(code):
    assert code.serial == 1
    raise ZeroDivisionError


def test_a11_1_the_last_number_is_given_and_then_it_is_said_clearly(database):
    set_last(database, 999_998)
    assert str(issue(database)) == "2026-220184-13-03-999999"
    for _ in range(2):
        with pytest.raises(RuleRefusal, match="2026-220184-13-03 的流水号已用完") as refused:
            issue(database)
        assert "省经济信息中心" in refused.value.words
        assert last_of(database) == 999_999


def test_a11_1_an_exhausted_series_leaves_the_others_alone(database):
    set_last(database, 999_999)
    assert issue(database, region="220102").serial == 1


def test_a_code_reads_back_as_what_it_was_made_of(database):
    code = issue(database)
    assert parse(str(code)) == code
    assert len(str(code)) == 24


def test_numbers_begin_at_one_and_follow_each_other(database):
    with database.writing() as session:
        assert [take(session, "case:220184-ECO-02-2026") for _ in range(3)] == [1, 2, 3]
