"""Transfers, levels of review, corrections, revocations and void notices as officers do them (A14.2, A14.4a, A14.5)."""

from tests import world as cast
from tests.core.cases.acts import do, lead, needs_reviews
from tests.extranet_portal.seats import Office
from tests.world import PDF

DOCUMENT = {
    "document_number": "长环更〔2026〕1 号",
    "document_title": "关于更正批复的决定",
    "document_on": "2026-11-23",
    "reasons": "原决定第二条引用条款有误",
}
SCAN = ("更正.pdf", PDF)


def test_a_clerk_passes_a_case_on_and_keeps_its_trace(office: Office) -> None:
    case_id, clerk = office.case_id("ECO-02"), office.seat("clerk", "220184-ee", name="王敏")
    page = clerk.open(f"/cases/{case_id}/transfers")
    assert "按管辖权，这件由本机构办理" in page.text
    refused = clerk.press(page, "转办", to="220100-ee", reason="")
    assert refused.status == 422
    assert "请写明转办的理由" in refused.text
    page = clerk.press(refused, "转办", to="220100-ee", reason="项目用地跨县区，应由市级办理")
    assert "已转办" in page.text
    assert "长春市生态环境局" in page.text
    assert clerk.open(f"/cases/{case_id}").status == 404
    receiver = office.seat("clerk", "220100-ee", name="刘洋")
    page = receiver.open(f"/cases/{case_id}")
    assert "理由：项目用地跨县区，应由市级办理" in page.text
    again = receiver.open(f"/cases/{case_id}/transfers")
    assert "按管辖权，这件应由" in again.text


def test_a_reviewer_agrees_or_returns_before_the_approver_signs(office: Office) -> None:
    needs_reviews(office.world, "ECO-02", levels=2)
    case_id = lead(office.world, office.case_id("ECO-02"), "awaiting_sign_off")
    approver = office.seat("approver", "220184-ee", name="周振宇")
    assert "还有 1 级审核未完成" in approver.open(f"/cases/{case_id}").text
    reviewer = office.seat("reviewer", "220184-ee", name="赵静")
    page = reviewer.press(reviewer.open(f"/cases/{case_id}"), "审核通过", comment="同意拟办意见")
    assert "审核通过，已送下一级" in page.text
    page = approver.open(f"/cases/{case_id}")
    assert "同意拟办意见 赵静" in page.text
    page = approver.press(page, "签批")
    assert "已签批办结" in page.text


def test_a14_5_an_amendment_is_reviewed_before_the_approver_signs(office: Office) -> None:
    needs_reviews(office.world, "ECO-02", levels=2)
    case_id = lead(office.world, office.case_id("ECO-02"), "concluded")
    do(office.world, case_id, "propose_revocation")
    approver = office.seat("approver", "220184-ee", name="周振宇")
    page = approver.open(f"/cases/{case_id}").text
    assert "还有 1 级审核未完成" in page
    assert "签批更正" not in page
    clerk = office.seat("clerk", "220184-ee", name="王敏").open(f"/cases/{case_id}").text
    assert "撤销已提出，由长春市生态环境局公主岭市分局的审核人办理" in clerk
    assert "结果 拟撤销" in clerk
    reviewer = office.seat("reviewer", "220184-ee", name="赵静")
    reviewer.press(reviewer.open(f"/cases/{case_id}"), "审核通过", comment="同意撤销")
    page = approver.open(f"/cases/{case_id}")
    assert "同意撤销 赵静" in page.text
    assert "已撤销" in approver.press(page, "签批撤销").text


def test_a_decision_is_corrected_by_another_that_names_it(office: Office) -> None:
    case_id = lead(office.world, office.case_id("ECO-02"), "concluded")
    handler = office.seat("handler", "220184-ee", name="李文静")
    page = handler.open(f"/cases/{case_id}/correction-proposals")
    assert "原决定：" in page.text
    refused = handler.press(page, "提交签批", document_number="", document_title="", reasons="")
    assert refused.status == 422
    assert "请上传批复文件的扫描件" in refused.text
    page = handler.press(refused, "提交签批", scan=SCAN, **DOCUMENT)
    assert "更正已提交签批" in page.text
    approver = office.seat("approver", "220184-ee", name="周振宇")
    page = approver.press(approver.open(f"/cases/{case_id}"), "签批更正")
    assert "已更正" in page.text
    assert "更正决定" in page.text
    assert "长环更〔2026〕1 号" in page.text


def test_a_denial_and_a_revocation_say_how_they_can_be_contested(office: Office) -> None:
    case_id = office.case_id("ECO-02")
    cast.decide(office.world, case_id, outcome="denied")
    handler = office.seat("handler", "220184-ee", name="李文静")
    assert "60 日内向公主岭市人民政府申请行政复议" in handler.open(f"/cases/{case_id}").text
    do(office.world, case_id, "propose_revocation")
    do(office.world, case_id, "revoke")
    assert "撤销决定" in handler.open(f"/cases/{case_id}").text


def test_a14_5_a_revoked_case_says_so_and_keeps_its_way_to_the_decision(office: Office) -> None:
    case_id = lead(office.world, office.case_id("ECO-02"), "concluded")
    do(office.world, case_id, "propose_revocation")
    do(office.world, case_id, "revoke")
    handler = office.seat("handler", "220184-ee", name="李文静")
    page = handler.open(f"/cases/{case_id}")
    assert '<span class="light none still chip">已撤销</span>' in page.html
    assert "签批 11 月 23 日 签批" in page.text
    assert "办结 已撤销" in page.text
    assert '<span class="light none still">已撤销</span>' in handler.open("/cases?view=ended").html
    assert '<span class="light none still">已撤销</span>' in handler.open(f"/projects/{office.world.code}/matrix").html


def test_an_approver_voids_a_notice_for_a_new_one(office: Office) -> None:
    case_id = lead(office.world, office.case_id("ECO-02"), "in_handling")
    approver = office.seat("approver", "220184-ee", name="周振宇")
    page = approver.open(f"/cases/{case_id}")
    assert "作废或重新签发" in page.text
    page = approver.open(page.links["作废或重新签发"])
    refused = approver.press(page, "作废", reason="错")
    assert refused.status == 422
    page = approver.press(refused, "作废", reason="承办人姓名有误", handler="周振宇")
    assert "已作废" in page.text
    assert "承办人姓名有误" in page.text


def test_what_answers_a_supplement_stands_beside_what_was_asked(office: Office) -> None:
    case_id = lead(office.world, office.case_id("ECO-02"), "awaiting_supplement")
    clerk = office.seat("clerk", "220184-ee", name="王敏")
    assert "尚未补交" in clerk.open(f"/cases/{case_id}").text
    do(office.world, case_id, "supplement")
    page = clerk.open(f"/cases/{case_id}")
    assert "补交： 补正.pdf" in page.text
    assert "补正前：" in page.text
