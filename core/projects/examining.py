"""The extranet believes no form: declared facts are read again by the rules of the form (A2.1, A14.1b).

Whoever has taken over the internet portal can have anything sealed; what no form would have let through is held back
for operators, before an officer's page has to show it. Identity numbers never travel, so they are not asked for here.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from core.domain.changes import answers_of
from core.domain.declaration import read_answers
from core.domain.fields import Kind
from core.errors import NotAllowed, Refusal
from core.organisations import organisations
from core.projects.rules import field_specs, industries

ONCE = frozenset({"planned_start"})
"""Judged by the day on which the form was filled in; a project declared anew keeps the day it had. What can't be read
as a day at all was on no form on any day."""


def refuse_malformed(session: Session, facts: Mapping[str, Any], *, on: date) -> None:
    """Refuse facts that the form would not have let through, naming the fields; `on` is the day of declaring (T11)."""
    if wrong := malformed_fields(session, facts, on=on):
        raise NotAllowed(f"malformed：申报信息不合规定（{'、'.join(wrong[:10])}）", article="A14.1b")


def malformed_fields(session: Session, facts: Mapping[str, Any], *, on: date) -> list[str]:
    """The fields whose values no form gives, in order; empty when all is well. What is absent shows nowhere."""
    specs = tuple(spec for spec in field_specs() if spec.kind is not Kind.IDENTITY_NUMBER)
    known = {spec.identifier for spec in specs}
    if further := sorted(facts.keys() - known):
        return further
    try:
        read = read_answers(
            specs, answers_of(specs, facts), today=on, regions=organisations(session).regions, industries=industries()
        )
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, Refusal):
        return ["全部"]
    wrong = {
        name for name in facts if read.facts.get(name) != facts[name] or (name in read.errors and name not in ONCE)
    }
    return [spec.identifier for spec in specs if spec.identifier in wrong]
