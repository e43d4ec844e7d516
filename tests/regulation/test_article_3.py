"""第三条：every kind of matter; nothing classified is handled or passed on here."""

import pytest
from sqlmodel import select

from core.cases import intake
from core.domain.secrecy import WORDS, find_classified
from core.errors import FormRefusal
from core.guides.from_reference import guides
from core.projects.declaring import begin_draft, save_step, submit
from core.projects.tables import DeclaredProject, Draft
from tests.core.cases.acts import BEYOND_SILENCE, rightful
from tests.domain.sample_declarations import PARTS_FACTORY
from tests.world import act, application, case, case_of


def test_a3_1_licences_internal_approvals_filings_and_technical_reviews_are_in_the_catalogue():
    assert {guide.kind for guide in guides()} == {"licence", "internal_approval", "filing", "technical_review"}


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("field", ["project_name", "scale_and_content", "site_address"])
def test_a3_2_a_classified_word_in_any_field_is_refused_before_anything_is_stored(world, field, word):
    with world.public.writing() as session:
        draft = begin_draft(session, by=world.unit, at=world.now)
        given = PARTS_FACTORY.answers | {field: [f"某某{word}工程"]}
        with pytest.raises(FormRefusal, match="可能涉密") as refused:
            save_step(session, draft, given, step="site", by=world.unit, at=world.now)
        assert field in refused.value.errors
    with world.public.reading() as session:
        stored = session.exec(select(Draft)).one()
    assert not [text for texts in stored.answers.values() for text in texts if find_classified(text)]


def test_a3_2_the_refusal_does_not_repeat_what_stood_around_the_word(world):
    with world.public.writing() as session:
        draft = begin_draft(session, by=world.unit, at=world.now)
        given = PARTS_FACTORY.answers | {"project_name": ["代号八八八机密★试验场"]}
        with pytest.raises(FormRefusal) as refused:
            save_step(session, draft, given, step="site", by=world.unit, at=world.now)
    assert "八八八" not in refused.value.words
    assert "试验场" not in refused.value.words


def test_a3_2_nothing_is_taken_before_the_unit_declares_that_nothing_is_classified(world):
    with world.public.writing() as session:
        draft = begin_draft(session, by=world.unit, at=world.now)
        given = {name: values for name, values in PARTS_FACTORY.answers.items() if name != "not_classified_declared"}
        with pytest.raises(FormRefusal):
            save_step(session, draft, given, step="site", by=world.unit, at=world.now)
        with pytest.raises(FormRefusal):
            submit(session, draft, by=world.unit, at=world.now)
    with world.public.reading() as session:
        assert session.exec(select(DeclaredProject)).all() == []


def test_a3_2_an_officer_turns_away_what_is_classified_even_after_the_period_for_it(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    clerk = rightful(applied_world.on(BEYOND_SILENCE), case_id, "accept")
    act(applied_world, case_id, intake.refuse_preliminary, by=clerk, ground="classified", reason="请改走线下渠道")
    applied_world.pump()
    assert case(applied_world, case_id).state == "refused"
    assert application(applied_world, applied_world.code, "ECO-02").reason == "涉及国家秘密：请改走线下渠道"
