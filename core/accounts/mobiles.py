"""Mobile numbers as logins: sealed where they are stored, found by a keyed digest (A14.1a, A9.1). Internet zone."""

import sqlalchemy as sa
from sqlmodel import Session, col, select

from core.accounts.tables import Account
from core.columns import vault_in

_PURPOSE = "account.mobile"


def account_by_mobile(session: Session, mobile: str) -> Account | None:
    """The account that signs in with this number."""
    digests = vault_in(session.get_bind().dialect).digests(mobile, _PURPOSE)
    # a row that an older release wrote has no digest yet, and its number stands there in clear
    in_clear = sa.and_(col(Account.mobile_digest).is_(None), sa.type_coerce(col(Account.mobile), sa.String()) == mobile)
    return session.exec(select(Account).where(sa.or_(col(Account.mobile_digest).in_(digests), in_clear))).first()


def digest_of(session: Session, mobile: str) -> str:
    """What stands beside a sealed number."""
    return vault_in(session.get_bind().dialect).digest(mobile, _PURPOSE)


def failure_key(session: Session, mobile: str, device: str = "") -> str:
    """Under what failed sign-ins of a number are counted: nothing that tells the number.

    Those from the owner's own browser (`device` is the id of who signed in from it) count apart: nobody can lock an
    owner out by guessing at the number from elsewhere (T19).
    """
    account = account_by_mobile(session, mobile) if device else None
    is_own = account is not None and account.id == device
    return f"account:{digest_of(session, mobile)}" + (":own" if is_own else "")


def digest_anew(session: Session) -> int:
    """Give every account the digest of the newest key; how many lacked it."""
    vault = vault_in(session.get_bind().dialect)
    newest = vault.digest("", _PURPOSE).partition(":")[0]
    lacking = sa.or_(col(Account.mobile_digest).is_(None), ~col(Account.mobile_digest).startswith(f"{newest}:"))
    accounts = session.exec(select(Account).where(lacking)).all()
    for account in accounts:
        account.mobile_digest = vault.digest(account.mobile, _PURPOSE)
        session.add(account)
    return len(accounts)
