"""Due items (A14.1c): the condition language, what falls due, in which order, what stands in the way."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.conditions import AllOf, AnyOf, Comparison, OnRequest, identifiers, parse_rule, reasons
from core.domain.due_items import (
    STAGES,
    Blocker,
    Due,
    Relation,
    RelationKind,
    applies,
    check_acyclic,
    due_items,
    earliest_finish,
    is_unmet,
)
from core.errors import RuleRefusal
from core.reference.loader import load
from tests.domain.sample_declarations import (
    LOCK,
    LOGISTICS_PARK,
    PARTS_FACTORY,
    PUMPED_STORAGE,
    RENOVATION,
    SAMPLES,
    SCHOOL,
    Sample,
    understood,
)

LABELS = load().field_by_identifier
ITEMS = load().items
RELATIONS = load().relations


def due_of(sample: Sample, **changes):
    return due_items(understood(sample.answers).facts, ITEMS, RELATIONS, labels=LABELS, **changes)


def codes(dues):
    return [due.item_code for due in dues]


def unmet(due, granted):
    return [blocker.item_codes for blocker in due.blockers if is_unmet(blocker.item_codes, granted)]


def named(dues, code):
    return next(due for due in dues if due.item_code == code)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a14_1c_a_project_is_told_exactly_the_items_the_law_wants(sample):
    assert sorted(codes(due_of(sample))) == sorted(sample.due_codes)


@pytest.mark.parametrize(
    ("sample", "count"),
    [(PARTS_FACTORY, 15), (SCHOOL, 22), (PUMPED_STORAGE, 22), (SAMPLES[3], 7), (SAMPLES[4], 18), (SAMPLES[5], 16)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a14_1c_the_six_projects_of_the_field_study_get_as_many_items_as_counted_there(sample, count):
    assert len(due_of(sample)) == count


def test_a14_1c_the_samples_meet_every_item_that_facts_can_make_due():
    met = {code for sample in SAMPLES for code in sample.due_codes}
    assert {item.code for item in ITEMS} - met == {"DRC-08", "DRC-09"}


def test_a14_1c_an_item_on_request_falls_due_only_when_asked_for():
    assert "DRC-09" not in codes(due_of(PUMPED_STORAGE))
    asked = due_of(PUMPED_STORAGE, added={"DRC-09": "项目单位申请延期开工"})
    assert named(asked, "DRC-09").why == "项目单位申请延期开工"
    assert named(asked, "DRC-09").blockers[0].item_codes == ("DRC-04",)


def test_a14_1c_an_item_of_another_project_type_is_not_due():
    highway = {"project_type": "03", "is_highway_project": True}
    assert not applies(load().item_by_code["TRA-02"], highway)
    assert applies(load().item_by_code["TRA-01"], highway)


def test_a14_1c_a_dropped_item_is_gone_and_blocks_nothing():
    dues = due_of(PARTS_FACTORY, dropped={"HUD-02", "DRC-06"})
    assert {"HUD-02", "DRC-06"}.isdisjoint(codes(dues))
    assert all("HUD-02" not in blocker.item_codes for blocker in named(dues, "HUD-01").blockers)


def test_a14_1c_the_unit_is_told_why_in_its_own_words():
    why = {due.item_code: due.why for due in due_of(PARTS_FACTORY)}
    assert why["ECO-02"] == "环评类别为报告表"
    assert why["DRC-06"] == "年电力消费量 800 万千瓦时，达到 500"
    assert why["WAT-01"] == "扰动地表面积 8.62 公顷，达到 0.5；挖填土石方总量 6.4 万立方米，达到 0.1"
    assert why["HUD-01"] == "有房屋建筑或市政工程"
    assert why["HUD-05"] == "有房屋建筑或市政工程；是否特殊建设工程（消防）：否"
    assert why["DRC-05"] == "项目类型为备案；建设性质为新建，不是技术改造"
    assert why["NRD-04"] == "所在规划区为城市、镇规划区；土地获取方式为招标拍卖挂牌出让"


def test_a14_1c_a_bound_of_nought_is_not_spelt_out():
    assert named(due_of(PUMPED_STORAGE), "FOR-01").why == "使用林地面积 190 公顷"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a14_1c_every_due_item_says_why_in_chinese(sample):
    for due in due_of(sample):
        assert due.why
        assert not [name for name in LABELS if name in due.why]


def test_a14_1c_the_parts_factory_obtains_its_items_in_this_order():
    assert [(due.tier, due.item_code) for due in due_of(PARTS_FACTORY)] == [
        (0, "DRC-05"),
        (0, "DRC-06"),
        (0, "ECO-02"),
        (0, "WAT-01"),
        (1, "NRD-04"),
        (2, "NRD-05"),
        (3, "HUD-02"),
        (4, "HUD-01"),
        (5, "NRD-09"),
        (5, "ECO-04"),
        (5, "HUD-05"),
        (5, "HUD-07"),
        (5, "HUD-11"),
        (5, "WAT-05"),
        (6, "HUD-06"),
    ]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a14_1c_nothing_stands_before_what_it_needs(sample):
    dues = due_of(sample)
    place = {code: number for number, code in enumerate(codes(dues))}
    for due in dues:
        needed = [code for blocker in due.blockers for code in blocker.item_codes]
        for code in [*needed, *due.follows]:
            assert place[code] < place[due.item_code]
            assert named(dues, code).tier < due.tier
    assert [due.tier for due in dues] == sorted(due.tier for due in dues)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a14_1c_acceptance_of_the_finished_building_comes_after_everything_else(sample):
    stage = {item.code: item.stage for item in ITEMS}
    completion = [stage[code] == STAGES[-1] for code in codes(due_of(sample))]
    assert completion == sorted(completion)


def test_a14_1c_a_prerequisite_that_is_not_due_does_not_block():
    dues = due_of(PARTS_FACTORY)
    assert [blocker.item_codes for blocker in named(dues, "NRD-04").blockers] == [("DRC-05",)]
    assert {code for blocker in named(dues, "HUD-01").blockers for code in blocker.item_codes} == {
        "NRD-05",
        "HUD-02",
        "ECO-02",
        "WAT-01",
        "DRC-06",
    }


def test_a14_1c_alternatives_are_one_blocker_and_one_of_them_is_enough():
    rows = [
        Relation("NRD-04", "DRC-05", RelationKind.ONE_OF, "project decision", "城乡规划法 第三十七条"),
        Relation("NRD-04", "IIT-01", RelationKind.ONE_OF, "project decision", "城乡规划法 第三十七条"),
        Relation("NRD-04", "NRD-01", RelationKind.MUST_PRECEDE, "land", "土地管理法"),
    ]
    facts = understood(PARTS_FACTORY.answers).facts
    added = {"IIT-01": "综合管理部门增补", "NRD-01": "综合管理部门增补"}
    permit = named(due_items(facts, ITEMS, rows, labels=LABELS, added=added), "NRD-04")
    assert [blocker.item_codes for blocker in permit.blockers] == [("DRC-05", "IIT-01"), ("NRD-01",)]
    assert unmet(permit, {"IIT-01"}) == [("NRD-01",)]
    assert unmet(permit, {"DRC-05", "NRD-01"}) == []


def test_a2_3_practice_orders_but_does_not_block():
    drawings = named(due_of(PARTS_FACTORY), "HUD-02")
    assert drawings.follows == ("NRD-05",)
    assert unmet(drawings, set()) == []


def test_a14_1c_what_is_decided_together_neither_orders_nor_blocks():
    tender = named(due_of(SCHOOL), "DRC-07")
    assert (tender.blockers, tender.follows, tender.tier) == ((), (), 0)


def test_a14_1c_the_environmental_approval_must_be_there_before_the_construction_permit():
    permit = named(due_of(PARTS_FACTORY), "HUD-01")
    assert unmet(permit, {"NRD-05", "HUD-02"}) == [("ECO-02",), ("WAT-01",), ("DRC-06",)]


def test_a14_1c_a_highway_may_not_start_before_the_decisions_that_any_start_waits_for():
    permit = named(due_of(SAMPLES[5]), "TRA-01")
    assert unmet(permit, {"TRA-02"}) == [("ECO-01",), ("WAT-01",), ("WAT-03",)]
    assert {blocker.kind for blocker in permit.blockers} == {RelationKind.BEFORE_CONSTRUCTION_START}


def test_a14_1c_both_permits_that_let_building_begin_wait_for_the_same_decisions():
    waiting = {}
    for row in RELATIONS:
        if row.kind is RelationKind.BEFORE_CONSTRUCTION_START:
            waiting.setdefault(row.item_code, set()).add((row.prerequisite, row.legal_basis))
    assert waiting["HUD-01"] == waiting["TRA-01"]


def test_a14_1c_a_blocker_names_the_item_and_the_law():
    blocker = next(b for b in named(due_of(SCHOOL), "HUD-01").blockers if b.item_codes == ("HUD-03",))
    assert (
        blocker.words({"HUD-03": "特殊建设工程消防设计审查"}) == "须先办结“特殊建设工程消防设计审查”（消防法 第十二条）"
    )
    start = Blocker(("ECO-01", "ECO-02"), RelationKind.BEFORE_CONSTRUCTION_START, "")
    assert start.words({"ECO-01": "报告书", "ECO-02": "报告表"}) == "开工前须办结“报告书”或“报告表”"


def test_a7_1_relations_that_run_in_a_circle_are_refused():
    circle = [
        Relation("A", "B", RelationKind.MUST_PRECEDE, "", ""),
        Relation("B", "C", RelationKind.NORMALLY_PRECEDES, "", ""),
        Relation("C", "A", RelationKind.ONE_OF, "", ""),
    ]
    with pytest.raises(ValueError, match="circle"):
        check_acyclic(circle)
    check_acyclic(circle[:2])
    check_acyclic([*circle[:2], Relation("C", "A", RelationKind.TOGETHER_WITH, "", "")])


def forced(dues):
    return [replace(due, follows=()) for due in dues]


@pytest.mark.parametrize(
    ("sample", "chain"),
    [(PUMPED_STORAGE, "RSM-01 RSM-02 DRC-04 NRD-02 NRD-03 HUD-01 HUD-06"), (SCHOOL, 6), (PARTS_FACTORY, 5)],
    ids=["pumped storage", "school", "parts factory"],
)
def test_a2_3_the_longest_forced_chains_are_those_of_the_field_study(sample, chain):
    plan = earliest_finish(forced(due_of(sample)), dict.fromkeys(codes(due_of(sample)), 1))
    assert plan.working_days == (chain if isinstance(chain, int) else len(chain.split()))
    assert isinstance(chain, int) or plan.critical == tuple(chain.split())


def test_a2_3_the_earliest_finish_adds_the_limits_along_the_critical_path_only():
    dues = (
        Due("A", "", 0),
        Due("B", "", 0),
        Due(
            "C", "", 1, (Blocker(("A",), RelationKind.MUST_PRECEDE, ""), Blocker(("B",), RelationKind.MUST_PRECEDE, ""))
        ),
        Due("D", "", 1, follows=("C",)),
        Due("E", "", 1, (Blocker(("A", "B"), RelationKind.ONE_OF, ""),)),
    )
    plan = earliest_finish(dues, {"A": 10, "B": 3, "C": 5, "D": None, "E": 4})
    assert (plan.working_days, plan.critical) == (15, ("A", "C"))
    assert plan.finishes == {"A": 10, "B": 3, "C": 15, "D": 15, "E": 7}


def test_a2_3_the_rest_of_a_running_project_is_planned_without_what_is_done():
    dues = due_of(PARTS_FACTORY)
    limits = {item.code: item.promised_limit for item in ITEMS}
    whole = earliest_finish(dues, limits)
    rest = earliest_finish([due for due in dues if due.item_code not in {"DRC-05", "NRD-04"}], limits)
    assert whole.critical == ("DRC-05", "NRD-04", "NRD-05", "HUD-02", "HUD-01", "NRD-09", "HUD-06")
    assert whole.working_days == 1 + 5 + 10 + 10 + 3 + 10 + 3
    assert rest.working_days == whole.working_days - 6
    assert earliest_finish((), {}).working_days == 0


def test_a14_1c_and_binds_tighter_than_or():
    rule = parse_rule("a = 1 or b = 2 and c in (x, y)")
    assert rule == AnyOf(
        (
            Comparison("a", "=", ("1",)),
            AllOf((Comparison("b", "=", ("2",)), Comparison("c", "in", ("x", "y")))),
        )
    )
    assert identifiers(rule) == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("text", "facts", "holds"),
    [
        ("a = true", {"a": True}, True),
        ("a = true", {"a": False}, False),
        ("a = false", {"a": False}, True),
        ("a = false", {}, False),
        ("a != x", {}, False),
        ("a != x", {"a": "y"}, True),
        ("a != x", {"a": "x"}, False),
        ("a != x", {"a": ""}, False),
        ("a > 0", {"a": "0.00"}, False),
        ("a > 0", {"a": "0.01"}, True),
        ("a >= 500", {"a": "500.00"}, True),
        ("a < 500", {"a": "500.00"}, False),
        ("a <= 500", {"a": "500.00"}, True),
        ("a > 0", {"a": True}, False),
        ("a > 0", {"a": "many"}, False),
        ("a > 0", {"a": "NaN"}, False),
        ("a = 5", {"a": "5.00"}, True),
        ("a = 01", {"a": "01"}, True),
        ("a = 1", {"a": "01"}, False),
        ("a in (x, y)", {"a": "y"}, True),
        ("a in (x, y)", {"a": "z"}, False),
        ("a = 民生", {"a": ["重点项目", "民生"]}, True),
        ("a != 民生", {"a": ["重点项目", "民生"]}, False),
        ("a = 1 and b = 1 or c = 1", {"c": "1"}, True),
        ("a = 1 and b = 1 or c = 1", {"a": "1"}, False),
        ("manual", {"manual": True}, False),
    ],
)
def test_a14_1c_a_condition_asks_the_facts(text, facts, holds):
    assert parse_rule(text).holds(facts) is holds


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", 1),
        ("a", 2),
        ("a =", 4),
        ("= 1", 1),
        ("a = 1 and", 10),
        ("a = 1 b = 2", 7),
        ("a in x", 6),
        ("a in (x", 8),
        ("a in (x,)", 9),
        ("a > x", 5),
        ("a = (b = 1)", 5),
        ("a = 1 and b ! 2", 13),
        ("and = 1", 1),
        ("a = __import__('os')", 15),
    ],
)
def test_a14_1c_an_unreadable_condition_is_refused_with_its_place(text, place):
    with pytest.raises(RuleRefusal, match=f"第 {place} 个字符") as refusal:
        parse_rule(text)
    assert refusal.value.field == "applies_when"


def test_a14_1c_a_condition_may_name_only_fields_that_are_asked():
    with pytest.raises(RuleRefusal, match="没有这个字段"):
        parse_rule("land_area > 0 and colour = red", LABELS)
    assert parse_rule("land_area > 0", LABELS).holds({"land_area": "1.0000"})


def test_a14_1c_words_that_mean_on_request():
    assert parse_rule(" on  application ") == OnRequest("on application")
    assert str(parse_rule("manual")) == "manual"
    assert reasons(parse_rule("manual"), {}, LABELS) == ""


def test_a14_1c_only_the_alternatives_that_hold_are_given_as_reasons():
    rule = parse_rule("takes_water = true or is_water_engineering = true")
    assert reasons(rule, {"takes_water": True, "is_water_engineering": False}, LABELS) == "取水"
    assert reasons(rule, {"takes_water": False}, LABELS) == ""


NAMES = st.sampled_from(["eia_category", "land_area", "takes_water", "sector"])
WORDS = st.sampled_from(["report", "true", "false", "农林水利", "01", "0", "5", "5.50", "-2"])
NUMBERS = st.sampled_from(["0", "5", "5.50", "-2", "1000"])
COMPARISONS = st.one_of(
    st.builds(Comparison, NAMES, st.sampled_from(["=", "!="]), st.tuples(WORDS)),
    st.builds(Comparison, NAMES, st.sampled_from([">", ">=", "<", "<="]), st.tuples(NUMBERS)),
    st.builds(Comparison, NAMES, st.just("in"), st.lists(WORDS, min_size=1, max_size=3).map(tuple)),
)
CONJUNCTIONS = st.one_of(COMPARISONS, st.lists(COMPARISONS, min_size=2, max_size=3).map(lambda p: AllOf(tuple(p))))
RULES = st.one_of(CONJUNCTIONS, st.lists(CONJUNCTIONS, min_size=2, max_size=3).map(lambda p: AnyOf(tuple(p))))
FACTS = st.dictionaries(NAMES, st.one_of(st.booleans(), st.sampled_from(["report", "01", "5.00", "1000.00", "", "-2"])))


@given(RULES)
def test_a14_1c_every_tree_reads_back_from_its_own_text(rule):
    assert parse_rule(str(rule)) == rule


@given(RULES, FACTS)
def test_a14_1c_a_condition_holds_as_an_independent_reading_of_its_text_says(rule, facts):
    assert parse_rule(str(rule)).holds(facts) is read_by_splitting(str(rule), facts)


@given(RULES, FACTS)
def test_a14_1c_reasons_are_given_exactly_when_the_condition_holds(rule, facts):
    assert bool(reasons(rule, facts, LABELS)) is rule.holds(facts)


def read_by_splitting(text, facts):
    """The language once more, by cutting the text instead of parsing it."""
    return any(all(holds(part, facts) for part in either.split(" and ")) for either in text.split(" or "))


def holds(part, facts):
    name, _, rest = part.partition(" ")
    op, _, value = rest.partition(" ")
    fact = {True: "true", False: "false"}.get(facts.get(name), facts.get(name))
    if fact in (None, ""):
        return False
    if op == "in":
        return any(same(fact, each.strip()) for each in value.strip("()").split(","))
    if op in ("=", "!="):
        return same(fact, value) is (op == "=")
    return (
        number(fact) is not None
        and {
            ">": number(fact) > Decimal(value),
            ">=": number(fact) >= Decimal(value),
            "<": number(fact) < Decimal(value),
            "<=": number(fact) <= Decimal(value),
        }[op]
    )


def same(fact, value):
    both_numbers = number(fact) is not None and number(value) is not None and "01" not in (fact, value)
    return number(fact) == number(value) if both_numbers else fact == value


def number(text):
    return Decimal(text) if text.lstrip("-").replace(".", "").isdigit() else None


def test_a17_1_the_item_of_state_security_is_due_like_any_other():
    assert named(due_of(LOGISTICS_PARK), "NSS-01").why == "在安全控制区域内"


def test_a14_1c_renovation_is_filed_with_industry_not_with_development_and_reform():
    assert "IIT-01" in codes(due_of(RENOVATION))
    assert "DRC-05" not in codes(due_of(RENOVATION))


def test_a14_1c_a_waterway_review_stands_before_the_feasibility_report():
    assert ("TRA-04",) in [blocker.item_codes for blocker in named(due_of(LOCK), "DRC-02").blockers]
