"""What people do for the safety of their own account: a new password, an end to sessions elsewhere (A20.1, T20)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts.sessions import IDLE, SIGNED_IN
from core.accounts.signing_in import check_password_strength, forget_failures, hasher, refuse_while_delayed
from core.accounts.tables import SESSIONS, Account, Officer
from core.database import Zone, bump, zone_of
from core.domain.policy import Actor
from core.errors import FormRefusal, RuleRefusal
from core.trace import record

_MOST = 50
_ASKED = {"current_password": "请填写现在的密码", "password": "请填写新密码", "password_again": "请再输一次新密码"}


@dataclass(frozen=True)
class SignedIn:
    """One browser in which this person is signed in now."""

    opened_at: datetime
    seen_at: datetime
    address: str
    is_this: bool


@dataclass(frozen=True)
class NewPassword:
    """The form for a new password as it was typed."""

    current_password: str
    password: str
    password_again: str


def signed_in(session: Session, actor: Actor, *, this: str, at: datetime) -> Sequence[SignedIn]:
    """Where this person is signed in, the last used first; `this` is the session that asks."""
    zone = zone_of(session)
    table = SESSIONS[zone]
    found = (
        select(table)
        .where(col(table.actor_id) == actor.id, col(table.stage) == SIGNED_IN)
        .where(col(table.ends_at) > at, col(table.seen_at) > at - IDLE[zone])
        .order_by(col(table.seen_at).desc())
    )
    rows = session.exec(found.limit(_MOST)).all()
    return [SignedIn(row.opened_at, row.seen_at, row.address, row.id == this) for row in rows]


def end_others(session: Session, *, this: str, by: Actor, at: datetime) -> int:
    """End every session of this person but `this`, half signed-in ones too; returns how many (T20)."""
    table = SESSIONS[zone_of(session)]
    others = sa.delete(table).where(col(table.actor_id) == by.id, col(table.id) != this)
    ended = session.connection().execute(others).rowcount
    if ended:
        record(session, "session.end_others", "session", by.id, f"退出其他 {ended} 处登录", by=by, at=at)
    return int(ended)


def approved_hash(session: Session, actor: Actor, typed: NewPassword, *, at: datetime) -> str:
    """The hash of a new password, once the present one was given; made outside of a transaction, for it takes long.

    Refuses a wrong present password, counting it as a failed sign-in is, and what is weak, repeated or mistyped.
    """
    refuse_while_delayed(session, (guess_key(actor),), at=at)
    if empty := [field for field, words in asdict(typed).items() if not words]:
        raise FormRefusal({field: _ASKED[field] for field in empty})
    person = _person(session, actor)
    if not hasher().verify(typed.current_password, person.password_hash):
        raise RuleRefusal("现在的密码不正确", field="current_password")
    own = [person.name, person.mobile if isinstance(person, Account) else person.login]
    check_password_strength(typed.password, own=own)
    if typed.password == typed.current_password:
        raise RuleRefusal("新密码不能与现在的密码相同", field="password")
    if typed.password != typed.password_again:
        raise FormRefusal({"password_again": "两次输入的密码不一致"})
    return hasher().hash(typed.password)


def set_password(session: Session, password_hash: str, *, this: str, by: Actor, at: datetime) -> None:
    """Set the new password, and end every other session: whoever knew the old one is out (T20)."""
    person = _person(session, by)
    bump(session, person)
    person.password_hash = password_hash
    session.add(person)
    forget_failures(session, (guess_key(by),))
    record(session, "account.set_password", "account", by.id, "更换密码", by=by, at=at)
    end_others(session, this=this, by=by, at=at)


def guess_key(actor: Actor) -> str:
    """Under what wrong present passwords are counted: somebody may have found the browser open."""
    return f"password:{actor.id}"


def _person(session: Session, actor: Actor) -> Account | Officer:
    if zone_of(session) is Zone.PUBLIC:
        return session.get_one(Account, actor.id)
    return session.get_one(Officer, actor.id)
