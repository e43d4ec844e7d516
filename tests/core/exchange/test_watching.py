"""Idle processes look when something was committed, and once in a while in any case (A2.1)."""

import threading
from pathlib import Path
from time import monotonic

import pytest

from core.database import Zone, open_database
from core.exchange import watching as module
from core.exchange.message import Direction
from core.exchange.watching import watching
from tests.core.exchange.crossing import Crossing

LOOK, SOON = 0.01, 0.2


@pytest.fixture
def longest(monkeypatch: pytest.MonkeyPatch) -> float:
    monkeypatch.setattr(module, "LONGEST_REST", 20.0)
    return 20.0


def rested(watch: module.Watch, stop: threading.Event | None = None) -> float:
    begun = monotonic()
    watch.rest(stop or threading.Event(), LOOK)
    return monotonic() - begun


def test_what_was_committed_during_the_work_ends_the_next_rest(crossing: Crossing, longest: float):
    with watching(crossing.public, crossing.extranet) as watch:
        crossing.tell(1)
        assert rested(watch) < longest / 2


def test_what_is_committed_during_a_rest_ends_it(crossing: Crossing, longest: float):
    with watching(crossing.extranet, crossing.public) as watch:
        later = threading.Timer(0.1, crossing.tell, [1])
        later.start()
        assert rested(watch) < longest / 2
        later.join()


def test_without_a_commit_it_rests_until_a_full_look_is_due(crossing: Crossing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "LONGEST_REST", 0.3)
    crossing.tell(1)
    with watching(crossing.public) as watch:
        rested(watch)
        rest = rested(watch)
    assert rest >= 0.3


@pytest.mark.parametrize("engine_kind", [pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_of_a_direction_only_its_own_channels_end_a_rest(crossing: Crossing, longest: float):
    """What else is committed in either cluster, however much that is, wakes nobody."""
    both = (crossing.public, crossing.extranet)
    to_extranet, to_internet = (
        watching(*both, direction=way) for way in (Direction.TO_EXTRANET, Direction.TO_INTERNET)
    )
    stop = threading.Event()
    with to_extranet as watch, to_internet as other:
        rested(watch, stop=_soon(stop))
        rested(other, stop=_soon(stop))
        crossing.tell(1)
        assert rested(watch, stop=_soon(stop)) > SOON / 2
        crossing.seal()
        assert rested(watch) < longest / 2
        assert rested(other, stop=_soon(stop)) > SOON / 2
        crossing.bring(crossing.take())
        crossing.receive()
        assert rested(watch) < longest / 2


def _soon(stop: threading.Event) -> threading.Event:
    """A stop that comes soon: by then a rest that anything had ended would be over."""
    stop.clear()
    threading.Timer(SOON, stop.set).start()
    return stop


def test_whoever_is_told_to_stop_rests_no_longer(crossing: Crossing, longest: float):
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    with watching(crossing.public) as watch:
        assert rested(watch, stop) < longest / 2


def test_a_file_that_is_missing_is_never_made(tmp_path: Path, longest: float):
    absent = open_database(f"sqlite:///{tmp_path / 'absent.db'}", Zone.PUBLIC)
    with watching(absent) as watch:
        assert rested(watch) < longest / 2
    assert not list(tmp_path.iterdir())
    absent.close()


def test_a_server_that_cannot_be_asked_is_looked_at_in_full(tmp_path: Path, longest: float):
    gone = open_database(f"postgresql+psycopg://postgres@/gone?host={tmp_path}", Zone.PUBLIC)
    with watching(gone) as watch:
        assert rested(watch) < longest / 2
    gone.close()
