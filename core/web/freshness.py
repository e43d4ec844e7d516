"""Up to which moment the internet portal knows how cases stand: said on every page as soon as it is behind (A2.1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.database import Zone
from core.exchange.heartbeats import told_up_to_lately
from core.exchange.pulses import SLOW
from core.web.ask import Ask

UNREAD = timedelta(seconds=10)
"""How much older the figure may look than it is: it is read every few seconds, and told every half minute."""


@dataclass(frozen=True)
class Freshness:
    """The moment, and whether it lies so far back that every page must say so."""

    at: datetime
    is_behind: bool


def freshness(ask: Ask) -> Freshness | None:
    """How fresh the internet zone's picture of the extranet is; None in the extranet, and before it told anything."""
    if ask.portal.zone is not Zone.PUBLIC:
        return None
    at = told_up_to_lately(ask.session)
    if at is None:
        return None
    return Freshness(min(at, ask.now), is_behind=ask.now - at > SLOW + UNREAD)
