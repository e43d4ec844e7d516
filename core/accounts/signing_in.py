"""Passwords, second factor and the growing delay after failures (A20.1, MLPS 8.1.4.1)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import pyotp
import sqlalchemy as sa
from pwdlib import PasswordHash
from sqlmodel import Session, col, select

from core.accounts.mobiles import account_by_mobile, failure_key
from core.accounts.tables import FAILURES, Account, Enterprise, Officer, OfficerGrant
from core.clocks import business_date
from core.database import bump, zone_of
from core.domain.policy import EXCLUSIVE_ROLES, Actor, Grant, Role
from core.domain.remit import department_of, region_of
from core.errors import RuleRefusal
from core.exchange.tables import insert_into
from core.organisations import organisations
from core.trace import record

SHORTEST_PASSWORD = 12
KEY_LENGTH = 120
"""Characters of a key that count: what is typed as a login may be as long as it likes."""

_FREE_FAILURES = 5
_LONGEST_DELAY = timedelta(minutes=15)
_REMEMBERED, _ADDRESS_REMEMBERED = timedelta(hours=24), timedelta(hours=1)
_WRONG = "手机号或密码不正确"
_WRONG_OFFICER = "账号或密码不正确"
_WEAK = frozenset({"password1234", "123456789012", "qwertyuiop12", "abcdefghijkl", "111111111111", "jilin1234567"})


@lru_cache(maxsize=1)
def hasher() -> PasswordHash:
    """argon2id with the library's recommended cost."""
    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _nobody() -> str:
    # Someone without an account costs as much time as a wrong password, so that accounts can't be listed by timing.
    return hasher().hash("nobody has this password")


def check_password_strength(password: str, *, own: Sequence[str], field: str = "password") -> None:
    """Refuse a password that is short, common, or one's own name or number (MLPS 8.1.4.1 a)."""
    if len(password) < SHORTEST_PASSWORD:
        raise RuleRefusal(f"密码至少 {SHORTEST_PASSWORD} 位，现在是 {len(password)} 位", field=field)
    if password.lower() in _WEAK or len(set(password)) < 5:
        raise RuleRefusal("这个密码太常见，请换一个", field=field)
    if any(part and part.lower() in password.lower() for part in own):
        raise RuleRefusal("密码不能含有姓名、手机号或信用代码", field=field)


def sign_in_account(
    session: Session, *, mobile: str, password: str, address: str, at: datetime, device: str = ""
) -> Account:
    """The account of this mobile number and password; one answer for every failure (A14.1a).

    `device` is the id of who signed in from this browser before.
    """
    refuse_while_delayed(session, (failure_key(session, mobile, device), f"address:{address}"), at=at)
    account = account_by_mobile(session, mobile)
    if not hasher().verify(password, account.password_hash if account else _nobody()) or account is None:
        raise RuleRefusal(_WRONG, field="mobile")
    return account


def login_for_the_trace(session: Session, login: str) -> str:
    """Who tried to sign in; what is no login is not written down, for it may be a password in the wrong field."""
    known = session.exec(select(Officer.login).where(col(Officer.login) == login)).first()
    return known or "未知账号"


def login_key(session: Session, login: str, device: str = "") -> str:
    """Under what failed sign-ins of a login are counted; those from the officer's own browser apart (T19)."""
    known = session.get(Officer, device) if device else None
    return f"account:{login}" + (":own" if known is not None and known.login == login else "")


def sign_in_officer(
    session: Session, *, login: str, password: str, address: str, at: datetime, device: str = ""
) -> Officer:
    """The officer of this login and password: half signed in until the second factor is given (A20.1).

    `device` is the id of who signed in from this browser before.
    """
    refuse_while_delayed(session, (login_key(session, login, device), f"address:{address}"), at=at)
    officer = session.exec(select(Officer).where(col(Officer.login) == login, col(Officer.is_active))).first()
    if not hasher().verify(password, officer.password_hash if officer else _nobody()) or officer is None:
        raise RuleRefusal(_WRONG_OFFICER, field="login")
    return officer


def check_second_factor(session: Session, officer: Officer, code: str, *, at: datetime) -> None:
    """Accept a six-digit TOTP code once: a code that was used, or an older one, is refused (T19)."""
    refuse_while_delayed(session, (f"factor:{officer.id}",), at=at)
    digits = "".join(code.split())
    totp = pyotp.TOTP(officer.totp_secret)
    step = int(at.timestamp()) // totp.interval
    for candidate in (step, step - 1, step + 1):
        if candidate > officer.totp_last_step and pyotp.utils.strings_equal(totp.generate_otp(candidate), digits):
            bump(session, officer)
            officer.totp_last_step = candidate
            session.add(officer)
            return
    raise RuleRefusal("动态口令不正确或已用过，请输入当前的 6 位数字", field="code")


def note_failure(session: Session, keys: Sequence[str], *, who: str, at: datetime) -> None:
    """Count a failed attempt per account and address, and leave it in the trace under the name `who`."""
    count_failures(session, keys, at=at)
    actor = Actor(Role.CITIZEN, id="", name=who[:50])
    record(session, "session.fail", "session", who[:60], "登录失败", by=actor, at=at, outcome="refused")


def count_failures(session: Session, keys: Sequence[str], *, at: datetime) -> None:
    """Count a failure under each of these keys.

    An account's failures count together until it has a day without one, those of an address that many share an hour.
    """
    table = sa.inspect(FAILURES[zone_of(session)]).local_table
    connection = session.connection()
    for key in keys:
        # Counted by the database: guesses made at the same moment count one by one.
        first = insert_into(table, connection.dialect.name).values(key=key[:KEY_LENGTH], count=1, last_at=at)
        remembered = _ADDRESS_REMEMBERED if key.startswith("address:") else _REMEMBERED
        count = sa.case((table.c.last_at < at - remembered, 1), else_=table.c.count + 1)
        counted = {"count": count, "last_at": at}
        connection.execute(first.on_conflict_do_update(index_elements=[table.c.key], set_=counted))


def forget_failures(session: Session, keys: Sequence[str]) -> None:
    """A success ends the delay."""
    table = FAILURES[zone_of(session)]
    session.execute(sa.delete(table).where(col(table.key).in_([key[:KEY_LENGTH] for key in keys])))


def refuse_while_delayed(session: Session, keys: Sequence[str], *, at: datetime) -> None:
    """After five failures each further one doubles the wait, up to a quarter of an hour (MLPS 8.1.4.1 b)."""
    table = FAILURES[zone_of(session)]
    for key in keys:
        row = session.get(table, key[:KEY_LENGTH])
        free = _FREE_FAILURES if not key.startswith("address:") else _FREE_FAILURES * 10
        if row is None or row.count < free:
            continue
        wait = min(_LONGEST_DELAY, timedelta(seconds=2 ** min(row.count - free + 1, 12)))
        left = (row.last_at + wait - at).total_seconds()
        if left > 0:
            raise RuleRefusal(f"失败次数较多，请在 {int(left) + 1} 秒后再试")


def actor_of_account(session: Session, account: Account) -> Actor:
    """The person acting for an enterprise."""
    enterprise = session.get_one(Enterprise, account.credit_code)
    return Actor(
        Role.PROJECT_UNIT,
        id=account.id,
        name=account.name,
        org_name=enterprise.name,
        credit_code=account.credit_code,
    )


def actor_of_officer(session: Session, officer: Officer, *, at: datetime) -> Actor:
    """The officer with the grants in force today; an administrator never keeps a second administrator's role."""
    today = business_date(at)
    rows = session.exec(
        select(OfficerGrant)
        .where(col(OfficerGrant.officer_id) == officer.id, col(OfficerGrant.valid_from) <= today)
        .where(sa.or_(col(OfficerGrant.valid_to).is_(None), col(OfficerGrant.valid_to) >= today))
        .order_by(col(OfficerGrant.id))
    ).all()
    tree = organisations(session)
    return Actor(
        Role.OFFICER,
        id=officer.id,
        name=officer.name,
        org_name=tree.unit_name(officer.org_unit),
        grants=grants_in_force([(row.role, row.org_unit, row.on_behalf_of, row.behalf_name) for row in rows]),
    )


def grants_in_force(rows: Sequence[tuple[str, ...]]) -> tuple[Grant, ...]:
    """Grants from rows: role, org unit, and of a substitute the absent officer's id and name.

    Of the three administrators only the first held counts (A9.1).
    """
    grants: list[Grant] = []
    administrator: Role | None = None
    for name, org_unit, *behalf in rows:
        role = Role(name)
        if role in EXCLUSIVE_ROLES:
            if administrator not in (None, role):
                continue
            administrator = role
        grants.append(Grant(role, org_unit, department_of(org_unit), region_of(org_unit), *behalf))
    return tuple(grants)
