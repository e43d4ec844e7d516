"""The trace (A4.4): with the change or not at all, kept for good on both engines, each entry true to its digest."""

from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

import core.trace
from core.cases import intake
from core.cases.tables import Case
from core.domain.policy import CITIZEN, PLATFORM
from core.errors import Conflict, NotAllowed
from core.trace import ENTRIES, ExtranetAuditEntry, entries_of, entries_of_project, leaf_hash, record
from tests.core.cases.acts import ACTS, rightful
from tests.world import MONDAY_9AM, act, case, case_of, make_officer
from tests.worlds import applied


def whole_trace(world):
    """Every entry of the extranet as it lies in the database."""
    with world.extranet.reading() as session:
        return session.exec(select(ExtranetAuditEntry).order_by(col(ExtranetAuditEntry.id))).all()


def raw(world, *statements):
    """Statements past the stages, as someone with the database's password would run them."""
    with world.extranet.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.fixture
def case_id(either_applied_world):
    return case_of(either_applied_world, "ECO-02")


def test_what_is_rolled_back_leaves_no_trace(either_applied_world, case_id):
    world = either_applied_world
    before, by = whole_trace(world), rightful(world, case_id, "pass_preliminary")
    with pytest.raises(ZeroDivisionError):
        act(
            world, case_id, lambda session, one, **given: intake.pass_preliminary(session, one, **given) or 1 / 0, by=by
        )
    assert whole_trace(world) == before
    assert case(world, case_id).state == "submitted"


def test_what_cannot_be_traced_is_not_done(either_applied_world, case_id, monkeypatch):
    def full(*_args, **_given):
        raise OSError("no space left")

    monkeypatch.setattr(core.trace, "record", full)
    with pytest.raises(OSError, match="no space"):
        act(
            either_applied_world, case_id, intake.pass_preliminary, by=rightful(either_applied_world, case_id, "accept")
        )
    assert case(either_applied_world, case_id).state == "submitted"


def test_an_entry_says_who_when_from_where_what_and_why(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    by = rightful(applied_world, case_id, "accept")
    with applied_world.extranet.writing() as session:
        session.info["request"] = {"session_ref": "s1", "address": "10.1.2.3"}
        session.info["now"] = applied_world.now + timedelta(hours=3)
        one = session.get_one(Case, case_id)
        intake.refuse_preliminary(
            session, one, ground="duplicate", reason="与上月申请重复", by=by, at=applied_world.now
        )
    with applied_world.extranet.reading() as session:
        entry = entries_of(session, "case", case(applied_world, case_id).application_id)[0]
    assert (entry.actor_name, entry.org_name, entry.address, entry.session_ref) == (
        by.name,
        "测试机构",
        "10.1.2.3",
        "s1",
    )
    assert (entry.words, entry.reason) == ("初审不予通过", "重复申请：与上月申请重复")
    assert (entry.at, entry.recorded_at) == (applied_world.now, applied_world.now + timedelta(hours=3))
    assert entry.project_code == applied_world.code


def test_what_happened_over_there_keeps_its_hour_and_the_hour_it_was_recorded(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    ACTS["withdraw"](applied_world, case_id, applied_world.unit, carried=False)
    happened = applied_world.now
    applied_world.later(days=1).pump()
    with applied_world.extranet.reading() as session:
        entry = entries_of(session, "case", case(applied_world, case_id).application_id)[0]
    assert (entry.at, entry.recorded_at) == (happened, applied_world.now)


@pytest.mark.parametrize("refusal", ["role", "version"])
def test_what_is_refused_is_not_in_the_trace_of_what_was_done(applied_world, refusal):
    case_id = case_of(applied_world, "ECO-02")
    before = whole_trace(applied_world)
    by = make_officer(("approver" if refusal == "role" else "clerk", "220184-ee"))
    with pytest.raises((NotAllowed, Conflict)):
        act(applied_world, case_id, intake.pass_preliminary, by=by, seen=99 if refusal == "version" else None)
    assert whole_trace(applied_world) == before


def test_a_refused_attempt_is_kept_but_not_listed_among_what_was_done(applied_world):
    with applied_world.extranet.writing() as session:
        record(session, "case.accept", "case", "x", "受理", by=CITIZEN, at=applied_world.now, outcome="refused")
    with applied_world.extranet.reading() as session:
        assert entries_of(session, "case", "x") == []
    assert whole_trace(applied_world)[-1].outcome == "refused"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET words = 'nothing happened'",
        "UPDATE audit_entry SET actor_name = actor_name",
        "DELETE FROM audit_entry",
    ],
)
def test_nobody_changes_or_removes_an_entry(either_applied_world, statement):
    before = whole_trace(either_applied_world)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"):
        raw(either_applied_world, statement)
    assert whole_trace(either_applied_world) == before


@pytest.mark.parametrize("taken", ["id", "leaf_hash"])
def test_an_entry_is_not_written_over(either_applied_world, taken):
    # On SQLite REPLACE would delete the old row without firing a delete trigger.
    world = either_applied_world
    table = sa.inspect(ENTRIES[world.extranet.zone]).local_table
    old = whole_trace(world)[0]
    values = {**old.model_dump(), "words": "别的事", "id": "n" * 36, "leaf_hash": "0" * 64, taken: getattr(old, taken)}
    if world.extranet.engine.dialect.name == "sqlite":
        writing = sa.insert(table).prefix_with("OR REPLACE").values(values)
    else:
        writing = insert(table).values(values).on_conflict_do_update(index_elements=[taken], set_={"words": "别的事"})
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), world.extranet.engine.begin() as connection:
        connection.execute(writing)
    assert whole_trace(world)[0].words == old.words


@pytest.mark.parametrize("before", [(), ("SET session_replication_role = replica",)])
@pytest.mark.parametrize(
    "statement", ["TRUNCATE audit_entry", "DELETE FROM audit_entry", "UPDATE audit_entry SET words = ''"]
)
@pytest.mark.postgresql
def test_on_postgresql_neither_truncate_nor_a_replica_role_gets_around_it(worlds, before, statement):
    with worlds.copy("postgresql", applied) as world:
        kept = whole_trace(world)
        with pytest.raises(sa.exc.DBAPIError, match="append-only"):
            raw(world, *before, statement)
        assert whole_trace(world) == kept


def test_every_entry_is_true_to_its_digest_when_it_is_read_back(either_applied_world):
    entries = whole_trace(either_applied_world)
    assert len(entries) > 20
    for entry in entries:
        assert leaf_hash(entry.model_dump()) == entry.leaf_hash


def test_the_digest_sees_every_change_and_does_not_mind_the_time_zone():
    values = {"id": "1", "at": MONDAY_9AM, "words": "受理", "change": {"state": ["a", "b"]}, "salt": "0"}
    assert leaf_hash(values) == leaf_hash({**values, "at": MONDAY_9AM.astimezone(UTC)})
    assert len({leaf_hash({**values, key: "x"}) for key in values} | {leaf_hash(values)}) == len(values) + 1


def test_the_same_thing_twice_has_two_digests(applied_world):
    with applied_world.extranet.writing() as session:
        for _ in range(2):
            record(session, "case.look", "case", "x", "查看", by=PLATFORM, at=applied_world.now)
    with applied_world.extranet.reading() as session:
        assert len({entry.leaf_hash for entry in entries_of(session, "case", "x")}) == 2


def test_a10_1_everything_that_hangs_on_a_code_is_found_by_it_newest_first(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    act(applied_world.later(hours=1), case_id, intake.pass_preliminary, by=rightful(applied_world, case_id, "accept"))
    with applied_world.extranet.reading() as session:
        found = entries_of_project(session, applied_world.code)
    assert found[0].words == "初审通过"
    assert {entry.object_kind for entry in found} == {"project", "case"}
    assert [entry.at for entry in found] == sorted((entry.at for entry in found), reverse=True)
