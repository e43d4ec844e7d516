"""Who gets a copy of a decision, and why (A14.4c)."""

from core.domain.addressees import HeldItem
from core.domain.copies import NamedDepartment, recipients
from core.domain.due_items import Relation, RelationKind

DUE = [
    HeldItem("ENV", "环评", "1-ee"),
    HeldItem("PERMIT", "施工许可", "1-hc"),
    HeldItem("FILING", "备案", "1-drc"),
    HeldItem("WATER", "取水", "0-water"),
]
RELATIONS = [
    Relation("PERMIT", "ENV", RelationKind.BEFORE_CONSTRUCTION_START, "", ""),
    Relation("ENV", "FILING", RelationKind.MUST_PRECEDE, "", ""),
]


def found(item_code="ENV", own_unit="1-ee", **changed):
    given = {"named": [], "due": DUE, "relations": RELATIONS, "consulted": [], "coordinator": "1-drc"}
    given |= {"unit_of": lambda department: f"1-{department}" if department != "nowhere" else "", **changed}
    return [(one.org_unit, one.why) for one in recipients(item_code, own_unit, **given)]


def test_a14_4c_those_who_wait_for_the_item_and_the_coordinator():
    assert found() == [("1-hc", "“施工许可”以本事项为前置"), ("1-drc", "综合管理部门掌握并联审批情况")]


def test_a14_4c_a_department_the_rule_names_where_it_holds_an_item_else_in_the_region():
    named = [NamedDepartment(name, name) for name in ("water", "statistics", "nowhere")]
    assert found(named=named)[:2] == [("0-water", "water"), ("1-statistics", "statistics")]


def test_a14_4c_who_was_consulted_gets_the_result():
    assert ("1-nr", "曾就本件参与会商或函询") in found(consulted=["1-nr"])


def test_a14_4c_each_unit_once_and_the_deciding_unit_never():
    units = [
        unit for unit, _ in found("FILING", "1-drc", consulted=["1-ee", "1-drc"], named=[NamedDepartment("ee", "x")])
    ]
    assert units == ["1-ee"]
