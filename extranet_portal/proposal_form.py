"""The form of a proposal: what is filled in already, and the scan that need not be chosen twice (A14.4a)."""

from dataclasses import dataclass

from core.cases.facts import guide_of, sent_back_of
from core.cases.handling import suggested_number
from core.cases.tables import Case
from core.documents.materials import Filed
from core.documents.uploads import SCAN_KINDS, SCAN_LIMIT, receive
from core.domain.case_states import OUTCOME_WORDS, Outcome
from core.domain.document_numbers import following_number
from core.domain.secrecy import refuse_classified
from core.projects.tables import Project
from core.web.ask import Ask

_PURPOSE = "scan"
_KEPT_SECONDS = 12 * 3600
_CHUNK = 1024 * 1024
_OUTCOMES = (Outcome.GRANTED, Outcome.GRANTED_WITH_CONDITIONS, Outcome.DENIED)
_PDF = "application/pdf"


@dataclass(frozen=True)
class ProposalForm:
    """What the form shows before the handler types; a scan that is here already is named by a sealed value."""

    outcomes: tuple[tuple[str, str], ...]
    outcome: str
    document_number: str
    number_hint: str
    document_title: str
    document_on: str
    opinion: str
    conditions: str
    reasons: str
    scan_kept: str
    scan_words: str


def proposal_form(ask: Ask, case: Case, project: Project) -> ProposalForm:
    """The form as it begins: from the proposal that was sent back, else with the next number and the usual title."""
    before = sent_back_of(ask.session, case)
    last = suggested_number(ask.session, case)
    following = following_number(last, ask.today.year)
    scan = _scan_at_hand(ask, case)
    if scan is None and before is not None:
        scan = Filed(before.scan_name, _PDF, before.scan_digest, before.scan_size)
    return ProposalForm(
        outcomes=tuple((str(one), OUTCOME_WORDS[one]) for one in _OUTCOMES),
        outcome=before.outcome if before else "",
        document_number=before.document_number if before else following,
        number_hint=f"上一文号：{last}。已自动续编，可改" if following and not before else "如 审〔2026〕1 号",
        document_title=before.document_title if before else _usual_title(ask, case, project),
        document_on=(before.document_on if before else ask.today).isoformat(),
        opinion=before.opinion if before else "",
        conditions=before.conditions if before else "",
        reasons=before.reasons if before else "",
        scan_kept=_sealed(ask, case, scan) if scan else "",
        scan_words=f"已有扫描件：{scan.file_name}。要换一份，请重新选择文件" if scan else "",
    )


def read_scan(ask: Ask, case: Case) -> Filed | None:
    """The scan that was posted, else the one that came before and is still here; None when there is none.

    Refuses what `core.documents.uploads.receive` refuses, and a file name that may be classified (A3.2).
    """
    upload = ask.upload("scan")
    if upload is None:
        return _kept(ask, case)
    refuse_classified({"scan": upload.filename or ""})
    taken = receive(
        iter(lambda: upload.file.read(_CHUNK), b""),
        ask.portal.store,
        filename=upload.filename or "",
        allowed=SCAN_KINDS,
        limit=SCAN_LIMIT,
        field="scan",
    )
    filed = Filed(taken.name, taken.media_type, taken.digest, taken.size)
    ask.request.state.scan = filed  # the form that comes back after a refusal need not ask for it again
    return filed


def _scan_at_hand(ask: Ask, case: Case) -> Filed | None:
    just_now: Filed | None = getattr(ask.request.state, "scan", None)
    return just_now or _kept(ask, case)


def _kept(ask: Ask, case: Case) -> Filed | None:
    value = ask.portal.cookies.unsealed(ask.shown("scan_kept"), _PURPOSE, seconds=_KEPT_SECONDS)
    parts = value.split("|", 4)
    if len(parts) != 5 or parts[:2] != [ask.actor.id, str(case.id)]:
        return None
    _, _, digest, size, name = parts
    return Filed(name, _PDF, digest, int(size)) if ask.portal.store.has(digest) else None


def _sealed(ask: Ask, case: Case, scan: Filed) -> str:
    value = f"{ask.actor.id}|{case.id}|{scan.digest}|{scan.size}|{scan.file_name}"
    return ask.portal.cookies.sealed(value, _PURPOSE)


def _usual_title(ask: Ask, case: Case, project: Project) -> str:
    document = guide_of(ask.session, case).name.removesuffix("审批").removesuffix("核发").removesuffix("审查")
    return f"关于{project.name}{document}的批复"
