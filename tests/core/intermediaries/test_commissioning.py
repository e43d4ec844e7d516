"""Agencies and commissioned services through their stages, and what the internet zone learns of them (A15.2, A16.1)."""

from datetime import date

import pytest
from sqlmodel import select

from core.cases import handling
from core.cases.tables import Case
from core.domain.policy import Role
from core.engagements.tables import Agency, Engagement, PublicAgency
from core.errors import Conflict, FormRefusal, NotAllowed, RuleRefusal
from core.intermediaries import commissioning, published, queries, registering
from core.intermediaries.commissioning import Commission
from core.trace import entries_of
from tests import world as cast
from tests.core.cases.acts import do
from tests.world import World, case_of, make_officer

COORDINATOR = make_officer((Role.COORDINATOR, "220000-drc"), name="高远")
HANDLER = make_officer((Role.HANDLER, "220184-ee"), name="李文静")
CODE = "91220101MA1400A22H"


def listed(world: World, **changed) -> str:
    values = {
        "name": "吉林绿源环境咨询有限公司",
        "credit_code": CODE,
        "services": ["environmental"],
        "qualification": "",
    }
    with world.extranet.writing() as session:
        return registering.list_agency(session, **{**values, **changed}, by=COORDINATOR, at=world.now).id


def wanted(agency_id: str, **changed) -> Commission:
    values = {
        "service": "environmental", "agency_id": agency_id, "selection": "draw", "fee": 12000,
        "begins_on": date(2026, 11, 23), "expected_on": date(2026, 12, 14), "ground": "",
    }  # fmt: skip
    return Commission(**{**values, **changed})


@pytest.fixture
def world(applied_world: World) -> World:
    cast.accept(applied_world, case_of(applied_world, "ECO-02"))
    return applied_world


def commission(world: World, agency_id: str, by=HANDLER, **changed) -> str:
    case_id = case_of(world, "ECO-02")
    return cast.act(world, case_id, commissioning.commission, by=by, wanted=wanted(agency_id, **changed)).id


def end(world: World, engagement_id: str, stage=commissioning.deliver, by=HANDLER, **given) -> None:
    given = given or {"finding": "passed", "result": "李某某认为可行", "report": "技术评估报告"}
    with world.extranet.writing() as session:
        row = session.get_one(Engagement, engagement_id)
        stage(session, session.get_one(Case, row.case_id), row, by=by, at=world.now, **given)


def engagement(world: World, engagement_id: str) -> Engagement:
    with world.extranet.reading() as session:
        return session.get_one(Engagement, engagement_id)


def test_a16_1_a_commission_that_pauses_the_clock_ends_the_pause_with_its_result(world):
    case_id = case_of(world, "ECO-02")
    due = cast.case(world, case_id).due_on
    made = commission(world, listed(world), ground="technical_assessment")
    assert cast.case(world, case_id).is_paused
    world.on(date(2026, 11, 30))
    end(world, made)
    row, case = engagement(world, made), cast.case(world, case_id)
    assert (row.state, row.finding, row.ended_on) == ("delivered", "passed", date(2026, 11, 30))
    assert not case.is_paused
    assert case.due_on == date(2026, 12, 16) if due == date(2026, 12, 9) else case.due_on > due
    with world.extranet.reading() as session:
        words = [entry.words for entry in entries_of(session, "case", case.application_id)]
    assert {"委托中介服务", "暂停计时", "登记中介服务结果", "恢复计时"} <= set(words)


def test_a16_1_without_a_ground_the_clock_runs_on(world):
    case_id = case_of(world, "ECO-02")
    due = cast.case(world, case_id).due_on
    end(world, commission(world, listed(world)))
    assert (cast.case(world, case_id).due_on, cast.case(world, case_id).is_paused) == (due, False)


def test_a16_1_a_result_never_ends_a_pause_of_something_else(world):
    case_id = case_of(world, "ECO-02")
    made = commission(world, listed(world), ground="technical_assessment")
    world.later(days=1)
    cast.act(world, case_id, handling.resume, by=HANDLER)
    world.later(days=1)
    reason = {"ground": "public_notice", "expected_on": date(2026, 12, 31), "reason": "批前公示期间"}
    cast.act(world, case_id, handling.pause, by=HANDLER, **reason)
    end(world, made, commissioning.cancel, result="机构无法按期完成")
    assert engagement(world, made).state == "cancelled"
    assert cast.case(world, case_id).is_paused


def test_a16_1_only_a_ground_the_guide_allows_pauses(world):
    with pytest.raises(FormRefusal, match="没有列明这个理由"):
        commission(world, listed(world), ground="quarantine")
    assert not cast.case(world, case_of(world, "ECO-02")).is_paused


def test_a16_1_only_listed_agencies_are_commissioned_for_what_they_do(world):
    agency_id = listed(world)
    with pytest.raises(FormRefusal, match="没有这项服务"):
        commission(world, agency_id, service="energy")
    with world.extranet.writing() as session:
        registering.delist(session, session.get_one(Agency, agency_id), reason="弄虚作假", by=COORDINATOR, at=world.now)
    for unknown in (agency_id, "", "0" * 36):
        with pytest.raises(FormRefusal, match="请选择名录中的中介机构"):
            commission(world, unknown)


def test_a16_1_only_the_cases_handlers_commission_and_end(world):
    agency_id = listed(world)
    others = (make_officer((Role.HANDLER, "220184-drc")), make_officer((Role.APPROVER, "220184-ee")), COORDINATOR)
    for by in others:
        with pytest.raises(NotAllowed):
            commission(world, agency_id, by=by)
    made = commission(world, agency_id)
    for by in others:
        with pytest.raises(NotAllowed):
            end(world, made, by=by)
    end(world, made)
    with pytest.raises(RuleRefusal, match="现在是“已完成”"):
        end(world, made, commissioning.cancel, result="不再需要")
    with pytest.raises(Conflict):
        end(world, made, finding="passed", result="可行", report="报告二", seen=1)


def test_a16_1_a_case_that_is_not_handled_commissions_nothing(applied_world):
    with pytest.raises(RuleRefusal, match="办理中的办件"):
        commission(applied_world, listed(applied_world))


def test_a14_4a_nothing_is_proposed_while_a_commissioned_service_runs(world):
    case_id = case_of(world, "ECO-02")
    made = commission(world, listed(world))
    with pytest.raises(RuleRefusal, match="委托的中介服务还没有结束"):
        cast.propose(world, case_id)
    end(world, made, commissioning.cancel, result="机构无法按期完成")
    cast.propose(world, case_id)
    assert cast.case(world, case_id).state == "awaiting_sign_off"


@pytest.mark.parametrize("event", ["withdraw", "void"])
def test_a16_1_a_service_ends_with_its_case_and_both_zones_learn_of_it(world, event):
    made = commission(world, listed(world), ground="technical_assessment")
    do(world, case_of(world, "ECO-02"), event)
    world.pump()
    row = engagement(world, made)
    assert (row.state, row.ended_on, row.result) == ("cancelled", date(2026, 11, 23), "办件已结束，委托随之终止")
    with world.public.reading() as session:
        told = published.public_engagements(session, world.code)[0]
    assert (told.state, told.ended_on) == ("cancelled", date(2026, 11, 23))
    with world.extranet.reading() as session:
        entry = next(one for one in entries_of(session, *row.trace_name()[:2]) if one.action == "engagement.lapse")
        late = queries.engagements_page(
            session, make_officer((Role.SUPERVISOR, "220000-drc")), queries.EngagementFilter(state=queries.OVERDUE),
            today=date(2027, 1, 1),
        )  # fmt: skip
    assert "办件已结束" in entry.reason
    assert late == []


def test_a16_1_the_register_is_kept_by_its_coordinators_and_told(applied_world):
    world = applied_world
    agency_id = listed(world)
    with pytest.raises(FormRefusal, match="已在名录中"):
        listed(world)
    with pytest.raises(FormRefusal) as refused:
        listed(world, name="", credit_code="1", services=["dancing"])
    assert list(refused.value.errors) == ["name", "credit_code", "services"]
    elsewhere = make_officer((Role.COORDINATOR, "220200-drc"))
    with world.extranet.writing() as session:
        agency = session.get_one(Agency, agency_id)
        with pytest.raises(NotAllowed):
            registering.delist(session, agency, reason="弄虚作假", by=elsewhere, at=world.now)
        session.rollback()
    with world.extranet.writing() as session:
        registering.delist(session, session.get_one(Agency, agency_id), reason="弄虚作假", by=COORDINATOR, at=world.now)
    world.pump()
    with world.public.reading() as session:
        assert session.get_one(PublicAgency, agency_id).state == "delisted"
        assert published.listed_agencies(session) == []
    with world.extranet.writing() as session:
        registering.relist(session, session.get_one(Agency, agency_id), by=COORDINATOR, at=world.now)
    world.pump()
    with world.public.reading() as session:
        assert [one.name for one in published.listed_agencies(session)] == ["吉林绿源环境咨询有限公司"]


def test_a16_1_unit_and_public_learn_service_agency_dates_fee_and_report(either_applied_world):
    world = either_applied_world
    cast.accept(world, case_of(world, "ECO-02"))
    made = commission(world, listed(world), ground="technical_assessment")
    world.pump()
    with world.public.reading() as session:
        told = published.public_engagements(session, world.code)[0]
    assert (told.service, told.agency_name) == ("environmental", "吉林绿源环境咨询有限公司")
    assert (told.begins_on, told.expected_on, told.ended_on) == (date(2026, 11, 23), date(2026, 12, 14), None)
    assert (told.fee, told.payer, told.report) == (12000, "department", "")
    end(world, made)
    world.pump()
    with world.public.reading() as session:
        told = published.public_engagements(session, world.code)[0]
        assert (told.finding, told.report) == ("passed", "技术评估报告")
    supervisor = make_officer((Role.SUPERVISOR, "220000-drc"))
    overdue = queries.EngagementFilter(state=queries.OVERDUE)
    with world.extranet.reading() as session:
        rows = queries.engagements_page(
            session, supervisor, queries.EngagementFilter(words="绿源"), today=world.now.date()
        )
        late = queries.engagements_page(session, supervisor, overdue, today=date(2027, 1, 1))
        assert session.exec(select(Engagement)).one().fee == 12000
    assert [(row.agency_name, row.state, row.fee) for row in rows] == [("吉林绿源环境咨询有限公司", "delivered", 12000)]
    assert late == []
