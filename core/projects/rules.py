"""What the declaration and the due items are computed from: the form's fields, industries, and the guides in force."""

from collections.abc import Mapping
from functools import lru_cache

from core.domain.conditions import parse_rule
from core.domain.due_items import ItemRule, Relation, RelationKind
from core.domain.fields import FieldSpec, Industry, Step
from core.domain.remit import Level
from core.guides.guide import Catalogue, Guide, without_remark
from core.reference import loader


@lru_cache(maxsize=1)
def labels() -> Mapping[str, FieldSpec]:
    """Every field of a declaration by its identifier."""
    return {spec.identifier: spec for spec in field_specs()}


def field_specs() -> tuple[FieldSpec, ...]:
    """Every field of a declaration, in the order of the form (A14.1b)."""
    return loader.load().fields


def steps() -> tuple[Step, ...]:
    """The pages of the declaration form."""
    return loader.load().steps


@lru_cache(maxsize=1)
def industries() -> Mapping[str, Industry]:
    """The divisions of GB/T 4754 by their two digits."""
    return {one.code: one for one in loader.load().industries}


@lru_cache(maxsize=16)
def item_rules(found: Catalogue) -> tuple[ItemRule, ...]:
    """The applicability rule of every guide in force, in the catalogue's order."""
    return tuple(item_rule(guide) for guide in found.guides.values())


@lru_cache(maxsize=16)
def item_relations(found: Catalogue) -> tuple[Relation, ...]:
    """How the items stand to each other."""
    return tuple(
        Relation(
            guide.item_code, one.prerequisite, RelationKind(one.relation), one.reason, without_remark(one.legal_basis)
        )
        for guide in found.guides.values()
        for one in guide.relations
    )


@lru_cache(maxsize=512)
def item_rule(guide: Guide) -> ItemRule:
    """The applicability rule of one version of a guide."""
    return ItemRule(
        code=guide.item_code,
        name=guide.name,
        department=guide.department,
        project_types=frozenset(guide.project_types),
        rule=parse_rule(guide.applies_when, labels()),
        stage=guide.stage,
        kind=guide.kind,
        handling_levels=tuple(Level(level) for level in guide.levels),
        legal_basis=guide.legal_basis,
        statutory_limit=guide.statutory_days,
        limit_unit=guide.statutory_unit,
        limit_from=guide.statutory_from,
        extension=guide.extension,
        promised_limit=guide.promised_days,
        pause_grounds=guide.pause_grounds,
        fee=guide.fee,
        outcome_document=guide.outcome_document,
        outcome_validity=guide.outcome_validity,
        certainty=guide.certainty,
        note=guide.note,
    )
