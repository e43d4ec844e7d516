"""Conclusion (A14.4a, A14.5): the decision is in the platform at once, and the last one completes the project."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date

import pytest
from sqlmodel import col, select

from core.cases import closing
from core.cases.tables import Case, Decision, Notice, ReceivedNotice
from core.clocks import clocks_of
from core.errors import RuleRefusal
from core.projects.tables import DeclaredProject, DueItem, Project
from core.trace import entries_of_project
from tests.core.cases.acts import bring, do, rightful
from tests.world import accept, act, application, apply_for, case, case_of, decide, make_officer, propose, unit_of


def states(world):
    """The project's state in the extranet and in the internet zone."""
    world.pump()
    with world.extranet.reading() as inside, world.public.reading() as outside:
        return inside.get(Project, world.code).state, outside.get(DeclaredProject, world.code).state


def completion_notices(world):
    with world.extranet.reading() as session:
        return session.exec(select(Notice).where(col(Notice.kind) == "completion").order_by(col(Notice.id))).all()


@pytest.mark.parametrize("outcome", ["granted", "granted_with_conditions", "denied"])
def test_a14_5_the_decision_is_with_the_unit_at_once_with_its_document(applied_world, outcome):
    case_id = case_of(applied_world, "ECO-02")
    decide(applied_world, case_id, outcome=outcome, number="公环审〔2026〕7 号")
    applied_world.pump()
    shown = application(applied_world, applied_world.code, "ECO-02")
    assert (shown.state, shown.outcome, shown.document_number) == ("concluded", outcome, "公环审〔2026〕7 号")
    assert (shown.document_title, shown.document_on) == ("关于项目的批复", date(2026, 11, 23))
    assert applied_world.post.public_files.has(shown.document_digest)
    assert bool(shown.conditions) == (outcome == "granted_with_conditions")
    assert bool(shown.reason) == (outcome == "denied")


def test_a14_4a_the_signature_makes_the_proposal_the_decision_and_stops_the_clock(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "awaiting_sign_off")
    approver = rightful(applied_world, case_id, "approve")
    act(applied_world.later(days=2), case_id, closing.approve, by=approver)
    with applied_world.extranet.reading() as session:
        signed = session.exec(select(Decision)).one()
        handling_clock = clocks_of(session, case_id)[-1]
    assert (signed.state, signed.approver_name, signed.approved_at) == ("decided", approver.name, applied_world.now)
    assert handling_clock.stopped_on == date(2026, 11, 25)
    assert case(applied_world, case_id).due_on is None


def test_a14_4a_nobody_signs_their_own_proposal(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    accept(applied_world, case_id)
    both = make_officer(("handler", unit := unit_of(applied_world, case_id)), ("approver", unit), name="李文静")
    propose(applied_world, case_id)
    with pytest.raises(RuleRefusal, match="不能签批自己"):
        act(applied_world, case_id, closing.approve, by=both)


def test_a14_5_the_last_conclusion_completes_the_project_and_issues_one_notice(last_item_world):
    assert states(last_item_world) == ("in_approval", "in_approval")
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    assert states(last_item_world) == ("approved", "approved")
    (notice,) = completion_notices(last_item_world)
    assert [item["result"] for item in notice.facts["items"]] == ["已备案", "准予", "准予", "已备案"]
    with last_item_world.public.reading() as session:
        assert session.get(ReceivedNotice, notice.token).digest == notice.digest


def test_a14_5_with_a_denial_the_project_ends_not_approved(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"), outcome="denied")
    assert states(last_item_world) == ("not_approved", "not_approved")
    assert "不予批准" in [item["result"] for item in completion_notices(last_item_world)[0].facts["items"]]


def test_after_a_denial_the_item_can_be_applied_for_again_and_granted(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"), outcome="denied")
    last_item_world.pump()
    (again,) = apply_for(last_item_world, last_item_world.code, "DRC-06")
    assert states(last_item_world) == ("in_approval", "in_approval")
    decide(last_item_world, again)
    assert states(last_item_world) == ("approved", "approved")
    assert len(completion_notices(last_item_world)) == 2


@pytest.mark.parametrize("end", ["withdraw", "refuse_preliminary"])
def test_a_second_application_that_ends_without_a_decision_leaves_the_denial_standing(last_item_world, end):
    decide(last_item_world, case_of(last_item_world, "DRC-06"), outcome="denied")
    last_item_world.pump()
    (again,) = apply_for(last_item_world, last_item_world.code, "DRC-06")
    do(last_item_world, again, end)
    assert states(last_item_world) == ("not_approved", "not_approved")


def test_the_certificate_of_a_filing_is_named_although_it_was_supplemented_first(last_item_world):
    # The first notice of such a case is the request to supplement: it is not the result.
    with last_item_world.extranet.writing() as session:
        certificate = session.exec(select(Notice).where(col(Notice.kind) == "filing")).first()
        session.add(earlier_notice(certificate))
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    named = [item["document_number"] for item in completion_notices(last_item_world)[0].facts["items"]]
    assert certificate.number in named
    assert "公补〔2026〕1 号" not in named


def earlier_notice(certificate):
    kept = certificate.model_dump(exclude={"id"})
    return Notice(**{**kept, "id": -1, "kind": "supplement", "number": "公补〔2026〕1 号", "token": "earlier"})


def test_a4_4_everything_done_with_a_project_is_one_trace(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    with last_item_world.extranet.reading() as session:
        told = [row.words for row in entries_of_project(session, last_item_world.code)]
    assert told[-1] == "收到项目申报"
    assert {"核验项目代码", "告知应办事项 4 项", "受理", "签批", "项目办结"} <= set(told)


def test_a14_5_two_departments_that_conclude_the_last_two_items_complete_the_project_once(either_applied_world):
    world = either_applied_world
    # ECO-04 waits for ECO-02: take it out, so that three items are left and two conclude at the same moment.
    with world.extranet.writing() as session:
        session.get_one(DueItem, (world.code, "ECO-04")).dropped_on = date(2026, 11, 23)
    do(world, case_of(world, "IIT-01"), "pass_preliminary")
    do(world, case_of(world, "IIT-01"), "record_filing")
    first, second = (bring(world, case_of(world, item), "awaiting_sign_off") for item in ("ECO-02", "DRC-06"))
    with ThreadPoolExecutor(1) as pool:
        with world.extranet.writing() as session:
            by = rightful(world, first, "approve")
            closing.approve(session, session.get_one(Case, first), by=by, at=world.now)
            other = pool.submit(do, world, second, "approve")
            wait([other], timeout=0.5)  # it waits for the first one, or would be through without having seen it
        other.result()
    assert states(world) == ("approved", "approved")
    assert len(completion_notices(world)) == 1


def test_a_case_cannot_be_signed_without_a_proposal(applied_world):
    case_id = bring(applied_world, case_of(applied_world, "ECO-02"), "awaiting_sign_off")
    with applied_world.extranet.writing() as session:
        session.exec(select(Decision)).one().state = "sent_back"
    with pytest.raises(RuleRefusal, match="没有待签批的拟办意见"):
        do(applied_world, case_id, "approve")
    with applied_world.extranet.reading() as session:
        assert session.get_one(Case, case_id).state == "awaiting_sign_off"
