"""The trial itself: kill, start again, look; now and then let everything settle and examine all of it."""

import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa

from core.database import Zone
from tests.trial import checks, operators
from tests.trial.checks import Broken, Zones
from tests.trial.ground import Ground
from tests.trial.roles import ACTING, CARRYING, Household

PATIENCE_SECONDS = 300.0
BETWEEN_EXAMINATIONS = 100
"""Kills after which everything is examined; a glance follows each."""

_WEIGHTS = {"officer": 1, "operator": 2, "unit-1": 1, "unit-2": 1}
_MOST_POINTS = 8
_AIM_SECONDS = 2.0

Say = Callable[[str], None]


@dataclass
class Score:
    """What was done and carried."""

    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    cuts: int = 0
    examinations: int = 0
    carried: int = 0
    seconds: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.kills.values())


class Trial:
    """One run on one ground. Half of the kills come from outside at any moment, half at a point between two steps."""

    def __init__(self, ground: Ground, say: Say) -> None:
        self._ground = ground
        self._say = say
        self._chance = random.Random(ground.seed)
        self.score = Score()

    def run(self, kills: int, *, between: int = BETWEEN_EXAMINATIONS) -> Score:
        """Kill so many processes; raises `Broken` with the first breach."""
        began = time.monotonic()
        household = Household(self._ground)
        with self._ground.opened() as zones:
            try:
                household.start(*CARRYING, *ACTING)
                while self.score.count < kills:
                    self._strike(household, zones)
                    if self.score.count // between > self.score.examinations and self.score.count < kills:
                        self._settle(household, zones)
                        household.start(*CARRYING, *ACTING)
                self._settle(household, zones)
            finally:
                household.close()
        self.score.seconds = time.monotonic() - began
        return self.score

    def _strike(self, household: Household, zones: Zones) -> None:
        """Kill one, two or three at the same time, start them again, and glance at both zones."""
        roles = household.at_work()
        weights = [_WEIGHTS.get(role, 3) for role in roles]
        victims = set(self._chance.choices(roles, weights, k=self._chance.choice([1, 1, 2, 3])))
        aimed = {role for role in sorted(victims) if self._chance.random() < 0.5}
        for role in aimed:
            household.fuses[role].set_to(self._chance.randint(1, _MOST_POINTS))
        time.sleep(self._chance.random() * 0.3)
        if self._chance.random() < 0.1:
            self._cut_connections(zones)
        for role in sorted(victims):
            at_its_point = role in aimed and household.await_end(role, _AIM_SECONDS)
            household.kill(role)
            place = household.fuses[role].last_place
            self.score.kills[role.partition("-")[0], place if at_its_point else f"at any moment after: {place}"] += 1
        gone = household.ended_by_themselves()
        checks.must(not gone, f"{gone} ended by itself, see its log in {self._ground.folder}")
        household.start(*sorted(victims))
        checks.glance(zones)

    def _cut_connections(self, zones: Zones) -> None:
        """On PostgreSQL, end every connection to one of the databases but our own, wherever it is."""
        database = self._chance.choice(zones)
        if database.engine.dialect.name != "postgresql":
            return
        with database.reading() as session:
            mine = "datname = current_database() AND pid != pg_backend_pid()"
            session.connection().execute(
                sa.text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}")
            )
        database.close()  # our other connections are cut as well
        self.score.cuts += 1

    def _settle(self, household: Household, zones: Zones) -> None:
        """Let nobody act any more, wait until nothing is on its way, and examine everything."""
        household.kill(*ACTING)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            while words := checks.on_the_way(zones):
                operators.attend_to_all(self._ground)
                if time.monotonic() > deadline:
                    raise Broken(f"after {PATIENCE_SECONDS:.0f} seconds there are still {words}")
                time.sleep(0.2)
            household.kill(*CARRYING)  # or a heartbeat might begin in the middle of the examination
            if not checks.on_the_way(zones):
                break
            household.start(*CARRYING)
        self.score.carried = checks.examine(self._ground, zones)
        self.score.examinations += 1
        self._say(f"{self.score.count} kills, {self.score.carried} messages carried: all of it holds")


def summary(score: Score, engine: str) -> list[str]:
    """The score as lines to print."""
    by_role: Counter[str] = Counter()
    for (role, _), count in score.kills.items():
        by_role[role] += count
    lines = [
        f"{engine}: {score.count} processes killed, {score.cuts} times all connections cut, {score.carried} messages"
        f" carried, examined {score.examinations} times, {score.seconds:.0f} s, no fault",
        "kills by role: " + ", ".join(f"{role} {count}" for role, count in by_role.most_common()),
        "kills by place:",
    ]
    return lines + [f"  {count:4} {role:9} {place}" for (role, place), count in score.kills.most_common()]


__all__ = ["Score", "Trial", "Zone", "summary"]
