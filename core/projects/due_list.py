"""The list of due items (应办事项清单) of a project: told at verification, changed afterwards (A14.1c). Extranet.

Whoever changes it says why; the order and the prerequisites of the whole list are settled anew, the change enters the
trace, and the internet zone is told the list as it now stands. Cases lie above this module: who changes the list holds
it first with `hold_list`, asks what the cases say, then changes (`core.cases.replanning`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.clocks import business_date
from core.domain.due_items import due_items
from core.domain.policy import PLATFORM, Actor, Role
from core.domain.project_states import CONCLUDED, LIST_CHANGES_IN, PROJECT
from core.domain.secrecy import refuse_classified
from core.errors import RuleRefusal
from core.exchange.outbox import send
from core.guides.guide import Guide
from core.guides.publishing import catalogue, item_name
from core.organisations import organisations
from core.projects.due_rows import Setting, new_row, settle, told
from core.projects.messages import DueChangeTold, DueItemsChanged, DueItemsTold
from core.projects.rules import item_relations, item_rules, labels
from core.projects.tables import Declaration, DueItem, Project
from core.trace import record, step

BY_RULE = "platform"
"""`added_by` and `dropped_by` of what the rules alone decided; anything else was decided by a person and stays."""

LONGEST_REASON = 500


@dataclass(frozen=True)
class Changed:
    """What became of a list: the items that are due since, and those that are no longer."""

    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


def tell_due_items(session: Session, project: Project, facts: Mapping[str, Any], *, at: datetime) -> None:
    """Work out the due items, keep them and tell the unit which, from whom, in which order, and why (A14.1c)."""
    guides = catalogue(session, on=business_date(at))
    found = due_items(facts, item_rules(guides), item_relations(guides), labels=labels())
    setting = Setting(organisations(session), facts, business_date(at))
    rows = [new_row(project.code, guides.guides[due.item_code], due.why, setting) for due in found]
    settle(session, rows, on=business_date(at))
    session.add_all(rows)
    session.flush()
    record(
        session, "due_items.tell", "project", project.code, f"告知应办事项 {len(rows)} 项",
        by=PLATFORM, at=at, project_code=project.code,
    )  # fmt: skip
    send(session, DueItemsTold(project_code=project.code, items=told(session, rows), told_at=at), at=at)


def newest_facts(session: Session, project_code: str) -> dict[str, Any]:
    """The facts as last declared (A14.1b)."""
    of_project = select(Declaration).where(col(Declaration.project_code) == project_code)
    return session.exec(of_project.order_by(col(Declaration.number).desc()).limit(1)).one().facts


def hold_list(session: Session, project_code: str) -> Sequence[DueItem]:
    """Every row of the list as it stands; its project is locked until the transaction ends, so no case opens meanwhile.

    NO KEY UPDATE, as completion takes it: cases that exist may go on.
    """
    session.flush()
    locked = sa.select(col(Project.code)).where(col(Project.code) == project_code)
    session.connection().execute(locked.with_for_update(key_share=True))
    rows = select(DueItem).where(col(DueItem.project_code) == project_code).order_by(col(DueItem.position))
    return session.exec(rows, execution_options={"populate_existing": True}).all()


def add_item(session: Session, project: Project, item_code: str, *, reason: str, by: Actor, at: datetime) -> DueItem:
    """Make an item of the catalogue due for this project, with the reason that the unit reads (A14.1c).

    Refuses an item that is due already, one that the catalogue doesn't hold or that is for other project types, and a
    project whose list can't change. A project that was concluded is in approval again.
    """
    _may_change(project)
    said = _reason(reason)
    rows = {row.item_code: row for row in hold_list(session, project.code)}
    guide = catalogue(session, on=business_date(at)).guides.get(item_code)
    if guide is None:
        raise RuleRefusal("请选择要增加的事项", field="item", article="A14.1c")
    if (known := rows.get(item_code)) is not None and known.dropped_on is None:
        raise RuleRefusal(f"“{guide.name}”已在应办事项之内", field="item", article="A14.1c")
    if project.project_type not in guide.project_types:
        raise RuleRefusal(f"“{guide.name}”不适用于这一类项目", field="item", article="A14.1c")
    setting = Setting(organisations(session), newest_facts(session, project.code), business_date(at))
    why = f"{by.org_name or by.name}增加：{said}"
    added = _due_again(session, project.code, known, guide, why, setting, by=by.id)
    _reopen(session, project, at=at)
    _tell_change(session, project, Changed(added=(item_code,)), said, by=by, at=at)
    return added


def drop_item(session: Session, project: Project, item_code: str, *, reason: str, by: Actor, at: datetime) -> DueItem:
    """Take an item off the list, with the reason that the unit reads; what waited for it waits no longer (A14.1c).

    Refuses an item that isn't due, the only one left, and a project whose list can't change. Whether a case stands
    against it is asked by the caller.
    """
    _may_change(project)
    said = _reason(reason)
    live = [row for row in hold_list(session, project.code) if row.dropped_on is None]
    row = next((one for one in live if one.item_code == item_code), None)
    if row is None:
        raise RuleRefusal("这个事项不在应办事项之内", field="item", article="A14.1c")
    if len(live) == 1:
        raise RuleRefusal("应办事项只剩这一项，不能去掉", field="item", article="A14.1c")
    row.dropped_on, row.dropped_reason, row.dropped_by = business_date(at), said, by.id
    session.add(row)
    _tell_change(session, project, Changed(dropped=(item_code,)), said, by=by, at=at)
    return row


def recompute(
    session: Session, project: Project, facts: Mapping[str, Any], *, keep: Collection[str], reason: str, by: Actor,
    at: datetime,
) -> Changed:  # fmt: skip
    """Make the list what these facts make due, when the facts of a project changed (A12.1, A14.1c).

    `keep` are the items with an open or concluded case: they stay. What a person added or dropped stays as decided.
    Nothing is told when nothing changes; else as for `add_item` and `drop_item`. `facts` are already those declared.
    """
    guides = catalogue(session, on=business_date(at))
    rows = {row.item_code: row for row in hold_list(session, project.code)}
    found = due_items(facts, item_rules(guides), item_relations(guides), labels=labels())
    wanted = {due.item_code: due.why for due in found}
    by_hand = {code for code, row in rows.items() if _decided_by_hand(row)}
    live = {code for code, row in rows.items() if row.dropped_on is None}
    added = tuple(code for code in wanted if code not in live and code not in by_hand)
    dropped = tuple(code for code in rows if code in live and code not in {*wanted, *keep, *by_hand})
    reworded = {code for code in live & wanted.keys() - by_hand if rows[code].why != wanted[code]}
    if not (added or dropped or reworded):
        return Changed()
    for code in reworded:
        rows[code].why = wanted[code]
    setting = Setting(organisations(session), facts, business_date(at))
    for code in added:
        _due_again(session, project.code, rows.get(code), guides.guides[code], wanted[code], setting, by=BY_RULE)
    for code in dropped:
        rows[code].dropped_on, rows[code].dropped_reason = business_date(at), reason
        rows[code].dropped_by = BY_RULE
        session.add(rows[code])
    if added:
        _reopen(session, project, at=at)
    changed = Changed(added, dropped)
    _tell_change(session, project, changed, reason, by=by, at=at)
    return changed


def _may_change(project: Project) -> None:
    if project.state not in LIST_CHANGES_IN:
        raise RuleRefusal(f"项目{PROJECT.word(project.state)}，应办事项清单不能调整", article="A14.1c")


def _reason(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise RuleRefusal("请填写理由，项目单位会看到", field="reason", article="A14.1c")
    if len(said) > LONGEST_REASON:
        raise RuleRefusal(f"理由请不超过 {LONGEST_REASON} 字", field="reason")
    refuse_classified({"reason": said})
    return said


def _decided_by_hand(row: DueItem) -> bool:
    return (row.dropped_by if row.dropped_on else row.added_by) != BY_RULE


def _due_again(
    session: Session, code: str, known: DueItem | None, guide: Guide, why: str, setting: Setting, *, by: str
) -> DueItem:
    row = known or new_row(code, guide, why, setting)
    row.org_unit = setting.unit_for(guide)
    row.guide_version, row.why, row.added_by = guide.version_id, why[:1000], by
    row.dropped_on, row.dropped_reason, row.dropped_by = None, "", ""
    session.add(row)
    session.flush()
    return row


def _reopen(session: Session, project: Project, *, at: datetime) -> None:
    """A concluded project that has something more to obtain is in approval again; its frozen list is kept (A14.5).

    What becomes of its 办结通知书 is for the caller: `core.cases.completing.judge_anew`.
    """
    if project.state in CONCLUDED:
        step(session, PROJECT, project, "extend_list", by=PLATFORM, held=frozenset({Role.PLATFORM}), at=at)


def _tell_change(session: Session, project: Project, changed: Changed, reason: str, *, by: Actor, at: datetime) -> None:
    """Settle the order anew, write the trace and tell the internet zone the list as it stands (A14.1c)."""
    session.flush()
    live = [row for row in hold_list(session, project.code) if row.dropped_on is None]
    rows = settle(session, live, on=business_date(at))
    changes = []
    for is_added, codes in ((True, changed.added), (False, changed.dropped)):
        for code in codes:
            name = item_name(session, code)
            changes.append(DueChangeTold(item_code=code, item_name=name, is_added=is_added, reason=reason))
            record(
                session, "due_items.add" if is_added else "due_items.drop", "project", project.code,
                f"{'增加' if is_added else '去掉'}应办事项：{name}", by=by, at=at, project_code=project.code,
                reason=reason, change={code: ["", "due"] if is_added else ["due", ""]},
            )  # fmt: skip
    change = DueItemsChanged(
        project_code=project.code,
        state=project.state,
        items=told(session, rows),
        changes=tuple(changes),
        decided_by=by.org_name or by.name,
        at=at,
    )
    send(session, change, at=at)
