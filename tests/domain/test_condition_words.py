"""Conditions read back in words, and what is refused beside the field (A14.1c)."""

import pytest
from hypothesis import given

from core.domain.condition_words import comparisons, in_sentence, read_rule
from core.domain.conditions import parse_rule
from core.errors import RuleRefusal
from core.reference import loader
from tests.domain.test_due_items import LABELS, RULES


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("eia_category = report", "“环评类别”为“报告书”"),
        ("eia_category in (report, table)", "“环评类别”为“报告书”或“报告表”"),
        ("takes_water = true", "“是否取水”为“是”"),
        ("takes_water != true", "“是否取水”不是“是”"),
        ("annual_electricity >= 500", "“年电力消费量”达到或超过 500 万千瓦时"),
        ("forest_land_area > 0 and takes_water = false", "“使用林地面积”大于 0 公顷，并且“是否取水”为“否”"),
        ("takes_water = true or forest_land_area > 0", "“是否取水”为“是”，或者“使用林地面积”大于 0 公顷"),
        (
            "takes_water = true or eia_category = report and land_area < 5",
            "符合下列之一：（1）“是否取水”为“是”；（2）“环评类别”为“报告书”，并且“总用地面积”小于 5 公顷",
        ),
        ("manual", "不由申报信息决定，由综合管理部门或牵头部门按需增加"),
        ("ｆｏｒｅｓｔ_land_area　＞＝　１", "“使用林地面积”达到或超过 1 公顷"),
        ("eia_category in （report，table）", "“环评类别”为“报告书”或“报告表”"),
    ],
)
def test_a14_1c_a_condition_is_read_back_in_words(text, words):
    assert in_sentence(read_rule(text, LABELS), LABELS) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour = red", "第 1 个字符处（“colour”）：没有这个字段"),
        ("land_area > many", "大小比较只能用数字"),
        ("eia_category > 1", "“环评类别”（eia_category）不是数量，不能比较大小"),
        ("eia_category = huge", "没有“huge”这个选项，可填：report（报告书）、table（报告表）"),
        ("takes_water = yes", "没有“yes”这个选项，可填：true（是）、false（否）"),
        ("land_area > 0 and", "末尾"),
        ("", "末尾"),
        ("land_area > 0 or " * 40 + "land_area > 0", "最多 500 个字符"),
    ],
)
def test_a14_1c_what_is_wrong_is_said_beside_the_field(text, words):
    with pytest.raises(RuleRefusal) as refusal:
        read_rule(text, LABELS)
    assert words in refusal.value.words
    assert refusal.value.field == "applies_when"


@pytest.mark.parametrize("row", loader.rows("items"), ids=lambda row: row["code"])
def test_a7_1_every_rule_of_the_catalogue_passes_the_editor(row):
    rule = read_rule(row["applies_when"], LABELS)
    assert str(rule) == str(parse_rule(row["applies_when"]))
    assert "_" not in in_sentence(rule, LABELS)


@given(RULES)
def test_a14_1c_the_sentence_names_every_comparison(rule):
    words = in_sentence(rule, LABELS)
    assert all(f"“{LABELS[one.identifier].spoken}”" in words for one in comparisons(rule) if one.identifier in LABELS)
    assert words.count("“") >= len(comparisons(rule))
