"""A silent zone says that it lives and what it has verified; so each knows up to when it was told everything."""

from datetime import timedelta

import pytest

from core.exchange import outbox
from core.exchange.channels import reopen
from core.exchange.faults import Behind
from core.exchange.heartbeats import IDLE, HeartbeatToExtranet, sealed_digest, tell_life, told_up_to
from core.exchange.message import Direction
from core.exchange.pulses import beat, relay_name
from core.exchange.status import Delivery, answer_to, status
from tests.core.exchange.crossing import CODE, LATER, NOW, Crossing, poison, rows_of


def test_only_a_silent_zone_sends_a_heartbeat_and_nobody_answers_it(crossing: Crossing):
    crossing.tell(1)
    assert tell_life(crossing.public, NOW) == 0  # what lies unsealed will speak for it
    crossing.post.pump(now=NOW)
    assert tell_life(crossing.public, NOW + IDLE - timedelta(seconds=1)) == 0
    at = NOW + IDLE
    assert tell_life(crossing.public, at) == 1
    crossing.post.pump(now=at)
    beats = [(row.direction, row.state) for row in rows_of(crossing.public) if row.kind == "heartbeat.v1"]
    assert beats == [("to_extranet", "settled")]
    assert [row.cause for row in rows_of(crossing.extranet, Direction.TO_INTERNET)] == [rows_of(crossing.public)[0].id]
    with crossing.extranet.reading() as session:
        assert told_up_to(session) == at


def test_each_zone_knows_up_to_when_it_was_told_everything(crossing: Crossing):
    with crossing.public.reading() as session:
        assert told_up_to(session) is None
    tell_life(crossing.extranet, NOW)
    crossing.post.pump(now=NOW)
    with crossing.public.reading() as session:
        assert told_up_to(session) == NOW
    tell_life(crossing.extranet, NOW + LATER)  # not carried yet
    with crossing.public.reading() as session:
        assert told_up_to(session) == NOW


def test_a_heartbeat_shows_what_has_arrived_without_having_been_applied(crossing: Crossing):
    poison[CODE] = ZeroDivisionError()
    (sent,) = crossing.tell(1)
    crossing.post.pump(now=NOW)
    assert _delivery(crossing, sent) is Delivery.ON_ITS_WAY
    tell_life(crossing.extranet, NOW)
    crossing.post.pump(now=NOW)
    assert _delivery(crossing, sent) is Delivery.ARRIVED
    poison.clear()
    crossing.post.pump(now=NOW + LATER)
    assert _delivery(crossing, sent) is Delivery.TAKEN


def test_a_heartbeat_that_confirms_what_was_never_sealed_stops_the_direction(crossing: Crossing):
    tell_life(crossing.extranet, NOW)
    crossing.post.pump(now=NOW)
    for epoch in (1, 2):
        with crossing.public.writing() as session:
            outbox.send(session, HeartbeatToExtranet(epoch=epoch, verified=1, digest="f" * 64), at=NOW)
        crossing.post.pump(now=NOW)
        assert "第 1 号" in crossing.stop_reason(crossing.extranet, Direction.TO_INTERNET)
        with crossing.extranet.writing() as session:
            reopen(session, Direction.TO_INTERNET, at=NOW)


def test_a_heartbeat_that_confirms_a_later_number_than_was_sealed_here_means_an_older_backup(crossing: Crossing):
    with crossing.public.writing() as session:
        outbox.send(session, HeartbeatToExtranet(epoch=1, verified=9, digest="f" * 64), at=NOW)
    with pytest.raises(Behind, match="第 9 号"):
        crossing.post.pump(now=NOW)
    assert not crossing.stop_reason(crossing.extranet, Direction.TO_INTERNET)
    beat(crossing.extranet, relay_name(Direction.TO_INTERNET), at=NOW + LATER)
    crossing.post.pump(now=NOW + LATER)  # both ends were compared since: nothing was lost, so it is false
    assert "第 9 号" in crossing.stop_reason(crossing.extranet, Direction.TO_INTERNET)


def test_a_right_heartbeat_stops_nothing(crossing: Crossing):
    crossing.tell(1, 2)
    crossing.post.pump(now=NOW)
    tell_life(crossing.extranet, NOW + LATER)
    crossing.post.pump(now=NOW + LATER)
    with crossing.public.reading() as session:
        assert sealed_digest(session, Direction.TO_EXTRANET, 1, 2) == rows_of(crossing.public)[1].digest
        assert sealed_digest(session, Direction.TO_EXTRANET, 1, 99) == ""
    assert status(crossing.public).channels[Direction.TO_EXTRANET].state == "open"


def _delivery(crossing: Crossing, message_id: str) -> Delivery:
    with crossing.public.reading() as session:
        return answer_to(session, message_id).delivery
