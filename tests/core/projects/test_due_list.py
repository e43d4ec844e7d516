"""The list of due items, changed after it was told (A14.1c): rows, order, and what recomputing keeps."""

import pytest
from sqlmodel import col, select

from core.domain.policy import Role
from core.errors import FormRefusal, RuleRefusal
from core.projects import due_list
from core.projects.tables import DueItem, Project
from tests.world import declare, make_officer

BY = make_officer((Role.COORDINATOR, "220000-drc"), name="宋杰")


@pytest.fixture
def code(world):
    return declare(world, "parts_factory")


def live(world, code):
    with world.extranet.reading() as session:
        rows = session.exec(
            select(DueItem).where(col(DueItem.project_code) == code, col(DueItem.dropped_on).is_(None))
        ).all()
    return {row.item_code: row for row in rows}


def change(world, code, act, *given, **named):
    named = {"by": BY, "at": world.now, **named}
    with world.extranet.writing() as session:
        return act(session, session.get_one(Project, code), *given, **named)


def recompute(world, code, keep=(), **changed):
    with world.extranet.writing() as session:
        facts = due_list.newest_facts(session, code) | changed
        project = session.get_one(Project, code)
        return due_list.recompute(session, project, facts, keep=keep, reason="申报信息变更", by=BY, at=world.now)


def test_a14_1c_what_waited_for_a_dropped_item_waits_no_longer_and_the_places_close_up(world, code):
    before = live(world, code)
    assert [one["item_codes"] for one in before["NRD-05"].blockers] == [["NRD-04"]]
    change(world, code, due_list.drop_item, "NRD-04", reason="用地已有规划许可")
    after = live(world, code)
    assert after["NRD-05"].blockers == []
    assert sorted(row.position for row in after.values()) == list(range(1, len(before)))


def test_a14_1c_an_added_item_has_its_unit_its_guide_and_its_place_in_the_order(world, code):
    change(world, code, due_list.drop_item, "NRD-04", reason="用地已有规划许可")
    change(world, code, due_list.add_item, "NRD-04", reason="核实后仍需办理")
    row = live(world, code)["NRD-04"]
    assert (row.org_unit, row.guide_version, row.added_by) == ("220102-nr", "NRD-04.1", BY.id)
    assert row.why == "测试机构增加：核实后仍需办理"
    assert live(world, code)["NRD-05"].blockers


@pytest.mark.parametrize(
    ("act", "item", "reason", "words"),
    [
        (due_list.add_item, "NRD-04", "有理由", "已在应办事项之内"),
        (due_list.add_item, "XXX-99", "有理由", "请选择要增加的事项"),
        (due_list.add_item, "DRC-01", "有理由", "不适用于这一类项目"),
        (due_list.add_item, "FOR-01", "  ", "请填写理由"),
        (due_list.add_item, "FOR-01", "长" * 501, "不超过 500 字"),
        (due_list.drop_item, "FOR-01", "有理由", "不在应办事项之内"),
        (due_list.drop_item, "NRD-04", "", "请填写理由"),
    ],
)
def test_a14_1c_what_can_t_be_changed_is_refused_in_words(world, code, act, item, reason, words):
    with pytest.raises(RuleRefusal, match=words):
        change(world, code, act, item, reason=reason)


def test_a3_2_a_reason_with_a_classified_word_is_not_stored(world, code):
    with pytest.raises(FormRefusal, match="涉密"):
        change(world, code, due_list.drop_item, "NRD-04", reason="属于国家秘密")


def test_the_only_item_left_stays(world):
    code = declare(world, "renovation")
    *others, last = live(world, code)
    for item in others:
        change(world, code, due_list.drop_item, item, reason="核实后不需要")
    with pytest.raises(RuleRefusal, match="只剩这一项"):
        change(world, code, due_list.drop_item, last, reason="核实后不需要")


def test_the_list_of_a_returned_declaration_is_not_changed(world, code):
    with world.extranet.writing() as session:
        session.get_one(Project, code).state = "returned"
    with pytest.raises(RuleRefusal, match="清单不能调整"):
        change(world, code, due_list.drop_item, "NRD-04", reason="核实后不需要")


def test_recomputing_the_same_facts_tells_nothing(world, code):
    assert recompute(world, code) == due_list.Changed()


def test_changed_facts_add_and_drop_by_rule_and_can_be_taken_back(world, code):
    changed = recompute(world, code, eia_category="report")
    assert (changed.added, changed.dropped) == (("ECO-01",), ("ECO-02",))
    row = live(world, code)["ECO-01"]
    assert (row.added_by, row.why) == (due_list.BY_RULE, "环评类别为报告书")
    back = recompute(world, code, eia_category="table")
    assert (back.added, back.dropped) == (("ECO-02",), ("ECO-01",))


def test_recomputing_keeps_what_has_a_case_and_what_a_person_decided(world, code):
    change(world, code, due_list.add_item, "FOR-01", reason="现场核实涉及林地")
    change(world, code, due_list.drop_item, "NRD-04", reason="用地已有规划许可")
    changed = recompute(world, code, keep={"ECO-02"}, eia_category="report")
    assert (changed.added, changed.dropped) == (("ECO-01",), ())
    assert {"FOR-01", "ECO-02"} <= live(world, code).keys()
    assert "NRD-04" not in live(world, code)
