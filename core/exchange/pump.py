"""The whole exchange in one process, without waiting: for tests and demonstration data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.database import Database, Zone, utc_now
from core.exchange.carrying import Exchangeable, carry, far_end
from core.exchange.files import FileStore
from core.exchange.giving_back import give_back, is_behind
from core.exchange.inbox import apply_next, receive
from core.exchange.message import Direction
from core.exchange.sealing import seal
from core.exchange.signing import Ed25519Signer, Signer, Verifier, new_signer
from core.exchange.standing import resume
from core.exchange.taking_back import take_back

BATCH = 1000


@dataclass(frozen=True)
class Post:
    """Both zones and what carries between them; a signer and its verifier go by the zone that signs."""

    public: Database
    extranet: Database
    public_files: FileStore
    extranet_files: FileStore
    signers: Mapping[Zone, Signer]
    verifiers: Mapping[Zone, Verifier]

    def pump(self, *, now: datetime | None = None, rounds: int = 50) -> int:
        """Seal, carry, receive and apply both ways until nothing moves; returns how many messages moved a step.

        `now` stands for the present in marks and retries. Raises RuntimeError when it isn't quiet after the rounds.
        """
        ends = Exchangeable(self.public, self.public_files), Exchangeable(self.extranet, self.extranet_files)
        ways = ends, ends[::-1]
        total, before = 0, [1, 1]
        for _ in range(rounds):
            moved = [self._give_back(*way, now) if last else 0 for way, last in zip(ways, before, strict=True)]
            for place, way in enumerate(ways):
                sealed = self._seal(way[0], now)
                if sealed or before[place]:  # a direction that came to rest rests until something is sealed
                    moved[place] += sealed + self._bring(*way, now)
            if not any(moved):
                return total
            total, before = total + sum(moved), moved
        raise RuntimeError(f"the exchange isn't quiet after {rounds} rounds")

    def _give_back(self, source: Exchangeable, target: Exchangeable, now: datetime | None) -> int:
        """To a zone restored from an older backup, what it had told."""
        moved, at = 0, now or utc_now()
        direction = Direction.out_of(source.database.zone)
        while is_behind(source, far_end(target.database, direction).head):
            moved += give_back(source, target)
            if not take_back(source.database, self.verifiers[source.database.zone], now=at):
                break
        else:
            resume(source.database, now=at)
        return moved

    def _seal(self, source: Exchangeable, now: datetime | None) -> int:
        origin, at = source.database, now or utc_now()
        return _drained(lambda: seal(origin, self.signers[origin.zone], now=at, limit=BATCH))

    def _bring(self, source: Exchangeable, target: Exchangeable, now: datetime | None) -> int:
        here, at = target.database, now or utc_now()
        return sum(
            _drained(step)
            for step in (
                lambda: carry(source, target, limit=BATCH),
                lambda: receive(here, self.verifiers[source.database.zone], now=at),
                lambda: apply_next(here, target.files, now=at, limit=BATCH),
            )
        )


def fresh_post(public: Database, extranet: Database, public_files: FileStore, extranet_files: FileStore) -> Post:
    """A post whose keys were drawn just now and are kept nowhere."""
    keys: dict[Zone, Ed25519Signer] = {zone: new_signer() for zone in Zone}
    verifiers = {zone: key.verifier() for zone, key in keys.items()}
    return Post(public, extranet, public_files, extranet_files, keys, verifiers)


def _drained(step: Callable[[], int]) -> int:
    """Full batches until one isn't full: what was left nevertheless, for its size, is taken in the next round."""
    total = moved = step()
    while moved >= BATCH:
        moved = step()
        total += moved
    return total
