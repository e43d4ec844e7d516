"""Copying (抄送): the approval document goes to the related units by itself, in the act of conclusion (A14.4c)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select, update

from core.clocks import business_date
from core.consultations.tables import Consultation, ConsultationReply
from core.copies.tables import Copy, CopyReceipt
from core.domain.addressees import HeldItem
from core.domain.copies import NamedDepartment, Recipient, recipients
from core.domain.policy import PLATFORM, Actor
from core.domain.remit import region_of
from core.guides.guide import Guide
from core.guides.publishing import catalogue, item_name
from core.organisations import organisations
from core.projects.rules import item_relations
from core.projects.tables import DueItem, Project
from core.reference import loader
from core.trace import record


@dataclass(frozen=True)
class Decided:
    """A decision with its approval document, as it goes out."""

    case_id: int
    org_unit: str
    item_name: str
    outcome: str
    document_number: str
    document_title: str
    document_on: date
    digest: str
    size: int
    amendment: str = ""
    amends_number: str = ""


def copy_decision(session: Session, project: Project, guide: Guide, decided: Decided, *, at: datetime) -> None:
    """Send the document to every unit that the item's rule names; once for each document and unit (A14.4c).

    One that corrects or revokes goes to whoever had the earlier document as well (A14.5).
    """
    before = select(Copy.org_unit).where(
        col(Copy.case_id) == decided.case_id, col(Copy.document_number) == decided.document_number
    )
    have = set(session.exec(before).all())
    named: dict[str, Recipient] = {}
    for one in (*recipients_of(session, project, guide, decided, on=business_date(at)), *_earlier(session, decided)):
        named.setdefault(one.org_unit, one)
    new = [one for one in named.values() if one.org_unit not in have]
    for one in new:
        session.add(
            Copy(
                case_id=decided.case_id,
                project_code=project.code,
                item_code=guide.item_code,
                item_name=decided.item_name,
                from_unit=decided.org_unit,
                org_unit=one.org_unit,
                why=one.why[:400],
                outcome=decided.outcome,
                document_number=decided.document_number,
                document_title=decided.document_title,
                document_on=decided.document_on,
                digest=decided.digest,
                size=decided.size,
                copied_at=at,
                amendment=decided.amendment,
                amends_number=decided.amends_number,
            )
        )
    if new:
        tree = organisations(session)
        names = "、".join(tree.unit_name(one.org_unit) for one in new)
        record(
            session, "copy.send", "project", project.code, f"抄送批准文件 {len(new)} 家",
            by=PLATFORM, at=at, project_code=project.code, reason=f"{decided.document_number} 抄送{names}",
        )  # fmt: skip
    session.flush()


def recipients_of(
    session: Session, project: Project, guide: Guide, decided: Decided, *, on: date
) -> tuple[Recipient, ...]:
    """The units that get a copy of this decision, each with the reason (A14.4c)."""
    rows = session.exec(
        select(DueItem).where(col(DueItem.project_code) == project.code, col(DueItem.dropped_on).is_(None))
    ).all()
    return recipients(
        guide.item_code,
        decided.org_unit,
        named=[NamedDepartment(one.department, one.reason) for one in guide.copies],
        due=[HeldItem(row.item_code, item_name(session, row.item_code), row.org_unit) for row in rows],
        relations=item_relations(catalogue(session, on=on)),
        consulted=_consulted(session, decided.case_id),
        coordinator=_unit_of(session, _COORDINATOR, project.region_code),
        unit_of=lambda department: _unit_of(session, department, region_of(decided.org_unit)),
    )


def acknowledge(session: Session, copy: Copy, *, by: Actor, at: datetime) -> None:
    """Leave the read receipt of an officer of the addressed unit; the first reading counts."""
    if session.get(CopyReceipt, (copy.id, by.id)) is None:
        session.add(CopyReceipt(copy_id=copy.id or 0, officer_id=by.id, officer_name=by.name, read_at=at))
        first = update(Copy).where(col(Copy.id) == copy.id, col(Copy.read_at).is_(None)).values(read_at=at)
        session.exec(first)
        name = organisations(session).unit_name(copy.org_unit)
        record(
            session, "copy.read", "copy", str(copy.id), "阅收抄送文件",
            by=by, at=at, project_code=copy.project_code, reason=f"{name}：{copy.document_number}",
        )  # fmt: skip


def _earlier(session: Session, decided: Decided) -> Sequence[Recipient]:
    """Who had a copy of what is now corrected or revoked (A14.5)."""
    if not decided.amendment:
        return ()
    had = session.exec(select(Copy.org_unit).where(col(Copy.case_id) == decided.case_id).order_by(col(Copy.id))).all()
    return [Recipient(one, f"曾收到{decided.amends_number or '原批准文件'}的抄送") for one in dict.fromkeys(had)]


_COORDINATOR = next(one.code for one in loader.load().departments if one.role == "coordinator")


def _consulted(session: Session, case_id: int) -> Sequence[str]:
    asked = (
        select(ConsultationReply.org_unit)
        .join(Consultation, col(Consultation.id) == col(ConsultationReply.consultation_id))
        .where(col(Consultation.case_id) == case_id, col(Consultation.sent_at).is_not(None))
        .order_by(col(ConsultationReply.id))
    )
    return session.exec(asked).all()


def _unit_of(session: Session, department: str, region: str) -> str:
    """The department's unit in the region or the nearest above it; empty where there is none."""
    tree = organisations(session)
    while region in tree.regions and f"{region}-{department}" not in tree.org_units:
        region = tree.regions[region].parent_code
    return f"{region}-{department}" if region in tree.regions else ""
