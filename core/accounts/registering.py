"""An enterprise registers with its unified social credit code, a contact and credentials (A14.1a)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.accounts.messages import EnterpriseRegistered
from core.accounts.mobiles import account_by_mobile, digest_of
from core.accounts.signing_in import check_password_strength
from core.accounts.tables import Account, Enterprise, KnownEnterprise
from core.database import bump
from core.domain import credit_code as credit_codes
from core.domain.policy import Actor, Role
from core.errors import FormRefusal, NotAllowed, Refusal, RuleRefusal
from core.exchange.message import Envelope, applies
from core.exchange.outbox import send
from core.trace import record

_MOBILE = re.compile(r"1[3-9]\d{9}")


@dataclass(frozen=True)
class Registration:
    """What the registration form asks for, as typed."""

    credit_code: str
    enterprise_name: str
    enterprise_kind: str
    contact_name: str
    mobile: str
    password: str
    password_again: str


def register(
    session: Session, form: Registration, *, password_hash: str, kinds: frozenset[str], at: datetime
) -> Account:
    """Register an enterprise and its first account, which owns it, and tell the extranet.

    `password_hash` is that of the form's password, made before the transaction began, for hashing takes long.
    Refuses every wrong field at once; a credit code or mobile number that is registered already is refused beside its
    field, and never gives access to what the first registrant holds (T4).
    """
    code = _check(session, form, kinds)
    name = form.enterprise_name.strip()
    enterprise = Enterprise(credit_code=code, name=name, kind=form.enterprise_kind, registered_at=at)
    account = Account(
        credit_code=code,
        mobile=form.mobile.strip(),
        name=form.contact_name.strip(),
        password_hash=password_hash,
        registered_at=at,
    )
    return store(session, enterprise, account, at=at)


def store(session: Session, enterprise: Enterprise, account: Account, *, at: datetime) -> Account:
    """Keep a checked registration: rows, trace and the word to the extranet."""
    account.mobile_digest = digest_of(session, account.mobile)
    try:
        with session.begin_nested():
            _take_up(session, enterprise)
            session.flush()
            session.add(account)
            session.flush()
    except IntegrityError as error:
        if "mobile" in str(error.orig):
            raise RuleRefusal(_MOBILE_TAKEN, field="mobile", article="A14.1a") from error
        raise RuleRefusal(_TAKEN, field="credit_code", article="A14.1a") from error
    by = Actor(
        Role.PROJECT_UNIT,
        id=account.id,
        name=account.name,
        org_name=enterprise.name,
        credit_code=enterprise.credit_code,
    )
    record(session, "enterprise.register", "enterprise", enterprise.credit_code, "企业注册", by=by, at=at)
    send(
        session,
        EnterpriseRegistered(
            credit_code=enterprise.credit_code,
            name=enterprise.name,
            enterprise_kind=enterprise.kind,
            registered_at=at,
        ),
        at=at,
    )
    return account


@applies(EnterpriseRegistered)
def know_enterprise(session: Session, told: EnterpriseRegistered, envelope: Envelope) -> None:
    """Extranet: know the enterprise whose projects will arrive.

    Refuses what is no code, and holds back one that another name bears already: a registration renames nobody (T11).
    """
    del envelope
    credit_codes.parse(told.credit_code)
    known = session.get(KnownEnterprise, told.credit_code)
    if known is None:
        session.add(
            KnownEnterprise(
                credit_code=told.credit_code, name=told.name, kind=told.enterprise_kind,
                registered_at=told.registered_at,
            )
        )  # fmt: skip
    elif (known.name, known.kind) != (told.name, told.enterprise_kind):
        raise NotAllowed(f"这个统一社会信用代码已由{known.name}登记", article="A14.1a")


_TAKEN = "这个统一社会信用代码已注册，请用本单位的账号登录；如被他人冒用，请向当地发展改革部门申诉"
_MOBILE_TAKEN = "这个手机号已注册，请直接登录或换一个手机号"


def is_taken(refusal: Refusal) -> bool:
    """Whether a registration was refused because its code or its number is registered already."""
    said = refusal.errors.values() if isinstance(refusal, FormRefusal) else (refusal.words,)
    return bool({_TAKEN, _MOBILE_TAKEN} & set(said))


def is_registered(session: Session, code: str) -> bool:
    """Whether somebody acts for this enterprise; one that officers alone named isn't registered yet (A12.1, A14.1a)."""
    return session.exec(select(Account.id).where(col(Account.credit_code) == code).limit(1)).first() is not None


def name_unit(session: Session, code: str, name: str, *, at: datetime) -> None:
    """Know an enterprise by name alone, whose project began before the platform; whoever registers takes it up."""
    if session.get(Enterprise, code) is None:
        session.add(Enterprise(credit_code=code, name=name, kind="", registered_at=at))
        session.flush()


def _take_up(session: Session, enterprise: Enterprise) -> None:
    """Keep the enterprise, in the row that `name_unit` left if there is one.

    Of two who register at once the second waits for the row, and is refused.
    """
    held = select(Enterprise).where(col(Enterprise.credit_code) == enterprise.credit_code)
    known = session.exec(held.with_for_update(), execution_options={"populate_existing": True}).first()
    if known is None:
        session.add(enterprise)
        return
    if is_registered(session, enterprise.credit_code):
        raise RuleRefusal(_TAKEN, field="credit_code", article="A14.1a")
    bump(session, known)
    known.name, known.kind, known.registered_at = enterprise.name, enterprise.kind, enterprise.registered_at
    session.add(known)


def _check(session: Session, form: Registration, kinds: frozenset[str]) -> str:
    mobile = form.mobile.strip()
    code, code_error = _read_code(session, form.credit_code)
    found = {
        "credit_code": code_error,
        "enterprise_name": "" if 4 <= len(form.enterprise_name.strip()) <= 100 else "请填写单位全称，4 到 100 个字",
        "enterprise_kind": "" if form.enterprise_kind in kinds else "请选择单位性质",
        "contact_name": "" if 2 <= len(form.contact_name.strip()) <= 50 else "请填写联系人姓名",
        "mobile": _wrong_mobile(session, mobile),
        "password": _weak_password(form, own=(form.contact_name.strip(), mobile, code)),
    }
    found["password_again"] = "" if form.password == form.password_again else "两次输入的密码不一致"
    if errors := {field: words for field, words in found.items() if words}:
        raise FormRefusal(errors, article="A14.1a")
    return code


def _read_code(session: Session, text: str) -> tuple[str, str]:
    try:
        code = credit_codes.parse(text)
    except RuleRefusal as refusal:
        return "", refusal.words
    return code, _TAKEN if is_registered(session, code) else ""


def _wrong_mobile(session: Session, mobile: str) -> str:
    if not _MOBILE.fullmatch(mobile):
        return "请填写 11 位手机号，用来登录"
    return _MOBILE_TAKEN if account_by_mobile(session, mobile) else ""


def _weak_password(form: Registration, *, own: Sequence[str]) -> str:
    try:
        check_password_strength(form.password, own=own)
    except RuleRefusal as refusal:
        return refusal.words
    return ""
