"""What the zones tell each other of cases: past-tense facts, complete in themselves (A14.1d–A14.5)."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from core.exchange.fields import (
    Code,
    CreditCode,
    Digest,
    ForUnit,
    Id,
    Name,
    Number,
    ProjectCode,
    Readers,
    Size,
    Text,
    Token,
)
from core.exchange.message import FILES_LIMIT, Direction, FileRef
from core.guides.messages import Part
from core.projects.messages import ProjectMessage


class MaterialHandedIn(Part):
    """A material of an application; its bytes travel with the message."""

    material_code: Code
    name: Name
    file_name: Name
    media_type: Name
    digest: Digest
    size: Size
    handed_in_at: datetime


class ApplicationMade(Part):
    """One item applied for."""

    application_id: Id
    item_code: Code
    org_unit: Code
    materials: tuple[MaterialHandedIn, ...] = Field(max_length=FILES_LIMIT)


class ItemsApplied(ProjectMessage):
    """Internet → extranet: the unit applied for one or several items in one go (A14.1d)."""

    kind: ClassVar[str] = "items.applied.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    applications: tuple[ApplicationMade, ...] = Field(max_length=FILES_LIMIT)
    applied_at: datetime

    def files(self) -> tuple[FileRef, ...]:
        """Every material, each once."""
        return _once(material for made in self.applications for material in made.materials)


class SupplementGiven(ProjectMessage):
    """Internet → extranet: the unit answered the request to supplement (A14.3)."""

    kind: ClassVar[str] = "supplement.given.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    application_id: Id
    materials: tuple[MaterialHandedIn, ...] = Field(max_length=FILES_LIMIT)
    given_at: datetime

    def files(self) -> tuple[FileRef, ...]:
        """Every material, each once."""
        return _once(self.materials)


class ApplicationWithdrawn(ProjectMessage):
    """Internet → extranet: the unit took its application back."""

    kind: ClassVar[str] = "application.withdrawn.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    application_id: Id
    reason: Text
    withdrawn_at: datetime


class CaseMessage(ProjectMessage):
    """What every message about a case bears."""

    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    application_id: Id
    at: datetime


class PauseTold(Part):
    """A time that is not counted, and on which ground (A15.2)."""

    begins_on: date
    ends_on: date | None
    ground: Code
    restarts: bool
    expected_on: date | None


class ClockTold(Part):
    """A clock as the far zone may count with it: dates and grounds, the statute beside it, the whole case (A15.2)."""

    kind: Code
    started_on: date
    limit: Number | None
    unit: Code
    warn_days: Number | None
    pauses: tuple[PauseTold, ...] = Field(default=(), max_length=200)
    stopped_on: date | None = None
    extension: Number = 0
    statutory_days: Number | None = None
    statutory_unit: Code = "working_day"
    statutory_from: date | None = None
    whole: "ClockTold | None" = None

    @model_validator(mode="after")
    def _one_whole(self) -> "ClockTold":
        """A clock has one whole case around it, and that has none: no message nests without end."""
        if self.whole is not None and self.whole.whole is not None:
            raise ValueError("a clock within a clock within a clock")
        return self


class CaseOpened(CaseMessage):
    """The application arrived: a case has its number, and the clocks of review and acceptance run (A14.2)."""

    kind: ClassVar[str] = "case.opened.v1"
    case_number: Name
    received_on: date
    clock: ClockTold


class ApplicationRejected(CaseMessage):
    """The application could not become a case at all, and why."""

    kind: ClassVar[str] = "application.rejected.v1"
    reason: ForUnit


class PreliminaryPassed(CaseMessage):
    """The preliminary review was passed (A14.2)."""

    kind: ClassVar[str] = "case.preliminary_passed.v1"
    clock: ClockTold


class CaseTransferred(CaseMessage):
    """The case was passed to the competent organisational unit; its clocks run on (A14.2)."""

    kind: ClassVar[str] = "case.transferred.v1"
    item_code: Code
    org_unit: Code
    org_unit_name: Name
    from_name: Name
    reason: ForUnit


class CaseRefused(CaseMessage):
    """The preliminary review was not passed, and why (A14.2)."""

    kind: ClassVar[str] = "case.refused.v1"
    ground: Code
    reason: ForUnit


class AskedFor(Part):
    """One material of a request to supplement: what is wrong with it and how that is cured (A14.3)."""

    material_code: Code
    name: Name
    fault: ForUnit
    cure: ForUnit


class SupplementRequested(CaseMessage):
    """The one request to supplement, material by material (A14.3)."""

    kind: ClassVar[str] = "supplement.requested.v1"
    items: tuple[AskedFor, ...] = Field(max_length=200)
    answer_by: date | None = None


class SupplementReceived(CaseMessage):
    """The supplement arrived and the acceptance clock runs anew (A14.3)."""

    kind: ClassVar[str] = "supplement.received.v1"
    clock: ClockTold


class CaseAccepted(CaseMessage):
    """The application was accepted and its handling clock runs; `is_deemed` by silence of the department (A14.3)."""

    kind: ClassVar[str] = "case.accepted.v1"
    accepted_on: date
    is_deemed: bool
    due_on: date | None
    clock: ClockTold


class CaseDeclined(CaseMessage):
    """Non-acceptance with ground and reason (A14.3)."""

    kind: ClassVar[str] = "case.declined.v1"
    ground: Code
    reason: ForUnit


class CasePaused(CaseMessage):
    """Time stopped counting, on which ground, until when it is expected (A15.2)."""

    kind: ClassVar[str] = "case.paused.v1"
    ground: Code
    expected_on: date | None
    clock: ClockTold


class CaseResumed(CaseMessage):
    """Time counts again; the due date moved (A15.2)."""

    kind: ClassVar[str] = "case.resumed.v1"
    due_on: date | None
    clock: ClockTold


class CaseProposed(CaseMessage):
    """The proposal lies before the approver. What it proposes is not told (A14.4a)."""

    kind: ClassVar[str] = "case.proposed.v1"


class CaseSentBack(CaseMessage):
    """The approver sent the proposal back to the handler (A14.4a)."""

    kind: ClassVar[str] = "case.sent_back.v1"


class CaseConcluded(CaseMessage):
    """The decision, with its approval document (A14.5)."""

    kind: ClassVar[str] = "case.concluded.v1"
    outcome: Code
    conditions: ForUnit
    reasons: ForUnit
    document_number: Name
    document_title: Name
    document_on: date | None
    document_digest: Annotated[Digest, Readers.ENTERPRISE]
    document_size: Size
    is_public: bool
    clock: ClockTold | None

    def files(self) -> tuple[FileRef, ...]:
        """The approval document, if the decision has one."""
        return (FileRef(digest=self.document_digest, size=self.document_size),) if self.document_digest else ()


class CaseWithdrawn(CaseMessage):
    """The case ended because the unit took its application back."""

    kind: ClassVar[str] = "case.withdrawn.v1"


class LetterToUnit(CaseMessage):
    """The department wrote to the unit about its application; internal notes never travel."""

    kind: ClassVar[str] = "letter.to_unit.v1"
    letter_id: Id
    org_unit_name: Name
    words: ForUnit


class LetterFromUnit(ProjectMessage):
    """Internet → extranet: the unit wrote to the department that handles its application."""

    kind: ClassVar[str] = "letter.from_unit.v1"
    direction: ClassVar[Direction] = Direction.TO_EXTRANET
    readers: ClassVar[Readers] = Readers.ENTERPRISE
    credit_code: CreditCode
    application_id: Id
    letter_id: Id
    words: ForUnit
    at: datetime


class CaseVoided(CaseMessage):
    """The case ended because its project was terminated or superseded (A12.2, A14.1e)."""

    kind: ClassVar[str] = "case.voided.v1"
    reason: ForUnit


class CaseCarriedOver(CaseMessage):
    """The case goes on under the new code of its project; `project_code` is the new one (A12.2)."""

    kind: ClassVar[str] = "case.carried_over.v1"
    from_code: ProjectCode


class NoticeIssued(ProjectMessage):
    """A notice was issued; its bytes travel with the message (A14.3, A14.5)."""

    kind: ClassVar[str] = "notice.issued.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    token: Token
    notice_kind: Code
    number: Name
    application_id: Id
    org_unit_name: Name
    issued_at: datetime
    check_code: Token
    digest: Digest
    size: Size

    def files(self) -> tuple[FileRef, ...]:
        """The notice itself."""
        return (FileRef(digest=self.digest, size=self.size),)


class NoticeVoided(ProjectMessage):
    """A notice is void; which one was issued in its place, if one was (A14.3)."""

    kind: ClassVar[str] = "notice.voided.v1"
    direction: ClassVar[Direction] = Direction.TO_INTERNET
    readers: ClassVar[Readers] = Readers.PUBLIC
    token: Token
    application_id: Id
    reason: ForUnit
    voided_at: datetime
    successor_token: Token
    successor_number: Name


class DecisionAmended(CaseMessage):
    """A concluded decision was corrected or revoked by a new one that names it; its document travels along (A14.5)."""

    kind: ClassVar[str] = "decision.amended.v1"
    amendment: Code
    amends_number: Name
    outcome: Code
    conditions: ForUnit
    reasons: ForUnit
    document_number: Name
    document_title: Name
    document_on: date
    document_digest: Annotated[Digest, Readers.ENTERPRISE]
    document_size: Size
    reopens_project: bool

    def files(self) -> tuple[FileRef, ...]:
        """The document of the new decision."""
        return (FileRef(digest=self.document_digest, size=self.document_size),)


def _once(materials: Any) -> tuple[FileRef, ...]:
    return tuple({one.digest: FileRef(digest=one.digest, size=one.size) for one in materials}.values())
