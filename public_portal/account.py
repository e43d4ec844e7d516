"""Registering, signing in and out, larger text, help (A14.1a, A20.1)."""

import re

from starlette.responses import Response
from starlette.routing import Route

from core.accounts.contesting import note_attempt, refuse_while_guessing
from core.accounts.mobiles import failure_key
from core.accounts.registering import Registration, register
from core.accounts.sessions import SIGNED_IN
from core.accounts.signing_in import SHORTEST_PASSWORD, forget_failures, hasher, note_failure, sign_in_account
from core.accounts.tables import Account
from core.domain.publicity import mask_mobile
from core.domain.secrecy import refuse_classified
from core.errors import Refusal, RuleRefusal
from core.reference import loader
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.visits import can_be_opened, ended, stepped_up, text_size_kept


def register_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The registration form, empty or with what is wrong; attempts at what is taken are counted (T4)."""
    if refusal:
        with ask.portal.database.writing() as session:
            session.info["request"] = {"session_ref": "", "address": ask.address}
            note_attempt(session, refusal, credit_code=ask.text("credit_code"), address=ask.address, at=ask.now)
    return reply.page(
        ask,
        "public/account/register.html",
        title="企业注册",
        status=reply.status_of(refusal) if refusal else 200,
        kinds=[(one.code, one.name) for one in loader.load().code_lists["enterprise_kind"]],
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


@action(allow="account.register")
def see_registration(ask: Ask) -> Response:
    """Show the registration form."""
    return register_page(ask)


def _hashed(ask: Ask) -> str:
    """The hash of the new password, made while nobody waits; one that is too short is refused anyway."""
    refuse_while_guessing(ask.session, ask.address, at=ask.now)
    password = ask.text("password")
    return hasher().hash(password) if len(password) >= SHORTEST_PASSWORD else ""


@action(allow="account.register", again=register_page, prepare=_hashed, creates=True)
def register_enterprise(ask: Ask) -> Response:
    """Register an enterprise and its first account, and sign that account in (A14.1a)."""
    names = ("credit_code", "enterprise_name", "enterprise_kind", "contact_name", "mobile")
    typed = {name: ask.text(name) for name in names}
    refuse_classified({name: typed[name] for name in ("enterprise_name", "contact_name")})
    form = Registration(**typed, password=ask.text("password"), password_again=ask.text("password_again"))
    kinds = frozenset(one.code for one in loader.load().code_lists["enterprise_kind"])
    account = register(ask.session, form, password_hash=ask.prepared, kinds=kinds, at=ask.now)
    return stepped_up(ask, account.id, SIGNED_IN, "/projects")


def sign_in_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The sign-in form; a wrong number or password is counted in a transaction of its own (A20.1)."""
    mobile = _mobile(ask)
    if isinstance(refusal, RuleRefusal) and refusal.field == "mobile":
        with ask.portal.database.writing() as session:
            session.info["request"] = {"session_ref": "", "address": ask.address}
            note_failure(session, _keys(ask, mobile), who=_for_the_trace(mobile), at=ask.now)
    return reply.page(
        ask,
        "public/account/sign_in.html",
        title="登录",
        status=reply.status_of(refusal) if refusal else 200,
        next_path=_next(ask),
        must_sign_in=bool(ask.query("next")),
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


@action(allow="session.open")
def see_sign_in(ask: Ask) -> Response:
    """Show the sign-in form; who is signed in already goes on."""
    return reply.to(_next(ask)) if ask.actor.id else sign_in_page(ask)


def _recognised(ask: Ask) -> Account:
    """The account of the number and password typed; comparing takes as long as hashing."""
    return sign_in_account(
        ask.session,
        mobile=_mobile(ask),
        password=ask.text("password"),
        address=ask.address,
        at=ask.now,
        device=ask.portal.cookies.known_device(ask.request),
    )


@action(allow="session.open", again=sign_in_page, prepare=_recognised)
def sign_in(ask: Ask) -> Response:
    """Sign in by mobile number and password, under a new session token (T20)."""
    # Not the address's: whoever guesses at others' passwords can always succeed with an account of their own.
    forget_failures(ask.session, _keys(ask, _mobile(ask))[:1])
    account: Account = ask.prepared
    return stepped_up(ask, account.id, SIGNED_IN, _next(ask))


@action(allow="session.close")
def sign_out(ask: Ask) -> Response:
    """End the session at once."""
    return ended(ask, "/")


@action(allow="preference.set")
def set_text_size(ask: Ask) -> Response:
    """Keep the choice of larger text and return to the page it was made on."""
    return text_size_kept(ask)


@action(allow="home.see")
def see_help(ask: Ask) -> Response:
    """How to use the platform, in plain words."""
    return reply.page(ask, "public/account/help.html", title="帮助与无障碍")


def _mobile(ask: Ask) -> str:
    return ask.text("mobile").strip()[:40]


def _for_the_trace(mobile: str) -> str:
    """Who tried to sign in: no number in full, and never what may be a password in the wrong field (A4.4)."""
    return mask_mobile(mobile) if re.fullmatch(r"1\d{10}", mobile, re.ASCII) else "不是手机号"


def _keys(ask: Ask, mobile: str) -> tuple[str, str]:
    device = ask.portal.cookies.known_device(ask.request)
    return failure_key(ask.session, mobile, device), f"address:{ask.address}"


def _next(ask: Ask) -> str:
    """Where to go after signing in: only a page of this portal."""
    wanted = ask.text("next") or ask.query("next")
    return wanted if can_be_opened(ask, wanted) and not wanted.startswith("/sign-in") else "/projects"


routes = [
    Route("/register", see_registration, methods=["GET"], name="account.register"),
    Route("/register", register_enterprise, methods=["POST"], name="account.register_now"),
    Route("/sign-in", see_sign_in, methods=["GET"], name="session.see"),
    Route("/sign-in", sign_in, methods=["POST"], name="session.open"),
    Route("/sign-out", sign_out, methods=["POST"], name="session.close"),
    Route("/preferences/text-size", set_text_size, methods=["POST"], name="preference.set"),
    Route("/help", see_help, methods=["GET"], name="help.see"),
]
