"""Where people see where they are signed in and keep their account safe, the same in both portals (A20.1, T20)."""

from starlette.responses import Response
from starlette.routing import Route

from core.accounts import securing
from core.accounts.securing import NewPassword
from core.accounts.sessions import OpenSession
from core.accounts.signing_in import SHORTEST_PASSWORD, note_failure
from core.errors import Conflict, Refusal, RuleRefusal
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from core.web.visits import renewed

WORDS = {"password": "密码已更换，其他登录都已退出", "sessions": "其他登录都已退出"}


def account_routes(*, see: str, secure: str) -> list[Route]:
    """The addresses of one's own account in a portal; `see` and `secure` are the actions its policy names."""
    page = action(allow=see)(account_page)
    renew = action(allow=secure, again=account_page, prepare=approved_hash)(set_password)
    end = action(allow=secure, again=account_page)(end_others)
    return [
        Route("/account", page, methods=["GET"], name="own_account.see"),
        Route("/account/password", page, methods=["GET"], name="own_account.see_password"),
        Route("/account/password", renew, methods=["POST"], name="own_account.set_password"),
        Route("/account/sign-outs", page, methods=["GET"], name="own_account.see_sign_outs"),
        Route("/account/sign-outs", end, methods=["POST"], name="own_account.end_others"),
    ]


def account_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """Where one is signed in, and the form for a new password; a wrong present one is counted."""
    if isinstance(refusal, RuleRefusal) and refusal.field == "current_password":
        with ask.portal.database.writing() as session:
            session.info["request"] = {"session_ref": _own(ask).id[:16], "address": ask.address}
            note_failure(session, (securing.guess_key(ask.actor),), who=ask.actor.name, at=ask.now)
    return reply.page(
        ask,
        f"{ask.portal.zone}/account/security.html",
        title="账号安全",
        status=reply.status_of(refusal) if refusal else 200,
        here=securing.signed_in(ask.session, ask.actor, this=_own(ask).id, at=ask.now),
        done=WORDS.get(ask.query("done"), ""),
        shortest=SHORTEST_PASSWORD,
        **({"errors": reply.errors_of(refusal)} if refusal else {}),
    )


def approved_hash(ask: Ask) -> str:
    """The hash of the new password that was typed."""
    typed = NewPassword(ask.text("current_password"), ask.text("password"), ask.text("password_again"))
    return securing.approved_hash(ask.session, ask.actor, typed, at=ask.now)


def set_password(ask: Ask) -> Response:
    """Set the new password and go on under a new token, everywhere else being signed out."""
    securing.set_password(ask.session, ask.prepared, this=_own(ask).id, by=ask.actor, at=ask.now)
    return renewed(ask, _own(ask), f"{ask.request.url.path.rpartition('/')[0]}?done=password")


def end_others(ask: Ask) -> Response:
    """Sign out everywhere else."""
    securing.end_others(ask.session, this=_own(ask).id, by=ask.actor, at=ask.now)
    return reply.to(f"{ask.request.url.path.rpartition('/')[0]}?done=sessions")


def _own(ask: Ask) -> OpenSession:
    if ask.who is None:
        raise Conflict("登录已结束，请重新登录")
    return ask.who
