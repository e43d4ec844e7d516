"""Every kind of message of the platform: which way it goes, what its fields hold at most, who may read them."""

import json

import pytest
from pydantic import ValidationError

from core.cases.messages import CaseOpened
from core.exchange.catalogue import fields_of
from core.exchange.fields import Readers, readers_of
from core.exchange.message import BODY_LIMIT, Direction, Message, applier_of
from tests.core.exchange.brim import KINDS, beyond, changed, fullest, leaves

TO_INTERNET = [kind for kind in KINDS if kind.direction is Direction.TO_INTERNET]


def covers(name: str, path: str) -> bool:
    return path == name or path.startswith(f"{name}.")


def read(kind: type[Message], body: object) -> Message:
    return kind.model_validate_json(json.dumps(body))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.direction}-{kind.kind}")
def test_every_field_has_a_bound_and_one_beyond_it_is_refused(kind: type[Message]):
    full = fullest(kind)
    assert json.loads(read(kind, full).model_dump_json()) == full
    for path, value in leaves(full):
        over = beyond(value)
        if over is not None:
            with pytest.raises(ValidationError):
                read(kind, changed(full, path, over))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.direction}-{kind.kind}")
def test_a_further_field_is_refused_wherever_it_stands(kind: type[Message]):
    full = fullest(kind)
    places = {path[:depth] for path, _ in leaves(full) for depth in range(len(path)) if isinstance(path[depth], str)}
    for place in places | {()}:
        inner = full
        for step in place:
            inner = inner[step]
        with pytest.raises(ValidationError):
            read(kind, changed(full, place, {**inner, "further": 1}))


@pytest.mark.parametrize("kind", TO_INTERNET, ids=lambda kind: kind.kind)
def test_nothing_that_officers_alone_may_read_is_told_to_the_internet_zone(kind: type[Message]):
    readers = readers_of(kind, kind.readers)
    told = {".".join(step for step in path if isinstance(step, str)) for path, _ in leaves(fullest(kind))}
    # every field that can be told says who may read it; a part within itself says it once
    assert {name for name in readers if any(covers(name, path) for path in told)} == set(readers)
    assert {path for path in told if any(covers(name, path) for name in readers)} == told
    assert Readers.OFFICER not in readers.values()


def test_every_kind_has_an_applier_and_fits_its_own_limit():
    for kind in KINDS:
        assert applier_of(kind) is not None, kind.kind
        assert kind.size_limit <= BODY_LIMIT


def test_both_zones_tell_their_own_kinds():
    ways = {direction: {kind.kind for kind in KINDS if kind.direction is direction} for direction in Direction}
    assert ways[Direction.TO_EXTRANET] & ways[Direction.TO_INTERNET] == {"receipt.v1", "heartbeat.v1", "day.report.v1"}


def test_a_clock_holds_one_whole_case_and_no_more():
    full = fullest(CaseOpened)
    assert full["clock"]["whole"]["whole"] is None
    with pytest.raises(ValidationError):
        read(CaseOpened, changed(full, ("clock", "whole", "whole"), full["clock"]["whole"]))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.direction}-{kind.kind}")
def test_the_allow_list_names_every_field_with_its_bound(kind: type[Message]):
    lines = {line.name: line for line in fields_of(kind)}
    for path, value in leaves(fullest(kind)):
        line = lines[".".join(step for step in path if isinstance(step, str))]
        assert line.bound or value is None or isinstance(value, bool)
