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

from core import clocks
from core.cases import clocks as case_clocks
from core.cases.facts import decision_of, guide_of, materials_of
from core.cases.messages import NoticeIssued
from core.cases.tables import Case, Notice
from core.clocks import business_date
from core.documents import notice_facts as facts
from core.documents.notice_facts import NoticeKind
from core.documents.rendering import render
from core.domain.case_states import OUTCOME_WORDS, CaseState, Outcome
from core.domain.clock import limit_words
from core.domain.policy import PLATFORM, Actor
from core.exchange.outbox import send
from core.guides.publishing import catalogue
from core.organisations import organisations
from core.projects.tables import Declaration, DueItem, Project
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
}
_LICENCE_LAW = "《中华人民共和国行政许可法》第三十二条"


def issue_for_case(
    session: Session, kind: str, case: Case, *, at: datetime, by: Actor, reason: str = "", ground: str = "",
    supplement: Sequence[dict[str, str]] = (),
) -> Notice:  # fmt: skip
    """Issue the notice that a move of the case machine names (A14.2, A14.3)."""
    made = NoticeKind(kind)
    head = _head(session, made, case, at=at)
    if made is NoticeKind.ACCEPTANCE:
        content: facts.Facts = _acceptance(session, case, head, by)
    elif made is NoticeKind.DEEMED_ACCEPTANCE:
        content = _deemed(session, case, head)
    elif made is NoticeKind.SUPPLEMENT:
        content = _supplement(session, case, head, by, supplement)
    elif made is NoticeKind.DECLINE:
        content = facts.DeclineFacts(
            head,
            case.received_on,
            ground,
            _LICENCE_LAW,
            (reason,),
            "",
            _remedies(session, case),
            _desk(session, case, by),
        )
    elif made is NoticeKind.PRELIMINARY_REFUSAL:
        content = facts.PreliminaryRefusalFacts(
            head, case.received_on, ground, _LICENCE_LAW, (reason,), "", "", _remedies(session, case),
            _desk(session, case, by),
        )  # fmt: skip
    else:
        content = _filing(session, case, head, by, at=at)
    return _keep(session, made, content, project_code=case.project_code, case=case, org_unit=case.org_unit, at=at)


def issue_completion(session: Session, kind: str, project: Project, *, at: datetime) -> Notice:
    """Issue the 办结通知书: every due item with its result, document and digest; those dropped, and why (A14.5)."""
    tree, names = organisations(session), catalogue(session)
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
    due = session.exec(
        select(DueItem).where(col(DueItem.project_code) == project.code).order_by(col(DueItem.position))
    ).all()
    content = facts.CompletionFacts(
        head=head,
        items=tuple(_concluded(session, row, tree.unit_name(row.org_unit)) for row in due if row.dropped_on is None),
        dropped=tuple(
            facts.DroppedItem(names.named(row.item_code), tree.unit_name(row.org_unit), row.dropped_reason)
            for row in due
            if row.dropped_on is not None
        ),
        follows=(
            "开工前或开工时通过本平台报送开工信息；",
            "建设期间按期报送建设进度，政府投资项目按月、其他项目按年；",
            "竣工验收后及时报送竣工信息。",
        ),
    )
    return _keep(session, NoticeKind(kind), content, project_code=project.code, case=None, org_unit="platform", at=at)


def notices_of_case(session: Session, case: Case) -> Sequence[Notice]:
    """The notices issued in a case, newest first."""
    return session.exec(select(Notice).where(col(Notice.case_id) == case.id).order_by(col(Notice.id).desc())).all()


def _head(session: Session, kind: NoticeKind, case: Case, *, at: datetime) -> facts.Head:
    project = session.get_one(Project, case.project_code)
    unit = organisations(session).org_units.get(case.org_unit)
    organ = unit.name if unit else case.org_unit
    place = case.org_unit.partition("-")[0]
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


def _acceptance(session: Session, case: Case, head: facts.Head, by: Actor) -> facts.AcceptanceFacts:
    guide = guide_of(session, case)
    return facts.AcceptanceFacts(
        head=head,
        received_on=case.received_on,
        accepted_on=case.accepted_on or case.received_on,
        basis=f"{_LICENCE_LAW}、{guide.legal_basis}",
        guide_version=f"第 {guide.number} 版",
        limits=_limits(session, case),
        fee="不收费" if guide.fee.startswith("none") else guide.fee,
        desk=_desk(session, case, by),
        materials=_material_names(session, case),
    )


def _deemed(session: Session, case: Case, head: facts.Head) -> facts.DeemedAcceptanceFacts:
    silent = [row for row in clocks.clocks_of(session, case.id or 0) if row.kind == "acceptance"][-1]
    return facts.DeemedAcceptanceFacts(
        head=head,
        received_on=silent.started_on,
        silent_until=silent.due_on or case.received_on,
        basis=f"{_LICENCE_LAW}第一款第四项",
        limits=_limits(session, case),
        desk=_desk(session, case, PLATFORM),
        materials=_material_names(session, case),
    )


def _supplement(
    session: Session, case: Case, head: facts.Head, by: Actor, items: Sequence[dict[str, str]]
) -> facts.SupplementFacts:
    needs = {need.code: need for need in guide_of(session, case).materials}
    return facts.SupplementFacts(
        head=head,
        received_on=case.received_on,
        basis=f"{_LICENCE_LAW}第一款第四项",
        defects=tuple(
            facts.Defect(
                material=item["name"],
                wrong=item["fault"],
                rule=(needs[item["material_code"]].legal_basis if item["material_code"] in needs else "") or "办事指南",
                cure=item.get("cure", "") or "按办事指南的要求补交",
            )
            for item in items
        ),
        answer_by=None,
        desk=_desk(session, case, by),
    )


def _filing(session: Session, case: Case, head: facts.Head, by: Actor, *, at: datetime) -> facts.FilingFacts:
    declared = session.get_one(Declaration, (case.project_code, 1)).facts
    told = (
        ("建设地点", str(declared.get("site_address", ""))),
        ("建设规模及内容", str(declared.get("scale_and_content", ""))),
        ("总投资", f"{declared.get('total_investment', '')} 万元"),
        ("计划开工", str(declared.get("planned_start", ""))),
        ("计划竣工", str(declared.get("planned_completion", ""))),
    )
    guide = guide_of(session, case)
    return facts.FilingFacts(
        head=head,
        filed_on=business_date(at),
        basis=guide.legal_basis,
        particulars=tuple(facts.Particular(label, text) for label, text in told if text.strip()),
        desk=_desk(session, case, by),
        title="备案证明" if case.item_code in ("DRC-05", "IIT-01") else "备案回执",
    )


def _concluded(session: Session, due: DueItem, department: str) -> facts.ConcludedItem:
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
    return facts.ConcludedItem(
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


def _limits(session: Session, case: Case) -> facts.Limits:
    row = case_clocks.current(session, case)
    guide = guide_of(session, case)
    since = "自受理之日起" if guide.statutory_from == "acceptance" else "自收到申请之日起"
    statutory = limit_words(guide.statutory_days, guide.statutory_unit)
    return facts.Limits(
        promised=limit_words(guide.handling_days, guide.handling_unit),
        statutory=f"{since} {statutory}" if statutory else "",
        due_on=row.due_on if row else None,
        not_counted=("听证、专家评审、技术评估等依法不计入时限的时间",) if guide.pause_grounds else (),
    )


def _desk(session: Session, case: Case, by: Actor) -> facts.Desk:
    unit = organisations(session).org_units.get(case.org_unit)
    handler = by.name if by.is_officer else case.handler_name
    return facts.Desk(office="行政审批办公室", handler=handler, phone=unit.phone if unit else "")


def _remedies(session: Session, case: Case) -> facts.Remedies:
    tree = organisations(session)
    place = tree.regions.get(case.org_unit.partition("-")[0])
    name = place.name if place else "吉林省"
    return facts.Remedies(reconsideration_organ=f"{name}人民政府", court="有管辖权的人民法院")


def _material_names(session: Session, case: Case) -> tuple[str, ...]:
    handed_in = [row.name for row in materials_of(session, case) if row.is_current]
    shared = [need.name for need in guide_of(session, case).materials if need.is_shared and need.required == "yes"]
    return tuple(dict.fromkeys([*handed_in, *(f"{name}（平台共享）" for name in shared)]))


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
