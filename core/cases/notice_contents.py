"""What each notice says: the facts of a case or a project, gathered for its words (A14.2, A14.3, A14.5). Extranet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from core import clocks
from core.cases import clocks as case_clocks
from core.cases.facts import extension_of, guide_of, materials_of
from core.cases.project_queries import declared_facts
from core.cases.proof import concluded_on
from core.cases.tables import Case, Decision
from core.documents import notice_facts as facts
from core.documents.notice_facts import NoticeKind
from core.domain.case_states import FAVOURABLE, OUTCOME_WORDS, Outcome, unanswered_words
from core.domain.clock import limit_words
from core.domain.policy import Actor
from core.domain.remedies import remedy_of
from core.guides.guide import Guide, without_remark
from core.organisations import organisations
from core.projects.tables import DueListVersionRow
from core.reference import loader

_LICENCE_LAW = "《中华人民共和国行政许可法》第三十二条"


@dataclass(frozen=True)
class Told:
    """What a notice of a case is made from: the case, the notice's head, who acts, and what the act itself says."""

    case: Case
    head: facts.Head
    by: Actor
    on: date
    reason: str = ""
    ground: str = ""
    right_organ: str = ""
    supplement: Sequence[dict[str, str]] = ()
    answer_by: date | None = None
    decision: Decision | None = None
    amends_number: str = ""


def of_case(session: Session, kind: NoticeKind, told: Told) -> facts.Facts:
    """The facts of a notice that a move of the case machine names (A14.2, A14.3)."""
    return _OF_CASE[kind](session, told)


def of_completion(frozen: DueListVersionRow, head: facts.Head) -> facts.CompletionFacts:
    """The frozen list that completion is proved against: every item with its result, those dropped (A14.5)."""
    return facts.CompletionFacts(
        head=head,
        items=tuple(
            facts.ConcludedItem(
                item=str(row["item"]),
                department=str(row["department"]),
                result=str(row["result"]),
                document_number=str(row["document_number"]),
                concluded_on=concluded_on(row),
                digest=str(row["digest"]),
            )
            for row in frozen.items
        ),
        dropped=tuple(
            facts.DroppedItem(str(row["item"]), str(row["department"]), str(row["reason"])) for row in frozen.dropped
        ),
        follows=(
            "开工前或开工时通过本平台报送开工信息；",
            "建设期间按期报送建设进度，政府投资项目按月、其他项目按年；",
            "竣工验收后及时报送竣工信息。",
        ),
        list_number=frozen.number,
        list_digest=frozen.digest,
    )


def _acceptance(session: Session, told: Told) -> facts.AcceptanceFacts:
    case = told.case
    guide = guide_of(session, case)
    return facts.AcceptanceFacts(
        head=told.head,
        received_on=case.received_on,
        accepted_on=case.accepted_on or case.received_on,
        basis=f"{_LICENCE_LAW}、{without_remark(guide.legal_basis)}",
        guide_version=f"第 {guide.number} 版",
        limits=_limits(session, case),
        fee="不收费" if guide.fee.startswith("none") else guide.fee,
        desk=_desk(session, case, told.by.name),
        materials=_material_names(session, case),
    )


def _deemed(session: Session, told: Told) -> facts.DeemedAcceptanceFacts:
    case = told.case
    silent = [row for row in clocks.clocks_of(session, case.id or 0) if row.kind == "acceptance"][-1]
    return facts.DeemedAcceptanceFacts(
        head=told.head,
        received_on=silent.started_on,
        silent_until=silent.due_on or case.received_on,
        basis=f"{_LICENCE_LAW}第一款第四项",
        limits=_limits(session, case),
        desk=_desk(session, case, case.handler_name),
        materials=_material_names(session, case),
    )


def _supplement(session: Session, told: Told) -> facts.SupplementFacts:
    case = told.case
    needs = {need.code: need for need in guide_of(session, case).materials}
    return facts.SupplementFacts(
        head=told.head,
        received_on=case.received_on,
        basis=f"{_LICENCE_LAW}第一款第四项",
        defects=tuple(
            facts.Defect(
                material=item["name"],
                wrong=item["fault"],
                rule=(
                    without_remark(needs[item["material_code"]].legal_basis) if item["material_code"] in needs else ""
                )
                or "办事指南",
                cure=item.get("cure", "") or "按办事指南的要求补交",
                sample=item.get("sample", ""),
            )
            for item in told.supplement
        ),
        answer_by=told.answer_by,
        desk=_desk(session, case, told.by.name),
        consequence=unanswered_words(case.item_kind) if told.answer_by else "",
    )


def _decline(session: Session, told: Told) -> facts.DeclineFacts:
    return facts.DeclineFacts(
        told.head, told.case.received_on, told.ground, _LICENCE_LAW, (told.reason,), told.right_organ,
        _remedies(session, told.case), _desk(session, told.case, told.by.name),
    )  # fmt: skip


def _preliminary_refusal(session: Session, told: Told) -> facts.PreliminaryRefusalFacts:
    return facts.PreliminaryRefusalFacts(
        told.head, told.case.received_on, told.ground, _LICENCE_LAW, (told.reason,), told.right_organ,
        _remedies(session, told.case), _desk(session, told.case, told.by.name),
    )  # fmt: skip


def _filing(session: Session, told: Told) -> facts.FilingFacts:
    case = told.case
    declared = declared_facts(session, case.project_code)
    particulars = (
        ("建设地点", str(declared.get("site_address", ""))),
        ("建设规模及内容", str(declared.get("scale_and_content", ""))),
        ("总投资", f"{declared.get('total_investment', '')} 万元"),
        ("计划开工", str(declared.get("planned_start", ""))),
        ("计划竣工", str(declared.get("planned_completion", ""))),
    )
    guide = guide_of(session, case)
    return facts.FilingFacts(
        head=told.head,
        filed_on=told.on,
        basis=without_remark(guide.legal_basis),
        particulars=tuple(facts.Particular(label, text) for label, text in particulars if text.strip()),
        desk=_desk(session, case, told.by.name),
        title="备案证明" if case.item_code in ("DRC-05", "IIT-01") else "备案回执",
    )


def _extension(session: Session, told: Told) -> facts.ExtensionFacts:
    case, limits = told.case, _limits(session, told.case)
    row, rule = case_clocks.current(session, case), extension_of(session, case)
    return facts.ExtensionFacts(
        head=told.head,
        accepted_on=case.accepted_on or case.received_on,
        extended=limit_words(row.extension_days, row.unit) if row else "",
        basis=rule.basis if rule else "",
        reason=told.reason,
        limits=limits,
        desk=_desk(session, case, case.handler_name or case.assigned_name),
        approver=told.by.name,
    )


def _special_procedure(session: Session, told: Told) -> facts.SpecialProcedureFacts:
    case = told.case
    row = case_clocks.current(session, case)
    pause = clocks.pauses_of(session, row)[-1] if row else None
    if pause is None or pause.expected_on is None:
        raise ValueError(f"case {case.number} does not rest")
    ground = loader.load().pause_ground_by_code[pause.ground]
    begins_on = pause.begins_on + timedelta(days=1)
    return facts.SpecialProcedureFacts(
        head=told.head,
        accepted_on=case.accepted_on or case.received_on,
        ground=ground.name,
        basis=without_remark(ground.legal_basis),
        begins_on=begins_on,
        expected_on=pause.expected_on,
        length=f"预计 {(pause.expected_on - pause.begins_on).days} 天（自然日）",
        reason=told.reason,
        afterwards="恢复计时后，办理时限重新计算" if pause.restarts else "恢复计时后，办理时限接着计算，应办结日期顺延",
        desk=_desk(session, case, told.by.name),
    )


def _decision(session: Session, told: Told) -> facts.DecisionFacts:
    case, decision, guide = told.case, told.decision, guide_of(session, told.case)
    if decision is None:
        raise ValueError(f"case {case.number} has no decision")
    verb = {"correction": "更正", "revocation": "撤销"}.get(decision.kind, "")
    is_granted = decision.outcome in FAVOURABLE
    return facts.DecisionFacts(
        head=told.head,
        accepted_on=case.accepted_on,
        result="撤销原决定" if decision.outcome == Outcome.REVOKED else OUTCOME_WORDS[Outcome(decision.outcome)],
        amends=f"{verb}{told.amends_number}" if verb else "",
        basis=without_remark(guide.legal_basis) or _LICENCE_LAW,
        document_number=decision.document_number,
        document_title=decision.document_title,
        document_on=decision.document_on,
        conditions=decision.conditions,
        reasons=decision.reasons,
        validity=without_remark(guide.outcome_validity) if is_granted else "",
        remedies=_remedies(session, case),
        desk=_desk(session, case, decision.proposer_name),
        approver=told.by.name,
    )


_OF_CASE: Mapping[NoticeKind, Callable[[Session, Told], facts.Facts]] = {
    NoticeKind.ACCEPTANCE: _acceptance,
    NoticeKind.DEEMED_ACCEPTANCE: _deemed,
    NoticeKind.SUPPLEMENT: _supplement,
    NoticeKind.DECLINE: _decline,
    NoticeKind.PRELIMINARY_REFUSAL: _preliminary_refusal,
    NoticeKind.FILING: _filing,
    NoticeKind.EXTENSION: _extension,
    NoticeKind.SPECIAL_PROCEDURE: _special_procedure,
    NoticeKind.DECISION: _decision,
}


def _limits(session: Session, case: Case) -> facts.Limits:
    row = case_clocks.current(session, case)
    guide = guide_of(session, case)
    since = "自受理之日起" if guide.statutory_from == "acceptance" else "自收到申请之日起"
    statutory = limit_words(guide.statutory_days, guide.statutory_unit)
    return facts.Limits(
        promised=limit_words(guide.handling_days, guide.handling_unit),
        statutory=f"{since} {statutory}" if statutory else "",
        due_on=row.due_on if row else None,
        not_counted=_not_counted(guide),
    )


def _not_counted(guide: Guide) -> tuple[str, ...]:
    """What the guide of the item does not count in its limit, the grounds of one law together (A15.2)."""
    of_law: dict[str, list[str]] = {}
    for ground in loader.load().pause_grounds:
        if ground.code in guide.pause_grounds and not ground.counts_in_limit:
            of_law.setdefault(without_remark(ground.legal_basis), []).append(ground.name)
    return tuple(f"{'、'.join(names)}所需时间（{law}）" for law, names in of_law.items())


def _desk(session: Session, case: Case, handler: str) -> facts.Desk:
    unit = organisations(session).org_units.get(case.org_unit)
    return facts.Desk(office="行政审批办公室", handler=handler, phone=unit.phone if unit else "")


def _remedies(session: Session, case: Case) -> facts.Remedies:
    remedy = remedy_of(case.org_unit, organisations(session).regions)
    return facts.Remedies(reconsideration_organ=remedy.reconsideration_organ, court=remedy.court)


def _material_names(session: Session, case: Case) -> tuple[str, ...]:
    handed_in = [row.name for row in materials_of(session, case) if row.is_current]
    shared = [need.name for need in guide_of(session, case).materials if need.is_shared and need.required == "yes"]
    return tuple(dict.fromkeys([*handed_in, *(f"{name}（平台共享）" for name in shared)]))
