"""The language in which a guide says when its item applies: `eia_category = report and land_area > 0` (A14.1c).

Comparisons joined by `and` and `or`; `and` binds tighter; no brackets. Text is parsed into a tree of frozen nodes and
the tree is asked; nothing is ever evaluated as code. `manual`, `on application` and `on declaration` say that the item
is due only when someone asks for it.
"""

import operator
import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.domain.fields import Facts, FieldSpec, JsonValue, plain
from core.errors import RuleRefusal

ON_REQUEST_WORDS = frozenset({"manual", "on application", "on declaration"})

_ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}
_ORDER_WORDS = {">=": "达到", ">": "大于", "<=": "不超过", "<": "小于"}
_TOKEN = re.compile(r"\s*(?:(?P<op>!=|>=|<=|=|>|<)|(?P<mark>[(),])|(?P<word>[^\s()=!<>,]+))")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_JOINING = frozenset({"and", "or", "in"})


@dataclass(frozen=True)
class Comparison:
    """One fact against one value, or against a list of values with `in`."""

    identifier: str
    op: str
    values: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether the declared facts say so; a fact that wasn't declared says nothing, not even `!=`."""
        fact = facts.get(self.identifier)
        if fact is None or fact in ("", []):
            return False
        if self.op in _ORDER:
            left, right = _number(fact), _number(self.values[0])
            return left is not None and right is not None and _ORDER[self.op](left, right)
        return any(_same(fact, value) for value in self.values) is (self.op != "!=")

    def __str__(self) -> str:
        """The text this was parsed from, in its one canonical spelling."""
        if self.op == "in":
            return f"{self.identifier} in ({', '.join(self.values)})"
        return f"{self.identifier} {self.op} {self.values[0]}"


@dataclass(frozen=True)
class AllOf:
    """Comparisons joined by `and`."""

    parts: tuple[Comparison, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether every part holds."""
        return all(part.holds(facts) for part in self.parts)

    def __str__(self) -> str:
        """The canonical spelling."""
        return " and ".join(map(str, self.parts))


@dataclass(frozen=True)
class AnyOf:
    """Alternatives joined by `or`."""

    parts: tuple[Comparison | AllOf, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether some part holds."""
        return any(part.holds(facts) for part in self.parts)

    def __str__(self) -> str:
        """The canonical spelling."""
        return " or ".join(map(str, self.parts))


@dataclass(frozen=True)
class OnRequest:
    """No facts make the item due; someone has to ask for it."""

    word: str

    def holds(self, facts: Facts) -> bool:
        """Never by facts alone."""
        return False

    def __str__(self) -> str:
        """The word of the guide."""
        return self.word


Rule = Comparison | AllOf | AnyOf | OnRequest


def parse_rule(text: str, known: Container[str] | None = None) -> Rule:
    """Read a guide's condition into a tree.

    `known` are the field identifiers a condition may name; None accepts any. Refuses, naming the place counted from 1,
    what it can't read, an unknown identifier, and an order comparison with something that is no number. A14.1c.
    """
    if " ".join(text.split()) in ON_REQUEST_WORDS:
        return OnRequest(" ".join(text.split()))
    return _Reader(text, known).rule()


def identifiers(rule: Rule) -> frozenset[str]:
    """Every field a condition looks at: what a form must ask before the answer is known."""
    if isinstance(rule, OnRequest):
        return frozenset()
    if isinstance(rule, Comparison):
        return frozenset({rule.identifier})
    return frozenset().union(*(identifiers(part) for part in rule.parts))


def reasons(rule: Rule, facts: Facts, labels: Mapping[str, FieldSpec]) -> str:
    """Why a condition holds, in the project unit's words: 环评类别为报告表；年电力消费量 800 万千瓦时，达到 500.

    Names only what holds; empty when the condition doesn't. A14.1c.
    """
    if not rule.holds(facts) or isinstance(rule, OnRequest):
        return ""
    if isinstance(rule, Comparison):
        return _reason(rule, facts[rule.identifier], labels)
    found = (reasons(part, facts, labels) for part in rule.parts)
    return "；".join(dict.fromkeys(words for words in found if words))


def _reason(rule: Comparison, fact: JsonValue, labels: Mapping[str, FieldSpec]) -> str:
    spec = labels.get(rule.identifier)
    name = spec.spoken if spec else rule.identifier
    if isinstance(fact, bool):
        affirmed = spec.affirmed if spec else name
        return affirmed if fact else f"{name}：否"
    if rule.op in _ORDER:
        bound = rule.values[0]
        measured = f"{name} {plain(Decimal(str(fact)))} {spec.unit if spec else ''}".rstrip()
        return measured if bound == "0" else f"{measured}，{_ORDER_WORDS[rule.op]} {bound}"
    codes = [str(each) for each in fact] if isinstance(fact, list) else [str(fact)]
    shown = "、".join(spec.name_of(code) if spec else code for code in codes)
    if rule.op == "!=":
        return f"{name}为{shown}，不是{spec.name_of(rule.values[0]) if spec else rule.values[0]}"
    return f"{name}为{shown}"


def _same(fact: JsonValue, value: str) -> bool:
    if isinstance(fact, list):
        return any(_same(each, value) for each in fact)
    if isinstance(fact, bool):
        return value == ("true" if fact else "false")
    words = str(fact)
    if words == value:
        return True
    return bool(_NUMBER.fullmatch(words) and _NUMBER.fullmatch(value)) and Decimal(words) == Decimal(value)


def _number(value: JsonValue) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    place: int


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str, known: Container[str] | None) -> None:
        self._text = text
        self._known = known
        self._tokens = self._split()
        self._next = 0

    def rule(self) -> Rule:
        alternatives = [self._all_of()]
        while self._skip("or"):
            alternatives.append(self._all_of())
        if self._now.kind != "end":
            raise self._refusal(self._now, "这里应当是 and、or 或结束")
        return alternatives[0] if len(alternatives) == 1 else AnyOf(tuple(alternatives))

    def _all_of(self) -> Comparison | AllOf:
        parts = [self._comparison()]
        while self._skip("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _comparison(self) -> Comparison:
        name = self._word("字段名")
        if self._known is not None and name.text not in self._known:
            raise self._refusal(name, "没有这个字段")
        if self._skip("in"):
            return Comparison(name.text, "in", self._values())
        op = self._take()
        if op.kind != "op":
            raise self._refusal(op, "这里应当是比较符号或 in")
        value = self._word("比较的值")
        if op.text in _ORDER and not _NUMBER.fullmatch(value.text):
            raise self._refusal(value, "大小比较只能用数字")
        return Comparison(name.text, op.text, (value.text,))

    def _values(self) -> tuple[str, ...]:
        self._mark("(")
        values = [self._word("列表中的值").text]
        while self._skip(","):
            values.append(self._word("列表中的值").text)
        self._mark(")")
        return tuple(values)

    def _word(self, wanted: str) -> _Token:
        token = self._take()
        if token.kind != "word" or token.text in _JOINING:
            raise self._refusal(token, f"这里应当是{wanted}")
        return token

    def _mark(self, mark: str) -> None:
        if not self._skip(mark):
            raise self._refusal(self._now, f"这里应当是“{mark}”")

    def _skip(self, text: str) -> bool:
        if self._now.text != text:
            return False
        self._next += 1
        return True

    def _take(self) -> _Token:
        token = self._now
        self._next += token.kind != "end"
        return token

    @property
    def _now(self) -> _Token:
        return self._tokens[self._next]

    def _split(self) -> list[_Token]:
        tokens, place, end = [], 0, len(self._text.rstrip())
        while place < end:
            found = _TOKEN.match(self._text, place)
            if found is None or found.lastgroup is None:
                odd = self._text[place:end].lstrip()
                raise self._refusal(_Token("odd", odd[:1], end - len(odd)), "看不懂这个符号")
            tokens.append(_Token(found.lastgroup, found[found.lastgroup], found.start(found.lastgroup)))
            place = found.end()
        return [*tokens, _Token("end", "", end)]

    def _refusal(self, token: _Token, why: str) -> RuleRefusal:
        seen = f"“{token.text}”" if token.text else "末尾"
        words = f"适用条件第 {token.place + 1} 个字符处（{seen}）：{why}"
        return RuleRefusal(words, field="applies_when", article="A14.1c")
