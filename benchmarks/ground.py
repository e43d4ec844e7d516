"""Where benchmarks run: databases of both engines that write through to the disk, as in production, gone afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.database import Zone
from tests.databases import Cluster, Templates, running_cluster

DURABLE = {
    "listen_addresses": "''",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "max_connections": "100",
}
ENGINES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Ground:
    """A folder on the disk and a PostgreSQL cluster beside it."""

    folder: Path
    cluster: Cluster
    templates: Templates
    kept: ExitStack

    def keep(self, engine: str, zone: Zone) -> str:
        """The URL of a new database that stays as long as the ground."""
        return self.kept.enter_context(self.database(engine, zone))

    @contextmanager
    def database(self, engine: str, zone: Zone) -> Iterator[str]:
        """The URL of a new database with the newest layout and nothing in it, gone afterwards."""
        with self.templates.copy(engine, zone) as url:
            yield url


@contextmanager
def ground() -> Iterator[Ground]:
    """A fresh ground under the system's temporary folder, which should lie on a disk."""
    place = tempfile.gettempdir()
    with ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        cluster = kept.enter_context(running_cluster(DURABLE, place))
        yield Ground(folder, cluster, Templates(folder, lambda: cluster), kept)


def sqlite_path(url: str) -> str:
    """The file of a SQLite URL."""
    return url.removeprefix("sqlite:///")


def psycopg_address(url: str) -> str:
    """A PostgreSQL URL as psycopg and pgbench understand it."""
    return url.replace("postgresql+psycopg://", "postgresql://")
