"""Internet zone: how appliers write what the extranet told of a case: state, timeline, word to the unit (A17.2)."""

from sqlmodel import Session

from core.cases.messages import CaseMessage
from core.cases.tables import Application, Message, ProjectEvent
from core.domain.publicity import is_public_item
from core.exchange.message import Envelope
from core.projects.tables import DeclaredProject


def cut(words: str, most: int) -> str:
    """Words no longer than their column: a department's reason may be as long as the column without what leads it."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def application_told(session: Session, told: CaseMessage) -> Application:
    """The application a message is about, one version on."""
    one = session.get_one(Application, told.application_id)
    one.is_public = is_public_item(one.item_code)
    one.version += 1
    return one


def tell(
    session: Session, one: Application, told: CaseMessage, envelope: Envelope, words: str, *,
    is_public: bool = True,
) -> None:  # fmt: skip
    """A line of the timeline, and the same words to the unit."""
    tell_event(session, one, told, envelope, words, is_public=is_public)
    tell_unit(session, one, told, envelope, words)


def tell_event(
    session: Session, one: Application, told: CaseMessage, envelope: Envelope, words: str, *,
    is_public: bool = True,
) -> None:  # fmt: skip
    """A line of the project's timeline; its key is the message's, so that telling it twice changes nothing."""
    session.add(one)
    session.merge(
        ProjectEvent(
            id=envelope.id,
            project_code=one.project_code,
            application_id=one.id,
            at=told.at,
            words=cut(words, 400),
            who=one.org_unit_name,
            is_public=is_public and one.is_public,
        )
    )


def tell_unit(
    session: Session, one: Application, told: CaseMessage, envelope: Envelope, words: str, *,
    wants_action: bool = False,
) -> None:  # fmt: skip
    """Word to the unit alone."""
    session.add(one)
    project = session.get_one(DeclaredProject, one.project_code)
    session.merge(
        Message(
            id=envelope.id,
            credit_code=project.credit_code,
            project_code=project.code,
            at=told.at,
            words=cut(words, 1000),
            href=f"/projects/{project.code}/applications/{one.id}",
            wants_action=wants_action,
        )
    )
