"""Copies go out in the act of conclusion, and say who read them when (A14.4c)."""

import pytest
from sqlmodel import select

from core.cases import closing
from core.copies import copying, queries
from core.copies.tables import Copy, CopyReceipt
from core.domain.policy import Role
from core.errors import Absent
from core.trace import entries_of
from tests import world as cast
from tests.core.consultations import letters
from tests.world import case_of, make_officer

READER = make_officer((Role.CLERK, "220184-drc"), name="陈静", identity="reader")
COLLEAGUE = make_officer((Role.HANDLER, "220184-drc"), name="吴刚", identity="colleague")


def copies(world):
    with world.extranet.reading() as session:
        return session.exec(select(Copy).order_by(Copy.id)).all()


def test_a14_4c_at_conclusion_the_document_goes_to_the_units_the_rule_names(either_applied_world):
    world = either_applied_world
    letters.handled(world)
    asked = letters.send(world, "220184-nr")
    letters.answer(world, asked, "220184-nr")
    letters.close(world, asked)
    assert copies(world) == []
    case_id = case_of(world, "ECO-02")
    cast.propose(world, case_id)

    cast.act(world, case_id, closing.approve, by=cast.staff("220184-ee")[2])
    found = {one.org_unit: one.why for one in copies(world)}
    assert found["220184-water"] == "水资源保护与排污口管理"
    assert found["220184-nr"] == "曾就本件参与会商或函询"
    assert found["220184-drc"]
    assert "220184-ee" not in found
    assert {one.document_number for one in copies(world)} == {f"审〔2026〕{case_id} 号"}
    with world.extranet.reading() as session:
        trace = entries_of(session, "project", world.code)
    assert any(entry.words == f"抄送批准文件 {len(found)} 家" for entry in trace)


def test_a14_4c_a_filing_and_a_denial_are_copied_as_well(applied_world):
    cast.file(applied_world, case_of(applied_world, "IIT-01"))
    cast.decide(applied_world, case_of(applied_world, "ECO-02"), outcome="denied")
    assert {(one.item_code, one.outcome) for one in copies(applied_world)} == {
        ("IIT-01", "filed"),
        ("ECO-02", "denied"),
    }


def test_a14_4c_each_reader_leaves_one_receipt_and_the_first_reading_counts(applied_world):
    world = applied_world
    cast.decide(world, case_of(world, "ECO-02"))
    with world.extranet.reading() as session:
        assert queries.unread(session, READER) == 1
        row = queries.copies_page(session, READER, queries.CopyFilter(state="unread"))[0]
    first = world.now
    for reader in (READER, READER, COLLEAGUE):
        with world.extranet.writing() as session:
            copy = queries.copy_for(session, reader, row.copy_id, "copy.acknowledge")
            copying.acknowledge(session, copy, by=reader, at=world.now)
        world.later(hours=1)
    with world.extranet.reading() as session:
        receipts = queries.receipts_of(session, [row.copy_id])[row.copy_id]
        assert receipts[0].read_at == first
        assert [one.officer_name for one in receipts] == ["陈静", "吴刚"]
        assert queries.unread(session, READER) == 0
        assert queries.copies_page(session, READER, queries.CopyFilter(state="read", words="批复"))[0].read_at == first


def test_a14_4c_a_reviewer_of_the_addressed_unit_reads_and_leaves_a_receipt(applied_world):
    world = applied_world
    reviewer = make_officer((Role.REVIEWER, "220184-drc"), name="赵静", identity="reviewer")
    cast.decide(world, case_of(world, "ECO-02"))
    with world.extranet.writing() as session:
        (row,) = queries.copies_page(session, reviewer, queries.CopyFilter())
        assert queries.unread(session, reviewer) == 1
        copy = queries.copy_for(session, reviewer, row.copy_id, "copy.acknowledge")
        assert queries.is_addressed(session, reviewer, copy)
        copying.acknowledge(session, copy, by=reviewer, at=world.now)
    with world.extranet.reading() as session:
        assert queries.unread(session, reviewer) == 0


def test_a14_4c_the_number_in_the_menu_looks_at_nothing_but_what_is_unread(applied_world):
    with applied_world.extranet.reading() as session:
        made = queries._unread_statement(1).statement.compile(session.get_bind())
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {made}", ("220184-drc",)).all()
    assert any("ix_copy_unread" in row[-1] for row in plan)


def test_a14_4c_a_unit_that_got_no_copy_finds_none(applied_world):
    cast.decide(applied_world, case_of(applied_world, "ECO-02"))
    stranger = make_officer((Role.HANDLER, "220184-hc"))
    with applied_world.extranet.reading() as session:
        assert queries.copies_page(session, stranger, queries.CopyFilter()) == []
        with pytest.raises(Absent):
            queries.copy_for(session, stranger, copies(applied_world)[0].id)
        assert session.exec(select(CopyReceipt)).all() == []
