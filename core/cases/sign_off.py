"""The levels of sign-off between handler and conclusion (审核、签批), as the item's guide says (A14.4a). Extranet.

A guide of one level knows the approver alone; of more levels, reviewers sign one after the other before the approver.
Each level is another person, and none of them is who proposed. What each said is kept with the proposal. A correction
or revocation passes the same levels (A14.5).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.cases.facts import guide_of, proposal_of
from core.cases.messages import CaseSentBack
from core.cases.moves import move_case
from core.cases.resting import rest_if_suspended
from core.cases.tables import Case, Decision, SignOff
from core.domain.case_states import CaseState
from core.domain.policy import Actor
from core.errors import RuleRefusal
from core.exchange.outbox import send

AGREED, RETURNED = "agreed", "returned"


def review(
    session: Session, case: Case, *, comment: str = "", by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Agree to the proposal at one level of review; the next level, or the approver, goes on (A14.4a)."""
    move_case(session, case, "review", by=by, at=at, seen=seen, reason=comment.strip())
    note(session, case, AGREED, comment, by=by, at=at)
    case.reviews_left -= 1
    session.add(case)


def return_review(
    session: Session, case: Case, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """The reviewer returns the proposal to the handler, with comments; it stays in the file (A14.4a)."""
    _return(session, case, "return_review", reason, by=by, at=at, seen=seen)


def send_back(session: Session, case: Case, *, reason: str, by: Actor, at: datetime, seen: int | None = None) -> None:
    """The approver returns the proposal to the handler, with comments; it stays in the file (A14.4a)."""
    _return(session, case, "send_back", reason, by=by, at=at, seen=seen)


def return_amendment(
    session: Session, case: Case, *, reason: str, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """The approver returns a proposed correction or revocation, with comments: the decision stands (A14.5)."""
    _return(session, case, "return_amendment", reason, by=by, at=at, seen=seen)


def begin_levels(session: Session, case: Case) -> None:
    """A proposal was made: every level of review that the guide asks for is to come, before the approver (A14.4a)."""
    case.reviews_left = guide_of(session, case).sign_off_levels - 1
    session.add(case)


def note(session: Session, case: Case, verdict: str, comment: str, *, by: Actor, at: datetime) -> None:
    """Keep what the level whose turn it is said of the proposal; the last level is the approver's."""
    proposal = proposal_of(session, case)
    if proposal is None:
        return
    session.add(
        SignOff(
            decision_id=proposal.id or 0,
            level=guide_of(session, case).sign_off_levels - case.reviews_left,
            officer_id=by.id,
            officer_name=by.name,
            verdict=verdict,
            comment=comment.strip(),
            at=at,
        )
    )
    session.flush()


def said_of(session: Session, decision: Decision) -> Sequence[SignOff]:
    """What each level said of a proposal, in order."""
    return session.exec(select(SignOff).where(col(SignOff.decision_id) == decision.id).order_by(col(SignOff.id))).all()


def _return(
    session: Session, case: Case, event: str, reason: str, *, by: Actor, at: datetime, seen: int | None
) -> None:
    if len(reason.strip()) < 5:
        raise RuleRefusal("请写明退回的意见", field="reason", article="A14.4a")
    move_case(session, case, event, by=by, at=at, seen=seen, reason=reason.strip())
    note(session, case, RETURNED, reason, by=by, at=at)
    proposal = proposal_of(session, case)
    if proposal is not None:
        proposal.state = "sent_back"
        session.add(proposal)
    case.reviews_left, case.amendment = 0, ""
    session.add(case)
    if case.state == CaseState.CONCLUDED:
        return  # an amendment was returned: the case stays decided as it was, and the unit never knew of it
    case.proposed_at = None
    send(session, CaseSentBack(project_code=case.project_code, application_id=case.application_id, at=at), at=at)
    rest_if_suspended(session, case, at=at)
