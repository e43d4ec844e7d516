"""A project unit declares its project and gets the code at once (A14.1b, A10.1, A11.1, A3.2)."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import select

from core.errors import Absent, FormRefusal, RuleRefusal
from core.projects import declaring
from core.projects.tables import Declaration, DeclaredProject, Draft
from core.trace import entries_of_project
from tests.domain import sample_declarations
from tests.domain.sample_declarations import PARTS_FACTORY, PIG_FARM, SAMPLES, SCHOOL
from tests.together import together
from tests.world import CREDIT_CODE, declare, make_enterprise
from tests.worlds import nothing_yet


def draft(world, sample=PARTS_FACTORY, *, unit=None, **changed):
    """A draft filled in from a sample; its id."""
    by = unit or world.unit
    own = {"unit_uscc": [by.credit_code], "unit_name": [by.org_name]}
    answers = sample.answers | own | {name: [text] for name, text in changed.items()}
    with world.public.writing() as session:
        begun = declaring.begin_draft(session, by=by, at=world.now)
        declaring.save_step(session, begun, answers, step="site", by=by, at=world.now)
        return begun.id


def submit(world, draft_id, *, unit=None):
    by = unit or world.unit
    with world.public.writing() as session:
        return declaring.submit(session, declaring.draft_for(session, by, draft_id), by=by, at=world.now).code


def kept(world, draft_id):
    with world.public.reading() as session:
        return session.get_one(Draft, draft_id)


def test_a14_1b_a_declaration_begins_with_what_the_platform_knows(world):
    with world.public.writing() as session:
        begun = declaring.begin_draft(session, by=world.unit, at=world.now)
    assert begun.answers["unit_name"] == ["吉林启辰汽车零部件有限公司"]
    assert begun.answers["unit_uscc"] == [CREDIT_CODE]
    assert begun.answers["contact_name"] == ["孙岩"]


def test_a14_1b_a_step_is_kept_right_or_wrong(world):
    identity = draft(world, total_investment="很多")
    assert kept(world, identity).answers["total_investment"] == ["很多"]
    assert kept(world, identity).visited == ["site"]


def test_a14_1b_a_later_step_keeps_the_earlier_ones(world):
    identity = draft(world)
    with world.public.writing() as session:
        found = declaring.draft_for(session, world.unit, identity)
        declaring.save_step(session, found, {"project_name": ["新名称项目"]}, step="basic", by=world.unit, at=world.now)
    assert kept(world, identity).answers["project_name"] == ["新名称项目"]
    assert kept(world, identity).answers["site_address"] == PARTS_FACTORY.answers["site_address"]
    assert kept(world, identity).visited == ["site", "basic"]


def test_a_draft_does_not_grow_without_end(world):
    identity = draft(world)
    before = kept(world, identity).answers
    endless = {"scale_and_content": ["长" * declaring.MOST_TYPED]}
    with world.public.writing() as session:
        found = declaring.draft_for(session, world.unit, identity)
        with pytest.raises(RuleRefusal, match="太多"):
            declaring.save_step(session, found, endless, step="scale", by=world.unit, at=world.now)
    assert kept(world, identity).answers == before


def test_so_many_drafts_and_no_more(world, monkeypatch):
    monkeypatch.setattr(declaring, "MOST_DRAFTS", 2)
    draft(world), draft(world)
    with world.public.writing() as session, pytest.raises(RuleRefusal, match="未提交的填报已有 2 份"):
        declaring.begin_draft(session, by=world.unit, at=world.now)


def test_a3_2_nothing_is_stored_before_it_was_declared_that_nothing_is_classified(world):
    with pytest.raises(FormRefusal):
        draft(world, not_classified_declared="false")
    with world.public.reading() as session:
        assert session.exec(select(Draft)).all() == []


def test_a3_2_a_classified_word_is_never_stored_not_even_in_a_draft(world):
    identity = draft(world)
    with world.public.writing() as session:
        found = declaring.draft_for(session, world.unit, identity)
        with pytest.raises(FormRefusal) as refused:
            declaring.save_step(
                session, found, {"scale_and_content": ["机 密★项目"]}, step="scale", by=world.unit, at=world.now
            )
    assert list(refused.value.errors) == ["scale_and_content"]
    assert "机" not in str(kept(world, identity).answers["scale_and_content"])


def test_a11_1_the_code_is_issued_at_once_from_what_was_declared(world):
    assert submit(world, draft(world)) == "2026-220102-36-03-000001"
    assert submit(world, draft(world)) == "2026-220102-36-03-000002"
    assert submit(world, draft(world, SCHOOL, project_name="另一所学校")) == "2026-222401-83-01-000001"


def test_a10_1_a_declaration_sent_twice_is_one_project(world):
    identity = draft(world)
    assert submit(world, identity) == submit(world, identity)
    with world.public.reading() as session:
        assert len(session.exec(select(DeclaredProject)).all()) == 1


def test_a10_1_a_declaration_sent_twice_at_once_is_one_project_with_one_code(either_world):
    identity = draft(either_world)
    first, second = together(lambda _: submit(either_world, identity), [1, 2])
    assert first == second == "2026-220102-36-03-000001"
    assert submit(either_world, draft(either_world)) == "2026-220102-36-03-000002"


def test_a11_1_eight_declarations_at_once_get_eight_codes_in_a_row(either_world):
    drafts = [draft(either_world) for _ in range(8)]
    codes = together(lambda identity: submit(either_world, identity), drafts)
    assert sorted(codes) == [f"2026-220102-36-03-{serial:06d}" for serial in range(1, 9)]


def test_a14_1b_every_error_of_every_step_is_told_at_once_and_no_code_is_used(world):
    identity = draft(world, total_investment="", region_code="220000", planned_completion="2020-01")
    with pytest.raises(FormRefusal) as refused:
        submit(world, identity)
    assert {"total_investment", "region_code"} <= set(refused.value.errors)
    assert submit(world, draft(world)).endswith("-000001")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"unit_uscc": "91220100MA17000134"}, "unit_uscc"),
        ({"unit_name": "长春一汽某某有限公司"}, "unit_name"),
        ({"applicant_unit_differs": "true", "applicant_uscc": "91220100MA17000134"}, "applicant_uscc"),
    ],
)
def test_a14_1a_nobody_declares_in_anothers_name(world, changed, field):
    with pytest.raises(FormRefusal) as refused:
        submit(world, draft(world, **changed))
    assert list(refused.value.errors) == [field]


def test_a_unit_may_declare_for_another_and_says_so(world):
    agent = {"applicant_unit_differs": "true", "applicant_uscc": CREDIT_CODE}
    code = submit(world, draft(world, unit_uscc="91220100MA17000134", unit_name="长春某某实业有限公司", **agent))
    with world.public.reading() as session:
        assert session.get_one(DeclaredProject, code).unit_name == "长春某某实业有限公司"


def test_t2_anothers_draft_and_project_look_like_none(world):
    stranger = replace(world.unit, credit_code="91220100MA17000134")
    identity = draft(world)
    code = submit(world, identity)
    with world.public.writing() as session:
        for find in (declaring.draft_for, declaring.draft_shown):
            with pytest.raises(Absent):
                find(session, stranger, identity)
        with pytest.raises(Absent):
            declaring.project_of(session, stranger, code)
        assert declaring.project_of(session, world.unit, code).code == code


def test_the_unit_finds_its_drafts_until_they_are_submitted_and_its_projects_newest_first(world):
    open_one = draft(world)
    codes = [submit(world.later(hours=1), draft(world)) for _ in range(3)]
    make_enterprise(world, credit_code="91220100MA17000134", name="长春他人有限公司", mobile="13900000001")
    with world.public.reading() as session:
        assert [one.id for one in declaring.drafts_of(session, world.unit)] == [open_one]
        assert [one.code for one in declaring.projects_of(session, world.unit, limit=2)] == codes[:0:-1]
        assert [one.code for one in declaring.projects_of(session, world.unit, limit=2, offset=2)] == codes[:1]
        assert declaring.count_projects_of(session, world.unit) == 3


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name[:8])
def test_a14_1c_the_unit_may_expect_the_very_items_it_is_told_afterwards(worlds_of_samples, sample):
    world, codes = worlds_of_samples
    with world.public.reading() as session:
        project = session.get_one(DeclaredProject, codes[sample.name])
        expected = [due.item_code for due in declaring.expected_items(session, project.facts, on=world.now.date())]
        assert expected == [row.item_code for row in declaring.due_items_of(session, project.code)]
    assert sorted(expected) == sorted(sample.due_codes)


@pytest.fixture(scope="module")
def worlds_of_samples(worlds):
    """Every sample declared, one after another, in one world."""
    names = [name for name, value in vars(sample_declarations).items() if value in SAMPLES]
    with worlds.copy("sqlite", nothing_yet) as world:
        codes = {getattr(sample_declarations, name).name: declare(world, name.lower()) for name in names}
        yield world, codes


def test_a4_4_declaring_is_in_the_trace_under_the_code(world):
    code = submit(world, draft(world, PIG_FARM))
    with world.public.reading() as session:
        (entry,) = entries_of_project(session, code)
    assert (entry.words, entry.actor_name) == ("项目申报，取得项目代码", "孙岩")


def test_a_project_says_where_it_lies(world):
    code = submit(world, draft(world, PIG_FARM))
    with world.public.reading() as session:
        assert declaring.region_words(session, session.get_one(DeclaredProject, code)) == "松原市前郭尔罗斯蒙古族自治县"


def test_an_identity_number_never_reaches_the_extranet(world):
    code = declare(world, "school")
    with world.public.reading() as session:
        assert session.get_one(DeclaredProject, code).facts["legal_representative_id"] == "220102199003070013"
    with world.extranet.reading() as session:
        told = session.get_one(Declaration, (code, 1)).facts
        rows = session.connection().execute(sa.text("SELECT body FROM exchange_message")).scalars().all()
    assert told["legal_representative"]
    assert not [body for body in rows if "220102199003070013" in body]
