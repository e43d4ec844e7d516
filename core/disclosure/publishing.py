"""Deciding what goes out: results are public by default, at once, unless the law protects them (A17.1). Extranet."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from core.disclosure.messages import DisclosureAmended, DisclosurePublished
from core.disclosure.tables import Disclosure
from core.domain.policy import PLATFORM
from core.domain.publicity import WithholdingGround, disclosable, disclosure_kind
from core.domain.remit import department_of
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.tables import Project
from core.trace import record


@dataclass(frozen=True)
class Result:
    """A concluded case as disclosure sees it."""

    case_id: int
    org_unit: str
    item_code: str
    item_name: str
    item_kind: str
    outcome: str
    document_number: str
    document_title: str
    document_on: date | None


def publish_result(session: Session, project: Project, result: Result, *, at: datetime) -> Disclosure:
    """Disclose the result of a case, or keep the decision to withhold it with its ground (A17.1)."""
    ground = "" if disclosable(result.item_code, result.outcome) else WithholdingGround.STATE_SECRET
    disclosure = Disclosure(
        kind=disclosure_kind(result.item_kind),
        project_code=project.code,
        case_id=result.case_id,
        state="withheld" if ground else "published",
        ground=ground,
        decided_at=at,
    )
    session.add(disclosure)
    session.flush()
    words = "结果不予公开" if ground else "公开审批结果"
    record(
        session, "disclosure.decide", "disclosure", disclosure.id, f"{words}：{result.item_name}",
        by=PLATFORM, at=at, project_code=project.code, reason=ground,
    )  # fmt: skip
    if not ground:
        send(session, _told(session, project, result, disclosure, at=at), at=at)
    return disclosure


@dataclass(frozen=True)
class Amendment:
    """What becomes of a disclosed result: `kind` is corrected or revoked, by which document."""

    kind: str
    amends_number: str
    outcome: str
    document_number: str
    document_title: str
    document_on: date


def amend_result(session: Session, case_id: int, made: Amendment, *, at: datetime) -> None:
    """Let the public read that a disclosed result was corrected or revoked; what was withheld stays so (A17.1)."""
    disclosure = session.exec(select(Disclosure).where(col(Disclosure.case_id) == case_id)).first()
    if disclosure is None or disclosure.state != "published":
        return
    words = "公开更正" if made.kind == "corrected" else "公开撤销"
    record(
        session, "disclosure.amend", "disclosure", disclosure.id, f"{words}：{made.document_number}",
        by=PLATFORM, at=at, project_code=disclosure.project_code,
    )  # fmt: skip
    told = DisclosureAmended(
        project_code=disclosure.project_code,
        disclosure_id=disclosure.id,
        amendment=made.kind,
        amends_number=made.amends_number,
        outcome=made.outcome,
        document_number=made.document_number,
        document_title=made.document_title,
        document_on=made.document_on,
        amended_at=at,
    )
    send(session, told, at=at)


def _told(
    session: Session, project: Project, result: Result, disclosure: Disclosure, *, at: datetime
) -> DisclosurePublished:
    return DisclosurePublished(
        disclosure_id=disclosure.id,
        disclosure_kind=disclosure.kind,
        project_code=project.code,
        project_name=project.name,
        unit_name=project.unit_name,
        region_code=project.region_code,
        department=department_of(result.org_unit),
        org_unit_name=organisations(session).unit_name(result.org_unit),
        item_code=result.item_code,
        item_name=result.item_name,
        outcome=result.outcome,
        document_number=result.document_number,
        document_title=result.document_title,
        document_on=result.document_on,
        published_at=at,
    )
