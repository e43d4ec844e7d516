"""What officers do in the demonstration, each act by one of the unit's own people. Extranet."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.cases import handling, intake, sign_off
from core.cases.closing import approve
from core.cases.facts import guide_of, materials_of
from core.cases.handling import Proposal
from core.cases.tables import Case
from core.clocks import business_date
from core.demo.papers import Papers, document_title
from core.demo.staff import Staff
from core.demo.stories import OUTCOMES
from core.demo.unit_acts import Matter
from core.domain.case_states import Outcome
from core.domain.policy import Actor, Role
from core.domain.remit import department_of, region_of
from core.organisations import organisations

_OPINIONS = (
    "申请材料齐全，符合法定形式和有关规定，拟同意。",
    "经审查，项目内容与申报信息一致，符合规划和准入要求，拟准予。",
    "已组织现场核查，符合办理条件，建议予以批准。",
)
_CONDITIONS = "开工前落实污染防治和水土流失防治措施，施工期噪声符合标准；项目内容变化的应当重新报批。"
_DENIALS = {
    "drc": "项目单位产品能耗高于国家规定的准入值，不符合有关规定，依法不予批准。",
    "ee": "项目选址位于环境敏感区，拟采取的措施不能满足区域环境质量改善目标，依法不予批准。",
    "water": "方案的防治措施和投资估算不符合技术标准，依法不予批准。",
}
_DENIAL = "项目不符合国土空间规划和有关技术标准，依法不予批准。"
_REFUSALS = (
    ("duplicate", "同一事项已由本单位先前提交申请，请以先前的申请为准"),
    ("out_of_remit", "项目用地跨区域，应当向上一级主管部门提出申请"),
    ("code_invalid", "申请材料所列建设内容与项目代码对应的申报信息不一致"),
)
_DECLINES = (
    ("not_required", "项目利用既有厂房和场地建设，依法不需要办理本事项"),
    ("out_of_remit", "按照分级管理目录，本事项由上一级主管部门办理"),
)
_PAUSES = (
    "技术评估单位已进场，评估期间不计入办理时限",
    "已委托专家组开展评审，待出具评审意见后继续办理",
    "依法公示，公示期间不计入办理时限",
)
_RETURNS = ("请补充说明与规划条件的符合性后重新提交", "批复正文第二条表述请与评审意见一致")
_FAULTS = (("未加盖单位公章，附图不清晰", "补盖公章并重新扫描上传"), ("内容不完整，缺少附图附表", "按编制要求补充完整"))


def do(session: Session, act: str, matter: Matter, staff: Staff, papers: Papers, *, at: datetime) -> None:
    """Do one act of a story on the case of an application."""
    case = session.exec(select(Case).where(col(Case.application_id) == matter.application_id)).one()
    by = staff.officer(matter.org_unit, _ROLES[act], matter.turn)
    if act == "approve" and case.reviews_left:
        reviewer = staff.officer(matter.org_unit, Role.REVIEWER, matter.turn)
        sign_off.review(session, case, comment="审核无误，建议签批。", by=reviewer, at=at)
    if act == "propose":
        _propose(session, case, matter, papers, by=by, at=at)
    else:
        _ACTS[act](session, case, matter, by, at)


def _pass(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    intake.pass_preliminary(session, case, by=by, at=at)


def _accept(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    intake.accept(session, case, by=by, at=at)


def _file(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    intake.record_filing(session, case, by=by, at=at)


def _refuse(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    ground, reason = _REFUSALS[matter.turn % len(_REFUSALS)]
    right = _superior(session, case) if ground == "out_of_remit" else ""
    intake.refuse_preliminary(session, case, ground=ground, reason=reason, right_organ=right, by=by, at=at)


def _decline(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    ground, reason = _DECLINES[matter.turn % len(_DECLINES)]
    if matter.is_filing:
        ground, reason = "prohibited", "项目属于核准目录范围，应当申请核准，不能按备案办理"
    right = _superior(session, case) if ground == "out_of_remit" else ""
    intake.decline(session, case, ground=ground, reason=reason, right_organ=right, by=by, at=at)


def _superior(session: Session, case: Case) -> str:
    """The same department one level up, or the government above the province's."""
    tree, department = organisations(session), department_of(case.org_unit)
    above = tree.regions[region_of(case.org_unit)].parent_code
    unit = tree.org_units.get(f"{above}-{department}") or tree.org_units.get(f"220000-{department}")
    return unit.name if unit and unit.code != case.org_unit else "国务院有关主管部门"


def _ask(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    there = {row.material_code for row in materials_of(session, case) if row.is_current}
    items = []
    for place, need in enumerate(matter.faulty):
        fault, cure = _FAULTS[(matter.turn + place) % len(_FAULTS)]
        if need.code not in there:
            fault, cure = "未提交", "按办事指南的要求提交"
        items.append({"material_code": need.code, "name": need.name, "fault": fault, "cure": cure})
    until = business_date(at) + timedelta(days=30)
    intake.request_supplement(session, case, items, answer_by=until, by=by, at=at)


def _pause(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    ground = next(iter(handling.allowed_grounds(session, case)))
    reason = {"expert_review": _PAUSES[1], "public_notice": _PAUSES[2]}.get(ground, _PAUSES[0])
    expected = business_date(at) + timedelta(days=24)
    handling.pause(session, case, ground=ground, expected_on=expected, reason=reason, by=by, at=at)


def _resume(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    handling.resume(session, case, by=by, at=at)


def _send_back(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    sign_off.send_back(session, case, reason=_RETURNS[matter.turn % len(_RETURNS)], by=by, at=at)


def _approve(session: Session, case: Case, matter: Matter, by: Actor, at: datetime) -> None:
    approve(session, case, by=by, at=at)


def _propose(session: Session, case: Case, matter: Matter, papers: Papers, *, by: Actor, at: datetime) -> None:
    outcome = OUTCOMES.get(matter.story, Outcome.GRANTED)
    unit = organisations(session).org_units[case.org_unit]
    on = business_date(at)
    number = papers.number(unit, case.item_code, on)
    title = document_title(
        guide_of(session, case).outcome_document, matter.project_name, denied=outcome is Outcome.DENIED
    )
    proposal = Proposal(
        outcome=outcome,
        document_number=number,
        document_title=title,
        document_on=on,
        opinion=_OPINIONS[matter.turn % len(_OPINIONS)],
        conditions=_CONDITIONS if outcome is Outcome.GRANTED_WITH_CONDITIONS else "",
        reasons=_DENIALS.get(unit.department, _DENIAL) if outcome is Outcome.DENIED else "",
        scan=papers.approval(title, number, unit.name, on),
    )
    handling.propose(session, case, proposal, by=by, at=at)


_ROLES = {
    "pass": Role.CLERK,
    "accept": Role.CLERK,
    "file": Role.CLERK,
    "refuse": Role.CLERK,
    "decline": Role.CLERK,
    "ask": Role.CLERK,
    "pause": Role.HANDLER,
    "resume": Role.HANDLER,
    "propose": Role.HANDLER,
    "send_back": Role.APPROVER,
    "approve": Role.APPROVER,
}
_ACTS: Mapping[str, Callable[[Session, Case, Matter, Actor, datetime], None]] = {
    "pass": _pass,
    "accept": _accept,
    "file": _file,
    "refuse": _refuse,
    "decline": _decline,
    "ask": _ask,
    "pause": _pause,
    "resume": _resume,
    "send_back": _send_back,
    "approve": _approve,
}
