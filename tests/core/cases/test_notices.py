"""Notices (A13.2, A14.3, A14.5): numbered in a row per unit and kind, kept by their bytes, known by a token."""

import hashlib

from sqlmodel import col, select

from core.cases.facts import guide_of
from core.cases.notices import notices_of_case
from core.cases.tables import Case, Notice
from core.documents.notice_facts import NoticeKind
from core.domain.case_states import CASE
from core.domain.policy import Role
from core.domain.project_states import PROJECT
from core.reference import loader
from core.trace import entries_of_project
from tests.core.cases.acts import do, lead
from tests.core.pdf_text import text_of
from tests.world import apply_for, case_of, decide, declare, make_officer


def issued(world, *, kind=""):
    with world.extranet.reading() as session:
        found = session.exec(select(Notice).order_by(col(Notice.id))).all()
        return [notice for notice in found if not kind or notice.kind == kind]


def test_every_notice_that_a_state_table_names_exists_and_each_is_named():
    named = {move.notice for move in (*CASE.moves, *PROJECT.moves) if move.notice}
    assert named == set(NoticeKind)


def test_numbers_run_on_per_unit_kind_and_year(applied_world):
    other = declare(applied_world, "renovation", project_name="公主岭市玉米淀粉生产线技术改造项目")
    apply_for(applied_world, other, "ECO-02", "DRC-06")
    for case_id in (
        case_of(applied_world, "ECO-02"),
        case_of(applied_world, "ECO-02", code=other),
        case_of(applied_world, "DRC-06"),
    ):
        lead(applied_world, case_id, "in_handling")
    do(applied_world, case_of(applied_world, "DRC-06", code=other), "refuse_preliminary")
    numbers = [notice.number for notice in issued(applied_world)]
    assert [number.partition("〔")[2] for number in numbers] == ["2026〕1 号", "2026〕2 号", "2026〕1 号", "2026〕1 号"]
    assert len(set(numbers)) == 4


def test_the_bytes_that_were_issued_are_the_bytes_that_are_kept(applied_world):
    lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    applied_world.pump()
    (notice,) = issued(applied_world)
    kept = b"".join(applied_world.post.extranet_files.read_chunks(notice.digest))
    assert (hashlib.sha256(kept).hexdigest(), len(kept)) == (notice.digest, notice.size)
    assert kept == b"".join(applied_world.post.public_files.read_chunks(notice.digest))


def test_a13_2_the_token_is_not_to_be_guessed_and_the_check_code_is_printed(applied_world):
    for item in ("ECO-02", "DRC-06"):
        lead(applied_world, case_of(applied_world, item), "in_handling")
    first, second = issued(applied_world)
    assert len({first.token, second.token}) == 2
    assert min(len(first.token), len(second.token)) >= 24
    assert first.check_code in text_of(b"".join(applied_world.post.extranet_files.read_chunks(first.digest)))


def test_the_notice_of_acceptance_names_promise_statute_and_materials(applied_world):
    lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    facts = issued(applied_world)[0].facts
    assert (facts["limits"]["promised"], facts["limits"]["due_on"]) == ("15 个工作日", "2026-12-14")
    assert facts["limits"]["statutory"] == "自收到申请之日起 30 日"
    assert "环境影响报告表（报批稿和公示稿）" in facts["materials"]
    assert "营业执照或统一社会信用代码证明（平台共享）" in facts["materials"]


def test_a15_2_the_notice_of_acceptance_names_what_its_guide_does_not_count_with_the_law(applied_world):
    lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    not_counted = issued(applied_world)[0].facts["limits"]["not_counted"]
    assert any("听证" in line and "《中华人民共和国行政许可法》第四十五条" in line for line in not_counted)
    with applied_world.extranet.reading() as session:
        allowed = guide_of(session, session.get_one(Case, case_of(applied_world, "ECO-02"))).pause_grounds
    grounds = [ground for ground in loader.load().pause_grounds if not ground.counts_in_limit]
    for ground in grounds:
        is_named = any(ground.name in line.partition("所需时间")[0].split("、") for line in not_counted)
        assert is_named == (ground.code in allowed)


def test_a14_4a_the_notice_of_a_decision_names_who_handled_the_case_and_who_signed(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "DRC-06"), "in_handling")
    do(applied_world, case_id, "propose", by=make_officer((Role.HANDLER, "220184-drc"), name="李文静"))
    do(applied_world, case_id, "extend", by=make_officer((Role.APPROVER, "220184-drc"), name="秦海波"))
    do(applied_world, case_id, "approve", by=make_officer((Role.APPROVER, "220184-drc"), name="周振宇"))
    named = [(one.facts["desk"]["handler"], one.facts["approver"]) for one in issued(applied_world)[-2:]]
    assert named == [("李文静", "秦海波"), ("李文静", "周振宇")]
    printed = text_of(b"".join(applied_world.post.extranet_files.read_chunks(issued(applied_world)[-1].digest)))
    assert "签批人" in printed
    assert "周振宇" in printed


def test_the_notices_of_a_case_are_listed_newest_first(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "awaiting_supplement")
    do(applied_world, case_id, "supplement")
    do(applied_world, case_id, "accept")
    with applied_world.extranet.reading() as session:
        found = notices_of_case(session, session.get_one(Case, case_id))
    assert [notice.kind for notice in found] == ["acceptance", "supplement"]


def test_a14_5_the_notice_of_completion_lists_every_due_item_with_its_document(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"), number="公发改能审〔2026〕3 号")
    (notice,) = issued(last_item_world, kind="completion")
    items = notice.facts["items"]
    assert [item["item"] for item in items] == [
        "企业技术改造投资项目备案",
        "固定资产投资项目节能审查",
        "环境影响报告表审批",
        "环境保护设施竣工验收信息报送",
    ]
    assert items[1]["document_number"] == "公发改能审〔2026〕3 号"
    assert all(item["digest"] and item["document_number"] and item["concluded_on"] for item in items)


def test_a4_4_issuing_is_in_the_trace(applied_world):
    lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    (notice,) = issued(applied_world)
    with applied_world.extranet.reading() as session:
        assert f"发出《受理通知书》{notice.number}" in [
            one.words for one in entries_of_project(session, notice.project_code)
        ]
