"""The forms by which items are added to and dropped from a project's list (A14.1c)."""

import pytest

from core.cases import replanning
from core.domain.policy import Role
from core.domain.project_states import why_no_applications
from core.projects.tables import Project
from tests.extranet_portal.seats import Office
from tests.world import make_officer


def test_the_coordinator_adds_an_item_and_drops_it_again(office: Office) -> None:
    desk = office.seat("coordinator", "220184-drc", name="宋杰")
    project = f"/projects/{office.world.code}"
    form = desk.open(desk.open(project).links["增加应办事项"])
    answer = desk.press(form, "增加事项", item="FOR-01", reason="现场核实占用林地 0.8 公顷")
    assert answer.path == project
    assert "建设项目使用林地审核" in answer.text
    form = desk.open(answer.links["去掉应办事项"])
    assert "环境影响报告表审批 正在办理" in form.text
    answer = desk.press(form, "去掉事项", item="FOR-01", reason="选址调整")
    assert "不再办理：建设项目使用林地审核。选址调整" in answer.text


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(office: Office) -> None:
    desk = office.seat("coordinator", "220184-drc", name="宋杰")
    form = desk.open(f"/projects/{office.world.code}/additions")
    again = desk.press(form, "增加事项", item="", reason="现场核实占用林地")
    assert again.status == 422
    assert "请选择要增加的事项" in again.text
    assert "现场核实占用林地" in again.text
    secret = desk.press(again, "增加事项", item="FOR-01", reason="属于国家秘密")
    assert secret.status == 422
    assert "可能涉密" in secret.text


def test_who_comes_second_is_told_and_keeps_what_was_typed(office: Office) -> None:
    desk = office.seat("coordinator", "220184-drc", name="宋杰")
    form = desk.open(f"/projects/{office.world.code}/additions")
    with office.world.extranet.writing() as session:
        replanning.add_due_item(
            session, session.get_one(Project, office.world.code), "FOR-02", reason="临时占用",
            by=make_officer((Role.COORDINATOR, "220000-drc")), at=office.world.now,
        )  # fmt: skip
    answer = desk.press(form, "增加事项", item="FOR-01", reason="现场核实占用林地")
    assert answer.status == 409
    assert "其他人已作了改动" in answer.text
    assert "现场核实占用林地" in answer.text
    assert desk.press(answer, "增加事项").path == f"/projects/{office.world.code}"


def test_another_department_sees_the_list_but_no_way_to_change_it(office: Office) -> None:
    clerk = office.seat("handler", office.unit("ECO-02"), name="王敏")
    assert "增加应办事项" not in clerk.open(f"/projects/{office.world.code}").links
    assert clerk.open(f"/projects/{office.world.code}/additions").status == 403


@pytest.mark.parametrize(
    ("state", "words"), [("terminated", "不再申请"), ("superseded", "不再申请"), ("suspended", "恢复后可以申请")]
)
def test_a14_1e_the_list_of_a_project_that_rests_or_is_over_invites_nobody(
    office: Office, state: str, words: str
) -> None:
    coordinator = office.seat("coordinator", "220184-drc", name="郑立新")
    assert "增加应办事项" in coordinator.open(f"/projects/{office.world.code}").text
    with office.world.extranet.writing() as session:
        session.get_one(Project, office.world.code).state = state
    page = coordinator.open(f"/projects/{office.world.code}").text
    assert words in page
    assert why_no_applications(state) in page
    assert "增加应办事项" not in page
    assert "去掉应办事项" not in page
