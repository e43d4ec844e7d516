"""Who signs in: enterprises and their accounts (internet), officers and their grants (extranet), sessions (both).

An identity in one zone means nothing in the other (A9.1).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from core.columns import Sealed, SealedDoc
from core.database import ExtranetTable, PublicTable, Versioned, Zone
from core.uuids import uuid7


class Enterprise(Versioned, PublicTable, table=True):
    """A registered legal person, identified by its unified social credit code (A14.1a)."""

    __tablename__ = "enterprise"
    credit_code: str = Field(primary_key=True, max_length=18)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=30)
    registered_at: datetime


class Account(Versioned, PublicTable, table=True):
    """A person who acts for an enterprise; `mandate` is owner or agent.

    The number is sealed: `mobile_digest` is by what it is found and unique (`core.accounts.mobiles`). It is missing
    where an older release wrote the row, until the fields are sealed.
    """

    __tablename__ = "account"
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    credit_code: str = Field(foreign_key="enterprise.credit_code", index=True, max_length=18)
    mobile: str = Field(sa_type=Sealed("account.mobile"))
    mobile_digest: str | None = Field(default=None, unique=True, max_length=100)
    name: str = Field(max_length=50)
    password_hash: str = Field(max_length=200)
    mandate: str = Field(default="owner", max_length=10)
    registered_at: datetime


class KnownEnterprise(ExtranetTable, table=True):
    """The extranet's mirror of an enterprise."""

    __tablename__ = "enterprise"
    credit_code: str = Field(primary_key=True, max_length=18)
    name: str = Field(max_length=120)
    kind: str = Field(max_length=30)
    registered_at: datetime


class Officer(Versioned, ExtranetTable, table=True):
    """A person who works for an organisational unit; signs in with password and a second factor (A20.1)."""

    __tablename__ = "officer"
    id: str = Field(default_factory=uuid7, primary_key=True, max_length=36)
    login: str = Field(unique=True, max_length=40)
    name: str = Field(max_length=50)
    org_unit: str = Field(max_length=40, index=True)
    phone: str = Field(default="", max_length=40)
    password_hash: str = Field(max_length=200)
    totp_secret: str = Field(sa_type=Sealed("officer.totp_secret"))
    totp_last_step: int = 0
    is_active: bool = True


class OfficerGrant(ExtranetTable, table=True):
    """A role given to an officer at an organisational unit, from a date to a date; read at each request.

    `on_behalf_of`: the absent officer for whom the holder stands in (代办), empty for a role of one's own.
    """

    __tablename__ = "officer_grant"
    id: int | None = Field(default=None, primary_key=True)
    officer_id: str = Field(foreign_key="officer.id", index=True, max_length=36)
    role: str = Field(max_length=30)
    org_unit: str = Field(max_length=40)
    valid_from: date
    valid_to: date | None = None
    on_behalf_of: str = Field(default="", max_length=36, sa_column_kwargs={"server_default": sa.text("''")})
    behalf_name: str = Field(default="", max_length=50, sa_column_kwargs={"server_default": sa.text("''")})
    __table_args__ = (
        sa.UniqueConstraint(
            "officer_id", "role", "org_unit", "valid_from", "on_behalf_of", name="uq_officer_grant_held"
        ),
        # who works at a unit
        sa.Index("ix_officer_grant_unit", "org_unit", "role"),
    )


class Absence(Versioned, ExtranetTable, table=True):
    """An officer is away from one day to another, both included, and a colleague stands in (代办)."""

    __tablename__ = "absence"
    id: int | None = Field(default=None, primary_key=True)
    officer_id: str = Field(foreign_key="officer.id", index=True, max_length=36)
    officer_name: str = Field(max_length=50)
    substitute_id: str = Field(foreign_key="officer.id", index=True, max_length=36)
    substitute_name: str = Field(max_length=50)
    from_on: date
    to_on: date
    reason: str = Field(default="", max_length=200)
    recorded_at: datetime

    def trace_name(self) -> tuple[str, str, str]:
        """(kind, id, no project)."""
        return ("absence", str(self.id), "")


class SessionRow(SQLModel):
    """A signed-in (or half signed-in) browser; `id` is the digest of the token in its cookie."""

    id: str = Field(primary_key=True, max_length=64)
    actor_id: str = Field(default="", max_length=40, index=True)
    stage: str = Field(max_length=20)
    csrf_secret: str = Field(max_length=64)
    address: str = Field(default="", max_length=64)
    opened_at: datetime
    seen_at: datetime
    ends_at: datetime


class PublicSession(SessionRow, PublicTable, table=True):
    """Sessions of the internet portal."""

    __tablename__ = "session"


class ExtranetSession(SessionRow, ExtranetTable, table=True):
    """Sessions of the extranet portal."""

    __tablename__ = "session"


class FailureRow(SQLModel):
    """Failed sign-ins of one account or address: the delay grows with them."""

    key: str = Field(primary_key=True, max_length=120)
    count: int
    last_at: datetime


class PublicFailure(FailureRow, PublicTable, table=True):
    """Failed sign-ins at the internet portal."""

    __tablename__ = "sign_in_failure"


class ExtranetFailure(FailureRow, ExtranetTable, table=True):
    """Failed sign-ins at the extranet portal."""

    __tablename__ = "sign_in_failure"


class NonceRow(SQLModel):
    """A creating form that was answered: the same form sent again gets the same answer (one project, one code)."""

    nonce: str = Field(primary_key=True, max_length=64)
    actor_id: str = Field(max_length=40)
    location: str = Field(max_length=300)
    at: datetime


class PublicNonce(NonceRow, PublicTable, table=True):
    """Answered forms of the internet portal."""

    __tablename__ = "form_nonce"


class ExtranetNonce(NonceRow, ExtranetTable, table=True):
    """Answered forms of the extranet portal."""

    __tablename__ = "form_nonce"


SESSIONS: Mapping[Zone, type[PublicSession] | type[ExtranetSession]] = {
    Zone.PUBLIC: PublicSession,
    Zone.EXTRANET: ExtranetSession,
}
FAILURES: Mapping[Zone, type[PublicFailure] | type[ExtranetFailure]] = {
    Zone.PUBLIC: PublicFailure,
    Zone.EXTRANET: ExtranetFailure,
}
NONCES: Mapping[Zone, type[PublicNonce] | type[ExtranetNonce]] = {
    Zone.PUBLIC: PublicNonce,
    Zone.EXTRANET: ExtranetNonce,
}


class ParkedFormRow(SQLModel):
    """A form that was posted after its session ended: given back to the same person once they signed in again."""

    id: str = Field(primary_key=True, max_length=64)
    actor_id: str = Field(max_length=40, index=True)
    path: str = Field(max_length=300)
    fields: dict[str, Any] = Field(sa_type=SealedDoc)
    at: datetime


class PublicParkedForm(ParkedFormRow, PublicTable, table=True):
    """Parked forms of the internet portal."""

    __tablename__ = "parked_form"


class ExtranetParkedForm(ParkedFormRow, ExtranetTable, table=True):
    """Parked forms of the extranet portal."""

    __tablename__ = "parked_form"


PARKED: Mapping[Zone, type[PublicParkedForm] | type[ExtranetParkedForm]] = {
    Zone.PUBLIC: PublicParkedForm,
    Zone.EXTRANET: ExtranetParkedForm,
}
