"""The states of a case (办件): one item for one project at one organisational unit (A14.2–A14.5).

A row reads like the article it stands for. `clock` says what happens to which clock, `notice` what is issued.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role


class CaseState(StrEnum):
    """Where a case stands."""

    SUBMITTED = "submitted"
    UNDER_ACCEPTANCE = "under_acceptance"
    AWAITING_SUPPLEMENT = "awaiting_supplement"
    IN_HANDLING = "in_handling"
    AWAITING_SIGN_OFF = "awaiting_sign_off"
    CONCLUDED = "concluded"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    REVOKED = "revoked"


class Outcome(StrEnum):
    """How a case was decided."""

    GRANTED = "granted"
    GRANTED_WITH_CONDITIONS = "granted_with_conditions"
    DENIED = "denied"
    FILED = "filed"
    REVOKED = "revoked"


OUTCOME_WORDS = {
    Outcome.GRANTED: "准予",
    Outcome.GRANTED_WITH_CONDITIONS: "附条件准予",
    Outcome.DENIED: "不予批准",
    Outcome.FILED: "已备案",
    Outcome.REVOKED: "已撤销",
}

FAVOURABLE = frozenset({Outcome.GRANTED, Outcome.GRANTED_WITH_CONDITIONS, Outcome.FILED})

OUT_OF_REMIT = "out_of_remit"
"""The ground on which the right organ must be named (行政许可法 32)."""

REFUSAL_GROUNDS = {
    "code_invalid": "项目代码核验未通过",
    OUT_OF_REMIT: "不属于本部门受理范围",
    "duplicate": "重复申请",
    "classified": "涉及国家秘密",
}
"""Why a preliminary review may fail (A14.2)."""

DECLINE_GROUNDS = {
    "not_required": "申请事项依法不需要取得行政许可（行政许可法第三十二条第一款第一项）",
    OUT_OF_REMIT: "申请事项依法不属于本机关职权范围（行政许可法第三十二条第一款第二项）",
    "materials_not_cured": "逾期未补正或补正后仍不符合法定形式",
    "prohibited": "属于禁止投资建设或应当核准而未核准的项目",
}
"""Why an application may be turned down before handling (A14.3)."""


STILL_UNHEARD = "补正期限已满，但期限内的补正可能还在送达途中；互联网门户的消息全部送达后才能不予受理"
"""Why a request whose day has passed can't end yet: only what the other zone was heard of is silence (A14.3, A2.1)."""

PRELIMINARY_DAYS = 3
"""Working days of the preliminary review, from receipt (A14.2)."""

ACCEPTANCE_DAYS = 5
"""Working days from receipt in which a department must accept, ask for supplements or decline (A14.3)."""


@dataclass(frozen=True)
class CaseFacts:
    """What the guards of the case machine look at."""

    code_verified: bool = False
    missing: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()
    supplements: int = 0
    supplement_ran_out: bool = False
    supplement_unheard: bool = False
    item_kind: str = ""
    is_paused: bool = False
    open_consultations: int = 0
    running_services: int = 0
    proposed_by: str = ""
    acting: str = ""
    document_number: str = ""
    document_title: str = ""
    has_scan: bool = False
    acceptance_ran_out: bool = False
    ground: str = ""
    may_extend: bool = False
    is_extended: bool = False
    handling_ran_out: bool = False
    reviews_left: int = 0
    amendment: str = ""
    signed: tuple[str, ...] = ()


def still_in_time(facts: CaseFacts) -> str | None:
    """After silence beyond the limit nothing but acceptance is left, from the day of receipt; filings aside (A14.3)."""
    if facts.acceptance_ran_out and facts.item_kind != "filing":
        return "受理期限已满未告知，这个申请依法自收到之日起视为受理，平台正在转入办理"
    return None


def may_be_refused(facts: CaseFacts) -> str | None:
    """A review is refused in time; what is classified is turned away whenever it is found (A14.2, A3.2)."""
    return None if facts.ground == "classified" else still_in_time(facts)


def code_is_verified(facts: CaseFacts) -> str | None:
    """Verification comes first: no case goes on before its code was verified (A13.2, A14.2)."""
    return None if facts.code_verified else "请先核验项目代码，核验通过后才能初审通过"


def is_complete(facts: CaseFacts) -> str | None:
    """Every required material is there and every prerequisite stands (A14.3, A2.3)."""
    if facts.missing:
        return f"缺少必需材料：{'、'.join(facts.missing)}"
    return f"前置事项尚未办结：{'、'.join(facts.unmet)}" if facts.unmet else None


def all_materials(facts: CaseFacts) -> str | None:
    """Why the case can't be accepted: required materials missing, or a prerequisite not concluded (A14.3, A2.3)."""
    if not facts.code_verified:
        return "项目代码尚未核验，不能受理"
    if facts.item_kind == "filing":
        return "备案事项不作受理决定：信息完整即予备案"
    return is_complete(facts) or still_in_time(facts)


def complete_filing(facts: CaseFacts) -> str | None:
    """A filing is recorded once its information is complete and its prerequisites stand; nothing else is (A14.3)."""
    if facts.item_kind != "filing":
        return "只有备案事项可以直接备案"
    if not facts.code_verified:
        return "项目代码尚未核验，不能备案"
    return is_complete(facts)


def not_asked_before(facts: CaseFacts) -> str | None:
    """One single request to supplement, naming everything (A14.3)."""
    if facts.supplements:
        return "已发过补正告知。补正应当一次性告知，不能再发第二次"
    return still_in_time(facts)


def decline_grounds(item_kind: str, state: str = "") -> dict[str, str]:
    """The grounds on which an item of this kind may be turned down: of a filing, or unanswered, only one (A14.3)."""
    if state == CaseState.AWAITING_SUPPLEMENT:
        return {"materials_not_cured": DECLINE_GROUNDS["materials_not_cured"]}
    return {"prohibited": DECLINE_GROUNDS["prohibited"]} if item_kind == "filing" else DECLINE_GROUNDS


def may_be_declined(facts: CaseFacts) -> str | None:
    """A filing is only turned down where the project is prohibited or needs ratification (A14.3)."""
    if facts.item_kind == "filing" and facts.ground not in decline_grounds(facts.item_kind):
        return "备案事项只有属于禁止投资或应当核准的，才能不予办理；信息不全的请发补正告知"
    return still_in_time(facts)


def was_not_answered(facts: CaseFacts) -> str | None:
    """A request that set a date and was not answered by it ends in non-acceptance, never a filing (A14.3).

    Not before everything has arrived that the unit may have sent until then (A2.1).
    """
    if facts.item_kind == "filing":
        return "备案事项信息不全的，等待项目单位补正，不作不予受理决定"
    if not facts.supplement_ran_out:
        return "补正告知书没有载明期限或期限未满，现在不能以逾期未补正为由不予受理"
    if facts.supplement_unheard:
        return STILL_UNHEARD
    is_other = facts.ground not in ("", "materials_not_cured")
    return "项目单位逾期未补正的，请选择“逾期未补正”作为理由" if is_other else None


def unanswered_words(item_kind: str) -> str:
    """What the unit is told may follow when the day set for its supplement passes; a filing just waits (A14.3)."""
    return "" if item_kind == "filing" else "逾期未补正的，可以依法不予受理"


def ran_out_in_silence(facts: CaseFacts) -> str | None:
    """Silence beyond the limit is acceptance from the day of receipt; a filing is no application (A14.3)."""
    return None if facts.acceptance_ran_out and facts.item_kind != "filing" else "受理期限未满，不能视为受理"


def is_running(facts: CaseFacts) -> str | None:
    """A clock is paused once at a time (A15.2)."""
    return "已在暂停计时" if facts.is_paused else None


def is_resting(facts: CaseFacts) -> str | None:
    """Only a paused clock can be resumed (A15.2)."""
    return None if facts.is_paused else "没有暂停计时，不需要恢复"


def may_be_extended(facts: CaseFacts) -> str | None:
    """A limit is extended once, where the item's law allows it, and before it has run out (A15.2)."""
    if not facts.may_extend:
        return "本事项的办事指南没有延期的规定，不能延期"
    if facts.is_extended:
        return "办理时限已延期一次，不能再次延期"
    return "办理时限已满，不能再延期" if facts.handling_ran_out else None


def document_is_complete(facts: CaseFacts) -> str | None:
    """A proposal needs number, title and scan of the approval document, and a running clock (A14.4a)."""
    lacking = [
        word
        for word, there in (
            ("批复文号", facts.document_number),
            ("批复标题", facts.document_title),
            ("批复扫描件", facts.has_scan),
        )
        if not there
    ]
    if lacking:
        return f"提交签批前请补全：{'、'.join(lacking)}"
    return counts_again(facts)


def counts_again(facts: CaseFacts) -> str | None:
    """Nothing is proposed while the clock rests, a service runs or others are being asked (A14.4a, A14.4b, A15.2)."""
    if facts.is_paused:
        return "计时暂停中，恢复计时后才能提交签批"
    if facts.running_services:
        return "委托的中介服务还没有结束，请先登记结果或终止委托，再提交签批"
    return "会商函询尚未结束，请先结束或撤回，再提交签批" if facts.open_consultations else None


def may_review(facts: CaseFacts) -> str | None:
    """A level of review is open, and neither the proposer nor an earlier reviewer takes it (A14.4a)."""
    if not facts.reviews_left:
        return "这件的审核已经完成，等待签批"
    if facts.acting == facts.proposed_by:
        return "不能审核自己提出的拟办意见，请由其他审核人审核"
    return "同一件的拟办意见，一人只能审核一级" if facts.acting in facts.signed else None


def may_sign(facts: CaseFacts) -> str | None:
    """Every level of review is through; nobody approves their own proposal or does two levels of one (A14.4a)."""
    if facts.reviews_left:
        return f"还有 {facts.reviews_left} 级审核未完成，审核通过后才能签批"
    if facts.acting == facts.proposed_by:
        return "不能签批自己提出的拟办意见，请由其他签批人签批"
    return "你审核过这件的拟办意见，请由其他签批人签批" if facts.acting in facts.signed else None


def may_be_amended(facts: CaseFacts) -> str | None:
    """One correction or revocation at a time (A14.5)."""
    return "已有更正或撤销的拟办意见等待签批" if facts.amendment else None


def may_be_corrected(facts: CaseFacts) -> str | None:
    """A filing has no approval document that could be corrected: it is revoked and filed anew (A14.5)."""
    if facts.item_kind == "filing":
        return "备案没有批复文件可更正，请撤销备案后重新备案"
    return may_be_amended(facts)


def amendment_waits(facts: CaseFacts) -> str | None:
    """Only a proposed correction or revocation can be returned (A14.5)."""
    return None if facts.amendment else "没有等待签批的更正或撤销"


def amendment_is_reviewed(facts: CaseFacts) -> str | None:
    """A correction or revocation passes the levels of review that the first decision had to pass (A14.4a, A14.5)."""
    return may_review(facts) if facts.amendment else "没有等待审核的更正或撤销"


def correction_is_due(facts: CaseFacts) -> str | None:
    """A correction was proposed, by somebody else, and its reviews are through (A14.5)."""
    return may_sign(facts) if facts.amendment == "correction" else "没有等待签批的更正"


def revocation_is_due(facts: CaseFacts) -> str | None:
    """A revocation was proposed, by somebody else, and its reviews are through (A14.5)."""
    return may_sign(facts) if facts.amendment == "revocation" else "没有等待签批的撤销"


S, R = CaseState, Role
# fmt: off
CASE = Machine("case", [
    # from                  event                 to                      by              article    guard                 clock               notice
    (S.SUBMITTED,           "pass_preliminary",   S.UNDER_ACCEPTANCE,     R.CLERK,        "A14.2",   code_is_verified,     "stop_preliminary"),
    (S.SUBMITTED,           "transfer",           S.SUBMITTED,            R.CLERK,        "A14.2",   still_in_time),
    (S.SUBMITTED,           "refuse_preliminary", S.REFUSED,              R.CLERK,        "A14.2",   may_be_refused,       "stop",             "preliminary_refusal"),
    (S.SUBMITTED,           "deem_accepted",      S.IN_HANDLING,          R.PLATFORM,     "A14.3",   ran_out_in_silence,   "handling",         "deemed_acceptance"),
    (S.UNDER_ACCEPTANCE,    "deem_accepted",      S.IN_HANDLING,          R.PLATFORM,     "A14.3",   ran_out_in_silence,   "handling",         "deemed_acceptance"),
    (S.UNDER_ACCEPTANCE,    "accept",             S.IN_HANDLING,          R.CLERK,        "A14.3",   all_materials,        "handling",         "acceptance"),
    (S.UNDER_ACCEPTANCE,    "record_filing",      S.CONCLUDED,            R.CLERK,        "A14.3",   complete_filing,      "stop",             "filing"),
    (S.UNDER_ACCEPTANCE,    "request_supplement", S.AWAITING_SUPPLEMENT,  R.CLERK,        "A14.3",   not_asked_before,     "stop",             "supplement"),
    (S.UNDER_ACCEPTANCE,    "decline",            S.NOT_ACCEPTED,         R.CLERK,        "A14.3",   may_be_declined,      "stop",             "decline"),
    (S.UNDER_ACCEPTANCE,    "transfer",           S.UNDER_ACCEPTANCE,     R.CLERK,        "A14.2",   still_in_time),
    (S.AWAITING_SUPPLEMENT, "supplement",         S.UNDER_ACCEPTANCE,     R.PROJECT_UNIT, "A14.3",   None,                 "acceptance"),
    (S.AWAITING_SUPPLEMENT, "decline",            S.NOT_ACCEPTED,         R.CLERK,        "A14.3",   was_not_answered,     "stop",             "decline"),
    (S.IN_HANDLING,         "pause",              S.IN_HANDLING,          R.HANDLER,      "A15.2",   is_running,           "pause",            "special_procedure"),
    (S.IN_HANDLING,         "resume",             S.IN_HANDLING,          R.HANDLER,      "A15.2",   is_resting,           "resume"),
    (S.IN_HANDLING,         "rest",               S.IN_HANDLING,          R.PLATFORM,     "A14.1e",  is_running,           "pause"),
    (S.IN_HANDLING,         "wake",               S.IN_HANDLING,          R.PLATFORM,     "A14.1e",  is_resting,           "resume"),
    (S.IN_HANDLING,         "propose",            S.AWAITING_SIGN_OFF,    R.HANDLER,      "A14.4a",  document_is_complete),
    (S.AWAITING_SIGN_OFF,   "review",             S.AWAITING_SIGN_OFF,    R.REVIEWER,     "A14.4a",  may_review),
    (S.AWAITING_SIGN_OFF,   "return_review",      S.IN_HANDLING,          R.REVIEWER,     "A14.4a",  may_review),
    (S.AWAITING_SIGN_OFF,   "send_back",          S.IN_HANDLING,          R.APPROVER,     "A14.4a",  None),
    (S.IN_HANDLING,         "extend",             S.IN_HANDLING,          R.APPROVER,     "A15.2",   may_be_extended,      "extend",           "extension"),
    (S.AWAITING_SIGN_OFF,   "extend",             S.AWAITING_SIGN_OFF,    R.APPROVER,     "A15.2",   may_be_extended,      "extend",           "extension"),
    (S.AWAITING_SIGN_OFF,   "approve",            S.CONCLUDED,            R.APPROVER,     "A14.4a",  may_sign,             "stop",             "decision"),
    (S.CONCLUDED,           "propose_correction", S.CONCLUDED,            R.HANDLER,      "A14.5",   may_be_corrected),
    (S.CONCLUDED,           "propose_revocation", S.CONCLUDED,            R.HANDLER,      "A14.5",   may_be_amended),
    (S.CONCLUDED,           "review",             S.CONCLUDED,            R.REVIEWER,     "A14.5",   amendment_is_reviewed),
    (S.CONCLUDED,           "return_review",      S.CONCLUDED,            R.REVIEWER,     "A14.5",   amendment_is_reviewed),
    (S.CONCLUDED,           "return_amendment",   S.CONCLUDED,            R.APPROVER,     "A14.5",   amendment_waits),
    (S.CONCLUDED,           "correct",            S.CONCLUDED,            R.APPROVER,     "A14.5",   correction_is_due,    "",                 "decision"),
    (S.CONCLUDED,           "revoke",             S.REVOKED,              R.APPROVER,     "A14.5",   revocation_is_due,    "",                 "decision"),
    (S.SUBMITTED,           "withdraw",           S.WITHDRAWN,            R.PROJECT_UNIT, "A14.1d",  None,                 "stop"),
    (S.UNDER_ACCEPTANCE,    "withdraw",           S.WITHDRAWN,            R.PROJECT_UNIT, "A14.1d",  None,                 "stop"),
    (S.AWAITING_SUPPLEMENT, "withdraw",           S.WITHDRAWN,            R.PROJECT_UNIT, "A14.1d",  None,                 "stop"),
    (S.IN_HANDLING,         "withdraw",           S.WITHDRAWN,            R.PROJECT_UNIT, "A14.1d",  None,                 "stop"),
    (S.AWAITING_SIGN_OFF,   "withdraw",           S.WITHDRAWN,            R.PROJECT_UNIT, "A14.1d",  None,                 "stop"),
    (S.SUBMITTED,           "void",               S.VOIDED,               R.PLATFORM,     "A12.2",   None,                 "stop"),
    (S.UNDER_ACCEPTANCE,    "void",               S.VOIDED,               R.PLATFORM,     "A12.2",   None,                 "stop"),
    (S.AWAITING_SUPPLEMENT, "void",               S.VOIDED,               R.PLATFORM,     "A12.2",   None,                 "stop"),
    (S.IN_HANDLING,         "void",               S.VOIDED,               R.PLATFORM,     "A12.2",   None,                 "stop"),
    (S.AWAITING_SIGN_OFF,   "void",               S.VOIDED,               R.PLATFORM,     "A12.2",   None,                 "stop"),
], {
    S.SUBMITTED: "待初审", S.UNDER_ACCEPTANCE: "待受理", S.AWAITING_SUPPLEMENT: "待补正", S.IN_HANDLING: "办理中",
    S.AWAITING_SIGN_OFF: "待签批", S.CONCLUDED: "已办结", S.REFUSED: "初审不予通过", S.NOT_ACCEPTED: "不予受理",
    S.WITHDRAWN: "已撤回", S.VOIDED: "已作废", S.REVOKED: "已撤销",
    "pass_preliminary": "初审通过", "refuse_preliminary": "初审不予通过", "deem_accepted": "视为受理", "accept": "受理",
    "record_filing": "予以备案", "request_supplement": "发补正告知", "decline": "不予受理", "supplement": "补正",
    "pause": "暂停计时", "resume": "恢复计时", "extend": "延期", "rest": "随项目中止暂停计时", "wake": "随项目恢复继续计时",
    "propose": "提交签批", "send_back": "退回承办人", "approve": "签批",
    "withdraw": "撤回申请", "void": "作废",
    "propose_correction": "提出更正", "propose_revocation": "提出撤销", "return_amendment": "退回更正或撤销",
    "correct": "签批更正", "revoke": "签批撤销",
    "transfer": "转办", "review": "审核通过", "return_review": "审核退回",
})
# fmt: on

OPEN_STATES = frozenset({S.SUBMITTED, S.UNDER_ACCEPTANCE, S.AWAITING_SUPPLEMENT, S.IN_HANDLING, S.AWAITING_SIGN_OFF})
"""A case in one of these still needs someone."""

DECIDED = frozenset({S.CONCLUDED, S.REVOKED})
"""A case in one of these went all the way to its decision, be it revoked since (A14.5)."""
