"""What departments ask each other and commission in the demonstration, and who read which copy. Extranet.

Which cases it touches follows from the data: the last ones in handling at units that are fully staffed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from core.cases.tables import Case
from core.clocks import business_date
from core.consultations import asking, queries, replies
from core.consultations.tables import Consultation
from core.copies import copying
from core.copies.tables import Copy
from core.demo.staff import Staff
from core.domain.case_states import CaseState
from core.domain.credit_code import make
from core.domain.policy import Actor, Role
from core.engagements.tables import Agency
from core.intermediaries import commissioning, registering

_AGENCIES = (
    ("吉林松原工程咨询有限公司（演示）", "91220000MA0A1001", ("evaluation", "energy"), "工程咨询乙级"),
    ("吉林北方环境技术评估中心（演示）", "12220000MB1A2002", ("environmental", "technical_review"), ""),
    ("长春市水土保持技术服务站（演示）", "12220100MB1A3003", ("water_soil", "testing"), ""),
)
_LETTERS = (
    (
        "项目选址是否涉及生态保护红线",
        "请确认项目用地范围是否占用或影响生态保护红线、永久基本农田，如有影响请写明范围和面积。",
    ),
    ("取水和排水条件是否落实", "请说明项目取水水源、排水去向是否与现有规划一致，需要补充哪些论证。"),
    ("能耗指标是否已安排", "请确认项目年综合能源消费量是否已列入本地区能耗安排。"),
)
_ANSWERS = (
    ("agree", ""),
    ("agree_with_conditions", "原则同意，施工期须落实扬尘和泥浆处置措施。"),
    ("object", "用地东侧边界与规划河道管理范围重叠，请调整后再报。"),
)
_COMMISSIONS = 6
"""More than one would need: a service ends when its project is terminated or takes a new code later that afternoon."""
_READ = 12


def play(session: Session, staff: Staff, *, at: datetime) -> None:
    """Everything of the last afternoon, in its order."""
    list_agencies(session, by=staff.special["jl-drc-coordinator"], at=at)
    consult(session, staff, at=at)
    commission(session, staff, at=at + timedelta(minutes=90))
    read_copies(session, staff, at=at + timedelta(minutes=100))


def list_agencies(session: Session, *, by: Actor, at: datetime) -> None:
    """The register of agencies, all of them invented."""
    for name, body, services, qualification in _AGENCIES:
        registering.list_agency(
            session, name=name, credit_code=make(body), services=services, qualification=qualification, by=by, at=at
        )


def consult(session: Session, staff: Staff, *, at: datetime) -> None:
    """Some cases are asked about: one letter just sent, one partly answered, one closed after an objection."""
    for place, case in enumerate(_handled(session, staff)[: len(_LETTERS)]):
        handler = staff.officer(case.org_unit, Role.HANDLER, place)
        asker = asking.Asker(
            case.project_code, case.org_unit, case.id, case.application_id, case.item_code, case.item_name
        )
        asked = queries.suggestions(
            session, case.project_code, item_code=case.item_code, own_unit=case.org_unit, on=business_date(at)
        )
        chosen = tuple(asking.Addressee(one.org_unit, 5, one.why) for one in asked if staff.works_at(one.org_unit))[:3]
        subject, question = _LETTERS[place]
        found = asking.draft(
            session, asker, asking.Letter("consultation", subject, question, chosen), by=handler, at=at
        )
        if not chosen:
            continue  # nobody there to ask yet: it stays a draft
        asking.send(session, found, by=handler, at=at)
        _answer(session, found, staff, place, at=at + timedelta(minutes=40))
        if place == len(_LETTERS) - 1:
            dispositions = {
                one.id or 0: "已会同设计单位调整，边界避让河道管理范围。" for one in replies.replies_of(session, found)
            }
            asking.close(
                session, found, conclusion="各单位意见已采纳，可以继续办理。", dispositions=dispositions, by=handler,
                at=at + timedelta(minutes=80),
            )  # fmt: skip


def commission(session: Session, staff: Staff, *, at: datetime) -> None:
    """Services commissioned in some cases: with a pause where the ground allows, one of them with its result."""
    agencies = session.exec(select(Agency).order_by(col(Agency.credit_code))).all()
    today = business_date(at)
    cases = [case for case in _handled(session, staff)[len(_LETTERS) :] if not case.is_paused][:_COMMISSIONS]
    for place, case in enumerate(cases):
        handler = staff.officer(case.org_unit, Role.HANDLER, place)
        agency = agencies[place % len(agencies)]
        grounds = list(commissioning.grounds_of_commission(session, case))
        wanted = commissioning.Commission(
            service=agency.services[0],
            agency_id=agency.id,
            selection=("draw", "competition", "framework")[place % 3],
            fee=(18000, 36000, 0)[place % 3],
            begins_on=today,
            expected_on=today + timedelta(days=21),
            ground=grounds[0] if grounds and place != 1 else "",
        )
        made = commissioning.commission(session, case, wanted, by=handler, at=at)
        if place == 1:
            result = "现场踏勘后当日出具意见：方案可行。"
            done = at + timedelta(minutes=60)
            commissioning.deliver(
                session, case, made, finding="passed", result=result, report="技术评估意见", by=handler, at=done
            )


def read_copies(session: Session, staff: Staff, *, at: datetime) -> None:
    """Some of the copies were read; the newest lie unread."""
    for copy in session.exec(select(Copy).order_by(col(Copy.id))).all()[:_READ]:
        if staff.works_at(copy.org_unit):
            reader = staff.officer(copy.org_unit, Role.CLERK, 0)
            copying.acknowledge(session, copy, by=reader, at=max(at, copy.copied_at))


def _handled(session: Session, staff: Staff) -> Sequence[Case]:
    """The cases in handling at units that have their people, the last accepted first."""
    wanted = select(Case).where(col(Case.state) == CaseState.IN_HANDLING).order_by(col(Case.number).desc())
    return [case for case in session.exec(wanted).all() if staff.works_at(case.org_unit)]


def _answer(session: Session, found: Consultation, staff: Staff, place: int, *, at: datetime) -> None:
    for turn, one in enumerate(replies.replies_of(session, found)[:place]):
        opinion, statement = _ANSWERS[(turn + place) % len(_ANSWERS)]
        answerer = staff.officer(one.org_unit, Role.HANDLER, 0)
        replies.answer(session, found, one, opinion=opinion, statement=statement, by=answerer, at=at)
