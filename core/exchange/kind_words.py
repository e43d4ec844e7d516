"""What each kind of message is called on the operators' pages and in the shell (A2.1)."""

from collections.abc import Mapping

from core.exchange.message import Direction

KIND_WORDS: Mapping[str, str] = {
    "agency.registered.v1": "中介机构登记",
    "application.rejected.v1": "申请未立案",
    "application.withdrawn.v1": "撤回申请",
    "calendar.local_days_published.v1": "地方放假安排发布",
    "calendar.published.v1": "工作日历发布",
    "case.accepted.v1": "受理",
    "case.carried_over.v1": "办件转入新代码",
    "case.concluded.v1": "办结",
    "case.declined.v1": "不予受理",
    "case.extended.v1": "延长时限",
    "case.opened.v1": "立案",
    "case.paused.v1": "暂停计时",
    "case.preliminary_passed.v1": "初审通过",
    "case.proposed.v1": "提交签批",
    "case.recounted.v1": "日历修订后重算时限",
    "case.refused.v1": "初审不予通过",
    "case.resumed.v1": "恢复计时",
    "case.sent_back.v1": "签批退回",
    "case.transferred.v1": "转办",
    "case.voided.v1": "办件终止",
    "case.withdrawn.v1": "办件因撤回终止",
    "change.granted.v1": "同意变更",
    "change.granted_as_major.v1": "同意重大变更",
    "change.refused.v1": "不同意变更",
    "change.returned.v1": "变更申请退回",
    "change.submitted.v1": "变更申请",
    "change.taken_back.v1": "变更申请已撤回",
    "change.withdrawn.v1": "撤回变更申请",
    "code.issued.v1": "存量项目赋码",
    "code.requested.v1": "存量项目补录",
    "day.report.v1": "对账单",
    "decision.amended.v1": "决定更正或撤销",
    "disclosure.amended.v1": "公开结果更正",
    "disclosure.published.v1": "结果公开",
    "due_items.changed.v1": "应办事项调整",
    "due_items.told.v1": "应办事项告知",
    "due_list.frozen.v1": "应办事项清单固化",
    "enterprise.registered.v1": "企业注册",
    "exchange.standing.v1": "交换情况报告",
    "guide.published.v1": "办事指南发布",
    "heartbeat.v1": "心跳",
    "items.applied.v1": "事项申请",
    "letter.from_unit.v1": "单位留言",
    "letter.to_unit.v1": "部门留言",
    "notice.issued.v1": "通知书送达",
    "notice.voided.v1": "通知书作废",
    "organisations.published.v1": "地区和机构发布",
    "project.code_issued_anew.v1": "重新赋码",
    "project.concluded.v1": "项目办结",
    "project.declared.v1": "项目申报",
    "project.legacy_codes.v1": "原编码对应",
    "project.returned.v1": "申报退回",
    "project.verified.v1": "代码核验通过",
    "quarantine.decided.v1": "隔离报文处理意见",
    "receipt.v1": "回执",
    "reconciliation.asked.v1": "请求对账",
    "service.commissioned.v1": "委托中介服务",
    "service.disclosed.v1": "中介服务公开信息",
    "service.ended.v1": "中介服务结束",
    "supplement.given.v1": "提交补正",
    "supplement.received.v1": "收到补正",
    "supplement.requested.v1": "一次性告知补正",
}

DIRECTION_WORDS: Mapping[str, str] = {
    Direction.TO_EXTRANET: "互联网区 → 政务外网",
    Direction.TO_INTERNET: "政务外网 → 互联网区",
}


def kind_words(kind: str) -> str:
    """The name of a kind; the kind itself when this release doesn't know it."""
    return KIND_WORDS.get(kind, kind)
