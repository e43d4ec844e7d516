"""A backlog of 100,000 messages, drained by both workers and the relay as processes of their own (A2.1).

A message counts as drained when its receipt is back: sealed, carried, verified, applied, answered, settled. The last
tenth must go as fast as the first: nothing on the way may become slower with the number of rows.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import sqlalchemy as sa

from benchmarks.exchange_messages import lay, registrations
from benchmarks.ground import ENGINES, Ground
from benchmarks.houses import EXCHANGE, running
from benchmarks.report import Line, progress
from core.accounts.tables import KnownEnterprise
from core.database import Database, Zone, open_database
from core.exchange.message import Direction
from core.exchange.status import status
from core.exchange.tables import tables_of
from core.serving import House

MESSAGES = 100_000
GOAL = 0.8
LOOK_SECONDS = 0.2
PATIENCE = 900.0
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

Look = tuple[float, int]
"""When it was looked, and how many were drained by then."""


def measure(ground: Ground) -> list[Line]:
    """Both engines, one after the other."""
    return [_measure(ground, engine) for engine in ENGINES]


def _measure(ground: Ground, engine: str) -> Line:
    with ground.database(engine, Zone.PUBLIC) as public_url, ground.database(engine, Zone.EXTRANET) as extranet_url:
        folder = ground.folder / f"backlog-{engine}"
        house = House(folder, 0, 0, public_database=public_url, extranet_database=extranet_url)
        house.prepare()
        public, extranet = open_database(public_url, Zone.PUBLIC), open_database(extranet_url, Zone.EXTRANET)
        with closing(public), closing(extranet):
            lay(public, registrations(MESSAGES))
            progress(f"backlog {engine}: {MESSAGES:,} messages lie unsealed")
            with running(house, *EXCHANGE):
                looks = list(_watch(public))
                _check(public, extranet)
    tenths = [_rate(looks, begin / 10) for begin in range(10)]
    first, last, seconds = tenths[0], tenths[-1], looks[-1][0] - looks[0][0]
    remark = f"tenth by tenth {', '.join(f'{one:,.0f}' for one in tenths)}; all in {seconds:,.0f} s"
    progress(f"backlog {engine}: first {first:,.0f}, last {last:,.0f} messages/s, {remark}")
    what = f"backlog of {MESSAGES:,}, {NAMES[engine]}, last tenth / first tenth"
    return Line(what, last, first, last / first, "messages/s", GOAL, remark)


def _watch(public: Database) -> Iterator[Look]:
    """Look until all are drained, beginning with the last look at which none was."""
    channel = tables_of(Zone.PUBLIC).channel
    acknowledged = sa.select(channel.c.acknowledged).where(channel.c.direction == Direction.TO_EXTRANET)
    until = time.monotonic() + PATIENCE
    before: Look = (time.monotonic(), 0)
    while before[1] < MESSAGES:
        time.sleep(LOOK_SECONDS)
        with public.reading() as session:
            look = (time.monotonic(), session.connection().execute(acknowledged).scalar() or 0)
        if look[1] and not before[1]:
            yield before
        if look[1]:
            yield look
        if look[0] > until:
            raise RuntimeError(f"only {look[1]:,} were drained in {PATIENCE:.0f} s")
        before = look


def _rate(looks: list[Look], begin: float) -> float:
    """Messages a second in the tenth of the backlog that begins at this part of it."""
    first, last = int(begin * MESSAGES), int(begin * MESSAGES) + MESSAGES // 10
    return (last - first) / (_moment(looks, last) - _moment(looks, first))


def _moment(looks: list[Look], drained: int) -> float:
    for (earlier, fewer), (later, more) in pairwise(looks):
        if more >= drained:
            return earlier + (later - earlier) * (drained - fewer) / (more - fewer)
    raise ValueError(f"never were {drained:,} drained")


def _check(public: Database, extranet: Database) -> None:
    with extranet.reading() as session:
        known = session.connection().execute(sa.select(sa.func.count()).select_from(KnownEnterprise)).scalar_one()
    stands = status(extranet)
    left = stands.arrived.count + stands.received.count + stands.waiting.count + stands.quarantined.count
    if known != MESSAGES or left or status(public).unsealed.count:
        raise RuntimeError(f"the drain isn't whole: {known:,} enterprises known, {left:,} messages held")
