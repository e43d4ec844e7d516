"""第十四条：from registration to conclusion, as the article tells it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from core.accounts.registering import Registration, register
from core.cases import applying, closing, handling, intake, planning, proof, replanning
from core.cases.tables import Decision, Message, Notice
from core.documents.tables import Material
from core.domain.case_states import CASE, OUTCOME_WORDS
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from core.projects import declaring
from core.projects.tables import DeclaredProject, Project, ToldDueItem
from core.supervision.lights import sweep
from extranet_portal.worker import accept_the_silent
from tests.core.cases.acts import BEYOND_SILENCE, FAULTS, bring, do, propose, rightful
from tests.core.pdf_text import text_of
from tests.core.supervision.lights_of import lights_of
from tests.domain.sample_declarations import PARTS_FACTORY
from tests.world import (
    PASSWORD,
    accept,
    act,
    application,
    case,
    case_of,
    decide,
    declare,
    hand_in_everything,
    make_officer,
    proposal,
    shanghai_date,
    unit_of,
)

REGISTRATION = Registration(
    credit_code="91220100MA17000134",
    enterprise_name="长春某某实业有限公司",
    enterprise_kind="enterprise",
    contact_name="赵晓明",
    mobile="13900000001",
    password=PASSWORD,
    password_again=PASSWORD,
)


@pytest.fixture
def case_id(applied_world):
    return case_of(applied_world, "ECO-02")


def registered(world, **differs):
    with world.public.writing() as session:
        form = replace(REGISTRATION, **differs)
        return register(session, form, password_hash="", kinds=frozenset({"enterprise"}), at=world.now)


def notices(world, case_id=None):
    with world.extranet.reading() as session:
        found = select(Notice).where(col(Notice.case_id) == case_id).order_by(col(Notice.id))
        return session.exec(found).all()


def printed(world, notice):
    return text_of(b"".join(world.post.extranet_files.read_chunks(notice.digest)))


# （一）项目申报


def test_a14_1a_an_enterprise_registers_with_its_unified_social_credit_code(world):
    assert registered(world).credit_code == "91220100MA17000134"


@pytest.mark.parametrize("typed", ["91220100MA17000135", "9122010", "91220100MI17000134", ""])
def test_a14_1a_a_credit_code_that_cannot_be_one_is_refused(world, typed):
    with pytest.raises(FormRefusal) as refused:
        registered(world, credit_code=typed)
    assert list(refused.value.errors) == ["credit_code"]


def test_a14_1b_the_code_is_there_the_moment_the_declaration_is_submitted(world):
    answers = PARTS_FACTORY.answers | {"unit_uscc": [world.unit.credit_code], "unit_name": [world.unit.org_name]}
    with world.public.writing() as session:
        draft = declaring.begin_draft(session, by=world.unit, at=world.now)
        declaring.save_step(session, draft, answers, step="site", by=world.unit, at=world.now)
        assert declaring.submit(session, draft, by=world.unit, at=world.now).code == "2026-220102-36-03-000001"


def test_a14_1b_what_is_not_filled_in_truly_completely_and_exactly_gets_no_code(world):
    with world.public.writing() as session:
        draft = declaring.begin_draft(session, by=world.unit, at=world.now)
        given = {"not_classified_declared": ["true"], "total_investment": ["-3"]}
        declaring.save_step(session, draft, given, step="site", by=world.unit, at=world.now)
        with pytest.raises(FormRefusal) as refused:
            declaring.submit(session, draft, by=world.unit, at=world.now)
    assert {"project_name", "region_code", "total_investment", "site_address"} <= set(refused.value.errors)
    with world.public.reading() as session:
        assert session.exec(select(DeclaredProject)).all() == []


def test_a14_1c_the_unit_is_told_its_due_items_before_it_applies_for_any(world):
    code = declare(world, "renovation")
    with world.public.reading() as session:
        told = session.exec(select(ToldDueItem).order_by(col(ToldDueItem.position))).all()
        assert applying.applications_of(session, code) == []
    assert [(row.item_code, row.org_unit_name) for row in told] == [
        ("IIT-01", "公主岭市工业和信息化局"),
        ("DRC-06", "公主岭市发展和改革局"),
        ("ECO-02", "长春市生态环境局公主岭市分局"),
        ("ECO-04", "长春市生态环境局公主岭市分局"),
    ]
    assert all(row.why for row in told)


def test_a14_1c_the_coordinator_adds_and_drops_an_item_with_a_reason_and_the_unit_is_told(applied_world):
    world = applied_world
    coordinator = make_officer(("coordinator", "220000-drc"), name="宋杰")
    for place, (change, reason) in enumerate(
        [(replanning.add_due_item, "现场核实占用林地"), (replanning.drop_due_item, "选址调整后不占用林地")]
    ):
        with world.extranet.writing() as session:
            project = session.get_one(Project, world.code)
            change(session, project, "FOR-01", reason=reason, by=coordinator, at=world.now)
        world.pump()
        with world.public.reading() as session:
            listed = {row.item_code for row in declaring.due_items_of(session, world.code)}
            assert [one for one in session.exec(select(Message)) if reason in one.words]
        assert ("FOR-01" in listed) is (place == 0)
        world.later(minutes=1)


def test_a14_1c_the_lead_department_may_do_it_too_another_department_may_not(applied_world):
    for unit, may in (("220184-miit", True), ("220184-ee", False)):
        with applied_world.extranet.reading() as session:
            project = session.get_one(Project, applied_world.code)
            assert replanning.may_change_list(session, make_officer(("handler", unit)), project) is may


def test_a14_1c_the_unit_is_told_by_when_everything_can_be_over(applied_world):
    world = applied_world
    with world.public.reading() as session:
        due = declaring.due_items_of(session, world.code)
        latest = applying.latest_by_item(applying.applications_of(session, world.code))
        plan = planning.plan_outside(session, due, latest, on=shanghai_date(world))
    # the table takes 15 working days, its acceptance one more; the energy review runs beside it
    assert (plan.critical, plan.finishes_on) == (("ECO-02", "ECO-04"), date(2026, 12, 15))


def test_a14_1d_with_the_code_the_unit_submits_the_materials_of_several_items_in_one_go(world):
    code = declare(world, "renovation")
    for item in ("DRC-06", "ECO-02"):
        hand_in_everything(world, code, item)
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, code)
        applying.apply(session, project, ["DRC-06", "ECO-02"], knowing_missing=False, by=world.unit, at=world.now)
    world.pump()
    assert [case(world, case_of(world, item, code=code)).state for item in ("DRC-06", "ECO-02")] == ["submitted"] * 2


def test_a14_1d_a_material_handed_in_once_is_not_asked_for_again(world):
    code = declare(world, "parts_factory")
    with world.public.reading() as session:
        items = [row.item_code for row in declaring.due_items_of(session, code)]
    for item in items:
        hand_in_everything(world, code, item)
    with world.public.reading() as session:
        reusable = [row.material_code for row in session.exec(select(Material)) if row.item_code == ""]
    assert len(reusable) == len(set(reusable)) > 0


# （二）项目初审


def test_a14_2_the_review_has_three_working_days(applied_world, case_id):
    assert case(applied_world, case_id).due_on == date(2026, 11, 26)


@pytest.mark.parametrize("ground", ["code_invalid", "out_of_remit"])
def test_a14_2_a_case_outside_the_remit_or_with_a_wrong_code_is_not_passed_and_the_unit_told_at_once(
    applied_world, case_id, ground
):
    by = rightful(applied_world, case_id, "accept")
    told = {"reason": "应向长春市申请", "right_organ": "长春市生态环境局" if ground == "out_of_remit" else ""}
    act(applied_world, case_id, intake.refuse_preliminary, by=by, ground=ground, **told)
    applied_world.pump()
    assert application(applied_world, applied_world.code, "ECO-02").state == "refused"
    (notice,) = notices(applied_world, case_id)
    assert "应向长春市申请" in printed(applied_world, notice)
    with applied_world.public.reading() as session:
        assert [one for one in session.exec(select(Message)) if "应向长春市申请" in one.words]


# （三）项目受理


def test_a14_3_the_unit_gets_the_notice_of_acceptance_and_time_begins_to_count(applied_world, case_id):
    accept(applied_world, case_id)
    applied_world.pump()
    (notice,) = notices(applied_world, case_id)
    assert "受理通知书" in printed(applied_world, notice)
    assert "2026 年 12 月 14 日" in printed(applied_world, notice)
    clock = application(applied_world, applied_world.code, "ECO-02").clock
    assert (clock["kind"], clock["started_on"], clock["limit"]) == ("handling", "2026-11-23", 15)


def test_a14_3_a_second_request_to_supplement_is_refused(applied_world, case_id):
    bring(applied_world, case_id, "awaiting_supplement")
    do(applied_world, case_id, "supplement")
    with pytest.raises(RuleRefusal, match="一次性告知"):
        do(applied_world, case_id, "request_supplement")


def test_a14_3_the_request_to_supplement_names_every_fault_and_its_cure(applied_world, case_id):
    do(applied_world, case_id, "pass_preliminary")
    faults = [
        *FAULTS,
        {"material_code": "AUTHORISATION", "name": "授权委托书", "fault": "未签字", "cure": "补签后上传"},
    ]
    by = rightful(applied_world, case_id, "accept")
    act(applied_world, case_id, intake.request_supplement, by=by, items=faults)
    text = printed(applied_world, notices(applied_world, case_id)[0])
    assert [
        word for fault in faults for word in (fault["name"], fault["fault"], fault["cure"]) if word not in text
    ] == []


def test_a14_3_non_acceptance_comes_with_its_reason_and_the_remedy(applied_world, case_id):
    do(applied_world, case_id, "pass_preliminary")
    do(applied_world, case_id, "decline")
    text = printed(applied_world, notices(applied_world, case_id)[0])
    assert "属于禁止投资建设的项目" in text
    assert "行政复议" in text


def test_a14_3_silence_for_five_working_days_is_acceptance_from_the_day_of_receipt(applied_world, case_id):
    accept_the_silent(applied_world.extranet, applied_world.on(BEYOND_SILENCE).now)
    deemed = case(applied_world, case_id)
    assert (deemed.state, deemed.is_deemed, deemed.accepted_on) == ("in_handling", True, date(2026, 11, 23))


def test_a14_3_a_filing_is_no_decision_and_needs_no_signature(applied_world):
    case_id = case_of(applied_world, "IIT-01")
    for event in ("pass_preliminary", "record_filing"):
        do(applied_world, case_id, event)
    assert (case(applied_world, case_id).state, case(applied_world, case_id).outcome) == ("concluded", "filed")
    assert [notice.kind for notice in notices(applied_world, case_id)] == ["filing"]


def test_a14_3_a_filing_is_neither_accepted_nor_turned_down_for_want_of_papers(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "IIT-01"), "under_acceptance")
    by = rightful(applied_world, case_id, "accept")
    with pytest.raises(RuleRefusal, match="不作受理决定"):
        act(applied_world, case_id, intake.accept, by=by)
    reason = {"ground": "materials_not_cured", "reason": "材料不齐全"}
    with pytest.raises(RuleRefusal, match="请发补正告知"):
        act(applied_world, case_id, intake.decline, by=by, **reason)


# （四）项目办理


@pytest.mark.parametrize(
    ("lacking", "field"),
    [
        ({"document_number": ""}, "document_number"),
        ({"document_title": ""}, "document_title"),
        ({"scan": None}, "scan"),
    ],
)
def test_a14_4a_a_decision_has_document_number_title_and_scan(applied_world, case_id, lacking, field):
    bring(applied_world, case_id, "in_handling")
    by = rightful(applied_world, case_id, "propose")
    with pytest.raises(FormRefusal) as refused:
        act(applied_world, case_id, handling.propose, by=by, proposal=proposal(applied_world, **lacking))
    assert field in refused.value.errors


def test_a14_4a_the_handler_proposes_and_another_decides(applied_world, case_id):
    bring(applied_world, case_id, "in_handling")
    unit = unit_of(applied_world, case_id)
    both = make_officer(("handler", unit), ("approver", unit), name="一人两岗")
    propose(applied_world, case_id, both)
    with pytest.raises(RuleRefusal, match="不能签批自己提出的拟办意见"):
        act(applied_world, case_id, closing.approve, by=both)
    do(applied_world, case_id, "approve")
    with applied_world.extranet.reading() as session:
        decision = session.exec(select(Decision)).one()
    assert (decision.state, decision.proposer_name) == ("decided", "一人两岗")
    assert decision.approved_by != decision.proposed_by


def test_a14_4a_a_handler_signs_nothing(applied_world, case_id):
    bring(applied_world, case_id, "awaiting_sign_off")
    with pytest.raises(NotAllowed, match="签批由其他岗位办理"):
        act(applied_world, case_id, closing.approve, by=rightful(applied_world, case_id, "propose"))


def test_a14_4d_yellow_warns_and_red_is_recorded_for_good(applied_world, case_id):
    accept(applied_world, case_id)
    for day in (date(2026, 12, 9), date(2026, 12, 15)):
        with applied_world.on(day).extranet.writing() as session:
            sweep(session, today=day, at=applied_world.now)
    for event in ("propose", "approve"):
        do(applied_world, case_id, event)
    assert lights_of(applied_world, case_id, "handling") == {"yellow": date(2026, 12, 9), "red": date(2026, 12, 15)}


# （五）事项办结


def test_a14_5_the_result_is_with_the_unit_at_once(applied_world, case_id):
    decide(applied_world, case_id, outcome="granted_with_conditions")
    applied_world.pump()
    shown = application(applied_world, applied_world.code, "ECO-02")
    assert OUTCOME_WORDS[shown.outcome] == "附条件准予"
    assert (shown.conditions, shown.concluded_on) == ("按批复要求落实。", shanghai_date(applied_world))
    assert applied_world.post.public_files.has(shown.document_digest)


def test_a14_5_the_notice_of_completion_comes_with_the_last_due_item_and_not_before(last_item_world):
    assert notices(last_item_world) == []
    decide(last_item_world, case_of(last_item_world, "DRC-06"), number="公发改能审〔2026〕3 号")
    (notice,) = notices(last_item_world)
    text = printed(last_item_world, notice)
    for words in ("办结通知书", "公发改能审〔2026〕3 号", "企业技术改造投资项目备案", last_item_world.code):
        assert words in text
    with last_item_world.extranet.reading() as session:
        assert session.get(Project, last_item_world.code).state == "approved"


def test_a14_5_the_notice_proves_each_item_by_department_number_date_and_digest_and_the_list_by_its_own(
    last_item_world,
):
    world = last_item_world
    decide(world, case_of(world, "DRC-06"), number="公发改能审〔2026〕3 号")
    world.pump()
    (notice,) = notices(world)
    text = printed(world, notice)
    with world.extranet.reading() as inside, world.public.reading() as outside:
        (frozen,), (told,) = proof.frozen_lists(inside, world.code), proof.frozen_lists(outside, world.code)
    assert (frozen.digest, frozen.items) == (told.digest, told.items)
    assert proof.digest_of(told) == frozen.digest == notice.facts["list_digest"]
    assert frozen.digest in text
    assert [row["item_code"] for row in frozen.items] == ["IIT-01", "DRC-06", "ECO-02", "ECO-04"]
    for row in frozen.items:
        assert row["digest"][:16] in text
        assert world.post.extranet_files.has(row["digest"])
        assert row["document_number"] in text


def test_a14_5_a_frozen_list_never_changes(either_last_item_world):
    world = either_last_item_world
    decide(world, case_of(world, "DRC-06"))
    for change in ("UPDATE due_list_version SET digest = 'x'", "DELETE FROM due_list_version"):
        with pytest.raises(DBAPIError, match="a frozen list never changes"), world.extranet.writing() as session:
            session.connection().exec_driver_sql(change)


def test_a14_5_the_unit_is_told_that_everything_is_concluded(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    last_item_world.pump()
    with last_item_world.public.reading() as session:
        assert [one for one in session.exec(select(Message)) if one.words.startswith("收到《办结通知书》")]


def test_a14_every_row_of_the_machine_serves_an_article_of_this_chapter():
    served = {"A12.2", "A14.1d", "A14.1e", "A14.2", "A14.3", "A14.4a", "A14.5", "A15.2"}
    assert {move.article for move in CASE.moves} == served
