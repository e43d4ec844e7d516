"""A guide's condition read back in words, and checked against the fields it names (A14.1c).

The coordinator writes `eia_category = report and land_area > 0` and reads: “环评类别”为“报告书”，并且“总用地面积”大于
0 公顷.
"""

import unicodedata
from collections.abc import Mapping

from core.domain.conditions import AllOf, Comparison, OnRequest, Rule, parse_rule
from core.domain.fields import FieldSpec, Kind
from core.errors import RuleRefusal

LONGEST_RULE = 500
"""Characters a condition may have: more than any law needs, less than a page."""

_ORDER_WORDS = {">=": "达到或超过", ">": "大于", "<=": "不超过", "<": "小于"}
_REQUEST_WORDS = {
    "manual": "不由申报信息决定，由综合管理部门或牵头部门按需增加",
    "on application": "不由申报信息决定，项目单位提出时办理",
    "on declaration": "不由申报信息决定，项目单位声明需要时办理",
}
_YES_NO = {"true": "是", "false": "否"}


def read_rule(text: str, labels: Mapping[str, FieldSpec]) -> Rule:
    """Read what somebody typed: full-width signs count as their plain ones; every field and value is checked.

    Refuses beside the field `applies_when` what can't be read, an unknown field by its name, an order comparison of
    something that is no quantity, and a value that is none of the field's choices. A14.1c.
    """
    tidy = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(tidy) > LONGEST_RULE:
        raise _refusal(f"适用条件最多 {LONGEST_RULE} 个字符")
    rule = parse_rule(tidy, labels)
    for one in comparisons(rule):
        _check(one, labels[one.identifier])
    return rule


def comparisons(rule: Rule) -> tuple[Comparison, ...]:
    """Every comparison of a condition, from left to right."""
    if isinstance(rule, OnRequest):
        return ()
    if isinstance(rule, Comparison):
        return (rule,)
    return tuple(one for part in rule.parts for one in comparisons(part))


def in_sentence(rule: Rule, labels: Mapping[str, FieldSpec]) -> str:
    """The condition as a sentence of the unit's own words (A14.1c)."""
    if isinstance(rule, OnRequest):
        return _REQUEST_WORDS[rule.word]
    if isinstance(rule, Comparison):
        return _comparison(rule, labels.get(rule.identifier))
    told = [in_sentence(part, labels) for part in rule.parts]
    if isinstance(rule, AllOf):
        return "，并且".join(told)
    if any(isinstance(part, AllOf) for part in rule.parts):
        return "符合下列之一：" + "；".join(f"（{place}）{words}" for place, words in enumerate(told, start=1))
    return "，或者".join(told)


def _comparison(rule: Comparison, spec: FieldSpec | None) -> str:
    name = f"“{spec.spoken if spec else rule.identifier}”"
    if rule.op in _ORDER_WORDS:
        return f"{name}{_ORDER_WORDS[rule.op]} {rule.values[0]} {spec.unit if spec else ''}".rstrip()
    named = [f"“{_value(value, spec)}”" for value in rule.values]
    return f"{name}{'不是' if rule.op == '!=' else '为'}{'或'.join(named)}"


def _value(value: str, spec: FieldSpec | None) -> str:
    if spec is None:
        return value
    return _YES_NO.get(value, value) if spec.kind is Kind.YES_NO else spec.name_of(value)


def _check(rule: Comparison, spec: FieldSpec) -> None:
    if rule.op in _ORDER_WORDS:
        if spec.kind is not Kind.DECIMAL:
            raise _refusal(f"“{spec.spoken}”（{rule.identifier}）不是数量，不能比较大小")
        return
    choices = _YES_NO if spec.kind is Kind.YES_NO else {one.code: one.name for one in spec.choices}
    for value in rule.values:
        if choices and value not in choices:
            listed = "、".join(f"{code}（{name}）" for code, name in choices.items())
            raise _refusal(f"“{spec.spoken}”（{rule.identifier}）没有“{value}”这个选项，可填：{listed}")


def _refusal(words: str) -> RuleRefusal:
    return RuleRefusal(words, field="applies_when", article="A14.1c")
