"""What both zones' workers need: database, files, the zone's signing key and the other zone's public keys (A2.1)."""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from core.database import Database, Zone, open_database, utc_now
from core.documents.blobs import open_store
from core.documents.content import Store
from core.exchange import leases
from core.exchange.key_files import KeyFile, PeerKeys
from core.exchange.signing import ChainHash, Signer, Verifier
from core.exchange.standing import Mark
from core.exchange.worker import Step, exchange_step
from core.settings import ZoneSettings
from core.vault import open_vault

HOUR_SECONDS = 3600.0
LEAD_SECONDS = 60.0
"""How long a process leads a step at least before another may take it over."""


@dataclass(frozen=True)
class Workshop:
    """One zone's worker at its bench."""

    database: Database
    store: Store
    signer: Signer
    verifier: Verifier
    own_keys: Verifier
    mark: Mark

    def exchange(self, database: Database) -> int:
        """Receive, apply and seal once."""
        return exchange_step(database, self.signer, self.verifier, self.store, own_keys=self.own_keys, mark=self.mark)

    def clear_unfinished(self, database: Database) -> int:
        """Delete what interrupted transfers left in the file store a day ago and nobody went on with."""
        return self.store.clear_unfinished(older_than=utc_now() - timedelta(days=1))


def open_workshop(zone: Zone, settings: ZoneSettings) -> Workshop:
    """Open what the settings name. Refuses to start without the zone's own key and a key of the other zone."""
    if settings.signing_key_file is None or not settings.peer_key_files:
        raise ValueError(f"the {zone} worker needs TZXM_{zone.upper()}_SIGNING_KEY_FILE and …_PEER_KEY_FILES")
    store = open_store(settings.files_url)
    workplace = {"store": store, "public_url": settings.public_url}
    return Workshop(
        database=open_database(
            settings.database_url, zone, workplace=workplace, vault=open_vault(settings.field_keys_file)
        ),
        store=store,
        signer=KeyFile(settings.signing_key_file, ChainHash(settings.chain_hash)),
        verifier=PeerKeys(*settings.peer_key_files),
        own_keys=PeerKeys(settings.signing_key_file.parent),
        mark=Mark(settings.mark_file or settings.signing_key_file.with_name(f"{settings.signing_key_file.name}.mark")),
    )


def alone(name: str, seconds: float, step: Step) -> Step:
    """A step that has its turn now and then, in one process of the zone; another takes over when that one is gone."""

    def led(database: Database) -> int:
        with database.writing() as session:
            until = max(2 * seconds, LEAD_SECONDS)
            if leases.take(session, f"step:{name}", now=utc_now(), seconds=until) is None:
                return 0
        return step(database)

    return every(seconds, led)


def every(seconds: float, step: Step) -> Step:
    """A step that has its turn only now and then."""
    last = [float("-inf")]

    def paced(database: Database) -> int:
        if monotonic() - last[0] < seconds:
            return 0
        last[0] = monotonic()
        return step(database)

    return paced
