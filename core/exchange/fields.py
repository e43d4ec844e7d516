"""What a field of a message may hold at most, and who may read it: the types that messages are made of (A2.1, A9.1).

A bound is what the tables and forms of the telling zone hold at most, so that it never refuses what a person was
allowed to write; the receiving zone refuses what is larger, whoever sealed it.
"""

import json
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, Field
from pydantic.fields import FieldInfo


class Readers(StrEnum):
    """Who may read a field at most: everybody, the enterprise it concerns, officers, or the workers themselves."""

    PUBLIC = "public"
    ENTERPRISE = "enterprise"
    OFFICER = "officer"
    WORKER = "worker"


OFFICER_ONLY = Readers.OFFICER

DOCUMENT_BYTES = 64 * 1024
"""Bytes of a field that is a JSON document of its own, such as the facts of a declaration."""

DOCUMENT_DEPTH = 8


def _bounded(document: dict[str, Any]) -> dict[str, Any]:
    """A document within its bounds; ValueError otherwise."""
    if _depth(document) > DOCUMENT_DEPTH:
        raise ValueError("nested too deep")
    if len(json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")) > DOCUMENT_BYTES:
        raise ValueError("too large")
    return document


def _depth(value: object, above: int = 0) -> int:
    if above > DOCUMENT_DEPTH or not isinstance(value, dict | list):
        return above
    parts = value.values() if isinstance(value, dict) else value
    return max((_depth(part, above + 1) for part in parts), default=above + 1)


Id = Annotated[str, Field(max_length=36)]
"""An identifier made by a zone (RFC 9562)."""
ProjectCode = Annotated[str, Field(max_length=24)]
CreditCode = Annotated[str, Field(max_length=18)]
Code = Annotated[str, Field(max_length=40)]
"""A code of a list: of an item, a unit, a region, a state, a ground."""
Token = Annotated[str, Field(max_length=80)]
Digest = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
"""SHA-256 in hexadecimal; empty where there is no file."""
Name = Annotated[str, Field(max_length=300)]
Words = Annotated[str, Field(max_length=1000)]
Text = Annotated[str, Field(max_length=4000)]
ForUnit = Annotated[Text, Readers.ENTERPRISE]
"""Words for the enterprise alone, in a message that may else be public."""
Number = Annotated[int, Field(ge=0, lt=2**31)]
Size = Annotated[int, Field(ge=0, lt=2**53)]
"""Bytes of a file, a number in a chain: as large as JSON carries exactly."""
Document = Annotated[dict[str, Any], AfterValidator(_bounded), Field(json_schema_extra={"maxBytes": DOCUMENT_BYTES})]
"""A JSON document that has a schema of its own; the receiving zone reads it by that."""


def readers_of(model: type[BaseModel], otherwise: Readers) -> dict[str, Readers]:
    """Who may read each field, nested ones by their dotted names: what the field says, else the field around it."""
    return dict(_readers(model, "", otherwise, (model,)))


def _readers(
    model: type[BaseModel], prefix: str, otherwise: Readers, seen: tuple[type[BaseModel], ...]
) -> Iterator[tuple[str, Readers]]:
    for name, field in model.model_fields.items():
        own = next((mark for mark in _marks(field) if isinstance(mark, Readers)), otherwise)
        inner = [part for part in _models_in(field.annotation) if part not in seen]
        if not inner or own is Readers.OFFICER:
            yield prefix + name, own
            continue
        for part in inner:
            yield from _readers(part, f"{prefix}{name}.", own, (*seen, part))


def officer_fields(model: type[BaseModel], otherwise: Readers = Readers.PUBLIC) -> tuple[str, ...]:
    """The dotted names of the fields that only officers may read (A9.1)."""
    return tuple(name for name, readers in readers_of(model, otherwise).items() if readers is Readers.OFFICER)


def _marks(field: FieldInfo) -> list[Any]:
    return [*field.metadata, *(mark for part in _parts(field.annotation) for mark in getattr(part, "__metadata__", ()))]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    for part in _parts(annotation):
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield part


def _parts(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
