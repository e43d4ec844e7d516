"""Where a trial takes place: two migrated databases, two file stores, keys, and what a process is told of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from core.database import Database, Zone, open_database, utc_now
from core.documents.blobs import LocalStore
from core.domain.policy import PLATFORM, Actor
from core.exchange.key_files import KeyFile, PeerKeys, trust_key
from core.exchange.pump import Post
from core.exchange.signing import make_key
from core.guides.from_reference import publish_everything
from core.settings import ExtranetSettings, PublicSettings, ZoneSettings
from tests import world as cast
from tests.trial import kinds
from tests.world import World


@dataclass(frozen=True)
class Ground:
    """Picklable, so that every process can be told."""

    public_url: str
    extranet_url: str
    folder: Path
    seed: int
    began_at: datetime
    unit: Actor

    def url(self, zone: Zone) -> str:
        return self.public_url if zone is Zone.PUBLIC else self.extranet_url

    def key(self, zone: Zone) -> Path:
        return self.folder / "keys" / zone / "exchange.key"

    def trusted(self, zone: Zone) -> Path:
        """The folder of the keys that a zone accepts of the other."""
        return self.folder / "trusted" / zone

    def store(self, zone: Zone) -> LocalStore:
        return LocalStore(self.folder / "files" / zone)

    def archive(self, zone: Zone) -> Path:
        return self.folder / "archive" / zone

    def bundles(self, zone: Zone) -> Path:
        """Where a gatekeeper lays what this zone exported."""
        return self.folder / "bundles" / zone

    def journal(self, name: str) -> Path:
        return self.folder / f"{name}.journal"

    def settings(self, zone: Zone) -> ZoneSettings:
        """What the zone's worker is told."""
        kind = PublicSettings if zone is Zone.PUBLIC else ExtranetSettings
        told: dict[str, Any] = {
            "database_url": self.url(zone),
            "files_url": str(self.folder / "files" / zone),
            "secret_key": "trial" * 8,
            "base_url": "http://127.0.0.1",
            "public_url": "http://127.0.0.1",
            "signing_key_file": self.key(zone),
            "peer_key_files": (self.trusted(zone),),
            "field_keys_file": self.folder / "fields.keys",
        }
        return kind(**told)

    def open(self, zone: Zone) -> Database:
        place = {"store": self.store(zone), "public_url": "http://127.0.0.1"}
        return open_database(self.url(zone), zone, workplace=place, vault=cast.VAULT)

    @property
    def today(self) -> datetime:
        """The trial's own calendar begins on a working Monday, whenever it is run."""
        return cast.MONDAY_9AM + (utc_now() - self.began_at)

    @contextmanager
    def opened(self) -> Iterator[tuple[Database, Database]]:
        """Both databases: internet zone, extranet."""
        both = self.open(Zone.PUBLIC), self.open(Zone.EXTRANET)
        try:
            yield both
        finally:
            for database in both:
                database.close()


def prepare(public_url: str, extranet_url: str, folder: Path, seed: int) -> Ground:
    """Lay out both zones: keys that each trusts, the catalogue, one enterprise. Nothing was carried yet."""
    ground = Ground(public_url, extranet_url, folder, seed, utc_now() - timedelta(seconds=1), Actor(PLATFORM.role))
    folder.mkdir(parents=True)
    cast.field_keys(folder)
    for zone in Zone:
        make_key(ground.key(zone))
        ground.trusted(zone).mkdir(parents=True)
        kinds.lay_out(ground.url(zone))
    for zone in Zone:
        trust_key(ground.key(zone.other).with_name("exchange.key.pub"), ground.trusted(zone))
    with ground.opened() as (public, extranet):
        with extranet.writing() as session:
            publish_everything(session, by=PLATFORM, at=cast.MONDAY_9AM, in_force_from=date(2017, 8, 16))
        unit = cast.make_enterprise(World(_post(public, extranet, ground)))
    return Ground(public_url, extranet_url, folder, seed, ground.began_at, unit)


def world_of(ground: Ground, public: Database, extranet: Database) -> World:
    """The tests' words for acts of people, at the trial's present."""
    return World(_post(public, extranet, ground), ground.today, ground.unit)


def _post(public: Database, extranet: Database, ground: Ground) -> Post:
    signers = {zone: KeyFile(ground.key(zone)) for zone in Zone}
    verifiers = {zone: PeerKeys(ground.trusted(zone.other)) for zone in Zone}
    return Post(public, extranet, ground.store(Zone.PUBLIC), ground.store(Zone.EXTRANET), signers, verifiers)
