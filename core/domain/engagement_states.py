"""Agencies (中介机构) in the register, and what a department commissions from one during approval (A16.1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role

SERVICES = {
    "evaluation": "评估咨询",
    "technical_review": "技术评审",
    "testing": "检验检测",
    "appraisal": "鉴定",
    "surveying": "测绘勘察",
    "environmental": "环境技术评估",
    "energy": "节能评审",
    "water_soil": "水土保持技术评审",
    "cost": "工程造价审核",
}
"""What a department may commission; the words are ours, to be checked by the operating department."""

SELECTIONS = {
    "competition": "公开竞争",
    "draw": "随机抽取",
    "framework": "框架协议内选用",
}
"""How the agency was chosen: by competition where the law asks for it (优化营商环境条例 第四十三条)."""

PAYERS = {
    "department": "本部门经费",
    "treasury": "财政统筹安排",
    "zone": "开发区管理机构（区域评估）",
}
"""Who pays: never the project unit, as 优化营商环境条例 第四十二条、第四十三条 say."""

COMMISSION_GROUNDS = frozenset(
    {
        "intermediary_service", "commissioned_evaluation", "technical_assessment", "expert_review", "testing",
        "examination", "appraisal", "quarantine",
    }
)  # fmt: skip
"""Grounds of a pause that a commissioned service can be; the item's guide must allow it as well (A15.2)."""

LARGEST_FEE = 100_000_000


class AgencyState(StrEnum):
    """Whether an agency may be commissioned."""

    LISTED = "listed"
    DELISTED = "delisted"


class EngagementState(StrEnum):
    """Where a commissioned service stands."""

    RUNNING = "running"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Finding(StrEnum):
    """What a service ended in."""

    PASSED = "passed"
    PASSED_WITH_CHANGES = "passed_with_changes"
    NOT_PASSED = "not_passed"
    INFORMATION = "information"


FINDING_WORDS = {
    Finding.PASSED: "通过",
    Finding.PASSED_WITH_CHANGES: "修改后通过",
    Finding.NOT_PASSED: "未通过",
    Finding.INFORMATION: "出具报告（不作结论）",
}


@dataclass(frozen=True)
class EngagementFacts:
    """What the guards of an engagement look at."""

    finding: str = ""
    result: str = ""


def has_result(facts: EngagementFacts) -> str | None:
    """A service ends with what it found (A16.1)."""
    return None if facts.finding and facts.result else "请写明办理结果"


def faults_of_result(*, finding: str, result: str, report: str) -> dict[str, str]:
    """What is wrong with the result of a service, by field; `report` is the title that everybody reads (A16.1)."""
    checks = (
        ("finding", finding not in set(Finding), "请选择办理结果"),
        ("report", len(report.strip()) < 2, "请填写成果名称，如报告的标题"),
        ("result", len(result.strip()) < 2, "请写明主要结论"),
    )
    return {name: words for name, is_wrong, words in checks if is_wrong}


def faults_of_commission(
    *, service: str, services: Collection[str], selection: str, fee: int | None, payer: str, begins_on: date | None,
    expected_on: date | None, today: date,
) -> dict[str, str]:  # fmt: skip
    """What is wrong with a commission, by field; `services` are those of the agency, the fee is in yuan (A16.1)."""
    checks = (
        ("service", service not in SERVICES, "请选择中介服务事项"),
        ("service", bool(services) and service not in services, "所选机构在名录中没有这项服务，请换机构或服务"),
        ("selection", selection not in SELECTIONS, "请选择机构的选定方式"),
        ("fee", fee is None or not 0 <= fee <= LARGEST_FEE, "请填写费用（元）；没有费用填 0"),
        ("payer", payer not in PAYERS, "请选择费用由谁承担，不得由项目单位承担"),
        ("begins_on", begins_on is None, "请填写委托日期，如 2026-11-23"),
        ("begins_on", begins_on is not None and begins_on > today, "委托日期不能晚于今天"),
        ("expected_on", expected_on is None or expected_on <= today, "请填写预计完成日期，须晚于今天"),
    )
    faults: dict[str, str] = {}
    for name, is_wrong, words in checks:
        if is_wrong:
            faults.setdefault(name, words)
    return faults


A, E, R = AgencyState, EngagementState, Role
# fmt: off
AGENCY = Machine("agency", [
    # from          event      to            by               article
    (A.LISTED,      "delist",  A.DELISTED,   R.COORDINATOR,   "A16.1"),
    (A.DELISTED,    "relist",  A.LISTED,     R.COORDINATOR,   "A16.1"),
], {A.LISTED: "在册", A.DELISTED: "已移出", "delist": "移出名录", "relist": "重新列入名录"})

ENGAGEMENT = Machine("engagement", [
    # from          event      to            by               article    guard
    (E.RUNNING,     "deliver", E.DELIVERED,  R.HANDLER,       "A16.1",   has_result),
    (E.RUNNING,     "cancel",  E.CANCELLED,  R.HANDLER,       "A16.1",   None),
    (E.RUNNING,     "lapse",   E.CANCELLED,  R.PLATFORM,      "A16.1",   None),
], {E.RUNNING: "进行中", E.DELIVERED: "已完成", E.CANCELLED: "已终止", "deliver": "登记中介服务结果", "cancel": "终止中介服务",
    "lapse": "中介服务随办件终止"})
# fmt: on
