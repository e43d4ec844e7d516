"""What goes out (A17.1): every result by itself and at once, but what the law protects, with its ground."""

import pytest
from sqlmodel import select

from core.disclosure.tables import Disclosure, PublishedResult
from core.trace import entries_of
from tests.core.cases.acts import bring
from tests.world import apply_for, case_of, decide, declare, file


def published(world):
    world.pump()
    with world.public.reading() as session:
        return session.exec(select(PublishedResult)).all()


def decided(world):
    with world.extranet.reading() as session:
        return session.exec(select(Disclosure)).one()


@pytest.mark.parametrize("outcome", ["granted", "granted_with_conditions", "denied"])
def test_a17_1_every_result_is_public_at_once(applied_world, outcome):
    decide(applied_world, case_of(applied_world, "ECO-02"), outcome=outcome, number="公环审〔2026〕7 号")
    (shown,) = published(applied_world)
    assert (shown.outcome, shown.document_number, shown.kind) == (outcome, "公环审〔2026〕7 号", "approval_result")
    assert (shown.project_code, shown.unit_name) == (applied_world.code, "吉林启辰汽车零部件有限公司")
    assert (shown.region_code, shown.prefecture_code, shown.department) == ("220184", "220100", "ee")
    assert decided(applied_world).state == "published"


def test_a17_1_a_filing_is_disclosed_as_such_with_its_certificate(applied_world):
    file(applied_world, case_of(applied_world, "IIT-01"))
    (shown,) = published(applied_world)
    assert (shown.kind, shown.outcome) == ("filing_result", "filed")
    assert "备〔2026〕1 号" in shown.document_number


def test_a17_1_a_disclosed_result_holds_nothing_personal():
    personal = {"contact", "mobile", "phone", "legal", "handler", "approver", "proposer", "opinion", "reason", "scan"}
    assert not [name for name in PublishedResult.model_fields if any(word in name for word in personal)]


def test_a17_1_an_item_of_state_security_is_withheld_with_its_ground(world):
    world.code = declare(world, "logistics_park")
    (case_id,) = apply_for(world, world.code, "NSS-01")
    decide(world, case_id)
    assert published(world) == []
    withheld = decided(world)
    assert (withheld.state, withheld.ground) == ("withheld", "state_secret")
    with world.extranet.reading() as session:
        (entry,) = entries_of(session, "disclosure", withheld.id)
    assert (entry.words, entry.reason) == ("结果不予公开：涉及国家安全事项的建设项目审批", "state_secret")


@pytest.mark.parametrize("state", ["refused", "not_accepted", "withdrawn", "awaiting_sign_off"])
def test_a17_1_what_is_not_a_result_is_not_disclosed(applied_world, state):
    bring(applied_world, case_of(applied_world, "ECO-02"), state)
    assert published(applied_world) == []


def test_a17_1_a_denial_after_which_the_item_was_granted_leaves_both_results_public(applied_world):
    decide(applied_world, case_of(applied_world, "ECO-02"), outcome="denied")
    applied_world.pump()
    (again,) = apply_for(applied_world, applied_world.code, "ECO-02")
    decide(applied_world, again)
    assert sorted(row.outcome for row in published(applied_world)) == ["denied", "granted"]
