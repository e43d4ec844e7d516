"""What completion is proved against: the list of due items, frozen with every result (A14.5). Extranet, and its mirror.

Each completion freezes a list of its own; a project that is reopened and completed again has the next number, and the
one before is kept unchanged. The 办结通知书 and the pages of both zones print the same table and the same digest.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.canonical import canonical_bytes
from core.cases.facts import decision_of
from core.cases.tables import Case, Notice, ReceivedNotice
from core.clocks import business_date
from core.database import Zone, zone_of
from core.documents.notice_facts import NoticeKind
from core.domain.case_states import OUTCOME_WORDS, CaseState, Outcome
from core.domain.policy import PLATFORM
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.guides.publishing import item_name
from core.organisations import organisations
from core.projects.messages import DroppedTold, DueListFrozen, ProvedTold
from core.projects.tables import DueItem, DueListVersionRow, FrozenDueList, Project, ToldDueList
from core.trace import record

_FROZEN: dict[Zone, type[FrozenDueList] | type[ToldDueList]] = {Zone.EXTRANET: FrozenDueList, Zone.PUBLIC: ToldDueList}


def freeze_list(session: Session, project: Project, *, at: datetime) -> FrozenDueList:
    """Freeze the list of a project all of whose due items are concluded, and tell the internet zone (A14.5)."""
    proved, dropped = _proved_rows(session, project), _dropped_rows(session, project)
    frozen = FrozenDueList(
        project_code=project.code,
        number=len(frozen_lists(session, project.code)) + 1,
        frozen_at=at,
        digest="",
        items=[one.model_dump(mode="json") for one in proved],
        dropped=[one.model_dump(mode="json") for one in dropped],
    )
    frozen.digest = digest_of(frozen)
    session.add(frozen)
    session.flush()
    record(
        session, "due_list.freeze", "project", project.code, f"应办事项清单定稿（第 {frozen.number} 版）",
        by=PLATFORM, at=at, project_code=project.code, change={"digest": ["", frozen.digest]},
    )  # fmt: skip
    told = DueListFrozen(
        project_code=project.code,
        number=frozen.number,
        items=proved,
        dropped=dropped,
        digest=frozen.digest,
        frozen_at=at,
    )
    send(session, told, at=at)
    return frozen


def is_as_frozen(session: Session, project: Project) -> bool:
    """Whether the list frozen last still says of every due item what the files say; each must be concluded (A14.5)."""
    last = next(iter(frozen_lists(session, project.code)), None)
    now = _proved_rows(session, project)
    return last is not None and last.items == [one.model_dump(mode="json") for one in now]


def digest_of(frozen: DueListVersionRow) -> str:
    """SHA-256 over the canonical JSON (RFC 8785) of code, number, items and dropped: anyone computes the same."""
    told: dict[str, Any] = {
        "project_code": frozen.project_code,
        "number": frozen.number,
        "items": frozen.items,
        "dropped": frozen.dropped,
    }
    return hashlib.sha256(b"due-list-v1\n" + canonical_bytes(told)).hexdigest()


def frozen_lists(session: Session, project_code: str) -> Sequence[DueListVersionRow]:
    """Every frozen list of a project as this zone holds it, the newest first."""
    table = _FROZEN[zone_of(session)]
    found = select(table).where(col(table.project_code) == project_code).order_by(sa.desc(col(table.number)))
    return session.exec(found).all()


def list_of_notice(session: Session, notice: ReceivedNotice) -> DueListVersionRow | None:
    """The frozen list that a 办结通知书 prints, the newest when it was issued; None for any other notice (A14.5)."""
    if notice.kind != NoticeKind.COMPLETION:
        return None
    before = (one for one in frozen_lists(session, notice.project_code) if one.frozen_at <= notice.issued_at)
    return next(before, None)


@applies(DueListFrozen)
def show_frozen(session: Session, told: DueListFrozen, envelope: Envelope) -> None:
    """Internet zone: hold the frozen list as told; refuses one whose digest is not its own."""
    del envelope
    rows: dict[str, Any] = told.model_dump(mode="json", include={"items", "dropped"})
    held = ToldDueList(
        project_code=told.project_code,
        number=told.number,
        frozen_at=told.frozen_at,
        digest=told.digest,
        **rows,
    )
    if digest_of(held) != told.digest:
        raise ValueError(f"the digest of due list {told.number} of {told.project_code} is another's")
    session.merge(held)


def concluded_on(row: Mapping[str, Any]) -> date:
    """The date of one row of a frozen list."""
    return date.fromisoformat(str(row["concluded_on"]))


def _proved_rows(session: Session, project: Project) -> tuple[ProvedTold, ...]:
    tree = organisations(session)
    live = [row for row in _due(session, project) if row.dropped_on is None]
    return tuple(_proved(session, row, tree.unit_name(row.org_unit)) for row in live)


def _dropped_rows(session: Session, project: Project) -> tuple[DroppedTold, ...]:
    tree = organisations(session)
    return tuple(
        DroppedTold(
            item_code=row.item_code,
            item=item_name(session, row.item_code),
            department=tree.unit_name(row.org_unit),
            reason=row.dropped_reason,
        )
        for row in _due(session, project)
        if row.dropped_on is not None
    )


def _due(session: Session, project: Project) -> Sequence[DueItem]:
    of_project = select(DueItem).where(col(DueItem.project_code) == project.code)
    return session.exec(of_project.order_by(col(DueItem.position))).all()


def _proved(session: Session, due: DueItem, department: str) -> ProvedTold:
    case = session.exec(
        select(Case)
        .where(
            col(Case.project_code) == due.project_code,
            col(Case.item_code) == due.item_code,
            col(Case.state) == CaseState.CONCLUDED,
        )
        .order_by(col(Case.id).desc())
    ).first()
    if case is None or case.concluded_at is None:
        raise ValueError(f"{due.item_code} of {due.project_code} is not concluded")
    decision = decision_of(session, case)
    certificate = None if decision else _certificate(session, case)
    return ProvedTold(
        item_code=due.item_code,
        item=case.item_name,
        department=department,
        result=OUTCOME_WORDS[Outcome(case.outcome)],
        document_number=decision.document_number if decision else certificate.number if certificate else "",
        concluded_on=business_date(case.concluded_at),
        digest=decision.scan_digest if decision else certificate.digest if certificate else "",
    )


def _certificate(session: Session, case: Case) -> Notice | None:
    found = select(Notice).where(col(Notice.case_id) == case.id, col(Notice.kind) == NoticeKind.FILING)
    return session.exec(found).first()
