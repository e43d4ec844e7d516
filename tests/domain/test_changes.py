"""Two versions of a declaration side by side, and the way back from facts to the form (A12.2, A14.1e)."""

from datetime import date

import pytest

from core.domain.changes import answers_of, changed_fields, differences, in_code, major_signs
from core.domain.declaration import read_answers
from core.domain.fields import Kind
from core.domain.publicity import mask_mobile
from core.reference.loader import load
from tests.domain import sample_declarations as samples

SAMPLES = [name for name in dir(samples) if name.isupper() and hasattr(getattr(samples, name), "answers")]
SPECS = load().fields
FACTS = {
    "project_type": "03", "region_code": "220184", "industry_division": "13", "site_address": "工业大街 1 号",
    "total_investment": "1000.00", "takes_water": False, "planned_completion": "2028-04",
    "contact_mobile": "13812345678",
    "site_boundary": {"type": "Polygon", "coordinates": [[[125.3, 43.8], [125.4, 43.8], [125.4, 43.9], [125.3, 43.8]]]},
    "legacy_codes": [
        {"kind": "department", "value": "自编 7"}, {"kind": "gb40058", "value": "2106-440100-04-01-237448"},
        {"kind": "platform2017", "value": "2016-220102-36-03-000018"}, {"kind": "other", "value": "甲：7"},
    ],
}  # fmt: skip


def read(answers):
    known = load()
    return read_answers(
        SPECS, answers, today=date(2026, 11, 23),
        regions={one.code: one for one in known.regions}, industries={one.code: one for one in known.industries},
    )  # fmt: skip


@pytest.mark.parametrize("name", SAMPLES)
def test_a14_1e_a_form_filled_in_from_facts_reads_as_the_same_facts(name):
    facts = read(getattr(samples, name).answers).facts
    assert facts
    assert read(answers_of(SPECS, facts)).facts == facts


def test_a14_1e_boundaries_and_legacy_codes_come_back_as_well():
    typed = answers_of(SPECS, FACTS)
    facts = read({**samples.RENOVATION.answers, **typed}).facts
    assert facts["legacy_codes"] == FACTS["legacy_codes"]
    assert facts["site_boundary"] == FACTS["site_boundary"]


def test_a14_1e_a_difference_says_old_and_new_in_words_in_the_order_of_the_form():
    after = FACTS | {"planned_completion": "2028-10", "takes_water": True, "total_investment": "1200.00"}
    found = differences(SPECS, FACTS, after, names={})
    assert {(one.label, one.before, one.after) for one in found} == {
        ("总投资", "1,000 万元", "1,200 万元"),
        ("是否取水", "否", "是"),
        ("拟建成时间", "2028 年 4 月", "2028 年 10 月"),
    }
    order = [spec.identifier for spec in SPECS]
    assert [order.index(one.field) for one in found] == sorted(order.index(one.field) for one in found)


def test_a14_1e_nothing_and_an_empty_answer_are_the_same():
    assert changed_fields(SPECS, {**FACTS, "main_products": ""}, {**FACTS, "other_region_codes": []}) == ()


def test_a14_1e_what_reads_the_same_though_it_differs_says_so():
    moved = {**FACTS["site_boundary"], "coordinates": [[[125.3, 43.8], [125.5, 43.8], [125.4, 43.9], [125.3, 43.8]]]}
    (one,) = differences(SPECS, FACTS, FACTS | {"site_boundary": moved}, names={})
    assert one.after == f"{one.before}（内容已调整）"


def test_a9_1_what_is_masked_stays_masked_on_both_sides():
    masks = {Kind.MOBILE: mask_mobile}
    (one,) = differences(SPECS, FACTS, FACTS | {"contact_mobile": "13900001111"}, names={}, masks=masks)
    assert (one.before, one.after) == ("138****5678", "139****1111")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("region_code", "220102", "不再相符"),
        ("industry_division", "36", "不再相符"),
        ("project_type", "02", "不再相符"),
        ("site_address", "别处", "建设地点改变"),
        ("total_investment", "1200.00", "增加 20%"),
        ("scale_and_content", "扩大", "规模和内容"),
    ],
)
def test_a12_2_what_speaks_for_a_major_change(field, value, says):
    before = {"scale_and_content": "新建厂房"} | FACTS
    (sign,) = major_signs(before, before | {field: value})
    assert says in sign


def test_a12_1_what_is_only_completed_speaks_for_nothing():
    short = {name: value for name, value in FACTS.items() if name not in ("site_address", "scale_and_content")}
    assert major_signs(short, short | {"site_address": "经开区东环路 1 号", "scale_and_content": "新建厂房"}) == ()


def test_a12_2_only_what_the_code_names_takes_a_new_code_for_certain():
    assert in_code(("site_address", "project_type", "region_code")) == ("region_code", "project_type")
    assert major_signs(FACTS, FACTS | {"planned_completion": "2029-01", "total_investment": "1100.00"}) == ()
