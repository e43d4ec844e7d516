"""Kinds, the registry, and what may be told at all."""

from typing import Annotated, ClassVar

import pytest
from pydantic import BaseModel, ValidationError
from sqlmodel import Session

from core.exchange import outbox
from core.exchange.chain import canonical_body
from core.exchange.fields import OFFICER_ONLY, Readers, officer_fields
from core.exchange.message import (
    Direction,
    FileRef,
    Message,
    all_kinds,
    applies,
    kind_of,
)
from core.uuids import uuid7
from tests.core.exchange.crossing import CODE, NOW, Answered, Crossing, Many, Noted, Short, rows_of


class Opinion(BaseModel):
    words: str
    doubt: Annotated[str | None, OFFICER_ONLY] = None


class Finding(BaseModel):
    opinions: list[Opinion] = []
    grade: Annotated[str, OFFICER_ONLY] = ""
    again: "Finding | None" = None


def test_identifiers_sort_by_the_time_they_were_made():
    made = [uuid7() for _ in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert {len(each) for each in made} == {36}


def test_a_kind_is_found_only_in_its_direction():
    assert kind_of("test.noted.v1", Direction.TO_EXTRANET) is Noted
    assert kind_of("test.noted.v1", Direction.TO_INTERNET) is None
    assert Noted in all_kinds()


def test_officers_fields_are_found_however_deep():
    assert officer_fields(Finding) == ("opinions.doubt", "grade")


def test_a_message_to_the_internet_zone_cannot_hold_an_officers_field():
    with pytest.raises(TypeError, match=r"finding\.grade"):

        class Leaked(Message):
            kind: ClassVar[str] = "test.leaked.v1"
            direction: ClassVar[Direction] = Direction.TO_INTERNET
            readers: ClassVar[Readers] = Readers.ENTERPRISE
            finding: Finding

            def subject(self) -> str:
                return CODE

    assert kind_of("test.leaked.v1", Direction.TO_INTERNET) is None


def test_a_kind_that_does_not_say_who_reads_it_is_for_officers():
    with pytest.raises(TypeError, match="officers' fields: words"):

        class Silent(Message):
            kind: ClassVar[str] = "test.silent.v1"
            direction: ClassVar[Direction] = Direction.TO_INTERNET
            words: str

            def subject(self) -> str:
                return CODE


def test_a_kind_is_declared_once_under_a_proper_name_and_names_its_subject():
    bodies = {"direction": Direction.TO_EXTRANET, "subject": lambda self: CODE, "__annotations__": {}}

    def declare(kind: str, **more: object) -> None:
        type("Doubled", (Message,), {**bodies, "kind": kind, "__module__": __name__, **more})

    with pytest.raises(TypeError, match="exists already"):
        declare("test.noted.v1")
    with pytest.raises(TypeError, match="not the name of a kind"):
        declare("Test Noted")
    with pytest.raises(TypeError, match="must name its subject"):
        declare("test.unnamed.v1", subject=Message.subject)


def test_a_kind_has_one_applier():
    with pytest.raises(TypeError, match="has an applier already"):
        applies(Noted)(lambda session, told, envelope: None)


def test_a_message_is_frozen_and_takes_no_further_field():
    told = Noted(code=CODE, step=1)
    with pytest.raises(ValidationError):
        told.step = 2
    with pytest.raises(ValidationError):
        Noted(code=CODE, step=1, more=1)


def test_a_body_is_canonical():
    assert canonical_body(Noted(code=CODE, step=1, words='光伏"')) == (
        f'{{"code":"{CODE}","file":null,"step":1,"words":"光伏\\""}}'
    )


@pytest.mark.parametrize("digest", ["", "ab", "A" * 64, "../" + "a" * 61, "g" * 64])
def test_a_file_is_named_by_a_digest_alone(digest: str):
    with pytest.raises(ValueError, match="not a file reference"):
        FileRef(digest, 1)


def test_a_message_leaves_only_with_the_transaction_that_tells_it(crossing: Crossing):
    with pytest.raises(ZeroDivisionError):
        _tell_and_fail(crossing)
    assert rows_of(crossing.public) == []


def _tell_and_fail(crossing: Crossing) -> None:
    with crossing.public.writing() as session:
        outbox.send(session, Noted(code=CODE, step=1), at=NOW)
        raise ZeroDivisionError


def test_what_may_not_be_told_is_refused_where_it_is_told(crossing: Crossing):
    many = Many(digests=["a" * 64] * 65)
    cases = [
        (Answered(code=CODE, step=1), "can't be told by the public zone"),
        (Noted(code=CODE, step=1, words="光" * 90_000), "too large"),
        (many, "65 files"),
        (Short(words="a" * 60), "too large"),
        (Noted(code="", step=1), "1 to 120"),
    ]
    with crossing.public.writing() as session:
        for message, words in cases:
            with pytest.raises(ValueError, match=words):
                outbox.send(session, message, at=NOW)
        with pytest.raises(ValueError, match="aware"):
            outbox.send(session, Noted(code=CODE, step=1), at=NOW.replace(tzinfo=None))
    assert rows_of(crossing.public) == []


def test_what_was_changed_is_flushed_before_the_message_gets_its_place(crossing: Crossing):
    flushed = []

    class Watched(Session):
        def flush(self, objects: object = None) -> None:
            flushed.append(len(rows_of(crossing.public)))
            super().flush(objects)

    with Watched(crossing.public.engine, info={"zone": crossing.public.zone}) as session:
        outbox.send(session, Noted(code=CODE, step=1), at=NOW)
        session.commit()
    assert flushed[0] == 0
    assert len(rows_of(crossing.public)) == 1
