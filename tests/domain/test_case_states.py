"""The states of a case (A14.2–A14.5): the table as the article says it, and what its guards object to."""

from dataclasses import replace

import pytest

from core.domain import case_states as rules
from core.domain.case_states import CASE, FAVOURABLE, OPEN_STATES, OUTCOME_WORDS, CaseFacts, CaseState, Outcome
from core.domain.policy import POLICY, Role

COMPLETE = CaseFacts(
    code_verified=True,
    item_kind="licence",
    proposed_by="li",
    acting="zhou",
    document_number="审〔2026〕1 号",
    document_title="关于项目的批复",
    has_scan=True,
)

TABLE = """
    submitted           pass_preliminary    under_acceptance     clerk
    submitted           refuse_preliminary  refused              clerk
    submitted           transfer            submitted            clerk
    submitted           deem_accepted       in_handling          platform
    submitted           withdraw            withdrawn            project_unit
    under_acceptance    accept              in_handling          clerk
    under_acceptance    record_filing       concluded            clerk
    under_acceptance    request_supplement  awaiting_supplement  clerk
    under_acceptance    decline             not_accepted         clerk
    under_acceptance    transfer            under_acceptance     clerk
    under_acceptance    deem_accepted       in_handling          platform
    under_acceptance    withdraw            withdrawn            project_unit
    awaiting_supplement supplement          under_acceptance     project_unit
    awaiting_supplement decline             not_accepted         clerk
    awaiting_supplement withdraw            withdrawn            project_unit
    in_handling         pause               in_handling          handler
    in_handling         resume              in_handling          handler
in_handling extend in_handling approver
awaiting_sign_off extend awaiting_sign_off approver
    in_handling         rest                in_handling          platform
    in_handling         wake                in_handling          platform
    in_handling         propose             awaiting_sign_off    handler
    in_handling         withdraw            withdrawn            project_unit
    concluded           propose_correction  concluded            handler
    concluded           propose_revocation  concluded            handler
    concluded           review              concluded            reviewer
    concluded           return_review       concluded            reviewer
    concluded           return_amendment    concluded            approver
    concluded           correct             concluded            approver
    concluded           revoke              revoked              approver
    awaiting_sign_off   review              awaiting_sign_off    reviewer
    awaiting_sign_off   return_review       in_handling          reviewer
    awaiting_sign_off   send_back           in_handling          approver
    awaiting_sign_off   approve             concluded            approver
    awaiting_sign_off   withdraw            withdrawn            project_unit
    submitted           void                voided               platform
    under_acceptance    void                voided               platform
    awaiting_supplement void                voided               platform
    in_handling         void                voided               platform
    awaiting_sign_off   void                voided               platform
"""


def test_the_table_is_the_one_the_article_describes():
    described = {tuple(line.split()) for line in TABLE.strip().splitlines()}
    assert {(move.source, move.event, move.target, move.by) for move in CASE.moves} == described


def test_nothing_leaves_a_case_that_is_over_but_the_revocation_of_its_decision():
    over = set(CaseState) - OPEN_STATES
    assert over == {"concluded", "refused", "not_accepted", "withdrawn", "voided", "revoked"}
    assert {move.source for move in CASE.moves if move.source in over} == {"concluded"}
    assert {move.event for move in CASE.moves if move.source in over} <= {
        "propose_correction", "propose_revocation", "review", "return_review", "return_amendment", "correct", "revoke"
    }  # fmt: skip


def test_whoever_acts_on_a_case_in_the_portal_is_the_one_the_table_names():
    for move in CASE.moves:
        if move.by in (Role.CLERK, Role.HANDLER, Role.REVIEWER, Role.APPROVER):
            assert [role for role, _ in POLICY[f"case.{move.event}"]] == [move.by]


def test_a_case_is_over_in_the_units_favour_unless_it_was_denied():
    assert set(Outcome) - FAVOURABLE == {Outcome.DENIED, Outcome.REVOKED}
    assert set(OUTCOME_WORDS) == set(Outcome)


@pytest.mark.parametrize(
    ("guard", "differs", "says"),
    [
        (rules.code_is_verified, {"code_verified": False}, "先核验项目代码"),
        (rules.all_materials, {"code_verified": False}, "代码尚未核验"),
        (rules.all_materials, {"item_kind": "filing"}, "备案事项不作受理决定"),
        (rules.all_materials, {"missing": ("环境影响报告表", "总平面图")}, "环境影响报告表、总平面图"),
        (rules.all_materials, {"unmet": ("项目备案",)}, "前置事项尚未办结：项目备案"),
        (rules.complete_filing, {"item_kind": "licence"}, "只有备案事项"),
        (rules.complete_filing, {"item_kind": "filing", "code_verified": False}, "代码尚未核验"),
        (rules.complete_filing, {"item_kind": "filing", "missing": ("承诺书",)}, "缺少必需材料：承诺书"),
        (rules.complete_filing, {"item_kind": "filing", "unmet": ("项目备案",)}, "前置事项尚未办结：项目备案"),
        (rules.not_asked_before, {"supplements": 1}, "一次性告知"),
        (rules.not_asked_before, {"acceptance_ran_out": True}, "视为受理"),
        (rules.all_materials, {"acceptance_ran_out": True}, "视为受理"),
        (rules.may_be_declined, {"acceptance_ran_out": True}, "视为受理"),
        (rules.may_be_refused, {"acceptance_ran_out": True}, "视为受理"),
        (rules.may_be_declined, {"item_kind": "filing", "ground": "materials_not_cured"}, "请发补正告知"),
        (rules.was_not_answered, {"supplement_ran_out": False}, "期限未满"),
        (rules.was_not_answered, {"supplement_ran_out": True, "ground": "prohibited"}, "逾期未补正"),
        (rules.was_not_answered, {"supplement_ran_out": True, "supplement_unheard": True}, "还在送达途中"),
        (rules.was_not_answered, {"supplement_ran_out": True, "item_kind": "filing"}, "备案事项信息不全"),
        (rules.is_running, {"is_paused": True}, "已在暂停计时"),
        (rules.may_be_extended, {"may_extend": False}, "没有延期的规定"),
        (rules.may_be_extended, {"may_extend": True, "is_extended": True}, "不能再次延期"),
        (rules.may_be_extended, {"may_extend": True, "handling_ran_out": True}, "时限已满"),
        (rules.is_resting, {"is_paused": False}, "没有暂停计时"),
        (rules.document_is_complete, {"document_number": ""}, "批复文号"),
        (rules.document_is_complete, {"document_title": ""}, "批复标题"),
        (rules.document_is_complete, {"has_scan": False}, "批复扫描件"),
        (rules.document_is_complete, {"is_paused": True}, "计时暂停中"),
        (rules.document_is_complete, {"running_services": 1}, "中介服务还没有结束"),
        (rules.correction_is_due, {}, "没有等待签批的更正"),
        (rules.correction_is_due, {"amendment": "correction", "acting": "li"}, "不能签批自己"),
        (rules.revocation_is_due, {"amendment": "correction"}, "没有等待签批的撤销"),
        (rules.amendment_waits, {}, "没有等待签批的更正或撤销"),
        (rules.amendment_is_reviewed, {"reviews_left": 1}, "没有等待审核的更正或撤销"),
        (rules.amendment_is_reviewed, {"amendment": "correction"}, "审核已经完成"),
        (rules.correction_is_due, {"amendment": "correction", "reviews_left": 1}, "还有 1 级审核未完成"),
        (rules.may_be_corrected, {"item_kind": "filing"}, "备案没有批复文件"),
        (rules.may_be_amended, {"amendment": "revocation"}, "已有更正或撤销"),
        (rules.may_sign, {"acting": "li"}, "不能签批自己"),
        (rules.may_sign, {"reviews_left": 2}, "还有 2 级审核未完成"),
        (rules.may_sign, {"signed": ("zhou",)}, "请由其他签批人签批"),
        (rules.may_review, {}, "审核已经完成"),
        (rules.may_review, {"reviews_left": 1, "acting": "li"}, "不能审核自己"),
        (rules.may_review, {"reviews_left": 1, "signed": ("zhou",)}, "只能审核一级"),
        (rules.ran_out_in_silence, {"acceptance_ran_out": False}, "受理期限未满"),
        (rules.ran_out_in_silence, {"acceptance_ran_out": True, "item_kind": "filing"}, "不能视为受理"),
    ],
)
def test_a_guard_says_what_it_objects_to(guard, differs, says):
    assert says in (guard(replace(COMPLETE, **differs)) or "")


@pytest.mark.parametrize(
    ("guard", "differs"),
    [
        (rules.may_be_extended, {"may_extend": True}),
        (rules.code_is_verified, {}),
        (rules.all_materials, {}),
        (rules.complete_filing, {"item_kind": "filing"}),
        (rules.complete_filing, {"item_kind": "filing", "acceptance_ran_out": True}),
        (rules.not_asked_before, {}),
        (rules.not_asked_before, {"item_kind": "filing", "acceptance_ran_out": True}),
        (rules.may_be_refused, {}),
        (rules.may_be_refused, {"acceptance_ran_out": True, "ground": "classified"}),
        (rules.may_be_declined, {"ground": "materials_not_cured"}),
        (rules.may_be_declined, {"item_kind": "filing", "ground": "prohibited"}),
        (rules.is_running, {}),
        (rules.is_resting, {"is_paused": True}),
        (rules.document_is_complete, {}),
        (rules.may_sign, {}),
        (rules.correction_is_due, {"amendment": "correction"}),
        (rules.revocation_is_due, {"amendment": "revocation"}),
        (rules.may_be_corrected, {}),
        (rules.may_review, {"reviews_left": 1}),
        (rules.amendment_is_reviewed, {"amendment": "revocation", "reviews_left": 1}),
        (rules.ran_out_in_silence, {"acceptance_ran_out": True}),
    ],
)
def test_a_guard_has_nothing_against_a_case_that_is_in_order(guard, differs):
    assert guard(replace(COMPLETE, **differs)) is None


def test_a14_3_a_filing_is_turned_down_on_one_ground_alone():
    assert list(rules.decline_grounds("filing")) == ["prohibited"]
    assert rules.decline_grounds("licence") == rules.DECLINE_GROUNDS


def test_a14_3_only_what_was_not_answered_is_deemed_accepted():
    assert CASE.sources("deem_accepted") == {"submitted", "under_acceptance"}


def test_a_proposal_hears_of_everything_it_lacks_at_once():
    bare = replace(COMPLETE, document_number="", document_title="", has_scan=False)
    assert rules.document_is_complete(bare) == "提交签批前请补全：批复文号、批复标题、批复扫描件"
