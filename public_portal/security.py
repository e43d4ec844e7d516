"""The account of a project unit's person: where it is signed in, its password (A20.1, T20)."""

from core.web.own_account import account_routes

routes = account_routes(see="own_account.see", secure="own_account.secure")
