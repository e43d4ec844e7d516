"""Acts of high value: an officer gives the second factor again when it was given too long ago (T20, ASVS 2.3.5)."""

from datetime import datetime, timedelta

CONFIRMED_FOR = timedelta(minutes=15)
"""How long a second factor counts for these acts; for all others it counts as long as the session."""

CONFIRMED_ACTS = frozenset(
    {
        "case.approve",
        "case.correct",
        "case.revoke",
        "change.grant",
        "change.grant_as_major",
        "exchange.release",
        "exchange.confirm_skip",
        "officer_account.secure",
    }
)
"""Permissions, as the policy names them, of what binds others at once, lets held messages through, or opens
an account to somebody else."""


def counts_as_confirmed(confirmed_at: datetime, at: datetime) -> bool:
    """Whether a second factor given at one instant counts at another for acts of high value."""
    return at - confirmed_at < CONFIRMED_FOR


def must_confirm(action: str, confirmed_at: datetime, at: datetime) -> bool:
    """Whether whoever takes this action must give the second factor again first (T20)."""
    return action in CONFIRMED_ACTS and not counts_as_confirmed(confirmed_at, at)
