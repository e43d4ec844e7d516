"""Rows go in by the hundred, past SQLAlchemy: what is here already stays and isn't counted (A2.1)."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.exchange import batches, carrying
from core.exchange.batches import Batch, Place, read_batch, read_outline
from core.exchange.carrying import Brought, bring, carry, far_end
from core.exchange.chain import Link, instant, link_digest
from core.exchange.message import Direction
from core.exchange.rows import instant_in
from core.exchange.tables import tables_of
from tests.core.exchange.crossing import Crossing, rows_of

TEXT = st.text()
WHOLE = st.integers(1, 2**53 - 1)
LINKS = st.builds(
    Link,
    *[TEXT] * 6,
    st.datetimes(datetime(1990, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])),  # noqa: DTZ001
    st.none() | TEXT,
    WHOLE,
    WHOLE,
    *[TEXT] * 2,
    st.just(datetime(2026, 3, 2, tzinfo=UTC)),
)


def everything(crossing: Crossing) -> Batch:
    return read_batch(crossing.public, Place(1, 0), limit=100)


@given(LINKS)
def test_a_link_is_digested_as_canonical_json(link: Link):
    told = link._asdict() | {"happened_at": instant(link.happened_at)}
    del told["digest"], told["sealed_at"]
    expected = hashlib.sha256(b"exchange-v1\n" + rfc8785.dumps(told)).hexdigest()
    assert link_digest(link, lambda words: hashlib.sha256(words).hexdigest()) == expected


def test_a_batch_that_overlaps_brings_only_what_is_new(crossing: Crossing):
    crossing.tell(1, 2, 3)
    crossing.seal()
    first = everything(crossing)
    crossing.tell(4, 5)
    crossing.seal()
    assert [crossing.bring(first), crossing.bring(first), crossing.bring(everything(crossing))] == [3, 0, 2]
    assert [row.number for row in rows_of(crossing.extranet)] == [1, 2, 3, 4, 5]


def test_what_was_carried_is_what_was_sealed(crossing: Crossing):
    crossing.tell(1, words='光伏 "\\\t\n\\N 100%')
    crossing.seal()
    crossing.bring(everything(crossing))
    (sent,), (got,) = rows_of(crossing.public), rows_of(crossing.extranet)
    assert [getattr(sent, name) for name in Link._fields] == [getattr(got, name) for name in Link._fields]


def test_rows_carried_unread_are_those_that_were_sealed(crossing: Crossing):
    crossing.tell(1, words='光伏 "\\\t\n\\N 100%', file=crossing.public_files.put(b"plan"))
    crossing.tell(2)
    crossing.seal()
    assert carry(*crossing.outward, limit=1) == 1
    assert carry(*crossing.outward) == 1
    for sent, got in zip(rows_of(crossing.public), rows_of(crossing.extranet), strict=True):
        assert [getattr(sent, name) for name in Link._fields] == [getattr(got, name) for name in Link._fields]
        assert (got.state, got.attempts) == ("arrived", 0)
    assert crossing.receive() == 2


def test_what_another_relay_brought_meanwhile_is_not_brought_again(crossing: Crossing):
    crossing.tell(1, 2, 3)
    crossing.seal()
    first = everything(crossing)
    crossing.bring(Batch(first.links[1:2], first.seals))
    source, target = crossing.outward
    assert target.fetch(source, Place(1, 0), limit=10) == Brought(Place(1, 3), 3, 2)
    assert [row.number for row in rows_of(crossing.extranet)] == [1, 2, 3]
    assert target.fetch(source, Place(1, 0), limit=10) == Brought(Place(1, 3), 3, 0)


def test_between_two_engines_rows_are_read_and_written(crossing: Crossing, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(carrying, "_engine", lambda database: database.zone)
    crossing.tell(1, 2, 3)
    crossing.seal()
    assert [carry(*crossing.outward, limit=2) for _ in range(3)] == [2, 1, 0]
    assert crossing.receive() == 3


def test_what_lies_there_already_is_left_out_while_batch_after_batch_is_brought(crossing: Crossing):
    """As if another relay had brought some of it between reading and writing."""
    crossing.tell(*range(7))
    crossing.seal()
    source, far = crossing.outward
    assert carry(source, far, limit=3) == 3
    assert bring(source, far, after=Place(1, 0), limit=2, at_most=100) == 4
    assert bring(source, far, after=Place(1, 0), limit=2, at_most=100) == 0
    assert crossing.receive() == 7


def test_no_more_is_brought_than_was_asked_for(crossing: Crossing):
    crossing.tell(*range(7))
    crossing.seal()
    source, far = crossing.outward
    assert bring(source, far, after=Place(1, 0), limit=2, at_most=3) == 4
    assert far_end(crossing.extranet, Direction.TO_EXTRANET).place == Place(1, 4)


def test_an_outline_ends_with_its_epoch_and_before_its_bodies_grow_too_large(crossing, monkeypatch):
    crossing.tell(1, 2, 3)
    crossing.seal()
    monkeypatch.setattr(batches, "BATCH_BYTES", 150)
    outline = read_outline(crossing.public, Place(1, 0), limit=10)
    assert (outline.epoch, outline.first, outline.last, outline.count) == (1, 1, 2, 2)
    monkeypatch.setattr(batches, "BATCH_BYTES", 1)
    alone = read_outline(crossing.public, Place(1, 1), limit=10)
    assert (alone.first, alone.last, alone.count) == (2, 2, 1)
    monkeypatch.setattr(batches, "BATCH_BYTES", 10_000)
    assert read_outline(crossing.public, Place(1, 3), limit=10).count == 0
    with crossing.public.writing() as session:
        own = "direction, kind, subject, body, files, happened_at, state, attempts"
        another = f"INSERT INTO exchange_message (id, {own}) SELECT 'next', {own} FROM exchange_message LIMIT 1"
        session.connection().exec_driver_sql(another)
        in_next_epoch = (
            "INSERT INTO exchange_place (position, epoch, number, previous_digest, digest, sealed_at)"
            " SELECT 4, 2, 1, previous_digest, digest, sealed_at FROM exchange_place WHERE number = 3"
        )
        session.connection().exec_driver_sql(in_next_epoch)
    ended = read_outline(crossing.public, Place(1, 1), limit=10)
    assert (ended.epoch, ended.first, ended.last, ended.count) == (1, 2, 3, 2)
    begun = read_outline(crossing.public, Place(1, 3), limit=10)
    assert (begun.epoch, begun.first, begun.last, begun.count) == (2, 1, 1, 1)


def test_instants_read_past_sqlalchemy_are_the_same(crossing: Crossing):
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 3, 2, 23, 59, 59, 1, tzinfo=shanghai)
    crossing.tell(1, at=at)
    table = tables_of(crossing.public.zone).message
    with crossing.public.reading() as session:
        stored = session.connection().scalar(sa.select(sa.type_coerce(table.c.happened_at, sa.types.NullType())))
    assert (instant_in(stored), instant_in(stored).utcoffset()) == (at, timedelta(0))
