"""第十七条：results are public in time, and with the code anyone follows the process."""

import pytest

from core.cases.told import public_applications, public_due_items, public_events, public_project
from core.disclosure.published import ResultFilter, results, results_of_project
from tests.domain.sample_declarations import PARTS_FACTORY
from tests.world import apply_for, case_of, decide, declare, words

# Of the unit only its legal representative is named in public.
PERSONAL = ("李敏", "13812345678", "王敏", "李文静", "周振宇")


def everything_public(world, code):
    """All that a citizen with the code gets to read, as one text."""
    with world.public.reading() as session:
        project = public_project(session, code)
        due = public_due_items(session, code)
        lines = words(public_events(session, code))
        found = [str(row) for row in results_of_project(session, code)]
        applications = public_applications(session, code).values()
        return " ".join([str(project), *lines, *found, *map(str, due), *map(str, applications)])


def test_a17_1_a_result_is_public_with_the_decision_and_nobody_has_to_publish_it(applied_world):
    decide(applied_world, case_of(applied_world, "ECO-02"), number="公环审〔2026〕7 号")
    applied_world.pump()
    with applied_world.public.reading() as session:
        (row,) = results(session, ResultFilter())
    assert (row.item_name, row.outcome, row.document_number) == ("环境影响报告表审批", "granted", "公环审〔2026〕7 号")
    assert row.project_code == applied_world.code


@pytest.mark.parametrize("outcome", ["granted", "denied"])
def test_a17_1_nothing_public_names_a_person(applied_world, outcome):
    decide(applied_world, case_of(applied_world, "ECO-02"), outcome=outcome)
    applied_world.pump()
    text = everything_public(applied_world, applied_world.code)
    assert "环境影响报告表审批" in text
    assert [person for person in PERSONAL if person in text] == []


def test_a17_1_what_the_law_protects_is_in_no_public_answer(world):
    code = declare(world, "logistics_park")
    (case_id,) = apply_for(world, code, "NSS-01")
    decide(world, case_id)
    world.pump()
    assert "国家安全" not in everything_public(world, code)


def test_a17_2_with_the_code_one_follows_the_whole_process_to_its_result(last_item_world):
    decide(last_item_world, case_of(last_item_world, "DRC-06"))
    last_item_world.pump()
    text = everything_public(last_item_world, last_item_world.code)
    for said in ("待初审", "初审通过", "已受理，开始计时", "已提交签批", "准予", "应办事项全部办结", "approved"):
        assert said in text


def test_a17_2_an_unknown_code_finds_no_project(applied_world):
    with applied_world.public.reading() as session:
        assert public_project(session, "2026-220184-13-03-000404") is None
        assert results_of_project(session, "2026-220184-13-03-000404") == []


def test_a17_2_what_was_declared_is_shown_without_what_is_internal(world):
    code = declare(world, "parts_factory")
    with world.public.reading() as session:
        shown = public_project(session, code)
    assert shown.name == PARTS_FACTORY.name
    assert not {"contact_mobile", "contact_name", "legal_representative_id"} & set(shown.facts)
