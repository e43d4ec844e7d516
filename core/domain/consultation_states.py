"""The states of a consultation (会商) or letter of enquiry (函询), and of each addressee's reply to it (A14.4b).

Both are asked and answered by handlers: of the asking unit where the row is the asker's, of the addressed unit where it
is an answer. Whoever acts is told which unit's roles count by the stage.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.domain.machine import Machine
from core.domain.policy import Role

KIND_WORDS = {"consultation": "会商", "enquiry": "函询"}
"""What is sent: a consultation asks for consent, a letter of enquiry for what another department knows (A14.4b)."""

USUAL_DAYS = 5
"""Working days an addressee is given unless the asker says otherwise."""

LONGEST_DAYS = 30


class ConsultationState(StrEnum):
    """Where a consultation stands."""

    DRAFTED = "drafted"
    SENT = "sent"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ReplyState(StrEnum):
    """Where one addressee's reply stands."""

    CHOSEN = "chosen"
    AWAITED = "awaited"
    ANSWERED = "answered"
    RELEASED = "released"


class Opinion(StrEnum):
    """What an addressee may answer."""

    AGREE = "agree"
    AGREE_WITH_CONDITIONS = "agree_with_conditions"
    OBJECT = "object"
    NOT_CONCERNED = "not_concerned"
    NEED_MORE = "need_more"


OPINION_WORDS = {
    Opinion.AGREE: "同意",
    Opinion.AGREE_WITH_CONDITIONS: "附条件同意",
    Opinion.OBJECT: "不同意",
    Opinion.NOT_CONCERNED: "不涉及",
    Opinion.NEED_MORE: "需补充材料",
}

OBJECTIONS = frozenset({Opinion.OBJECT, Opinion.NEED_MORE})
"""Answers that stay open until the asker writes what becomes of them."""


@dataclass(frozen=True)
class ConsultationFacts:
    """What the guards of a consultation look at; `undisposed` are the units whose objection nobody has answered."""

    subject: str = ""
    question: str = ""
    addressees: int = 0
    undisposed: tuple[str, ...] = ()
    case_is_open: bool = True


@dataclass(frozen=True)
class ReplyFacts:
    """What the guards of a reply look at."""

    consultation: str = ConsultationState.SENT
    opinion: str = ""
    statement: str = ""
    reminded_today: bool = False


def faults_of_letter(subject: str, question: str, days: Mapping[str, int | None]) -> dict[str, str]:
    """What is missing before it can be sent, by field; `days` are the addressees' working days by unit (A14.4b)."""
    faults: dict[str, str] = {}
    if len(subject.strip()) < 2:
        faults["subject"] = "请填写主题"
    if len(question.strip()) < 5:
        faults["question"] = "请写明需要对方答复的问题"
    if not days:
        faults["addressees"] = "请至少选择一个征求意见的单位"
    if any(one is None or not 1 <= one <= LONGEST_DAYS for one in days.values()):
        faults["days"] = f"答复期限请填 1 到 {LONGEST_DAYS} 个工作日"
    return faults


def fault_of_answer(opinion: str, statement: str) -> dict[str, str]:
    """What is wrong with an answer, by field: an opinion of the list; a statement unless one simply agrees (A14.4b)."""
    if opinion not in set(Opinion):
        return {"opinion": "请选择答复意见"}
    if opinion != Opinion.AGREE and len(statement.strip()) < 2:
        return {"statement": f"选择“{OPINION_WORDS[Opinion(opinion)]}”须写明理由和具体意见"}
    return {}


def can_be_sent(facts: ConsultationFacts) -> str | None:
    """A consultation is sent with subject, question and addressees, while its case is open (A14.4b)."""
    if not (facts.subject and facts.question and facts.addressees):
        return "请写明主题、问题并选择征求意见的单位"
    return case_goes_on(facts)


def case_goes_on(facts: ConsultationFacts) -> str | None:
    """Nobody is asked about a case or a project that has ended (A14.4b)."""
    return None if facts.case_is_open else "这件（或这个项目）已结束办理，不能再会商或函询"


def objections_are_answered(facts: ConsultationFacts) -> str | None:
    """It is closed only when every open objection has its disposition (A14.4b)."""
    if facts.undisposed:
        return f"请逐一写明对不同意见的处理情况：{'、'.join(facts.undisposed)}"
    return None


def is_being_asked(facts: ReplyFacts) -> str | None:
    """An addressee is asked, reminded and answers only while the consultation goes on (A14.4b)."""
    return None if facts.consultation == ConsultationState.SENT else "会商函询已结束或撤回"


def may_be_reminded(facts: ReplyFacts) -> str | None:
    """One reminder a day and addressee is enough (A14.4b)."""
    return is_being_asked(facts) or ("今天已经催办过，请明天再催" if facts.reminded_today else None)


def is_answered_in_full(facts: ReplyFacts) -> str | None:
    """An answer takes a stand, with a statement unless it simply agrees (A14.4b)."""
    return is_being_asked(facts) or next(iter(fault_of_answer(facts.opinion, facts.statement).values()), None)


C, P, R = ConsultationState, ReplyState, Role
# fmt: off
CONSULTATION = Machine("consultation", [
    # from          event       to            by           article    guard
    (C.DRAFTED,     "send",     C.SENT,       R.HANDLER,   "A14.4b",  can_be_sent),
    (C.DRAFTED,     "discard",  C.WITHDRAWN,  R.HANDLER,   "A14.4b",  None),
    (C.DRAFTED,     "lapse",    C.LAPSED,     R.PLATFORM,  "A14.4b",  None),
    (C.SENT,        "withdraw", C.WITHDRAWN,  R.HANDLER,   "A14.4b",  None),
    (C.SENT,        "close",    C.CLOSED,     R.HANDLER,   "A14.4b",  objections_are_answered),
    (C.SENT,        "lapse",    C.LAPSED,     R.PLATFORM,  "A14.4b",  None),
    (C.CLOSED,      "reopen",   C.SENT,       R.HANDLER,   "A14.4b",  case_goes_on),
], {
    C.DRAFTED: "草稿", C.SENT: "征求意见中", C.CLOSED: "已结束", C.WITHDRAWN: "已撤回", C.LAPSED: "随办件或项目终止",
    "send": "发出会商函询", "discard": "删除会商函询草稿", "withdraw": "撤回会商函询", "close": "结束会商函询",
    "reopen": "重新会商函询", "lapse": "会商函询随办件或项目终止",
})

REPLY = Machine("reply", [
    # from          event        to           by           article    guard
    (P.CHOSEN,      "ask",       P.AWAITED,   R.HANDLER,   "A14.4b",  is_being_asked),
    (P.AWAITED,     "answer",    P.ANSWERED,  R.HANDLER,   "A14.4b",  is_answered_in_full),
    (P.AWAITED,     "remind",    P.AWAITED,   R.HANDLER,   "A14.4b",  may_be_reminded),
    (P.AWAITED,     "release",   P.RELEASED,  R.HANDLER,   "A14.4b",  None),
    (P.AWAITED,     "lapse",     P.RELEASED,  R.PLATFORM,  "A14.4b",  None),
    (P.ANSWERED,    "ask_again", P.AWAITED,   R.HANDLER,   "A14.4b",  is_being_asked),
    (P.RELEASED,    "ask_again", P.AWAITED,   R.HANDLER,   "A14.4b",  is_being_asked),
], {
    P.CHOSEN: "待发出", P.AWAITED: "待答复", P.ANSWERED: "已答复", P.RELEASED: "未答复",
    "ask": "征求意见", "answer": "答复会商函询", "remind": "催办答复", "release": "不再等待答复", "lapse": "不再等待答复",
    "ask_again": "再次征求意见",
})
# fmt: on
