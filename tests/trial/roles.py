"""The processes of a trial: two workers per zone, two relays, both portals' writers, the operators.

Workers and relays run exactly what `tzxm worker` and `tzxm relay` run. Each is forked from a server that has imported
everything once, so that a trial's time is spent on exchanging.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

from core.database import Zone
from core.exchange.relay import RelaySettings, run_relay
from extranet_portal import worker as extranet_worker
from public_portal import worker as public_worker
from tests.trial import fuse as fuses
from tests.trial import operators, writers
from tests.trial.fuse import Fuse, make_fuse
from tests.trial.ground import Ground

Work = Callable[..., None]


def relay(ground: Ground, *, stop: threading.Event) -> None:
    stores = ground.store(Zone.PUBLIC), ground.store(Zone.EXTRANET)
    run_relay(
        RelaySettings(ground.public_url, ground.extranet_url, *stores, idle_seconds=0.05, standby_seconds=0.2),
        stop=stop,
    )


def public(ground: Ground, *, stop: threading.Event) -> None:
    public_worker.run(stop, ground.settings(Zone.PUBLIC))


def extranet(ground: Ground, *, stop: threading.Event) -> None:
    extranet_worker.run(stop, ground.settings(Zone.EXTRANET))


CARRYING: dict[str, Work] = {
    "relay-1": relay, "relay-2": relay,
    "public-1": public, "public-2": public,
    "extranet-1": extranet, "extranet-2": extranet,
}  # fmt: skip
"""What must run for messages to arrive."""

ACTING: dict[str, Work] = {
    "unit-1": partial(writers.work, zone=Zone.PUBLIC, name="unit-1"),
    "unit-2": partial(writers.work, zone=Zone.PUBLIC, name="unit-2"),
    "officer": partial(writers.work, zone=Zone.EXTRANET, name="officer"),
    "operator": partial(operators.work, name="operator"),
}
"""What makes messages, and trouble."""


def main(role: str, ground: Ground, fuse: Fuse) -> None:
    """One process, until it is killed."""
    logging.basicConfig(
        filename=ground.folder / f"{role}.log", level=logging.WARNING, format="%(asctime)s %(message)s", force=True
    )
    fuses.lay(fuse)
    try:
        (CARRYING | ACTING)[role](ground, stop=threading.Event())
    except BaseException:
        logging.exception("%s ended by itself", role)
        raise


class Household:
    """The processes by their role; whoever was killed is started again."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload([__name__])
        self.fuses = {role: make_fuse(self._context) for role in CARRYING | ACTING}
        self._running: dict[str, BaseProcess] = {}

    def start(self, *roles: str) -> None:
        for role in roles:
            self.fuses[role].renew()
            process = self._context.Process(target=main, args=(role, self._ground, self.fuses[role]))
            process.start()
            self._running[role] = process

    def kill(self, *roles: str) -> None:
        """End them at once, wherever they are."""
        for role in roles:
            self._running[role].kill()
        for role in roles:
            self._running.pop(role).join()

    def await_end(self, role: str, seconds: float) -> bool:
        """Whether its fuse ended it in time."""
        self._running[role].join(seconds)
        return not self._running[role].is_alive()

    def at_work(self, seconds: float = 60.0) -> list[str]:
        """Who has come past its start; waits until most have, so that kills don't only meet those who begin."""
        deadline = time.monotonic() + seconds
        while True:
            found = [role for role in self._running if self.fuses[role].is_at_work]
            if 3 * len(found) > 2 * len(self._running) or (found and time.monotonic() > deadline):
                return sorted(found)
            time.sleep(0.01)

    def ended_by_themselves(self) -> list[str]:
        """Who is gone though nobody killed it."""
        return [role for role, process in self._running.items() if not process.is_alive()]

    def close(self) -> None:
        self.kill(*self._running)
