"""Signing in with password and second factor, signing out, larger text (A20.1)."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from starlette.responses import Response
from starlette.routing import Route

from core.accounts.sessions import HALF, SIGNED_IN
from core.accounts.signing_in import (
    actor_of_officer,
    check_second_factor,
    forget_failures,
    login_for_the_trace,
    login_key,
    note_failure,
    sign_in_officer,
)
from core.accounts.tables import Officer
from core.domain.confirmation import CONFIRMED_FOR, counts_as_confirmed
from core.domain.policy import ROLE_NAMES, Role
from core.errors import FormRefusal, Refusal, RuleRefusal
from core.trace import record
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.visits import can_be_opened, confirmed, ended, stepped_up, text_size_kept
from extranet_portal.desk import first_page
from extranet_portal.home_words import BOUNDS, DUTIES, NO_POST
from extranet_portal.shown import errors_given

_BETWEEN_FACTORS = timedelta(minutes=10)
"""How long the password counts before the second factor must have been given."""


@dataclass(frozen=True)
class CodeWords:
    """What the page that asks for the six digits says."""

    heading: str
    lead: str
    button: str
    other_account: str


SIGN_IN = CodeWords("输入动态口令", "", "登录", "换一个账号")
CONFIRM_AGAIN = CodeWords(
    "再次确认身份",
    f"这一步办理后即时生效。距上次输入动态口令已超过 {CONFIRMED_FOR.seconds // 60} 分钟，请再输入一次。"
    "填写的内容已保留，确认后回到原页继续办理。",
    "确认",
    "",
)


def sign_in_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The sign-in form; a wrong login or password is counted in a transaction of its own (A20.1)."""
    if isinstance(refusal, RuleRefusal) and refusal.field == "login":
        _count_failure(ask, _login_keys(ask, _login(ask)), login_for_the_trace(ask.session, _login(ask)))
    return reply.page(
        ask,
        "extranet/account/sign_in.html",
        title="登录",
        next_path=_next(ask),
        must_sign_in=bool(ask.query("next")),
        **errors_given(refusal),
    )


@action(allow="officer_session.open")
def see_sign_in(ask: Ask) -> Response:
    """Show the sign-in form; who is signed in already goes on."""
    return reply.to(_next(ask)) if ask.actor.id else sign_in_page(ask)


def recognise_officer(ask: Ask) -> Officer:
    """The officer of the login and password typed: hashing takes long, so nobody's writing waits for it."""
    login, password = _login(ask), ask.text("password")
    words = {"login": "请填写账号" if not login else "", "password": "请填写密码" if not password else ""}
    if any(words.values()):
        raise FormRefusal({field: said for field, said in words.items() if said})
    device = ask.portal.cookies.known_device(ask.request)
    return sign_in_officer(ask.session, login=login, password=password, address=ask.address, at=ask.now, device=device)


@action(allow="officer_session.open", again=sign_in_page, prepare=recognise_officer)
def sign_in(ask: Ask) -> Response:
    """Take login and password: half signed in, under a new session token, until the second factor is given (T20)."""
    return stepped_up(ask, ask.prepared.id, HALF, f"/sign-in/code?{_next_query(ask)}")


def code_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form for the six digits; a wrong code is counted in a transaction of its own (T19)."""
    if isinstance(refusal, RuleRefusal) and refusal.field == "code" and ask.who is not None:
        _count_failure(ask, (f"factor:{ask.who.actor_id}",), "动态口令")
    words = CONFIRM_AGAIN if ask.actor.id else SIGN_IN
    return reply.page(
        ask,
        "extranet/account/code.html",
        title=words.heading,
        words=words,
        next_path=_next(ask),
        **errors_given(refusal),
    )


@action(allow="officer_session.open")
def see_code(ask: Ask) -> Response:
    """Ask for the second factor of who has given the password, or must give the factor again."""
    if _half_signed_in(ask) or _due_to_confirm(ask):
        return code_page(ask)
    return reply.to(_next(ask) if ask.actor.id else f"/sign-in?{_next_query(ask)}")


@action(allow="officer_session.open", again=code_page)
def give_code(ask: Ask) -> Response:
    """Take the second factor and sign in, or go on with what asked for it, under a new session token (A20.1, T20)."""
    officer = _half_signed_in(ask) or _due_to_confirm(ask)
    if officer is None or ask.who is None:
        return reply.to(_next(ask) if ask.actor.id else f"/sign-in?{_next_query(ask)}")
    check_second_factor(ask.session, officer, ask.text("code"), at=ask.now)
    forget_failures(ask.session, (_login_keys(ask, officer.login)[0], f"factor:{officer.id}"))
    if ask.actor.id:
        record(ask.session, "officer_session.confirm", "session", officer.id, "再次确认身份", by=ask.actor, at=ask.now)
        return confirmed(ask, ask.who, _next(ask))
    actor = actor_of_officer(ask.session, officer, at=ask.now)
    record(ask.session, "officer_session.open", "session", officer.id, "登录", by=actor, at=ask.now)
    return stepped_up(ask, officer.id, SIGNED_IN, _next(ask))


@action(allow="officer_session.close")
def sign_out(ask: Ask) -> Response:
    """End the session at once."""
    return ended(ask, "/sign-in")


@action(allow="officer_session.close")
def see_home(ask: Ask) -> Response:
    """Go to the first page this officer has use for; administrators, and who has none, are told their post."""
    held = [role for role in ROLE_NAMES if role in ask.actor.roles and role is not Role.OFFICER]
    first = next(iter(ask.portal.nav(ask)), None)
    if first is not None and not DUTIES.keys() & set(held):
        return reply.to(first_page(ask.actor) or first.href)
    return reply.page(
        ask,
        "extranet/account/home.html",
        title="首页",
        posts=[ROLE_NAMES[role] for role in held],
        duties=[DUTIES[role] for role in held if role in DUTIES],
        bounds=BOUNDS if any(role in DUTIES for role in held) else NO_POST,
    )


@action(allow="officer_preference.set")
def set_text_size(ask: Ask) -> Response:
    """Keep the choice of larger text and return to the page it was made on."""
    return text_size_kept(ask)


def _half_signed_in(ask: Ask) -> Officer | None:
    who = ask.who
    if who is None or who.stage != HALF or ask.now - who.opened_at > _BETWEEN_FACTORS:
        return None
    officer = ask.session.get(Officer, who.actor_id)
    return officer if officer is not None and officer.is_active else None


def _due_to_confirm(ask: Ask) -> Officer | None:
    """The officer who is signed in, but whose second factor no longer counts for acts of high value (T20)."""
    if not ask.actor.id or ask.who is None or counts_as_confirmed(ask.who.opened_at, ask.now):
        return None
    return ask.session.get(Officer, ask.actor.id)


def _count_failure(ask: Ask, keys: tuple[str, ...], who: str) -> None:
    with ask.portal.database.writing() as session:
        session.info["request"] = {"session_ref": ask.who.id[:16] if ask.who else "", "address": ask.address}
        note_failure(session, keys, who=who, at=ask.now)


def _login(ask: Ask) -> str:
    return ask.text("login").strip()[:40]


def _login_keys(ask: Ask, login: str) -> tuple[str, ...]:
    device = ask.portal.cookies.known_device(ask.request)
    return login_key(ask.session, login, device), f"address:{ask.address}"


def _next(ask: Ask) -> str:
    """Where to go after signing in: only a page of this portal that can be opened by its address."""
    wanted = ask.text("next") or ask.query("next")
    return wanted if can_be_opened(ask, wanted) and not wanted.startswith("/sign-in") else "/"


def _next_query(ask: Ask) -> str:
    return urlencode({"next": _next(ask)})


routes = [
    Route("/", see_home, methods=["GET"], name="home"),
    Route("/sign-in", see_sign_in, methods=["GET"], name="session.see"),
    Route("/sign-in", sign_in, methods=["POST"], name="session.open"),
    Route("/sign-in/code", see_code, methods=["GET"], name="session.code"),
    Route("/sign-in/code", give_code, methods=["POST"], name="session.confirm"),
    Route("/sign-out", sign_out, methods=["POST"], name="session.close"),
    Route("/preferences/text-size", set_text_size, methods=["POST"], name="preference.set"),
]
