"""The levels of sign-off (A14.4a): as many persons as the guide says, none of them twice, each with their comment."""

import pytest

from core.cases.closing import approve
from core.cases.facts import sent_back_of
from core.cases.sign_off import return_review, review, said_of
from core.cases.tables import Case
from core.domain.policy import Role
from core.errors import RuleRefusal
from tests.core.cases.acts import do, lead, needs_reviews
from tests.world import act, case, case_of, make_officer


@pytest.fixture
def case_id(applied_world):
    """A case whose guide asks for two reviewers and the approver, proposed by 李文静."""
    needs_reviews(applied_world, "ECO-02", levels=3)
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "in_handling")
    do(applied_world, case_id, "propose", by=officer("李文静"))
    return case_id


def officer(name):
    return make_officer(*((role, "220184-ee") for role in (Role.HANDLER, Role.REVIEWER, Role.APPROVER)), name=name)


def test_a14_4a_the_approver_waits_for_every_level_of_review(applied_world, case_id):
    assert case(applied_world, case_id).reviews_left == 2
    for left, name in ((2, "审核人甲"), (1, "审核人乙")):
        with pytest.raises(RuleRefusal, match=f"还有 {left} 级审核未完成"):
            act(applied_world, case_id, approve, by=officer("周振宇"))
        act(applied_world, case_id, review, by=officer(name), comment="无意见")
    with pytest.raises(RuleRefusal, match="审核已经完成"):
        act(applied_world, case_id, review, by=officer("审核人丙"))
    act(applied_world, case_id, approve, by=officer("周振宇"))
    assert case(applied_world, case_id).state == "concluded"


@pytest.mark.parametrize("name", ["李文静", "审核人甲"])
def test_a14_4a_nobody_does_two_levels_of_one_proposal(applied_world, case_id, name):
    act(applied_world, case_id, review, by=officer("审核人甲"))
    for stage, given in ((review, {}), (return_review, {"reason": "依据不足，请补充"})):
        with pytest.raises(RuleRefusal, match=r"不能审核自己提出的|一人只能审核一级"):
            act(applied_world, case_id, stage, by=officer(name), **given)
    act(applied_world, case_id, review, by=officer("审核人乙"))
    with pytest.raises(RuleRefusal, match="请由其他签批人签批"):
        act(applied_world, case_id, approve, by=officer(name))


def test_a14_4a_every_level_can_return_the_proposal_with_its_comment(applied_world, case_id):
    act(applied_world, case_id, review, by=officer("审核人甲"), comment="同意")
    act(applied_world, case_id, return_review, by=officer("审核人乙"), reason="请补充环境容量的依据")
    found = case(applied_world, case_id)
    assert (found.state, found.reviews_left, found.proposed_at) == ("in_handling", 0, None)
    with applied_world.extranet.reading() as session:
        said = said_of(session, sent_back_of(session, session.get_one(Case, case_id)))
    assert [(row.level, row.verdict, row.comment) for row in said] == [
        (1, "agreed", "同意"), (2, "returned", "请补充环境容量的依据")
    ]  # fmt: skip
    do(applied_world, case_id, "propose", by=officer("李文静"))
    assert case(applied_world, case_id).reviews_left == 2
    act(applied_world, case_id, review, by=officer("审核人甲"))


def test_a_guide_of_one_level_knows_no_reviewer(applied_world):
    case_id = lead(applied_world, case_of(applied_world, "ECO-02"), "awaiting_sign_off")
    assert case(applied_world, case_id).reviews_left == 0
    with pytest.raises(RuleRefusal, match="审核已经完成"):
        act(applied_world, case_id, review, by=officer("审核人甲"))
