"""One sample of the facts of each notice, with the longest names the platform meets."""

from datetime import date

from core.documents.notice_facts import (
    AcceptanceFacts,
    CompletionFacts,
    ConcludedItem,
    DecisionFacts,
    DeclineFacts,
    DeemedAcceptanceFacts,
    Defect,
    Desk,
    DroppedItem,
    ExtensionFacts,
    Facts,
    FilingFacts,
    Head,
    Limits,
    NoticeKind,
    Particular,
    PreliminaryRefusalFacts,
    Remedies,
    SpecialProcedureFacts,
    SupplementFacts,
)

PROJECT = (
    "长白山保护开发区池西区抽水蓄能电站上下库连接公路及配套输变电工程"
    "暨生态修复与水土保持综合治理一期（含料场恢复）建设项目"
)
CODE = "2026-220184-36-03-004187"
SILENCE = "《中华人民共和国行政许可法》第三十二条第一款第（四）项"
DIGEST = "7f3a91c20d5e4b6a" * 4
RECEIVED = date(2026, 11, 10)

HEAD = Head(
    organ="长春市生态环境局公主岭市分局",
    number="公环审〔2026〕0187 号",
    unit="吉林启辰汽车零部件有限公司",
    credit_code="91220101MA1400A22H",
    project_name=PROJECT,
    project_code=CODE,
    issued_on=date(2026, 11, 13),
    item="建设项目环境影响报告表审批",
)
DESK = Desk("行政审批办公室", "王敏", "0431-80000006")
LIMITS = Limits("20 个工作日", "30 日（自收到报告表之日起）", date(2026, 12, 11), ("专家评审", "听证"))
REMEDIES = Remedies("公主岭市人民政府", "公主岭市人民法院")
MATERIALS = tuple(f"第 {number} 号申请材料（加盖公章的报批稿）" for number in range(1, 13))
REASONS = ("该项目环境影响评价文件由省级生态环境主管部门审批。", "项目跨两个行政区域。")
GROUND = "申请事项依法不属于本机关职权范围"
REMIT = "《中华人民共和国行政许可法》第三十二条第一款第（二）项"

ITEMS = tuple(
    ConcludedItem(
        f"第 {number} 项应办事项审批", "吉林省自然资源厅", "准予许可", f"吉资审〔2026〕{number} 号", RECEIVED, DIGEST
    )
    for number in range(1, 26)
)

SAMPLES: dict[NoticeKind, Facts] = {
    NoticeKind.ACCEPTANCE: AcceptanceFacts(
        HEAD, RECEIVED, date(2026, 11, 13), SILENCE, "2026 年第 3 版", LIMITS, "不收费", DESK, MATERIALS
    ),
    NoticeKind.SUPPLEMENT: SupplementFacts(
        HEAD,
        RECEIVED,
        SILENCE,
        tuple(Defect(name, "缺少公章", "办事指南第九项", "补盖公章后重新扫描", "附件 2") for name in MATERIALS),
        date(2026, 12, 1),
        DESK,
    ),
    NoticeKind.DECLINE: DeclineFacts(HEAD, RECEIVED, GROUND, REMIT, REASONS, "吉林省生态环境厅", REMEDIES, DESK),
    NoticeKind.PRELIMINARY_REFUSAL: PreliminaryRefusalFacts(
        HEAD, RECEIVED, GROUND, REMIT, REASONS, "吉林省生态环境厅", REMEDIES, DESK
    ),
    NoticeKind.DEEMED_ACCEPTANCE: DeemedAcceptanceFacts(
        HEAD, RECEIVED, date(2026, 11, 17), SILENCE, LIMITS, DESK, MATERIALS
    ),
    NoticeKind.FILING: FilingFacts(
        HEAD,
        RECEIVED,
        "《企业投资项目核准和备案管理条例》第十三条",
        (Particular("建设地点", "吉林省长白山保护开发区池西区"), Particular("总投资", "68000.00 万元")),
        DESK,
    ),
    NoticeKind.EXTENSION: ExtensionFacts(
        HEAD, RECEIVED, "10 个工作日", "《中华人民共和国行政许可法》第四十二条", REASONS[1], LIMITS, DESK
    ),
    NoticeKind.SPECIAL_PROCEDURE: SpecialProcedureFacts(
        HEAD,
        RECEIVED,
        "专家评审",
        "《中华人民共和国行政许可法》第四十五条",
        date(2026, 11, 14),
        date(2026, 12, 4),
        "预计 21 天（自然日）",
        REASONS[0],
        "恢复计时后，办理时限接着计算，应办结日期顺延",
        DESK,
    ),
    NoticeKind.DECISION: DecisionFacts(
        HEAD,
        RECEIVED,
        "附条件准予",
        "更正公环审〔2026〕2 号",
        "《中华人民共和国环境影响评价法》第二十二条",
        "公环审〔2026〕3 号",
        "关于建设项目环境影响报告表的批复",
        date(2026, 11, 13),
        "开工前落实污染防治措施；施工期噪声符合标准。",
        REASONS[0],
        "5 年内开工有效",
        REMEDIES,
        DESK,
    ),
    NoticeKind.COMPLETION: CompletionFacts(
        HEAD,
        ITEMS,
        (DroppedItem("取水许可", "吉林省水利厅", "改用城市公共供水"),),
        ("开工后通过平台报送开工情况；", "每年报送上年度建设进度；", "竣工后报送竣工情况。"),
        list_number=2,
        list_digest="c0ffee" + "0" * 58,
    ),
}
