"""The facts of each notice: what it must say, in ready words, and the check code over them (A13.2, A14.2–A14.5).

Dates are dates of Asia/Shanghai; everything else is Chinese text as it is to be printed. An empty text or an empty
list leaves its line out. A project's name stands only together with its code (A13.1): both are in `Head`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from core.canonical import canonical_bytes


class NoticeKind(StrEnum):
    """The notices the platform writes. DECISION tells of a decision, whose own document the department scans."""

    ACCEPTANCE = "acceptance"
    SUPPLEMENT = "supplement"
    DECLINE = "decline"
    PRELIMINARY_REFUSAL = "preliminary_refusal"
    DEEMED_ACCEPTANCE = "deemed_acceptance"
    FILING = "filing"
    COMPLETION = "completion"
    EXTENSION = "extension"
    SPECIAL_PROCEDURE = "special_procedure"
    DECISION = "decision"


TITLES = {
    NoticeKind.ACCEPTANCE: "受理通知书",
    NoticeKind.SUPPLEMENT: "补正告知书",
    NoticeKind.DECLINE: "不予受理通知书",
    NoticeKind.PRELIMINARY_REFUSAL: "初审不予通过告知书",
    NoticeKind.DEEMED_ACCEPTANCE: "视为受理告知书",
    NoticeKind.FILING: "备案证明",
    NoticeKind.COMPLETION: "办结通知书",
    NoticeKind.EXTENSION: "延期通知书",
    NoticeKind.SPECIAL_PROCEDURE: "特别程序告知书",
    NoticeKind.DECISION: "审批决定告知书",
}


@dataclass(frozen=True)
class Head:
    """What every notice says: who to whom, about which project, under which number, when.

    `item` is empty on a notice about the whole project. `anchor` is the place in the trace that the foot prints.
    """

    organ: str
    number: str
    unit: str
    credit_code: str
    project_name: str
    project_code: str
    issued_on: date
    item: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Desk:
    """Who handles it (承办人; who signed is named apart, as `approver`) and where to ask."""

    office: str
    handler: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Limits:
    """The time a case may take: `promised` and `statutory` with their units, when it is due, what is not counted.

    `due_on` is None where no limit is set.
    """

    promised: str
    statutory: str
    due_on: date | None
    not_counted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Remedies:
    """Where a refusal can be contested: reconsideration within 60 days, litigation within 6 months."""

    reconsideration_organ: str
    court: str


@dataclass(frozen=True)
class AcceptanceFacts:
    """受理通知书 (A14.3, 行政许可法 32)."""

    head: Head
    received_on: date
    accepted_on: date
    basis: str
    guide_version: str
    limits: Limits
    fee: str
    desk: Desk
    materials: tuple[str, ...]


@dataclass(frozen=True)
class Defect:
    """One thing to mend: which material, what is wrong, which rule asks for it, how to cure it, where a sample is."""

    material: str
    wrong: str
    rule: str
    cure: str
    sample: str = ""


@dataclass(frozen=True)
class SupplementFacts:
    """补正告知书: everything missing, named once (A14.3). `answer_by` is None where the department set no date.

    `consequence` is what may follow when that day passes; empty where nothing does.
    """

    head: Head
    received_on: date
    basis: str
    defects: tuple[Defect, ...]
    answer_by: date | None
    desk: Desk
    consequence: str = ""


@dataclass(frozen=True)
class DeclineFacts:
    """不予受理通知书: the ground, its reasons, the right organ where there is one, the remedies (A14.3)."""

    head: Head
    received_on: date
    ground: str
    basis: str
    reasons: tuple[str, ...]
    right_organ: str
    remedies: Remedies
    desk: Desk


@dataclass(frozen=True)
class PreliminaryRefusalFacts:
    """初审不予通过告知书: code not verified, or outside our remit and whose it is (A14.2)."""

    head: Head
    received_on: date
    ground: str
    basis: str
    reasons: tuple[str, ...]
    right_organ: str
    remedies: Remedies
    desk: Desk


@dataclass(frozen=True)
class DeemedAcceptanceFacts:
    """视为受理告知书: silence until `silent_until` is acceptance from the day of receipt (行政许可法 32(4))."""

    head: Head
    received_on: date
    silent_until: date
    basis: str
    limits: Limits
    desk: Desk
    materials: tuple[str, ...]


@dataclass(frozen=True)
class Particular:
    """One line of what was filed: 建设地点, 总投资 …"""

    label: str
    text: str


@dataclass(frozen=True)
class FilingFacts:
    """备案证明, or 备案回执 by `title`: what was filed and when; no decision (条例 13)."""

    head: Head
    filed_on: date
    basis: str
    particulars: tuple[Particular, ...]
    desk: Desk
    title: str = TITLES[NoticeKind.FILING]


@dataclass(frozen=True)
class ConcludedItem:
    """One due item of the project as it ended; `digest` is the SHA-256 of the approval document, empty without one."""

    item: str
    department: str
    result: str
    document_number: str
    concluded_on: date
    digest: str


@dataclass(frozen=True)
class DroppedItem:
    """A due item that was taken off the list, and why."""

    item: str
    department: str
    reason: str


@dataclass(frozen=True)
class CompletionFacts:
    """办结通知书: all due items, those dropped, and what the unit has to do next (A14.5).

    `list_number` and `list_digest` name the frozen list that the table prints.
    """

    head: Head
    items: tuple[ConcludedItem, ...]
    dropped: tuple[DroppedItem, ...]
    follows: tuple[str, ...]
    list_number: int = 1
    list_digest: str = ""


@dataclass(frozen=True)
class ExtensionFacts:
    """延期通知书: by how much, on which law, why, until when, and who approved it (行政许可法 42, A15.2)."""

    head: Head
    accepted_on: date
    extended: str
    basis: str
    reason: str
    limits: Limits
    desk: Desk
    approver: str = ""


@dataclass(frozen=True)
class SpecialProcedureFacts:
    """特别程序告知书: which time is not counted, from when, on which ground, for how long (行政许可法 45, A15.2).

    `begins_on` is the first day that is not counted; `afterwards` says whether the limit goes on or begins anew.
    """

    head: Head
    accepted_on: date
    ground: str
    basis: str
    begins_on: date
    expected_on: date
    length: str
    reason: str
    afterwards: str
    desk: Desk


@dataclass(frozen=True)
class DecisionFacts:
    """审批决定告知书: what was decided on which law, by which document, its conditions, validity, reasons and remedies.

    `amends` names the decision that this one corrects or revokes, empty for a first one. `accepted_on` is None where
    nothing was accepted: a filing that is revoked. A14.4a, A14.5, 行政许可法 38.
    """

    head: Head
    accepted_on: date | None
    result: str
    amends: str
    basis: str
    document_number: str
    document_title: str
    document_on: date
    conditions: str
    reasons: str
    validity: str
    remedies: Remedies
    desk: Desk
    approver: str = ""


Facts = (
    AcceptanceFacts
    | SupplementFacts
    | DeclineFacts
    | PreliminaryRefusalFacts
    | DeemedAcceptanceFacts
    | FilingFacts
    | CompletionFacts
    | ExtensionFacts
    | SpecialProcedureFacts
    | DecisionFacts
)

KINDS: dict[type[Facts], NoticeKind] = {
    AcceptanceFacts: NoticeKind.ACCEPTANCE,
    SupplementFacts: NoticeKind.SUPPLEMENT,
    DeclineFacts: NoticeKind.DECLINE,
    PreliminaryRefusalFacts: NoticeKind.PRELIMINARY_REFUSAL,
    DeemedAcceptanceFacts: NoticeKind.DEEMED_ACCEPTANCE,
    FilingFacts: NoticeKind.FILING,
    CompletionFacts: NoticeKind.COMPLETION,
    ExtensionFacts: NoticeKind.EXTENSION,
    SpecialProcedureFacts: NoticeKind.SPECIAL_PROCEDURE,
    DecisionFacts: NoticeKind.DECISION,
}


def check_code(facts: Facts) -> str:
    """The code in the foot of a notice, 7F3A-91C2-0D5E: 12 hexadecimal digits of the SHA-256 over kind and facts.

    Over canonical JSON (RFC 8785), dates as YYYY-MM-DD, so that both zones and any third party compute the same. A13.2.
    """
    plain = json.loads(json.dumps(asdict(facts), default=date.isoformat))
    digits = hashlib.sha256(canonical_bytes({"kind": KINDS[type(facts)], "facts": plain})).hexdigest()[:12].upper()
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
