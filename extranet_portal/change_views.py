"""What officers' pages show of change requests: rows, the difference old and new, open cases with their choices."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.tables import Case
from core.cases.voiding import granted_cases, open_cases
from core.changes import queries
from core.changes.effects import carryable
from core.changes.queries import changes_of, declaration
from core.changes.tables import ProjectChange
from core.domain.case_states import CASE
from core.domain.change_states import (
    CHANGE,
    DECIDED_FATES,
    FATE_WORDS,
    KIND_WORDS,
    OPEN_FATES,
    WITH_FACTS,
    ChangeKind,
    ChangeState,
    Fate,
)
from core.domain.changes import Difference, changed_fields, differences, in_code, major_signs
from core.domain.fields import Kind
from core.domain.publicity import mask_email, mask_id, mask_mobile
from core.organisations import organisations
from core.projects.rules import field_specs, labels
from core.reference import loader
from core.web.ask import Ask

TONES = {
    ChangeState.SUBMITTED: "blue",
    ChangeState.RETURNED: "yellow",
    ChangeState.GRANTED: "green",
    ChangeState.GRANTED_AS_MAJOR: "green",
    ChangeState.SUPERSEDED: "green",
    ChangeState.REFUSED: "red",
}
_MASKS = {
    Kind.IDENTITY_NUMBER: mask_id,
    Kind.MOBILE: mask_mobile,
    Kind.PHONE: mask_mobile,
    Kind.EMAIL: mask_email,
}


@dataclass(frozen=True)
class ChangeShown:
    """One request among a project's changes."""

    identity: str
    href: str
    kind: str
    state: str
    tone: str
    reason: str
    version: int | None
    at: object


@dataclass(frozen=True)
class CaseToChoose:
    """A case: its name, where it stands, the fates it may have, the one chosen or typed."""

    field: str
    name: str
    org: str
    state: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Altered:
    """What a change of facts alters: field by field, what of it the code names, what speaks for a major change."""

    rows: tuple[Difference, ...] = ()
    named: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


def changes_shown(ask: Ask, project_code: str) -> tuple[ChangeShown, ...]:
    """Every request of a project, the newest first."""
    return tuple(
        ChangeShown(
            one.id,
            ask.url("change.see", change_id=one.id),
            KIND_WORDS[ChangeKind(one.kind)],
            CHANGE.word(one.state),
            TONES.get(ChangeState(one.state), "still"),
            one.reason,
            one.number,
            one.submitted_at,
        )
        for one in changes_of(ask.session, project_code)
    )


def altered(ask: Ask, change: ProjectChange) -> Altered:
    """Old and new, field by field; contacts and identity numbers are masked (A9.1, A14.1e)."""
    if change.facts is None:
        return Altered()
    before: Mapping[str, Any] = declaration(ask.session, change.project_code, change.base).facts
    tree = organisations(ask.session)
    names = {**loader.load().place_names} | {code: tree.path(code) for code in tree.regions}
    changed = changed_fields(field_specs(), before, change.facts)
    return Altered(
        differences(field_specs(), before, change.facts, names=names, masks=_MASKS),
        tuple(labels()[field].spoken for field in in_code(changed)),
        major_signs(before, change.facts),
    )


def cases_shown(ask: Ask, change: ProjectChange) -> list[CaseToChoose]:
    """The cases of the project with what may become of each: carried over only where that is possible (A12.2).

    Those that are open; where a new code may be given also those that were granted.
    """
    can = carryable(ask.session, change, on=ask.today)
    granted = granted_cases(ask.session, change.project_code) if change.kind in WITH_FACTS else ()
    return [
        *(_case(ask, change, case, OPEN_FATES, can) for case in open_cases(ask.session, change.project_code)),
        *(_case(ask, change, case, DECIDED_FATES, can) for case in granted),
    ]


def fates_shown(ask: Ask, change: ProjectChange) -> list[tuple[str, str]]:
    """What was chosen for each case when the change was decided: its item with its unit, and its fate (A12.2)."""
    tree = organisations(ask.session)
    return [
        (f"{case.item_name}　{tree.unit_name(case.org_unit)}", FATE_WORDS[fate])
        for case, fate in queries.fates_of(ask.session, change)
    ]


def _case(ask: Ask, change: ProjectChange, case: Case, fates: Mapping[Fate, str], can: Collection[str]) -> CaseToChoose:
    field = f"fate-{case.application_id}"
    is_possible = case.application_id in can
    choices = tuple((str(fate), word) for fate, word in fates.items() if fate is not Fate.CARRY or is_possible)
    chosen = ask.shown(field, change.fates.get(case.application_id, ""))
    org = organisations(ask.session).unit_name(case.org_unit)
    return CaseToChoose(field, case.item_name, org, CASE.word(case.state), choices, chosen)
