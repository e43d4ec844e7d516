"""What the pages of a change request show: rows of the list, parts to choose, the difference old and new (A14.1e)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.changes.tables import ChangeRequest
from core.domain.change_states import CHANGE, KIND_WORDS, ChangeKind, ChangeState
from core.domain.changes import Difference, differences
from core.domain.fields import Kind
from core.domain.publicity import mask_id
from core.organisations import organisations
from core.projects.rules import field_specs, labels, steps
from core.reference import loader
from core.web.ask import Ask

_TONES = {
    ChangeState.RETURNED: "yellow",
    ChangeState.SUBMITTED: "blue",
    ChangeState.GRANTED: "green",
    ChangeState.SUPERSEDED: "green",
    ChangeState.REFUSED: "red",
}


@dataclass(frozen=True)
class RowShown:
    """One request in the list."""

    href: str
    kind: str
    state: str
    tone: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class PartShown:
    """One part of the declaration to choose from, with how much of it was altered and is wrong."""

    title: str
    href: str
    changed: int
    wrong: int
    first_wrong: str


def list_rows(ask: Ask, requests: Sequence[ChangeRequest]) -> list[RowShown]:
    """The requests of a project, the newest first."""
    return [
        RowShown(
            ask.url("my_change.see_one", code=one.project_code, change_id=one.id),
            KIND_WORDS[ChangeKind(one.kind)],
            CHANGE.word(one.state),
            _TONES.get(ChangeState(one.state), "still"),
            one.reason,
            one.submitted_at or one.begun_at,
        )
        for one in requests
    ]


def parts_shown(ask: Ask, request: ChangeRequest, changed: Sequence[str], wrong: Mapping[str, str]) -> list[PartShown]:
    """The parts of the declaration, so that one goes straight to what is to be altered."""
    parts = []
    for step in steps():
        if step.fields:
            faults = [name for name in wrong if labels()[name].step == step.slug]
            href = ask.url("my_change.see_step", code=request.project_code, change_id=request.id, step=step.slug)
            count = sum(labels()[name].step == step.slug for name in changed)
            parts.append(PartShown(step.title, href, count, len(faults), faults[0] if faults else ""))
    return parts


def differences_shown(ask: Ask, request: ChangeRequest, facts: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Old and new, field by field, as its own unit reads it; identity numbers are masked all the same (A9.1)."""
    tree = organisations(ask.session)
    names = {**loader.load().place_names} | {code: tree.path(code) for code in tree.regions}
    return differences(field_specs(), request.before, facts, names=names, masks={Kind.IDENTITY_NUMBER: mask_id})
