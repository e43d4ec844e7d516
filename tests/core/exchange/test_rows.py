"""Rows go in by the hundred, past SQLAlchemy: what is here already stays and isn't counted (A2.1)."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone

import rfc8785
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from core.exchange.carrying import Batch, Exchangeable, Place, read_batch
from core.exchange.chain import Link, instant, link_digest
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
    return read_batch(Exchangeable(crossing.public, crossing.public_files), Place(1, 0), limit=100)


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


def test_instants_read_past_sqlalchemy_are_the_same(crossing: Crossing):
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 3, 2, 23, 59, 59, 1, tzinfo=shanghai)
    crossing.tell(1, at=at)
    table = tables_of(crossing.public.zone).message
    with crossing.public.reading() as session:
        stored = session.connection().scalar(sa.select(sa.type_coerce(table.c.happened_at, sa.types.NullType())))
    assert (instant_in(stored), instant_in(stored).utcoffset()) == (at, timedelta(0))
