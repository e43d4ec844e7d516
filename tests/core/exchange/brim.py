"""Messages filled to the brim: every field at its bound, made from nothing but the schema of the kind."""

from collections.abc import Iterator
from typing import Any

import core.appliers
from core.exchange.fields import DOCUMENT_BYTES
from core.exchange.message import Message, all_kinds

assert core.appliers.MODULES

KINDS = tuple(kind for kind in all_kinds() if not kind.kind.startswith("test."))
"""Every kind of the platform, whatever the tests declare beside them."""

Path = tuple[str | int, ...]

_FORMATS = {"date": "2026-03-02", "date-time": "2026-03-02T01:00:00.000001Z"}


class Unbounded(Exception):
    """A field that may be of any size."""


def fullest(kind: type[Message]) -> dict[str, Any]:
    """The body of a kind with every field there and at its bound, two of every list."""
    schema = kind.model_json_schema()
    return _fill(schema, schema.get("$defs", {}), kind.kind)


def _fill(told: dict[str, Any], parts: dict[str, Any], name: str) -> Any:
    if "$ref" in told:
        return _fill(parts[told["$ref"].rpartition("/")[2]], parts, name)
    if "anyOf" in told:
        inner = next(one for one in told["anyOf"] if one.get("type") != "null")
        again = name.rpartition(".")[2]
        return None if f".{again}.{again}" in name else _fill(inner, parts, name)  # a part within itself, once
    if "enum" in told or "const" in told:
        return max(told.get("enum") or [told["const"]], key=len)
    return {"object": _object, "array": _list, "string": _text, "integer": _number, "boolean": lambda *_: True}[
        told["type"]
    ](told, parts, name)


def _object(told: dict[str, Any], parts: dict[str, Any], name: str) -> dict[str, Any]:
    if "maxBytes" in told:
        return {"k": "a" * (told["maxBytes"] - len('{"k": ""}'))}
    if told.get("additionalProperties") is not False:
        raise Unbounded(name)
    return {field: _fill(inner, parts, f"{name}.{field}") for field, inner in told.get("properties", {}).items()}


def _list(told: dict[str, Any], parts: dict[str, Any], name: str) -> list[Any]:
    if "maxItems" not in told:
        raise Unbounded(name)
    return [_fill(told["items"], parts, name)] * min(2, told["maxItems"])


def _text(told: dict[str, Any], parts: dict[str, Any], name: str) -> str:
    if "format" in told:
        return _FORMATS[told["format"]]
    if "pattern" in told:
        return "a" * 64
    if "maxLength" not in told:
        raise Unbounded(name)
    return "项" * told["maxLength"]


def _number(told: dict[str, Any], parts: dict[str, Any], name: str) -> int:
    if "exclusiveMaximum" not in told and "maximum" not in told:
        raise Unbounded(name)
    return int(told["maximum"]) if "maximum" in told else int(told["exclusiveMaximum"]) - 1


def leaves(body: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value that is neither object nor list; a document of its own counts as one."""
    if isinstance(body, dict) and set(body) != {"k"}:
        for name, value in body.items():
            yield from leaves(value, (*path, name))
    elif isinstance(body, list):
        for place, value in enumerate(body):
            yield from leaves(value, (*path, place))
    else:
        yield path, body


def beyond(value: Any) -> Any:
    """A value just above the bound; None where there is nothing above."""
    if isinstance(value, dict):
        return {"k": "a" * DOCUMENT_BYTES}
    if isinstance(value, str):
        return value + "项"
    return None if isinstance(value, bool) or value is None else value + 1


def changed(body: Any, path: Path, value: Any) -> Any:
    """The body with another value in one place."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(body, list):
        return [changed(one, rest, value) if place == step else one for place, one in enumerate(body)]
    return {name: changed(one, rest, value) if name == step else one for name, one in body.items()}
