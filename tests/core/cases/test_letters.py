"""Internal notes and the thread with the unit: kept apart, crossing only where meant (A2.1, A3.2)."""

import pytest
import sqlalchemy as sa
from sqlmodel import select

from core.cases import letters, notes
from core.cases.desk_tables import ApplicationLetter, CaseLetter, CaseNote
from core.cases.tables import Case, Message
from core.domain.policy import Role
from core.errors import FormRefusal, RuleRefusal
from core.projects.tables import DeclaredProject
from core.trace import entries_of
from tests.core.cases.acts import do, lead
from tests.world import act, application, case, case_of, make_enterprise, make_officer, unit_of

SECRET_WORDS = "备注：申请人与评审专家有亲属关系，请回避"


def officer(world, case_id, name="李文静"):
    return make_officer((Role.HANDLER, unit_of(world, case_id)), name=name)


def write(world, case_id, words="请说明厂区排水去向"):
    return act(world, case_id, lambda session, case, **who: letters.write_to_unit(session, case, words, **who),
               by=officer(world, case_id))  # fmt: skip


def answer(world, item="ECO-02", words="排入园区管网", code=""):
    one = application(world, code or world.code, item)
    with world.public.writing() as session:
        project = session.get_one(DeclaredProject, one.project_code)
        session.add(one)
        return letters.write_to_department(session, one, project, words, by=world.unit, at=world.now)


def thread(world, item="ECO-02"):
    with world.public.reading() as session:
        return [(one.is_from_unit, one.words) for one in letters.letters_of_application(
            session, application(world, world.code, item).id)]  # fmt: skip


def test_department_and_unit_write_to_each_other(either_applied_world):
    world = either_applied_world
    case_id = case_of(world, "ECO-02")
    write(world, case_id)
    world.later(minutes=5).pump()
    assert thread(world) == [(False, "请说明厂区排水去向")]
    with world.public.reading() as session:
        assert [one for one in session.exec(select(Message.words)).all() if "给你单位留言，请查看" in one]
    answer(world)
    world.pump()
    assert case(world, case_id).unread == 1
    with world.extranet.reading() as session:
        told = letters.letters_of_case(session, session.get_one(Case, case_id))
        assert [(one.is_from_unit, one.words, one.read_at) for one in told][1] == (True, "排入园区管网", None)
        assert entries_of(session, "case", case(world, case_id).application_id)[0].words == "项目单位留言"


def test_reading_and_answering_take_the_mark_away_on_each_side(applied_world):
    world = applied_world
    case_id = case_of(world, "ECO-02")
    write(world, case_id)
    world.later(minutes=5).pump()
    answer(world)
    with world.public.reading() as session:
        assert session.exec(select(ApplicationLetter.read_at).where(~ApplicationLetter.is_from_unit)).one() is not None
    world.pump()
    act(world, case_id, lambda session, case, by, at: letters.mark_read(session, case, at=at), by=None)
    assert case(world, case_id).unread == 0
    with world.extranet.reading() as session:
        assert session.exec(select(CaseLetter.read_at).where(CaseLetter.is_from_unit)).one() is not None


@pytest.mark.parametrize("words", ["", "  ", "字" * 2001, "这份材料是机密文件"])
def test_nothing_empty_too_long_or_classified_is_written(applied_world, words):
    case_id = case_of(applied_world, "ECO-02")
    by = officer(applied_world, case_id)
    for stage in (letters.write_to_unit, notes.add_note):
        with pytest.raises((RuleRefusal, FormRefusal)):
            act(applied_world, case_id, lambda session, case, s=stage, **who: s(session, case, words, **who), by=by)
    with pytest.raises((RuleRefusal, FormRefusal)):
        answer(applied_world, words=words)


def test_of_what_ended_nobody_writes_any_more(applied_world):
    world = applied_world
    case_id = lead(world, case_of(world, "ECO-02"), "concluded")
    world.pump()
    with pytest.raises(RuleRefusal, match="已经办结"):
        write(world, case_id)
    with pytest.raises(RuleRefusal, match="已经办结"):
        answer(world)


def test_a_unit_that_does_not_own_the_project_reaches_no_department(applied_world):
    world = applied_world
    other = make_enterprise(world, credit_code="91220104MA2020C59C", name="长春净月光电有限公司", mobile="13900001111")
    told = letters.LetterFromUnit(
        project_code=world.code, credit_code=other.credit_code, letter_id="x", words="你好", at=world.now,
        application_id=case(world, case_of(world, "ECO-02")).application_id,
    )  # fmt: skip
    with world.extranet.writing() as session, pytest.raises(Exception, match="not_owner"):
        letters.receive_letter(session, told, None)


def test_internal_notes_never_reach_the_internet_zone(applied_world):
    """A whole case with notes at every state: no message ever made, and no row of the internet zone, holds a word."""
    world = applied_world
    case_id = case_of(world, "ECO-02")
    by = officer(world, case_id)
    for event in ("pass_preliminary", "accept", "propose", "approve", ""):
        act(world, case_id, lambda session, case, **who: notes.add_note(session, case, SECRET_WORDS, **who), by=by)
        if event:
            write(world, case_id)
            do(world, case_id, event)
        world.later(minutes=5).pump()
    with world.extranet.reading() as session:
        assert len(session.exec(select(CaseNote)).all()) == 5
        bodies = session.connection().execute(sa.text("SELECT body FROM exchange_message")).scalars().all()
    assert len(bodies) > 10
    assert not [body for body in bodies if "亲属" in body or "备注" in body]
    with world.public.reading() as session:
        names = sa.inspect(session.connection()).get_table_names()
        assert "case_note" not in names
        for name in names:
            rows = session.connection().execute(sa.text(f'SELECT * FROM "{name}"')).all()
            assert "亲属" not in str(rows), name
