"""Internet zone: what the unit sees of what it sent when the approval zone refused to take it (A14.1d, A14.3).

A refusal is a receipt with its reason: a rule spoke against the message, or two operators gave it up. Either way the
application stands again where it stood before, and the unit is told why.
"""

from datetime import datetime

from sqlmodel import Session

from core.cases.messages import ApplicationWithdrawn, ItemsApplied, LetterFromUnit, SupplementGiven
from core.cases.tables import Application, Message
from core.cases.telling import cut
from core.database import utc_now
from core.domain.case_states import CaseState
from core.exchange.message import Envelope, mends
from core.projects.tables import DeclaredProject
from core.uuids import uuid7

SENT = "sent"


@mends(ItemsApplied)
def applications_refused(session: Session, told: ItemsApplied, envelope: Envelope, reason: str) -> None:
    """None of the applications became a case: each can be made again."""
    del envelope
    for made in told.applications:
        one = session.get_one(Application, made.application_id)
        if one.state == SENT:
            one.state, one.reason, one.withdrawal_sent_at = "rejected", cut(reason, 4000), None
            _word(session, one, f"{one.item_name}：申请没有被接收，可以重新申请。{reason}")


@mends(SupplementGiven)
def supplement_refused(session: Session, told: SupplementGiven, envelope: Envelope, reason: str) -> None:
    """The request to supplement waits for its answer as before, unless the case went another way meanwhile."""
    del envelope
    one = session.get_one(Application, told.application_id)
    if one.state == SENT:
        one.state = CaseState.AWAITING_SUPPLEMENT
        _word(session, one, f"{one.item_name}：补正没有被接收，请再次提交。{reason}")


@mends(ApplicationWithdrawn)
def withdrawal_refused(session: Session, told: ApplicationWithdrawn, envelope: Envelope, reason: str) -> None:
    """The application goes on."""
    del envelope
    one = session.get_one(Application, told.application_id)
    one.withdrawal_sent_at = None
    _word(session, one, f"{one.item_name}：撤回没有生效。{reason}")


@mends(LetterFromUnit)
def letter_refused(session: Session, told: LetterFromUnit, envelope: Envelope, reason: str) -> None:
    """The letter is marked in its thread by its receipt; the unit is told besides."""
    del envelope
    one = session.get_one(Application, told.application_id)
    _word(session, one, f"{one.item_name}：你单位的留言没有送达承办部门。{reason}")


def _word(session: Session, one: Application, words: str) -> None:
    one.version += 1
    session.add(one)
    project = session.get_one(DeclaredProject, one.project_code)
    at: datetime = session.info.get("now") or utc_now()
    session.add(
        Message(
            id=uuid7(),
            credit_code=project.credit_code,
            project_code=project.code,
            at=at,
            words=cut(words, 1000),
            href=f"/projects/{project.code}/applications/{one.id}",
            wants_action=True,
        )
    )
