"""Handler and approver at work: pauses, proposal with its scan, sign-off, sending back (A14.4a, A15.2)."""

import pytest
from sqlmodel import select

from core.cases.tables import Decision
from tests import world as cast
from tests.extranet_portal.seats import Desk, Office
from tests.world import PDF

PROPOSAL = {
    "outcome": "granted",
    "document_number": "长环审〔2026〕64 号",
    "document_title": "关于环境影响报告表的批复",
    "document_on": "2026-11-23",
    "opinion": "符合规定，拟同意。",
}
SCAN = ("批复.pdf", PDF)


@pytest.fixture
def handler(office: Office) -> Desk:
    cast.accept(office.world, office.case_id("ECO-02"))
    return office.seat("handler", office.unit("ECO-02"), name="李文静")


@pytest.fixture
def approver(office: Office) -> Desk:
    return office.seat("approver", office.unit("ECO-02"), name="周振宇")


def address(office: Office) -> str:
    return f"/cases/{office.case_id('ECO-02')}"


def test_a_proposal_is_signed_off_by_another(office: Office, handler: Desk, approver: Desk) -> None:
    page = handler.press(handler.open(address(office)), "提交签批", scan=SCAN, **PROPOSAL)
    assert "已提交签批" in page.text
    assert "签批人办理，你可以查看进度" in page.text
    page = approver.open(address(office))
    assert "长环审〔2026〕64 号" in page.text
    assert approver.client.get(f"{address(office)}/decision/file").content == PDF
    page = approver.press(page, "签批")
    assert "已签批办结" in page.text
    assert office.case("ECO-02").outcome == "granted"


def test_every_gap_is_named_and_nothing_typed_is_lost(office: Office, handler: Desk) -> None:
    page = handler.press(
        handler.open(address(office)),
        "提交签批",
        scan=SCAN,
        opinion="写了很久的意见",
        document_number="",
        document_on="昨天",
    )
    assert page.status == 422
    assert "请按“年-月-日”填写日期" in page.text
    assert page.value("opinion") == "写了很久的意见"
    page = handler.press(page, "提交签批", document_on="2026-11-23")
    assert page.status == 422
    assert "请选择拟办结果" in page.text
    assert "请填写批复文号" in page.text
    assert "请上传批复文件" not in page.text
    page = handler.press(page, "提交签批", **PROPOSAL)
    assert "已提交签批" in page.text
    with office.world.extranet.reading() as session:
        assert session.exec(select(Decision)).one().scan_name == "批复.pdf"


def test_a_kept_scan_is_good_for_its_case_and_officer_alone(office: Office, handler: Desk) -> None:
    page = handler.press(handler.open(address(office)), "提交签批", scan=SCAN)
    stolen = page.value("scan_kept")
    other = office.seat("handler", office.unit("ECO-02"), name="赵洪涛")
    page = other.press(other.open(address(office)), "提交签批", **PROPOSAL, scan_kept=stolen)
    assert page.status == 422
    assert "请上传批复文件的扫描件" in page.text


@pytest.mark.parametrize(
    ("scan", "words"),
    [
        (("批复.docx", b"PK\x03\x04" + b"0" * 100), "不在接收范围"),
        (("批复.pdf", b"MZ" + b"0" * 100), "不符"),
        (("批复.pdf", b""), "空文件"),
        (("机密★批复.pdf", PDF), "可能涉密"),
        (("../批复.pdf", PDF), "上级目录"),
    ],
)
def test_a_scan_that_is_none_is_refused_beside_its_field(
    office: Office, handler: Desk, scan: tuple[str, bytes], words: str
) -> None:
    page = handler.press(handler.open(address(office)), "提交签批", scan=scan, **PROPOSAL)
    assert page.status == 422
    assert words in page.text
    assert 'id="scan-error"' in page.html
    assert office.case("ECO-02").state == "in_handling"


def test_nobody_signs_off_their_own_proposal(office: Office, handler: Desk) -> None:
    both = office.seat("handler", office.unit("ECO-02"), name="李文静", also=("approver",))
    page = both.press(both.open(address(office)), "提交签批", scan=SCAN, **PROPOSAL)
    assert "不能签批自己提出的拟办意见" in page.text
    assert both.press(page, "签批").status == 422
    assert office.case("ECO-02").state == "awaiting_sign_off"


def test_a_returned_proposal_comes_back_filled_in(office: Office, handler: Desk, approver: Desk) -> None:
    handler.press(handler.open(address(office)), "提交签批", scan=SCAN, **PROPOSAL)
    page = approver.press(approver.open(address(office)), "退回承办人", reason="短")
    assert page.status == 422
    assert "请写明退回的意见" in page.text
    page = approver.press(page, "退回承办人", reason="请补充噪声预测")
    assert "已退回承办人" in page.text
    page = handler.open(address(office))
    assert "退回意见" in page.text
    assert "请补充噪声预测" in page.text
    assert page.value("document_number") == "长环审〔2026〕64 号"
    page = handler.press(page, "提交签批", opinion="已补充")
    assert "已提交签批" in page.text


def test_pausing_wants_ground_end_and_reason(office: Office, handler: Desk) -> None:
    form = handler.open(f"{address(office)}/pauses")
    page = handler.press(form, "暂停计时", expected_on="2026-11-20", reason="短")
    assert page.status == 422
    for words in ("请选择本事项办事指南列明的理由", "须晚于今天", "请写明暂停计时的具体情况"):
        assert words in page.text
    page = handler.press(
        page, "暂停计时", ground="technical_assessment", expected_on="2026年12月7日", reason="已委托评估机构"
    )
    assert "已暂停计时" in page.text
    assert "恢复计时后才能提交签批" in page.text
    assert "暂停计时 已计 0 天" in page.text
    office.world.later(days=3)
    office.sign_in(handler)
    page = handler.press(handler.open(address(office)), "恢复计时")
    assert "已恢复计时" in page.text
    assert "顺延至" in page.text


def test_the_form_begins_with_the_next_number_and_the_usual_title(office: Office, handler: Desk) -> None:
    world = office.world
    cast.propose(world, office.case_id("ECO-02"), number="长环审〔2026〕63 号")
    code = cast.declare(world, "renovation", project_name="公主岭另一技术改造项目")
    (case_id,) = cast.apply_for(world, code, "ECO-02")
    cast.accept(world, case_id)
    page = handler.open(f"/cases/{case_id}")
    assert page.value("document_number") == "长环审〔2026〕64 号"
    assert page.value("document_title") == "关于公主岭另一技术改造项目环境影响报告表的批复"


def test_sending_a_proposal_twice_proposes_once(office: Office, handler: Desk) -> None:
    page = handler.open(address(office))
    first = handler.press(page, "提交签批", scan=SCAN, **PROPOSAL)
    second = handler.press(page, "提交签批", scan=SCAN, **PROPOSAL)
    assert (first.status, second.status) == (200, 200)
    with office.world.extranet.reading() as session:
        assert len(session.exec(select(Decision)).all()) == 1
