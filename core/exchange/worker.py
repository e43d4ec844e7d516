"""The exchange's part in a zone's worker, and the loop that all of a worker's steps run in."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic

from core.database import Database, utc_now
from core.exchange.faults import Backoff, Behind
from core.exchange.files import FileStore
from core.exchange.inbox import apply_next, receive
from core.exchange.sealing import seal_all
from core.exchange.signing import Signer, Verifier
from core.exchange.standing import Mark, is_sure, wait
from core.exchange.taking_back import take_back
from core.exchange.watching import watching

AT_ONCE = 500
"""Messages that a worker applies before it looks at anything else."""

Step = Callable[[Database], int]
"""One piece of work: returns how much was done, 0 when there was nothing to do."""

log = logging.getLogger(__name__)


def exchange_step(
    db: Database, signer: Signer, verifier: Verifier, store: FileStore, *, own_keys: Verifier, mark: Mark
) -> int:
    """Take back what was lost, apply, receive and seal once; returns how many messages moved.

    A worker that is behind with applying takes nothing more in, so that the relay and then the far end feel it. While
    the database may be older than what it told, nothing is applied or sealed. `own_keys` are the zone's public keys.
    """
    taken = take_back(db, own_keys, now=utc_now())
    if not is_sure(db, mark, now=utc_now()):
        return taken + receive(db, verifier)
    try:
        applied = apply_next(db, store, limit=AT_ONCE)
        received = receive(db, verifier) if applied < AT_ONCE else 0
        if received:
            applied += apply_next(db, store, limit=AT_ONCE)
    except Behind as behind:
        wait(db, now=utc_now(), why=str(behind))
        return taken
    # twice as much as one turn applies at most is sealed: less, and the answers would pile up behind the work, or each
    # beginning, when nothing is written yet, would cost a tenth
    return taken + received + applied + seal_all(db, signer, now=utc_now, at_most=4 * AT_ONCE)


@dataclass
class _Paced:
    """A step with its own pauses, so that one which fails doesn't slow the others."""

    step: Step
    backoff: Backoff = field(default_factory=Backoff)
    resumes_at: float = 0.0


def run_worker(db: Database, steps: Sequence[Step], *, stop: threading.Event, idle_seconds: float = 0.1) -> None:
    """Run the steps in turn until `stop` is set, pausing when none had anything to do.

    A step that raises is logged and tried again after a growing pause; the worker itself never ends by it.
    """
    paced = [_Paced(step) for step in steps]
    with watching(db) as watch:
        while not stop.is_set():
            if sum(_run(db, each) for each in paced):
                watch.note_work()
            else:
                watch.rest(stop, idle_seconds)


def _run(db: Database, paced: _Paced) -> int:
    if monotonic() < paced.resumes_at:
        return 0
    try:
        done = paced.step(db)
    except Exception:
        pause = paced.backoff.next()
        paced.resumes_at = monotonic() + pause
        log.exception("worker step failed", extra={"zone": str(db.zone), "seconds": pause})
        return 0
    paced.backoff.reset()
    return done
