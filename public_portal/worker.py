"""The internet zone's worker: seals what the portal told, applies what the extranet told, forgets in time (A2.1)."""

import threading

from core import appliers
from core.accounts.forgetting import FORGETTING_SECONDS, forget_the_old
from core.database import Zone
from core.exchange.heartbeats import tell_life
from core.exchange.pulses import BEAT_SECONDS, STANDING_SECONDS, beat_worker, tell_standing
from core.exchange.reconciling import NIGHTLY_SECONDS, report_the_day, report_the_week
from core.exchange.worker import Step, run_worker
from core.settings import ZoneSettings, zone_settings
from core.zone_worker import HOUR_SECONDS, Workshop, alone, every, open_workshop

assert appliers.MODULES  # every applier must be known before the first message is applied


def steps(workshop: Workshop) -> list[Step]:
    """What this worker does in turn."""
    return [
        workshop.exchange,
        every(BEAT_SECONDS, beat_worker),
        alone("heartbeat", BEAT_SECONDS, tell_life),
        alone("day-report", NIGHTLY_SECONDS, report_the_day),
        alone("week-report", HOUR_SECONDS, report_the_week),
        alone("unfinished", HOUR_SECONDS, workshop.clear_unfinished),
        alone("standing", STANDING_SECONDS, tell_standing),
        alone("forgetting", FORGETTING_SECONDS, forget_the_old),
    ]


def run(stop: threading.Event, settings: ZoneSettings | None = None) -> None:
    """Work until `stop` is set."""
    workshop = open_workshop(Zone.PUBLIC, settings or zone_settings(Zone.PUBLIC))
    try:
        run_worker(workshop.database, steps(workshop), stop=stop)
    finally:
        workshop.database.close()
