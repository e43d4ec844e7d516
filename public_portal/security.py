"""The account of a project unit's person: where it is signed in, its password (A20.1, T20)."""

from starlette.responses import Response
from starlette.routing import Route

from core.web import own_account
from core.web.action import action
from core.web.ask import Ask


@action(allow="own_account.see")
def see_account(ask: Ask) -> Response:
    """Show where one is signed in, and the form for a new password."""
    return own_account.account_page(ask)


@action(allow="own_account.secure", again=own_account.account_page, prepare=own_account.approved_hash)
def set_password(ask: Ask) -> Response:
    """Set a new password; every other session ends."""
    return own_account.set_password(ask)


@action(allow="own_account.secure", again=own_account.account_page)
def end_others(ask: Ask) -> Response:
    """Sign out everywhere else."""
    return own_account.end_others(ask)


routes = [
    Route("/account", see_account, methods=["GET"], name="own_account.see"),
    Route("/account/password", see_account, methods=["GET"], name="own_account.see_password"),
    Route("/account/password", set_password, methods=["POST"], name="own_account.set_password"),
    Route("/account/sign-outs", see_account, methods=["GET"], name="own_account.see_sign_outs"),
    Route("/account/sign-outs", end_others, methods=["POST"], name="own_account.end_others"),
]
