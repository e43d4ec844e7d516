"""What an officer may load (A2.2, A2.3, A9.1): a page refuses what a list would not show, and the other way round."""

import pytest
from sqlmodel import col, select

from core.cases.queries import case_for, cases_of_project, may_see_case, project_for, visible
from core.cases.tables import Case
from core.domain.policy import CITIZEN, Role
from core.errors import Absent, NotAllowed
from tests.world import apply_for, case_of, declare, make_officer

ACTORS = {
    "its own clerk": make_officer((Role.CLERK, "220184-ee")),
    "the prefecture's department": make_officer((Role.HANDLER, "220100-ee")),
    "the province's department": make_officer((Role.APPROVER, "220000-ee")),
    "another department": make_officer((Role.CLERK, "220184-drc")),
    "another county": make_officer((Role.CLERK, "220102-ee")),
    "the coordinator of the prefecture": make_officer((Role.COORDINATOR, "220100-drc")),
    "the supervisor of another prefecture": make_officer((Role.SUPERVISOR, "220200-government_services")),
    "an administrator": make_officer((Role.SYSTEM_ADMINISTRATOR, "220000-eic")),
    "nobody": CITIZEN,
}
SEES = {
    "its own clerk",
    "the prefecture's department",
    "the province's department",
    "the coordinator of the prefecture",
}


@pytest.mark.parametrize("who", sorted(ACTORS))
def test_a_case_is_opened_by_those_in_whose_lists_it_stands(applied_world, who):
    case_id, actor = case_of(applied_world, "ECO-02"), ACTORS[who]
    with applied_world.extranet.reading() as session:
        listed = session.exec(select(Case.id).where(visible(session, actor), col(Case.id) == case_id)).all()
        assert bool(listed) == may_see_case(session, actor, "220184-ee") == (who in SEES)
        if who in SEES:
            assert case_for(session, actor, case_id).id == case_id
        else:
            with pytest.raises(Absent, match="没有找到这个办件"):
                case_for(session, actor, case_id)


def test_t5_a_case_that_does_not_exist_looks_like_one_out_of_reach(applied_world):
    with applied_world.extranet.reading() as session, pytest.raises(Absent, match="没有找到这个办件"):
        case_for(session, ACTORS["its own clerk"], 4711)


def test_who_may_see_but_not_act_is_told_whose_work_it_is(applied_world):
    case_id = case_of(applied_world, "ECO-02")
    with applied_world.extranet.reading() as session:
        with pytest.raises(NotAllowed, match="长春市生态环境局公主岭市分局的相应岗位办理"):
            case_for(session, ACTORS["the prefecture's department"], case_id, "case.accept")
        assert case_for(session, ACTORS["its own clerk"], case_id, "case.accept").id == case_id


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("its own clerk", True),
        ("another department", True),
        ("the coordinator of the prefecture", True),
        ("another county", False),
        ("the supervisor of another prefecture", False),
        ("nobody", False),
    ],
)
def test_a2_3_every_department_that_has_an_item_of_a_project_sees_the_project(applied_world, who, sees):
    with applied_world.extranet.reading() as session:
        if sees:
            assert project_for(session, ACTORS[who], applied_world.code).code == applied_world.code
        else:
            with pytest.raises(Absent, match="没有找到这个项目"):
                project_for(session, ACTORS[who], applied_world.code)


def test_a10_1_every_case_of_a_project_is_found_by_its_code(applied_world):
    other = declare(applied_world, "pig_farm")
    apply_for(applied_world, other, "DRC-05")
    with applied_world.extranet.reading() as session:
        found = [one.item_code for one in cases_of_project(session, applied_world.code)]
    assert found == ["IIT-01", "DRC-06", "ECO-02"]
