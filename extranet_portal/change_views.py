"""What officers' pages show of change requests: rows, the difference old and new, open cases with their choices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.voiding import open_cases
from core.changes.effects import carryable
from core.changes.queries import changes_of, declaration
from core.changes.tables import ProjectChange
from core.domain.case_states import CASE
from core.domain.change_states import CHANGE, FATE_WORDS, KIND_WORDS, ChangeKind, ChangeState, Fate
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
class OpenCaseShown:
    """An open case: its name, where it stands, the fates it may have, the one chosen or typed."""

    field: str
    name: str
    org: str
    state: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    word: str


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


def cases_shown(ask: Ask, change: ProjectChange) -> list[OpenCaseShown]:
    """The open cases of the project with what may become of each: carried over only where that is possible (A12.2)."""
    can = carryable(ask.session, change, on=ask.today)
    tree = organisations(ask.session)
    shown = []
    for case in open_cases(ask.session, change.project_code):
        field = f"fate-{case.application_id}"
        choices = [(str(Fate.VOID), FATE_WORDS[Fate.VOID])]
        if case.application_id in can:
            choices.insert(0, (str(Fate.CARRY), FATE_WORDS[Fate.CARRY]))
        chosen = ask.shown(field, change.fates.get(case.application_id, ""))
        word = FATE_WORDS[Fate(chosen)] if chosen in set(Fate) else ""
        org = tree.unit_name(case.org_unit)
        shown.append(OpenCaseShown(field, case.item_name, org, CASE.word(case.state), tuple(choices), chosen, word))
    return shown
