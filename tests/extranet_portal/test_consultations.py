"""会商函询 as officers use it: the form with suggestions, the addressee's list and answer, the panel (A14.4b)."""

import pytest
from sqlmodel import select

from core.cases.tables import CaseMaterial
from core.consultations.tables import Consultation, ConsultationReply
from tests import world as cast
from tests.extranet_portal.seats import Desk, Office

ASKED = "220184-drc"
LETTER = {"subject": "是否占用红线", "question": "请确认是否占用生态保护红线", "addressees": [ASKED], "days": "3"}


@pytest.fixture
def handler(office: Office) -> Desk:
    cast.accept(office.world, office.case_id("ECO-02"))
    return office.seat("handler", office.unit("ECO-02"), name="李文静")


@pytest.fixture
def asked(office: Office) -> Desk:
    return office.seat("handler", ASKED, name="赵洪涛")


def form(office: Office) -> str:
    return f"/cases/{office.case_id('ECO-02')}/consultations/new"


def send(office: Office, handler: Desk, **changed: object) -> str:
    """The address of a consultation that was sent."""
    page = handler.press(handler.open(form(office)), "发出", **{**LETTER, **changed})
    assert "已发出" in page.text
    with office.world.extranet.reading() as session:
        return f"/consultations/{session.exec(select(Consultation).order_by(Consultation.id.desc())).first().id}"


def test_a14_4b_the_form_suggests_whom_to_ask_with_the_reason(office: Office, handler: Desk) -> None:
    page = handler.open(form(office))
    assert "公主岭市发展和改革局" in page.text
    assert "同一项目的应办事项：固定资产投资项目节能审查" in page.text
    assert "5 个工作日即 11 月 30 日" in page.text


def test_a14_4b_asked_answered_and_closed_with_a_disposition(office: Office, handler: Desk, asked: Desk) -> None:
    address = send(office, handler)
    page = asked.open("/consultations")
    assert "是否占用红线" in page.text
    assert "现在有 1 件等待答复" in page.text
    page = asked.open(address)
    assert "请确认是否占用生态保护红线" in page.text
    page = asked.press(page, "提交答复", opinion="object", statement="")
    assert page.status == 422
    assert "须写明理由和具体意见" in page.text
    page = asked.press(page, "提交答复", opinion="object", statement="占用红线 0.2 公顷")
    assert "已答复，发起单位可以看到" in page.text
    page = handler.open(address)
    page = handler.press(page, "结束会商", conclusion="调整后可行")
    assert page.status == 422
    assert "请写明对公主岭市发展和改革局意见的处理情况" in page.text
    assert page.value("conclusion") == "调整后可行"
    reply = reply_of(office)
    page = handler.press(page, "结束会商", **{f"disposition-{reply.id}": "已避让红线"})
    assert "已结束，可以继续办理" in page.text
    panel = handler.open(f"/cases/{office.case_id('ECO-02')}").text
    assert "处理情况：已避让红线" in panel
    assert "调整后可行" in panel
    assert "结束会商函询" in [entry.words for entry in office.trace("ECO-02")]


def test_a14_4b_an_addressee_sees_just_what_it_needs(office: Office, handler: Desk, asked: Desk) -> None:
    address = send(office, handler, addressees=[ASKED, "220184-water"], materials=[material_of(office)])
    page = asked.open(address).text
    assert "随附材料 1 份" in page
    assert "项目申报信息" in page
    assert "公主岭市水利局" not in page
    assert f"/cases/{office.case_id('ECO-02')}" not in page
    assert asked.client.get(f"/cases/{office.case_id('ECO-02')}").status_code == 404
    assert asked.client.get(f"{address}/materials/1/file").status_code == 200
    stranger = office.seat("handler", "220184-hc", name="王敏")
    assert stranger.client.get(address).status_code == 404
    assert stranger.client.get(f"{address}/materials/1/file").status_code == 404


def test_a14_4b_every_gap_is_named_and_nothing_typed_is_lost(office: Office, handler: Desk) -> None:
    page = handler.press(
        handler.open(form(office)), "发出", subject="占用", question="短", days="99", addressees=[ASKED]
    )
    assert page.status == 422
    assert "请写明需要对方答复的问题" in page.text
    assert "答复期限请填 1 到 30 个工作日" in page.text
    assert page.value("subject") == "占用"
    with office.world.extranet.reading() as session:
        assert session.exec(select(Consultation)).all() == []
    page = handler.press(page, "发出", question="涉密的问题如下", days="5")
    assert "可能涉密" in page.text


def test_a14_4b_a_draft_is_kept_sent_later_or_given_up(office: Office, handler: Desk, asked: Desk) -> None:
    page = handler.press(handler.open(form(office)), "存为草稿", **LETTER)
    assert "会商函询草稿" in page.text
    assert page.value("question") == LETTER["question"]
    assert "没有收到会商函询" in asked.open("/consultations").text
    page = handler.press(page, "发出", subject="是否压覆矿产")
    assert "是否压覆矿产" in asked.open("/consultations").text
    page = handler.press(handler.open(form(office)), "存为草稿", **LETTER)
    page = handler.press(page, "删除草稿")
    assert page.status == 200
    assert "征求意见中" in page.text


def test_an_officer_reminding_another_departments_addressee_is_refused(
    office: Office, handler: Desk, asked: Desk
) -> None:
    address = send(office, handler)
    reply = reply_of(office)
    page = handler.open(address)
    token = asked.open(address).form_with("提交答复").values
    forged = asked.client.post(f"/consultation-replies/{reply.id}/reminders", data=dict(token))
    assert forged.status_code == 403
    assert reply_of(office).reminders == 0
    assert "已催办 1 次" in handler.press(page, "催办").text
    assert "今天已经催办过" in handler.press(handler.open(address), "催办").text
    assert "已催办 1 次" in asked.open(address).text


def test_a14_4b_two_who_answer_at_once_one_wins(office: Office, handler: Desk, asked: Desk) -> None:
    address = send(office, handler)
    colleague = office.seat("handler", ASKED, name="孙丽")
    mine = asked.open(address)
    colleague.press(colleague.open(address), "提交答复", opinion="agree")
    page = asked.press(mine, "提交答复", opinion="object", statement="不同意，理由很长")
    assert page.status == 409
    assert "其他人已作了改动" in page.text
    assert "同意" in page.text


def test_a14_4b_asked_again_withdrawn_and_reopened(office: Office, handler: Desk, asked: Desk) -> None:
    address = send(office, handler)
    asked.press(asked.open(address), "提交答复", opinion="need_more", statement="请补充坐标")
    page = handler.press(handler.open(address), "再次征求意见", note="坐标已补充", days="2")
    assert "已再次征求意见" in page.text
    assert "坐标已补充" in asked.open(address).text
    reply = reply_of(office)
    page = handler.press(page, "结束会商", conclusion="不再等待")
    page = handler.press(page, "重新征求意见", addressees=[str(reply.id)], reason="方案变更", days="4")
    assert "已重新征求意见" in page.text
    page = handler.press(page, "撤回", reason="改为书面征求")
    assert "已撤回" in page.text
    assert "改为书面征求" in asked.open(address).text


def test_a14_4b_about_a_project_only_a_unit_that_takes_part_asks(office: Office, asked: Desk) -> None:
    path = f"/projects/{office.world.code}/consultations/new"
    page = asked.press(asked.open(path), "发出", **{**LETTER, "addressees": ["220184-ee"]})
    assert "关于事项" in page.text
    assert "项目整体" in page.text
    assert "会商：是否占用红线" in asked.open(f"/projects/{office.world.code}").text
    stranger = office.seat("handler", "220184-hc", name="王敏")
    assert stranger.client.get(path).status_code == 404


def test_a14_4b_a_supervisor_reads_and_does_nothing(office: Office, handler: Desk) -> None:
    address = send(office, handler)
    page = office.seat("supervisor", "220000-drc", name="周").open(address).text
    assert "公主岭市发展和改革局" in page
    assert "结束会商</button>" not in page


def material_of(office: Office) -> str:
    with office.world.extranet.reading() as session:
        wanted = select(CaseMaterial.id).where(CaseMaterial.case_id == office.case_id("ECO-02"))
        return str(session.exec(wanted).first())


def reply_of(office: Office) -> ConsultationReply:
    with office.world.extranet.reading() as session:
        return session.exec(select(ConsultationReply).order_by(ConsultationReply.id.desc())).first()
