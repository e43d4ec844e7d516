"""`tzxm serve`: both portals, both workers and the relay under one supervisor, each told its own zone (A2.1)."""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from core.database import Zone, open_database
from core.exchange.key_files import trust_key
from core.exchange.signing import make_key, public_path
from core.vault import add_key, open_vault

if TYPE_CHECKING:
    from core.exchange.pump import Post

ROOT = Path(__file__).resolve().parents[1]
Say = Callable[[str], None]
_SOON_SECONDS = 120
"""A process that ends four times within so long ends every time: starting it again is no use."""


@dataclass(frozen=True)
class House:
    """Where `tzxm serve` keeps everything, and at which ports its portals answer."""

    folder: Path
    public_port: int
    extranet_port: int
    host: str = "127.0.0.1"
    public_database: str = ""
    extranet_database: str = ""

    def address(self, zone: Zone) -> str:
        """How a browser reaches a portal."""
        return f"http://{self.host}:{self.public_port if zone is Zone.PUBLIC else self.extranet_port}"

    def database_url(self, zone: Zone) -> str:
        """The zone's database: a SQLite file in the zone's folder, unless another was named."""
        return self._named(zone) or f"sqlite:///{self.folder / zone / 'platform.db'}"

    def _named(self, zone: Zone) -> str:
        return self.public_database if zone is Zone.PUBLIC else self.extranet_database

    def files(self, zone: Zone) -> Path:
        """The zone's file store."""
        return self.folder / zone / "files"

    def key(self, zone: Zone) -> Path:
        """The zone's private exchange key."""
        return self.folder / zone / "keys" / "exchange.key"

    def field_keys(self, zone: Zone) -> Path:
        """The keys of the zone's sealed fields."""
        return self.folder / zone / "keys" / "fields.keys"

    def peers(self, zone: Zone) -> Path:
        """The public keys of the other zone that this one accepts."""
        return self.folder / zone / "keys" / "peer"

    def prepare(self) -> None:
        """Make the folders, the keys of exchange and fields, and the portals' secrets, where they are missing."""
        for zone in Zone:
            self.files(zone).mkdir(parents=True, exist_ok=True)
            self.key(zone).parent.mkdir(mode=0o700, exist_ok=True)
            if not self.key(zone).exists():
                make_key(self.key(zone))
            if not self.field_keys(zone).exists():
                add_key(self.field_keys(zone))
            secret = self.folder / zone / "keys" / "portal.secret"
            if not secret.exists():
                secret.touch(mode=0o600)
                secret.write_text(secrets.token_urlsafe(48), encoding="ascii")
        for zone in Zone:
            self.peers(zone).mkdir(exist_ok=True)
            if not any(self.peers(zone).iterdir()):
                trust_key(public_path(self.key(zone.other)), self.peers(zone))

    def clear(self) -> None:
        """Delete the databases and files that lie in the folder; no key, and nothing of a database that was named."""
        for zone in Zone:
            if not self._named(zone):
                for file in (self.folder / zone).glob("platform.db*"):
                    file.unlink()
                shutil.rmtree(self.files(zone), ignore_errors=True)

    def zone_environment(self, zone: Zone, *, with_keys: bool) -> dict[str, str]:
        """What a process of one zone is told; only the worker is told where the exchange keys lie."""
        prefix = f"TZXM_{zone.upper()}_"
        values = {
            "DATABASE_URL": self.database_url(zone),
            "FILES_URL": str(self.files(zone)),
            "SECRET_KEY": (self.folder / zone / "keys" / "portal.secret").read_text(encoding="ascii"),
            "BASE_URL": self.address(zone),
            "PUBLIC_URL": self.address(Zone.PUBLIC),
            "HOST": self.host,
            "PORT": str(self.public_port if zone is Zone.PUBLIC else self.extranet_port),
            "FIELD_KEYS_FILE": str(self.field_keys(zone)),
            "IS_DEMO": "true",
        }
        if with_keys:
            values["SIGNING_KEY_FILE"] = str(self.key(zone))
            values["PEER_KEY_FILES"] = f'["{self.peers(zone)}"]'
        return {prefix + name: value for name, value in values.items()}

    def relay_environment(self) -> dict[str, str]:
        """What the relay is told: both databases and file stores, no key."""
        return {
            "TZXM_RELAY_PUBLIC_DATABASE_URL": self.database_url(Zone.PUBLIC),
            "TZXM_RELAY_EXTRANET_DATABASE_URL": self.database_url(Zone.EXTRANET),
            "TZXM_RELAY_PUBLIC_FILES_URL": str(self.files(Zone.PUBLIC)),
            "TZXM_RELAY_EXTRANET_FILES_URL": str(self.files(Zone.EXTRANET)),
        }

    def processes(self) -> dict[str, tuple[list[str], dict[str, str]]]:
        """Every process by name: its command and what it is told."""
        public, extranet = Zone.PUBLIC, Zone.EXTRANET
        return {
            "互联网门户": (["public"], self.zone_environment(public, with_keys=False)),
            "政务外网门户": (["extranet"], self.zone_environment(extranet, with_keys=False)),
            "互联网区后台": (["worker", "public"], self.zone_environment(public, with_keys=True)),
            "政务外网区后台": (["worker", "extranet"], self.zone_environment(extranet, with_keys=True)),
            "交换": (["relay"], self.relay_environment()),
        }

    def busy_port(self) -> int | None:
        """The first of both ports that another program holds; None when both are free."""
        for port in (self.public_port, self.extranet_port):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind((self.host, port))
                except OSError:
                    return port
        return None


def open_post(house: House) -> "Post":
    """Both databases of a house, and its exchange by its own keys; who opens it closes the databases."""
    from core.documents.blobs import open_store
    from core.exchange.pump import Post
    from core.exchange.signing import load_signer, load_verifier

    stores = {zone: open_store(str(house.files(zone))) for zone in Zone}
    databases = {
        zone: open_database(
            house.database_url(zone),
            zone,
            workplace={"store": stores[zone], "public_url": house.address(Zone.PUBLIC)},
            vault=open_vault(house.field_keys(zone)),
        )
        for zone in Zone
    }
    return Post(
        databases[Zone.PUBLIC],
        databases[Zone.EXTRANET],
        stores[Zone.PUBLIC],
        stores[Zone.EXTRANET],
        {zone: load_signer(house.key(zone)) for zone in Zone},
        {zone: load_verifier(public_path(house.key(zone))) for zone in Zone},
    )


class Supervisor:
    """Starts processes, starts again what dies, and stops all of them cleanly."""

    def __init__(self, house: House, say: Say) -> None:
        self.house = house
        self.say = say
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.deaths: dict[str, list[float]] = {}
        self.stopping = False

    def run(self, announce: Callable[[], None]) -> int:
        """Run everything until Ctrl-C or SIGTERM; the number to leave with, 0 when stopped on purpose."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for name in self.house.processes():
            self._start(name)
        try:
            if self._wait_until_ready():
                announce()
            while not self.stopping and self._all_well():
                time.sleep(0.3)
        finally:
            self._end_all()
        return 0 if self.stopping else 1

    def _start(self, name: str) -> None:
        words, told = self.house.processes()[name]
        self.running[name] = subprocess.Popen(
            [sys.executable, "-m", "core.command", *words],
            env=clean_environment() | told,
            cwd=ROOT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends the others in order
            preexec_fn=_die_with_parent,
        )

    def _wait_until_ready(self) -> bool:
        until = time.monotonic() + 60
        while time.monotonic() < until and not self.stopping and self._all_well():
            if all(_answers(self.house.host, port) for port in (self.house.public_port, self.house.extranet_port)):
                return True
            time.sleep(0.1)
        return False

    def _all_well(self) -> bool:
        for name, process in list(self.running.items()):
            if process.poll() is None:
                continue
            died = [at for at in self.deaths.get(name, []) if time.monotonic() - at < _SOON_SECONDS]
            self.deaths[name] = [*died, time.monotonic()]
            if len(died) >= 3:
                self.say(f"{name}反复退出（退出码 {process.returncode}），已停止")
                return False
            self.say(f"{name}意外退出（退出码 {process.returncode}），正在重新启动")
            time.sleep(0.5)
            self._start(name)
        return True

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _end_all(self) -> None:
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        until = time.monotonic() + 15
        for process in self.running.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def clean_environment() -> dict[str, str]:
    """This process's environment without any zone's settings: a child is told its own zone and nothing else."""
    kept: Mapping[str, str] = {name: value for name, value in os.environ.items() if not name.startswith("TZXM_")}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH", "")])])}


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex((host, port)) == 0


def _die_with_parent() -> None:
    # Where the supervisor is killed without a chance to tidy up, Linux ends its children (prctl PR_SET_PDEATHSIG).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)
