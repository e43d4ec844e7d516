"""Forms posted by who must sign in first, or give the second factor again: kept, and given back afterwards (T20)."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session
from starlette.datastructures import FormData
from starlette.requests import Request

from core.accounts.sessions import OpenSession
from core.accounts.tables import PARKED
from core.database import Database, zone_of
from core.domain.policy import Actor
from core.domain.secrecy import find_classified
from core.uuids import uuid7
from core.web.body import plain

_OWN_FIELDS = ("csrf_token", "nonce")


class SignInFirst(Exception):
    """Somebody must sign in, or (`is_half`) give the second factor again; `known` is their session, if they had one."""

    def __init__(self, known: OpenSession | None, *, is_half: bool = False) -> None:
        """Remember whose form it is that waits meanwhile."""
        super().__init__()
        self.known = known
        self.is_half = is_half


def posted(form: FormData) -> dict[str, list[str]]:
    """Every posted text by its name; files are left out."""
    return {
        plain(name): [plain(value) for value in form.getlist(name) if isinstance(value, str)]
        for name in dict.fromkeys(form.keys())
    }


def park(database: Database, known: OpenSession, path: str, form: FormData, *, at: datetime) -> str:
    """Keep a posted form for the person whose session it was; its id, or nothing when it bears a classified word."""
    fields = {
        name: values for name, values in posted(form).items() if name not in _OWN_FIELDS and "password" not in name
    }
    if any(find_classified(value) for values in fields.values() for value in values):
        return ""
    identity = uuid7()
    with database.writing() as session:
        table = PARKED[zone_of(session)]
        session.add(table(id=identity, actor_id=known.actor_id, path=plain(path)[:300], fields=fields, at=at))
    return identity


def unpark(session: Session, request: Request, actor: Actor) -> Mapping[str, list[str]] | None:
    """The form that this page's address names, if it is this person's and was posted to this address."""
    identity = request.query_params.get("parked")
    row = session.get(PARKED[zone_of(session)], plain(identity)[:64]) if identity and actor.id else None
    if row is None or row.actor_id != actor.id or row.path != request.url.path:
        return None
    return {str(name): [str(value) for value in values] for name, values in row.fields.items()}
