"""The account of an officer: where it is signed in, its password (A20.1, T20)."""

from core.web.own_account import account_routes

routes = account_routes(see="officer_account.see", secure="officer_account.secure")
