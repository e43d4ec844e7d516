"""A running platform: all five processes on either engine, on which the stories have been played before."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from core.accounts.sessions import SIGNED_IN, open_session
from core.database import Database, Zone, utc_now
from core.domain.policy import Actor
from core.serving import ROOT, House, clean_environment, open_post
from core.settings import ZoneSettings
from core.web.session import Cookies
from tests.databases import Templates
from tests.journeys.stories import Stories, play
from tests.world import World


@dataclass
class Platform:
    """Running processes by name, where the portals answer, and what happened on it before."""

    house: House
    databases: Mapping[Zone, Database]
    stories: Stories
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def public(self) -> str:
        return self.house.address(Zone.PUBLIC)

    @property
    def extranet(self) -> str:
        return self.house.address(Zone.EXTRANET)

    def start(self, *names: str) -> None:
        """Start the named processes, or all of them."""
        for name in names or tuple(self.house.processes()):
            words, told = self.house.processes()[name]
            command = [sys.executable, "-m", "core.command", *words]
            self.processes[name] = subprocess.Popen(command, env=clean_environment() | told, cwd=ROOT)

    def stop(self, *names: str) -> None:
        """Stop the named processes, or all of them."""
        for name in names or tuple(self.processes):
            process = self.processes.pop(name)
            process.terminate()
            process.wait(20)

    def wait(self) -> None:
        """Return when both portals answer."""
        until = time.monotonic() + 180
        while time.monotonic() < until:
            if all(answers(port) for port in (self.house.public_port, self.house.extranet_port)):
                return
            time.sleep(0.1)
        raise TimeoutError("the portals do not answer")

    def cookie(self, zone: Zone, actor: Actor) -> dict[str, str]:
        """What the browser of somebody who has signed in bears; signing in by hand is the main job's journey."""
        told = {
            name.partition(f"TZXM_{zone.upper()}_")[2].lower(): value
            for name, value in self.house.zone_environment(zone, with_keys=False).items()
        }
        cookies = Cookies(ZoneSettings.model_validate(told), zone)
        with self.databases[zone].writing() as session:
            token, _ = open_session(session, actor_id=actor.id, stage=SIGNED_IN, address="", at=utc_now())
        return {"name": cookies.session_name, "value": cookies.signed(token), "url": self.house.address(zone)}


@contextmanager
def running_platform(engine: str, templates: Templates, folder: Path) -> Iterator[Platform]:
    with ExitStack() as stack:
        urls = {zone: stack.enter_context(templates.copy(engine, zone)) for zone in Zone}
        house = House(
            folder, free_port(), free_port(), public_database=urls[Zone.PUBLIC], extranet_database=urls[Zone.EXTRANET]
        )
        house.prepare()
        post = open_post(house)  # so that its processes go on where the stories end
        databases = {Zone.PUBLIC: post.public, Zone.EXTRANET: post.extranet}
        for database in databases.values():
            stack.callback(database.close)
        platform = Platform(house, databases, play(World(post)))
        stack.callback(platform.stop)
        platform.start()
        platform.wait()
        yield platform


def free_port() -> int:
    """A port of this machine that nobody holds."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether someone answers at a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
