"""The allow-list as an auditor reads it: every field of a kind, its type, its bound and who may read it (A2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.exchange.fields import Readers, readers_of
from core.exchange.message import Message

_BOUNDS = (
    ("maxLength", "最长 {} 字"),
    ("maxItems", "最多 {} 项"),
    ("exclusiveMaximum", "小于 {}"),
    ("maximum", "不大于 {}"),
    ("maxBytes", "最大 {} 字节"),
    ("pattern", "{}"),
    ("format", "{}"),
)


@dataclass(frozen=True)
class FieldLine:
    """One field: its dotted name, JSON type, bound in words."""

    name: str
    type: str
    bound: str
    readers: Readers


def fields_of(kind: type[Message]) -> tuple[FieldLine, ...]:
    """Every field of a kind, nested ones by their dotted names, in the order of the model."""
    schema = kind.model_json_schema()
    readers = readers_of(kind, kind.readers)
    lines = _lines(schema, schema.get("$defs", {}), "")
    return tuple(FieldLine(name, type_, bound, _reader(readers, name, kind.readers)) for name, type_, bound in lines)


def _reader(readers: dict[str, Readers], name: str, otherwise: Readers) -> Readers:
    """A field's own readers; those of a part are the widest among its fields."""
    if name in readers:
        return readers[name]
    inner = {one for path, one in readers.items() if path.startswith(f"{name}.")}
    return otherwise if otherwise in inner or not inner else min(inner)


def _lines(told: dict[str, Any], parts: dict[str, Any], prefix: str) -> Iterator[tuple[str, str, str]]:
    for name, field in told.get("properties", {}).items():
        plain = _plain(field, parts)
        yield prefix + name, str(plain.get("type", "")), _bound(plain)
        inner = _plain(plain.get("items", plain), parts)
        if name not in prefix.split("."):  # a part within itself is told once
            yield from _lines(inner, parts, f"{prefix}{name}.")


def _plain(told: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """A field's schema without references, and without the null that an optional field may be."""
    if "anyOf" in told:
        told = {**told, **next(one for one in told["anyOf"] if one.get("type") != "null")}
    if "$ref" in told:
        told = {**told, **parts[told["$ref"].rpartition("/")[2]]}
    return told


def _bound(told: dict[str, Any]) -> str:
    if "enum" in told:
        return "、".join(map(str, told["enum"]))
    return "，".join(words.format(told[name]) for name, words in _BOUNDS if name in told)
