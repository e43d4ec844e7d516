"""The trace (痕迹): every step by whom, when, from which organisation, what changed and why (A4.4).

`step` changes a state and writes its entry in the same function, so neither can exist alone. Entries are only ever
appended: triggers on both engines refuse UPDATE, DELETE and REPLACE, and each entry carries a salted digest of itself.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from core.canonical import canonical_bytes
from core.database import ExtranetTable, JSONDoc, PublicTable, Zone, bump, table_of, zone_of
from core.domain.machine import Machine, Move
from core.domain.policy import Actor, Role
from core.errors import NotAllowed, RuleRefusal
from core.prepared import PreparedChange
from core.uuids import uuid7


class AuditRow(SQLModel):
    """One entry of the trace. `change` holds field → [old, new]; personal data never enters it."""

    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    at: datetime
    recorded_at: datetime
    actor_kind: str = Field(max_length=30)
    actor_id: str = Field(max_length=40)
    actor_name: str = Field(max_length=100)
    org_name: str = Field(max_length=200)
    session_ref: str = Field(default="", max_length=64)
    address: str = Field(default="", max_length=64)
    action: str = Field(max_length=60)
    object_kind: str = Field(max_length=40)
    object_id: str = Field(max_length=64)
    project_code: str = Field(default="", max_length=24, index=True)
    words: str = Field(max_length=400)
    reason: str = Field(default="", max_length=4000)
    change: dict[str, Any] | None = Field(default=None, sa_type=JSONDoc)
    outcome: str = Field(default="done", max_length=10)
    salt: str = Field(max_length=32)
    leaf_hash: str = Field(max_length=64, unique=True)


class PublicAuditEntry(AuditRow, PublicTable, table=True):
    """The trace of the internet zone."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_object", "object_kind", "object_id", "at"),)


class ExtranetAuditEntry(AuditRow, ExtranetTable, table=True):
    """The trace of the extranet zone."""

    __tablename__ = "audit_entry"
    __table_args__ = (sa.Index("ix_audit_entry_object", "object_kind", "object_id", "at"),)


ENTRIES: Mapping[Zone, type[PublicAuditEntry] | type[ExtranetAuditEntry]] = {
    Zone.PUBLIC: PublicAuditEntry,
    Zone.EXTRANET: ExtranetAuditEntry,
}
_APPEND = {zone: PreparedChange(sa.insert(table_of(entry))) for zone, entry in ENTRIES.items()}


def step(
    session: Session,
    machine: Machine,
    subject: Any,
    event: str,
    facts: object = None,
    *,
    by: Actor,
    held: frozenset[Role],
    at: datetime,
    seen: int | None = None,
    reason: str = "",
    change: Mapping[str, Sequence[object]] | None = None,
) -> Move:
    """Take one row of a state table: check, change the state, raise the version, write the trace.

    `subject` is a versioned row with a `state` and a `trace_name()`: kind, id, project code. `held` are the roles `by`
    holds on it; `seen` the version their page showed. Refuses when the table has no such row, the role is another's, or
    the guard objects; raises Conflict when someone else was faster (A4.4).
    """
    bump(session, subject, seen=seen)
    move = machine.find(subject.state, event)
    if move.by not in held:
        raise NotAllowed(f"{machine.word(event)}由其他岗位办理，你可以查看进度", article=move.article)
    if move.guard and (words := move.guard(facts)):
        raise RuleRefusal(words, article=move.article)
    before = subject.state
    subject.state = move.target
    session.add(subject)
    changed = {"state": [before, str(move.target)], **(change or {})}
    kind, identity, code = subject.trace_name()
    record(
        session,
        f"{machine.name}.{event}",
        kind,
        identity,
        machine.word(event),
        by=by,
        at=at,
        project_code=code,
        reason=reason,
        change=changed,
    )
    return move


def record(
    session: Session,
    action: str,
    object_kind: str,
    object_id: str,
    words: str,
    *,
    by: Actor,
    at: datetime,
    project_code: str = "",
    reason: str = "",
    change: Mapping[str, Sequence[object]] | None = None,
    outcome: str = "done",
) -> None:
    """Append one entry to the trace, in the caller's transaction: if it can't be written, nothing is (A4.4)."""
    seen = session.info.get("request", {})
    values: dict[str, Any] = {
        "id": uuid7(),
        "at": at,
        "recorded_at": session.info.get("now", at),
        "actor_kind": str(by.role),
        "actor_id": by.id,
        "actor_name": by.name,
        "org_name": by.org_name,
        "session_ref": seen.get("session_ref", ""),
        "address": seen.get("address", ""),
        "action": action,
        "object_kind": object_kind,
        "object_id": object_id,
        "project_code": project_code,
        "words": words,
        "reason": reason,
        "change": {key: list(pair) for key, pair in change.items()} if change else None,
        "outcome": outcome,
        "salt": secrets.token_hex(16),
    }
    values["leaf_hash"] = leaf_hash(values)
    _APPEND[zone_of(session)].count(session, values)


def leaf_hash(values: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON of an entry without its own hash; instants as UTC text."""
    plain = {
        key: value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
        for key, value in values.items()
        if key != "leaf_hash"
    }
    return hashlib.sha256(b"trace-v1\n" + canonical_bytes(plain)).hexdigest()


def entries_of(session: Session, object_kind: str, object_id: str, *, limit: int = 200) -> Sequence[AuditRow]:
    """What was done with one object, newest first (A4.4)."""
    table = ENTRIES[zone_of(session)]
    found = (
        select(table)
        .where(col(table.object_kind) == object_kind, col(table.object_id) == object_id, col(table.outcome) == "done")
        .order_by(col(table.at).desc(), col(table.id).desc())
        .limit(limit)
    )
    return session.exec(found).all()


def entries_of_project(session: Session, project_code: str, *, limit: int = 300) -> Sequence[AuditRow]:
    """What was done with a project and everything that hangs on its code, newest first (A4.4, A10.1)."""
    table = ENTRIES[zone_of(session)]
    found = (
        select(table)
        .where(col(table.project_code) == project_code, col(table.outcome) == "done")
        .order_by(col(table.at).desc(), col(table.id).desc())
        .limit(limit)
    )
    return session.exec(found).all()
