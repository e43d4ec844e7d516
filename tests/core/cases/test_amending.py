"""Correcting and revoking concluded decisions (A14.5): a new decision names the old, and completion is judged anew."""

import pytest
from sqlmodel import col, select

from core.cases.amending import propose_amendment, sign_amendment
from core.cases.facts import CORRECTION, REVOCATION, decision_of, decisions_of
from core.cases.sign_off import said_of
from core.cases.tables import Case, Notice, ReceivedNotice
from core.copies.queries import overtaken_by
from core.copies.tables import Copy
from core.disclosure.published import results_of_project
from core.domain.policy import Role
from core.errors import FormRefusal, RuleRefusal
from core.projects.tables import DeclaredProject, Project
from tests.core.cases.acts import do, lead, needs_reviews, rightful
from tests.world import act, application, apply_for, case, case_of, decide, make_officer, proposal


@pytest.fixture
def decided(applied_world):
    return lead(applied_world, case_of(applied_world, "ECO-02"), "concluded")


def offered(world, **changed):
    return proposal(world, number="更〔2026〕77 号", **{"reasons": "原决定引用条款有误", **changed})


def test_a14_5_a_correction_takes_the_place_of_the_decision_it_names(applied_world, decided):
    with applied_world.extranet.reading() as session:
        old = decision_of(session, session.get_one(Case, decided))
    handler = rightful(applied_world, decided, "propose")
    act(applied_world, decided, propose_amendment, by=handler, kind=CORRECTION, proposal=offered(applied_world))
    with applied_world.extranet.reading() as session:
        assert decision_of(session, session.get_one(Case, decided)).id == old.id
    do(applied_world, decided, "correct")
    applied_world.pump()
    with applied_world.extranet.reading() as session:
        found = decisions_of(session, session.get_one(Case, decided))
        assert [(one.kind, one.state, one.amends_id) for one in found] == [
            ("correction", "decided", old.id), ("decision", "corrected", None)
        ]  # fmt: skip
    one = application(applied_world, applied_world.code, "ECO-02")
    assert (one.state, one.amendment, one.amends_number) == ("concluded", "corrected", old.document_number)
    assert (one.document_number, one.outcome) == ("更〔2026〕77 号", "granted")
    with applied_world.public.reading() as session:
        shown = results_of_project(session, applied_world.code)
    assert [(row.document_number, row.amendment) for row in shown] == [("更〔2026〕77 号", "corrected")]


@pytest.mark.parametrize("event", ["correct", "revoke"])
def test_a14_5_whoever_had_the_document_gets_what_corrects_or_revokes_it(either_applied_world, event):
    world = either_applied_world
    case_id = lead(world, case_of(world, "ECO-02"), "concluded")
    do(world, case_id, {"correct": "propose_correction", "revoke": "propose_revocation"}[event])
    do(world, case_id, event)
    with world.extranet.reading() as session:
        sent = session.exec(select(Copy.org_unit, Copy.amendment).order_by(col(Copy.id))).all()
    first = [unit for unit, amendment in sent if not amendment]
    assert first
    assert [unit for unit, amendment in sent if amendment] == first


def test_a14_5_a_revocation_leaves_the_item_to_be_applied_for_again(applied_world, decided):
    do(applied_world, decided, "propose_revocation")
    do(applied_world, decided, "revoke")
    applied_world.pump()
    assert (case(applied_world, decided).state, case(applied_world, decided).outcome) == ("revoked", "revoked")
    one = application(applied_world, applied_world.code, "ECO-02")
    assert (one.state, one.outcome, one.amendment) == ("revoked", "", "revoked")
    with applied_world.public.reading() as session:
        assert [row.outcome for row in results_of_project(session, applied_world.code)] == ["revoked"]
    again = apply_for(applied_world, applied_world.code, "ECO-02")
    assert again
    assert again != [decided]


def test_a14_5_a_revoked_decision_opens_the_completed_project_and_voids_its_notice(last_item_world):
    world = last_item_world
    decide(world, case_of(world, "DRC-06"))
    revoked = case_of(world, "ECO-02")
    world.pump()
    do(world, revoked, "propose_revocation")
    do(world, revoked, "revoke")
    world.pump()
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert inside.get(Project, world.code).state == "in_approval"
        declared = outside.get(DeclaredProject, world.code)
        assert (declared.state, declared.completed_at) == ("in_approval", None)
        completion = inside.exec(select(Notice).where(col(Notice.kind) == "completion")).one()
        assert completion.voided_at is not None
        assert outside.get(ReceivedNotice, completion.token).voided_at is not None
    decide(world, apply_for(world, world.code, "ECO-02")[0], number="审〔2026〕99 号")
    world.pump()
    with world.extranet.reading() as session:
        assert session.get(Project, world.code).state == "approved"
        assert len(session.exec(select(Notice).where(col(Notice.kind) == "completion")).all()) == 2


def test_a14_5_a_revoked_filing_voids_its_certificate(last_item_world):
    world = last_item_world
    filed = case_of(world, "ECO-04")
    with pytest.raises(RuleRefusal, match="备案没有批复文件"):
        do(world, filed, "propose_correction")
    do(world, filed, "propose_revocation")
    do(world, filed, "revoke")
    with world.extranet.reading() as session:
        certificate = session.exec(
            select(Notice).where(col(Notice.case_id) == filed, col(Notice.kind) == "filing")
        ).one()
        assert certificate.voided_by == "平台"


@pytest.mark.parametrize(
    ("kind", "changed", "field"),
    [
        (CORRECTION, {"outcome": "denied"}, "outcome"),
        (CORRECTION, {"reasons": ""}, "reasons"),
        (CORRECTION, {"scan": None}, "scan"),
        (REVOCATION, {"document_title": ""}, "document_title"),
        (REVOCATION, {"document_on": None}, "document_on"),
    ],
)
def test_a14_5_an_amendment_needs_a_document_a_reason_and_the_same_sense(applied_world, decided, kind, changed, field):
    handler, lacking = rightful(applied_world, decided, "propose"), offered(applied_world, **changed)
    with pytest.raises(FormRefusal) as refused:
        act(applied_world, decided, propose_amendment, by=handler, kind=kind, proposal=lacking)
    assert set(refused.value.errors) == {field}


def test_a14_5_nobody_signs_their_own_amendment_and_a_returned_one_changes_nothing(applied_world, decided):
    handler = rightful(applied_world, decided, "propose")
    do(applied_world, decided, "propose_correction", by=handler)
    approver = rightful(applied_world, decided, "approve")
    same = approver.__class__(**{**vars(approver), "id": handler.id})
    with pytest.raises(RuleRefusal, match="不能签批自己提出的"):
        act(applied_world, decided, sign_amendment, by=same, kind=CORRECTION)
    with pytest.raises(RuleRefusal, match="已有更正或撤销"):
        do(applied_world, decided, "propose_revocation")
    do(applied_world, decided, "return_amendment", by=approver)
    with applied_world.extranet.reading() as session:
        assert decision_of(session, session.get_one(Case, decided)).state == "decided"
    do(applied_world, decided, "propose_revocation")


def officer(name):
    return make_officer(*((role, "220184-ee") for role in (Role.HANDLER, Role.REVIEWER, Role.APPROVER)), name=name)


@pytest.mark.parametrize(("kind", "event"), [(CORRECTION, "correct"), (REVOCATION, "revoke")])
def test_a14_5_an_amendment_passes_the_levels_of_review_that_its_guide_asks_for(applied_world, kind, event):
    world = applied_world
    needs_reviews(world, "ECO-02", levels=2)
    decided = lead(world, case_of(world, "ECO-02"), "concluded")
    act(world, decided, propose_amendment, by=officer("李文静"), kind=kind, proposal=offered(world))
    assert case(world, decided).reviews_left == 1
    with pytest.raises(RuleRefusal, match="还有 1 级审核未完成"):
        do(world, decided, event, by=officer("周振宇"))
    with pytest.raises(RuleRefusal, match="不能审核自己提出的"):
        do(world, decided, "review", by=officer("李文静"))
    do(world, decided, "review", by=officer("审核人甲"))
    with pytest.raises(RuleRefusal, match="请由其他签批人签批"):
        do(world, decided, event, by=officer("审核人甲"))
    do(world, decided, event, by=officer("周振宇"))
    with world.extranet.reading() as session:
        signed = decisions_of(session, session.get_one(Case, decided))[0]
        assert [(row.level, row.officer_name) for row in said_of(session, signed)] == [(1, "审核人甲"), (2, "周振宇")]


def test_a14_5_a_reviewer_who_returns_an_amendment_leaves_the_decision_and_the_unit_as_they_were(applied_world):
    world = applied_world
    needs_reviews(world, "ECO-02", levels=2)
    decided = lead(world, case_of(world, "ECO-02"), "concluded")
    world.pump()
    told = application(world, world.code, "ECO-02")
    do(world, decided, "propose_correction")
    do(world, decided, "return_review")
    world.pump()
    found = case(world, decided)
    assert (found.state, found.reviews_left, found.proposed_at is None) == ("concluded", 0, False)
    assert application(world, world.code, "ECO-02") == told
    do(world, decided, "propose_revocation")
    assert case(world, decided).reviews_left == 1


def copies_to(world, unit):
    with world.extranet.reading() as session:
        found = select(Copy).where(col(Copy.org_unit) == unit).order_by(col(Copy.id))
        return [(one, overtaken_by(session, one)) for one in session.exec(found).all()]


@pytest.mark.parametrize(
    ("kind", "event", "amendment"), [(CORRECTION, "correct", "corrected"), (REVOCATION, "revoke", "revoked")]
)
def test_a14_4c_whoever_had_a_copy_gets_the_new_decision_which_names_the_old(
    applied_world, decided, kind, event, amendment
):
    world = applied_world
    handler = rightful(world, decided, "propose")
    ((old, standing),) = copies_to(world, "220184-drc")
    assert (old.amendment, standing) == ("", "")
    act(world, decided, propose_amendment, by=handler, kind=kind, proposal=offered(world))
    do(world, decided, event)
    (old, overtaken), (new, standing) = copies_to(world, "220184-drc")
    assert (new.document_number, new.amendment, new.amends_number) == (
        "更〔2026〕77 号", amendment, old.document_number
    )  # fmt: skip
    assert (overtaken, standing) == ("更〔2026〕77 号", "")


def test_a14_4c_a_unit_that_the_rule_names_no_more_still_learns_of_the_revocation(applied_world, decided):
    world = applied_world
    with world.extranet.writing() as session:
        session.exec(select(Copy).where(col(Copy.org_unit) == "220184-drc")).one().org_unit = "220184-husbandry"
    do(world, decided, "propose_revocation")
    do(world, decided, "revoke")
    last, _ = copies_to(world, "220184-husbandry")[-1]
    assert (last.amendment, last.why.startswith("曾收到")) == ("revoked", True)


def test_a14_5_the_notice_of_the_old_decision_is_void_and_names_the_new_one(applied_world, decided):
    do(applied_world, decided, "propose_revocation")
    do(applied_world, decided, "revoke")
    applied_world.pump()
    with applied_world.extranet.reading() as inside:
        found = select(Notice).where(col(Notice.case_id) == decided, col(Notice.kind) == "decision")
        old, new = inside.exec(found.order_by(col(Notice.id))).all()
        assert (old.voided_by, old.successor_id, new.voided_at) == ("平台", new.id, None)
        assert new.facts["amends"] == f"撤销{old.facts['document_number']}"
        assert new.facts["reasons"]
        assert new.facts["remedies"]["reconsideration_organ"]
    with applied_world.public.reading() as outside:
        assert outside.get(ReceivedNotice, old.token).successor_token == new.token
