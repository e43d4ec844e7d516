"""The declaration of a project: which fields are asked, how the form is read, what of it the public sees (A14.1b).

`read_answers` finds everything that is wrong at once. A draft is saved whatever it finds (but never with a classified
word, A3.2): the step shows `step_errors`; submitting wants `all_errors` to be empty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.domain.answers import YES, Ground, missing_words, read_value
from core.domain.declaration_rules import BUDGETS, RULES, Rule
from core.domain.fields import Disclosure, Facts, FieldSpec, Industry, JsonValue
from core.domain.remit import Region
from core.errors import FormRefusal, RuleRefusal

OPTIONAL_ELSEWHERE = frozenset({*BUDGETS, "fund_own_funds", "project_capital"})
"""Required for some project types, offered to the others too: an enterprise may get a subsidy, a school own funds."""

PRODUCT_SECTIONS = frozenset("BCD")
"""Sections of GB/T 4754 that make things: mining, manufacturing, energy and water."""


@dataclass(frozen=True)
class Result:
    """A form as it was understood: the facts that could be read, and identifier → words for the rest, in page order."""

    facts: dict[str, JsonValue]
    errors: dict[str, str]


def shown(spec: FieldSpec, facts: Facts) -> bool:
    """Whether this field is asked of this project: by its type, and by the yes-or-no field it hangs on."""
    if spec.condition:
        return facts.get(spec.condition) is True
    if not spec.required_for or spec.identifier in OPTIONAL_ELSEWHERE:
        return True
    return facts.get("project_type") in (None, *spec.required_for)


def is_required(spec: FieldSpec, facts: Facts, industries: Mapping[str, Industry]) -> bool:
    """Whether this project must answer the field; the others are marked 选填."""
    if spec.identifier == "main_products":
        industry = industries.get(str(facts.get("industry_division")))
        return industry is not None and industry.section in PRODUCT_SECTIONS
    if spec.condition:
        return shown(spec, facts)
    return facts.get("project_type") in spec.required_for or len(spec.required_for) == 3


def read_answers(
    specs: Sequence[FieldSpec],
    answers: Mapping[str, list[str]],
    *,
    today: date,
    regions: Mapping[str, Region],
    industries: Mapping[str, Industry],
    earliest_start: str = "",
    rules: Sequence[Rule] = RULES,
) -> Result:
    """Read raw form values, field by field and then as a whole.

    `today` is the day in Asia/Shanghai, `regions` those valid on it, `earliest_start` as in `Ground`; `rules` are those
    between the fields. Facts hold only what is asked of this project and could be read; answers to fields that are no
    longer asked are left out. Raises nothing. A14.1b.
    """
    ground = Ground(today, regions, industries, earliest_start)
    values, errors = _read_each(specs, answers, ground)
    facts = {spec.identifier: values[spec.identifier] for spec in specs if _counts(spec, values)}
    asked = {spec.identifier for spec in specs if shown(spec, facts)}
    errors = {field: words for field, words in errors.items() if field in asked}
    for spec in specs:
        if spec.identifier not in facts and is_required(spec, facts, industries) and spec.identifier in asked:
            errors.setdefault(spec.identifier, missing_words(spec))
    unread = frozenset(errors)
    for rule in rules:
        for field, words in rule(facts, ground, unread):
            errors.setdefault(field, words)
    return Result(facts, _in_page_order(specs, errors))


def step_errors(specs: Sequence[FieldSpec], result: Result, step: str) -> dict[str, str]:
    """What one page of the form has to show; `step` is its slug."""
    here = {spec.identifier for spec in specs if spec.step == step}
    return {field: words for field, words in result.errors.items() if field in here}


def all_errors(result: Result) -> dict[str, str]:
    """Everything that keeps the declaration from being submitted, in page order; empty means it may be."""
    return dict(result.errors)


def refuse_errors(result: Result) -> None:
    """Refuse to submit while anything is wrong, naming every field at once. A14.1b."""
    if result.errors:
        raise FormRefusal(all_errors(result), article="A14.1b")


def refuse_undeclared(specs: Sequence[FieldSpec], answers: Mapping[str, list[str]]) -> None:
    """Refuse to store anything before the unit declared that nothing is classified (A3.2)."""
    spec = next(spec for spec in specs if spec.identifier == "not_classified_declared")
    if not YES & set(answers.get(spec.identifier, [])):
        raise FormRefusal({spec.identifier: missing_words(spec)}, article="A3.2")


def texts(answers: Mapping[str, list[str]]) -> dict[str, str]:
    """Every answer as one text per field, for `core.domain.secrecy.refuse_classified` (A3.2)."""
    return {field: "\n".join(given) for field, given in answers.items()}


def home_region(facts: Facts) -> tuple[str, str]:
    """Region code of the site and code of its development zone, "" without one: what `competent_region` starts from."""
    return str(facts.get("region_code") or ""), str(facts.get("development_zone_code") or "")


def public_facts(
    specs: Sequence[FieldSpec], facts: Facts, *, claimed: Collection[str] | None = None
) -> dict[str, JsonValue]:
    """The facts everybody may read, in page order (A17.1).

    `claimed` are fields the unit claimed as trade secrets among those it may claim; None means that nobody has asked it
    yet, and then all of those stay back. Of the legal representative the name is public. Internal and never-public
    fields are never in the answer.
    """
    return {
        spec.identifier: facts[spec.identifier] for spec in specs if spec.identifier in facts and _open(spec, claimed)
    }


def _open(spec: FieldSpec, claimed: Collection[str] | None) -> bool:
    if spec.disclosure is Disclosure.ON_CLAIM:
        return claimed is not None and spec.identifier not in claimed
    return spec.disclosure in (Disclosure.PUBLIC, Disclosure.NAME_ONLY)


def _read_each(
    specs: Sequence[FieldSpec], answers: Mapping[str, list[str]], ground: Ground
) -> tuple[dict[str, JsonValue], dict[str, str]]:
    values: dict[str, JsonValue] = {}
    errors: dict[str, str] = {}
    for spec in specs:
        try:
            values[spec.identifier] = read_value(spec, answers.get(spec.identifier, []), ground)
        except RuleRefusal as refusal:
            errors[spec.identifier] = refusal.words
    return values, errors


def _counts(spec: FieldSpec, values: Facts) -> bool:
    return values.get(spec.identifier) is not None and shown(spec, values)


def _in_page_order(specs: Sequence[FieldSpec], errors: Mapping[str, str]) -> dict[str, str]:
    return {spec.identifier: errors[spec.identifier] for spec in specs if spec.identifier in errors}
