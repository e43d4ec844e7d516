"""Outbox: telling the other zone, in the transaction of the change that is told (A2.1)."""

from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Zone, zone_of
from core.exchange import retelling
from core.exchange.chain import canonical_body, canonical_files
from core.exchange.message import BODY_LIMIT, FILES_LIMIT, Message
from core.exchange.tables import State, tables_of
from core.prepared import PreparedChange
from core.uuids import uuid7


def send(session: Session, message: Message, *, at: datetime, cause: str | None = None) -> str:
    """Tell the other zone: the message leaves if and only if this transaction commits. Returns its id.

    `at` is the aware instant of the fact, `cause` the id of the message that it answers. What was changed so far is
    flushed first, so that the locks which keep two messages of one subject in order are held before the row gets its
    place. A message that goes the wrong way, is too large or names too many files is a bug and raises ValueError.
    """
    zone = zone_of(session)
    body, files, subject = canonical_body(message), message.files(), message.subject()
    if message.direction.origin is not zone:
        raise ValueError(f"{message.kind} can't be told by the {zone} zone")
    if at.tzinfo is None:
        raise ValueError(f"{message.kind}: the instant must be aware")
    if len(body.encode()) > min(message.size_limit, BODY_LIMIT) or len(files) > FILES_LIMIT:
        raise ValueError(f"{message.kind} is too large: {len(body.encode())} bytes, {len(files)} files")
    if not 0 < len(subject) <= 120:
        raise ValueError(f"{message.kind}: a subject has 1 to 120 characters")
    row = {
        "id": uuid7(),
        "direction": message.direction,
        "kind": message.kind,
        "subject": subject,
        "body": body,
        "files": canonical_files(files),
        "happened_at": at,
        "cause": cause,
        "state": State.TOLD,
        "attempts": 0,
    }
    session.flush()
    if known := retelling.recognise(session, row):
        return known
    _insert(zone).count(session, row)
    return str(row["id"])


_TOLD = (
    "id", "direction", "kind", "subject", "body", "files", "happened_at", "cause", "state", "attempts"
)  # fmt: skip


@cache
def _insert(zone: Zone) -> PreparedChange:
    return PreparedChange(sa.insert(tables_of(zone).message), columns=_TOLD)
