"""Changes through both zones (A12.2, A14.1e): asked for, decided, told, on both engines."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from core.cases import applying, handling
from core.cases.facts import granted_items
from core.cases.tables import Application, Case, Message, Notice, ReceivedNotice
from core.changes import deciding
from core.changes.arriving import link_new_code
from core.changes.messages import NewCodeIssued
from core.changes.queries import fates_of
from core.changes.tables import ChangeRequest, ProjectChange
from core.clocks import SUSPENSION_GROUND, CasePause
from core.consultations import asking
from core.consultations.asking import Asker
from core.consultations.queries import waiting_for
from core.domain.project_states import PROJECT
from core.errors import FormRefusal, NotAllowed, RuleRefusal
from core.projects.declaring import due_items_of
from core.projects.links import linked
from core.projects.tables import Declaration, DeclaredProject, DueItem, Project
from core.trace import entries_of, entries_of_project
from tests.core.cases.acts import bring, do, rightful
from tests.core.changes.requests import ask, decide, fates, grant, send, states, withdraw
from tests.core.consultations import letters
from tests.world import act, application, apply_for, case, case_of, conclude_everything, declare, make_enterprise
from tests.world import decide as conclude


def test_a12_2_a_granted_change_keeps_the_code_and_makes_a_new_version(either_applied_world):
    world = either_applied_world
    change_id = ask(world, world.code, "change", planned_completion="2028-06")
    assert states(world, world.code, change_id) == ("submitted", "in_approval", "submitted", "in_approval")
    grant(world, change_id, opinion="情况属实，同意延期。")
    assert states(world, world.code, change_id) == ("granted", "in_approval", "granted", "in_approval")
    with world.extranet.reading() as inside, world.public.reading() as outside:
        versions = inside.exec(select(Declaration).order_by(col(Declaration.number))).all()
        assert [(one.number, one.facts["planned_completion"]) for one in versions][1] == (2, "2028-06")
        assert outside.get_one(DeclaredProject, world.code).facts["planned_completion"] == "2028-06"
        words = [entry.words for entry in entries_of_project(inside, world.code)]
    assert {"同意变更", "申报信息变更为第 2 版", "收到变更申请"} <= set(words)
    assert case(world, case_of(world, "ECO-02")).project_code == world.code


def test_a14_1c_changed_facts_make_the_due_items_anew_and_the_unit_is_told(either_applied_world):
    world = either_applied_world
    change_id = ask(world, world.code, "change", takes_water="true", annual_water_intake="20.00")
    grant(world, change_id)
    with world.extranet.reading() as inside, world.public.reading() as outside:
        due = {row.item_code for row in inside.exec(select(DueItem)).all() if row.dropped_on is None}
        told = {row.item_code for row in due_items_of(outside, world.code)}
        assert any("增加应办事项" in entry.words for entry in entries_of_project(inside, world.code))
    assert any(code.startswith("WAT") for code in due)
    assert told == due


@pytest.mark.parametrize("kind", ["suspension", "termination"])
def test_a14_1e_a_project_that_rests_or_ended_takes_no_application(world, kind):
    code = declare(world, "renovation")
    change_id = ask(world, code, kind)
    apply_now(world, code, "IIT-01")
    grant(world, change_id)  # the application is on its way
    assert application(world, code, "IIT-01").state == "rejected"
    assert "项目已" in application(world, code, "IIT-01").reason
    with pytest.raises(RuleRefusal, match="项目已"):
        apply_now(world, code, "ECO-02")


def apply_now(world, code, item):
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, code)
        applying.apply(session, project, [item], knowing_missing=True, by=world.unit, at=world.now)


def test_a14_1e_cases_in_handling_rest_with_their_project_and_count_on_when_it_resumes(either_applied_world):
    world = either_applied_world
    before = bring(world, case_of(world, "ECO-02"), "in_handling")
    due_before = case(world, before).due_on
    grant(world, ask(world, world.code, "suspension", reason="资金未到位，暂停建设", expected_on=date(2026, 12, 7)))
    during = bring(world, case_of(world, "DRC-06"), "in_handling")
    for case_id in (before, during):
        assert case(world, case_id).is_paused
        assert case(world, case_id).due_on is None
        assert "因申请人申请中止，暂停计时" in told(world, case_id)
    assert expected_ends(world) == [date(2026, 12, 7), None]
    assert not case(world, case_of(world, "IIT-01")).is_paused
    world.later(days=14)
    change_id = ask(world, world.code, "resumption")
    grant(world, change_id)
    assert states(world, world.code, change_id) == ("granted", "in_approval", "granted", "in_approval")
    assert not case(world, during).is_paused
    assert case(world, before).due_on == due_before + timedelta(days=14)  # two weeks without a holiday
    with world.extranet.reading() as session:
        entries = entries_of(session, "case", case(world, before).application_id)
        assert [(one.action, one.actor_name) for one in entries[:2]] == [
            ("case.wake", "郑立新"),
            ("case.rest", "郑立新"),
        ]


def told(world, case_id):
    """What the unit was told of a case."""
    with world.public.reading() as session:
        item = case(world, case_id).item_name
        return " ".join(one.words for one in session.exec(select(Message)) if one.words.startswith(item))


def expected_ends(world):
    with world.extranet.reading() as session:
        return [one.expected_on for one in session.exec(select(CasePause).order_by(col(CasePause.id)))]


def test_a15_2_a_pause_on_another_ground_outlasts_suspension_and_resumption(applied_world):
    world = applied_world
    case_id = bring(world, case_of(world, "ECO-02"), "in_handling")
    do(world, case_id, "pause")
    grant(world, ask(world, world.code, "suspension"))
    grant(world, ask(world, world.code, "resumption"))
    assert case(world, case_id).is_paused


def test_a14_1e_what_comes_back_from_sign_off_during_a_suspension_rests_with_the_project(applied_world):
    world = applied_world
    case_id = bring(world, case_of(world, "ECO-02"), "awaiting_sign_off")
    grant(world, ask(world, world.code, "suspension"))
    assert not case(world, case_id).is_paused
    do(world, case_id, "send_back")
    world.pump()
    assert case(world, case_id).is_paused
    assert "因申请人申请中止，暂停计时" in told(world, case_id)
    grant(world, ask(world, world.code, "resumption"))
    assert not case(world, case_id).is_paused


def test_a14_1e_a_pause_on_another_ground_that_ends_during_a_suspension_gives_way_to_it(applied_world):
    world = applied_world
    case_id = bring(world, case_of(world, "ECO-02"), "in_handling")
    do(world, case_id, "pause")
    grant(world, ask(world, world.code, "suspension"))
    do(world.later(days=2), case_id, "resume")
    assert case(world, case_id).is_paused
    grant(world.later(days=7), ask(world, world.code, "resumption"))
    assert not case(world, case_id).is_paused
    assert case(world, case_id).due_on == date(2026, 12, 23)  # 14 December and the 7 working days that nothing counted


def test_a14_1e_the_handler_may_go_on_before_the_project_resumes_and_rest_again(applied_world):
    world = applied_world
    case_id = bring(world, case_of(world, "ECO-02"), "in_handling")
    handler = rightful(world, case_id, "pause")
    words = {"ground": SUSPENSION_GROUND, "expected_on": date(2026, 12, 7), "reason": "等项目恢复后再办"}
    with pytest.raises(FormRefusal) as refused:
        act(world, case_id, handling.pause, by=handler, **words)
    assert list(refused.value.errors) == ["ground"]
    grant(world, ask(world, world.code, "suspension"))
    do(world, case_id, "resume")
    assert case(world, case_id).due_on
    act(world, case_id, handling.pause, by=handler, **words)
    grant(world, ask(world, world.code, "resumption"))
    assert not case(world, case_id).is_paused


def test_a14_5_what_was_concluded_during_a_suspension_completes_the_project_when_it_resumes(last_item_world):
    world = last_item_world
    case_id = bring(world, case_of(world, "DRC-06"), "awaiting_sign_off")
    grant(world, ask(world, world.code, "suspension"))
    do(world, case_id, "approve")
    world.pump()
    with world.extranet.reading() as session:
        assert session.get_one(Project, world.code).state == "suspended"
    grant(world, ask(world, world.code, "resumption"))
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert inside.get_one(Project, world.code).state == "approved"
        assert outside.get_one(DeclaredProject, world.code).state == "approved"


@pytest.mark.parametrize("story", ["verified", "approved"])
def test_a14_1e_a_project_resumes_where_it_was_suspended(world, story):
    code = declare(world, "renovation")
    if story == "approved":
        conclude_everything(world, code)
    grant(world, ask(world, code, "suspension"))
    grant(world, ask(world, code, "resumption"))
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert inside.get_one(Project, code).state == outside.get_one(DeclaredProject, code).state == story


def test_a12_2_what_was_granted_follows_its_project_only_if_somebody_chose_that(either_applied_world):
    world = either_applied_world
    bring(world, case_of(world, "ECO-02"), "concluded")
    change_id = ask(world, world.code, "major_change", planned_completion="2028-06")
    forgotten = {key: fate for key, fate in fates(world, world.code).items() if fate != "leave"}
    with pytest.raises(RuleRefusal, match="还没有选择：环境影响报告表审批"):
        decide(world, change_id, deciding.grant_as_major, fates=forgotten)
    decide(world, change_id, deciding.grant_as_major, fates=fates(world, world.code, ECO_02="carry"))
    with world.extranet.reading() as session:
        new = linked(session, world.code).after.code
        assert granted_items(session, new) == {"ECO-02"}
    one = application(world, new, "ECO-02")
    assert (one.state, one.outcome) == ("concluded", "granted")
    with world.public.reading() as session:
        due = {row.item_code: row for row in due_items_of(session, new)}
        assert applying.why_not_yet(due["ECO-02"], {"ECO-02": one}) == "已办结"


def completed(world):
    """The world when its last item is concluded, and the project's code."""
    conclude(world, case_of(world, "DRC-06"))
    world.pump()
    return world, world.code


def test_a14_5_a_completion_notice_is_void_when_what_it_lists_goes_on_under_a_new_code(either_last_item_world):
    world, code = completed(either_last_item_world)
    change_id = ask(world, code, "major_change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, fates=fates(world, code, ECO_02="carry"))
    world.pump()
    with world.extranet.reading() as session:
        of_old = (col(Notice.project_code) == code, col(Notice.kind) == "completion")
        notice = session.exec(select(Notice).where(*of_old)).one()
        assert linked(session, code).after.code in notice.void_reason
    with world.public.reading() as session:
        shown = session.exec(select(ReceivedNotice).where(col(ReceivedNotice.token) == notice.token)).one()
    assert shown.voided_at == notice.voided_at


def test_a14_5_a_completion_notice_stands_when_all_it_lists_stays_behind(last_item_world):
    world, code = completed(last_item_world)
    change_id = ask(world, code, "major_change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, fates=fates(world, code))
    world.pump()
    with world.extranet.reading() as session:
        of_old = (col(Notice.project_code) == code, col(Notice.kind) == "completion")
        assert session.exec(select(Notice.voided_at).where(*of_old)).one() is None


def test_a14_5_the_completion_notice_of_a_terminated_project_is_void_for_everybody_who_is_shown_it(last_item_world):
    world, code = completed(last_item_world)
    grant(world, ask(world, code, "termination", reason="投资人撤资"), fates={})
    world.pump()
    with world.public.reading() as session:
        of_project = (col(ReceivedNotice.project_code) == code, col(ReceivedNotice.kind) == "completion")
        shown = session.exec(select(ReceivedNotice).where(*of_project)).one()
        assert (shown.voided_at, shown.void_reason) == (world.now, "项目已终止，不再建设")
        assert session.get_one(DeclaredProject, code).state == "terminated"


def test_a12_2_a_granted_decision_that_stays_behind_is_applied_for_anew(applied_world):
    world = applied_world
    bring(world, case_of(world, "ECO-02"), "concluded")
    change_id = ask(world, world.code, "major_change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, fates=fates(world, world.code))
    with world.extranet.reading() as session:
        new = linked(session, world.code).after.code
        assert (granted_items(session, world.code), granted_items(session, new)) == ({"ECO-02"}, set())


@pytest.mark.parametrize("kind", ["termination", "major_change"])
def test_a14_4b_what_was_asked_about_a_project_ends_with_it_and_says_why(applied_world, kind):
    world = applied_world
    asker = Asker(world.code, letters.ASKING)
    with world.extranet.writing() as session:
        found = asking.draft(
            session, asker, letters.letter(letters.ASKED), by=letters.handler_of(letters.ASKING), at=world.now
        )
        asking.send(session, found, by=letters.handler_of(letters.ASKING), at=world.now)
    typed = {"planned_completion": "2028-06"} if kind == "major_change" else {}
    stage = deciding.grant_as_major if kind == "major_change" else deciding.grant
    decide(world, ask(world, world.code, kind, reason="投资人撤资", **typed), stage, fates=fates(world, world.code))
    ended = letters.one(world, found.id)
    assert (ended.state, ended.conclusion.endswith("投资人撤资")) == ("lapsed", True)
    assert [(row.state, row.stopped_on) for row in letters.rows(world, found.id)] == [("released", date(2026, 11, 23))]
    with world.extranet.reading() as session:
        assert waiting_for(session, letters.handler_of(letters.ASKED)) == 0


def test_a14_1e_termination_voids_each_open_case_by_an_act_of_its_own(either_applied_world):
    world = either_applied_world
    bring(world, case_of(world, "ECO-02"), "in_handling")
    change_id = ask(world, world.code, "termination", reason="投资人撤资")
    with pytest.raises(RuleRefusal, match="还没有选择"):
        grant(world, change_id)
    grant(world, change_id, fates=fates(world, world.code))
    assert states(world, world.code, change_id) == ("granted", "terminated", "granted", "terminated")
    with world.extranet.reading() as inside, world.public.reading() as outside:
        cases = inside.exec(select(Case)).all()
        assert {one.state for one in cases} == {"voided"}
        assert all(one.due_on is None and one.concluded_at for one in cases)
        for one in cases:
            entry = entries_of(inside, "case", one.application_id)[0]
            assert (entry.action, entry.actor_name, entry.reason) == ("case.void", "郑立新", "项目终止：投资人撤资")
        assert {one.state for one in outside.exec(select(Application)).all()} == {"voided"}


@pytest.mark.parametrize("kind", ["termination", "suspension"])
def test_a14_1e_only_the_fates_that_a_decision_asks_for_are_kept(applied_world, kind):
    world = applied_world
    chosen = fates(world, world.code)
    elsewhere = {"0" * 36: "void"}
    change_id = ask(world, world.code, kind, reason="投资人撤资")
    grant(world, change_id, fates=chosen | elsewhere)
    with world.extranet.reading() as session:
        change = session.get_one(ProjectChange, change_id)
        assert change.fates == (chosen if kind == "termination" else {})
        shown = {(case.application_id, fate) for case, fate in fates_of(session, change)}
        assert shown == set(change.fates.items())


def test_a12_2_a_major_change_takes_a_new_code_and_both_name_each_other(either_applied_world):
    world = either_applied_world
    bring(world, case_of(world, "ECO-02"), "in_handling")
    change_id = ask(world, world.code, "major_change", planned_completion="2028-06")
    with pytest.raises(RuleRefusal, match="应当重新赋码"):
        grant(world, change_id)
    chosen = fates(world, world.code, "void", ECO_02="carry")
    decide(world, change_id, deciding.grant_as_major, fates=chosen)
    world.pump()
    assert states(world, world.code, change_id) == ("superseded", "superseded", "superseded", "superseded")
    with world.extranet.reading() as inside, world.public.reading() as outside:
        new = outside.get_one(ChangeRequest, change_id).new_code
        assert new not in ("", world.code)
        for session in (inside, outside):
            assert linked(session, world.code).after.code == new
            assert linked(session, new).before.code == world.code
        assert inside.get_one(Project, new).state == outside.get_one(DeclaredProject, new).state == "in_approval"
        carried = inside.exec(select(Case).where(col(Case.item_code) == "ECO-02")).one()
        assert (carried.project_code, carried.state) == (new, "in_handling")
        assert carried.due_on is not None
        assert outside.get_one(Application, carried.application_id).project_code == new
        left = inside.exec(select(Case).where(col(Case.project_code) == world.code)).all()
        assert {one.state for one in left} == {"voided"}
        assert inside.get_one(Declaration, (new, 1)).facts["supersedes_code"] == world.code
    do(world, case_of(world, "ECO-02", code=new), "propose")
    do(world, case_of(world, "ECO-02", code=new), "approve")
    world.pump()
    with world.public.reading() as outside:
        assert outside.get_one(Application, carried.application_id).state == "concluded"


def test_a12_2_what_the_code_names_can_only_change_as_a_major_change(applied_world):
    world = applied_world
    with pytest.raises(RuleRefusal, match="请选“重大变更”") as refused:
        ask(world, world.code, "change", industry_division="36", industry_class="3670")
    assert refused.value.field == "kind"


def test_a12_2_what_was_asked_as_a_change_may_be_granted_as_a_major_one(world):
    code = declare(world, "renovation")
    change_id = ask(world, code, "change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, fates={})
    with world.public.reading() as session:
        assert linked(session, code).after.code != code


def test_a12_2_materials_are_there_for_the_new_code_as_well(world):
    code = declare(world, "renovation")
    apply_for(world, code, "ECO-02")
    change_id = ask(world, code, "major_change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, fates=fates(world, code))
    with world.public.reading() as session:
        new = linked(session, code).after.code
    assert apply_for(world, new, "ECO-02", complete=False)
    with world.extranet.reading() as session:
        assert session.get_one(Project, new).state == "in_approval"


def test_a14_1e_a_returned_request_is_amended_and_comes_again(either_applied_world):
    world = either_applied_world
    change_id = ask(world, world.code, "change", planned_completion="2028-06")
    decide(world, change_id, deciding.send_back, reason="请说明延期的原因和新的进度安排")
    assert states(world, world.code, change_id)[::2] == ("returned", "returned")
    send(world, change_id, reason="设备交货推迟，进度顺延八个月")
    assert states(world, world.code, change_id)[::2] == ("submitted", "submitted")
    decide(world, change_id, deciding.refuse, reason="延期超过规定的期限")
    assert states(world, world.code, change_id)[::2] == ("refused", "refused")


def test_a14_1e_a_withdrawn_request_is_over_in_both_zones_and_another_can_be_begun(applied_world):
    world = applied_world
    change_id = ask(world, world.code, "suspension")
    withdraw(world, change_id)
    assert states(world, world.code, change_id)[::2] == ("withdrawn", "withdrawn")
    ask(world, world.code, "termination")


def test_a14_1e_a_request_decided_while_its_withdrawal_was_on_the_way_stays_decided(applied_world):
    world = applied_world
    change_id = ask(world, world.code, "suspension")
    withdraw(world, change_id, carried=False)
    grant(world, change_id)
    assert states(world, world.code, change_id) == ("granted", "suspended", "granted", "suspended")


def test_a9_1_an_identity_number_stays_in_the_internet_zone_and_is_named_only(world):
    code = declare(world, "wind_farm")
    change_id = ask(world, code, "change", legal_representative_id="220102198001010012")
    with world.extranet.reading() as session:
        change = session.get_one(ProjectChange, change_id)
    assert "legal_representative_id" not in change.facts
    assert change.kept_back


def test_every_state_of_a_project_that_a_change_leads_to_has_its_word():
    assert [PROJECT.word(one) for one in ("suspended", "terminated", "superseded")] == [
        "已中止",
        "已终止",
        "已重新赋码",
    ]


def test_a12_2_a_start_that_lies_in_the_past_by_now_does_not_block_another_change(applied_world):
    applied_world.later(days=250)
    change_id = ask(applied_world, applied_world.code, "change", planned_completion="2028-09")
    grant(applied_world, change_id)
    with applied_world.public.reading() as session:
        facts = session.get_one(DeclaredProject, applied_world.code).facts
    assert facts["planned_start"] < "2027-07"
    assert facts["planned_completion"] == "2028-09"
    with pytest.raises(FormRefusal, match="不能早于本月"):
        ask(applied_world, applied_world.code, "change", planned_start="2027-05")


def test_a12_2_no_project_is_superseded_by_another_units(applied_world):
    world = applied_world
    change_id = ask(world, world.code, "major_change", planned_completion="2028-06")
    decide(world, change_id, deciding.grant_as_major, carried=False, fates=fates(world, world.code, "void"))
    other = make_enterprise(world, credit_code="91220104MA2020C59C", name="长春另一公司", mobile="13900001111")
    theirs = declare(world, unit=other)
    forged = NewCodeIssued(
        project_code=theirs, credit_code=other.credit_code, change_id=change_id, superseded_code=world.code,
        issued_at=world.now,
    )  # fmt: skip
    with world.extranet.writing() as session, pytest.raises(NotAllowed, match="not_owner"):
        link_new_code(session, forged, None)
