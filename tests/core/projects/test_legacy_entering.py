"""A project begun before the platform gets a code of ours, in both zones, once (A11.1, A12.1)."""

import pytest
from sqlmodel import select

from core.accounts.registering import is_registered, store
from core.accounts.tables import Account, Enterprise, KnownEnterprise
from core.cases import replanning
from core.changes import requesting
from core.changes.tables import ChangeRequest
from core.domain.legacy_projects import read_entry
from core.errors import Absent, Conflict, FormRefusal, NotAllowed, RuleRefusal
from core.projects import legacy
from core.projects import legacy_entering as entering
from core.projects.declaring import due_items_of, project_of
from core.projects.legacy_issuing import issue_for_legacy, unanswered
from core.projects.legacy_list import entries_page
from core.projects.legacy_messages import CodeIssued, CodeRequested
from core.projects.legacy_tables import LegacyProject
from core.projects.links import legacy_codes_of, project_of_legacy
from core.projects.tables import DeclaredProject, Project
from core.serials import raise_to
from core.trace import entries_of, entries_of_project
from tests.core.changes import requests
from tests.core.projects.legacy_entries import COORDINATOR, ELSEWHERE, UNIT, enter, entered, entry
from tests.domain import sample_declarations
from tests.domain.test_legacy_projects import VALID
from tests.together import together
from tests.world import declare, make_enterprise


def test_a12_1_an_entry_waits_for_its_code_and_is_then_found_by_both_in_both_zones(either_world):
    world = either_world
    entry_id = enter(world)
    waiting = entry(world, entry_id)
    assert (waiting.state, waiting.project_code) == ("requested", None)
    with world.extranet.reading() as session:
        assert session.exec(select(Project)).all() == []
    world.pump()
    code = entry(world, entry_id).project_code
    assert code == "2026-220184-13-03-000001"
    with world.extranet.reading() as inside, world.public.reading() as outside:
        assert project_of_legacy(inside, "吉发改备2015018") == project_of_legacy(outside, "吉发改备2015-018") == code
        held, seen = outside.get_one(DeclaredProject, code), inside.get_one(Project, code)
        assert (held.state, held.is_legacy, held.name) == ("verified", True, "公主岭市玉米深加工项目")
        assert (seen.state, seen.credit_code) == ("verified", UNIT["credit_code"])
        assert [row.mapped_by for row in legacy_codes_of(inside, code)] == ["郑立新"]
        assert due_items_of(outside, code) == []
        words = {
            one.words for one in (*entries_of(inside, "legacy_project", entry_id), *entries_of_project(inside, code))
        }
    assert words >= {
        "补录存量项目：公主岭市玉米深加工项目",
        "补录项目赋码",
        "核验项目代码",
        "对应原编码：吉发改备2015-018",
    }


def test_a12_1_one_request_told_twice_takes_one_code(world):
    entry_id = enter(world)
    world.pump()
    row = entry(world, entry_id)
    told = CodeRequested(
        request_id=row.id, credit_code=row.credit_code, unit_name=row.unit_name, facts=row.facts, requested_at=world.now
    )
    with world.public.writing() as session:
        issue_for_legacy(session, told, None)  # type: ignore[arg-type]
    assert world.pump() >= 0
    with world.public.reading() as session:
        assert len(session.exec(select(DeclaredProject)).all()) == 1


def test_a12_1_one_code_told_twice_makes_one_project(world):
    row = entry(world, enter(world))
    world.pump()
    code = entry(world, row.id).project_code
    with world.extranet.writing() as session:
        entering.receive_code(session, issued(world, row, code), None)  # type: ignore[arg-type]
        assert session.exec(select(Project.code)).all() == [code]


def issued(world, row, code, **changed):
    given = {"credit_code": row.credit_code, "unit_name": row.unit_name, "facts": row.facts, "request_id": row.id}
    return CodeIssued(project_code=code, issued_at=world.now, **(given | changed))


@pytest.mark.parametrize(
    ("changed", "code", "says"),
    [
        ({"request_id": "nobody's"}, "2026-220184-13-03-000001", "没有与这个代码对应的补录"),
        ({"credit_code": "91220101MA1400A22H"}, "2026-220184-13-03-000001", "没有与这个代码对应的补录"),
        ({"facts": {"project_name": "别的项目"}}, "2026-220184-13-03-000001", "没有与这个代码对应的补录"),
        ({}, "2026-220102-13-03-000001", "地区代码"),
    ],
)
def test_a12_1_a_code_nobody_asked_for_or_for_other_facts_is_held_back(world, changed, code, says):
    row = entry(world, enter(world))
    with world.extranet.writing() as session:
        with pytest.raises(NotAllowed, match=says):
            entering.receive_code(session, issued(world, row, code, **changed), None)  # type: ignore[arg-type]
        assert session.exec(select(Project)).all() == []


def test_a11_1_a_series_that_is_exhausted_is_told_and_the_entry_may_be_sent_again(world):
    with world.public.writing() as session:
        raise_to(session, "code:2026-220184-13-03", 999_999)
    entry_id = enter(world)
    world.pump()
    refused = entry(world, entry_id)
    assert refused.state == "refused"
    assert "用完" in refused.reason
    assert enter(world, industry_division="14") == entry_id
    world.pump()
    assert entry(world, entry_id).project_code == "2026-220184-14-03-000001"


def test_a12_1_a_second_entry_of_one_project_is_refused_while_it_waits_and_afterwards(world):
    enter(world)
    with pytest.raises(FormRefusal, match="已补录，等待赋码"):
        enter(world, legacy="吉发改备 2015 018")
    world.pump()
    with pytest.raises(FormRefusal, match="已对应到项目 2026-220184-13-03-000001"):
        enter(world)


def test_a12_1_what_contradicts_the_platform_is_refused_beside_its_field(world):
    make_enterprise(world, **UNIT)
    code = declare(world, "renovation")
    for typed, by, field in (
        ({"unit_name": "另一个名称的公司"}, COORDINATOR, "unit_name"),
        ({"legacy": code}, COORDINATOR, "legacy"),
        ({}, ELSEWHERE, "region_code"),
    ):
        with pytest.raises(FormRefusal) as refused:
            enter(world, by=by, **typed)
        assert list(refused.value.errors) == [field]


def test_a12_1_a_code_that_waits_for_its_project_means_no_other_one_meanwhile(world):
    other = declare(world, "renovation")
    enter(world)
    with world.extranet.writing() as session, pytest.raises(RuleRefusal, match="正在补录，等待赋码"):
        legacy.map_code(session, other, "吉发改备2015018", by=COORDINATOR, at=world.now)
    with world.extranet.writing() as session:
        kept = legacy.read_import(session, f"吉发改备2015018,{other}\n".encode(), "x.csv", by=COORDINATOR, at=world.now)
        assert [one.words for one in legacy.judge(session, kept, by=COORDINATOR)] == ["原编码的项目正在补录，等待赋码"]
    declared = declare(world, "renovation", legacy_codes="吉发改备2015-018")
    world.pump()
    with world.extranet.reading() as session:
        assert project_of_legacy(session, "吉发改备2015018") not in ("", other, declared)


def test_a12_1_two_officers_who_enter_one_project_at_once_make_one_entry(either_world):
    came_to = together(lambda _: enter(either_world), [1, 2])
    assert sum(isinstance(one, str) for one in came_to) == 1
    assert sum(isinstance(one, Conflict | FormRefusal) for one in came_to) == 1
    either_world.pump()
    with either_world.public.reading() as session:
        assert len(session.exec(select(DeclaredProject)).all()) == 1


def test_a12_1_entries_are_seen_within_ones_regions(world):
    entry_id = enter(world)
    with world.extranet.reading() as session:
        assert [row.id for row in entries_page(session, COORDINATOR, words="2015018", state="requested")] == [entry_id]
        assert entries_page(session, COORDINATOR, state="issued") == []
        assert entries_page(session, ELSEWHERE) == []
        with pytest.raises(Absent):
            entering.entry_for(session, ELSEWHERE, entry_id)


def test_a12_1_only_a_coordinator_sends_a_refused_entry_again(world):
    with world.public.writing() as session:
        raise_to(session, "code:2026-220184-13-03", 999_999)
    entry_id = enter(world)
    world.pump()
    clerk = requests.make_officer(("clerk", "220184-drc"))
    with world.extranet.writing() as session:
        mended = read_entry(VALID, "", entering.ground_on(session, world.now))
        row = session.get_one(LegacyProject, entry_id)
        with pytest.raises(NotAllowed):
            entering.request_again(session, row, mended, by=clerk, at=world.now)
        session.rollback()


def test_a14_1a_the_unit_that_registers_later_takes_its_legacy_project_up(either_world):
    world = either_world
    code = entered(world)
    with world.public.reading() as session:
        assert not is_registered(session, UNIT["credit_code"])
    unit = make_enterprise(world, **UNIT | {"name": "公主岭金穗食品股份有限公司"})
    world.pump()
    with world.public.reading() as session:
        assert session.get_one(Enterprise, unit.credit_code).name == "公主岭金穗食品股份有限公司"
        assert project_of(session, unit, "吉发改备2015-018").code == code
    with world.extranet.reading() as session:
        assert session.get_one(KnownEnterprise, unit.credit_code).name == "公主岭金穗食品股份有限公司"


def test_a14_1a_of_two_who_register_for_one_legacy_project_one_is_refused(either_world):
    world = either_world
    entered(world)

    def register(mobile):
        with world.public.writing() as session:
            enterprise = Enterprise(
                credit_code=UNIT["credit_code"], name=UNIT["name"], kind="enterprise", registered_at=world.now
            )
            owner = Account(
                credit_code=UNIT["credit_code"], mobile=mobile, name="孙岩", password_hash="", registered_at=world.now
            )
            store(session, enterprise, owner, at=world.now)

    came_to = together(register, ["13900001111", "13900002222"])
    assert sorted(isinstance(one, Conflict | RuleRefusal) for one in came_to) == [False, True]


def test_a12_1_the_unit_completes_the_declaration_and_then_learns_what_is_due(world):
    code = entered(world)
    unit = make_enterprise(world, **UNIT)
    world.pump()
    world.unit = unit
    with world.public.reading() as session:
        project = session.get_one(DeclaredProject, code)
        missing = unanswered(session, project, now=world.now)
        assert {"site_address", "eia_category"} < set(missing)
        assert not {"project_name", "planned_start", "not_classified_declared"} & set(missing)
    answers = sample_declarations.RENOVATION.answers
    typed = {name: answers[name] for name in missing if name in answers}
    funds = {
        "uses_government_funds": ["false"],
        "fund_own_funds": ["12000.00"],
        "project_capital": ["3000"],
        "main_products": ["玉米淀粉 3 万吨"],
    }
    change_id = requests.ask(world, code, "change", reason="补全申报信息", **(typed | funds))
    with world.public.reading() as session:
        assert session.get_one(ChangeRequest, change_id).state == "submitted"
    requests.grant(world, change_id)
    with world.public.reading() as session:
        project = session.get_one(DeclaredProject, code)
        assert due_items_of(session, code)
        assert unanswered(session, project, now=world.now) == ()
        assert project.facts["planned_start"] == "2015-04"
        assert requesting.open_kinds(session, code) == []


def test_a14_1c_the_coordinator_may_name_items_before_the_unit_completed_anything(world):
    code = entered(world)
    with world.extranet.writing() as session:
        project = session.get_one(Project, code)
        assert replanning.may_change_list(session, COORDINATOR, project)
        replanning.add_due_item(session, project, "ECO-02", reason="环评尚未办理", by=COORDINATOR, at=world.now)
    world.pump()
    with world.public.reading() as session:
        assert [row.item_code for row in due_items_of(session, code)] == ["ECO-02"]
