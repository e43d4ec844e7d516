"""Clients of a portal in this process, whose requests share one event loop.

Starlette's own client starts a loop and its threads for each request, which takes as long as answering it.
"""

from functools import cache
from threading import Event, Thread

import anyio
from anyio.from_thread import BlockingPortal
from starlette.applications import Starlette
from starlette.testclient import TestClient


def client_of(app: Starlette, base_url: str, *, follow_redirects: bool = True) -> TestClient:
    """A browser's worth of cookies before a portal; what the portal fails at is raised."""
    client = TestClient(app, base_url=base_url, follow_redirects=follow_redirects)
    client.portal = _loop()
    return client


@cache
def _loop() -> BlockingPortal:
    """The way into the loop, which runs until the process ends."""
    opened: list[BlockingPortal] = []
    is_open = Event()

    async def run() -> None:
        async with BlockingPortal() as portal:
            opened.append(portal)
            is_open.set()
            await portal.sleep_until_stopped()

    Thread(target=anyio.run, args=(run,), name="clients", daemon=True).start()
    is_open.wait()
    return opened[0]
