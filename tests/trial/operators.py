"""What operators do in a trial: take up quarantined messages, change keys, carry bundles, archive, reconcile.

They may be killed in the middle like everyone else; whoever follows finds what lies there and goes on.
"""

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session

from core.database import Zone, utc_now
from core.errors import Refusal
from core.exchange import desk, quarantine, skips
from core.exchange.archiving import archive as put_away
from core.exchange.bundling import export
from core.exchange.carrying import Exchangeable
from core.exchange.faults import is_passing
from core.exchange.key_files import PeerKeys, fingerprint, prepare_key, take_key, trust_key
from core.exchange.message import Direction
from core.exchange.reconciling import tell_reports
from core.exchange.signing import Verifier, public_path
from core.exchange.tables import State, tables_of
from core.exchange.unbundling import take_all
from core.zone_worker import Workshop, open_workshop
from tests.trial.ground import Ground
from tests.trial.kinds import mended
from tests.trial.writers import actor_names

OPERATOR, SECOND = actor_names()


def work(ground: Ground, name: str, *, stop: threading.Event) -> None:
    """One act after the other, at random, until the end."""
    chance = random.Random(f"{ground.seed} {name} {utc_now()}")
    while not stop.is_set():
        act = chance.choices(list(ACTS), list(ACTS.values()))[0]
        try:
            act(ground, chance)
        except Refusal:
            pass  # the other person was there before
        except Exception as error:
            if not is_passing(error):
                raise
        stop.wait(chance.random() * 0.6)


def change_key(ground: Ground, chance: random.Random) -> None:
    """Prepare a key, or go on where someone was interrupted: let the other zone trust it, take it."""
    zone = chance.choice(list(Zone))
    following = ground.key(zone).with_name("exchange.key.next")
    if not public_path(following).exists():
        prepare_key(ground.key(zone))
    public = public_path(following)
    trust_key(public, ground.trusted(zone.other), fingerprint(public))
    take_key(ground.key(zone))


def carry_bundles(ground: Ground, chance: random.Random) -> None:
    """Export from one zone, import into the other, beside the relay; one in four is carried twice, one in five lost."""
    zone = chance.choice(list(Zone))
    with _bench(ground, zone) as here, _bench(ground, zone.other) as there:
        made = export(_end(here), ground.bundles(zone), here.signer, now=utc_now())
        for path in made:
            if chance.random() < 0.2:
                path.unlink()
        for _ in range(chance.choice([1, 1, 1, 2])):
            take_all(_end(there), ground.bundles(zone), there.verifier, now=utc_now())


def archive(ground: Ground, chance: random.Random) -> None:
    """Put away what was settled some seconds ago."""
    zone = chance.choice(list(Zone))
    with _bench(ground, zone) as here:
        now = utc_now()
        before = now - timedelta(seconds=5)
        verifiers = verifiers_of(ground, zone)
        put_away(here.database, ground.archive(zone), before=before, verifiers=verifiers, now=now, most=500)


def reconcile(ground: Ground, chance: random.Random) -> None:
    """Tell what was told, so that the other zone compares it."""
    with _bench(ground, chance.choice(list(Zone))) as here, here.database.writing() as session:
        tell_reports(session, at=utc_now())


def attend(ground: Ground, chance: random.Random) -> None:
    """Take up every quarantined message of one zone: mend and try again, or give it up by two persons."""
    zone = chance.choice(list(Zone))
    with _bench(ground, zone) as here:
        for row in quarantined(here):
            with here.database.writing() as session:
                if zone is Zone.PUBLIC:
                    _from_the_shell(session, row.id, chance)
                else:
                    _at_the_desk(session, row, chance)


def attend_to_all(ground: Ground) -> None:
    """Leave nothing in quarantine, in either zone."""
    for zone in Zone:
        with _bench(ground, zone) as here:
            for row in quarantined(here):
                with here.database.writing() as session:
                    _mend(session, row.id)
                    quarantine.release(session, row.id)


def quarantined(here: Workshop) -> list[sa.Row[tuple[object, ...]]]:
    table = tables_of(here.database.zone).message
    with here.database.reading() as session:
        return list(session.connection().execute(sa.select(table).where(table.c.state == State.QUARANTINED)))


def verifiers_of(ground: Ground, zone: Zone) -> Mapping[Direction, Verifier]:
    """By which keys a zone's archives are proved."""
    return {
        Direction.out_of(zone): PeerKeys(ground.key(zone).parent),
        Direction.into(zone): PeerKeys(ground.trusted(zone)),
    }


def _from_the_shell(session: Session, message_id: str, chance: random.Random) -> None:
    if chance.random() < 0.8:
        _mend(session, message_id)
        quarantine.release(session, message_id)
    else:
        quarantine.reject(session, message_id, reason="两人商定作废", at=utc_now())


def _at_the_desk(session: Session, row: sa.Row[tuple[object, ...]], chance: random.Random) -> None:
    if row.id in skips.open_skips(session):
        desk.decide_skip(session, row.position, "confirm", by=SECOND, at=utc_now())
    elif chance.random() < 0.2:
        desk.propose_skip(session, row.position, reason="申报单位已注销", by=OPERATOR, at=utc_now())
    else:
        _mend(session, row.id)
        desk.retry(session, row.position, reason="已补齐数据", by=OPERATOR, at=utc_now())


def _mend(session: Session, message_id: str) -> None:
    there = sa.select(mended.c.message_id).where(mended.c.message_id == message_id)
    if session.connection().execute(there).first() is None:
        session.connection().execute(sa.insert(mended), {"message_id": message_id})


def _end(workshop: Workshop) -> Exchangeable:
    return Exchangeable(workshop.database, workshop.store)


@contextmanager
def _bench(ground: Ground, zone: Zone) -> Iterator[Workshop]:
    workshop = open_workshop(zone, ground.settings(zone))
    try:
        yield workshop
    finally:
        workshop.database.close()


ACTS: dict[Callable[[Ground, random.Random], None], float] = {
    attend: 10, change_key: 2, carry_bundles: 3, archive: 2, reconcile: 2,
}  # fmt: skip
