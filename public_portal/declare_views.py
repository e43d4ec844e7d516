"""The declaration's pages as values: fields with what was typed, steps, expected items, the review (A14.1b, A14.1c)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.domain.clock import Unit
from core.domain.declaration import Result, is_required, shown, step_errors
from core.domain.due_items import Due, earliest_finish
from core.domain.fields import Facts, FieldSpec, Kind, Step, in_words
from core.guides.guide import Catalogue, Guide
from core.guides.publishing import catalogue
from core.organisations import organisations
from core.projects.declaring import expected_items
from core.projects.rules import field_specs, industries, labels, steps
from core.projects.tables import Draft
from core.reference import loader
from core.web.ask import Ask
from public_portal.regions import Group, flat_choices, site_groups, zone_groups
from public_portal.shown import names_in

Answers = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class FieldShown:
    """One question of the form: `widget` is a macro of `_widgets.html`; `values` are as typed."""

    name: str
    widget: str
    label: str
    values: tuple[str, ...]
    error: str
    hint: str
    example: str
    unit: str
    optional: bool
    choices: tuple[tuple[str, str], ...] = ()
    groups: tuple[Group, ...] = ()
    asks_more: bool = False

    @property
    def value(self) -> str:
        """The one value of a field that has one."""
        return self.values[0] if self.values else ""


@dataclass(frozen=True)
class StepShown:
    """One step in the list at the left."""

    label: str
    hint: str
    href: str
    state: str


@dataclass(frozen=True)
class ExpectedShown:
    """An item the declared facts make due, and why."""

    name: str
    why: str
    href: str


@dataclass(frozen=True)
class Expected:
    """The list at the right: what may be expected so far, and about how long all of it takes."""

    items: tuple[ExpectedShown, ...]
    at_once: int
    working_days: int


@dataclass(frozen=True)
class ReviewSection:
    """One step on the page of review: its facts, and what is wrong in it."""

    title: str
    href: str
    rows: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, str], ...]


_WIDGETS = {
    Kind.LONG_TEXT: "textarea",
    Kind.LEGACY_CODES: "textarea",
    Kind.BOUNDARY: "textarea",
    Kind.CHOICES: "checkboxes",
    Kind.REGIONS: "checkboxes",
    Kind.YES_NO: "yes_no",
    Kind.CONFIRM: "confirm",
    Kind.DECIMAL: "amount",
    Kind.MONTH: "month",
    Kind.DATE: "day",
    Kind.REGION: "grouped",
    Kind.ZONE: "grouped",
    Kind.INDUSTRY: "grouped",
    Kind.INDUSTRY_CLASS: "number",
    Kind.CREDIT_CODE: "short",
    Kind.IDENTITY_NUMBER: "short",
    Kind.MOBILE: "number",
    Kind.PHONE: "short",
    Kind.EMAIL: "text",
    Kind.PROJECT_CODE: "text",
}
_CHOSEN = frozenset(
    {Kind.CHOICE, Kind.CHOICES, Kind.YES_NO, Kind.REGION, Kind.REGIONS, Kind.ZONE, Kind.INDUSTRY, Kind.CONFIRM}
)
"""Kinds whose answers stand on the page: an example would only repeat one of them."""

_FEW = 7
"""Choices up to this number are radio buttons, more are a list."""

_ON_CONDITION = frozenset(spec.condition for spec in field_specs() if spec.condition)


def fields_of(step: Step) -> tuple[FieldSpec, ...]:
    """The fields of a step, in page order."""
    return tuple(labels()[name] for name in step.fields)


def asked_of(step: Step, facts: Facts) -> list[FieldSpec]:
    """The fields this project is asked in a step, by what is known of it so far."""
    return [spec for spec in fields_of(step) if shown(spec, facts)]


def fields_shown(ask: Ask, step: Step, answers: Answers, facts: Facts, errors: Mapping[str, str]) -> list[FieldShown]:
    """The questions of a step as the page prints them."""
    return [_field(ask, spec, answers.get(spec.identifier, []), facts, errors) for spec in asked_of(step, facts)]


def steps_shown(ask: Ask, draft: Draft, result: Result, now: Step) -> list[StepShown]:
    """The list of steps: done when visited and without an error."""
    listed = []
    for step in steps():
        visited = step.slug in draft.visited
        wrong = len(step_errors(field_specs(), result, step.slug))
        state = "now" if step.slug == now.slug else ("done" if visited and not wrong else "")
        hint = f"还有 {wrong} 处要填或改" if visited and wrong and state != "now" else ""
        listed.append(StepShown(step.title, hint, _href(ask, draft, step), state))
    return listed


def expected(ask: Ask, facts: Facts) -> Expected:
    """What the unit may expect to obtain, from the facts so far (A14.1c)."""
    found = expected_items(ask.session, facts, on=ask.today) if facts.get("project_type") else ()
    guides = catalogue(ask.session, on=ask.today)
    return _expected(found, guides)


def review(ask: Ask, draft: Draft, result: Result) -> list[ReviewSection]:
    """Every fact by section with the way back to it, and every error of every step at once."""
    names = {**loader.load().place_names}
    names |= {code: organisations(ask.session).path(code) for code in organisations(ask.session).regions}
    return [
        ReviewSection(
            step.title,
            _href(ask, draft, step),
            tuple(
                (spec.label, in_words(spec, result.facts.get(spec.identifier), names))
                for spec in asked_of(step, result.facts)
            ),
            tuple(step_errors(field_specs(), result, step.slug).items()),
        )
        for step in steps()
        if step.fields
    ]


def _href(ask: Ask, draft: Draft, step: Step) -> str:
    return ask.url("declaration.see_step", draft_id=draft.id, step=step.slug)


def _field(ask: Ask, spec: FieldSpec, values: Sequence[str], facts: Facts, errors: Mapping[str, str]) -> FieldShown:
    return FieldShown(
        name=spec.identifier,
        widget=_widget(spec),
        label=spec.label,
        values=tuple(values),
        error=errors.get(spec.identifier, ""),
        hint=spec.hint,
        example="" if spec.kind in _CHOSEN else spec.example,
        unit=spec.unit,
        optional=not is_required(spec, facts, industries()),
        choices=_choices(ask, spec),
        groups=_groups(ask, spec),
        asks_more=spec.identifier in _ON_CONDITION or spec.identifier in ("project_type", "industry_division"),
    )


def _widget(spec: FieldSpec) -> str:
    if spec.kind is Kind.CHOICE:
        return "radios" if len(spec.choices) <= _FEW else "select"
    return _WIDGETS.get(spec.kind, "text")


def _choices(ask: Ask, spec: FieldSpec) -> tuple[tuple[str, str], ...]:
    if spec.kind is Kind.REGIONS:
        return tuple(flat_choices(ask.session))
    return tuple((one.code, one.name) for one in spec.choices)


def _groups(ask: Ask, spec: FieldSpec) -> tuple[Group, ...]:
    if spec.kind is Kind.REGION:
        return tuple(site_groups(ask.session))
    if spec.kind is Kind.ZONE:
        return tuple(zone_groups(ask.session))
    return _industry_groups() if spec.kind is Kind.INDUSTRY else ()


def _industry_groups() -> tuple[Group, ...]:
    sections = names_in("industry_section")
    return tuple(
        Group(
            f"{section} {name}",
            tuple((one.code, f"{one.code} {one.name}") for one in industries().values() if one.section == section),
        )
        for section, name in sections.items()
    )


def _expected(found: Sequence[Due], guides: Catalogue) -> Expected:
    limits = {due.item_code: _working_days(guides.guides[due.item_code]) for due in found}
    return Expected(
        tuple(ExpectedShown(guides.named(due.item_code), due.why, f"/guides/{due.item_code}") for due in found),
        at_once=sum(1 for due in found if not due.blockers),
        working_days=earliest_finish(found, limits).working_days if found else 0,
    )


def _working_days(guide: Guide) -> int | None:
    days = guide.handling_days
    return days if days is None or guide.handling_unit is Unit.WORKING_DAY else -(-days * 5 // 7)
