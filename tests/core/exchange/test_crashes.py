"""Crashes between any two durable steps, in any order of steps: nothing is lost, nothing happens twice."""

import random
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database import Zone
from core.exchange import outbox, quarantine
from core.exchange.carrying import Exchangeable, carry
from core.exchange.inbox import apply_next, receive
from core.exchange.sealing import seal
from tests.core.exchange.crossing import (
    CODE,
    NOW,
    OTHER_CODE,
    Crossing,
    Echoed,
    Noted,
    check_invariants,
    make_crossing,
    poison,
    rows_of,
    steps_at,
)
from tests.core.exchange.fused import Crash, Fuse, fused


def story(crossing: Crossing) -> None:
    """A little of everything: two subjects, a file, a question that is answered."""
    digest = crossing.public_files.put(b"plan")
    crossing.tell(1, file=digest)
    crossing.tell(1, 2, code=OTHER_CODE)
    with crossing.public.writing() as session:
        outbox.send(session, Echoed(code=CODE, step=2), at=NOW)


def settled_story(crossing: Crossing) -> None:
    assert crossing.post.pump(now=NOW) >= 0
    check_invariants(crossing.post)
    assert steps_at(crossing.extranet) == [1, 2]
    assert steps_at(crossing.extranet, OTHER_CODE) == [1, 2]
    assert steps_at(crossing.public) == [2]


def begun_anew(template: Path, place: Path) -> Crossing:
    """Two empty zones, at the same place again and again: their engines keep the statements they compiled."""
    crossing = make_crossing(f"sqlite:///{place / 'public.db'}", f"sqlite:///{place / 'extranet.db'}")
    crossing.public.close()
    crossing.extranet.close()
    shutil.rmtree(place)
    shutil.copytree(template, place)
    return crossing


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one history after another begins."""
    return tmp_path_factory.mktemp("history")


@pytest.mark.parametrize("before", [True, False], ids=["before_commit", "after_commit"])
def test_a_crash_at_every_durable_step_in_turn(crossing: Crossing, before: bool, engine_kind: str, tmp_path: Path):
    """Each run ends at one step later than the last, is started again, and must come out the same."""
    story(crossing)
    for step in range(200):
        fuse = Fuse(step, before)
        try:
            fused(crossing, fuse).pump(now=NOW)
        except Crash:
            continue
        break
    assert step > 3
    settled_story(crossing)


def test_a_crash_at_each_single_step_of_a_fresh_story(sqlite_template: Path, tmp_path: Path):
    steps = 0
    for before in (True, False):
        for step in range(100):
            crossing = begun_anew(sqlite_template, tmp_path)
            story(crossing)
            fuse = Fuse(step, before)
            try:
                fused(crossing, fuse).pump(now=NOW)
                crashed = False
            except Crash:
                crashed = True
            settled_story(crossing)
            steps += crashed
            if not crashed:
                break
    assert steps > 20


def test_both_zones_work_while_the_relay_is_stopped_and_everything_arrives_once_after(crossing: Crossing):
    post = crossing.post
    for step in range(20):
        crossing.tell(step)
        seal(post.public, post.signers[Zone.PUBLIC], now=NOW)
        apply_next(post.extranet, post.extranet_files, now=NOW)
        receive(post.extranet, post.verifiers[Zone.PUBLIC], now=NOW)
    assert steps_at(crossing.extranet) == []
    post.pump(now=NOW)
    assert steps_at(crossing.extranet) == list(range(20))
    check_invariants(post)


STEPS = ("tell", "ask", "tell_file", "seal", "carry", "receive", "apply", "poison", "heal")
MOVES = st.tuples(st.sampled_from(STEPS), st.booleans(), st.integers(0, 3), st.sampled_from([-1, -1, 0, 1, 2]))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=st.lists(MOVES, min_size=5, max_size=60), before=st.booleans())
def test_any_history_of_steps_and_crashes_ends_well(sqlite_template, place, moves, before):
    """`outward` picks the direction, `size` the subject and the batch, `crash` the commit at which the process ends."""
    crossing = begun_anew(sqlite_template, place)
    poison.clear()
    history = History(crossing)
    for step, outward, size, crash in moves:
        history.move(step, outward, size, Fuse(crash, before))
    poison.clear()
    history.release_all()
    for pause in range(3):
        crossing.post.pump(now=history.now + timedelta(hours=pause + 1))
    check_invariants(crossing.post)
    assert {code: steps_at(crossing.extranet, code) for code in history.told} == history.told


class History:
    """What was told so far, and how to make the next move."""

    def __init__(self, crossing: Crossing) -> None:
        self.crossing = crossing
        self.now = NOW
        self.told: dict[str, list[int]] = {}
        self.count = 0

    def move(self, step: str, outward: bool, size: int, fuse: Fuse) -> None:
        self.now += timedelta(seconds=size)
        post = fused(self.crossing, fuse)
        ends = Exchangeable(post.public, post.public_files), Exchangeable(post.extranet, post.extranet_files)
        source, target = ends if outward else ends[::-1]
        origin = source.database.zone
        acts: dict[str, Callable[[], object]] = {
            "seal": lambda: seal(source.database, post.signers[origin], now=self.now, limit=size + 1),
            "carry": lambda: carry(source, target, limit=size + 1),
            "receive": lambda: receive(target.database, post.verifiers[origin], now=self.now, limit=size + 1),
            "apply": lambda: apply_next(target.database, target.files, now=self.now, limit=size + 1),
            "poison": lambda: poison.update({f"subject-{size}": ZeroDivisionError()}),
            "heal": poison.clear,
            "tell": lambda: self.tell(Noted(code=f"subject-{size}", step=self.count)),
            "ask": lambda: self.tell(Echoed(code=f"subject-{size}", step=self.count)),
            "tell_file": lambda: self.tell(self.with_file(size)),
        }
        try:
            acts[step]()
        except Crash:
            return

    def release_all(self) -> None:
        for db in (self.crossing.public, self.crossing.extranet):
            for row in rows_of(db):
                if row.state == "quarantined":
                    with db.writing() as session:
                        quarantine.release(session, row.id)

    def with_file(self, size: int) -> Noted:
        digest = self.crossing.public_files.put(random.Random(self.count).randbytes(20))
        return Noted(code=f"subject-{size}", step=self.count, file=digest)

    def tell(self, message: Noted | Echoed) -> None:
        with self.crossing.public.writing() as session:
            outbox.send(session, message, at=self.now)
        self.told.setdefault(message.code, []).append(message.step)
        self.count += 1
