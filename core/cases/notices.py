"""Issuing notices (通知书): facts, bytes, number and the word to the unit, in one transaction (A14.3, A14.5). Extranet.

The PDF is made at issue, kept under its digest and never made again. Its token opens the verification page that the
QR code names; it is random, so a notice can't be found by counting.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlmodel import Session, col, select

from core.cases import notice_contents as contents
from core.cases.messages import NoticeIssued
from core.cases.tables import Case, Decision, Notice
from core.clocks import business_date
from core.documents import notice_facts as facts
from core.documents.notice_facts import NoticeKind
from core.documents.rendering import render
from core.domain.policy import PLATFORM, Actor
from core.domain.remit import region_of
from core.exchange.outbox import send
from core.organisations import organisations
from core.projects.tables import DueListVersionRow, Project
from core.serials import take
from core.trace import record

_ABBREVIATIONS = {
    NoticeKind.ACCEPTANCE: "受",
    NoticeKind.SUPPLEMENT: "补",
    NoticeKind.DECLINE: "不受",
    NoticeKind.PRELIMINARY_REFUSAL: "初",
    NoticeKind.DEEMED_ACCEPTANCE: "视受",
    NoticeKind.FILING: "备",
    NoticeKind.COMPLETION: "办结",
    NoticeKind.EXTENSION: "延",
    NoticeKind.SPECIAL_PROCEDURE: "特",
    NoticeKind.DECISION: "决",
}


def issue_for_case(
    session: Session, kind: str, case: Case, *, at: datetime, by: Actor, reason: str = "", ground: str = "",
    right_organ: str = "", supplement: Sequence[dict[str, str]] = (), answer_by: date | None = None,
    decision: Decision | None = None, amends_number: str = "",
) -> Notice:  # fmt: skip
    """Issue the notice that a move of the case machine names (A14.2–A14.5, A15.2)."""
    made = NoticeKind(kind)
    head = head_of(session, made, case, at=at)
    told = contents.Told(
        case, head, by=by, on=business_date(at), reason=reason, ground=ground, right_organ=right_organ,
        supplement=supplement, answer_by=answer_by, decision=decision, amends_number=amends_number,
    )  # fmt: skip
    content = contents.of_case(session, made, told)
    return _keep(session, made, content, project_code=case.project_code, case=case, org_unit=case.org_unit, at=at)


def issue_completion(
    session: Session, kind: str, project: Project, frozen: DueListVersionRow, *, at: datetime
) -> Notice:
    """Issue the 办结通知书 over the frozen list: each item with result, document and digest; those dropped (A14.5)."""
    year = business_date(at).year
    head = facts.Head(
        organ="吉林省投资项目在线审批监管平台",
        number=_number(session, NoticeKind.COMPLETION, "吉投资", "platform", year),
        unit=project.unit_name,
        credit_code=project.credit_code,
        project_name=project.name,
        project_code=project.code,
        issued_on=business_date(at),
    )
    content = contents.of_completion(frozen, head)
    return _keep(session, NoticeKind(kind), content, project_code=project.code, case=None, org_unit="platform", at=at)


def notices_of_case(session: Session, case: Case) -> Sequence[Notice]:
    """The notices issued in a case, newest first."""
    return session.exec(select(Notice).where(col(Notice.case_id) == case.id).order_by(col(Notice.id).desc())).all()


def issue_again(session: Session, kind: NoticeKind, content: facts.Facts, case: Case, *, at: datetime) -> Notice:
    """Issue a notice of a case from facts that are known already, in place of one that is voided."""
    return _keep(session, kind, content, project_code=case.project_code, case=case, org_unit=case.org_unit, at=at)


def head_of(session: Session, kind: NoticeKind, case: Case, *, at: datetime) -> facts.Head:
    """The head of a notice issued now: unit, project and organ as they are, under the next number."""
    project = session.get_one(Project, case.project_code)
    organ = organisations(session).unit_name(case.org_unit)
    place = region_of(case.org_unit)
    return facts.Head(
        organ=organ,
        number=_number(session, kind, _word_of(organ), case.org_unit, business_date(at).year),
        unit=project.unit_name,
        credit_code=project.credit_code,
        project_name=project.name,
        project_code=project.code,
        issued_on=business_date(at),
        item=case.item_name,
        anchor=f"{place}/{case.number}",
    )


def _number(session: Session, kind: NoticeKind, word: str, org_unit: str, year: int) -> str:
    serial = take(session, f"notice:{kind}:{org_unit}:{year}")
    return f"{word}{_ABBREVIATIONS[kind]}〔{year}〕{serial} 号"


def _word_of(organ: str) -> str:
    return organ.removeprefix("吉林省").replace("委员会", "委").replace("管理局", "局")


def _keep(
    session: Session, kind: NoticeKind, content: facts.Facts, *, project_code: str, case: Case | None, org_unit: str,
    at: datetime,
) -> Notice:  # fmt: skip
    token = secrets.token_urlsafe(18)
    pdf = render(kind, content, verify_url=f"{session.info['public_url']}/notices/{token}")
    stored = session.info["store"].put([pdf])
    notice = Notice(
        kind=kind,
        number=content.head.number,
        project_code=project_code,
        case_id=case.id if case else None,
        org_unit=org_unit,
        issued_at=at,
        token=token,
        check_code=facts.check_code(content),
        digest=stored.digest,
        size=stored.size,
        facts=json.loads(json.dumps(asdict(content), default=date.isoformat)),
    )
    session.add(notice)
    session.flush()
    words = f"发出《{facts.TITLES[kind]}》{notice.number}"
    record(session, "notice.issue", "notice", notice.token, words, by=PLATFORM, at=at, project_code=project_code)
    told = NoticeIssued(
        token=token,
        notice_kind=kind,
        number=notice.number,
        project_code=project_code,
        application_id=case.application_id if case else "",
        org_unit_name=content.head.organ,
        issued_at=at,
        check_code=notice.check_code,
        digest=notice.digest,
        size=notice.size,
    )
    send(session, told, at=at)
    return notice
