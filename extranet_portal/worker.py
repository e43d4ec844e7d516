"""The extranet zone's worker: exchange, acceptance by silence, lights earned (A14.3, A14.4d)."""

import logging
import threading
from datetime import datetime

from core import appliers
from core.accounts.forgetting import FORGETTING_SECONDS, forget_the_old
from core.cases import intake
from core.cases.recounting import recount
from core.clocks import business_date
from core.consultations.reply_lights import sweep_replies
from core.database import Database, Zone, utc_now
from core.documents.rendering import warm
from core.exchange.heartbeats import tell_life
from core.exchange.pulses import BEAT_SECONDS, beat_worker
from core.exchange.reconciling import NIGHTLY_SECONDS, report_the_day, report_the_week
from core.exchange.worker import Step, run_worker
from core.guides.calendar_revisions import being_counted
from core.settings import ZoneSettings, zone_settings
from core.supervision.lights import sweep
from core.zone_worker import HOUR_SECONDS, Workshop, alone, every, open_workshop

log = logging.getLogger(__name__)

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
        alone("recount", 30, recount_dates),
        alone("silence", 30, accept_the_silent),
        alone("lights", 30, record_lights),
        alone("forgetting", FORGETTING_SECONDS, forget_the_old),
    ]


def recount_dates(database: Database, now: datetime | None = None) -> int:
    """After a revision of the calendar: count the open cases anew, batch by batch, one transaction each (A15.1)."""
    at, batches, is_left = now or utc_now(), 0, True
    while is_left:
        with database.reading() as session:
            if being_counted(session) is None:
                break
        with database.writing() as session:
            is_left = recount(session, at=at)
        batches += 1
    return batches


def accept_the_silent(database: Database, now: datetime | None = None) -> int:
    """Applications left unanswered beyond the limit are accepted from the day of receipt, one transaction each.

    A case that can't be is logged and tried again next time; it keeps no other waiting. Returns how many were accepted.
    """
    at = now or utc_now()
    accepted, last = 0, 0
    while waiting := _silent_after(database, last, at):
        accepted += sum(_accepted(database, case_id, at) for case_id in waiting)
        last = waiting[-1]
    return accepted


def _silent_after(database: Database, last: int, at: datetime) -> list[int]:
    with database.reading() as session:
        if being_counted(session) is not None:
            return []  # the last day may just be moving
        return [case.id or 0 for case in intake.silent_cases(session, business_date(at), after=last)]


def _accepted(database: Database, case_id: int, at: datetime) -> bool:
    try:
        with database.writing() as session:
            session.info["now"] = at
            case = intake.still_silent(session, case_id, business_date(at))
            if case is not None:
                intake.deem_accepted(session, case, at=at)
    except Exception:
        log.exception("acceptance by silence failed", extra={"case_id": case_id})
        return False
    return case is not None


def record_lights(database: Database, now: datetime | None = None) -> int:
    """Write down the lights that clocks and awaited replies have earned since the last look."""
    at = now or utc_now()
    with database.writing() as session:
        if being_counted(session) is not None:
            return 0
        today = business_date(at)
        return sweep(session, today=today, at=at) + sweep_replies(session, today=today, at=at)


def run(stop: threading.Event, settings: ZoneSettings | None = None) -> None:
    """Work until `stop` is set."""
    warm()  # acceptance by silence prints notices: not with a transaction waiting for the fonts
    workshop = open_workshop(Zone.EXTRANET, settings or zone_settings(Zone.EXTRANET))
    try:
        run_worker(workshop.database, steps(workshop), stop=stop)
    finally:
        workshop.database.close()
