"""Two versions of a declaration side by side: what differs, what the code itself names, what speaks for a major change.

Also the way back from facts to a filled-in form, so that a change begins with what was declared (A12.2, A14.1e).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.domain.fields import Facts, FieldSpec, JsonValue, Kind, amount, in_words

CODE_FIELDS = ("region_code", "industry_division", "project_type")
"""Facts that stand in the project code; a change of one of them takes a new code (A11.1, A12.2)."""

Masks = Mapping[Kind, Callable[[str], str]]
"""How a value that not every reader may see is shown, by the kind of its field."""

GREATER_BY = Decimal("0.1")
"""A government investment above its approved estimate by more than a tenth is reported anew (政府投资条例 第十二条)."""


@dataclass(frozen=True)
class Difference:
    """One fact that differs: its step of the form, what it is called, how it read before and how it reads now."""

    field: str
    step: str
    label: str
    before: str
    after: str


def changed_fields(specs: Sequence[FieldSpec], before: Facts, after: Facts) -> tuple[str, ...]:
    """The identifiers of the facts that differ, in the order of the form."""
    return tuple(
        spec.identifier for spec in specs if _plain(before.get(spec.identifier)) != _plain(after.get(spec.identifier))
    )


def differences(
    specs: Sequence[FieldSpec], before: Facts, after: Facts, *, names: Mapping[str, str], masks: Masks | None = None
) -> tuple[Difference, ...]:
    """Field by field, old and new in words; what is masked, or reads the same though it differs, says so (A14.1e)."""
    known = {spec.identifier: spec for spec in specs}
    return tuple(
        _difference(known[field], before, after, names, masks or {}) for field in changed_fields(specs, before, after)
    )


def in_code(changed: Sequence[str]) -> tuple[str, ...]:
    """Those of the changed fields that the project code names."""
    return tuple(field for field in CODE_FIELDS if field in changed)


def major_signs(before: Facts, after: Facts) -> tuple[str, ...]:
    """What speaks for a major change, in words: a hint to whoever applies and decides, no rule (A12.2)."""
    signs = []
    if any(before.get(field) != after.get(field) for field in CODE_FIELDS):
        signs.append("建设地点所在行政区、所属行业或项目类型改变，项目代码与之不再相符")
    elif _differs("site_address", before, after):
        signs.append("建设地点改变")
    old, new = amount(before, "total_investment"), amount(after, "total_investment")
    if old and new and new > old * (1 + GREATER_BY):
        signs.append(f"总投资比原申报增加 {(new - old) / old:.0%}")
    if _differs("scale_and_content", before, after):
        signs.append("建设规模和内容改变")
    return tuple(signs)


def _differs(field: str, before: Facts, after: Facts) -> bool:
    """Whether a fact was declared and reads otherwise now; one that is only completed is no sign (A12.1)."""
    return field in before and before[field] != after.get(field)


def answers_of(specs: Sequence[FieldSpec], facts: Facts) -> dict[str, list[str]]:
    """The form filled in with these facts: read again it gives the same facts (A14.1e)."""
    return {
        spec.identifier: _answer(spec, facts[spec.identifier])
        for spec in specs
        if facts.get(spec.identifier) not in (None, "", [])
    }


def _difference(spec: FieldSpec, before: Facts, after: Facts, names: Mapping[str, str], masks: Masks) -> Difference:
    mask = masks.get(spec.kind)
    old, new = (in_words(spec, facts.get(spec.identifier), names) for facts in (before, after))
    if mask is not None:
        old, new = (mask(words) if words else "" for words in (old, new))
    if old == new:
        new = f"{new}（内容已调整）"
    return Difference(spec.identifier, spec.step, spec.spoken, old, new)


def _plain(value: JsonValue) -> JsonValue:
    return None if value in ("", []) else value


def _answer(spec: FieldSpec, value: JsonValue) -> list[str]:
    if spec.kind is Kind.BOUNDARY:
        return [json.dumps(value, ensure_ascii=False)]
    if spec.kind is Kind.LEGACY_CODES and isinstance(value, list):
        return ["\n".join(_legacy_line(spec, one) for one in value if isinstance(one, dict))]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, list):
        return [str(one) for one in value]
    return [str(value)]


def _legacy_line(spec: FieldSpec, code: dict[str, JsonValue]) -> str:
    kind, value = str(code["kind"]), str(code["value"])
    return value if kind == "other" else f"{spec.name_of(kind)}：{value}"
