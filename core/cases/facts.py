"""What the guards of the case machine are told of one case (A13.2, A14.2–A14.4). Extranet."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlmodel import Session, col, select

from core import clocks
from core.cases.tables import Case, CaseMaterial, Decision, SignOff, Supplement
from core.clocks import end_of
from core.consultations.queries import open_of_case
from core.domain.case_states import FAVOURABLE, CaseFacts, CaseState
from core.domain.due_items import is_unmet
from core.domain.extensions import ExtensionRule
from core.domain.policy import Actor
from core.engagements.lapsing import running_of_case
from core.exchange.heartbeats import has_heard
from core.guides.guide import Guide, MaterialNeed
from core.guides.publishing import guide_version, item_name
from core.projects.links import linked
from core.projects.tables import DueItem

_HANDLED = (CaseState.IN_HANDLING, CaseState.AWAITING_SIGN_OFF)


DECISION, CORRECTION, REVOCATION = "decision", "correction", "revocation"
"""Kinds of decision: the first one of a case, and what amends it (A14.5)."""


def guide_of(session: Session, case: Case) -> Guide:
    """The guide version this case goes by (A8.1)."""
    return guide_version(session, case.guide_version)


def facts_of(session: Session, case: Case, *, by: Actor, on: date) -> CaseFacts:
    """The case as its guards see it, on a date."""
    proposal = proposal_of(session, case)
    handling = clocks.running(session, case.id or 0, "handling") if case.state in _HANDLED else None
    signed = signers_of(session, proposal) if proposal else ()
    unanswered = _unanswered_since(session, case, on)
    return CaseFacts(
        code_verified=case.code_verified_at is not None,
        missing=tuple(need.name for need in missing_needs(session, case)),
        unmet=unmet_prerequisites(session, case),
        supplements=case.supplements,
        supplement_ran_out=unanswered is not None,
        supplement_unheard=unanswered is not None and _may_be_answered(session, case, unanswered),
        item_kind=case.item_kind,
        is_paused=case.is_paused,
        proposed_by=proposal.proposed_by if proposal else "",
        acting=_acting(by, case, (proposal.proposed_by, *signed) if proposal else ()),
        open_consultations=open_of_case(session, case.id or 0),
        running_services=len(running_of_case(session, case.id or 0)) if case.state in _HANDLED else 0,
        reviews_left=case.reviews_left,
        amendment=proposal.kind if proposal and proposal.kind != DECISION else "",
        signed=signed,
        acceptance_ran_out=case.acceptance_due_on is not None and on > case.acceptance_due_on,
        may_extend=handling is not None and extension_of(session, case) is not None,
        is_extended=handling is not None and handling.extended_on is not None,
        handling_ran_out=handling is not None and handling.red_on is not None and handling.red_on <= on,
    )


def extension_of(session: Session, case: Case) -> ExtensionRule | None:
    """How far the limit of this case may be extended; None where its guide gives no extension, or no limit (A15.2)."""
    guide = guide_of(session, case)
    rule = guide.extension_rule
    return rule if rule and guide.handling_days and rule.unit == guide.handling_unit else None


def _acting(by: Actor, case: Case, parties: Sequence[str]) -> str:
    """Who acts, for the rule that nobody does two levels of a proposal: a substitute is whom they stand in for, too."""
    found = [one for one in by.counts_as(case.org_unit) if one in parties]
    return by.id if by.id in found or not found else found[0]


def with_document(facts: CaseFacts, *, number: str, title: str, has_scan: bool) -> CaseFacts:
    """The facts with the approval document that a proposal brings (A14.4a)."""
    return replace(facts, document_number=number, document_title=title, has_scan=has_scan)


def materials_of(session: Session, case: Case) -> list[CaseMaterial]:
    """What was handed in for a case, the current versions first in the guide's order."""
    rows = session.exec(
        select(CaseMaterial).where(col(CaseMaterial.case_id) == case.id).order_by(col(CaseMaterial.id))
    ).all()
    return sorted(rows, key=lambda row: not row.is_current)


def supplement_of(session: Session, case: Case) -> Supplement | None:
    """The one request to supplement of a case, if there was one (A14.3)."""
    return session.exec(select(Supplement).where(col(Supplement.case_id) == case.id)).first()


def _unanswered_since(session: Session, case: Case, on: date) -> date | None:
    """The day until which the unit was to supplement, once it has passed; None before, and without one (A14.3)."""
    asked = supplement_of(session, case) if case.state == CaseState.AWAITING_SUPPLEMENT else None
    return asked.answer_by if asked and asked.answer_by and asked.answer_by < on else None


def _may_be_answered(session: Session, case: Case, until: date) -> bool:
    """Whether an answer given by that day may still be on its way here, or wait to be applied (A2.1, A14.3)."""
    before = linked(session, case.project_code).before  # it may have been sent under the code before a major change
    codes = (case.project_code, *([before.code] if before else []))
    return not has_heard(session, codes, until=end_of(until))


def missing_needs(session: Session, case: Case) -> tuple[MaterialNeed, ...]:
    """The required materials that are still missing (A14.3)."""
    there = {row.material_code for row in materials_of(session, case) if row.is_current}
    return tuple(
        need for need in guide_of(session, case).materials if need.must_be_handed_in and need.code not in there
    )


def unmet_prerequisites(session: Session, case: Case) -> tuple[str, ...]:
    """Names of the prerequisites among the project's due items that are not granted yet (A2.3)."""
    due = session.get(DueItem, (case.project_code, case.item_code))
    if due is None or not due.blockers:
        return ()
    granted = granted_items(session, case.project_code)
    return tuple(
        "或".join(item_name(session, code) for code in one["item_codes"])
        for one in due.blockers
        if is_unmet(one["item_codes"], granted)
    )


def granted_items(session: Session, project_code: str) -> set[str]:
    """The items of a project that were concluded in its favour."""
    return set(
        session.exec(
            select(Case.item_code).where(
                col(Case.project_code) == project_code,
                col(Case.state) == CaseState.CONCLUDED,
                col(Case.outcome).in_(FAVOURABLE),
            )
        ).all()
    )


def proposal_of(session: Session, case: Case) -> Decision | None:
    """The proposal that lies before the approver."""
    return session.exec(
        select(Decision).where(col(Decision.case_id) == case.id, col(Decision.state) == "proposed")
    ).first()


def signers_of(session: Session, proposal: Decision) -> tuple[str, ...]:
    """Who has said something of a proposal already, by officer id (A14.4a)."""
    found = select(SignOff.officer_id).where(col(SignOff.decision_id) == proposal.id).order_by(col(SignOff.id))
    return tuple(session.exec(found).all())


def decision_of(session: Session, case: Case) -> Decision | None:
    """The decision that stands in a concluded case: the first one, or its last correction (A14.5)."""
    return session.exec(
        select(Decision).where(
            col(Decision.case_id) == case.id, col(Decision.state) == "decided", col(Decision.kind) != REVOCATION
        )
    ).first()


def decisions_of(session: Session, case: Case) -> Sequence[Decision]:
    """Every decision of a case that was ever signed, those corrected and revoked too, the newest first."""
    found = select(Decision).where(col(Decision.case_id) == case.id, col(Decision.approved_at).is_not(None))
    return session.exec(found.order_by(col(Decision.id).desc())).all()


def sent_back_of(session: Session, case: Case) -> Decision | None:
    """The proposal that the approver returned last: what the handler goes on from (A14.4a)."""
    return session.exec(
        select(Decision)
        .where(col(Decision.case_id) == case.id, col(Decision.state) == "sent_back", col(Decision.kind) == DECISION)
        .order_by(col(Decision.id).desc())
        .limit(1)
    ).first()
