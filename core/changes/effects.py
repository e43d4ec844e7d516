"""What granting a change would do, seen before it is done: due items, open cases, the code (A12.2). Extranet."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from core.cases.replanning import standing_cases
from core.cases.tables import Case
from core.cases.voiding import granted_cases, open_cases
from core.changes.queries import declaration
from core.changes.tables import ProjectChange
from core.domain.change_states import DECIDED_FATES, OPEN_FATES, WITH_FACTS, ChangeFacts, ChangeKind, Fate, undecided
from core.domain.changes import changed_fields, in_code
from core.domain.due_items import due_items
from core.guides.publishing import catalogue
from core.organisations import organisations
from core.projects.due_rows import competent_unit
from core.projects.rules import field_specs, item_relations, item_rules, labels
from core.projects.tables import DueItem


@dataclass(frozen=True)
class Effects:
    """Names of the items that would become due, that would be due no longer, and that stay for they have a case."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    staying: tuple[str, ...] = ()


def effects(session: Session, change: ProjectChange, *, on: date) -> Effects:
    """What a change of facts would do to the list of due items; nothing is changed (A14.1c, A14.1e)."""
    if change.facts is None:
        return Effects()
    names = catalogue(session, on=on)
    wanted = set(_due_units(session, change.facts, on=on))
    rows = session.exec(select(DueItem).where(col(DueItem.project_code) == change.project_code)).all()
    live = {row.item_code: row for row in rows if row.dropped_on is None}
    by_hand = {row.item_code for row in rows if (row.dropped_by if row.dropped_on else row.added_by) != "platform"}
    standing = standing_cases(session, change.project_code).keys()
    leaving = [code for code in live if code not in wanted | by_hand]

    def named(codes: Collection[str]) -> tuple[str, ...]:
        return tuple(names.named(code) for code in sorted(codes))

    return Effects(
        added=named(wanted - live.keys() - by_hand),
        dropped=named([code for code in leaving if code not in standing]),
        staying=named([code for code in leaving if code in standing]),
    )


def carryable(session: Session, change: ProjectChange, *, on: date) -> set[str]:
    """Application ids of the cases, open or granted, that can go on under a new code: due there, before the same unit.

    A12.2.
    """
    if change.facts is None:
        return set()
    units = _due_units(session, change.facts, on=on)
    cases = (*open_cases(session, change.project_code), *granted_cases(session, change.project_code))
    return {case.application_id for case in cases if units.get(case.item_code) == case.org_unit}


def change_facts(session: Session, change: ProjectChange, event: str, fates: Mapping[str, str]) -> ChangeFacts:
    """What the guards of the change machine are told."""
    changed: tuple[str, ...] = ()
    if change.kind in WITH_FACTS and change.facts is not None:
        base = declaration(session, change.project_code, change.base).facts
        changed = changed_fields(field_specs(), base, change.facts)
    return ChangeFacts(
        kind=change.kind,
        changed=changed,
        in_code=tuple(labels()[field].spoken for field in in_code(changed)),
        undecided=tuple(
            name
            for cases, allowed in cases_to_decide(session, change, event)
            for name in undecided(_named(cases), fates, allowed)
        ),
    )


def cases_to_decide(
    session: Session, change: ProjectChange, event: str
) -> list[tuple[Sequence[Case], Collection[Fate]]]:
    """The cases of which a decision must say what becomes of each, with what may: none where the code stays (A12.2)."""
    still_open = open_cases(session, change.project_code)
    if event == "grant_as_major":
        return [(still_open, OPEN_FATES), (granted_cases(session, change.project_code), DECIDED_FATES)]
    ends = event == "grant" and change.kind == ChangeKind.TERMINATION
    return [(still_open, {Fate.VOID})] if ends else []


def _named(cases: Sequence[Case]) -> list[tuple[str, str]]:
    return [(case.application_id, case.item_name) for case in cases]


def fate_of(change: ProjectChange, case: Case) -> str:
    """What was chosen for a case; empty when nothing was."""
    return change.fates.get(case.application_id, "")


def _due_units(session: Session, facts: Mapping[str, Any], *, on: date) -> dict[str, str]:
    """Item code → competent unit of everything these facts make due."""
    guides, tree = catalogue(session, on=on), organisations(session)
    found = due_items(facts, item_rules(guides), item_relations(guides), labels=labels())
    return {due.item_code: competent_unit(tree, guides.guides[due.item_code], facts, on=on) for due in found}
