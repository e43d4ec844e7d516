"""From preliminary review to acceptance (A14.2, A14.3): every way an application can go, and what is told to whom."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from core import clocks
from core.cases import intake
from core.cases.intake import (
    accept,
    decline,
    record_filing,
    refuse_preliminary,
    request_supplement,
    still_silent,
    verify_code,
)
from core.cases.notices import notices_of_case
from core.cases.tables import Case, CaseMaterial, Decision, Message, Notice
from core.clocks import business_date
from core.domain.case_states import DECLINE_GROUNDS, REFUSAL_GROUNDS
from core.errors import RuleRefusal
from core.projects.tables import Project
from extranet_portal.worker import accept_the_silent, record_lights
from tests.core.cases.acts import BEYOND_SILENCE, FAULTS, arrive, bring, do, hear, rightful
from tests.core.supervision.lights_of import lights_of
from tests.world import act, application, case, case_of, file, pass_preliminary

CLERK = "pass_preliminary"


@pytest.fixture
def case_id(applied_world):
    return case_of(applied_world, "ECO-02")


@pytest.fixture
def clerk(applied_world, case_id):
    return rightful(applied_world, case_id, CLERK)


def notice_kinds(world, case_id):
    with world.extranet.reading() as session:
        return list(session.exec(select(Notice.kind).where(col(Notice.case_id) == case_id).order_by(col(Notice.id))))


def told(world, item_code):
    """What the unit was told of an item, newest last."""
    with world.public.reading() as session:
        rows = session.exec(select(Message).order_by(col(Message.at), col(Message.id))).all()
        return [row for row in rows if row.href.endswith(application(world, world.code, item_code).id)]


def take_back(world, case_id, material_code):
    """What was handed in under this code does not count any more."""
    with world.extranet.writing() as session:
        handed_in = select(CaseMaterial).where(
            col(CaseMaterial.case_id) == case_id, col(CaseMaterial.material_code) == material_code
        )
        for row in session.exec(handed_in):
            row.is_current = False


def test_a13_2_the_officer_verifies_the_code_once(applied_world, case_id, clerk):
    act(applied_world, case_id, verify_code, by=clerk)
    first = case(applied_world, case_id).code_verified_at
    act(applied_world.later(hours=1), case_id, verify_code, by=clerk)
    assert case(applied_world, case_id).code_verified_at == first


def test_a13_2_a_code_that_was_not_verified_stops_the_review(applied_world, case_id, clerk):
    with applied_world.extranet.writing() as session:
        session.get_one(Project, applied_world.code).verified_at = None
    with pytest.raises(RuleRefusal, match="未通过核验"):
        act(applied_world, case_id, intake.pass_preliminary, by=clerk)
    assert case(applied_world, case_id).state == "submitted"


def test_a14_2_a_passed_review_tells_the_unit(applied_world, case_id):
    pass_preliminary(applied_world, case_id)
    applied_world.pump()
    shown = application(applied_world, applied_world.code, "ECO-02")
    assert (shown.state, shown.preliminary_on) == ("under_acceptance", date(2026, 11, 23))
    assert told(applied_world, "ECO-02")[-1].words == "环境影响报告表审批：初审通过，项目代码已核验"


@pytest.mark.parametrize("ground", sorted(REFUSAL_GROUNDS))
def test_a14_2_a_refused_review_ends_the_case_and_tells_the_reason_at_once(applied_world, case_id, clerk, ground):
    organ, reason = "长春市生态环境局", "见附件说明的情况"
    act(applied_world, case_id, refuse_preliminary, by=clerk, ground=ground, reason=reason, right_organ=organ)
    applied_world.pump()
    words = f"{REFUSAL_GROUNDS[ground]}：{reason}" + (f"。请向{organ}申请" if ground == "out_of_remit" else "")
    ended = case(applied_world, case_id)
    assert (ended.state, ended.end_reason, ended.due_on) == ("refused", words, None)
    assert application(applied_world, applied_world.code, "ECO-02").reason == words
    assert told(applied_world, "ECO-02")[-1].wants_action
    assert notice_kinds(applied_world, case_id) == ["preliminary_refusal"]


@pytest.mark.parametrize(
    ("stage", "ground", "reason", "field"),
    [
        (refuse_preliminary, "", "说明得很清楚", "ground"),
        (refuse_preliminary, "not_required", "说明得很清楚", "ground"),
        (refuse_preliminary, "duplicate", "重复", "reason"),
        (decline, "", "说明得很清楚", "ground"),
        (decline, "duplicate", "说明得很清楚", "ground"),
        (decline, "not_required", "    ", "reason"),
    ],
)
def test_turning_an_application_away_needs_a_ground_of_the_list_and_a_reason(
    applied_world, case_id, clerk, stage, ground, reason, field
):
    with pytest.raises(RuleRefusal) as refused:
        act(applied_world, case_id, stage, by=clerk, ground=ground, reason=reason)
    assert refused.value.field == field


def test_a14_3_accepting_starts_the_handling_clock_and_issues_the_notice(applied_world, case_id, clerk):
    bring(applied_world, case_id, "in_handling")
    accepted = case(applied_world, case_id)
    assert (accepted.accepted_on, accepted.due_on) == (date(2026, 11, 23), date(2026, 12, 14))
    assert notice_kinds(applied_world, case_id) == ["acceptance"]
    shown = application(applied_world, applied_world.code, "ECO-02")
    assert (shown.state, shown.accepted_on, shown.clock["kind"]) == ("in_handling", date(2026, 11, 23), "handling")


def test_a14_3_a_case_with_a_required_material_missing_is_not_accepted(applied_world, case_id, clerk):
    bring(applied_world, case_id, "under_acceptance")
    take_back(applied_world, case_id, "EIA_TABLE")
    with pytest.raises(RuleRefusal, match="缺少必需材料：环境影响报告表"):
        act(applied_world, case_id, accept, by=clerk)


def test_a2_3_a_case_whose_prerequisite_is_not_granted_is_not_recorded(applied_world):
    bring(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    arrive(applied_world, "ECO-04")
    early = case_of(applied_world, "ECO-04")
    do(applied_world, early, "pass_preliminary")
    with applied_world.extranet.writing() as session:
        session.add(
            CaseMaterial(case_id=early, material_code="ENV_ACCEPTANCE", name="验收报告", file_name="验收.pdf",
                         media_type="application/pdf", digest="0" * 64, size=1, handed_in_at=applied_world.now)
        )  # fmt: skip
    with pytest.raises(RuleRefusal, match="前置事项尚未办结：环境影响报告表审批"):
        act(applied_world, early, record_filing, by=rightful(applied_world, early, "record_filing"))
    assert case(applied_world, early).state == "under_acceptance"


def test_a14_3_a_supplement_is_asked_for_once_material_by_material(applied_world, case_id, clerk):
    bring(applied_world, case_id, "awaiting_supplement")
    shown = application(applied_world, applied_world.code, "ECO-02")
    assert (shown.state, shown.asked_for, shown.clock) == ("awaiting_supplement", [dict(FAULTS[0])], None)
    assert told(applied_world, "ECO-02")[-1].wants_action
    do(applied_world, case_id, "supplement")
    with pytest.raises(RuleRefusal, match="一次性告知"):
        act(applied_world, case_id, request_supplement, by=clerk, items=FAULTS)


@pytest.mark.parametrize(
    ("items", "words"), [((), "至少选择一份材料"), (({**FAULTS[0], "fault": " "},), "请写明“环境影响报告表”存在的问题")]
)
def test_a14_3_a_request_to_supplement_names_what_is_wrong(applied_world, case_id, clerk, items, words):
    bring(applied_world, case_id, "under_acceptance")
    with pytest.raises(RuleRefusal, match=words):
        act(applied_world, case_id, request_supplement, by=clerk, items=items)


def test_a14_3_a_request_to_supplement_leaves_nothing_out_that_is_missing(applied_world, case_id, clerk):
    bring(applied_world, case_id, "under_acceptance")
    take_back(applied_world, case_id, "EIA_TABLE")
    other = {"material_code": "other", "name": "申请表", "fault": "未盖章", "cure": "盖章后重交"}
    with pytest.raises(RuleRefusal, match="一次性告知全部缺项，还缺：环境影响报告表"):
        act(applied_world, case_id, request_supplement, by=clerk, items=[other])
    act(applied_world, case_id, request_supplement, by=clerk, items=[other, *FAULTS])
    assert case(applied_world, case_id).state == "awaiting_supplement"


@pytest.mark.parametrize("ground", sorted(DECLINE_GROUNDS))
def test_a14_3_non_acceptance_names_the_ground_of_the_law(applied_world, case_id, clerk, ground):
    bring(applied_world, case_id, "under_acceptance")
    organ = "长春市生态环境局"
    act(applied_world, case_id, decline, by=clerk, ground=ground, reason="详见所附说明", right_organ=organ)
    applied_world.pump()
    told_words = application(applied_world, applied_world.code, "ECO-02").reason
    assert told_words.startswith(f"{DECLINE_GROUNDS[ground]}：详见所附说明")
    assert told_words.endswith(f"请向{organ}申请") == (ground == "out_of_remit")
    assert notice_kinds(applied_world, case_id) == ["decline"]


def test_a14_3_a_filing_is_recorded_without_a_decision(applied_world):
    case_id = case_of(applied_world, "IIT-01")
    file(applied_world, case_id)
    applied_world.pump()
    recorded = case(applied_world, case_id)
    shown = application(applied_world, applied_world.code, "IIT-01")
    assert (recorded.state, recorded.outcome, shown.outcome) == ("concluded", "filed", "filed")
    assert applied_world.post.public_files.has(shown.document_digest)
    with applied_world.extranet.reading() as session:
        assert session.exec(select(Decision)).all() == []


def test_a14_3_silence_beyond_the_limit_is_acceptance_from_the_day_of_receipt(applied_world, case_id):
    assert accept_the_silent(applied_world.extranet, applied_world.on(date(2026, 11, 30)).now) == 0
    assert accept_the_silent(applied_world.extranet, applied_world.on(BEYOND_SILENCE).now) == 2
    applied_world.pump()
    deemed = case(applied_world, case_id)
    assert (deemed.state, deemed.is_deemed, deemed.accepted_on) == ("in_handling", True, date(2026, 11, 23))
    assert deemed.due_on == date(2026, 12, 14)
    assert deemed.code_verified_at == applied_world.now
    assert notice_kinds(applied_world, case_id) == ["deemed_acceptance"]
    assert "自收到之日起视为受理" in told(applied_world, "ECO-02")[-1].words
    assert case(applied_world, case_of(applied_world, "IIT-01")).state == "submitted"


def test_a14_3_an_application_answered_meanwhile_is_not_silent(applied_world, case_id):
    bring(applied_world, case_id, "under_acceptance")
    with applied_world.extranet.reading() as session:
        assert still_silent(session, case_id, BEYOND_SILENCE).id == case_id
    do(applied_world, case_id, "accept")
    with applied_world.extranet.reading() as session:
        assert still_silent(session, case_id, BEYOND_SILENCE) is None


def test_a14_4d_the_silence_is_a_red_light_although_its_clock_stopped_at_once(applied_world, case_id):
    applied_world.on(BEYOND_SILENCE)
    accept_the_silent(applied_world.extranet, applied_world.now)
    record_lights(applied_world.extranet, applied_world.now)
    assert lights_of(applied_world, case_id, "acceptance") == {
        "yellow": date(2026, 11, 27),
        "red": date(2026, 12, 1),
    }


@pytest.mark.parametrize(
    ("state", "event"), [("submitted", "refuse_preliminary"), ("under_acceptance", "accept"),
                         ("under_acceptance", "request_supplement"), ("under_acceptance", "decline")]
)  # fmt: skip
def test_a14_3_after_silence_nothing_but_acceptance_is_left(applied_world, case_id, state, event):
    bring(applied_world, case_id, state)
    applied_world.on(BEYOND_SILENCE)
    with pytest.raises(RuleRefusal, match="视为受理"):
        do(applied_world, case_id, event)


def test_a3_2_what_is_classified_is_turned_away_whenever_it_is_found(applied_world, case_id, clerk):
    applied_world.on(BEYOND_SILENCE)
    act(applied_world, case_id, refuse_preliminary, by=clerk, ground="classified", reason="材料含有涉密内容")
    assert case(applied_world, case_id).state == "refused"


def test_a14_3_after_a_supplement_silence_counts_from_the_day_it_was_received(applied_world, case_id):
    bring(applied_world, case_id, "awaiting_supplement")
    do(applied_world.on(date(2026, 12, 7)), case_id, "supplement")
    assert case(applied_world, case_id).acceptance_due_on == date(2026, 12, 14)
    accept_the_silent(applied_world.extranet, applied_world.on(date(2026, 12, 15)).now)
    deemed = case(applied_world, case_id)
    assert (deemed.is_deemed, deemed.accepted_on) == (True, date(2026, 12, 7))
    with applied_world.extranet.reading() as session:
        found = select(Notice).where(col(Notice.kind) == "deemed_acceptance", col(Notice.case_id) == case_id)
        notice = session.exec(found).one()
    assert notice.facts["received_on"] == "2026-12-07"
    assert notice.facts["silent_until"] == "2026-12-14"


def test_while_the_unit_supplements_the_department_is_not_silent(applied_world, case_id):
    bring(applied_world, case_id, "awaiting_supplement")
    applied_world.on(date(2027, 1, 20))
    accept_the_silent(applied_world.extranet, applied_world.now)
    assert case(applied_world, case_id).state == "awaiting_supplement"
    with applied_world.extranet.reading() as session:
        assert [row.stopped_on for row in clocks.clocks_of(session, case_id)] == [date(2026, 11, 23)] * 2


def test_a14_3_a_case_whose_acceptance_by_silence_fails_keeps_no_other_waiting(applied_world, case_id, caplog):
    other = case_of(applied_world, "DRC-06")
    with applied_world.extranet.writing() as session:
        session.get_one(Case, min(case_id, other)).guide_version = "ECO-02.404"
    assert accept_the_silent(applied_world.extranet, applied_world.on(BEYOND_SILENCE).now) == 1
    assert case(applied_world, min(case_id, other)).state == "submitted"
    assert case(applied_world, max(case_id, other)).state == "in_handling"
    assert [row.message for row in caplog.records if row.name == "extranet_portal.worker"] == [
        "acceptance by silence failed"
    ]


def test_a14_3_a_supplement_that_was_not_answered_by_its_day_ends_in_non_acceptance(applied_world, case_id, clerk):
    bring(applied_world, case_id, "awaiting_supplement")
    given = {"ground": "materials_not_cured", "reason": "逾期未补正"}
    assert application(applied_world, applied_world.code, "ECO-02").answer_by == date(2026, 12, 23)
    told = notices_of_kind(applied_world, case_id, "supplement")[0].facts
    assert (told["answer_by"], told["consequence"]) == ("2026-12-23", "逾期未补正的，可以依法不予受理")
    with pytest.raises(RuleRefusal, match="期限未满"):
        act(applied_world.on(date(2026, 12, 23)), case_id, decline, by=clerk, **given)
    other = {"ground": "prohibited", "reason": "属于禁止投资"}
    hear(applied_world.on(date(2026, 12, 24)))
    with pytest.raises(RuleRefusal, match="逾期未补正"):
        act(applied_world, case_id, decline, by=clerk, **other)
    act(applied_world, case_id, decline, by=clerk, **given)
    assert case(applied_world, case_id).state == "not_accepted"


def test_a14_3_a_request_without_a_day_waits_for_its_answer(applied_world, case_id, clerk):
    pass_preliminary(applied_world, case_id)
    act(applied_world, case_id, request_supplement, by=clerk, items=FAULTS)
    assert notices_of_kind(applied_world, case_id, "supplement")[0].facts["consequence"] == ""
    given = {"ground": "materials_not_cured", "reason": "逾期未补正"}
    with pytest.raises(RuleRefusal, match="没有载明期限"):
        act(applied_world.on(date(2027, 6, 1)), case_id, decline, by=clerk, **given)


@pytest.mark.parametrize("days", [0, 181])
def test_a14_3_the_day_of_a_supplement_leaves_time_and_comes_within_half_a_year(applied_world, case_id, clerk, days):
    pass_preliminary(applied_world, case_id)
    until = business_date(applied_world.now) + timedelta(days=days)
    with pytest.raises(RuleRefusal) as refused:
        act(applied_world, case_id, request_supplement, by=clerk, items=FAULTS, answer_by=until)
    assert refused.value.field == "answer_by"


@pytest.mark.parametrize("stage", [refuse_preliminary, decline])
def test_a14_2_what_is_not_ours_is_turned_away_only_with_the_name_of_whose_it_is(applied_world, case_id, clerk, stage):
    if stage is decline:
        pass_preliminary(applied_world, case_id)
    given = {"ground": "out_of_remit", "reason": "跨区域项目不由本局办理"}
    with pytest.raises(RuleRefusal) as refused:
        act(applied_world, case_id, stage, by=clerk, **given)
    assert refused.value.field == "right_organ"
    act(applied_world, case_id, stage, by=clerk, right_organ="长春市生态环境局", **given)
    kind = "decline" if stage is decline else "preliminary_refusal"
    assert notices_of_kind(applied_world, case_id, kind)[0].facts["right_organ"] == "长春市生态环境局"


def notices_of_kind(world, case_id, kind):
    with world.extranet.reading() as session:
        return [one for one in notices_of_case(session, session.get_one(Case, case_id)) if one.kind == kind]
