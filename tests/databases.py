"""Throwaway databases for tests: a PostgreSQL cluster of one's own, and fresh migrated databases of both engines.

Migrating takes seconds, copying milliseconds: each zone is migrated once per worker and engine, then copied per test.
"""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import make_url

from core import migrating
from core.database import Zone

ENGINES = ("sqlite", "postgresql")
Finish = Callable[[str], None]
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "max_connections": "80",
}


class Cluster:
    """A running PostgreSQL that only this worker knows, reached by a socket in `folder`.

    `own` is the connection through which databases come and go: opening one each time takes as long as dropping one.
    """

    def __init__(self, folder: Path, own: psycopg.Connection) -> None:
        self.folder = folder
        self._own = own
        self._numbers = count(1)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, template: str = "template0", name: str = "") -> str:
        name = name or f"t{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        self._own.execute(statement)


@contextmanager
def running_cluster(settings: Mapping[str, str] = SETTINGS, place: str | None = None) -> Iterator[Cluster]:
    """A fresh cluster, gone afterwards. Run by root it belongs to the user postgres, who alone may start one.

    It lies in memory unless `place` names a folder; `settings` are those of the server.
    """
    binaries = postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=place or roomy_place()))  # a socket's path has room for 107 bytes
    before: list[str] = []
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        before = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *words: str) -> None:
        command = [*before, str(binaries / program), "-D", f"{folder}/cluster", *words]
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)

    options = " ".join(
        f"-c {name}={value}" for name, value in ({**settings, "unix_socket_directories": str(folder)}).items()
    )
    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "start", "-w", "-l", f"{folder}/log", "-o", options)
        try:
            with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as own:
                yield Cluster(folder, own)
        finally:
            run("pg_ctl", "stop", "-m", "immediate")
    finally:
        shutil.rmtree(folder)


def roomy_place() -> str:
    """Memory, if a gigabyte is free: a database is 450 files, copied 20 times faster there than on disk."""
    memory = "/dev/shm"
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return memory if has_room else "/tmp"


def postgres_binaries() -> Path:
    """The folder that holds initdb: Debian keeps it off the path. Fails where PostgreSQL is missing."""
    said = shutil.which("pg_config")
    asked = [subprocess.check_output([said, "--bindir"], text=True).strip()] if said else []
    debian = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
    for folder in (*asked, *reversed(debian)):
        if Path(folder, "initdb").exists():
            return Path(folder)
    raise RuntimeError("PostgreSQL's initdb is missing; `make setup-test` installs it")


class Templates:
    """Migrated databases to copy: one per engine, zone and what was laid out beyond, made when first asked for.

    An address that is free again is given out again, so that whoever keeps an engine for it may use it once more.
    """

    def __init__(self, folder: Path, cluster: Callable[[], Cluster]) -> None:
        self._folder = folder
        self._cluster = cluster
        self._made: dict[tuple[str, Zone, Finish | None], str] = {}
        self._free: dict[tuple[str, Zone], list[str]] = {}
        self._numbers = count(1)

    @contextmanager
    def copy(self, engine: str, zone: Zone, finish: Finish | None = None) -> Iterator[str]:
        """The URL of a fresh database with the newest layout, gone afterwards. `engine` is one of ENGINES.

        `finish` is given the URL of the template once, to lay out more.
        """
        if (engine, zone, finish) not in self._made:
            made = self._make_sqlite(zone, finish) if engine == "sqlite" else self._make_postgres(zone, finish)
            self._made[engine, zone, finish] = made
        template, free = self._made[engine, zone, finish], self._free.setdefault((engine, zone), [])
        name = free.pop() if free else f"copy_{next(self._numbers)}_{zone}"
        copied = self._copied_database(template, name)
        if engine == "sqlite":
            copied = self._copied_file(template, self._folder / name / f"{zone}.db")
        with copied as url:
            yield url
        free.append(name)

    def _make_sqlite(self, zone: Zone, finish: Finish | None) -> str:
        path = self._folder / f"template-{next(self._numbers)}-{zone}.db"
        if finish is None:
            migrating.upgrade(zone, f"sqlite:///{path}")
        else:
            with self.copy("sqlite", zone) as migrated:
                finish(migrated)
                shutil.copy(make_url(migrated).database or "", path)
        return str(path)

    def _make_postgres(self, zone: Zone, finish: Finish | None) -> str:
        cluster = self._cluster()
        if finish is None:
            name = cluster.create()
            migrating.upgrade(zone, cluster.url(name))
            return name
        with self.copy("postgresql", zone) as migrated:
            finish(migrated)
            return cluster.create(make_url(migrated).database or "")

    @contextmanager
    def _copied_file(self, template: str, path: Path) -> Iterator[str]:
        path.parent.mkdir()
        shutil.copy(template, path)
        try:
            yield f"sqlite:///{path}"
        finally:
            shutil.rmtree(path.parent)

    @contextmanager
    def _copied_database(self, template: str, name: str) -> Iterator[str]:
        cluster = self._cluster()
        try:
            yield cluster.url(cluster.create(template, name))
        finally:
            cluster.drop(name)
