"""What the processes do that a test kills: the relay, and the worker of either zone."""

import threading
from functools import partial
from pathlib import Path

from core.database import Zone, open_database
from core.documents.blobs import LocalStore
from core.exchange.relay import RelaySettings, run_relay
from core.exchange.signing import load_signer, load_verifier
from core.exchange.worker import exchange_step, run_worker
from tests.core.exchange import crossing  # noqa: F401  (its kinds and appliers)


def main(role: str, public_url: str, extranet_url: str, folder: Path) -> None:
    stores = {zone: LocalStore(folder / f"files-{zone}") for zone in Zone}
    stop = threading.Event()
    if role == "relay":
        run_relay(RelaySettings(public_url, extranet_url, *stores.values(), idle_seconds=0.02), stop=stop)
        return
    zone = Zone(role)
    db = open_database(public_url if zone is Zone.PUBLIC else extranet_url, zone)
    step = partial(
        exchange_step,
        signer=load_signer(folder / f"{zone}.key"),
        verifier=load_verifier(folder / f"{zone.other}.key.pub"),
        store=stores[zone],
    )
    run_worker(db, [step], stop=stop, idle_seconds=0.02)
